# The user's own replies: by verdict and cause, placeholders filled; a wrong one stops the run with a sentence.
. $GOLDEN/case.sh
small_case
printf 'verdict,cause,language,text\nweak-coverage,,en,"Dear customer of {ticket}: {level} dBm near {cell}, {{noted}}."\nundetermined,other,,"{ticket}: by {due} we call you"\n' >case/replies.csv
covtriage triage case --lang en --timezone +08:00 --quiet --set weak_rsrp_dbm=-70 >/dev/null
for t in T1 T2; do covtriage explain case/out $t --lang en | tail -n 1; done
printf 'verdict,text\nweak-coverage,"{tickett} is noted"\n' >case/replies.csv
covtriage triage case -o other --timezone +08:00 --quiet; echo "exit $?"; ls other 2>&1
printf 'verdict,text\nweak,"noted"\n' >case/replies.csv
covtriage triage case -o other --timezone +08:00 --quiet
