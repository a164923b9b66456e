{{ config(alias='orders_clean', tags=['raw', 'nightly']) }}

select id, customer_id, status, {{ cents('amount') }} as amount
from {{ source('raw', 'orders') }}
where year >= {{ var('first_year') }}
