#!/usr/bin/env bash
# The job behind the array: all parts into the grid, byte for byte what one run would write.
set -euo pipefail
parts=$1 out=$2
count=$(wc -l <"$parts/shards")
files=()
for ((i = 0; i < count; i++)); do files+=("$parts/$i.part"); done
"${COVTRIAGE:-covtriage}" grid --merge "${files[@]}" --overwrite -o "$out"
