#!/usr/bin/env bash
# Triage at scale: SCALE thousand tickets, 33 sites and 50,000 rows of measurements a thousand (the
# generator makes at most 400 sites: SCALE 12). Prints the most memory and the CPU time a ticket.
# usage: SCALE=10 tests/large.sh; needs /usr/bin/time.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${COVTRIAGE:=build/covtriage}" "${MAKE_COUNTY:=build/samples/make_county}" "${SCALE:=10}"
[ -x /usr/bin/time ] || { echo "bench-large: /usr/bin/time is missing; skipped"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nice "$MAKE_COUNTY" -o "$work/county" --seed 301 --sites $((SCALE * 33)) \
    --tickets $((SCALE * 1000)) --samples $((SCALE * 50000)) >/dev/null
nice /usr/bin/time -f '%M %U %S' -o "$work/used" "$COVTRIAGE" triage "$work/county" \
    -o "$work/out" --quiet --timezone +08:00 -j2 >/dev/null
read -r kilobytes user system < <(tail -n 1 "$work/used")
awk -v k="$kilobytes" -v u="$user" -v s="$system" -v n=$((SCALE * 1000)) 'BEGIN {
    printf "%d tickets: %.2f GB at most, %.1f kB and %.2f ms of CPU a ticket\n", n, k / 1e6,
        k / n, 1000 * (u + s) / n }'
