# A line of 64 MB is refused, not held.
. $GOLDEN/case.sh
small_case
{
    echo alarm_id,object_id,raised_at,cleared_at,severity,name
    head -c 64M /dev/zero | tr '\0' x
    echo
    echo A1,S1,2026-03-10T10:00:00+08:00,2026-03-10T12:00:00+08:00,critical,基站断站
} >case/alarms.csv
covtriage triage case --quiet --lang en >/dev/null; echo "exit $?"
cases case/out
cut -c1-120 case/out/rejects.csv
