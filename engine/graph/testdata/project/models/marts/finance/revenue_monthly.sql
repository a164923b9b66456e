select date_trunc('month', sold_on) as month, sum(revenue) as revenue from {{ ref('revenue') }} group by 1
