{{ config(tags=['nightly']) }}
select sale_id, plant_id, customer_id, amount, sold_on from {{ source('raw', 'sales') }}
