"""Write a dbt project of N models with YAML and tests: generate.py N DIR.

A tenth of the models are staging over sources, the rest reference one to three earlier ones; a
fifth are incremental, every model is described in YAML, with two tests on its key and one on a
second column. Templates use ref, source, config, var, loops and a macro, as real ones do.
"""

import pathlib
import random
import sys

count, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
rng = random.Random(7)
(folder / "models/staging").mkdir(parents=True, exist_ok=True)
(folder / "macros").mkdir(exist_ok=True)
(folder / "dbt_project.yml").write_text(
    "name: generated\nversion: '1.0'\nprofile: generated\nmodel-paths: [models]\nmacro-paths: [macros]\n"
    "vars: {start: '2026-01-01'}\nmodels:\n  generated:\n    +materialized: view\n    staging: {+tags: [staging]}\n"
)
(folder / "profiles.yml").write_text(
    "generated:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: generated.duckdb, threads: 2}\n"
)
(folder / "macros/money.sql").write_text(
    "{% macro money(column, digits=2) %}round({{ column }}, {{ digits }}){% endmacro %}\n"
)
staging = max(1, count // 10)
names = []
for i in range(count):
    stage = i < staging
    name = f"stg_{i:05}" if stage else f"model_{i:05}"
    group = folder / "models" / ("staging" if stage else f"area_{i % 50:02}")
    group.mkdir(exist_ok=True)
    if stage:
        sql = f"select id, name, amount, updated_at\nfrom {{{{ source('raw', 'table_{i:05}') }}}}\n"
    else:
        parents = rng.sample(names, k=min(len(names), rng.randint(1, 3)))
        incremental = i % 5 == 0
        sql = ""
        if incremental:
            sql += "{{ config(materialized='incremental', unique_key='id') }}\n\n"
        sql += "with\n"
        for n, p in enumerate(parents):
            sql += f"p{n} as (\n  select id, name, amount, updated_at from {{{{ ref('{p}') }}}}\n),\n"
        sql += "joined as (\n  select p0.id, p0.name, p0.updated_at,\n"
        if i % 4 == 0:
            sql += "    {{ money('p0.amount') }} as amount\n"
        else:
            sql += "    p0.amount\n"
        sql += "  from p0\n"
        for n in range(1, len(parents)):
            sql += f"  left join p{n} on p{n}.id = p0.id\n"
        sql += ")\nselect * from joined\n"
        if incremental:
            sql += "{% if is_incremental() %}\nwhere updated_at > (select max(updated_at) from {{ this }})\n{% endif %}\n"
    (group / f"{name}.sql").write_text(sql)
    (group / f"{name}.yml").write_text(
        f"version: 2\nmodels:\n  - name: {name}\n    description: Generated model number {i}.\n    columns:\n"
        "      - name: id\n        description: Key.\n        data_tests: [not_null, unique]\n"
        "      - name: name\n        description: What it is called.\n        data_tests: [not_null]\n"
        "      - name: amount\n        description: In rupiah.\n"
    )
    names.append(name)
(folder / "models/sources.yml").write_text(
    "version: 2\nsources:\n  - name: raw\n    tables:\n" + "".join(f"      - name: table_{i:05}\n" for i in range(staging))
)
