#!/bin/bash
# Positions: how long a large table of places takes to load, texts a second on one core, memory.
# CPU seconds. PLACES and QUERIES may name other tables.
set -e
PLACES=${PLACES:-../shared/geocode/places.csv}
QUERIES=${QUERIES:-../shared/geocode/dev_queries.csv}
if [ ! -r "$PLACES" ] || [ ! -r "$QUERIES" ]; then
    echo "locate: $PLACES or $QUERIES is not here: skipped"
    exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
head -2 "$QUERIES" > "$dir/one.csv"
head -1 "$QUERIES" > "$dir/many.csv"
for i in $(seq 60); do tail -n +2 "$QUERIES"; done >> "$dir/many.csv"
run() { # NAME -> "cpu_s peak_kB"
    /usr/bin/time -f '%U %S %M' -o "$dir/time" \
        build/covtriage locate -g "$PLACES" "$dir/$1.csv" -o "$dir/$1.out" --overwrite -j1 -q
    awk '{ print $1 + $2, $3 }' "$dir/time"
}
read -r load _ < <(run one)
read -r all peak < <(run many)
rows=$(($(wc -l < "$dir/many.csv") - 1))
places=$(($(wc -l < "$PLACES") - 1))
awk -v l="$load" -v a="$all" -v n="$rows" -v p="$places" -v k="$peak" 'BEGIN {
    printf "locate: %d places loaded in %.2f s; %d texts in %.2f s more, %.0f a second on one core; %.0f MB\n",
           p, l, n, a - l, n / (a - l), k / 1024 }'
