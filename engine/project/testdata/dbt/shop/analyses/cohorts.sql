select min(id) from {{ ref('fct_orders') }}
