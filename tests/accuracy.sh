#!/usr/bin/env bash
# Marks, calibration and sensitivity on invented counties that nothing was fitted on (the
# classifier's few weights were fitted on seeds below 100; these are 201 and up).
# usage: tests/accuracy.sh [worlds|sensitivity]; ACCURACY_DIR keeps the counties between runs.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${COVTRIAGE:=build/covtriage}" "${MAKE_COUNTY:=build/samples/make_county}"
score=$(dirname "$MAKE_COUNTY")/score_county
what=${1:-all}
if [ -n "${ACCURACY_DIR:-}" ]; then
    work=$ACCURACY_DIR
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

# county NAME OPTION...: make it unless it is there
county() {
    local name=$1
    shift
    [ -e "$work/$name/samples.csv" ] || nice "$MAKE_COUNTY" -o "$work/$name" "$@"
}

# triage NAME OPTION...: run, quietly
triage() {
    local name=$1
    shift
    nice "$COVTRIAGE" triage "$work/$name" --overwrite --quiet --timezone +08:00 "$@" >/dev/null ||
        echo "covtriage failed on $name" >&2
}

# without NAME BASE TABLE: a county like BASE without one table
without() {
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1"
    cp "$work/$2"/*.* "$work/$1"
    rm -f "$work/$1/$3".*
}

worlds() {
    local size=(--tickets 400 --samples 80000)
    # people indoors, a cure worth 5 dB, planned sites with shadows of their own
    local people=(--law indoors=0.5 --law good_db=5 --law plan_shadow=1)
    county lte-hills-a --seed 201 "${size[@]}" "${people[@]}" --relief 260
    county lte-hills-b --seed 202 "${size[@]}" --relief 450 --law good_db=3
    county lte-flat --seed 203 "${size[@]}" "${people[@]}" --law break_m=500 --law near_exponent=2.2
    county gsm-flat --seed 204 "${size[@]}" "${people[@]}" --rat gsm --sites 45
    county gsm-hills --seed 205 "${size[@]}" --rat gsm --sites 60 --relief 320 --law shadow_db=9
    county nr-town --seed 206 "${size[@]}" "${people[@]}" --rat nr --area 0.6 --sites 80
    county lte-town --seed 207 "${size[@]}" "${people[@]}" --area 0.5 --sites 90
    county all-rats --seed 208 "${size[@]}" "${people[@]}" --rat mix --sites 50 --relief 200
    county with-extras --seed 209 "${size[@]}" --extras
    county few-samples --seed 210 --tickets 400 --samples 12000 "${people[@]}"
    # records of one cell each, lone sectors, lobes bent by streets, no words
    county district --seed 213 "${size[@]}" --area 0.35 --sites 90 --position-error 0.5 \
        --law good_db=5 --law plan_shadow=1 --law listed=1 --law driven=0 --law sectors=1.7 \
        --law bent=0.1 --law faults=0.06 --law tilts=0 --law shadow_db=8.5 --law pointed=1 \
        --law told=0 --law wordy=0 --law report_m=10
    local list=()
    for name in lte-hills-a lte-hills-b lte-flat gsm-flat gsm-hills nr-town lte-town all-rats \
        with-extras few-samples district; do
        triage "$name"
        list+=("$work/$name")
    done
    "$score" "${list[@]}"
}

sensitivity() {
    local list=() base
    for base in lte gsm; do
        local make=(--seed 211 --relief 260 --sites 40 --tickets 400 --samples 50000 --law indoors=0.5
            --law good_db=5 --law plan_shadow=1)
        [ $base = lte ] || make=(--seed 212 --rat gsm --sites 40 --tickets 400
            --samples 50000 --law indoors=0.5 --law good_db=5 --law plan_shadow=1)
        county $base-as-it-is "${make[@]}"
        triage $base-as-it-is
        list+=("$work/$base-as-it-is")
        for table in alarms counters samples plan dem places; do
            [ $base-$table != gsm-dem ] || continue # flat: it has none
            without $base-no-$table $base-as-it-is $table
            triage $base-no-$table
            list+=("$work/$base-no-$table")
        done
        for factor in 2 4 8; do
            county $base-position-error-x$factor "${make[@]}" --position-error $factor
            triage $base-position-error-x$factor
            list+=("$work/$base-position-error-x$factor")
        done
        for slip in 15 60 480; do
            county $base-alarm-clock-$slip-min "${make[@]}" --clock-slip $slip
            triage $base-alarm-clock-$slip-min
            list+=("$work/$base-alarm-clock-$slip-min")
        done
        for move in -3 3; do
            local name=$base-threshold-moved-$move-db
            without $name $base-as-it-is none
            if [ $base = lte ]; then
                triage $name --set weak_rsrp_dbm=$((-110 + move))
            else
                triage $name --set weak_rxlev_dbm=$((-94 + move))
            fi
            list+=("$work/$name")
        done
    done
    "$score" "${list[@]}" | grep -v mean
}

case $what in
worlds) worlds ;;
sensitivity) sensitivity ;;
all)
    worlds
    echo
    sensitivity
    ;;
*)
    echo "usage: tests/accuracy.sh [worlds|sensitivity]" >&2
    exit 2
    ;;
esac
