# Two phones' logs of different makers become one table; every row is accounted for.
printf 'Timestamp\tLongitude\tLatitude\tOperator\tNode\tCellID\tLAC\tNetworkTech\tLevel\tQual\tSNR\tTA\tARFCN\tPSC\tNTech1\tNCell1\tNARFCN1\tNRxLev1\tNQual1\t\n2026.03.02_08.24.22\t113.38\t23.82\t46011\t401422\t141\t2124\t4G\t-92\t-10\t1.0\t1\t2850\t435\t4G\t437\t2850\t-100\t-19\t\n2026.03.02_08.24.24\t113.38\t23.82\t46011\t8\t2\t9000\t3G\t-24\t-\t-\t\t10662\t70\t\n' >walk.txt
printf 'mcc,mnc,lac,cellid,lat,lon,signal,measured_at,act,ta\n460,11,20700,102764173,23.82,113.38,-88,1772439863000,LTE,0\n' >log.csv
covtriage import --as samples --timezone +08:00 walk.txt log.csv -o samples.csv && cat samples.csv
# What import wrote is read as it was written.
covtriage import --as samples --timezone +08:00 samples.csv -o again.csv --quiet && cmp samples.csv again.csv && echo same
# An output that is there stays unless --overwrite says otherwise.
covtriage import --as samples log.csv -o samples.csv
