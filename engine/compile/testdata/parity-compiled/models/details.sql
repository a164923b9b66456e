with recursive  __dbt__cte__eph_inner as (

select id, customer from "parity"."main"."orders"
),  __dbt__cte__eph_outer as (

with x as (select * from __dbt__cte__eph_inner)
select * from x
), walk as (select 1 as n union all select n + 1 from walk where n < 3)
select o.id as order_id, w.n, e.customer
from "parity"."main"."orders" o cross join walk w
join __dbt__cte__eph_outer e on e.id = o.id