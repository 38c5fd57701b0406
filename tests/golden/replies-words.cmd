# Every placeholder of a reply: what is known is filled in, what is not is left out or a "?".
. $GOLDEN/case.sh
small_case
sed -i '1s/$/,address/; 2s/$/,河湾村3号/; 3,$s/$/,/' case/complaints.csv
printf 'name,kind,lon,lat\n河湾村,village,113.004,33.000\n' >case/places.csv
printf 'object_id,raised_at,cleared_at,name\nS1,2026-03-10T11:00:00+08:00,2026-03-10T12:00:00+08:00,基站断站\n' >case/alarms.csv
printf 'plan_id,site_name,lon,lat,stage,on_air_date,rat\nP1,新河,113.003,33.002,building,2026-05-01,LTE\n' >case/plan.csv
words='{ticket} / {cell} / {site} / {plan} / {date} / {level} / {gain} / {place} / {address} / {from} / {to} / {due}'
{
    echo verdict,cause,language,text
    for verdict in weak-coverage antenna-misalignment transient-outage planned-build undetermined; do echo "$verdict,,en,$verdict / $words"; done
} >case/replies.csv
covtriage triage case --lang en --timezone +08:00 --quiet --set weak_rsrp_dbm=-70 >/dev/null
covtriage explain case/out T1 --lang en | tail -n 1 | sed -E 's: / -[0-9]+ / [0-9]+ / : / LEVEL / GAIN / :'
for row in 'weak-coverage,storm,,x' 'weak-coverage,,fr,x' "weak-coverage,,,$(head -c 4100 /dev/zero | tr '\0' x)"; do
    printf 'verdict,cause,language,text\n%s\n' "$row" >case/replies.csv
    covtriage triage case -o other --quiet; echo "exit $?"
done
