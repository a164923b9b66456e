-- The customers' revenue is the revenue of the completed orders: no row is lost, none counted twice.
with mart as (
  select sum(revenue) as revenue
  from {{ ref('customers') }}
),

orders as (
  select sum(amount) as revenue
  from {{ ref('stg_orders') }}
  where status = 'completed'
)

select mart.revenue, orders.revenue as expected
from mart, orders
where mart.revenue <> orders.revenue
