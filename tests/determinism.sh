#!/usr/bin/env bash
# The same inputs give the same bytes of every product and command but run.json's timings: on any
# number of threads, in any locale and time zone, by either compiler, optimized or not.
# usage: tests/determinism.sh [PROGRAM...]   (further builds to compare with $COVTRIAGE)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../build/covtriage}"
county=$here/../samples/county
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config
bad=0
run() # OUT PROGRAM OPTION...
{
    local out=$1 program=$2; shift 2
    "$program" triage "$county" -o "$out" --quiet --lang zh --timezone +08:00 "$@" >/dev/null || return
    sed -i '/"timings"/,$d' "$out/run.json"
    others "$out.others" "$program" "$out" "$@"
}
# What the other commands write and print.
others() # FOLDER PROGRAM OUT OPTION...
{
    local to=$1 program=$2 out=$3 form; shift 3
    mkdir "$to"
    "$program" antennas "$county" -o "$to/antennas.csv" -q "$@"
    "$program" coverage "$county" -o "$to/coverage.tif" --resolution 250 -q "$@"
    for form in gpkg csv; do "$program" grid "$county/samples.csv" --by-cell -o "$to/a.$form" -q "$@"; done
    "$program" grid "$county/samples.csv" --partial -o "$to/one.part" -q "$@"
    "$program" grid --merge "$to/one.part" -o "$to/merged.tif" -q "$@"
    "$program" locate -g "$county/places.csv" "$county/complaints.csv" -o "$to/located.csv" -q "$@"
    "$program" import --as complaints "$county/complaints.csv" -o "$to/imported.csv" -q --timezone +08:00 "$@"
    "$program" calibrate "$county/expected.csv" "$out" -o "$to/rules.csv" -q --lang zh "$@" >"$to/calibrate.txt"
    "$program" compare "$out" "$out" -o "$to/compared" -q --lang zh "$@" >/dev/null
    "$program" check "$county" --json --timezone +08:00 "$@" >"$to/check.json"
    "$program" explain "$out" T000017 --lang zh "$@" >"$to/explain.txt"
    cp -r "$out" "$to/again"
    for form in worklist report heatmap; do "$program" $form "$to/again" -q "$@" >/dev/null; done
}
compare() # NAME OUT
{
    if diff -rq first "$2" >difference && diff -rq first.others "$2.others" >difference; then
        echo "ok determinism/$1"
        rm -rf "$2" "$2.others"
        return
    fi
    echo "FAIL determinism/$1"; cat difference; bad=1
}
run first "$COVTRIAGE" -j1 || exit 1
[ "$(find first.others -type f | wc -l)" -ge 44 ] || { find first.others -type f; echo "FAIL determinism/every command"; bad=1; }
for j in ${THREADS:-2 8}; do
    run many "$COVTRIAGE" -j"$j"
    compare "$j threads" many
done
for world in "C Asia/Kathmandu" "de_DE.UTF-8 America/New_York"; do
    (export LC_ALL=${world% *} TZ=${world#* }; run world "$COVTRIAGE" -j3) 2>/dev/null
    compare "locale ${world% *}, time zone ${world#* }" world
done
for program; do
    run other "$program" -j2
    compare "built as ${program#"$here/../"}" other
    if [ -d other ]; then # how far the numbers of the tickets are apart
        paste -d, <(cut -d, -f3-8 first/cases.csv) <(cut -d, -f3-8 other/cases.csv) | awk -F, '
            NR > 1 { for (i = 1; i <= 6; i++) { d = $i - $(i + 6); d = d < 0 ? -d : d; m = d > m ? d : m } }
            END { printf "  largest difference of a probability: %g\n", m }'
        rm -rf other other.others
    fi
done
exit $bad
