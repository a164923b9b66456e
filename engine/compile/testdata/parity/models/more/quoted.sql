{{ config(materialized='view', alias='quoted_alias', database=target.database) }}
select id as "Mixed Case", id from {{ source('tested', 'orders') }} -- {{ this }}
