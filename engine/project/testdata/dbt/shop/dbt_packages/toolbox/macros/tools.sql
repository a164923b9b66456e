{% macro rounded(x) %}{{ return(adapter.dispatch('rounded', 'toolbox')(x)) }}{% endmacro %}

{% macro default__rounded(x) %}round({{ x }}, {{ var('precision') }}){% endmacro %}

{% test at_least(model, rows, columns=[]) %}
{{ config(severity='warn') }}
select 1 from (select count(*) as n from {{ model }}) where n < {{ rows }}
{% endtest %}
