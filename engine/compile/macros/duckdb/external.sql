{#- Files that stand in for tables, and seeds. -#}

{% macro external_location(relation, config) -%}
  {{ adapter.external_root() }}/{{ relation.identifier }}
  {%- if config.get('options', {}).get('partition_by') is none -%}.{{ config.get('format', 'parquet') }}{%- endif -%}
{%- endmacro %}

{% macro location_exists(location) -%}
  {%- do return(adapter.location_exists(location)) -%}
{%- endmacro %}

{% macro write_to_file(relation, location, options) -%}
  {%- call statement('write_to_file') -%}
    copy {{ relation }} to '{{ location }}' ({{ options }})
  {%- endcall -%}
{%- endmacro %}

{% macro store_relation(plugin, relation, location, format, config) -%}
  {%- do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) -%}
{%- endmacro %}

{% macro render_write_options(config) -%}
  {%- set options = {} -%}
  {%- if config.get('options', {}) is not mapping -%}
    {%- do exceptions.raise_compiler_error('The options argument must be a dictionary') -%}
  {%- endif -%}
  {%- for name, value in config.get('options', {}).items() -%}
    {%- do options.update({name: render(value)}) -%}
  {%- endfor -%}
  {%- for name in ['format', 'delimiter'] if config.get(name) -%}
    {%- do options.update({name: render(config.get(name))}) -%}
  {%- endfor -%}
  {%- do return(options) -%}
{%- endmacro %}

{#- Views over the files of external models that the selection reads but does not build. -#}
{% macro register_upstream_external_models() -%}
  {%- if execute -%}
    {%- set done = {} -%}
    {%- for id in selected_resources if id in graph['nodes'] -%}
      {%- for parent in graph['nodes'][id]['depends_on']['nodes'] if parent not in done and parent not in selected_resources -%}
        {%- do done.update({parent: true}) -%}
        {%- set node = graph['nodes'].get(parent) -%}
        {%- if node and node.resource_type in ('model', 'seed') and node.config.materialized == 'external' -%}
          {%- set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias']) -%}
          {%- set location = node.config.get('location', external_location(relation, node.config)) -%}
          {%- set place = adapter.external_read_location(location, render_write_options(node.config)) -%}
          {%- call statement('main') -%}
            create schema if not exists {{ relation.without_identifier() }};
            create or replace view {{ relation }} as (select * from '{{ place }}');
          {%- endcall -%}
        {%- endif -%}
      {%- endfor -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__get_binding_char() -%}
  {{ return(adapter.get_binding_char()) }}
{%- endmacro %}
{% macro duckdb__get_batch_size() -%}
  {{ return(10000) }}
{%- endmacro %}
