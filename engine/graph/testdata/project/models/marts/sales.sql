{{ config(materialized='incremental', unique_key='sale_id', tags=['nightly', 'daily'], meta={'owner': 'growers', 'pii': true}) }}
select * from {{ ref('int_sales_priced') }}
