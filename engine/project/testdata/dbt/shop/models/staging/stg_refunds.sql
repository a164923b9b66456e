{% if var('with_refunds') %}
select * from {{ source('raw', 'refunds') }}
{% else %}
select * from {{ ref('stg_orders') }}
{% endif %}
