{{ config(materialized='table', sql_header='set x = 1;') }}
{% call set_sql_header(config) %}select '{{ this }}';{% endcall %}
select 1 as id {{ config.get('sql_header') is string }}
