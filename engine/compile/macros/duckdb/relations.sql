{#- Relations of DuckDB. -#}

{% macro duckdb__create_schema(relation) -%}
  {%- set attached = run_query(
    "select type from duckdb_databases() where lower(database_name) = '" ~ relation.database | lower ~ "' and type != 'duckdb'") -%}
  {%- set kind = attached[0][0] if attached else 'duckdb' -%}
  {%- if kind == 'sqlite' and relation.schema != 'main' -%}
    {{ exceptions.raise_compiler_error("Schema must be 'main' when writing to sqlite instead got " ~ relation.schema) }}
  {%- endif -%}
  {%- if kind not in ['sqlite', 'mysql'] -%}
    {%- call statement('create_schema') -%}
      create schema if not exists {{ relation.without_identifier() }}
    {%- endcall -%}
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__list_schemas(database) -%}
  {{ return(run_query('select schema_name from system.information_schema.schemata'
    ~ (" where lower(catalog_name) = '" ~ database | lower ~ "'" if database is not none else ''))) }}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query("select count(*) from system.information_schema.schemata"
    ~ " where lower(schema_name) = '" ~ schema | lower ~ "' and lower(catalog_name) = '" ~ information_schema.database | lower ~ "'")) }}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) -%}
  {%- call statement('list_relations_without_caching', fetch_result=true) -%}
    select
      '{{ schema_relation.database }}' as database,
      table_name as name,
      table_schema as schema,
      case table_type when 'VIEW' then 'view' else 'table' end as type
    from system.information_schema.tables
    where lower(table_schema) = '{{ schema_relation.schema | lower }}'
      and lower(table_catalog) = '{{ schema_relation.database | lower }}'
  {%- endcall -%}
  {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}
  {%- call statement('get_columns_in_relation', fetch_result=true) -%}
    select
      column_name,
      column_type as data_type,
      cast(null as bigint) as character_maximum_length,
      cast(null as bigint) as numeric_precision,
      cast(null as bigint) as numeric_scale
    from (describe {{ relation.render() }})
  {%- endcall -%}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {%- call statement('drop_relation', auto_begin=false) -%}
    drop {{ relation.type or 'table' }} if exists {{ relation }} {{ 'cascade' if not adapter.is_ducklake(relation) }}
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {%- call statement('rename_relation') -%}
    alter {{ to_relation.type or 'table' }} {{ from_relation }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
  {%- endcall -%}
{%- endmacro %}

{#- Temporary tables live in the session: no database, no schema, and a name of the moment. -#}
{% macro duckdb__make_temp_relation(base_relation, suffix) -%}
  {{ return(base_relation.incorporate(path={
    'database': none,
    'schema': none,
    'identifier': base_relation.identifier ~ suffix ~ py_current_timestring()
  })) }}
{%- endmacro %}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') -%}
  {%- if adapter.is_motherduck() -%}
    {%- set relation = target_relation.incorporate(path=adapter.get_temp_relation_path(target_relation, batch_id)) -%}
    {%- do create_schema(relation) -%}
    {{ return({'relation': relation, 'temporary': false}) }}
  {%- endif -%}
  {{ return({'relation': make_temp_relation(target_relation), 'temporary': true}) }}
{%- endmacro %}

{% macro get_column_names() -%}
  (
  {%- for name, column in model['columns'].items() -%}
    {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
  {%- endfor -%}
  )
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- if partitioned_by or sorted_by -%}
    {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by)) }}
  {%- endif -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code)) }}
{%- endmacro %}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- set contract = config.get('contract') -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("a table cannot be created from the language '" ~ language ~ "'") -%}
  {%- endif -%}
  {%- if contract.enforced -%}
    {{ get_assert_columns_equivalent(compiled_code) }}
  {%- endif -%}
  {{ header if header is not none }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- set filled_later = (contract.enforced and not temporary) or partitioned_by or sorted_by -%}
  {%- if contract.enforced and not temporary %}
  {{ get_table_columns_and_constraints() }};
  {%- else %}
  as (
    {% if filled_later %}select * from ({{ compiled_code }}) as model_subq limit 0{% else %}{{ compiled_code }}{% endif %}
  );
  {%- endif %}
  {%- if partitioned_by %}
  {{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) }}
  {%- endif %}
  {%- if sorted_by %}
  {{ duckdb__alter_table_set_sorted_by(relation, sorted_by) }}
  {%- endif %}
  {%- if contract.enforced and not temporary %}
  insert into {{ relation }} {{ get_column_names() }} (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- elif filled_later %}
  insert into {{ relation }}
  select * from (
    {{ compiled_code }}
  ) as model_subq;
  {%- endif %}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}
{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}
{#- The layout that a DuckLake table is asked to have; none elsewhere, and none for tables on the way. -#}
{% macro _duckdb_layout(relation, temporary, keys) -%}
  {%- set raw = config.get(keys[0]) or config.get(keys[1]) -%}
  {%- if temporary or not raw -%}
    {{ return(none) }}
  {%- endif -%}
  {%- set parts = normalize_string_or_list(raw, keys | join('/')) -%}
  {%- if not parts -%}
    {%- do exceptions.raise_compiler_error(keys | join('/') ~ ' must contain at least one column') -%}
  {%- endif -%}
  {%- if this is defined and relation.identifier and this.identifier and relation.identifier != this.identifier -%}
    {{ return(none) }}
  {%- endif -%}
  {%- if not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once(keys | join('/') ~ ' is only supported for DuckLake relations; ignoring for ' ~ relation) -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(parts) }}
{%- endmacro %}
{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {%- set parts = _duckdb_layout(relation, temporary, ['partitioned_by', 'partition_by']) -%}
  {{ return(parts | join(', ') if parts else none) }}
{%- endmacro %}
{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set parts = _duckdb_layout(relation, temporary, ['sorted_by', 'sort_by']) -%}
  {{ return(get_quoted_csv(parts) if parts else none) }}
{%- endmacro %}

{% macro duckdb__create_view_as(relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif -%}
  {{ header if header is not none }}
  create view {{ relation }} as (
    {{ sql }}
  );
{%- endmacro %}

{% macro duckdb__get_rename_table_sql(relation, new_name) -%}
  alter table {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}
{% macro duckdb__get_rename_view_sql(relation, new_name) -%}
  alter view {{ relation }} rename to {{ adapter.quote(new_name) }}
{%- endmacro %}

{#- The header runs by itself, because `describe` takes one statement. -#}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- if select_sql_header is not none -%}
    {%- do run_query(select_sql_header) -%}
  {%- endif %}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false
  limit 0
{% endmacro %}

{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- for column in add_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ column.quoted) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if index.unique }}index "{{ index.render(relation) }}" on {{ relation }} ({{ index.columns | join(', ') }});
{%- endmacro %}
{% macro drop_indexes_on_relation(relation) -%}
  {%- call statement('get_indexes_on_relation', fetch_result=true, auto_begin=false) -%}
    select index_name
    from duckdb_indexes()
    where database_name = '{{ relation.database }}'
      and schema_name = '{{ relation.schema }}'
      and table_name = '{{ relation.identifier }}'
  {%- endcall -%}
  {%- for row in load_result('get_indexes_on_relation').table -%}
    {%- call statement('drop_index_' ~ loop.index, auto_begin=false) -%}
      drop index "{{ relation.database }}"."{{ relation.schema }}"."{{ row[0] }}"
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}

{% macro duckdb_escape_comment(comment) -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('cannot escape a non-string: ' ~ comment) -%}
  {%- endif -%}
  '{{ comment | replace("'", "''") }}'
{%- endmacro %}
{% macro duckdb__alter_relation_comment(relation, comment) -%}
  comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(comment) }};
{%- endmacro %}
{% macro duckdb__alter_column_comment(relation, column_dict) -%}
  {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
  {%- for name, column in column_dict.items() if name in present %}
  comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is {{ duckdb_escape_comment(column['description']) }};
  {%- endfor -%}
{%- endmacro %}

{% macro duckdb__apply_grants(relation, grant_config, should_revoke=True) -%}
  {%- if grant_config -%}
    {%- do adapter.warn_once('Grants for relations are not supported by DuckDB') -%}
  {%- endif -%}
{%- endmacro %}
