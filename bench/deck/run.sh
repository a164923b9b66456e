#!/usr/bin/env bash
# Makes one monthly deck of six slides (cover, revenue comparison, key figures, two tables, charts),
# each as a whole process that begins at its input:
#   PPTX    atlas present of a report.json, beside pptxgenjs drawing the same slides from the same file
#   PDF     atlas slides export, beside bare Chromium printing the finished pages
#   web     atlas slides build of the report.json, and with its queries, beside Marp and (where it installs) Slidev; theirs have no charts
# The peers are installed under bench/.peers where npm is there. RUNS sets the rounds; ATLAS names
# another binary than bin/atlas, ATLAS_CHROMIUM another browser.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
peers=$bench/.peers/deck
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
atlas=${ATLAS:-$bench/../bin/atlas}
[ -n "${ATLAS:-}" ] || make -s -C "$bench/.." build

install() { # name, packages …: false if they cannot be had
  local name=$1
  shift
  command -v npm >/dev/null || return 1
  [ -e "$peers/$name/installed" ] && return 0
  mkdir -p "$peers/$name"
  npm install --silent --no-fund --no-audit --prefix "$peers/$name" "$@" >/dev/null 2>&1 || { echo "$name cannot be installed here: left out" >&2; return 1; }
  touch "$peers/$name/installed"
}

cp -R "$bench/deck/project" "$work/project"
cd "$work/project"
"$atlas" seed --quiet
"$atlas" format --entity ACME --period 2026-02 --quiet
report=output/monthly/ACME-2026-02.json
measure() { python3 "$bench/measure.py" --runs "${RUNS:-5}" "$@"; }

echo "PPTX, six slides with native charts"
pptxgen=
if install pptxgenjs pptxgenjs@4.0.1; then
  cp "$bench/deck/pptxgen.js" "$peers/pptxgenjs/draw.js"
  pptxgen="node $peers/pptxgenjs/draw.js $report $work/peer.pptx"
fi
measure "atlas=$atlas present --report $report --format pptx --output $work/atlas.pptx --quiet" ${pptxgen:+"pptxgenjs=$pptxgen"}

echo
echo "web slides, six pages"
"$atlas" slides build --entity ACME --period 2026-02 --quiet
marp= slidev=
if install marp @marp-team/marp-cli@4.5.1 || install marp @marp-team/marp-cli; then
  marp="$peers/marp/node_modules/.bin/marp $bench/deck/marp.md -o $work/marp.html"
fi
if [ -z "${ATLAS_NO_SLIDEV:-}" ] && install slidev @slidev/cli @slidev/theme-default; then
  cp "$bench/deck/marp.md" "$peers/slidev/slides.md"
  slidev="cd $peers/slidev && node_modules/.bin/slidev build slides.md --out $work/slidev"
fi
measure "atlas=$atlas slides build --report $report --quiet" "atlas, with its queries=$atlas slides build --entity ACME --period 2026-02 --quiet" ${marp:+"Marp, no charts=$marp"} ${slidev:+"Slidev, no charts=/bin/sh -c '$slidev'"}

chromium=${ATLAS_CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$chromium" ]; then
  echo "there is no Chromium here: PDF is left out" >&2
  exit 0
fi
echo
echo "PDF of the slides"
pages=$work/project/output/monthly/ACME-2026-02-slides/print.html
measure "bare Chromium=$chromium --headless --no-sandbox --disable-gpu --user-data-dir=$work/profile --virtual-time-budget=10000 --no-pdf-header-footer --print-to-pdf=$work/bare.pdf file://$pages" \
  "atlas=$atlas slides export --report $report --format pdf --output $work/atlas.pdf --quiet"
