{% snapshot in_sql %}
{{ config(target_schema='snaps', strategy='check', check_cols='all') }}
select * from {{ ref('hooked') }}
{% endsnapshot %}
