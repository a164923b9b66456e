#!/bin/sh
# Publishes 100,000 rows of 15 columns to a local file, beside bare multi-row inserts of the same
# rows by the same driver in one transaction, and over Hrana on the loopback. Prints the ratio of
# wall times, and how many round trips the remote publication took.
set -eu
cd "$(dirname "$0")/../../engine/operational"
out=$(mktemp)
trap 'rm -f "$out"' EXIT
go test -run xxx -bench 'Publish|Bare|Remote' -benchtime "${BENCHTIME:-3x}" . > "$out"
awk '
function s(ns) { return sprintf("%.2f s", ns / 1e9) }
/^BenchmarkPublish\/first/ { first = $3 }
/^BenchmarkPublish\/again/ { again = $3 }
/^BenchmarkBare/ { if (!bare || $3 < bare) { bare = $3; split($1, p, "/"); per = p[2] } }
/^BenchmarkRemote/ { remote = $3; for (i = 4; i < NF; i++) { if ($(i + 1) == "inserts") trips = $i; if ($(i + 1) == "requests") all = $i } }
END {
	sub(/-.*/, "", per)
	printf "%-44s %8s\n", "100,000 rows x 15 columns", "wall"
	printf "%-44s %8s\n", "bare inserts, " per " rows a statement (the best)", s(bare)
	printf "%-44s %8s %7.2fx\n", "publish, first time", s(first), first / bare
	printf "%-44s %8s %7.2fx\n", "publish again, every row compared", s(again), again / bare
	printf "%-44s %8s   %d round trips with rows (rows/2,000 = 50), %d in all\n", "publish over Hrana", s(remote), trips, all
}' "$out"
