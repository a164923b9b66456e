{% macro standard() %}{{ config(materialized='table', tags=['from_macro']) }}{% endmacro %}
{% macro wrapped(name) -%}
{{ return(ref(name)) }}
{%- endmacro %}
{% macro collect() %}{{ caller() }}{% endmacro %}
{% macro test_old_style(model) %}select 1 from {{ model }}{% endmacro %}
{% materialization odd, default %}{{ return({'relations': []}) }}{% endmaterialization %}
{% materialization odd, adapter='duckdb', supported_languages=['sql'] %}{{ return({'relations': []}) }}{% endmaterialization %}
