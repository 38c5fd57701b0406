#!/usr/bin/env bash
# Make the seeds of the fuzz targets anew, from samples/county and made-up files, into
# tests/fuzz/seeds. What a fuzzer found stays in tests/fuzz/found.
# usage: tests/fuzz/make_seeds.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
county=samples/county seeds=tests/fuzz/seeds
put() { mkdir -p "$seeds/$1"; cat >"$seeds/$1/$2"; }           # TARGET NAME < bytes
byte() { printf "\\x$(printf %02x "$1")"; }                     # the first byte of an input
utf8() { iconv -f GB18030 -t UTF-8 "$county/complaints.csv"; }

# ---- table: the table's number, then a file ------------------------------------------------
table() { { byte "$1"; cat; } | put table "$2"; }
head -4 $county/samples.csv | table 0 samples
head -4 $county/samples.csv | tr , ';' | sed 's/\([0-9]\)\.\([0-9]\)/\1,\2/g' | table 0 semicolons
head -4 $county/counters.csv | table 1 counter_rows
head -4 $county/alarms.csv | table 2 alarms
head -4 $county/cells.csv | table 3 cells
head -4 $county/complaints.csv | table 4 complaints_gbk
utf8 | sed -n 1,4p | iconv -t UTF-16 | table 4 complaints_utf16
{ printf '\xef\xbb\xbf'; utf8 | sed -n 1,4p; } | table 4 complaints_bom
utf8 | sed -n 1,3p | gzip -9n | table 4 complaints_gz
printf 'sep=;\r\nticket_id;lon;lat;description\r\nT1;113,25;33,5;"two\r\nlines; ""quoted"""\r\n' | table 4 quotes
printf 'ticket_id,lon,lat\nT1,"113.2,33.1\nT2,113,33\n' | table 4 open_quote
printf 'ticket_id\tlocation\nT1\t113.2, 33.1\n' | table 4 tabs
cat $county/plan.csv | table 5 plan
head -6 $county/places.csv | table 6 places
printf 'area,subscribers\nA,12000\n' | table 7 subscribers
printf 'model,bands\nX1,B1;B3;n78\n' | table 8 terminals
printf 'rule,value\nweak_rsrp_dbm,-103\nbin_m,50\n' | table 9 rules

# ---- texts ------------------------------------------------------------------------------------
n=11
for text in '14 Mar 2026 9:05 PM' '2026/3/2 8:46' '46083.375' '-97,5' '1.850,5' 'B3' 'n78' \
    '113°15′30″E' '东经113度15分30秒' '33.1N,113.2E' 'weak_rsrp_dbm=-103' 'pci437@2850' \
    '打电话 138 1234 5678 或 0371-55512345' '+86-13812345678' 'EPSG:4547' '460001234567890'; do
    n=$((n + 1))
    printf %s "$text" | put cell_text $n
done
n=0
for text in '建设路与解放路交叉口' '望江市清溪县罗家店村三组' '清溪县 罗家店 村委会旁边50米' '江苏省南京市鼓楼区中山路321号7栋2单元' \
    'G107国道K1203+500' '310国道与X012县道交叉口北侧' 'near Hope, BC, Canada' '5 km NNW of Hope' '12 Main St, Apt 4, Hope CA 02' \
    '沛源縣雙河鎮' '罗家店罗家店罗家店' '清溪县(原望江)罗家店村[客户家]' '460-00-300420-3' 'GW-30042-1'; do
    n=$((n + 1))
    printf %s "$text" | put place $n
done

# ---- scan: how, then samples; or a part ----------------------------------------------------
for how in 0 1 5 22 74 125; do
    { byte $how; head -12 $county/samples.csv; } | put scan "samples_$how"
