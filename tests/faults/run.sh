#!/usr/bin/env bash
# What goes wrong around the program: it is killed, the disk fails or is full, folders cannot be
# written, memory is out, inputs cannot be read or change meanwhile, the clock is set back.
# After each: the output is absent or whole (the older one or the new one), a failure is one
# sentence and exit 1, nothing is left beside, and running again works.
# usage: [FAULT_LONG=1] tests/faults/run.sh [COMMAND...]
# Quick, as in `make test`: a sample. Long, as `make faults`: 200 kills of each command, every call
# that changes files failing once and the disk being full from it on, 100 calls of the other kinds.
# FAULT_KILLS, FAULT_MOST (calls that write), FAULT_SAMPLE (other calls), FAULT_HOWS set one alone.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8
: "${COVTRIAGE:=$here/../../build/covtriage}" "${FAULT_SHIM:=$here/../../build/tests/faults/shim.so}"
case $COVTRIAGE in */san-*) echo "skipped: faults under a sanitizer, whose runtime must be first"; exit 0 ;; esac
. "$here/../golden/case.sh"
kills=${FAULT_KILLS:-$([ -n "${FAULT_LONG:-}" ] && echo 200 || echo 5)}
most=${FAULT_MOST:-$([ -n "${FAULT_LONG:-}" ] && echo 100000 || echo 2)}
sample=${FAULT_SAMPLE:-$([ -n "${FAULT_LONG:-}" ] && echo 100 || echo 2)}
declare -A sum=([calls]=0 [kills]=0 [stopped]=0 [corrupt]=0 [lost]=0)
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
    [ ! -f "$1/triage.gpkg" ] || { cmp -s -i 100 "$1/triage.gpkg" "$2/triage.gpkg" && [ -s "$2/run.json" ]; }
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
    rm -rf place in && mkdir place && cp -rp clean in
    [ -z "$old" ] || cp -r "$old" "$target"
}
# Inputs are read and never changed; what is made has a row for each of theirs.
inputs_kept() { diff -rq clean in >/dev/null; }
leftovers() { find place -name '*.partial-*' -o -name '*-part*' -o -name '*.lock'; }

# What is read lies below in/ and is made anew after each test; what is made, below place/.
mkdir clean ref && cd clean && small_case && cd ..
printf '%s,2026-03-10T12:4%d:00+08:00,,113.003,33.00%d,LTE,无信号\n' T4 1 3 T5 2 4 >>clean/case/complaints.csv
cp -r clean/case clean/net
grep -v '^#' "$here/../../samples/county/samples.csv" | head -n 400 >clean/samples.csv
{
    echo time,lon,lat,cell_id,serving,rsrp_dbm
    for ((i = 0; i < 300; i++)); do
        echo "2026-03-10T0$((i % 9)):00:00+08:00,113.00$((i % 10))$((i % 7)),33.00$((i / 30)),S1-$((i % 3 + 1)),1,-$((80 + i % 23))"
    done
} >clean/net/samples.csv
printf 'name,kind,lon,lat\n河湾村,village,113.01,33.01\n大石镇,township,113.05,33.02\n' >clean/places.csv
printf 'id,query\n1,大石镇河湾村\n2,无名\n' >clean/queries.csv
printf 'ticket_id,verdict\nT1,weak-coverage\nT2,undetermined\nT3,weak-coverage\nT4,weak-coverage\nT5,undetermined\n' >clean/closed.csv
for part in one two; do
    "$COVTRIAGE" grid clean/samples.csv --partial --bin-m 100 --quiet -o clean/$part.part || exit 1
