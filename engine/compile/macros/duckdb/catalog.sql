{#- The catalog as dbt's documentation reads it: a row a column, with its table's kind and comments. -#}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {%- set places = [] -%}
  {%- for schema in schemas -%}
    {%- do places.append("lower(table_schema) = '" ~ schema | lower ~ "'") -%}
  {%- endfor -%}
  {{ return(_duckdb_catalog(information_schema, places)) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {%- set places = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('get_catalog_relations requires a list of relations, each with a schema') -%}
    {%- endif -%}
    {%- set place = "lower(table_schema) = '" ~ relation.schema | lower ~ "'" -%}
    {%- if relation.identifier -%}
      {%- set place = place ~ " and lower(table_name) = '" ~ relation.identifier | lower ~ "'" -%}
    {%- endif -%}
    {%- do places.append('(' ~ place ~ ')') -%}
  {%- endfor -%}
  {{ return(_duckdb_catalog(information_schema, places)) }}
{%- endmacro %}

{% macro _duckdb_catalog(information_schema, places) -%}
  {%- call statement('catalog', fetch_result=True) -%}
    with relations as (
      select database_name, schema_name, table_name, 'BASE TABLE' as table_type, comment
      from duckdb_tables()
      union all
      select database_name, schema_name, view_name, 'VIEW', comment
      from duckdb_views()
    )
    select
      relations.database_name as table_database,
      relations.schema_name as table_schema,
      relations.table_name,
      relations.table_type,
      relations.comment as table_comment,
      columns.column_name,
      columns.column_index,
      columns.data_type as column_type,
      columns.comment as column_comment,
      '' as table_owner
    from relations
    join (select *, schema_name as table_schema from duckdb_columns()) as columns
      using (database_name, schema_name, table_name)
    where lower(relations.database_name) = '{{ information_schema.database | lower }}'
      and ({{ places | join(' or ') if places else 'false' }})
    order by table_schema, table_name, column_index
  {%- endcall -%}
  {{ return(load_result('catalog').table) }}
{%- endmacro %}
