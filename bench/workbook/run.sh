#!/usr/bin/env bash
# Reads one workbook of 200,000 rows × 20 columns with Atlas's driver, excelize and SheetJS, its
# strings inline and shared, and unzips it as the floor that no reader gets below; then a workbook
# of a million different strings, which spill. RUNS sets the rounds. SheetJS is installed under
# bench/.peers where npm is there.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
peers=$bench/.peers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$bench" && go build -o "$work/workbook" ./workbook)

sheetjs=
if command -v npm >/dev/null; then
  mkdir -p "$peers/sheetjs"
  [ -d "$peers/sheetjs/node_modules/xlsx" ] || npm install --silent --no-fund --no-audit --prefix "$peers/sheetjs" xlsx@0.18.5 >/dev/null
  cp "$bench/workbook/sheetjs.js" "$peers/sheetjs/read.js"
  sheetjs="node --max-old-space-size=8192 $peers/sheetjs/read.js"
fi

for strings in inline shared distinct; do
  file=$work/$strings.xlsx
  "$work/workbook" "$strings" "$file"
  echo "$strings strings, $(($(wc -c <"$file") / 1000000)) MB"
  python3 "$bench/measure.py" --runs "${RUNS:-3}" --by cpu \
    "unzip -p | wc -c=unzip -p $file | wc -c" \
    "atlas=$work/workbook atlas $file" \
    "excelize, raw=$work/workbook excelize $file" \
    ${sheetjs:+"SheetJS=$sheetjs $file"}
  rm "$file"
done