done
cp -rp clean in
ours() { "$COVTRIAGE" "$@"; }
triage() { ours triage "$1" -j2 --quiet --timezone +08:00 --overwrite -o "$2" --lang "$3"; }
run_triage() { triage in/case place/out zh; }
run_worklist() { ours worklist place/out --lang zh; }
run_report() { ours report place/out --lang zh; }
run_heatmap() { ours heatmap place/out --lang zh; }
run_gpkg() { ours grid in/samples.csv --bin-m 100 --quiet --overwrite -o place/out.gpkg; }
run_tif() { ours grid in/samples.csv --bin-m 100 --quiet --overwrite -o place/out.tif; }
run_part() { ours grid in/samples.csv --partial --bin-m 100 --quiet --overwrite -o place/out.part; }
run_merge() { ours grid --merge in/one.part in/two.part --quiet --overwrite -o place/out.tif; }
run_csv() { ours grid in/samples.csv --bin-m 100 --quiet --overwrite -o place/out.csv; }
run_import() { ours import --as samples in/samples.csv --quiet --overwrite -o place/out.csv; }
run_antennas() { ours antennas in/net --quiet --overwrite -o place/out.csv; }
run_coverage() { ours coverage in/net -j2 --resolution 200 --quiet --overwrite -o place/out.tif; }
run_compare() { ours compare ref/en ref/en --quiet --overwrite --lang zh -o place/out; }
run_locate() { ours locate -g in/places.csv in/queries.csv --quiet --overwrite -o place/out.csv; }
run_calibrate() { ours calibrate in/closed.csv ref/en --set calibrate_least=5 --quiet --overwrite -o place/out.csv; }

triage clean/case ref/en en >/dev/null || exit 1
declare -A target_of=([part]=out.part [merge]=out.tif [gpkg]=out.gpkg [tif]=out.tif [csv]=out.csv [import]=out.csv [antennas]=out.csv
    [coverage]=out.tif [locate]=out.csv [calibrate]=out.csv)
declare -A old_of=([again]=ref/en [worklist]=ref/en [report]=ref/en [heatmap]=ref/en)
declare -A run_of=([again]=run_triage)
begin() # NAME: target, old and new of it, and its command
{
    target=place/${target_of[$1]:-out} old=${old_of[$1]:-} run=${run_of[$1]:-run_$1} new=ref/$1
    case $target in *.*) new=ref/$1.${target##*.} ;; esac
    [ -e "$new" ] && return
    reset
    $run >/dev/null 2>said || { cat said; fail "$1 runs"; return 1; }
    cp -r "$target" "$new"
    reset
    $run >/dev/null 2>&1
    [ "$(state)" = new ] || fail "$1: two runs give the same bytes"
    [ "$1" != triage ] || [ "$(wc -l <"$new/cases.csv")" = "$(wc -l <clean/case/complaints.csv)" ] ||
        fail "triage has a row for every ticket"
}
# Count what became of one run; `why` is what was wrong with it.
count()
{
    [ "$(state)" != broken ] || sum[corrupt]=$((sum[corrupt] + 1))
    case $1 in grow | cut) return ;; esac
    inputs_kept || { sum[lost]=$((sum[lost] + 1)); why="$why; inputs changed"; }
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
    [ "$kills" != 0 ] || return
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
        sum[kills]=$((sum[kills] + 1)) why=
        count kill
        [ -z "$why" ] || { fail "$1 killed$why"; return; }
        [ $((i % 10)) != 9 ] || recover "$1 killed at random" || return
    done
    [ $broken = 0 ] && ok "$1: killed at $kills random moments, $done were done" ||
        fail "$1: killed at $kills random moments: $broken broken outputs"
}

# What is wrong with a run that met the fault HOW and ended with CODE?
judge()
{
    local outcome=$1-$2-$(state)
    case $outcome in
    *-broken) echo "a broken output"; return ;;
    kill-*) return ;;
    short-0-new) ;;
    short-*) echo "exit $2" ;;
    *-0-new) ;; # the call was not needed
    *-1-old) [ "$(grep -c . said)" = 1 ] && grep -q '^covtriage: ' said || echo "not one sentence" ;;
    *) echo "exit $2, output $(state)" ;;
    esac
    case $1 in memory) return ;; esac # ends at once: the next run sweeps
    [ -z "$(leftovers)" ] || echo "leftovers: $(leftovers)"
}

