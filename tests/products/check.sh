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
    if here sqlite3; then
        ok "GeoPackage: SQLite finds it whole" test "$(sqlite3 "$run/triage.gpkg" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok
        ok "GeoPackage: every layer with its system and extent" test "$(sqlite3 "$run/triage.gpkg" "
            SELECT count(*) FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g USING (table_name)
            WHERE data_type = 'features' AND (c.srs_id <> g.srs_id OR c.srs_id <= 0 OR
                min_x > max_x OR min_y > max_y)")" = 0
    fi
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
# QGIS itself: every layer can be read, the styled ones come with their colours.
if "$python" -c 'import qgis.core' 2>/dev/null; then
    export QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=$work
    ok "GeoPackage: QGIS opens every layer, with its style" "$python" - "$run/triage.gpkg" <<'PYTHON'
import sqlite3, sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
store = sqlite3.connect(sys.argv[1])
styled = {row[0] for row in store.execute('SELECT f_table_name FROM layer_styles')}
assert {'cases', 'worklist', 'cells', 'antennas', 'grid', 'plan'} <= styled, styled
for (name,) in store.execute('SELECT table_name FROM gpkg_contents'):
    layer = QgsVectorLayer(sys.argv[1] + '|layername=' + name, name, 'ogr')
    rows = store.execute('SELECT count(*) FROM "%s"' % name).fetchone()[0]
    assert layer.isValid() and layer.featureCount() == rows, name
    if name in styled:
        loaded = layer.loadDefaultStyle()[1]
        kind = layer.renderer().type()
        classes = layer.renderer().legendSymbolItems()
        assert loaded and kind in ('categorizedSymbol', 'graduatedSymbol') and len(classes) > 1, (name, kind)
PYTHON
else
    echo "skipped: QGIS is not here"
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
