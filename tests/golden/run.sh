#!/usr/bin/env bash
# Each NAME.cmd is a few lines of shell; NAME.out is what they print, and their exit code.
# usage: tests/golden/run.sh [NAME...]   (default: all)
# A line "# needs TOOL..." names other packages' programs without which a test is skipped.
# GOLDEN_UPDATE=1 writes the .out files anew: read the difference before committing it.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8 LANG=C.UTF-8 COLUMNS=80
export SAMPLES=$here/../../samples GOLDEN=$here
: "${COVTRIAGE:=$here/../../build/covtriage}"
PATH=$(dirname "$COVTRIAGE"):$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
[ $# != 0 ] || { set -- "$here"/*.cmd; set -- "${@##*/}"; }
for cmd in "${@/#/$here/}"; do
    cmd=${cmd%.cmd}.cmd
    name=$(basename "$cmd" .cmd)
    absent=$(for tool in $(sed -n 's/^# needs //p' "$cmd"); do command -v "$tool" >/dev/null || echo "$tool"; done)
    [ -z "$absent" ] || { echo "skipped: golden/$name: ${absent//$'\n'/ } is not here"; continue; }
    mkdir -p "$scratch/$name" && cd "$scratch/$name" || exit 1
    bash -u "$cmd" >"$scratch/got" 2>&1 </dev/null
    echo "exit $?" >>"$scratch/got"
    if [ -n "${GOLDEN_UPDATE:-}" ]; then
        cp "$scratch/got" "$here/$name.out"
    elif diff -u "$here/$name.out" "$scratch/got" >"$scratch/diff" 2>&1; then
        echo "ok golden/$name"
    else
        echo "FAIL golden/$name: $(tail -n 1 "$cmd")"
        head -n 40 "$scratch/diff"
        failed=1
    fi
done
exit $failed
