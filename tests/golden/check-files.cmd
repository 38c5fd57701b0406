# Single files, for programs, with refusals.
printf 'alarm_id,object_id,raised_at,cleared_at,name\n1,S1,2026-03-10 10:00,2026-03-10 12:00,基站断站\n2,S1,soon,,x\n3,S1,2026-03-10 13:00,2026-03-10 11:00,No Such Alarm\n' >history.csv
covtriage check history.csv --as alarms --lang en --timezone +08:00; echo "exit $?"
covtriage check history.csv --as alarms --strict --quiet >/dev/null; echo "exit $?"
covtriage check history.csv --as alarms --json --timezone +08:00 | grep -E '"(rows|refused|row_kept|reason|encoding)"'
covtriage check history.csv --as alarms --rejects 0 --lang en | grep -c soon
covtriage check history.csv --as nothing; covtriage check; echo "exit $?"
covtriage check history.csv; echo "exit $?"
covtriage check $SAMPLES/county --json --timezone +08:00 | grep -cE '"table"'
mkdir empty; covtriage check empty --lang en; echo "exit $?"
