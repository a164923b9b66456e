
select * from "parity"."main"."raw_orders"
where 'hello' = 'hello'
  and amount < 9 * 100
  and 'dflt' = 'dflt'