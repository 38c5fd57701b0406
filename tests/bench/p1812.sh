#!/bin/sh
# Profiles of 200 points a second of CPU through ITU-R P.1812.
set -e
cd "$(dirname "$0")/../.."
make -s build/tests/bench/p1812_speed
build/tests/bench/p1812_speed
