select sold_on, sum(priced * (1 - t.rate)) as revenue from {{ ref('sales') }} cross join {{ ref('tax_rates') }} t group by 1
