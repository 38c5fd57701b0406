# An import for programs: reasons by column, notes; neighbours known by carrier and PCI get their
# cells' names from the cell table, rows of unknown cells are counted.
. $GOLDEN/case.sh
small_case
sed -i '1s/$/,pci,arfcn/; 2s/$/,435,2850/; 3s/$/,437,2850/; 4s/$/,439,2850/' case/cells.csv
printf 'Timestamp\tLongitude\tLatitude\tOperator\tNode\tCellID\tLAC\tNetworkTech\tLevel\tQual\tSNR\tTA\tARFCN\tPSC\tNTech1\tNCell1\tNARFCN1\tNRxLev1\tNQual1\t\n2026.03.02_08.24.22\t113.001\t33.001\t46011\t401422\t141\t2124\t4G\t-92\t-10\t1.0\t1\t2850\t435\t4G\t437\t2850\t-100\t-19\t\n2026.03.02_08.24.24\t113.001\t95\t46011\t8\t2\t9000\t4G\t-24\t-\t-\t\t2850\t70\t\nsoon\t113.001\t33.001\t46011\t8\t2\t9000\t4G\t-94\t-\t-\t\t2850\t70\t\n' >walk.txt
covtriage import --as samples --timezone +08:00 --cells case/cells.csv walk.txt -o samples.csv --json; echo "exit $?"
cat samples.csv
covtriage import --as samples --timezone +08:00 --cells case/cells.csv walk.txt -o samples.csv --overwrite --lang en
covtriage import --as complaints --cells case/cells.csv case/complaints.csv -o c.csv; echo "exit $?"
covtriage import --as samples --cells gone.csv walk.txt -o d.csv; echo "exit $?"; ls d.csv
covtriage import walk.txt -o d.csv; echo "exit $?"
covtriage import --as samples -o d.csv; echo "exit $?"
