{{ config(materialized='incremental', unique_key='id', merge_exclude_columns=['b']) }}
{% set cols = [api.Column('id', 'integer'), api.Column('b', 'varchar')] %}
{% set a = {'target_relation': this, 'temp_relation': api.Relation.create(identifier='tmp'), 'unique_key': 'id', 'dest_columns': cols, 'incremental_predicates': none} %}
{% set b = {'target_relation': this, 'temp_relation': api.Relation.create(identifier='tmp'), 'unique_key': ['id', 'b'], 'dest_columns': cols, 'incremental_predicates': ['id > 3']} %}
{% if execute %}
{{ get_incremental_append_sql(a) }}
{{ get_incremental_delete_insert_sql(a) }}
{{ get_incremental_delete_insert_sql(b) }}
{{ get_incremental_default_sql(a) }}
{{ get_insert_into_sql(this, this, cols) }}
{{ get_merge_update_columns(none, ['b'], cols) }} {{ get_merge_update_columns(['x'], none, cols) }} {{ get_quoted_csv(['p', 'q']) }}
{{ diff_columns(cols, [api.Column('id', 'integer')]) | map(attribute='name') | list }} {{ diff_column_data_types(cols, [api.Column('id', 'bigint'), api.Column('b', 'varchar')]) }}
{{ incremental_validate_on_schema_change('sync_all_columns') }} {{ incremental_validate_on_schema_change('bogus') }} {{ should_full_refresh() }} {{ should_store_failures() }}
{{ create_table_as(False, this, 'select 1 as id') }}
{{ create_table_as(True, this, 'select 1 as id') }}
{{ get_create_table_as_sql(False, this, 'select 1') }}
{{ create_view_as(this, 'select 1 as id') }} {{ get_create_view_as_sql(this, 'select 2') }}
{{ get_empty_subquery_sql('select 1 as x') }}
{{ get_test_sql('select 1', 'count(*)', '!= 0', '> 5', 10) }} {{ get_test_sql('select 1', 'sum(x)', '!= 0', '> 5', none) }}
{{ get_limit_subquery_sql('select 1', 5) }} {{ get_show_sql('select 1', none, 3) }}
{{ make_intermediate_relation(this) }} {{ make_backup_relation(this, 'table') }} {{ make_temp_relation(this).include(identifier=false) }}
{{ get_where_subquery(this) }} {{ snapshot_hash_arguments(['a', 'b']) }} {{ generate_schema_name('x', model) }} {{ generate_alias_name('y', model) }} {{ generate_database_name(none, model) }} {{ generate_schema_name_for_env('z', model) }}
{{ get_drop_sql(this.incorporate(type='view')) }} {{ drop_table(this) }} {{ information_schema_name('d') }}
{{ get_csv_sql('a', 'b') }} {{ get_batch_size() }} {{ get_binding_char() }}
{{ external_location(this, config) }} {{ adapter.external_write_options('f.parquet', {}) }} {{ adapter.external_write_options('f.csv', {'delimiter': '|'}) }} {{ adapter.external_read_location('f', {'partition_by': 'a,b'}) }}
{{ unique_key_fields(['a', 'b']) }} {{ unique_key_join_on('k', 'x', 'y') }} {{ snapshot_string_as_time('2024-01-01') }} {{ get_snapshot_table_column_names() }}
{{ build_snapshot_table({'scd_id': 'S', 'updated_at': 'U', 'hard_deletes': 'ignore', 'unique_key': 'id'}, 'select 1') }}
{{ adapter.render_raw_columns_constraints(raw_columns={'id': {'name': 'id', 'data_type': 'int', 'constraints': [{'type': 'not_null'}, {'type': 'check', 'expression': 'id > 0'}, {'type': 'unique'}, {'type': 'primary_key'}, {'type': 'foreign_key', 'expression': 'other (id)'}]}}) }}
{{ adapter.render_raw_model_constraints(raw_constraints=[{'type': 'primary_key', 'columns': ['a', 'b']}, {'type': 'check', 'name': 'nm', 'expression': 'a > b'}, {'type': 'unique', 'columns': ['a'], 'name': 'u'}]) }}
{{ get_unit_test_sql('select 1 as a', 'select 2 as a', ['"a"']) }}
{{ get_expected_sql([{'a': 1}], {'a': 'integer'}, {'a': '"a"'}) }} {{ format_row({'A': 'x', 'b': none}, {'a': 'text', 'b': 'int'}) }}
{{ validate_doc_columns(this, {'id': {'quote': false}, 'zz': {'quote': false}}, ['ID']) }}
{{ get_dcl_statement_list(this, {'select': ['a', 'b']}, get_grant_sql) }} {{ should_revoke(none) }} {{ copy_grants() }}
{% endif %}
select 1
