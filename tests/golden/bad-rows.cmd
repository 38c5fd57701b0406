# A row that cannot be used is refused with file, line, column, value and reason; the run goes on,
# and --strict says so by its exit code.
. $GOLDEN/case.sh
small_case
cat >>case/complaints.csv <<'END'
T1,2026-03-10T13:00:00+08:00,,113.002,33.001,LTE,second of its name
,2026-03-10T13:00:00+08:00,,113.002,33.001,LTE,no ticket id
T5,the day before,,113.002,33.001,LTE,no time
T6,2026-03-10T13:00:00+08:00,,north,33.001,LTE,no longitude
END
covtriage triage case --strict --quiet --lang en >/dev/null; echo "exit $?"
cases case/out
cat case/out/rejects.csv
