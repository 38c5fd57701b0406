# Weights from closed tickets: marks before, cross-validated, after; a rules.csv to use; too few are refused.
mkdir closed && cp $SAMPLES/county/expected.csv closed/closed.csv
covtriage triage $SAMPLES/county -o closed/out --timezone +08:00 --quiet >/dev/null
covtriage calibrate closed -o rules.csv | awk 'NR < 4 || NF == 0 || /^rule/ {print} /cross|before|after/ && NF == 4 {print $1}'
cut -d, -f1 rules.csv
covtriage calibrate closed --set calibrate_sure=0 | sed -n 's/^log loss.*: //p'
covtriage calibrate closed --set calibrate_sure=10 | sed -n 's/^log loss.*: //p'
covtriage calibrate closed/closed.csv -o rules.csv; echo "exit $?"
covtriage calibrate closed --json | grep -c '"macro_f1"'
printf 'ticket_id,verdict\nT000000,undetermined\nT9,weak-coverage\nT000001,gone\n' >few.csv
covtriage calibrate few.csv closed/out; echo "exit $?"
covtriage calibrate; echo "exit $?"
