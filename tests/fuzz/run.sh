#!/usr/bin/env bash
# Fuzz with one target for FUZZ_S seconds (default 30) from its seeds, tests/fuzz/seeds/NAME.
# usage: tests/fuzz/run.sh PROGRAM
set -uo pipefail
program=$1
name=$(basename "$program")
folder=$(dirname "$program")
mkdir -p "$folder/corpus-$name"
corpora=("$folder/corpus-$name")
[ -d "tests/fuzz/seeds/$name" ] && corpora+=("tests/fuzz/seeds/$name")
export TZ=UTC LC_ALL=C.UTF-8
nice "$program" -max_total_time="${FUZZ_S:-30}" -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$folder/" "${corpora[@]}" >"$folder/$name.log" 2>&1
code=$?
grep -aE 'ERROR|SUMMARY|number_of_executed|Test unit|runtime error' "$folder/$name.log"
[ $code = 0 ] || { echo "FAIL fuzz $name: $folder/$name.log"; exit 1; }
echo "ok fuzz $name"
