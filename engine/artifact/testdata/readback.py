"""Reads the artifacts of a target folder with dbt-artifacts-parser, whose models refuse unknown keys.

    python readback.py FOLDER

prints a count of what it found in each file as JSON; an artifact that does not parse is an error.
"""

import json
import pathlib
import sys

from dbt_artifacts_parser.parser import (
    parse_catalog_v1,
    parse_manifest_v12,
    parse_run_results_v6,
    parse_sources_v3,
)


def main(folder):
    def load(name):
        return json.loads((folder / name).read_text())

    found = {}
    manifest = parse_manifest_v12(load("manifest.json"))
    for section in ("nodes", "sources", "macros", "docs", "exposures", "groups", "unit_tests", "disabled"):
        found[section] = len(getattr(manifest, section))
    kinds = {}
    for node in manifest.nodes.values():  # a union of models: each must be read as its own kind
        kind = type(node).__name__
        kinds[kind] = kinds.get(kind, 0) + 1
    found["kinds"] = kinds
    found["results"] = [r.status.value for r in parse_run_results_v6(load("run_results.json")).results]
    found["catalog"] = len(parse_catalog_v1(load("catalog.json")).nodes)
    found["freshness"] = [r.status.value for r in parse_sources_v3(load("sources.json")).results]
    json.dump(found, sys.stdout, indent=1, sort_keys=True)


main(pathlib.Path(sys.argv[1]))
