#!/usr/bin/env bash
# What goes wrong around the program: it is killed, the disk fails or is full, folders cannot be
# written. After each: the output is absent or whole (the older one or the new one), a failure is
# one sentence and exit 1, nothing is left beside, and running again works.
# usage: [FAULT_LONG=1] tests/faults/run.sh   (quick: a sample of the moments; long: all)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8
: "${COVTRIAGE:=$here/../../build/covtriage}" "${FAULT_SHIM:=$here/../../build/tests/faults/shim.so}"
case $COVTRIAGE in */san-*) echo "skipped: faults under a sanitizer, whose runtime must be first"; exit 0 ;; esac
. "$here/../golden/case.sh"
kills=${FAULT_KILLS:-$([ -n "${FAULT_LONG:-}" ] && echo 200 || echo 10)}
most=${FAULT_MOST:-$([ -n "${FAULT_LONG:-}" ] && echo 100000 || echo 5)} # calls tried of one command
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
RANDOM=8
bad=0

ok() { echo "ok faults/$1"; }
fail() { echo "FAIL faults/$1"; bad=1; }
# The same bytes but for timings, and for the count of commits in the header of a GeoPackage.
same()
{
    case $1 in *.gpkg) cmp -s -i 100 "$1" "$2"; return ;; esac
    diff -rq -x run.json -x triage.gpkg "$1" "$2" >/dev/null 2>&1 || return
    [ -f "$1" ] || { cmp -s -i 100 "$1/triage.gpkg" "$2/triage.gpkg" && [ -s "$2/run.json" ]; }
}
# Is $target what it was before ($old, "" when it was absent) or the new one?
state()
{
    if same "$new" "$target"; then echo new
    elif [ -z "$old" ] && [ ! -e "$target" ]; then echo old
    elif [ -n "$old" ] && same "$old" "$target"; then echo old
    else echo broken; fi
}
reset()
{
    rm -rf place && mkdir place
    [ -z "$old" ] || cp -r "$old" "$target"
}
leftovers() { find place -name '*.partial-*' -o -name '*-part*' -o -name '*.lock'; }

small_case
grep -v '^#' "$here/../../samples/county/samples.csv" | head -n 400 >samples.csv
# What each command makes, into ref/NAME
mkdir ref
run_triage() { "$COVTRIAGE" triage case -j2 --quiet --timezone +08:00 --lang zh --overwrite -o place/out; }
run_worklist() { "$COVTRIAGE" worklist place/out --lang zh; }
run_gpkg() { "$COVTRIAGE" grid samples.csv --bin-m 100 --quiet --overwrite -o place/out.gpkg; }
run_tif() { "$COVTRIAGE" grid samples.csv --bin-m 100 --quiet --overwrite -o place/out.tif; }
run_csv() { "$COVTRIAGE" grid samples.csv --bin-m 100 --quiet --overwrite -o place/out.csv; }
run_import() { "$COVTRIAGE" import --as samples samples.csv --quiet --overwrite -o place/out.csv; }

"$COVTRIAGE" triage case -j2 --quiet --timezone +08:00 --lang en -o ref/en >/dev/null || exit 1
declare -A target_of=([triage]=out [again]=out [worklist]=out [gpkg]=out.gpkg [tif]=out.tif
    [csv]=out.csv [import]=out.csv)
declare -A old_of=([again]=ref/en [worklist]=ref/en)
declare -A run_of=([again]=run_triage)
begin() # NAME: target, old and new of it, and its command
{
    target=place/${target_of[$1]} old=${old_of[$1]:-} run=${run_of[$1]:-run_$1} new=ref/$1
    case $target in *.gpkg) new=ref/$1.gpkg ;; esac
    [ -e "$new" ] && return
    reset
    $run >/dev/null 2>said || { cat said; fail "$1 runs"; return 1; }
    cp -r "$target" "$new"
    reset
    $run >/dev/null 2>&1
    [ "$(state)" = new ] || fail "$1: two runs give the same bytes"
}