# Every call (or a sample) goes wrong in the way HOW (tests/faults/shim.c).
failing()
{
    local how=$2 n total step tried=0 wrong=0 stopped=0 code why under=$work/in limit=$sample
    case $how in eio | full | kill) limit=$most ;; esac
    begin "$1" || return
    case $1 in worklist | report | heatmap | compare)
        case $how in grow | cut) return ;; esac # they read results, which nobody else may write to
        under=$work/place
        [ "$1" != compare ] || under=$work/ref/en
        ;;
    esac
    local shim=(LD_PRELOAD=$FAULT_SHIM FAULT_HOW=$how FAULT_UNDER=$under)
    ours() { env "${shim[@]}" "$COVTRIAGE" "$@"; }
    reset
    shim+=(FAULT_TALLY=$work/tally)
    $run >/dev/null 2>&1
    total=$(cat tally)
    step=$(((total + limit - 1) / limit))
    for ((n = 1; n <= total; n += step)); do
        reset
        shim[3]=FAULT_AT=$n
        $run >/dev/null 2>said
        code=$?
        tried=$((tried + 1)) stopped=$((stopped + (code != 0)))
        why=$(judge $how $code)
        sum[calls]=$((sum[calls] + 1)) sum[stopped]=$((sum[stopped] + (code != 0)))
        count $how
        [ -z "$why" ] || { cat said; fail "$1: $how at call $n of $total: $why"; wrong=1; }
    done
    ours() { "$COVTRIAGE" "$@"; }
    rm -rf in && cp -rp clean in
    recover "$1 $how" && [ $wrong = 0 ] && ok "$1: $how at $tried of $total calls, $stopped stopped"
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
    local form refused=
    begin triage || return
    reset; mkdir place/mine; touch place/mine/precious
    "$COVTRIAGE" triage in/case --quiet --overwrite -o place/mine >/dev/null 2>said
    [ $? = 2 ] && [ -e place/mine/precious ] && [ "$(grep -c . said)" = 1 ] && ok "a user's folder is not replaced" ||
        fail "a user's folder is not replaced"
    mkdir place/out.csv
    "$COVTRIAGE" grid in/samples.csv --quiet --overwrite -o place/out.csv >/dev/null 2>said
    [ $? = 2 ] && [ -d place/out.csv ] && [ "$(grep -c . said)" = 1 ] && ok "a folder in place of a file" ||
        { cat said; fail "a folder in place of a file"; }
    echo keep >place/other.lock
    "$COVTRIAGE" triage in/case --quiet -o place/other >/dev/null 2>&1 && [ "$(cat place/other.lock)" = keep ] &&
        ok "a file of the user's with the lock's name stays" || fail "a file with the lock's name stays"
    reset
    (exec 9>place/out.lock; flock 9
     "$COVTRIAGE" triage in/case --quiet -o place/out >/dev/null 2>said)
    [ $? = 1 ] && grep -q 'another run is writing' said && [ ! -e place/out ] && ok "a second run on one OUT refuses" ||
        { cat said; fail "a second run on one OUT refuses"; }
    for form in "grid in/samples.csv -o place/out.gpkg" "import --as samples in/samples.csv -o place/out.csv" \
        "antennas in/net -o place/out.csv" "coverage in/net -o place/out.tif" \
        "locate -g in/places.csv in/queries.csv -o place/out.csv" \
        "calibrate in/closed.csv ref/en --set calibrate_least=5 -o place/out.csv"; do
        reset
        (exec 9>"${form##* }.lock"; flock 9; "$COVTRIAGE" $form --quiet >/dev/null 2>said)
        [ $? = 1 ] && grep -q 'another run is writing' said && [ ! -e "${form##* }" ] || { cat said; refused=$form; }
    done
    [ -z "$refused" ] && ok "a second run on one file refuses" || fail "a second run on one file: $refused"
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
    for form in "triage in/case -o place/ro/out" "grid in/samples.csv -o place/ro/out.csv" \
        "grid in/samples.csv -o place/ro/out.gpkg" "import --as samples in/samples.csv -o place/ro/out.csv" \
        "antennas in/net -o place/ro/out.csv" "coverage in/net -o place/ro/out.tif" \
        "compare ref/en ref/en -o place/ro/out" "locate -g in/places.csv in/queries.csv -o place/ro/out.csv" \
        "calibrate in/closed.csv ref/en --set calibrate_least=5 -o place/ro/out.csv"; do
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
        "$COVTRIAGE" triage in/case -j2 --quiet --timezone +08:00 --lang zh -o place/out >/dev/null 2>said
    local code=$?
    for f in "$new"/*.csv "$new"/triage.gpkg "$new"/worklist.xlsx; do
        cmp -s "$f" "place/out/${f##*/}" || code="$code ${f##*/}"
    done
    [ "$code" = 0 ] && ok "no fonts, no locale, no HOME: the same tables" ||
        { cat said; fail "no fonts, no locale, no HOME ($code)"; }
}

