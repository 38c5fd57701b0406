# A disk that takes no more: one sentence, and nothing half-written.
. $GOLDEN/case.sh
small_case
(
    trap '' XFSZ
    ulimit -f 4
    covtriage triage case --quiet >/dev/null 2>said
    echo "exit $?"
)
[ -s said ] && echo "it says why"
ls case
