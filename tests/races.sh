#!/usr/bin/env bash
# Every command that works in threads, by 8 of them, built with the thread sanitizer, which ends a
# run with a race with exit code 66.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../build/san-thread/covtriage}"
COVTRIAGE=$(realpath "$COVTRIAGE")
county=$here/../samples/county
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config
bad=0
run() # NAME COMMAND...
{
    local name=$1; shift
    "$COVTRIAGE" "$@" -j8 --quiet >said 2>&1 && echo "ok races/$name" && return
    tail -n 40 said; echo "FAIL races/$name"; bad=1
}
run triage triage "$county" -o out --timezone +08:00 --lang zh
run grid grid "$county/samples.csv" --by-cell -o grid.csv
run coverage coverage "$county" --resolution 100 -o coverage.tif
run antennas antennas "$county" -o antennas.csv
run heatmap heatmap out
exit $bad
