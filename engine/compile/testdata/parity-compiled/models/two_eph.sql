with __dbt__cte__eph_inner as (

select id, customer from "parity"."main"."orders"
),  __dbt__cte__eph_outer as (

with x as (select * from __dbt__cte__eph_inner)
select * from x
) -- a comment first
select a.id, b.customer from __dbt__cte__eph_inner a join __dbt__cte__eph_outer b using (id)