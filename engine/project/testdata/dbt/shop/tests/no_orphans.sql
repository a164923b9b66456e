{{ config(tags=['integrity'], error_if='> 5') }}
select * from {{ ref('fct_orders') }} where name is null
