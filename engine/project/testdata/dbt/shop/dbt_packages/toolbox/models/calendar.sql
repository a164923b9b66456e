{{ config(tags=['inner'], materialized='view') }}
select 1 as day
