#!/usr/bin/env bash
# Every story, two files at a time; see README in this folder for the words.
cd "$(dirname "$0")/../.." || exit 1
printf '%s\0' tests/scenario/*.txt |
    xargs -0 -n 1 -P 2 "${RUN_STORY:-build/tests/scenario/run_story}" || exit 1