done
{ byte 22; printf 'time,lon,lat,cell_id,rsrp_dbm\r\n2026-01-01 00:00:00,113.1,33.1,"A,1",-99\r\n"2026-01-01 00:00:01",113.1,33.1,"two\nlines",-98.5\n,,,,\n2026,x,y,z,-300\n'; } | put scan quotes
{ byte 5; head -5 $county/samples.csv | tr , '\t' | iconv -t UTF-16LE; } | put scan utf16
if [ -n "${COVTRIAGE:-}" ]; then
    part=$(mktemp)
    head -40 $county/samples.csv >"$part.csv"
    "$COVTRIAGE" grid "$part.csv" --partial --quantiles 5,50 -q --overwrite -o "$part"
    { byte 128; cat "$part"; } | put scan part_whole
    { byte 131; head -c -16 "$part"; } | put scan part_signed
    rm -f "$part" "$part.csv"
fi

# ---- layer -----------------------------------------------------------------------------------
mark=$'\n--part--\n'
layer() { { byte "$1"; cat; } | put layer "$2"; }
printf '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>T1</name><ExtendedData><Data name="ticket_id"><value>T1</value></Data></ExtendedData><Point><coordinates>113.2,33.1,0</coordinates></Point></Placemark></Document></kml>' | layer 0 kml
sheet='<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>ticket_id</t></is></c><c r="B1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>4.6003123456789E14</v></c><c r="B2" s="1"><v>46083.375</v></c></row></sheetData></worksheet>'
strings='<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1"><si><t>reported_at</t></si></sst>'
styles='<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;-&quot;mm d"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
printf %s "$sheet$mark$strings$mark$styles" | layer 1 workbook
printf '<kml><Document><Placemark><name>A</name><LineString><coordinates>113,33 113.1,33.1</coordinates></LineString></Placemark></Document></kml>' | layer 2 kmz
printf 'VERSION 300\nDelimiter ","\nCoordSys Earth Projection 1, 104\nColumns 1\n  ticket_id Char(10)\nData\n\nPoint 113.2 33.1\n%s"T1"\n' "$mark" | layer 3 mif
printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Polygon","coordinates":[[[113,33],[114,33],[114,34],[113,33]]]}}]}' | layer 10 geojson
work=$(mktemp -d)
printf 'ticket_id,lon,lat\nT1,113.2,33.1\n' >"$work/t.csv"
if command -v ogr2ogr >/dev/null; then
    ogr=(-oo X_POSSIBLE_NAMES=lon -oo Y_POSSIBLE_NAMES=lat -a_srs EPSG:4326)
    ogr2ogr -f 'ESRI Shapefile' "$work/s.shp" "$work/t.csv" "${ogr[@]}"
    { cat "$work/s.shp"; printf %s "$mark"; cat "$work/s.dbf"; printf %s "$mark"; cat "$work/s.shx"; } | layer 4 shp
    ogr2ogr -f 'MapInfo File' "$work/m.tab" "$work/t.csv" "${ogr[@]}"
    { cat "$work/m.tab"; printf %s "$mark"; cat "$work/m.dat"; printf %s "$mark"; cat "$work/m.map"; printf %s "$mark"; cat "$work/m.id"; } | layer 5 tab
    ogr2ogr -f XLSX "$work/x.xlsx" "$work/t.csv" && layer 6 xlsx <"$work/x.xlsx"
    ogr2ogr -f LIBKML "$work/k.kmz" "$work/t.csv" "${ogr[@]}" && layer 7 kmz_file <"$work/k.kmz"
    { byte 0; printf 'II*\0'; } | put raster stub
    gdal_translate -q -srcwin 0 0 12 10 $county/dem.asc "$work/d.tif" && { byte 0; cat "$work/d.tif"; } | put raster tif
    gdal_translate -q -srcwin 0 0 12 10 -co COMPRESS=LZW -co TILED=YES -co BLOCKXSIZE=16 -co BLOCKYSIZE=16 $county/dem.asc "$work/l.tif" && { byte 5; cat "$work/l.tif"; } | put raster tif_lzw
    gdal_translate -q -of EHdr -srcwin 0 0 6 5 $county/dem.asc "$work/b.bil" && { byte 3; cat "$work/b.hdr"; printf %s "$mark"; cat "$work/b.bil"; } | put raster bil
    gdal_translate -q -of HFA -srcwin 0 0 6 5 $county/dem.asc "$work/h.img" && { byte 2; cat "$work/h.img"; } | put raster img
