
select * from "parity"."main"."orders" where amount < 1
