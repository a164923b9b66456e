select c.*, count(*) as sales from {{ ref('stg_customers') }} c join {{ ref('sales') }} using (customer_id) group by all
