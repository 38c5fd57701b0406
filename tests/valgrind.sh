#!/usr/bin/env bash
# The golden tests with every call of the program under valgrind's memcheck: no invalid or
# uninitialized read, no lost block, but what tests/valgrind.supp names of the libraries.
# usage: tests/valgrind.sh [GOLDEN...]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../build/covtriage}"
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/logs"
cat >"$work/covtriage" <<END
#!/bin/sh
exec valgrind -q --log-file=$work/logs/%p --suppressions=$here/valgrind.supp \\
    --soname-synonyms=somalloc=NONE --leak-check=full \\
    --show-leak-kinds=definite --errors-for-leak-kinds=definite "$COVTRIAGE" "\$@"
END
chmod +x "$work/covtriage"
COVTRIAGE=$work/covtriage "$here/golden/run.sh" "$@"
bad=$?
runs=$(find "$work/logs" -type f | wc -l)
found=$(find "$work/logs" -type f -size +0)
[ -z "$found" ] || { cat $found | head -n 200; echo "FAIL valgrind: errors in $(echo "$found" | wc -l) of $runs runs"; exit 1; }
[ "$runs" -gt 0 ] || { echo "FAIL valgrind: nothing ran"; exit 1; }
echo "ok valgrind: no error in $runs runs of the program"
exit $bad
