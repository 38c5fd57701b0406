# Texts become places, each with the radius that holds it; what fits two places says so.
cat >places.csv <<'END'
name,kind,lon,lat,parent,aliases
大石镇,township,113.05,33.02,,
河湾村,village,113.01,33.01,大石镇,老河湾
城关镇,township,113.2,33.1,,
河湾村,village,113.21,33.11,城关镇,
人民路,road,113.2,33.1,城关镇,
人民路12号,address,113.201,33.1,城关镇,
人民路20号,address,113.203,33.1,城关镇,
END
printf 'id,query,note\n1,大石镇河湾村,kept\n2,河湾村,\n3,城关镇人民路16号,\n4,火星基地,\n5,大石镇老河湾,\n6,,=1+1\n' >queries.csv
covtriage locate -g places.csv queries.csv -o located.csv && cat located.csv
covtriage locate -g places.csv queries.csv -o located.csv; echo "exit $?"
printf 'ticket_id,address,lon,lat\n' >known.csv
for i in 1 2 3 4 5 6 7 8 9; do printf 'T%d,大石镇河湾村,113.0%d,33.01\n' $i $i; done >>known.csv
covtriage locate -g places.csv known.csv -o calibrated.csv --quiet; cut -d, -f 1-6 calibrated.csv | head -n 3
covtriage locate -g places.csv -o no.csv; covtriage locate queries.csv -o no.csv; covtriage locate -g gone.csv queries.csv -o no.csv
covtriage locate -g places.csv queries.csv; covtriage locate -g queries.csv queries.csv -o no.csv; covtriage locate -g places.csv places.csv -o no.csv; ls no.csv