# One run after the other failed ones must work and leave nothing.
recover()
{
    $run >/dev/null 2>said && [ "$(state)" = new ] && [ -z "$(leftovers)" ] && return
    cat said; leftovers; fail "$1: running again"; return 1
}

killed()
{
    local broken=0 done=0 t i pid
    begin "$1" || return
    t=$(date +%s%N); reset; $run >/dev/null 2>&1; t=$((($(date +%s%N) - t) / 1000000 + 1))
    for ((i = 0; i < kills; i++)); do
        reset
        set -m # its own group: the run is a child of the function's shell
        $run >/dev/null 2>&1 &
        pid=$!
        set +m
        sleep "$(printf '%d.%03d' $((RANDOM * t / 32768 / 1000)) $((RANDOM * t / 32768 % 1000)))"
        kill -9 -- -$pid 2>/dev/null
        wait $pid 2>/dev/null
        case $(state) in broken) broken=$((broken + 1)) ;; new) done=$((done + 1)) ;; esac
        [ $((i % 10)) != 9 ] || recover "$1 killed at random" || return
    done
    [ $broken = 0 ] && ok "$1: killed at $kills random moments, $done were done" ||
        fail "$1: killed at $kills random moments: $broken broken outputs"
}

# Every call (or a sample) that changes a file goes wrong: HOW is eio, full or kill.
failing()
{
    local how=$2 n total step tried=0 wrong=0 code why
    begin "$1" || return
    reset
    LD_PRELOAD=$FAULT_SHIM FAULT_TALLY=$work/tally $run >/dev/null 2>&1
    total=$(cat tally)
    step=$(((total + most - 1) / most))
    for ((n = 1; n <= total; n += step)); do
        reset
        (LD_PRELOAD=$FAULT_SHIM FAULT_AT=$n FAULT_HOW=$how $run) >/dev/null 2>said
        code=$?
        tried=$((tried + 1)) why=
        case $how-$code-$(state) in
        kill-*-broken) why="a broken output" ;;
        kill-*) ;;
        *-0-new) ;; # the call was not needed
        *-1-old)
            [ "$(grep -c . said)" = 1 ] && grep -q '^covtriage: ' said || why="not one sentence" ;;
        *) why="exit $code, output $(state)" ;;
        esac
        [ $how = kill ] || [ -z "$(leftovers)" ] || why="leftovers: $(leftovers)"
        [ -z "$why" ] || { cat said; fail "$1: $how at call $n of $total: $why"; wrong=1; }
    done
    recover "$1 $how" && [ $wrong = 0 ] && ok "$1: $how at $tried of $total calls that change files"
}

# The room on a real disk ends, at several sizes.
full()
{
    local size code wrong=0
    begin "$1" || return
    for size in $2; do
        rm -rf place && mkdir place
        mount -t tmpfs -o "size=${size}k" none place || { echo "skipped: no tmpfs"; return; }
        $run >/dev/null 2>said
        code=$?
        [ $code = 1 ] && [ "$(grep -c . said)" = 1 ] && [ -z "$(ls -A place)" ] ||
            { cat said; ls -A place; fail "$1: a disk of $size KiB (exit $code)"; wrong=1; }
        umount place
    done
    [ $wrong = 1 ] || ok "$1: full disks of $2 KiB"
}

folders()
{
    begin triage || return
    reset; mkdir place/mine; touch place/mine/precious
    "$COVTRIAGE" triage case --quiet --overwrite -o place/mine >/dev/null 2>said
    [ $? = 2 ] && [ -e place/mine/precious ] && [ "$(grep -c . said)" = 1 ] && ok "a user's folder is not replaced" ||
        fail "a user's folder is not replaced"
    mkdir place/out.csv
    "$COVTRIAGE" grid samples.csv --quiet --overwrite -o place/out.csv >/dev/null 2>said
    [ $? = 2 ] && [ -d place/out.csv ] && [ "$(grep -c . said)" = 1 ] && ok "a folder in place of a file" ||
        { cat said; fail "a folder in place of a file"; }
    echo keep >place/other.lock
    "$COVTRIAGE" triage case --quiet -o place/other >/dev/null 2>&1 && [ "$(cat place/other.lock)" = keep ] &&
        ok "a file of the user's with the lock's name stays" || fail "a file with the lock's name stays"
    reset
    (exec 9>place/out.lock; flock 9
     "$COVTRIAGE" triage case --quiet -o place/out >/dev/null 2>said)
    [ $? = 1 ] && grep -q 'another run is writing' said && [ ! -e place/out ] && ok "a second run on one OUT refuses" ||
        { cat said; fail "a second run on one OUT refuses"; }
    reset
    for i in 1 2 3; do run_triage >/dev/null 2>said.$i & done
    wait
    [ "$(state)" = new ] && [ -z "$(leftovers)" ] && ok "three runs at once on one OUT" || fail "three runs at once on one OUT"
}

