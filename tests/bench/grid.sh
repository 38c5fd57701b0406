#!/usr/bin/env bash
# Speed of `covtriage grid` on its own seeded file of 10 million samples, beside duckdb and
# pandas where they are at hand, and beside what its parts could reach at best. CPU seconds are
# user + system of one thread; the least of RUNS runs counts, because other work disturbs.
# usage: tests/bench/grid.sh     ROWS=10000000 RUNS=3 SCRATCH=/tmp
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../../build/covtriage}"
build=$(dirname "$COVTRIAGE")/tests/bench
rows=${ROWS:-10000000} runs=${RUNS:-3}
scratch=$(mktemp -d -p "${SCRATCH:-/tmp}")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

# best FIELD COMMAND...: the least CPU (1), wall (2) or memory (3) of the runs
best() {
    local field=$1
    shift
    for _ in $(seq "$runs"); do "$build/grid_limits" run "$@" | tail -n 1; done |
        sort -n -k "$field" | head -n 1
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
judge() { # judge NAME VALUE at-most|at-least LIMIT
    if awk -v v="$2" -v l="$4" -v how="$3" 'BEGIN { exit !(how == "at-most" ? v <= l : v >= l) }'; then
        echo "ok   $1: $2 (${3/-/ } $4)"
    else
        echo "FAIL $1: $2 (${3/-/ } $4)"
        failed=1
    fi
}

"$build/grid_make" "$rows" 1 >samples.csv || exit 1
grid=("$COVTRIAGE" grid samples.csv --by-cell --quiet --overwrite --set weak_rsrp_dbm=-110)
read -r cpu wall memory < <(best 1 "${grid[@]}" -j 1 -o grid.csv)
echo "input: $rows rows, $(($(stat -c %s samples.csv) / 1000000)) MB; $(($(wc -l <grid.csv) - 1)) bins"
echo "grid, 1 thread: $cpu s CPU, $memory MB"

if NODE_PATH=${NODE_PATH:-$(npm root -g 2>/dev/null)} && export NODE_PATH &&
    node -e "require('@duckdb/node-api')" 2>/dev/null; then
    read -r duck _ duck_memory < <(best 1 node "$here/grid_duckdb.js" samples.csv duckdb.csv)
    echo "duckdb, 1 thread: $duck s CPU, $duck_memory MB"
    judge "grid's CPU to duckdb's" "$(ratio "$cpu" "$duck")" at-most 0.5
    judge "grid's memory to duckdb's" "$(ratio "$memory" "$duck_memory")" at-most 1
    read -r quantiles _ < <(best 1 "${grid[@]}" -j 1 --quantiles 5,50,95 -o quantiles.csv)
    read -r duck _ < <(best 1 node "$here/grid_duckdb.js" samples.csv duckdb.csv quantiles)
    echo "with quantiles 5, 50, 95: grid $quantiles s CPU, duckdb $duck s CPU"
else
    echo "absent: duckdb (npm install @duckdb/node-api, NODE_PATH=its node_modules)"
fi
python=$(for p in python3 /usr/bin/python3; do $p -c 'import pandas' 2>/dev/null && echo $p && break; done)
if [ -n "$python" ]; then
    read -r pandas _ pandas_memory < <(best 1 "$python" "$here/grid_pandas.py" samples.csv)
    echo "pandas: $pandas s CPU, $pandas_memory MB"
    judge "grid's CPU to pandas'" "$(ratio "$cpu" "$pandas")" at-most 0.33
    judge "grid's memory to pandas'" "$(ratio "$memory" "$pandas_memory")" at-most 1
else
    echo "absent: pandas (apt-get install python3-pandas)"
fi

for what in vector scanner libcsv; do
    read -r took _ < <(best 1 "$build/grid_limits" $what samples.csv)
    echo "$what alone: $took s CPU"
    declare "$what=$took"
done
judge "the scanner's CPU to a bare vector scan's" "$(ratio "$scanner" "$vector")" at-most 2.5
judge "the scanner's CPU to libcsv's" "$(ratio "$scanner" "$libcsv")" at-most 1

read -r _ wall _ < <(best 2 "${grid[@]}" -j 1 -o grid.csv)
read -r _ wall2 _ < <(best 2 "${grid[@]}" -j 2 -o grid2.csv)
cmp grid.csv grid2.csv || failed=1
echo "wall time: 1 thread $wall s, 2 threads $wall2 s"
if awk -v c="$cpu" -v w="$wall" 'BEGIN { exit !(w > 1.25 * c) }'; then
    echo "not judged: two threads; other work kept the processors busy (load $(cut -d' ' -f1 /proc/loadavg))"
else
    judge "two threads" "$(ratio "$wall" "$wall2")" at-least 1.6
fi
"$build/grid_limits" cog 4000 | tee cog
judge "a COG's CPU to GDAL's own" "$(sed 's/.*ratio //' cog | sort -n | head -n 1)" at-most 1.1
exit $failed
