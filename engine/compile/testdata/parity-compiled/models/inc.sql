
select * from "parity"."main"."orders"
