"""Records what dbt selects on testdata/project, for select_test.go.

Run with a Python that has dbt-core and dbt-duckdb:

    python engine/graph/testdata/record.py [PROJECT QUERIES OUT]

With arguments it records another project's manifest.json and selections.json in a folder, for
ATLAS_DBT_RECORDED. Without, it writes manifest.json (the project as it is), previous/ (the manifest before the edits listed
below, and the results of a build), and selections.json (every query of queries.json with the
nodes that `dbt ls` gave for it). Macros of dbt itself are left out: they are not ours to keep.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

from dbt.cli.main import dbtRunner

HERE = pathlib.Path(__file__).parent
EDITS = {  # file: (text now, text before)
    "models/marts/plants.sql": ("z.litres", "z.litres as volume"),
    "models/staging/stg_customers.sql": ("customer_id, town", "customer_id, town -- home"),
    "models/marts/sales.sql": ("'nightly', 'daily'", "'nightly'"),
    "models/marts/finance/revenue_by_town.sql": ("select c.town", "{{ config(schema='other') }}select c.town"),
    "models/staging/stg_plants.sql": ("select plant_id", "{{ config(materialized='table') }}\nselect plant_id"),
    "macros/price.sql": ("1.1", "1.2"),
    "seeds/tax_rates.csv": ("0.1", "0.2"),
    "models/staging/sources.yml": ("name: customers", "name: customers\n        identifier: clients"),
    "models/marts/marts.yml": ("type: application", "type: analysis"),
    "tests/assert_amounts.sql": ("< 0", "<= 0"),
}
NEW = ["models/marts/price_summary.sql", "seeds/pot_sizes.csv"]


def dbt(project, *args):
    os.chdir(project)
    result = dbtRunner().invoke([*args, "--profiles-dir", str(project), "--quiet"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def trimmed(path):
    """The manifest without dbt's own macros and this machine's folders."""
    m = json.loads(path.read_text())
    m["macros"] = {k: v for k, v in m["macros"].items() if not v["package_name"].startswith("dbt")}
    m["docs"] = {}
    m["metadata"]["user_id"] = None
    for n in [*m["nodes"].values(), *(d for l in m["disabled"].values() for d in l)]:
        n["root_path"] = None
    return m


def write(name, value):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=False) + "\n")


def copy(project):
    shutil.copytree(HERE / "project", project)
    dbt(project, "deps")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        before, now = pathlib.Path(tmp, "before"), pathlib.Path(tmp, "now")
        copy(before)
        for name, (text, old) in EDITS.items():
            path = before / name
            assert text in path.read_text(), name
            path.write_text(path.read_text().replace(text, old))
        for name in NEW:
            (before / name).unlink()
        (before / "models/marts/plants.sql").write_text("select * from {{ ref('stg_plants') }}\n")
        dbt(before, "build", "--exclude", "tag:quick")
        state = before / "target"
        write("previous/manifest.json", trimmed(state / "manifest.json"))
        results = json.loads((state / "run_results.json").read_text())
        results["args"] = {"which": results["args"]["which"], "exclude": results["args"]["exclude"]}
        for r in results["results"]:
            r["message"], r["compiled_code"] = None, None
        write("previous/run_results.json", results)

        copy(now)
        record(now, HERE / "queries.json", "", state)


def record(project, queries, out, state=None):
    """The project's manifest, and what dbt answers to every query."""
    dbt(project, "parse")
    write(out + "manifest.json", trimmed(project / "target/manifest.json"))
    answers = []
    for q in json.loads(queries.read_text()):
        args = ["ls", "--output", "json", "--output-keys", "unique_id"]
        for flag in ("select", "exclude"):
            if flag in q:
                args += ["--" + flag, *q[flag]]
        if "selector" in q:
            args += ["--selector", q["selector"]]
        if "indirect" in q:
            args += ["--indirect-selection", q["indirect"]]
        for kind in q.get("types", []):
            args += ["--resource-type", kind]
        if q.get("state"):
            args += ["--state", str(state)]
        got = dbt(project, *args)
        ids = sorted(json.loads(line)["unique_id"] for line in got.result or [])
        answers.append({**q, "ids": ids})
        print(len(ids), q, file=sys.stderr)
    write(out + "selections.json", answers)


if len(sys.argv) > 1:
    record(pathlib.Path(sys.argv[1]).absolute(), pathlib.Path(sys.argv[2]).absolute(), sys.argv[3] + "/")
else:
    main()
