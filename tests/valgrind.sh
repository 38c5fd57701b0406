#!/usr/bin/env bash
# Under valgrind's memcheck: every command on a small case, and golden tests of odd inputs. No
# invalid or uninitialized read, no lost block, but what tests/valgrind.supp names of the libraries.
# usage: tests/valgrind.sh [GOLDEN...]   (VALGRIND_LONG=1: all golden tests, hours)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../build/covtriage}"
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 0; }
. "$here/golden/case.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/logs" "$work/small"
cat >"$work/covtriage" <<END
#!/bin/sh
exec valgrind -q --log-file=$work/logs/%p --suppressions=$here/valgrind.supp \\
    --soname-synonyms=somalloc=NONE --leak-check=full \\
    --show-leak-kinds=definite --errors-for-leak-kinds=definite "$COVTRIAGE" "\$@"
END
chmod +x "$work/covtriage"
export COVTRIAGE=$work/covtriage
bad=0
run() # COMMAND...: it is done
{
    "$COVTRIAGE" "$@" >said 2>&1 && return
    tail -n 3 said
    echo "FAIL valgrind/$1"
    bad=1
}
every_command()
{
    local i
    small_case
    printf '%s,2026-03-10T12:4%d:00+08:00,,113.003,33.00%d,LTE,无信号\n' T4 1 3 T5 2 4 >>case/complaints.csv
    {
        echo time,lon,lat,cell_id,serving,rsrp_dbm
        for ((i = 0; i < 300; i++)); do
            echo "2026-03-10T0$((i % 9)):00:00+08:00,113.00$((i % 10))$((i % 7)),33.00$((i / 30)),S1-$((i % 3 + 1)),1,-$((80 + i % 23))"
        done
    } >case/samples.csv
    printf 'object_id,raised_at,cleared_at,name\nS1,2026-03-10T11:00:00+08:00,2026-03-10T12:00:00+08:00,基站断站\n' >case/alarms.csv
    printf 'plan_id,lon,lat,stage\nP1,113.005,33.001,building\n' >case/plan.csv
    printf 'name,kind,lon,lat\n河湾村,village,113.01,33.01\n' | tee places.csv >case/places.csv
    printf 'id,query\n1,河湾村\n2,无名\n' >queries.csv
    printf 'ticket_id,verdict\nT1,weak-coverage\nT2,undetermined\nT3,weak-coverage\nT4,weak-coverage\nT5,undetermined\n' >closed.csv
    run triage case -o out -j2 --lang zh
    run check case
    run check case --json --src-crs GCJ02
    run explain out T1
    run explain out T2 --json --lang en
    for i in worklist report heatmap; do run $i out --lang en; done
    run compare out out -o compared
    run calibrate closed.csv out --set calibrate_least=5 -o rules.csv
    run antennas case -o antennas.csv -j2
    run coverage case -o coverage.tif --resolution 200 -j2
    for i in tif gpkg csv; do run grid case/samples.csv --bin-m 100 -o grid.$i; done
    run grid case/samples.csv --by-cell --partial --bin-m 100 -o one.part
    run grid --merge one.part -o merged.csv
    run import --as samples case/samples.csv -o imported.csv
    run locate -g places.csv queries.csv -o located.csv
    run rules --json
}
if [ $# = 0 ]; then
    (cd "$work/small" && every_command && exit $bad)
    bad=$?
    set -- bad-rows directory-as-file empty-tables exports long-line missing-cells replies usage
    [ -z "${VALGRIND_LONG:-}" ] || set --
fi
"$here/golden/run.sh" "$@" || bad=1
runs=$(find "$work/logs" -type f | wc -l)
found=$(find "$work/logs" -type f -size +0)
[ -z "$found" ] || { cat $found | head -n 200; echo "FAIL valgrind: errors in $(echo "$found" | wc -l) of $runs runs"; exit 1; }
[ "$runs" -gt 0 ] || { echo "FAIL valgrind: nothing ran"; exit 1; }
echo "ok valgrind: no error in $runs runs of the program"
exit $bad
