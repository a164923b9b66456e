#!/usr/bin/env bash
# A real dbt project built by both, with the same rows in every relation:
# run.sh FOLDER, where FOLDER is a checkout of dbt-labs/jaffle_shop_duckdb (or any dbt project
# on DuckDB whose profile writes one file into its folder).
. "$(dirname "$0")/../peers.sh"
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for who in atlas dbt; do
  cp -r "$1" "$work/$who"
  rm -rf "$work/$who/target" "$work/$who"/*.duckdb
done
python3 "$bench/measure.py" --runs "${RUNS:-5}" \
  --prepare "rm -rf $work/atlas/target $work/dbt/target $work/atlas/*.duckdb $work/dbt/*.duckdb" \
  "atlas build=$atlas build --project-dir $work/atlas" \
  "dbt-core build=$dbt build --project-dir $work/dbt --profiles-dir $work/dbt"
"$atlas" build --quiet --project-dir "$work/atlas"
(cd "$work/dbt" && "$dbt" --quiet build --profiles-dir .)
"$(dirname "$dbt")/python" "$bench/jaffle/compare.py" "$work"/atlas/*.duckdb "$work"/dbt/*.duckdb
