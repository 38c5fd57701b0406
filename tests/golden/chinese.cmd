# A Chinese run speaks Chinese: every case's reason and reply to the customer.
covtriage triage $SAMPLES/county -o out --timezone +08:00 --lang zh -q >/dev/null
tail -n +2 out/cases.csv | cut -d, -f1 | while read -r ticket; do
    covtriage explain out "$ticket" --lang zh | sed -n '2p;/^回复/p' | LC_ALL=C grep -v $'[\344-\351]'
done
echo "$(tail -n +2 out/cases.csv | wc -l) tickets asked"
