#!/bin/bash
# Datum detection: DATUM_TRIALS (default 200) random tables of complaints per line, each of 1,000
# tickets on an invented network; then tables drawn from case folders, where they are there.
set -e
make -s build/tests/unit/test_datum_detect build/samples/score_datum
echo "datum: tables of 1,000 tickets, networks drawn at random"
DATUM_TRIALS=${DATUM_TRIALS:-200} build/tests/unit/test_datum_detect 2>&1 | grep 'tickets with' || true
for world in ../shared/worlds/*/; do
    [ -r "$world/truth.csv" ] || continue
    build/samples/score_datum "${DATUM_TABLES:-50}" 20 "${world%/}"
done
