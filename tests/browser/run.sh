#!/usr/bin/env bash
# The report as its users open it: headless Chromium by Debian's chromium-driver.
# Prints one line a test: ok, FAIL or skipped. KEEP=FOLDER keeps pages and screenshots.
set -uo pipefail
cd "$(dirname "$0")/../.."
for tool in chromedriver node chromium; do
    command -v $tool >/dev/null || {
        echo "skipped: $tool is not here (Debian: chromium chromium-driver nodejs)"
        exit 0
    }
done
program=${COVTRIAGE:-build/covtriage}
make_products=${MAKE_PRODUCTS:-build/tests/products/make_products}
work=${KEEP:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
pages=()
mkdir -p "$work/hostile" "$work/many"
"$make_products" 500 1 "$work/hostile" zh 2>/dev/null && pages+=("hostile=$work/hostile/report.html")
"$make_products" 20000 1 "$work/many" zh 2>/dev/null && pages+=("many=$work/many/report.html")
for folder in samples/county ../shared/worlds/hills-lte; do
    name=$(basename $folder)
    if [ ! -e $folder/complaints.csv ]; then
        echo "skipped: $folder is not here"
    elif "$program" triage $folder -o "$work/$name" --overwrite --lang en --timezone +08:00 \
        >"$work/$name.log" 2>&1; then
        pages+=("$name=$work/$name/report.html")
    else
        echo "FAIL triage of $folder: $(tail -n 1 "$work/$name.log")"
    fi
done
node tests/browser/report.js "$work" "${pages[@]}"
