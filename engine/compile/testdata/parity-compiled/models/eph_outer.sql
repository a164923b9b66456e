
with  __dbt__cte__eph_inner as (

select id, customer from "parity"."main"."orders"
), x as (select * from __dbt__cte__eph_inner)
select * from x