# A phone that lacks the band of what serves it: said of that phone, and of no other.
. $GOLDEN/case.sh
small_case
sed -i '1s/$/,terminal/; 2s/$/,Old/; 3s/$/,New/; 4s/$/,Unheard/' case/complaints.csv
printf 'model,bands\nOld,"F;D;B1"\nNew,"B1/B3, n78"\n' >case/terminals.csv
covtriage triage case --lang en --quiet >/dev/null
cut -d, -f 1,2,9 case/out/cases.csv
covtriage explain case/out T1 --lang en | grep -i phone
