# One case, for people and for programs; other rules; a ticket that is not there, with the nearest.
covtriage triage $SAMPLES/county -o out --lang en --timezone +08:00 --quiet >/dev/null
ticket=$(awk -F, '$2 == "transient-outage" { print $1; exit }' out/cases.csv)
covtriage explain out $ticket --lang en | grep -E '^[A-Z]' | sed 's/ .*//' | sort -u
covtriage explain out $ticket --lang en --json | grep -E '^  "(ticket_id|verdict)"'
covtriage explain out $ticket --lang zh | grep -c '事实'
covtriage explain out $ticket --lang en --set prior_outage=0.01 --set sharpness=1 | grep -c 'With the rules of this command'
covtriage explain out T999999; echo "exit $?"
covtriage explain out; echo "exit $?"; covtriage explain gone T1; echo "exit $?"
