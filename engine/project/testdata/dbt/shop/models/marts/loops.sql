{% set names = ['orders', 'customers'] %}
{% for n in names %}
select count(*) from {{ ref('stg_' ~ n) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
