#!/usr/bin/env bash
# The long run: every target in slices, the one with the least CPU time first, until each has
# FUZZ_MINUTES (default 30) of CPU time without a finding. A target that found something rests
# until its line "restart" is written: tests/fuzz/long.sh restart NAME. FUZZ_DIR/STOP ends it.
# usage: FUZZ_DIR=FOLDER tests/fuzz/long.sh PROGRAM...
#        FUZZ_DIR=FOLDER tests/fuzz/long.sh restart NAME...
#        FUZZ_DIR=FOLDER tests/fuzz/long.sh table
set -uo pipefail
here=$(dirname "$0")
: "${FUZZ_DIR:?where corpora, logs and the ledger are kept}"
ledger=$FUZZ_DIR/ledger.csv
mkdir -p "$FUZZ_DIR/lock"
touch "$ledger"

# Totals since each target's last restart: name, CPU seconds, executions, edges, features.
totals() {
    awk -F, '$2 == "restart" {cpu[$1] = runs[$1] = edges[$1] = features[$1] = 0; restarts[$1]++; next}
        {cpu[$1] += $2; runs[$1] += $3; if ($4 > edges[$1]) edges[$1] = $4
         if ($5 > features[$1]) features[$1] = $5}
        END {for (n in cpu) print n "," cpu[n] "," runs[n] "," edges[n] "," features[n] "," restarts[n] + 0}' \
        "$ledger" | sort
}

case "${1:-}" in
restart)
    shift
    for name in "$@"; do
        echo "$name,restart" >>"$ledger"
        rm -f "$FUZZ_DIR/rest-$name"
    done
    exit 0
    ;;
table)
    echo "| target | CPU minutes | executions | edges | features | restarts after a finding |"
    echo "|---|---|---|---|---|---|"
    totals | awk -F, '{printf "| %s | %.1f | %d | %d | %d | %d |\n", $1, $2 / 60, $3, $4, $5, $6}'
    exit 0
    ;;
esac

want=$((${FUZZ_MINUTES:-30} * 60))
while [ ! -e "$FUZZ_DIR/STOP" ]; do
    best='' least=$want
    for program in "$@"; do
        name=$(basename "$program")
        [ -e "$FUZZ_DIR/rest-$name" ] || [ -d "$FUZZ_DIR/lock/$name" ] && continue
        cpu=$(totals | awk -F, -v n="$name" '$1 == n {print int($2)}')
        if [ "${cpu:-0}" -lt "$least" ]; then
            least=${cpu:-0}
            best=$program
        fi
    done
    if [ -z "$best" ]; then
        ls "$FUZZ_DIR"/rest-* "$FUZZ_DIR"/lock/* >/dev/null 2>&1 || exit 0
        sleep 10
        continue
    fi
    name=$(basename "$best")
    mkdir "$FUZZ_DIR/lock/$name" 2>/dev/null || continue
    "$here/run.sh" "$best" || touch "$FUZZ_DIR/rest-$name"
    rmdir "$FUZZ_DIR/lock/$name"
done
