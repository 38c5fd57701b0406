#!/usr/bin/env bash
# Every command on damaged folders and files: truncated, bits turned, of another kind, folders and
# pipes and devices and loops in the place of files, odd names. Whatever it is, the program ends by
# itself, in time, with one of its exit codes; a failure is one sentence on stderr.
# usage: tests/fuzz/damage.sh [COUNT [SEED]]     (DAMAGE=COUNT; default 60 cases, seed 8)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
county=$here/../../samples/county
: "${COVTRIAGE:=$here/../../build/covtriage}"
export TZ=UTC LC_ALL=C.UTF-8
count=${1:-${DAMAGE:-60}}
RANDOM=${2:-8}
work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

# ---- what is damaged: a small county, its results, and files for the other commands ----------
mkdir base
for table in cells places plan alarms; do cp "$county/$table.csv" base/; done
head -n 13 "$county/complaints.csv" >base/complaints.csv
head -n 400 "$county/counters.csv" >base/counters.csv
awk 'NR == 1 || NR % 30 == 0' "$county/samples.csv" >base/samples.csv
cp "$county/dem.asc" base/
printf 'rule,value\nweak_rsrp_dbm,-103\n' >base/rules.csv
printf 'verdict,cause,language,text\nweak-coverage,,,"{ticket} {level}"\n' >base/replies.csv
printf 'map,from,colour,label\nlevel,-110,#ff0000,weak\n' >base/legends.csv
printf '{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[112.4,33],[112.5,33.1]]}}' >base/roads.geojson
printf 'id,query\n1,%s\n2,nowhere\n' "$(sed -n 5p base/places.csv | cut -d, -f1)" >base/queries.csv
printf 'ticket_id,verdict\nT000000,weak-coverage\nT000001,undetermined\n' >base/closed.csv
"$COVTRIAGE" triage base -o base/out -q >/dev/null || exit 1
"$COVTRIAGE" grid base/samples.csv --partial -q -o base/part || exit 1
gzip -9nc base/samples.csv >base/packed.csv.gz
if command -v ogr2ogr >/dev/null; then
    (cd base && for form in xlsx:XLSX shp:ESRI_Shapefile kml:LIBKML kmz:LIBKML gpkg:GPKG tab:MapInfo_File; do
        driver=${form#*:}
        ogr2ogr -f "${driver//_/ }" "layer.${form%%:*}" cells.csv -oo X_POSSIBLE_NAMES=lon -oo Y_POSSIBLE_NAMES=lat -a_srs EPSG:4326
    done) >/dev/null 2>&1
    gdal_translate -q base/dem.asc base/tile.tif
fi
printf '<?xml version="1.0"?><bulkPmMrDataFile><eNB id="501001"><measurement><smr>MR.LteScRSRP MR.LteScEarfcn</smr><object id="128256257" TimeStamp="2026-03-01T00:00:00"><v>40 1850</v></object></measurement></eNB></bulkPmMrDataFile>' >base/mro.xml

# ---- damage ----------------------------------------------------------------------------------
size_of() { stat -c %s "$1" 2>/dev/null || echo 0; }
any() { echo $((RANDOM * 32768 + RANDOM)); }
noise() { openssl enc -aes-128-ctr -K "$(printf %032x "$(any)")" -iv 0 -in /dev/zero 2>/dev/null | head -c "$1"; }
damages=(cut cut bits bits hole noise foreign folder pipe loop dangling zero null full empty header
    utf16 cr long nul twice garbage doubled lines backwards unreadable)
damage() { # KIND FILE
    local size at
    size=$(size_of "$2")
    at=$(($(any) % (size + 1)))
    case $1 in
    cut) truncate -s "$at" "$2" ;;
    bits) for _ in 1 2 3 4 5 6 7 8; do
            printf "\\x$(printf %02x $((RANDOM % 256)))" |
                dd of="$2" bs=1 seek=$(($(any) % (size + 1))) conv=notrunc status=none
        done ;;
    hole) dd if=/dev/zero of="$2" bs=1 seek="$at" count=600 conv=notrunc status=none ;;
    noise) noise 5000 >"$2" ;;
    foreign) cat "$(find "$work/base" -maxdepth 1 -type f | sort | sed -n "$((RANDOM % 18 + 1))p")" >"$2" ;;
    folder) rm -rf "$2" && mkdir "$2" ;;
    pipe) rm -rf "$2" && mkfifo "$2" ;;
    loop) rm -rf "$2" && ln -s "$(basename "$2")" "$2" ;;
    dangling) rm -rf "$2" && ln -s nowhere "$2" ;;
    zero) rm -rf "$2" && ln -s /dev/zero "$2" ;;
    null) rm -rf "$2" && ln -s /dev/null "$2" ;;
    full) rm -rf "$2" && ln -s /dev/full "$2" ;;
    empty) : >"$2" ;;
    header) sed -i '1!d' "$2" ;;
    utf16) iconv -t UTF-16 "$2" >t 2>/dev/null; mv t "$2" ;;
    cr) tr '\n' '\r' <"$2" >t; mv t "$2" ;;
    long) { cat "$2"; head -c 3M /dev/zero | tr '\0' x; } >t; mv t "$2" ;;
    nul) head -c 4096 /dev/zero >>"$2" ;;
    twice) cp "$2" "${2%.*}.txt" ;;
    garbage) noise 3000 >>"$2" ;;
    doubled) for _ in 1 2 3 4 5; do cat "$work/base/${2#*/}" >>"$2"; done 2>/dev/null ;;
    lines) { head -n 1 "$2"; tail -n +2 "$2" | shuf --random-source="$work/base/cells.csv"; tail -n 3 "$2" | cut -c 1-20; } >t 2>/dev/null; mv t "$2" ;;
    backwards) rev "$2" >t 2>/dev/null; mv t "$2" ;;
    unreadable) chmod 000 "$2" ;;
    esac 2>/dev/null
}

