{% macro base_ref() %}{{ ref('other_base') }}{% endmacro %}
{% test base_test(model) %}{{ config(tags=['bt'], severity='warn') }}select 1 from {{ model }}{% endtest %}
