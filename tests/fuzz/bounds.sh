#!/usr/bin/env bash
# Bombs: small files that would grow without bound. Each is refused with the limit in its sentence,
# or read within the stated memory. They are made here, on the fly.
# usage: tests/fuzz/bounds.sh
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../../build/covtriage}"
export TZ=UTC LC_ALL=C.UTF-8
case $COVTRIAGE in */san-*) echo "skipped: bounds are not those of a sanitizer"; exit 0 ;; esac
[ -x /usr/bin/time ] || { echo "skipped: bounds need the program time"; exit 0; }
for tool in zip sqlite3; do
    command -v $tool >/dev/null || echo "skipped: bounds of some files need $tool"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
LIMIT_KB=700000 LIMIT_S=30 # of CPU time

# The file as complaints (or as $2): refused with $3 in the sentence, or read when $3 is "".
expect() { # FILE TABLE WORDS
    (ulimit -t $LIMIT_S; exec /usr/bin/time -f '%M %U' -o used timeout -s KILL 300 \
        "$COVTRIAGE" import --as "$2" "$1" -o o.csv --overwrite -q --lang en) >std 2>err
    local code=$? kilobytes
    kilobytes=$(tail -n 1 used | cut -d' ' -f1)
    if [ $code -gt 3 ] || [ "$kilobytes" -gt $LIMIT_KB ]; then
        echo "FAIL bounds $1: exit $code, $kilobytes KB"
    elif [ -n "$3" ] && { [ $code != 1 ] || ! grep -q "$3" err; }; then
        echo "FAIL bounds $1: exit $code: $(tail -n 1 err)"
    elif [ -z "$3" ] && [ $code != 0 ]; then
        echo "FAIL bounds $1: exit $code: $(tail -n 1 err)"
    else
        echo "ok bounds $1: ${3:-read} ($((kilobytes / 1024)) MB)"
        return
    fi
    bad=1
}
many() { yes "$1" | head -n "$2"; } # LINE COUNT
blank() { head -c "$1" /dev/zero | tr '\0' ' '; }

# ---- text --------------------------------------------------------------------------------------
{ echo ticket_id; head -c 600M /dev/zero; } | gzip -1 >zeros.csv.gz
expect zeros.csv.gz complaints "over 200 times its size"
{ echo "time,lon,lat,cell_id,rsrp_dbm"; many ',,,,' 60000000; } | gzip -9 >lines.csv.gz
expect lines.csv.gz samples "over 200 times its size"
{ echo '<bulkPmMrDataFile><eNB id="1">'; blank 400M; echo '</eNB></bulkPmMrDataFile>'; } | gzip -1 >blank.xml.gz
expect blank.xml.gz samples "longer than any such file"
gzip -9c zeros.csv.gz >nested.csv.gz
expect nested.csv.gz complaints "another kind of file"
{ printf ticket_id; seq -f ',c%.0f' 100000 | tr -d '\n'; echo; echo T1; } >columns.csv
expect columns.csv complaints ""
commas() { printf '%s' "$1"; head -c "$2" /dev/zero | tr '\0' ','; echo; } # HEADER COUNT
{ commas lon,lat,rsrp_dbm 1000000; many 1,2,-90 20; } >million_columns.csv
expect million_columns.csv samples ""
{ commas lon,lat,rsrp_dbm 2000000; many 1,2,-90 20; } >two_million_columns.csv
expect two_million_columns.csv samples "line 1, where the header should be, is longer than 1 MiB"
{ echo ticket_id,description; printf 'T1,'; head -c 100M /dev/zero | tr '\0' x; echo; echo T2,y; } >line.csv
expect line.csv complaints ""
{ echo ticket_id,description; for ((i = 0; i < 300; i++)); do echo "T$i,\"open"; done; many 'T,x' 300000; } >quotes.csv
expect quotes.csv complaints ""
{ printf 'time,lon,lat,cell_id,rsrp_dbm\n'; many '2026-03-01T00:00:00Z,113.1,33.1,A1,-99' 400000; } >rows.csv
expect rows.csv samples ""

# ---- XML ---------------------------------------------------------------------------------------
head='<?xml version="1.0"?>'
entities='<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
for ((i = 1; i < 12; i++)); do
    entities+="<!ENTITY a$i \"$(printf "&a$((i - 1));%.0s" 1 2 3 4 5 6 7 8 9 10)\">"
