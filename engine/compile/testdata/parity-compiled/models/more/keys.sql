
access alias checksum columns config config_call_dict constraints contract created_at database depends_on description doc_blocks docs fqn functions language meta metrics name original_file_path package_name path primary_key raw_code refs relation_name resource_type schema sources tags unique_id unrendered_config unrendered_config_call_dict
access column_types contract custom_key docs enabled grants lookback materialized meta on_configuration_change on_schema_change packages persist_docs post-hook pre-hook quoting tags unique_key
['alone'] {'team': 'core', 'a': 1} cv {'team': 'core', 'a': 1} {}  {'enforced': False, 'alias_types': True} [] [] protected sha256 "parity"."main"."keys" sql {'show': True}  {'show': True} {'enforced': False, 'alias_types': True} [] {} []
['x', 'y'] cv ['alone'] [] None 1 1 d {} {}

exposures functions groups metrics nodes saved_queries semantic_models sources
access alias batch build_path checksum columns compiled_path config config_call_dict constraints contract created_at database defer_relation depends_on deprecation_date description doc_blocks docs fqn functions group language latest_version meta metrics name original_file_path package_name patch_path path primary_key raw_code refs relation_name resource_type schema sources tags time_spine unique_id unrendered_config unrendered_config_call_dict version
key All orders [{'columns': ['id']}] ['one', 'two']
alias build_path checksum columns config config_call_dict created_at database defer_relation depends_on description doc_blocks docs fqn group meta name original_file_path package_name patch_path path raw_code relation_name resource_type root_path schema tags unique_id unrendered_config unrendered_config_call_dict
_event_status columns config created_at database description doc_blocks external fqn freshness identifier loaded_at_field loaded_at_query loader meta name original_file_path package_name patch_path path quoting relation_name resource_type schema source_description source_meta source_name tags unique_id unrendered_config unrendered_database unrendered_schema
alias attached_node build_path checksum column_name columns compiled_path config config_call_dict contract created_at database depends_on description doc_blocks docs file_key_name fqn functions group language meta metrics name original_file_path package_name patch_path path raw_code refs relation_name resource_type schema sources tags test_metadata unique_id unrendered_config unrendered_config_call_dict
{'name': 'not_null', 'kwargs': {'column_name': 'id', 'model': "{{ get_where_subquery(ref('orders')) }}"}, 'namespace': None}
ERROR {'macros': ['macro.dbt.test_not_null'], 'nodes': ['model.parity.orders']}
adapter_calls:view crossdb:view custom:view details:view eph_inner:ephemeral eph_outer:ephemeral flow:view header:table inc:incremental keys:table objects:view orders:table product:view product:view quoted:view results:view strategies:incremental template_vars:view two_eph:view uses_sources:view uses_versions:view 

True False