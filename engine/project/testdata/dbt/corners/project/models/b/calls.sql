{% call collect() %}select * from {{ ref('hooked') }}{% endcall %}
{% do log('x') %}
{% set q = run_query('select 1') %}
{% if execute %}{% for r in q %}{{ r }}{% endfor %}{% endif %}
select {{ "'" ~ ref('Upper') ~ "'" }}