read_only()
{
    begin triage || return
    reset; mkdir place/ro; mount -t tmpfs -o ro none place/ro || { echo "skipped: no tmpfs"; return; }
    local broken=0 form
    for form in "triage case -o place/ro/out" "grid samples.csv -o place/ro/out.csv" \
        "grid samples.csv -o place/ro/out.gpkg" "import --as samples samples.csv -o place/ro/out.csv"; do
        "$COVTRIAGE" $form --quiet >/dev/null 2>said
        [ $? = 1 ] && [ "$(grep -c . said)" = 1 ] || { cat said; broken=1; }
    done
    umount place/ro
    [ $broken = 0 ] && ok "a folder that cannot be written" || fail "a folder that cannot be written"
}

# Little of a system around it: no fonts, no locale, no HOME, a clock in the past.
bare()
{
    begin triage || return
    reset
    mkdir -p nofonts && echo '<fontconfig></fontconfig>' >nofonts/fonts.conf
    env -i PATH="$PATH" FONTCONFIG_FILE="$work/nofonts/fonts.conf" LC_ALL=xx_YY.none \
        "$COVTRIAGE" triage case -j2 --quiet --timezone +08:00 --lang zh -o place/out >/dev/null 2>said
    local code=$?
    for f in "$new"/*.csv "$new"/triage.gpkg "$new"/worklist.xlsx; do
        cmp -s "$f" "place/out/${f##*/}" || code="$code ${f##*/}"
    done
    [ "$code" = 0 ] && ok "no fonts, no locale, no HOME: the same tables" ||
        { cat said; fail "no fonts, no locale, no HOME ($code)"; }
}

tables()
{
    local t broken=0
    for t in samples alarms counters plan places subscribers terminals; do
        rm -rf place case2 && mkdir place && cp -r case case2 && : >case2/$t.csv
        "$COVTRIAGE" triage case2 --quiet -o place/out >/dev/null 2>said
        case $? in 0) ;; 1) [ "$(grep -c . said)" = 1 ] && [ ! -e place/out ] || broken=1 ;; *) broken=1; cat said ;; esac
    done
    [ $broken = 0 ] && ok "empty optional tables" || fail "empty optional tables"
    for t in cells complaints; do
        rm -rf place case2 && mkdir place && cp -r case case2 && : >case2/$t.csv
        "$COVTRIAGE" triage case2 --quiet -o place/out >/dev/null 2>said
        [ $? = 1 ] && [ "$(grep -c . said)" = 1 ] && [ ! -e place/out ] && grep -q "$t" said &&
            ok "an empty table of $t" || { cat said; fail "an empty table of $t"; }
    done
}

case ${1:-} in
mounted) # in a mount namespace of its own
    full triage "8 40 120 200 300 420 520 640 760 900"
    full gpkg "4 40 80"
    full tif "4"
    full csv "4"
    full import "4 12"
    read_only
    exit $bad
    ;;
esac
unshare -m true 2>/dev/null && space=-m || space=-rm
if unshare $space true 2>/dev/null; then
    unshare $space "$here/run.sh" mounted || bad=1
else
    echo "skipped: a full disk (needs a mount namespace)"
fi
folders
bare
tables
for c in triage again worklist gpkg; do killed $c; done
for c in triage again worklist gpkg tif csv import; do
    for how in eio full kill; do failing $c $how; done
done
exit $bad
