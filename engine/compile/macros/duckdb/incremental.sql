{#- What DuckDB runs for each incremental strategy. -#}

{% macro duckdb__get_incremental_default_sql(arg_dict) -%}
  {%- do return(get_incremental_delete_insert_sql(arg_dict)) -%}
{%- endmacro %}

{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set filters = incremental_predicates or [] %}
  {%- if unique_key and unique_key is not string %}
  delete from {{ target }} as DBT_INCREMENTAL_TARGET
  using {{ source }}
  where (
    {% for key in unique_key %}{{ source }}.{{ key }} = DBT_INCREMENTAL_TARGET.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    {%- for filter in filters %}
    and {{ filter }}
    {%- endfor %}
  );
  {%- elif unique_key %}
  delete from {{ target }}
  where ({{ unique_key }}) in (
    select ({{ unique_key }})
    from {{ source }}
  )
  {%- for filter in filters %}
  and {{ filter }}
  {%- endfor %};
  {%- endif %}
  {{ get_insert_into_sql(target, source, dest_columns) }}
{% endmacro %}

{% macro duckdb__get_incremental_merge_sql(args_dict) -%}
  {{ return(duckdb__get_merge_sql(args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'],
      args_dict['dest_columns'], normalize_incremental_predicates(args_dict.get('incremental_predicates')))) }}
{%- endmacro %}

{#- The join: `using` columns where the config names them, else the unique key; without a key nothing matches. -#}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
  {%- set filters = incremental_predicates or [] -%}
  {%- if merge_on_using_columns -%}
    using ({{ merge_on_using_columns | join(', ') }}) {{ 'on (' ~ filters | join(') and (') ~ ')' if filters }}
  {%- else -%}
    {%- set conditions = [] -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- else -%}
      {%- do conditions.append('FALSE') -%}
    {%- endfor -%}
    on ({{ (conditions + filters) | join(') and (') }})
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set filters = normalize_incremental_predicates(incremental_predicates) -%}
  {%- do validate_merge_config(config, target) -%}
  {%- set clauses = config.get('merge_clauses') or {} -%}
  {%- set include = config.get('merge_update_columns') or [] -%}
  {%- set exclude = config.get('merge_exclude_columns') or [] -%}
  {%- set expressions = config.get('merge_update_set_expressions') or {} -%}
  {%- set update = {'action': 'update', 'condition': config.get('merge_update_condition'), 'mode': 'by_name'} -%}
  {%- if include or exclude or expressions -%}
    {%- do update.update({'mode': 'explicit', 'update': {'include': include, 'exclude': exclude, 'set_expressions': expressions}}) -%}
  {%- endif -%}
  {%- set insert = {'action': 'insert', 'condition': config.get('merge_insert_condition'), 'mode': 'by_name'} -%}
  {%- set returning = config.get('merge_returning_columns') -%}
  {%- set header = config.get('sql_header', none) %}
  {{ header if header is not none }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns'), filters) }}
  {%- for clause in clauses.get('when_matched', [update]) %}
  when matched {{ _duckdb_merge_condition(clause) }} then {{ _duckdb_merge_matched(clause, dest_columns) }}
  {%- endfor %}
  {%- for clause in clauses.get('when_not_matched', [insert]) %}
  when not matched {{ 'by ' ~ clause.get('by') if clause.get('by') }} {{ _duckdb_merge_condition(clause) }} then {{ _duckdb_merge_not_matched(clause) }}
  {%- endfor %}
  {%- if returning %}
  returning {{ returning if returning is string else returning | join(', ') }}
  {%- endif %}
{% endmacro %}

{% macro _duckdb_merge_condition(clause) -%}
  {%- set condition = clause.get('condition') -%}
  {%- if condition is string and condition -%}
    and {{ condition }}
  {%- elif condition -%}
    and ({{ condition | join(') and (') }})
  {%- endif -%}
{%- endmacro %}

{% macro _duckdb_merge_action(clause) -%}
  {%- set action = clause.get('action') -%}
  {%- if action == 'delete' -%}
    delete
  {%- elif action == 'do_nothing' -%}
    do nothing
  {%- elif action == 'error' -%}
    error{% if clause.get('error_message') %} '{{ clause.get('error_message') | replace("'", "''") }}'{% endif %}
  {%- else -%}
    {{ exceptions.raise_compiler_error("merge_clauses: the action '" ~ action ~ "' is not known") }}
  {%- endif -%}
{%- endmacro %}

{% macro _duckdb_merge_matched(clause, dest_columns) -%}
  {%- set mode = clause.get('mode') -%}
  {%- if clause.get('action') != 'update' -%}
    {{ _duckdb_merge_action(clause) }}
  {%- elif mode == 'by_name' -%}
    update by name
  {%- elif mode == 'by_position' -%}
    update by position
  {%- elif mode == 'star' -%}
    update set *
  {%- else -%}
    {%- set wanted = clause.get('update', {}) -%}
    {%- set expressions = wanted.get('set_expressions', {}) -%}
    {%- set assignments = [] -%}
    {%- for column, expression in expressions.items() -%}
      {%- do assignments.append(column ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    {%- for column in get_merge_update_columns(wanted.get('include', []), wanted.get('exclude', []), dest_columns) -%}
      {%- if column.replace('"', '').replace("'", '') not in expressions -%}
        {%- do assignments.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
      {%- endif -%}
    {%- endfor -%}
    update set {{ assignments | join(', ') }}
  {%- endif -%}
{%- endmacro %}

{% macro _duckdb_merge_not_matched(clause) -%}
  {%- set mode = clause.get('mode') -%}
  {%- if clause.get('action') == 'update' -%}
    {%- set assignments = [] -%}
    {%- for column, expression in clause.get('set_expressions', {}).items() -%}
      {%- do assignments.append(column ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    update set {{ assignments | join(', ') }}
  {%- elif clause.get('action') != 'insert' -%}
    {{ _duckdb_merge_action(clause) }}
  {%- elif mode == 'by_name' -%}
    insert by name
  {%- elif mode == 'by_position' -%}
    insert by position
  {%- elif mode == 'star' -%}
    insert *
  {%- else -%}
    {%- set wanted = clause.get('insert', {}) -%}
    insert ({{ wanted.get('columns', []) | join(', ') }}) values ({{ wanted.get('values', []) | join(', ') }})
  {%- endif -%}
{%- endmacro %}

{#- Replaces the rows of one batch: those whose event_time lies in [start, end). -#}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
  {%- set event_time = config.get('event_time') -%}
  {%- set batch = model.get('batch') or {} -%}
  {%- if not event_time -%}
    {{ exceptions.raise_compiler_error("microbatch incremental strategy requires an 'event_time' model config") }}
  {%- endif -%}
  {%- if config.get('unique_key') -%}
    {{ exceptions.raise_compiler_error("microbatch incremental strategy does not support 'unique_key': each batch replaces its rows by 'event_time'. Remove 'unique_key' or use incremental_strategy='merge'.") }}
  {%- endif -%}
  {%- if not (batch.get('event_time_start') and batch.get('event_time_end')) -%}
    {{ exceptions.raise_compiler_error("microbatch incremental strategy requires 'batch.event_time_start' and 'batch.event_time_end' to be set in the context") }}
  {%- endif -%}
  {%- set in_batch = event_time ~ " >= '" ~ batch.get('event_time_start') ~ "' and " ~ event_time ~ " < '" ~ batch.get('event_time_end') ~ "'" -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set sql %}
  delete from {{ arg_dict['target_relation'] }}
  where {{ in_batch }}
  {%- for filter in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) %}
  and ({{ filter }})
  {%- endfor %};
  insert into {{ arg_dict['target_relation'] }} ({{ columns }})
  select {{ columns }}
  from {{ arg_dict['temp_relation'] }}
  where {{ in_batch }};
  {%- endset -%}
  {{ return(sql) }}
{%- endmacro %}

{% macro normalize_incremental_predicates(incremental_predicates) -%}
  {{ return(normalize_string_or_list(incremental_predicates, 'incremental_predicates')) }}
{%- endmacro %}

{#- Every mistake of a merge config at once. -#}
{% macro validate_merge_config(config, target_relation=none) -%}
  {%- set errors = [] -%}
  {%- for name in ['merge_update_condition', 'merge_insert_condition'] -%}
    {%- do validate_string_field(config.get(name), name, errors) -%}
  {%- endfor -%}
  {%- for name in ['merge_on_using_columns', 'merge_update_columns', 'merge_exclude_columns', 'merge_returning_columns'] -%}
    {%- do validate_string_list_field(config.get(name), name, errors) -%}
  {%- endfor -%}
  {%- do validate_dict_field(config.get('merge_update_set_expressions'), 'merge_update_set_expressions', errors) -%}
  {%- do validate_merge_clauses(config, none, errors) -%}
  {%- if errors -%}
    {{ exceptions.raise_compiler_error('MERGE configuration errors:\n' ~ errors | join('\n')) }}
  {%- endif -%}
{%- endmacro %}
{% macro validate_merge_clauses(config, base_configuration_fields, errors) -%}
  {%- set clauses = config.get('merge_clauses') -%}
  {%- if clauses is none -%}
    {{ return('') }}
  {%- elif clauses is not mapping -%}
    {%- do errors.append('merge_clauses must be a dictionary, found: ' ~ clauses) -%}
    {{ return('') }}
  {%- elif 'when_matched' not in clauses and 'when_not_matched' not in clauses -%}
    {%- do errors.append("merge_clauses must contain at least one of 'when_matched' or 'when_not_matched' keys") -%}
  {%- endif -%}
  {%- for name in ['when_matched', 'when_not_matched'] if name in clauses -%}
    {%- do validate_merge_clause_list(clauses, name, errors) -%}
  {%- endfor -%}
  {%- set ignored = [] -%}
  {%- for name in ['merge_update_condition', 'merge_insert_condition', 'merge_update_columns', 'merge_update_set_expressions', 'merge_exclude_columns'] if config.get(name) -%}
    {%- do ignored.append(name) -%}
  {%- endfor -%}
  {%- if ignored -%}
    {%- do errors.append('When merge_clauses is specified, the following basic merge configurations will be ignored and should be removed: ' ~ ignored | join(', ') ~ '. Define your merge behavior within merge_clauses instead.') -%}
  {%- endif -%}
{%- endmacro %}
{% macro validate_merge_clause_list(merge_clauses, clause_type, errors) -%}
  {%- set list = merge_clauses.get(clause_type) -%}
  {%- if list is string or list is mapping or list is not iterable -%}
    {%- do errors.append('merge_clauses.' ~ clause_type ~ ' must be a list') -%}
  {%- elif not list -%}
    {%- do errors.append('merge_clauses.' ~ clause_type ~ ' must contain at least one element') -%}
  {%- else -%}
    {%- for clause in list if clause is not mapping -%}
      {%- do errors.append('merge_clauses.' ~ clause_type ~ ' elements must be dictionaries, found: ' ~ clause) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}
{% macro validate_string_field(field_value, field_name, errors) -%}
  {%- if field_value is not none and field_value is not string -%}
    {%- do errors.append(field_name ~ ' must be a string, found: ' ~ field_value) -%}
  {%- endif -%}
{%- endmacro %}
{% macro validate_string_list_field(field_value, field_name, errors) -%}
  {%- if field_value is none -%}
    {{ return('') }}
  {%- elif field_value is string or field_value is mapping or field_value is not iterable -%}
    {%- do errors.append(field_name ~ ' must be a list') -%}
  {%- else -%}
    {%- for item in field_value if item is not string -%}
      {%- do errors.append(field_name ~ ' must contain only string values, found: ' ~ item) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}
{% macro validate_dict_field(field_value, field_name, errors) -%}
  {%- if field_value is not none and field_value is not mapping -%}
    {%- do errors.append(field_name ~ ' must be a dictionary, found: ' ~ field_value) -%}
  {%- endif -%}
{%- endmacro %}

{% macro merge_clause_defaults(merge_update_condition, merge_insert_condition, merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}) -%}
  {{ return({
    'when_matched_update_by_name': {'action': 'update', 'condition': merge_update_condition, 'mode': 'by_name'},
    'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'},
    'when_matched_update_explicit': {
      'action': 'update', 'condition': merge_update_condition, 'mode': 'explicit',
      'update': {'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions}
    }
  }) }}
{%- endmacro %}
