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

{#- A file written aside and a view over it. Where nothing was selected, parquet keeps the columns'
    types in an empty file; the other formats get one row of nulls, which the view leaves out. -#}
{% materialization external, adapter='duckdb' -%}
  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {%- set write_options = adapter.external_write_options(location, options) -%}
  {%- set known = ['csv', 'parquet', 'json'] -%}
  {%- set format = config.get('format') or options['format'] | lower -%}
  {%- if config.get('format') and format not in known -%}
    {{ exceptions.raise_compiler_error('Invalid format: ' ~ format ~ '. Allowed formats are: ' ~ known | join(', ')) }}
  {%- elif format not in known -%}
    {%- set format = 'parquet' -%}
  {%- endif -%}
  {%- set target = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set staged = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_tmp') -%}
  {%- set intermediate = make_intermediate_relation(target, suffix='__dbt_int') -%}
  {%- set backup = make_backup_relation(target, existing.type if existing else 'table') -%}
  {%- for left_over in [intermediate, staged, backup] -%}
    {{ drop_relation_if_exists(load_cached_relation(left_over)) }}
  {%- endfor -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- call statement('create_table') -%}
    {{ create_table_as(False, staged, compiled_code) }}
  {%- endcall -%}
  {%- set columns = adapter.get_columns_in_relation(staged) -%}
  {%- set padded = format != 'parquet' and run_query('select count(*) from ' ~ staged)[0][0] == 0 -%}
  {%- if padded -%}
    {%- call statement('pad') -%}
      insert into {{ staged }} values ({% for column in columns %}null{{ ', ' if not loop.last }}{% endfor %})
    {%- endcall -%}
  {%- endif -%}
  {{ write_to_file(staged, location, write_options) }}
  {%- set readers = {'parquet': {'union_by_name': False}, 'json': {'auto_detect': True}, 'csv': {'auto_detect': True}} -%}
  {%- set arguments = dict(config.get(format ~ '_read_options', readers[format])) -%}
  {%- if format != 'parquet' and options.get('compression') and 'compression' not in arguments -%}
    {%- do arguments.update({'compression': options['compression']}) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    create or replace view {{ intermediate }} as (
      select *
      from read_{{ format }}('{{ adapter.external_read_location(location, options) }}'
        {%- for name, value in arguments.items() %}, {{ name }} = {% if value is string %}'{{ value }}'{% else %}{{ value }}{% endif %}{% endfor %})
      {%- if padded %}
      where {% for column in columns %}{{ column.quoted }} is not null{{ ' and ' if not loop.last }}{% endfor %}
      {%- endif %}
    )
  {%- endcall -%}
  {%- if existing is not none -%}
    {{ adapter.rename_relation(existing, backup) }}
  {%- endif -%}
  {{ adapter.rename_relation(intermediate, target) }}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ drop_relation_if_exists(staged) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{#- A table macro: a view with parameters, which are called with brackets. -#}
{% materialization table_function, adapter='duckdb' -%}
  {%- set target = this.incorporate(type='view') -%}
  {%- set parameters = config.get('parameters') or [] -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- call statement('main') -%}
    create or replace function {{ target }}({{ parameters if parameters is string else parameters | join(', ') }}) as table (
      {{ sql }}
    )
  {%- endcall -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}
