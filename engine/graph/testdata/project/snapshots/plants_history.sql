{% snapshot plants_history %}
{{ config(strategy='check', unique_key='plant_id', check_cols=['name'], target_schema='history', tags=['nightly']) }}
select * from {{ ref('plants') }}
{% endsnapshot %}
