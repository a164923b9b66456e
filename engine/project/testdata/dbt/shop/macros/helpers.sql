{% macro cents(column, digits=2) %}round({{ column }} / 100.0, {{ digits }}){% endmacro %}

{% macro base_table(name) %}{{ ref('stg_' ~ name) }}{% endmacro %}

{% macro through(name) %}{{ base_table(name) }}{% endmacro %}

{% macro write_audit() %}{% if execute %}{{ log('done') }}{% endif %}{% endmacro %}
