#!/usr/bin/env bash
# Planted phones and customer ids must not be in any product or message; the program works
# without a network and opens only formats that it knows.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8
: "${COVTRIAGE:=$here/../../build/covtriage}"
. "$here/../golden/case.sh"
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
cat >case/complaints.csv <<'END'
ticket_id,reported_at,lon,lat,rat,symptom,description,address,customer_id,phone,terminal,customer_level,indoor,serving_cell
T1,2026-03-10T11:30:00+08:00,113.004,33.000,LTE,信号弱 13911110001,"来电 139 1111 0002, 备用 139-1111-0003",河湾路1号 13911110004,CUST-77310005,13911110006,13911110007,13911110008,13911110009,S1-1
T2,2026-03-10T12:30:00+08:00,113.002,33.001,LTE,上网慢,客户 CUST-77310010 电话１３９１１１１００１１,+86 139 1111 0012,CUST-77310010,0371-55510013,,,,
T3,2026-03-10T12:40:00+08:00,113.003,33.002,LTE,无信号,请回电 139.1111.0014 或 1391111-0015 或 008613911110016,,,13911110017,,,,
T4,not a time 13911110018,13911110019,33.002,LTE,无信号,,,CUST-77310020,13911110021,,,,
T5,2026-03-10T12:40:00+08:00,200,33.002,LTE,无信号,IMSI 460001391111022 call me,,460001391111022,,,,,
END
plant='1111.?00[0-2][0-9]|11100[0-2][0-9]|CUST-77|55510013|460001391111|１１１１００'
phones='1111.?00[0-2][0-9]|55510013|１１１１００'
"$COVTRIAGE" triage case -o out --lang zh --timezone +08:00 >said 2>&1 || { cat said; fail "the run"; }
"$COVTRIAGE" check case >>said 2>&1
"$COVTRIAGE" check case --json >>said 2>&1
for t in T1 T2 T3 T5; do "$COVTRIAGE" explain out $t >>said 2>&1; done
"$COVTRIAGE" import --as complaints case/complaints.csv -o imported.csv >>said 2>&1

# Every product as text: archives unpacked, the store dumped.
mkdir text && cp -r out/. text/ && cp said text/
for f in text/*.xlsx text/*.kmz; do mkdir "$f.d" && unzip -q -o "$f" -d "$f.d"; done
ogr2ogr -f CSV text/store text/triage.gpkg >/dev/null 2>&1 || fail "ogr2ogr of the store"
[ "$(ls text/store/*.csv | wc -l)" -ge 3 ] || fail "the store's layers"
if grep -rEla "$plant" text >found; then
    sed 's/^/  /' found; grep -rEoah ".{20}($plant).{10}" text | head -5
    fail "planted numbers are in no product and no message"
else
    ok "planted numbers are in no product and no message"
fi
grep -Eq "$phones" imported.csv && fail "phones in an imported table" || ok "phones in an imported table"
grep -q '139\*\*\*\*0001' text/store/*.csv && ok "masked numbers are there" || fail "masked numbers are there"
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