# ---- commands ----------------------------------------------------------------------------------
# A line: the file that is damaged, and the command.
commands=(
    "cells.csv check case" "complaints.csv check case" "samples.csv check case" "dem.asc check case"
    "cells.csv triage case -o o" "complaints.csv triage case -o o" "samples.csv triage case -o o"
    "alarms.csv triage case -o o" "counters.csv triage case -o o" "plan.csv triage case -o o"
    "places.csv triage case -o o" "dem.asc triage case -o o" "rules.csv triage case -o o"
    "replies.csv triage case -o o" "legends.csv triage case -o o" "roads.geojson triage case -o o"
    "out/worklist.xlsx triage case -o case/out --overwrite" "out/triage.gpkg triage case -o case/out --overwrite"
    "places.csv locate -g case/places.csv case/queries.csv -o o.csv" "queries.csv locate -g case/places.csv case/queries.csv -o o.csv"
    "samples.csv grid case/samples.csv -o o.csv" "packed.csv.gz grid case/packed.csv.gz -o o.csv"
    "part grid --merge case/part -o o.csv" "part grid --merge case/part case/part -o o.tif"
    "mro.xml import --as samples case/mro.xml -o o.csv" "samples.csv import --as samples case/samples.csv -o o.csv"
    "layer.xlsx import --as cells case/layer.xlsx -o o.csv" "layer.kml import --as cells case/layer.kml -o o.csv"
    "layer.kmz import --as cells case/layer.kmz -o o.csv" "layer.gpkg import --as cells case/layer.gpkg -o o.csv"
    "layer.shp import --as cells case/layer.shp -o o.csv" "layer.dbf import --as cells case/layer.shp -o o.csv"
    "layer.dat import --as cells case/layer.tab -o o.csv" "layer.tab import --as cells case/layer.tab -o o.csv"
    "cells.csv import --as samples --cells case/cells.csv case/samples.csv -o o.csv"
    "out/triage.gpkg explain case/out T000001" "out/triage.gpkg worklist case/out -o o"
    "out/triage.gpkg report case/out -o o" "out/triage.gpkg compare case/out case/out -o o"
    "out/worklist.xlsx worklist case/out -o o" "out/worklist.csv worklist case/out -o o"
    "samples.csv antennas case -o o.csv" "cells.csv antennas case -o o.csv"
    "dem.asc coverage case -o o.tif --step-m 400" "samples.csv coverage case -o o.tif --step-m 400"
    "closed.csv calibrate case/closed.csv case/out" "out/triage.gpkg calibrate case/closed.csv case/out"
)

# The command ended as it may. Several lines come before a failure's sentence, none after; check
# tells what is wrong in its report.
judge() { # CODE NAME COMMAND
    case $1 in
    0 | 2 | 3) ;;
    1) [ "$(tail -n 1 err | cut -c 1-11)" = "covtriage: " ] || { [ "$3" = check ] && [ -s std ]; } || { echo "FAIL $2: no sentence"; return 1; } ;;
    137) echo "FAIL $2: did not end in time"; return 1 ;;
    *) echo "FAIL $2: exit $1"; return 1 ;;
    esac
    ! grep -aqE 'Sanitizer|runtime error' err || { echo "FAIL $2: a sanitizer spoke"; return 1; }
}

limits=(ulimit -v 16000000)
case $COVTRIAGE in */san-*) limits=(:) ;; esac
try() { # NAME ARGUMENTS...
    local name=$1
    shift
    ("${limits[@]}"; exec timeout -s KILL "${DAMAGE_SECONDS:-60}" "$COVTRIAGE" "$@" --lang en -q) >std 2>err
    judge $? "$name" "$1" || { head -c 600 err; bad=$((bad + 1)); }
}

codes=()
for ((i = 0; i < count; i++)); do
    read -r file command <<<"${commands[$((i % ${#commands[@]}))]}"
    kind=${damages[$((RANDOM % ${#damages[@]}))]}
    rm -rf case o o.csv o.tif
    cp -r base case
    [ -e "case/$file" ] || continue
    damage "$kind" "case/$file"
    read -ra words <<<"$command"
    try "$i: $kind $file: $command" "${words[@]}"
    chmod -R u+rw case
done
[ $bad = 0 ] && echo "ok damage: $count commands on damaged files end by themselves"

# ---- odd names ---------------------------------------------------------------------------------
bad_before=$bad
for name in $'a\nb' '"quoted" and '"'single'" '<script>alert(1)<' '$(touch pwned)' '; touch pwned' '-rf' '名字 空 格' $'\xff\xfe'; do
    rm -rf o "./$name"
    cp -r base "./$name"
    try "folder '$name'" triage "./$name" -o o --overwrite
    grep -qs '<script>alert' o/report.html && { echo "FAIL the folder's name is code in report.html"; bad=$((bad + 1)); }
    rm -rf "./$name"
    cp base/samples.csv "./$name"
    try "file '$name'" import --as samples "./$name" -o o.csv --overwrite
    rm -f "./$name"
done
[ ! -e pwned ] || { echo "FAIL a name was run"; bad=$((bad + 1)); }
[ "$bad" = "$bad_before" ] && echo "ok damage: odd names of files and folders"
exit $((bad > 0))
