{#- The SQL that makes, replaces, drops and renames tables and views. -#}

{% macro get_create_table_as_sql(temporary, relation, sql) -%}
  {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}
{%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro %}
{% macro default__create_table_as(temporary, relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set contract = config.get('contract') -%}
  {{ header if header is not none }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- if contract.enforced and not temporary %}
  {{ get_assert_columns_equivalent(sql) }}
  {{ get_table_columns_and_constraints() }}
  {%- set sql = get_select_subquery(sql) %}
  {%- endif %}
  as (
    {{ sql }}
  );
{%- endmacro %}

{% macro get_select_subquery(sql) -%}
  {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{%- endmacro %}
{% macro default__get_select_subquery(sql) -%}
  select {{ adapter.dispatch('get_column_names', 'dbt')() }}
  from (
    {{ sql }}
  ) as model_subq
{%- endmacro %}
{% macro default__get_column_names() -%}
  {%- for name, column in model['columns'].items() -%}
    {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%}
  {{ adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql) }}
{%- endmacro %}
{% macro default__get_create_view_as_sql(relation, sql) -%}
  {{ return(create_view_as(relation, sql)) }}
{%- endmacro %}
{% macro create_view_as(relation, sql) -%}
  {{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }}
{%- endmacro %}
{% macro default__create_view_as(relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  create view {{ relation.render() }}
  {%- if config.get('contract').enforced %}
  {{ get_assert_columns_equivalent(sql) }}
  {%- endif %}
  as (
    {{ sql }}
  );
{%- endmacro %}

{% macro drop_table(relation) -%}
  {{ adapter.dispatch('drop_table', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__drop_table(relation) -%}
  drop table if exists {{ relation.render() }} cascade
{%- endmacro %}
{% macro drop_view(relation) -%}
  {{ adapter.dispatch('drop_view', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__drop_view(relation) -%}
  drop view if exists {{ relation.render() }} cascade
{%- endmacro %}
{% macro drop_materialized_view(relation) -%}
  {{ adapter.dispatch('drop_materialized_view', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__drop_materialized_view(relation) -%}
  drop materialized view if exists {{ relation.render() }} cascade
{%- endmacro %}

{% macro get_rename_table_sql(relation, new_name) -%}
  {{ adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name) }}
{%- endmacro %}
{% macro default__get_rename_table_sql(relation, new_name) -%}
  {{ exceptions.raise_not_implemented('get_rename_table_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro get_rename_view_sql(relation, new_name) -%}
  {{ adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name) }}
{%- endmacro %}
{% macro default__get_rename_view_sql(relation, new_name) -%}
  {{ exceptions.raise_not_implemented('get_rename_view_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro get_rename_materialized_view_sql(relation, new_name) -%}
  {{ adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name) }}
{%- endmacro %}
{% macro default__get_rename_materialized_view_sql(relation, new_name) -%}
  {{ exceptions.raise_not_implemented('get_rename_materialized_view_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro get_replace_table_sql(relation, sql) -%}
  {{ adapter.dispatch('get_replace_table_sql', 'dbt')(relation, sql) }}
{%- endmacro %}
{% macro default__get_replace_table_sql(relation, sql) -%}
  {{ exceptions.raise_not_implemented('get_replace_table_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro get_replace_view_sql(relation, sql) -%}
  {{ adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql) }}
{%- endmacro %}
{% macro default__get_replace_view_sql(relation, sql) -%}
  {{ exceptions.raise_not_implemented('get_replace_view_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro get_replace_materialized_view_sql(relation, sql) -%}
  {{ adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql) }}
{%- endmacro %}
{% macro default__get_replace_materialized_view_sql(relation, sql) -%}
  {{ exceptions.raise_not_implemented('get_replace_materialized_view_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro get_create_materialized_view_as_sql(relation, sql) -%}
  {{ adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql) }}
{%- endmacro %}
{% macro default__get_create_materialized_view_as_sql(relation, sql) -%}
  {{ exceptions.raise_not_implemented('get_create_materialized_view_as_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro refresh_materialized_view(relation) -%}
  {{ adapter.dispatch('refresh_materialized_view', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__refresh_materialized_view(relation) -%}
  {{ exceptions.raise_not_implemented('refresh_materialized_view macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro handle_existing_table(full_refresh, old_relation) -%}
  {{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}
{%- endmacro %}
{% macro default__handle_existing_table(full_refresh, old_relation) -%}
  {{ adapter.drop_relation(old_relation) }}
{%- endmacro %}

{#- A whole view materialization in one call, for adapters that replace views in place. -#}
{% macro create_or_replace_view() -%}
  {%- set found = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set view = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='view') -%}
  {{ run_hooks(pre_hooks) }}
  {%- if found is not none and found.is_table -%}
    {{ handle_existing_table(should_full_refresh(), found) }}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(view, sql) }}
  {%- endcall -%}
  {%- do apply_grants(view, config.get('grants'), should_revoke=should_revoke(found, full_refresh_mode=true)) -%}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [view]}) }}
{%- endmacro %}

{% macro get_create_index_sql(relation, index_dict) -%}
  {{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}
{%- endmacro %}
{% macro default__get_create_index_sql(relation, index_dict) -%}
  {%- do return(none) -%}
{%- endmacro %}
{% macro create_indexes(relation) -%}
  {{ adapter.dispatch('create_indexes', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__create_indexes(relation) -%}
  {%- for index in config.get('indexes', default=[]) -%}
    {%- set sql = get_create_index_sql(relation, index) -%}
    {%- if sql -%}{%- do run_query(sql) -%}{%- endif -%}
  {%- endfor -%}
{%- endmacro %}
{% macro get_drop_index_sql(relation, index_name) -%}
  {{ adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name) }}
{%- endmacro %}
{% macro default__get_drop_index_sql(relation, index_name) -%}
  {{ exceptions.raise_not_implemented('get_drop_index_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro get_show_indexes_sql(relation) -%}
  {{ adapter.dispatch('get_show_indexes_sql', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__get_show_indexes_sql(relation) -%}
  {{ exceptions.raise_not_implemented('get_show_indexes_sql macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
