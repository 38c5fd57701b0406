#!/usr/bin/env bash
# `covtriage grid` against a plain program (libcsv, strtod, PROJ point by point), and its parts
# against one run. ROWS=5000000 tests/bench/equal.sh is the long form; `make test` runs the short.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../../build/covtriage}"
build=$(dirname "$COVTRIAGE")
rows=${ROWS:-200000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0
grid() { "$COVTRIAGE" grid "$@" --quiet --overwrite --timezone +08:00; }
say() { # say NAME STATUS
    if [ "$2" = 0 ]; then echo "ok $1"; else echo "FAIL $1"; failed=1; fi
}

"$build/tests/bench/grid_make" "$rows" 7 odd >odd.csv || exit 1
for threads in 1 2 5; do
    grid odd.csv --by-cell --quantiles 50 -j $threads -o "by-cell-$threads.csv" || exit 1
done
"$build/tests/bench/grid_plain" odd.csv EPSG:32650 50 -110 by-cell-1.csv
say "grid equals the plain program to the bin, $rows rows with quotes" $?
cmp by-cell-1.csv by-cell-2.csv && cmp by-cell-1.csv by-cell-5.csv
say "grid writes the same bytes with 1, 2 and 5 threads" $?
grid odd.csv --by-cell --quantiles 50 --max-memory 16M -o spilled.csv && cmp by-cell-1.csv spilled.csv
say "grid writes the same bytes when the bins go to disk" $?

# Shards of unequal size, cut where a row begins: rows of plain.csv are lines.
"$build/tests/bench/grid_make" "$((rows / 2))" 8 >plain.csv
grid plain.csv --quantiles 5,50,95 -o one.csv
grid plain.csv --quantiles 5,50,95 -o one.gpkg
grid plain.csv --quantiles 5,50,95 -o one.tif
head -n 1 plain.csv >header
sed 1d plain.csv >rows
split -n l/3 rows shard.
head -n 7 rows >shard.ad
sed -i 1,7d shard.aa
for shard in shard.a?; do
    cat header "$shard" >"$shard.csv"
    grid "$shard.csv" --quantiles 5,50,95 --partial -o "$shard.part" || exit 1
done
grid --merge shard.a[dbca].part -o merged.csv && cmp one.csv merged.csv
say "parts join to the bytes of one run, CSV" $?
grid --merge shard.ac.part shard.ad.part --partial -o two.part &&
    grid --merge shard.ab.part two.part shard.aa.part -o merged.csv && cmp one.csv merged.csv
say "parts of parts too" $?
grid --merge shard.a[cbda].part -o merged.gpkg && cmp one.gpkg merged.gpkg
say "parts join to the bytes of one run, GeoPackage" $?
grid --merge shard.a[bcda].part -o merged.tif && cmp one.tif merged.tif
say "parts join to the bytes of one run, COG" $?
exit $failed
