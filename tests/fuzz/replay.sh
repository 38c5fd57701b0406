#!/usr/bin/env bash
# Every target on its seeds and on what fuzzing found once, under ASan and UBSan.
# usage: FUZZ_BIN="PROGRAM..." tests/fuzz/replay.sh
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export TZ=UTC LC_ALL=C.UTF-8 ASAN_OPTIONS=allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
bad=0
[ -n "${FUZZ_BIN:-}" ] || echo "skipped: fuzz replay needs clang"
for program in ${FUZZ_BIN:-}; do
    name=$(basename "$program")
    inputs=()
    for folder in "$here/seeds/$name" "$here/found/$name"; do
        [ -d "$folder" ] && inputs+=("$folder"/*)
    done
    options=(-timeout=60 -rss_limit_mb=2048)
    [ -f "$here/options/$name" ] && read -ra own <"$here/options/$name" && options+=("${own[@]}")
    if "$program" "${options[@]}" "${inputs[@]}" >"$log" 2>&1; then
        echo "ok fuzz replay $name, ${#inputs[@]} inputs"
    else
        grep -aE 'Running:|ERROR|SUMMARY|runtime error|#[0-9]+ 0x.* in ' "$log" | tail -n 20
        echo "FAIL fuzz replay $name"
        bad=1
    fi
done
exit $bad
