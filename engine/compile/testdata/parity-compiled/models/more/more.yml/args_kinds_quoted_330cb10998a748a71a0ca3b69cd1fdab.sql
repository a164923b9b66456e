
select '"parity"."main"."quoted_alias"', id, True, 4, 3.0, '['a', 'hello', 3]', 'v', '"parity"."main"."orders"', '"parity"."main"."orders"', None, "it's", 4, orders, '"parity"."main_dbt_test__audit"."args_kinds_quoted_330cb10998a748a71a0ca3b69cd1fdab"', 'warn', 'quoted_alias'
