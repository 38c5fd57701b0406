# Results that are there are not replaced unasked.
. $GOLDEN/case.sh
small_case
covtriage triage case --quiet >/dev/null; echo "exit $?"
covtriage triage case --quiet; echo "exit $?"
covtriage triage case --quiet --overwrite >/dev/null; echo "exit $?"