done
echo "$head$entities]><bulkPmMrDataFile><eNB id=\"&a11;\"/></bulkPmMrDataFile>" >laughs_mro.xml
expect laughs_mro.xml samples "declares entities"
echo "$head$entities]><measCollecFile><measData>&a11;</measData></measCollecFile>" >laughs_pm.xml
expect laughs_pm.xml counters "declares entities"
echo "$head$entities]><kml><Document><Placemark><name>&a11;</name></Placemark></Document></kml>" >laughs.kml
expect laughs.kml complaints "cannot be read as kml"
{ echo "$head<bulkPmMrDataFile>"; many '<eNB id="1">' 1000000; } >deep_mro.xml
expect deep_mro.xml samples "nested deeper"
{ echo '<kml><Document>'; many '<Folder>' 1000000; many '</Folder>' 1000000; echo '</Document></kml>'; } >deep.kml
expect deep.kml complaints "cannot be read as kml"
{ printf '%s' "$head<bulkPmMrDataFile><eNB id=\""; head -c 40M /dev/zero | tr '\0' 1; echo '"/></bulkPmMrDataFile>'; } >tag.xml
expect tag.xml samples "longer than any such file"

# ---- archives ----------------------------------------------------------------------------------
if command -v zip >/dev/null; then
    mkdir -p book/xl/worksheets
    { echo '<worksheet><sheetData>'; blank 600M; echo '</sheetData></worksheet>'; } >book/xl/worksheets/sheet1.xml
    (cd book && zip -q1r ../blank.xlsx .)
    expect blank.xlsx complaints "over 512 MB"
    { echo '<worksheet><sheetData>'; blank 100M; echo '</sheetData></worksheet>'; } >book/xl/worksheets/sheet1.xml
    (cd book && zip -q9r ../growing.xlsx .)
    expect growing.xlsx complaints "over 100 times its size"
    { echo '<kml><Document>'; blank 100M; echo '</Document></kml>'; } >doc.kml
    zip -q9 bomb.kmz doc.kml
    expect bomb.kmz complaints "over 100 times its size"
fi

# ---- endless tables ----------------------------------------------------------------------------
if command -v sqlite3 >/dev/null; then
    endless='WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)'
    sqlite3 endless.gpkg "PRAGMA application_id = 1196444487; PRAGMA user_version = 10200;
        CREATE VIEW gpkg_contents AS $endless SELECT count(*) AS table_name FROM c;"
    expect endless.gpkg complaints "holds the view"
fi

# ---- rasters, in a case folder -----------------------------------------------------------------
raster() { # NAME WORDS: dem.* lie in the folder case
    (ulimit -t $LIMIT_S; exec /usr/bin/time -f '%M %U' -o used timeout -s KILL 300 \
        "$COVTRIAGE" antennas case -o o.csv --overwrite -q --lang en) >std 2>err
    local code=$? kilobytes
    kilobytes=$(tail -n 1 used | cut -d' ' -f1)
    if [ $code = 1 ] && grep -q "$2" err && [ "$kilobytes" -le $((2 * LIMIT_KB)) ]; then
        echo "ok bounds $1: $2 ($((kilobytes / 1024)) MB)"
    else
        echo "FAIL bounds $1: exit $code, $kilobytes KB: $(tail -n 1 err)"
        bad=1
    fi
    rm -f case/dem.*
}
mkdir case
cp "$here"/../../samples/county/{cells,complaints}.csv case/
printf 'ncols 2000000000\nnrows 2000000000\nxllcorner 112\nyllcorner 32\ncellsize 0.0000001\n1 2 3\n' >case/dem.asc
raster giant.asc "cannot be read as a raster"
printf 'ncols 3\nnrows 4000\nxllcorner 112.3\nyllcorner 32.8\ncellsize 0.1\n1 2 3\n' >case/dem.asc
raster short.asc "dem.asc"
printf 'NROWS 100000\nNCOLS 100000\nNBITS 32\nULXMAP 112\nULYMAP 34\nXDIM 0.0001\nYDIM 0.0001\n' >case/dem.hdr
printf 1234 >case/dem.bil
raster short.bil "dem.bil"
if command -v gdal_create >/dev/null; then
    gdal_create -q -of GTiff -ot Float32 -outsize 30000 30000 -a_srs EPSG:4326 -a_ullr 112 33.5 113 32.5 \
        -co SPARSE_OK=TRUE -co COMPRESS=DEFLATE -co BLOCKYSIZE=30000 case/dem.tif
    raster blocks.tif "blocks of over 512 MB"
fi
exit $bad
