#!/usr/bin/env bash
# Every story; see README in this folder for the words.
cd "$(dirname "$0")/../.." && exec "${RUN_STORY:-build/tests/scenario/run_story}" tests/scenario/*.txt
