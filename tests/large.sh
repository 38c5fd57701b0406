#!/usr/bin/env bash
# Triage at scale: SCALE thousand tickets against 100 cells and 11,000 rows of measurements (10,000
# bins and more) a thousand, in provinces of made counties. Prints what was made, the time of each
# stage, the most memory, and fails beyond the bounds of a million: 16 GB, an hour of CPU.
# usage: SCALE=1000 tests/large.sh   LARGE_DIR keeps the tables and results; needs /usr/bin/time.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${COVTRIAGE:=build/covtriage}" "${MAKE_COUNTY:=build/samples/make_county}" "${SCALE:=100}"
[ -x /usr/bin/time ] || { echo "bench-large: /usr/bin/time is missing; skipped"; exit 0; }
if [ -n "${LARGE_DIR:-}" ]; then
    work=$LARGE_DIR
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
province=$work/province-$SCALE
sites=$((SCALE * 100 / 3 + 3))
if [ ! -e "$province/made" ]; then
    nice "$MAKE_COUNTY" -o "$province" --seed 301 --counties $((sites / 298 + 1)) --sites $sites \
        --tickets $((SCALE * 1000)) --samples $((SCALE * 11000)) --days 3 --area 3
    touch "$province/made"
fi
nice /usr/bin/time -f '%M %U %S %e' -o "$work/used" "$COVTRIAGE" triage "$province" \
    -o "$work/out" --overwrite --quiet --timezone +08:00 -j2 >/dev/null
for table in complaints cells samples counters; do
    printf '%10d rows of %s\n' $(($(wc -l <"$province/$table.csv") - 1)) "$table"
done
awk -F'[":,]+' '/"timings"/ { on = 1 } on && /\{$/ { stage = $2 } on && /_s"/ { t[$2] = $3 }
    on && /cpu_s/ { printf "%8.1f CPU s %8.1f s  %s\n", t["cpu_s"], t["wall_s"], stage }' \
    "$work/out/run.json"
du -sh "$work/out" | sed 's/\t.*/ of results/'
read -r kilobytes user system wall < <(tail -n 1 "$work/used")
awk -v k="$kilobytes" -v u="$user" -v s="$system" -v w="$wall" -v n="$SCALE" 'BEGIN {
    printf "%d tickets: %.2f GB at most, %.0f CPU s, %.0f s; %.1f kB and %.2f ms of CPU a ticket\n",
        1000 * n, k / 1e6, u + s, w, k / n / 1000, (u + s) / n
    if (k / 1e6 > 0.3 + 16 * n / 1000 || u + s > 10 + 3600 * n / 1000) {
        print "bench-large: beyond the bounds"
        exit 1
    }
}'
