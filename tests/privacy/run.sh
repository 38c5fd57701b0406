#!/usr/bin/env bash
# Planted phones and customer ids must not be in any product or message; the program works
# without a network and opens only formats that it knows.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8
: "${COVTRIAGE:=$here/../../build/covtriage}"
. "$here/../golden/case.sh"
. "$here/planted.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config
bad=0
ok() { echo "ok privacy/$1"; }
fail() { echo "FAIL privacy/$1"; bad=1; }

for tool in ogr2ogr ogrinfo unzip; do
    command -v $tool >/dev/null || { echo "skipped: privacy: $tool, which looks into the products, is not here"; exit 0; }
done
small_case
planted_complaints
told() { "$COVTRIAGE" "$@" >>said 2>&1; } # all that a command says is looked through
told triage case -o out --lang zh --timezone +08:00 || { cat said; fail "the run"; }
told triage case -o out-en --lang en --timezone +08:00 --json
told check case
told check case --json --lang zh
told check case --src-crs GCJ02
for t in T1 T2 T3 T5; do told explain out $t; told explain out $t --json --lang en; done
told import --as complaints case/complaints.csv -o imported.csv
# Products made again, of two runs compared, and of texts that are placed.
cp -r out remade
for product in worklist report heatmap; do told $product remade --lang en || fail "$product again"; done
told compare out out-en -o compared --lang zh || fail "compare"
printf 'name,kind,lon,lat\n河湾路,road,113.004,33.000\n' >places.csv
{
    echo id,query,phone,note
    sed -nE 's/^(T[0-9]),.*,(河湾路1号 [0-9]+|\+86[^,]*),.*/\1,\2,13911110021,call 139-1111-0003/p' case/complaints.csv
} >queries.csv
[ "$(wc -l <queries.csv)" = 3 ] || fail "the queries"
told locate -g places.csv queries.csv -o located.csv || fail "locate"
told locate -g places.csv queries.csv --json
printf 'ticket_id,verdict\nT1,weak-coverage 13911110001\nCUST-77310005,139 1111 0002\n13911110004,weak-coverage\n' >closed.csv
told calibrate closed.csv out
told antennas case -o antennas.csv
told coverage case -o coverage.tif

# Every product as text: archives unpacked, the store dumped.
mkdir text && cp -r out out-en remade compared antennas.csv located.csv coverage.tif said text/
for f in text/*/*.xlsx text/*/*.kmz; do mkdir "$f.d" && unzip -q -o "$f" -d "$f.d"; done
for store in out out-en remade; do
    ogr2ogr -f CSV text/$store.store text/$store/triage.gpkg >/dev/null 2>&1 || fail "ogr2ogr of the store"
done
[ "$(ls text/out.store/*.csv | wc -l)" -ge 3 ] || fail "the store's layers"
if grep -rEla "$plant" text >found; then
    sed 's/^/  /' found; grep -rEoah ".{20}($plant).{10}" text | head -5
    fail "planted numbers are in no product and no message"
else
    ok "planted numbers are in no product and no message"
fi
grep -Eq "$phones" imported.csv && fail "phones in an imported table" || ok "phones in an imported table"
grep -q '139\*\*\*\*0001' text/out.store/*.csv && ok "masked numbers are there" || fail "masked numbers are there"
"$COVTRIAGE" triage case -o open --lang zh --timezone +08:00 --show-phones --quiet >/dev/null 2>&1
ogr2ogr -f CSV shown open/triage.gpkg >/dev/null 2>&1
grep -qE '13911110004' shown/*.csv && ok "--show-phones shows them" || fail "--show-phones shows them"

# Keys of customers: the same under one secret, others under another.
keys() { ogrinfo -ro -al -geom=NO "$1/triage.gpkg" cases 2>/dev/null | grep -o 'customer_key.*= k.*'; }
head -c 32 /dev/urandom >other.key
"$COVTRIAGE" triage case -o again --timezone +08:00 --quiet >/dev/null 2>&1
"$COVTRIAGE" triage case -o foreign --timezone +08:00 --quiet --customer-key other.key >/dev/null 2>&1
[ -n "$(keys out)" ] && [ "$(keys out)" = "$(keys again)" ] && ok "customers' keys stay" || fail "customers' keys stay"
[ "$(keys out)" != "$(keys foreign)" ] && ok "another secret, other keys" || fail "another secret, other keys"
[ "$(stat -c %a config/covtriage/customer.key)" = 600 ] && ok "the secret is its owner's" || fail "the secret is its owner's"
echo short >short.key
"$COVTRIAGE" triage case -o short --customer-key short.key --quiet >/dev/null 2>said
[ $? = 1 ] && [ "$(grep -c . said)" = 1 ] && ok "a short key is refused" || fail "a short key is refused"

# Nothing needs a network, and no name leads GDAL to one.
unshare -n true 2>/dev/null && net=-n || net=-rn
if unshare $net true 2>/dev/null; then
    unshare $net "$COVTRIAGE" triage case -o alone --lang zh --timezone +08:00 --quiet >/dev/null 2>said &&
        diff -rq -x run.json out alone && ok "without any network: the same bytes" ||
        { cat said; fail "without any network"; }
else
    echo "skipped: no network namespace"
fi
cat >evil.vrt <<'END'
<OGRVRTDataSource><OGRVRTLayer name="cells"><SrcDataSource>/vsicurl/http://127.0.0.1/cells.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>
END
cat >dem.vrt <<'END'
<VRTDataset rasterXSize="4" rasterYSize="4"><GeoTransform>113,0.1,0,33,0,-0.1</GeoTransform><VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>/vsicurl/http://127.0.0.1/x.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>
END
refused() # NAME: command that must end with one sentence
{
    local name=$1; shift
    "$@" >/dev/null 2>said
    local code=$?
    [ $code -ge 1 ] && [ $code -le 2 ] && [ "$(grep -c . said)" = 1 ] && ok "$name" ||
        { echo "exit $code"; cat said; fail "$name"; }
}
for what in vrt gpkg xlsx kml tab shp; do
    rm -rf case2 && cp -r case case2 && rm case2/cells.csv && cp evil.vrt case2/cells.$what
    refused "a VRT as cells.$what" "$COVTRIAGE" triage case2 -o out2 --quiet
done
for what in tif vrt asc; do
    rm -rf case2 && cp -r case case2 && cp dem.vrt case2/dem.$what
    "$COVTRIAGE" triage case2 -o out2 --quiet --overwrite >/dev/null 2>said
    code=$?
    # dem.vrt is no name of a table; the others are named and refused
    [ $what = vrt ] && [ $code = 0 ] || { [ $code = 1 ] && [ "$(grep -c . said)" = 1 ]; } &&
        ok "a VRT as dem.$what" || { echo "exit $code"; cat said; fail "a VRT as dem.$what"; }
done
refused "a /vsicurl name" "$COVTRIAGE" import --as samples /vsicurl/http://127.0.0.1/s.csv -o x.csv
refused "a /vsicurl sheet" "$COVTRIAGE" import --as samples /vsicurl/http://127.0.0.1/s.xlsx -o x.csv
refused "a /vsizip folder" "$COVTRIAGE" triage /vsizip/case.zip -o out3
exit $bad