# The clock is set back or forth between and within runs: outputs, locks and sweeping ask no clock.
clocks()
{
    begin triage || return
    local ahead broken=0
    for ahead in -400000000 -3600 86400; do
        reset
        LD_PRELOAD=$FAULT_SHIM FAULT_CLOCK=$ahead run_triage >/dev/null 2>said && [ "$(state)" = new ] || broken=1
        LD_PRELOAD=$FAULT_SHIM FAULT_CLOCK=$((ahead - 7200)) run_triage >/dev/null 2>>said && [ "$(state)" = new ] &&
            [ -z "$(leftovers)" ] || broken=1
        reset
        LD_PRELOAD=$FAULT_SHIM FAULT_CLOCK=$ahead FAULT_HOW=clock FAULT_AT=3 run_triage >/dev/null 2>>said &&
            [ "$(state)" = new ] || broken=1
        grep -qE '"(wall|cpu)_s": *-' place/out/run.json && broken=1
        [ $broken = 0 ] || { cat said; fail "a clock that is $ahead s off"; return; }
    done
    ok "clocks set back and forth: the same bytes"
}

# Inputs written to, cut or exchanged by another program while a run reads them.
changing()
{
    begin triage || return
    local table n=0 refused=0
    for table in complaints cells; do
        for what in grow cut; do
            reset
            (LD_PRELOAD=$FAULT_SHIM FAULT_HOW=$what FAULT_AT=1 FAULT_UNDER=$work/in/case/$table run_triage) >/dev/null 2>said
            n=$((n + 1))
            grep -q "$table.csv changed while it was read" said && [ ! -e place/out ] && refused=$((refused + 1))
        done
    done
    [ $refused = $n ] && ok "a table that changes while it is read is named" ||
        { cat said; fail "a table that changes while it is read: $refused of $n were named"; }
}

# File systems that cannot exchange two names: the older result steps aside first.
plain_renames()
{
    local c broken=0
    for c in triage again worklist; do
        begin $c || return
        reset
        FAULT_NO_EXCHANGE=1 LD_PRELOAD=$FAULT_SHIM $run >/dev/null 2>said && [ "$(state)" = new ] &&
            [ -z "$(leftovers)" ] || { cat said; broken=1; }
    done
    [ $broken = 0 ] && ok "a file system that cannot exchange names" || fail "a file system that cannot exchange names"
}

tables()
{
    local t broken=0
    for t in samples alarms counters plan places subscribers terminals; do
        rm -rf place case2 && mkdir place && cp -r clean/case case2 && : >case2/$t.csv
        "$COVTRIAGE" triage case2 --quiet -o place/out >/dev/null 2>said
        case $? in 0) ;; 1) [ "$(grep -c . said)" = 1 ] && [ ! -e place/out ] || broken=1 ;; *) broken=1; cat said ;; esac
    done
    [ $broken = 0 ] && ok "empty optional tables" || fail "empty optional tables"
    for t in cells complaints; do
        rm -rf place case2 && mkdir place && cp -r clean/case case2 && : >case2/$t.csv
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
mounted()
{
    local space=-rm
    unshare -m true 2>/dev/null && space=-m
    unshare $space true 2>/dev/null || { echo "skipped: a full disk (needs a mount namespace)"; return; }
    unshare $space "$here/run.sh" mounted || bad=1
}
everything="triage again worklist report heatmap gpkg tif csv part merge import antennas coverage compare locate calibrate"
if [ $# = 0 ]; then
    mounted
    folders
    bare
    tables
    clocks
    changing
    plain_renames
fi
set -- ${*:-$everything}
for c in ${*/#grid/gpkg tif csv part merge}; do
    killed $c
    for how in ${FAULT_HOWS-eio full kill memory read rows intr short grow cut}; do failing $c $how; done
done
found="${sum[kills]} kills and ${sum[calls]} calls that went wrong (${sum[stopped]} stopped the run): \
${sum[corrupt]} corrupt outputs, ${sum[lost]} lost input rows"
[ ${sum[corrupt]} = 0 ] && [ ${sum[lost]} = 0 ] && ok "$found" || fail "$found"
exit $bad
