#!/bin/bash
# Positions of labelled case folders: median, 90 % and how often the stated radius holds, by what
# the position rests on, beside the plain answer (the ticket's coordinates, else the first place
# its words match). Arguments: case folders with a truth.csv.
set -e
[ $# -gt 0 ] || set -- ../shared/worlds/*/
make -s build/samples/score_positions
for folder; do
    if [ -r "$folder/truth.csv" ]; then
        build/samples/score_positions "${folder%/}"
    else
        echo "positions: $folder/truth.csv is not here: skipped"
    fi
done
