#!/bin/sh
# The whole of `covtriage triage` with one thread: CPU seconds, peak memory, tickets a second.
# usage: triage.sh [FOLDER...]; default: samples/county and the worlds of ../shared, as far as
# they are there. COPIES=N says each ticket N times over (default 1), for the tickets' own rate.
set -e
cd "$(dirname "$0")/../.."
[ -x /usr/bin/time ] || { echo "triage.sh: /usr/bin/time is missing; skipped"; exit 0; }
covtriage=${COVTRIAGE:-build/covtriage}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ $# -eq 0 ]; then
    set -- samples/county ../shared/worlds/*/
fi

# A folder like $1 in $work/in, its tickets repeated under new ids.
repeat() {
    rm -rf "$work/in" && mkdir "$work/in"
    for table in "$1"/*; do
        [ -f "$table" ] && ln -s "$(realpath "$table")" "$work/in/"
    done
    [ "${COPIES:-1}" = 1 ] && return
    rm "$work/in/complaints.csv"
    awk -v copies="$COPIES" 'NR == 1 { print; next }
        { for (i = 0; i < copies; i++) print "r" i "-" $0 }' "$1/complaints.csv" \
        >"$work/in/complaints.csv"
}

printf '%-16s %8s %9s %10s %10s\n' folder cpu_s peak_MB tickets tickets/s
for folder; do
    folder=${folder%/}
    if ! [ -f "$folder/complaints.csv" ]; then
        echo "skipped: $folder is not here"
        continue
    fi
    repeat "$folder"
    rm -rf "$work/out"
    /usr/bin/time -f '%U %S %M' -o "$work/time" \
        "$covtriage" triage "$work/in" -o "$work/out" -j1 --quiet >"$work/said"
    tickets=$(awk 'NR == 1 { print $1 }' "$work/said")
    spent=$(tr -d ' \n' <"$work/out/run.json" |
        sed 's/.*"tickets":{"wall_s":[^,]*,"cpu_s":\([0-9.]*\).*/\1/')
    awk -v name="$(basename "$folder")" -v tickets="$tickets" -v spent="$spent" '
        { rate = spent > 0 ? tickets / spent : 0
          printf "%-16s %8.2f %9.0f %10d %10.0f\n", name, $1 + $2, $3 / 1024, tickets, rate }' \
        "$work/time"
done
