#!/usr/bin/env bash
# Cold parse of generated projects: run.sh [MODELS …], 1000 and 10000 by default.
# Every run starts without what a former one left in target/.
. "$(dirname "$0")/../peers.sh"
for models in "${@:-1000 10000}"; do
  for n in $models; do
    project=$(mktemp -d)
    trap 'rm -rf "$project"' EXIT
    python3 "$bench/parse/generate.py" "$n" "$project"
    runs=5
    [ "$n" -lt 5000 ] || runs=${RUNS:-1}
    echo "$n models, cold parse"
    python3 "$bench/measure.py" --runs "$runs" --prepare "rm -rf $project/target $project/logs" \
      "atlas parse=$atlas parse --project-dir $project" \
      "dbt-core parse=$dbt parse --no-partial-parse --project-dir $project --profiles-dir $project" \
      ${dbt2:+"dbt 2.x parse=$dbt2 parse --project-dir $project --profiles-dir $project"}
    rm -rf "$project"
  done
done
