select c.town, sum(s.priced) as revenue from {{ ref('sales') }} s join {{ ref('customers') }} c using (customer_id) group by 1
