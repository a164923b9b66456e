
select id as "Mixed Case", id from "parity"."main"."orders" -- "parity"."main"."quoted_alias"