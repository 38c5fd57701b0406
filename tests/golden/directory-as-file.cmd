. $GOLDEN/case.sh
small_case
mkdir case/alarms.csv
covtriage triage case --quiet; echo "exit $?"
ls case
