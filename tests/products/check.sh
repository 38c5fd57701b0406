#!/usr/bin/env bash
# The products under other people's readers: GDAL, libkml, xmllint, LibreOffice's and Python's.
# Prints one line a test: ok, FAIL or skipped. usage: check.sh [FOLDER of a run]
set -uo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=/usr/bin/python3 # Debian's: python3-gdal and python3-openpyxl are its packages
run=${1:-$work/run}
if [ $# = 0 ]; then
    mkdir -p "$run"
    "${MAKE_PRODUCTS:-build/tests/products/make_products}" 300 2 "$run" zh 2>/dev/null || {
        echo "FAIL make_products"
        exit 1
    }
fi
here() { command -v "$1" >/dev/null || { echo "skipped: $1 is not here"; return 1; }; }
# ok NAME CONDITION-COMMAND...
ok() {
    local name=$1
    shift
    if "$@" >"$work/said" 2>&1; then echo "ok $name"; else echo "FAIL $name: $(tail -n 3 "$work/said" | tr '\n' ' ')"; fi
}
silent() { # the command says nothing of a warning or an error
    "$@" >"$work/out" 2>&1 && ! grep -aiE '^(warning|error)' "$work/out"
}

if here ogrinfo; then
    ok "GeoPackage: ogrinfo without warnings" silent ogrinfo -ro -al -so "$run/triage.gpkg"
    for layer in cases cells antennas grid worklist plan rejects run layer_styles; do
        ok "GeoPackage: layer $layer" silent ogrinfo -ro -so "$run/triage.gpkg" $layer
    done
    ok "KMZ: libkml reads it" silent ogrinfo -ro -al -so "$run/cases.kmz"
    OGR_XLSX_HEADERS=FORCE OGR_XLSX_FIELD_TYPES=STRING \
        ogr2ogr -f CSV "$work/again.csv" "$run/worklist.xlsx" "$(OGR_XLSX_HEADERS=FORCE ogrinfo -ro -q "$run/worklist.xlsx" | sed -n '1s/^1: \(.*\) (None)$/\1/p')" 2>/dev/null
    ok "worklist.xlsx: GDAL reads the values of worklist.csv" "$python" - "$work/again.csv" "$run/worklist.csv" <<'PYTHON'
import csv, sys
csv.field_size_limit(10**9)
a, b = (list(csv.reader(open(f, encoding='utf-8'))) for f in sys.argv[1:3])
assert len(a) == len(b) > 10, (len(a), len(b))
assert a[0] == b[0], (a[0], b[0])
def same(x, y):
    if x == y or y == "'" + x: return True
    try: return abs(float(x) - float(y)) < 0.0051 + 1e-6 * abs(float(y)) or len(y.split('.')[-1]) == 1 and abs(float(x) - float(y)) < 0.051 or '.' not in y and abs(float(x) - float(y)) < 0.51
    except ValueError: pass
    if x.replace('/', '-').replace(' ', 'T')[:16] == y[:16]: return True
    return x.endswith('…') and y.startswith(x[:-1]) or 'uri.amap.com' in y
bad = [(p, q) for r, s in zip(a[1:], b[1:]) for p, q in zip(r, s) if not same(p, q)]
assert not bad, bad[:3]
PYTHON
fi
if ! "$python" -c 'import osgeo_utils.samples.validate_cloud_optimized_geotiff' 2>/dev/null; then
    echo "skipped: python3-gdal is not here"
elif here gdalinfo; then
    for tif in "$run"/heatmap_*.tif; do
        ok "$(basename "$tif") is a valid COG" "$python" -m osgeo_utils.samples.validate_cloud_optimized_geotiff -q "$tif"
        gdalinfo "$tif" >"$work/info" 2>&1
        ok "$(basename "$tif") has colours and statistics" grep -qE 'STATISTICS_MEAN' "$work/info"
        ok "$(basename "$tif") has a colour table" grep -q 'Color Table' "$work/info"
    done
fi
if here unzip && here xmllint; then
    unzip -q -o "$run/cases.kmz" -d "$work/kmz"
    ok "KMZ: well-formed" xmllint --noout "$work/kmz/doc.kml"
    if [ -e "${KML_SCHEMA:-/usr/share/xml/kml/ogckml22.xsd}" ]; then
        ok "KMZ: valid by the KML 2.2 schema" xmllint --noout --schema "${KML_SCHEMA:-/usr/share/xml/kml/ogckml22.xsd}" "$work/kmz/doc.kml"
    else
        echo "skipped: no ogckml22.xsd (KML_SCHEMA names it)"
    fi
    ok "KMZ: asks for nothing outside" bash -c "! grep -oE '<href>[^<]*' '$work/kmz/doc.kml' | grep -v '<href>dot.png'"
fi
if "$python" -c 'import openpyxl' 2>/dev/null; then
    ok "worklist.xlsx: openpyxl sees validation, colours, filter, frozen header, no formula" "$python" - "$run/worklist.xlsx" <<'PYTHON'
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
assert sheet.freeze_panes and sheet.auto_filter.ref
assert any(v.type == 'list' for v in sheet.data_validations.dataValidation)
assert len(sheet.conditional_formatting) >= 4
assert len(book.worksheets) > 5
for s in book.worksheets:
    for row in s.iter_rows():
        for c in row:
            assert c.data_type != 'f', (s.title, c.coordinate, c.value)
PYTHON
else
    echo "skipped: python3-openpyxl is not here"
fi
if here soffice; then
    ok "worklist.xlsx: LibreOffice converts it" soffice -env:UserInstallation=file://"$work/office" --headless --convert-to pdf --outdir "$work" "$run/worklist.xlsx"
    ok "worklist.xlsx: its PDF is there" test -s "$work/worklist.pdf"
fi
