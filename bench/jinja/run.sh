#!/bin/sh
# Renders one 65-line incremental model (two refs, two loops) on one core with Atlas, gonja and
# Python's Jinja2, and prints how many a second, with Atlas's ratio. ATLAS_PYTHON names a python
# with jinja2; without it one is made under .peers.
set -eu
cd "$(dirname "$0")"
model=../../engine/jinja/testdata/model.sql
python=${ATLAS_PYTHON:-}
if [ -z "$python" ]; then
	python=.peers/bin/python
	[ -x "$python" ] || { python3 -m venv .peers && .peers/bin/pip install -q "jinja2==3.1.6"; }
fi
go test -run TestSameText . >/dev/null
go test -run xxx -bench . -cpu 1 -count 4 -benchtime "${BENCHTIME:-1s}" . > .bench.out
rate() { # the best of the rounds: other work on the machine only ever slows one down
	awk -v n="$1" 'index($1, n) == 1 && (!best || $3 < best) { best = $3 } END { printf "%.0f", 1e9 / best }' .bench.out
}
set -- $("$python" python.py "$model")
table() { # name, ours, gonja, python
	awk -v n="$1" -v a="$2" -v g="$3" -v p="$4" 'BEGIN {
		printf "%-14s %10d %10d %10d %9.1fx %9.1fx\n", n, a, g, p, a / g, a / p }'
}
printf '%-14s %10s %10s %10s %10s %10s\n' 'a second' atlas gonja python 'vs gonja' 'vs python'
table 'parse+render' "$(rate BenchmarkParseRenderAtlas)" "$(rate BenchmarkParseRenderGonja)" "$1"
table 'render' "$(rate BenchmarkRenderAtlas)" "$(rate BenchmarkRenderGonja)" "$2"
rm -f .bench.out
