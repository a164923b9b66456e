{%- set wanted = ['hooked'] -%}
{% if target.type == 'duckdb' %}{{ config(tags=['duck']) }}{% else %}{{ config(tags=['goose']) }}{% endif %}
-- {{ ref('computed') }}
select * from {{ ref(wanted[0]) }}
{# {{ ref('nothing') }} #}
{% raw %}{{ ref('nothing either') }}{% endraw %}
