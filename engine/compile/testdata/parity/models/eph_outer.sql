{{ config(materialized='ephemeral') }}
with x as (select * from {{ ref('eph_inner') }})
select * from x
