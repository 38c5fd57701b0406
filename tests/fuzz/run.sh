#!/usr/bin/env bash
# Fuzz with one target for FUZZ_SECONDS (default 30) from its seeds, what was found before, and
# its own corpus, and add a line to the ledger: target, CPU seconds, executions, edges, features.
# usage: tests/fuzz/run.sh PROGRAM   FUZZ_TIMEOUT: seconds by the clock that one input may take
# FUZZ_DIR (default: the program's folder) holds corpora, logs, findings and the ledger.
set -uo pipefail
program=$1
name=$(basename "$program")
here=$(dirname "$0")
folder=${FUZZ_DIR:-$(dirname "$program")/run}
mkdir -p "$folder/corpus/$name" "$folder/found" "$folder/log"
corpora=("$folder/corpus/$name")
for more in "$here/seeds/$name" "$here/found/$name"; do
    [ -d "$more" ] && corpora+=("$more")
done
log=$folder/log/$name
options=(-max_total_time="${FUZZ_SECONDS:-30}" -timeout="${FUZZ_TIMEOUT:-60}" -rss_limit_mb=2048 -reload=0
    -print_final_stats=1 -artifact_prefix="$folder/found/$name-" -max_len=8192 -use_value_profile=0)
[ -f "$here/dictionaries/$name" ] && options+=(-dict="$here/dictionaries/$name")
[ -f "$here/options/$name" ] && read -ra own <"$here/options/$name" && options+=("${own[@]}")
export TZ=UTC LC_ALL=C.UTF-8
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=0
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
TIMEFORMAT='%U %S'
used=$({ time nice -n 19 "$program" "${options[@]}" "${corpora[@]}" >"$log" 2>&1; } 2>&1)
failed=$(grep -acE 'ERROR: |runtime error|written to .*(crash|leak|timeout|oom)-' "$log")
cov=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)
runs=$(grep -aoE 'number_of_executed_units: [0-9]+' "$log" | grep -oE '[0-9]+' | tail -n 1)
read -r _ edges _ features <<<"${cov:-x 0 x 0}"
read -r user system <<<"$used"
cpu=$(awk "BEGIN {print $user + $system}")
echo "$name,$cpu,${runs:-0},$edges,$features" >>"$folder/ledger.csv"
if [ "$failed" -gt 0 ]; then
    grep -aE 'ERROR: |SUMMARY|runtime error|Test unit written' "$log"
    echo "FAIL fuzz $name: $log"
    exit 1
fi
echo "ok fuzz $name: $cpu CPU seconds, ${runs:-0} executions, $edges edges, $features features"
