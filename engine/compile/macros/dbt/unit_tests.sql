{#- Unit tests: rows of a fixture as SQL, and the query that sets actual beside expected. -#}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {%- set columns = expected_column_names | join(', ') -%}
  {%- set side = adapter.quote('actual_or_expected') -%}
with dbt_internal_unit_test_actual as (
  select {{ columns }}, {{ dbt.string_literal('actual') }} as {{ side }}
  from (
    {{ main_sql }}
  ) _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
  select {{ columns }}, {{ dbt.string_literal('expected') }} as {{ side }}
  from (
    {{ expected_fixture_sql }}
  ) _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- if column_name_to_data_types -%}
    {%- for name, type in column_name_to_data_types.items() -%}
      {%- do types.update({name | lower: type}) -%}
      {%- do quoted.update({name | lower: adapter.quote(name)}) -%}
    {%- endfor -%}
  {%- else -%}
    {%- for column in adapter.get_columns_in_relation(defer_relation if defer_relation and not load_relation(this) else this) -%}
      {%- do types.update({column.name | lower: column.data_type}) -%}
      {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if not types -%}
    {{ exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") }}
  {%- endif -%}
  {{ validate_fixture_rows(rows, row_number) }}
  {%- set blank = {} -%}
  {%- for name, type in types.items() -%}
    {%- do blank.update({name: safe_cast('null', type) | trim}) -%}
  {%- endfor -%}
  {%- for row in rows or [{}] -%}
    {%- set values = blank.copy() -%}
    {%- do values.update(format_row(row, types)) %}
select {% for name, value in values.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{{ 'union all' if not loop.last }}
  {%- endfor -%}
  {{ 'limit 0' if not rows }}
{%- endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
  {%- if not rows -%}
    select * from dbt_internal_unit_test_actual
    limit 0
  {%- endif -%}
  {%- for row in rows %}
select {% for name, value in format_row(row, column_name_to_data_types).items() %}{{ value }} as {{ column_name_to_quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{{ 'union all' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{#- A row's values as SQL of its columns' types; names are compared without case. -#}
{% macro format_row(row, column_name_to_data_types) -%}
  {%- set formatted = {} -%}
  {%- for key, value in row.items() -%}
    {%- set name = key | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {{ exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ "."
          ~ "\nAccepted columns for " ~ fixture ~ " are: " ~ column_name_to_data_types.keys() | list) }}
    {%- endif -%}
    {%- set type = column_name_to_data_types[name] -%}
    {%- if value is string and 'varying' in type -%}
      {%- set type = type.split('(')[0] -%}
    {%- endif -%}
    {%- if value is string -%}
      {%- set value = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
    {%- elif value is none -%}
      {%- set value = 'null' -%}
    {%- endif -%}
    {%- do formatted.update({name: safe_cast(value, type)}) -%}
  {%- endfor -%}
  {{ return(formatted) }}
{%- endmacro %}

{% macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
