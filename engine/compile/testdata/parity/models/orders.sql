{{ config(materialized='table', tags=['one', 'two'], indexes=[{'columns': ['id']}]) }}
select * from {{ ref('raw_orders') }}
where '{{ var("greeting") }}' = 'hello'
  and amount < {{ var('limits')['high'] }} * 100
  and '{{ var("absent", "dflt") }}' = 'dflt'
