{%- set q %}select id, customer, amount, placed, paid, placed::timestamp as at from {{ ref('orders') }} order by id{% endset -%}
{%- set r = run_query(q) -%}
{% if execute %}
names: {{ r.column_names }} {{ r.columns[0].values() }} {{ r.columns['amount'].values() }} {{ r.columns[3].values() }}
rows: {{ r.rows[0] }} {{ r.rows[1]['customer'] }} {{ r.rows | length }} {{ r | length }} {{ r.columns | length }}
first: {{ r.rows[0].values() }} {{ r.columns | map(attribute='name') | list }} {{ r.rows | map(attribute='customer') | unique | list }}
{% for row in r %}{{ row[0] }}={{ row.customer }}/{{ row['amount'] }}/{{ row[3] }}/{{ row[4] }}/{{ row[5] }} {% endfor %}
sum: {{ r.columns['amount'].values() | sum }} {{ r.columns[2].values()[0] + 1 }} {{ r.columns[2].values()[0] * 2 }} {{ r.columns[2].values()[0] > 10 }} {{ r.columns[2].values()[0] | int }} {{ r.columns[2].values()[0] / 4 }} {{ 7 - r.columns[2].values()[0] }}
date: {{ r.rows[0][3].year }} {{ r.rows[0][3].strftime('%d/%m/%Y') }} {{ r.rows[0][5].isoformat() }} {{ (r.rows[1][3] - r.rows[0][3]).days }}
dict: {{ r.rows[0].dict()['customer'] }} {{ r.rows[0].keys() }} {{ r.rows[0].items() | list }}
{% for col in r.columns %}{{ col.name }}:{{ col.values() | length }};{% endfor %}
{% call statement('named', fetch_result=True) %}select count(*) as n, max(amount) as m, null as nothing from {{ ref('orders') }}{% endcall %}
{% set res = load_result('named') %}
{{ res['data'] }} {{ res.table.columns['n'].values()[0] }} {{ res.data[0][1] }} {{ res['response'] }} {{ load_result('never') }}
{{ dbt_version.split('.')[0] }}
{% endif %}
{{ adapter.get_columns_in_relation(ref('orders')) | map(attribute='name') | list }}
{% for c in adapter.get_columns_in_relation(ref('orders')) %}{{ c.name }} {{ c.dtype }} {{ c.data_type }} {{ c.is_string() }} {{ c.is_numeric() }} {{ c.is_number() }} {{ c.quoted }};{% endfor %}
{% set rel = adapter.get_relation(database=this.database, schema=this.schema, identifier='orders') %}
{{ rel }} {{ rel.type }} {{ rel.is_table }} {{ rel is none }} {{ adapter.get_relation(this.database, this.schema, 'no_such') is none }} {{ load_relation(ref('orders')) }}
{{ adapter.get_missing_columns(ref('orders'), ref('details')) | map(attribute='name') | list }}
