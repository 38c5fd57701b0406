# Complaints and cells are required; nothing is left behind.
. $GOLDEN/case.sh
small_case
rm case/cells.csv
covtriage triage case --quiet; echo "exit $?"
ls case
