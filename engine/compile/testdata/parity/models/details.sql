with recursive walk as (select 1 as n union all select n + 1 from walk where n < 3)
select o.id as order_id, w.n, e.customer
from {{ ref('orders') }} o cross join walk w
join {{ ref('eph_outer') }} e on e.id = o.id
