
select id, customer from "parity"."main"."orders"