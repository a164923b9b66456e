"parity"."main"."objects" parity main objects objects objects None False
"main"."objects" "objects" "parity"."main".objects parity.main.objects "parity"."main"."objects" "parity"."main"
"parity"."main"."other" view "parity"."objects" "parity".INFORMATION_SCHEMA.columns "parity".INFORMATION_SCHEMA
"d"."s"."i" True "i"
True False [<DuckDBRelation "parity"."main"."objects">] DuckDBRelation True False
DuckDBColumn(column='a', dtype='varchar', char_size=None, numeric_precision=None, numeric_scale=None, fields=[]) character varying(256) TEXT numeric(10,2) numeric(10,2)
dev main duckdb 2 parity parity parity.duckdb dev
main parity True objects objects model.parity.objects model parity view ['parity', 'objects'] objects.sql models/objects.sql [] {'team': 'core'} ['model.parity.orders']
view [] None d None None None {} False {'team': 'core'} view False True ignore {}
duckdb "a b" "x" md5(cast(z as TEXT))
False True False fallback 36 True parity
table ['raw_orders'] events_v2
{"a": 1, "b": [true, null]} [1, 2] 900150983cd24fb0d6963f7d28e17f72 [1, 2] [(1, 'a'), (2, 'b')] {'a': [1, 2]} a: 1
b:
- 1
- x

2024-01-31 b 2024-01
"parity"."main"."orders" orders north|south {'low': 1, 'high': 9} True dev True True
HI! THERE! right 1,2,3 v
{'database': True, 'schema': True, 'identifier': True} True parity dev duckdb ['models']
