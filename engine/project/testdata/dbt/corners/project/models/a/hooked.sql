{{ config({'materialized': 'table', 'tags': 'one'}) }}
{{ config(tags=['two'], post_hook=[{'sql': 'select 3', 'transaction': False}, 'select 4'], meta={'x': {'y': 1}}) }}
{{ config(grants={'+select': ['third']}, column_types={'a': 'int'}, unique_key=['a', 'b'], full_refresh=none, some_custom='key') }}
select 1 as a
