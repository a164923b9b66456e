with orders as (
  select
    customer_id,
    min(ordered_on) as first_order_on,
    max(ordered_on) as latest_order_on,
    count(*) as orders,
    sum(amount) filter (where status = 'completed') as revenue
  from {{ ref('stg_orders') }}
  group by customer_id
)

select
  c.customer_id,
  c.customer_name,
  c.country_code,
  c.signed_up_on,
  o.first_order_on,
  o.latest_order_on,
  coalesce(o.orders, 0) as orders,
  coalesce(o.revenue, 0) as revenue
from {{ ref('stg_customers') }} as c
left join orders as o
  using (customer_id)
