{{ config(materialized='table', tags='alone', meta={'a': 1}, unique_key=['x', 'y'], custom_key='cv') }}
{{ model.keys() | sort | join(' ') }}
{{ model.config.keys() | sort | join(' ') }}
{{ model.config.tags }} {{ model.config.meta }} {{ model.config.custom_key }} {{ model.meta }} {{ model.columns }} {{ model.description }} {{ model.contract }} {{ model.refs }} {{ model.sources }} {{ model.access }} {{ model.checksum.name }} {{ model.relation_name }} {{ model.language }} {{ model.docs }} {{ model.patch_path }} {{ model.config.docs }} {{ model.config.contract }} {{ model.config['pre-hook'] }} {{ model.config.quoting }} {{ model.constraints }}
{{ config.get('unique_key') }} {{ config.get('custom_key') }} {{ config.get('tags') }} {{ config.get('pre_hook') }} {{ config.get('pre-hook') }} {{ config.get('meta').a }} {{ config.meta_get('a') }} {{ config.meta_get('zz', 'd') }} {{ config.get('quoting') }} {{ config.get('column_types') }}
{% if execute %}
{{ graph.keys() | sort | join(' ') }}
{{ graph.nodes['model.parity.orders'].keys() | sort | join(' ') }}
{{ graph.nodes['model.parity.orders'].columns.id.description }} {{ graph.nodes['model.parity.orders'].description }} {{ graph.nodes['model.parity.orders'].config.indexes }} {{ graph.nodes['model.parity.orders'].tags }}
{{ graph.nodes['seed.parity.raw_orders'].keys() | sort | join(' ') }}
{{ graph.sources['source.parity.lake.events'].keys() | sort | join(' ') }}
{{ (graph.nodes.values() | selectattr('name', 'equalto', 'not_null_orders_id') | first).keys() | sort | join(' ') }}
{{ (graph.nodes.values() | selectattr('name', 'equalto', 'not_null_orders_id') | first).test_metadata }}
{{ (graph.nodes.values() | selectattr('name', 'equalto', 'not_null_orders_id') | first).config.severity }} {{ (graph.nodes.values() | selectattr('name', 'equalto', 'not_null_orders_id') | first).depends_on }}
{% for n in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') %}{{ n.name }}:{{ n.config.materialized }} {% endfor %}
{% endif %}
{{ var.has_var('greeting') }} {{ var.has_var('nope') }}
