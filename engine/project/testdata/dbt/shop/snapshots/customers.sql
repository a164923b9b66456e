{% snapshot customers_history %}
{{ config(strategy='timestamp', unique_key='id', updated_at='changed_at', target_schema='old') }}
select * from {{ ref('stg_customers') }}
{% endsnapshot %}

{% snapshot plain_history %}
    {{ config(strategy='check', unique_key='id', check_cols=['name']) }}
    select * from {{ source('raw', 'customers') }}
{% endsnapshot %}
