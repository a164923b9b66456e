{{ config(materialized=var('m'), alias='computed_' ~ target.name) }}
select 1 as a
