"""Compare two DuckDB files relation by relation, columns with types and rows: compare.py OURS THEIRS."""

import sys

import duckdb

FIND = """
select schema_name, view_name from duckdb_views() where not internal and database_name = current_database()
union all
select schema_name, table_name from duckdb_tables() where not internal and database_name = current_database()
"""


def contents(path):
    """Columns and rows of every relation of a file, opened under its own name as views expect."""
    db = duckdb.connect(path, read_only=True)
    found = {}
    for schema, name in db.execute(FIND).fetchall():
        relation = f'"{schema}"."{name}"'
        columns = [(row[0], row[1]) for row in db.execute(f"describe {relation}").fetchall()]
        rows = sorted(repr(row) for row in db.execute(f"select * from {relation}").fetchall())
        found[f"{schema}.{name}"] = (columns, rows)
    db.close()
    return found


ours, theirs = contents(sys.argv[1]), contents(sys.argv[2])
bad = 0
for name in sorted(ours.keys() | theirs.keys()):
    if name not in ours or name not in theirs:
        print(f"✗ {name}: only {'atlas' if name in ours else 'the other'} has it")
        bad += 1
    elif ours[name][0] != theirs[name][0]:
        print(f"✗ {name}: columns {ours[name][0]} against {theirs[name][0]}")
        bad += 1
    elif ours[name][1] != theirs[name][1]:
        print(f"✗ {name}: {len(ours[name][1])} rows against {len(theirs[name][1])}, not the same")
        bad += 1
    else:
        print(f"✓ {name}: {len(ours[name][1])} rows, {len(ours[name][0])} columns, the same")
print(f"{len(ours.keys() | theirs.keys())} relations compared, {bad} differ")
sys.exit(1 if bad else 0)