fi
{ byte 1; printf 'ncols 3\nnrows 2\nxllcorner 110\nyllcorner 29.98\ncellsize 0.01\nNODATA_value -9999\n1 2 3\n4 -9999 6\n'; } | put raster asc
{ byte 8; printf '\0\x64\0\x65\x80\0'; } | put raster hgt
rm -rf "$work"

# ---- files -------------------------------------------------------------------------------------
file() { { byte "$1"; cat; } | put files "$2"; }
{ printf 'NAME Made 65\nFREQUENCY 1850\nGAIN 15.5 dBd\nELECTRICAL_TILT 4\nHORIZONTAL 4\n0 0\n90 12.5\n180 30\n270 12.5\nVERTICAL 4\n0 0.5\n5 0\n90 25\n270 20\n'; } | file 0 msi
printf 'verdict,cause,language,text\nweak-coverage,,zh,"{ticket}: 电平 {level}"\ntransient-outage,outage,en,{{x}} {cell}\n' | file 1 replies
printf 'map,from,colour,label_zh,label_en\nlevel,-110,#ff0000,弱,weak\nlevel,-95,00ff00,好,good\n' | file 2 legends
printf 'name,effect\ncell down,outage\n小区不可用,outage\nVSWR,degraded\n' | file 3 alarm_names
{ head -8 $county/places.csv; printf '解放路10号,address,112.4,33.0,新邑市/南浦县,\nG107,road,112.41,33.01,,107国道;G107国道\n'; } | file 4 gazetteer
printf '{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"LineString","coordinates":[[113,33],[114,34]]}}' | file 5 borders

# ---- store: edits of the template --------------------------------------------------------------
printf 'E\x03\x00\x02\x01\x02\x05hello' | put store text
printf 'E\x03\x00\x03\x00\x00\x06\x04\x01\x05\x02\x01' | put store numbers
printf 'E\x01\x00\x01\x02\x00\x03\x07\x00\x00\x01\x02\x20\x47\x50\x00\x01' | put store gone
printf 'SQLite format 3\0' | put store sqlite

printf 'Worder_id,status,note\nAIM-460-00-1-1,done,ok\n' | put store worklist
printf 'Cticket_id,verdict\nT1,weak-coverage\nT2,弱覆盖\nT3,nonsense\n' | put store closed

# ---- folder: a whole case folder as one text ---------------------------------------------------
some() { echo "== $1.csv"; head -"$2" "$county/$1.csv"; }
rows() { echo "== $1.csv"; sed -n "1p;$2" "$county/$1.csv"; }
{
    some cells 13
    echo "== complaints.csv"
    utf8 | sed -n 1,9p
    rows samples '2~200p'
    rows alarms '2~12p'
    some counters 13
    some plan 3
    some places 12
    printf '== rules.csv\nrule,value\nweak_rsrp_dbm,-103\n'
    printf '== subscribers.csv\narea,subscribers\n南浦县,120000\n'
    printf '== terminals.csv\nmodel,bands\nX1,B1;B3\n'
} | put folder county
{
    some cells 7
    echo "== complaints.csv"
    head -6 $county/complaints.csv
    some samples 40
} | put folder measured
{
    printf '== cells.csv\nsite_id,cell_id,rat,lon,lat,azimuth_deg\nA,A1,LTE,113,33,0\nA,A2,LTE,113,33,120\nB,B1,NR,113.02,33,\n'
    printf '== complaints.csv\nticket_id,reported_at,lon,lat,serving_cell,description\nT1,2026-01-02 10:00,113.01,33.005,A1,no signal\nT2,,,,B1,weak\nT3,2026-01-02,,,,\n'
    printf '== alarms.csv\nobject_id,name,raised_at,cleared_at\nA,site down,2026-01-02 08:00,\n'
    printf '== dem.asc\nncols 3\nnrows 3\nxllcorner 112.9\nyllcorner 32.9\ncellsize 0.1\n1 2 3\n4 5 6\n7 8 9\n'
    printf '== plan.csv\nsite_name,lon,lat,stage\nP,113.012,33.006,building\n'
} | put folder small
