#!/usr/bin/env bash
# The end of `make demo`: triage samples/county and say where the results lie.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${COVTRIAGE:=build/covtriage}"
out=${1:-samples/county/out}
echo "covtriage triage samples/county -o $out --timezone +08:00"
"$COVTRIAGE" triage samples/county -o "$out" --overwrite --timezone +08:00
echo
echo "The results lie in $out:"
for file in "$out"/*; do
    printf '  %9s  %s\n' "$(du -h "$file" | cut -f1)" "$(basename "$file")"
done
ticket=$(awk -F, 'NR > 1 && /transient-outage/ {print $1; exit}' "$out/cases.csv")
echo "Open triage.gpkg in QGIS, report.html in a browser. One case with its facts:"
echo "  $COVTRIAGE explain $out $ticket"
