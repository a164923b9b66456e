"""Compare two DuckDB files relation by relation, types and rows: compare.py OURS THEIRS."""

import sys

import duckdb

db = duckdb.connect()
db.execute(f"attach '{sys.argv[1]}' as ours (read_only)")
db.execute(f"attach '{sys.argv[2]}' as theirs (read_only)")


def relations(side):
    found = db.execute(
        "select schema_name, view_name from duckdb_views() where database_name = ? and not internal "
        "union all select schema_name, table_name from duckdb_tables() where database_name = ?",
        [side, side],
    ).fetchall()
    return set(found)


def types(side, schema, name):
    db.execute(f"use {side}.{schema}")
    return [(r[0], r[1]) for r in db.execute(f'describe "{schema}"."{name}"').fetchall()]


bad = 0
ours, theirs = relations("ours"), relations("theirs")
for missing in sorted(theirs - ours):
    print(f"✗ {'.'.join(missing)}: only the other has it")
    bad += 1
for extra in sorted(ours - theirs):
    print(f"✗ {'.'.join(extra)}: only atlas has it")
    bad += 1
for schema, name in sorted(ours & theirs):
    a, b = types("ours", schema, name), types("theirs", schema, name)
    if a != b:
        print(f"✗ {schema}.{name}: columns {a} against {b}")
        bad += 1
        continue
    rows = []
    for side in ("ours", "theirs"):
        db.execute(f"use {side}.{schema}")
        rows.append(db.execute(f'select * from "{schema}"."{name}"').fetchall())
    if sorted(map(repr, rows[0])) != sorted(map(repr, rows[1])):
        print(f"✗ {schema}.{name}: {len(rows[0])} rows against {len(rows[1])}, not the same")
        bad += 1
    else:
        print(f"✓ {schema}.{name}: {len(rows[0])} rows, {len(a)} columns, the same")
print(f"{len(ours & theirs)} relations compared, {bad} differ")
sys.exit(1 if bad else 0)
