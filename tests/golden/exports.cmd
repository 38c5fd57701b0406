# Makers' XML in Chinese encodings, compressed, damaged and hostile; the user's own counter names.
mro() { printf '<?xml version="1.0" encoding="%s"?>\n<bulkPmMrDataFile>\n<fileHeader period="15"/>\n<eNB id="501392" userLabel="河湾"><measurement><smr>MR.LteScRSRP MR.LteNcEarfcn MR.LteNcPci MR.LteNcRSRP MR.Longitude MR.Latitude</smr>\n<object id="128356400" TimeStamp="2026-03-02T04:45:10"><v>77 100 321 53 113.1 23.1</v></object></measurement></eNB></bulkPmMrDataFile>\n' $1; }
read_as() { covtriage import --as $1 $2 -o out.csv --overwrite --quiet --timezone +08:00; echo "exit $?"; }
mro GB18030 | iconv -t GB18030 >mro.xml; read_as samples mro.xml; cat out.csv
mro UTF-8 | gzip >mro.xml.gz; cp mro.xml.gz packed.xml; read_as samples packed.xml; wc -l <out.csv
head -c 200 packed.xml >cut.xml; read_as samples cut.xml
mro UTF-8 | head -c 300 >half.xml; read_as samples half.xml
mro Klingon >klingon.xml; read_as samples klingon.xml
{ mro UTF-8 | head -n 2; for i in {1..100}; do printf '<a>'; done; } >deep.xml; read_as samples deep.xml
sed '1a <!DOCTYPE x [<!ENTITY e "&#38;e;">]>' <(mro UTF-8) >entity.xml; read_as samples entity.xml
# Other makers' measurements, by a table beside the data.
printf 'Time,eNodeB Name,Cell Name,LocalCell Id,eNodeB ID,Period(min),L.UL.Interference.Avg(dBm),Our.Noise(dBm)\n2026-03-02 00:00,W,W-1,1,501392,60,NIL,-101\n' >counters.csv
read_as counters counters.csv
own() { printf 'name,column,role,group,scale\n%s\n' "$1" >counter_names.csv; read_as counters counters.csv; }
own 'Our.Noise,ul_interference_dbm,value'; cut -d, -f 1-5 out.csv
for line in 'Our.Noise,noise,value' 'Our.Noise,ul_interference_dbm,loud' 'Our.Noise,ul_interference_dbm,value,,much' ',,'; do own "$line"; done
printf 'a,b\n' >counter_names.csv; read_as counters counters.csv
