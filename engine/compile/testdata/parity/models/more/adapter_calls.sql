{% if execute %}
{% set rel = api.Relation.create(database=target.database, schema='scratch', identifier='made', type='table') %}
{% do adapter.create_schema(rel) %}
{{ adapter.check_schema_exists(target.database, 'scratch') }} {{ adapter.check_schema_exists(target.database, 'nothere') }}
{% call statement('ddl') %}create table {{ rel }} as select 1 as a, 'x' as b, 2.50::decimal(10,2) as c, {'k': 1, 'l': 'm'} as s{% endcall %}
{{ load_result('ddl').response }} {{ load_result('other') is none }}
{% for c in adapter.get_columns_in_relation(rel) %}{{ c.name }}|{{ c.dtype }}|{{ c.data_type }}|{{ c.is_string() }}{{ c.is_number() }}{{ c.is_float() }}{{ c.is_integer() }}{{ c.is_numeric() }}|{{ c.char_size }}|{{ c.numeric_precision }} {% endfor %}
{% set other = rel.incorporate(path={'identifier': 'renamed'}) %}
{% do adapter.rename_relation(rel, other) %}
{{ adapter.get_relation(target.database, 'scratch', 'made') is none }} {{ adapter.get_relation(target.database, 'scratch', 'renamed') }} {{ load_relation(other).type }}
{% for r in list_relations_without_caching(rel) %}{{ r[1] }} {{ r['type'] }}{% endfor %}
{% set q = run_query('select * from ' ~ other) %}{{ q.columns | map(attribute='name') | list }} {{ q.rows[0].values() }}
{% do adapter.truncate_relation(other) %}{{ run_query('select count(*) from ' ~ other).rows[0][0] }}
{% do adapter.drop_relation(other) %}{{ adapter.get_relation(target.database, 'scratch', 'renamed') is none }}
{% do adapter.drop_schema(rel) %}{{ adapter.check_schema_exists(target.database, 'scratch') }}
{{ get_columns_in_query("select 1 as a, 'x' as b") }}
{% for c in get_column_schema_from_query("select 1 as a, 'x' as b, 1.5::decimal(9,3) as c, current_date as d, {'p': 1, 'q': {'r': 2}} as s") %}{{ c.name }}:{{ c.dtype }} {% endfor %}
{{ adapter.get_relation('nodb', 'main', 'orders') is none }}
{{ adapter.valid_incremental_strategies() }} {{ adapter.external_root() }} {{ adapter.is_motherduck() }}
{% endif %}
select 1
