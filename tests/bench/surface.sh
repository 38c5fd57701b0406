#!/bin/sh
# The surface against a calibrated Hata model and inverse distance weighting on held-out blocks.
# usage: surface.sh [FOLDER...]; default: the worlds of ../shared, where they are.
set -e
cd "$(dirname "$0")/../.."
make -s build/tests/bench/hold_out
if [ $# -eq 0 ]; then
    set -- ../shared/worlds/*/
fi
for folder; do
    if [ -f "$folder/samples.csv" ]; then
        build/tests/bench/hold_out "${folder%/}"
    else
        echo "skipped: $folder is not here"
    fi
done
