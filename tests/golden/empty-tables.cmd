# An empty table, one with a header only, and none at all weaken the verdict and are said so.
. $GOLDEN/case.sh
small_case
: >case/alarms.csv
echo cell_id,period_start,availability_pct >case/counters.csv
covtriage triage case --quiet --lang en >/dev/null; echo "exit $?"
cases case/out
