# Roads, borders and water of the user's lie under the maps; his own legend is drawn.
. $GOLDEN/case.sh
small_case
covtriage triage case -o plain --quiet --lang en >/dev/null; sum() { sha256sum <$1; }
printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"G1"},"geometry":{"type":"LineString","coordinates":[[112.99,33.0],[113.02,33.001]]}}]}' >case/roads.geojson
printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"L"},"geometry":{"type":"Polygon","coordinates":[[[113.001,33.001],[113.004,33.001],[113.004,33.003],[113.001,33.001]]]}}]}' >case/water.geojson
printf 'map,from,colour,label_zh,label_en\nlevel,,#8C2D04,弱,weak\nlevel,-100,#0072B2,好,good\n' >case/legends.csv
covtriage triage case -o ground --quiet --lang en >/dev/null; echo "exit $?"
for map in heatmap_complaints.png report.html; do [ "$(sum plain/$map)" != "$(sum ground/$map)" ] && echo "$map shows it"; done
grep -o '"G1"' ground/report.html | head -n 1
cmp plain/cases.csv ground/cases.csv && echo "no verdict changes"
printf 'map,from,colour,label_zh,label_en\nlevel,high,blue,x,y\n' >case/legends.csv
covtriage triage case -o broken --quiet --lang en >/dev/null; echo "exit $?"
printf '{"type":' >case/roads.geojson; rm case/legends.csv
covtriage triage case -o broken --quiet --lang en >/dev/null; echo "exit $?"; ls broken
