select
 {{ dbt.type_string() }}, {{ dbt.type_int() }}, {{ dbt.type_bigint() }}, {{ dbt.type_float() }}, {{ dbt.type_numeric() }}, {{ dbt.type_timestamp() }}, {{ dbt.type_boolean() }},
 {{ dbt.dateadd('day', 1, 'd') }}, {{ dbt.dateadd('week', -2, 'd') }}, {{ dbt.dateadd('quarter', 'n', 'd') }}, {{ dbt.datediff('a', 'b', 'day') }}, {{ dbt.datediff('a', 'b', 'week') }},
 {{ dbt.date_trunc('month', 'd') }}, {{ dbt.last_day('d', 'month') }}, {{ dbt.last_day('d', 'quarter') }}, {{ dbt.date(2024, 2, 3) }},
 {{ dbt.hash('x') }}, {{ dbt.concat(['a', "'-'", 'b']) }}, {{ dbt.length('x') }}, {{ dbt.position("'a'", 'x') }}, {{ dbt.replace('x', "'a'", "'b'") }}, {{ dbt.right('x', 3) }}, {{ dbt.split_part('x', "'-'", 2) }},
 {{ dbt.string_literal("it") }}, {{ dbt.escape_single_quotes("it's") }}, {{ dbt.listagg('x', "','", 'order by y') }}, {{ dbt.listagg('x', "','", 'order by y', 3) }}, {{ dbt.any_value('x') }}, {{ dbt.bool_or('x') }},
 {{ dbt.array_construct([1, 2]) }}, {{ dbt.array_construct([], 'integer') }}, {{ dbt.array_append('l', 4) }}, {{ dbt.array_concat('l', 'm') }},
 {{ dbt.cast('x', 'int') }}, {{ dbt.safe_cast('x', 'int') }}, {{ dbt.cast_bool_to_text('x') }}, {{ dbt.except() }}, {{ dbt.intersect() }}, {{ dbt.current_timestamp() }}, {{ dbt.snapshot_get_time() }}, {{ dbt.equals('a', 'b') }},
 {{ dbt.generate_series(10) }}, {{ dbt.get_powers_of_two(9) }}, {{ dbt.current_timestamp_backcompat() }}, {{ dbt.current_timestamp_in_utc_backcompat() }}
 {{ dbt.date_spine('day', "date '2024-01-01'", "date '2024-01-10'") }}
 {{ dbt.get_intervals_between("date '2024-01-01'", "date '2024-03-10'", 'month') }}
 {{ dbt.partition_range('20240101,20240104') }} {{ dbt.dates_in_range('20240101') }}
 {{ get_quoted_csv(['a', 'b']) }} {{ type_string() }} {{ dbt.hash(dbt.concat(['a','b'])) }}
