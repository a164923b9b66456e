{{ config(materialized='ephemeral') }}
select id, customer from {{ ref('orders') }}
