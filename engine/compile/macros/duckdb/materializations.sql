{#- Tables, views and incremental models in templates. The engine builds these itself; it goes by
    these blocks where a project overrides a macro that they call. -#}

{% materialization table, adapter='duckdb' -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, existing.type if existing else 'table') -%}
  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- set partitioned_by = duckdb__get_partitioned_by(target, false) -%}
  {%- set sorted_by = duckdb__get_sorted_by(target, false) -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, intermediate, compiled_code, 'sql', partitioned_by=partitioned_by, sorted_by=sorted_by) }}
  {%- endcall -%}
  {{ _duckdb_swap(existing, backup, intermediate, target) }}
  {%- do create_indexes(target) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
  {%- set target = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, existing.type if existing else 'view') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(intermediate, sql) }}
  {%- endcall -%}
  {{ _duckdb_swap(existing, backup, intermediate, target) }}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization incremental, adapter='duckdb' -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, existing.type if existing else 'table') -%}
  {%- set anew = existing is none -%}
  {%- set whole = anew or should_full_refresh() or existing.is_view -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {%- set staging = duckdb__dispatch_temporary_relation(target, adapter.batch_id_for_model(model)) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- if whole -%}
    {%- set partitioned_by = duckdb__get_partitioned_by(target, false) -%}
    {%- set sorted_by = duckdb__get_sorted_by(target, false) -%}
    {%- set build_sql = create_table_as(False, target if anew else intermediate, compiled_code, 'sql', partitioned_by=partitioned_by, sorted_by=sorted_by) -%}
  {%- else -%}
    {%- do run_query(create_table_as(staging.temporary, staging.relation, compiled_code)) -%}
    {%- do adapter.expand_target_column_types(from_relation=staging.relation, to_relation=target) -%}
    {%- set columns = process_schema_changes(on_schema_change, staging.relation, existing) or adapter.get_columns_in_relation(existing) -%}
    {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {%- set build_sql = strategy({
      'target_relation': target,
      'temp_relation': staging.relation,
      'unique_key': config.get('unique_key'),
      'dest_columns': columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
    }) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- if whole and not anew -%}
    {{ _duckdb_swap(existing, backup, intermediate, target) }}
  {%- endif -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, whole)) -%}
  {%- if whole -%}
    {%- do create_indexes(target) -%}
  {%- endif -%}
  {%- do persist_docs(target, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {%- if whole -%}
    {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {%- else -%}
    {{ drop_relation_if_exists(staging.relation) }}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{#- Puts what was built aside in the place of what is there, which becomes the backup. -#}
{% macro _duckdb_swap(existing, backup, intermediate, target) -%}
  {%- if existing is not none -%}
    {%- if existing.is_table -%}
      {%- do drop_indexes_on_relation(existing) -%}
    {%- endif -%}
    {{ adapter.rename_relation(existing, backup) }}
  {%- endif -%}
  {{ adapter.rename_relation(intermediate, target) }}
{%- endmacro %}
