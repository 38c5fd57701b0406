#!/bin/sh
# The predictor of new sites against masts that were hidden from it.
# usage: site.sh [FOLDER...]; default: seeded counties, and the worlds of ../shared if there.
set -e
cd "$(dirname "$0")/../.."
make -s build/tests/bench/site_hidden build/samples/make_county
if [ $# -eq 0 ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    make=build/samples/make_county
    nice $make -o "$work/lte-hills" --seed 301 --tickets 50 --samples 90000 --relief 300 >"$work/log"
    nice $make -o "$work/gsm-flat" --seed 302 --tickets 50 --samples 90000 --rat gsm --sites 45 >"$work/log"
    nice $make -o "$work/lte-town" --seed 303 --tickets 50 --samples 90000 --area 0.5 --sites 90 >"$work/log"
    set -- "$work"/*/
    for world in ../shared/worlds/*/; do
        [ ! -f "$world/samples.csv" ] || set -- "$@" "$world"
    done
fi
for folder; do
    nice build/tests/bench/site_hidden "${folder%/}"
done
