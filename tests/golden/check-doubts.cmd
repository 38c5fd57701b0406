# What can be read and still looks wrong is said: titles above the header, other separators, columns
# that nobody uses, ids that join nothing, dates to come, broken bytes, short rows, strangers.
mkdir case
printf '某市工参表\n导出时间：2026-03-10\nsite_id;cell_id;rat;经度;纬度;方位角;owner\nS1;S1-1;LTE;113.0;33.0;0;x\nS2;S2-1;LTE;113.01;33.0;0;x\nS3;S3-1;LTE;113.02;33.0;0;x\nS4;S4-1;LTE;113.03;33.0;90;x\n' >case/cells.csv
printf 'ticket_id\treported_at\tlon\tlat\tserving_cell\taddress\nT1\t2036-03-10T11:30:00+08:00\t113.004\t33.000\tS1-1\t\xff\xfe\nT2\t2026-03-10\nT3\t2026-03-10T12:40:00+08:00\t113.003\t33.002\tS9-9\t\n' >case/complaints.csv
printf 'name|kind|lon|lat|parent\nA|village|113.0|33.0|\n' >case/places.csv
printf 'object_id,raised_at,name\nS1,2026-03-10T10:00:00+08:00,基站断站\nS1,2026-03-10T10:00:00+08:00,widget fell\n' >case/alarms.csv
touch case/cell.csv
printf 'ncols 2\nnrows 2\nxllcorner 113\nyllcorner 33\ncellsize 0.01\n1 2\n3 4\n' >case/clutter.asc
covtriage check case --lang en --timezone +08:00; echo "exit $?"
covtriage check case --lang zh --timezone +08:00 | grep -E '!|：未|cell.csv'
