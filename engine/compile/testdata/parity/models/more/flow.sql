{{ wrap(1) }} {% call(w) wrap(2) %}<{{ w }}>{% endcall %}
{% set ns = namespace(total=0) %}{% for i in range(4) %}{% set ns.total = ns.total + i %}{% endfor %}{{ ns.total }}
{% for row in [('a', 1), ('b', 2)] %}{{ loop.index }}{{ row[0] }}{{ row[1] }}{{ ',' if not loop.last }}{% endfor %}
{{ varargs_macro(1, 2, 3, k='v') }} {{ default_args() }} {{ default_args(b=3) }} {{ nested_return() }} {{ loops_return([1, 5, 9]) }}
{{ noop() }}|{{ log('debug line') }}|{{ log('seen', info=false) }}|{{ exceptions.warn('careful') }}|{{ print('') }}|
{% call noop_statement('raw', message='MSG', code='C', rows_affected=4) %}select 9{% endcall %}{% if execute %}{{ load_result('raw').response }}{% endif %}
{% call statement('twice', fetch_result=True) %}select 1 as a union all select 2{% endcall %}{% if execute %}{% set t = load_result('twice') %}{{ t.table.columns['a'].values() | sum }} {{ t['table'].rows | length }} {{ t.data | length }}{% endif %}
{% set yaml %}
a: 1
b: [x, y]
c: {d: null}
{% endset %}{{ fromyaml(yaml) }} {{ tojson(fromyaml(yaml)) }}
{{ dbt.string_literal(dbt.escape_single_quotes("o'clock")) }} {{ "%s-%05d" | format('a', 7) }} {{ '{:>5}|'.format('x') }} {{ 'A_b'.lower().split('_') }} {{ [3, 1, 2] | sort | map('string') | join('+') }}
{{ {'b': 1, 'a': 2} | dictsort }} {{ ['a', 'b'] | batch(1) | list }} {{ 'x' in ['x'] }} {{ none is none }} {{ undefined_thing is defined }} [{{ undefined_thing }}]
{{ dbt_utils_like.get('x') if dbt_utils_like is defined else 'no package' }} {{ dbt is defined }} {{ parity.shout is defined }} {{ parity.nope is defined }}
{{ try_or_compiler_error('msg', modules.datetime.datetime.strptime, '2024-01-05', '%Y-%m-%d').day }} {{ diff_of_two_dicts({'k': ['a', 'B'], 'z': ['q']}, {'K': ['b']}) }}
{% if target.name == 'dev' and execute %}{% do run_query('create or replace temp table flow_tmp as select 42 as answer') %}{{ run_query('select answer from flow_tmp').columns[0].values()[0] }}{% endif %}
