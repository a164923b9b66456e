
select * from "parity"."main"."quoted_alias" where id < 0
