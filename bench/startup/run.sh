#!/usr/bin/env bash
# Start-up: what a command costs before it does anything.
. "$(dirname "$0")/../peers.sh"
python3 "$bench/measure.py" --runs "${RUNS:-10}" "atlas version=$atlas version" "dbt-core --version=$dbt --version" \
  ${dbt2:+"dbt 2.x --version=$dbt2 --version"}
