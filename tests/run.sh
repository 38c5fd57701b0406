#!/usr/bin/env bash
# Run test programs, show what failed, count everything.
# usage: tests/run.sh PROGRAM...
# A program prints cmocka's lines, or one line a test: "ok NAME", "FAIL NAME ...",
# "skipped: WHY". One that ends badly without a failed test (a crash, a sanitizer) counts as one.
set -uo pipefail
export TZ=UTC LC_ALL=C.UTF-8
# Fontconfig keeps its caches until the process ends.
export LSAN_OPTIONS=suppressions=$(cd "$(dirname "$0")" && pwd)/lsan.supp:print_suppressions=0
# Other libraries' own locks and threads.
export TSAN_OPTIONS=suppressions=$(cd "$(dirname "$0")" && pwd)/tsan.supp
out=$(mktemp)
trap 'rm -f "$out"' EXIT
passed=0 failed=0 skipped=0
count() { grep -aE "$1" "$out" | sort -u | wc -l; } # cmocka lists a failed test twice
for program in "$@"; do
    "$program" >"$out" 2>&1
    code=$?
    ok=$(count '^(\[       OK \]|ok )')
    bad=$(count '^(\[  FAILED  \] [a-zA-Z_]\w*$|FAIL )')
    skips=$(count '^(\[  SKIPPED \] [a-zA-Z_]\w*$|skipped: )')
    [ "$code" = 0 ] || [ "$bad" -gt 0 ] || bad=1
    if [ "$bad" -gt 0 ]; then
        grep -avE '^(\[( RUN      |       OK )\]|ok )' "$out"
        printf 'FAILED   %s: %d of %d (exit %d)\n' "$program" "$bad" $((ok + bad)) "$code"
    else
        printf 'ok %5d %s\n' "$ok" "$program"
        grep -aE '^skipped: ' "$out" | sort -u
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skips))
done
[ $skipped = 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
