{{ config(enabled=true) }}
select * from {{ ref('hooked') }}
