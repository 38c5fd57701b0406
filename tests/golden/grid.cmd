# needs gdalinfo gdallocationinfo ogrinfo
# Bins by hand: A and B in one bin, B in the next one to the east; 500,000 m is the meridian 111.
cat >s.csv <<'END'
time,lon,lat,cell_id,rsrp_dbm
2026-03-10T10:00:00Z,111.0001,33.0002,A,-100
2026-03-10T10:00:01Z,111.0002,33.0002,A,-90
2026-03-10T10:00:02Z,111.0003,33.0003,A,-95
2026-03-10T10:00:03Z,111.0003,33.0002,B,-112
2026-03-10T10:00:04Z,111.0004,33.0003,B,-114
2026-03-10T10:00:05Z,111.0008,33.0002,B,-80
2026-03-10T10:00:06Z,111.0008,33.0002,A,nonsense
2026-03-10T10:00:07Z,200,33.0002,B,-120
END
grid() { covtriage grid "$@" --bin-m 50; }
grid s.csv -o best.csv; cut -d, -f 1,2,5- best.csv
grid s.csv --by-cell --quantiles 0,50,100 -o cells.csv --quiet --rejects refused.csv; cut -d, -f 1,2,5- cells.csv; cat refused.csv
grid s.csv --dst-crs EPSG:32650 -o other.csv --quiet; cut -d, -f 5- other.csv
grid s.csv --set weak_rsrp_dbm=-90 -o weak.csv --quiet; cut -d, -f 5- weak.csv | head -n 2
grid s.csv -o s.tif --json | grep -E '"(rows|refused|placed|cells)"'
gdalinfo s.tif | grep -E 'Size is|Description|Pixel Size'
gdallocationinfo -geoloc -valonly s.tif 500025 $(tail -n 1 best.csv | cut -d, -f 2 | awk '{print $1 + 25}')
grid s.csv --by-cell -o s.gpkg --quiet; ogrinfo -ro -q s.gpkg -sql 'SELECT cell_id, samples, mean_dbm, weak_share FROM grid' | grep ' = '
# Parts of any split, in any order, are the whole.
part() { head -n 1 s.csv >p.csv; sed -n "$1" s.csv >>p.csv; grid p.csv --by-cell --quantiles 0,50,100 --partial --quiet -o "$2"; }
part 2,4p 1.part; part 5,6p 2.part; part '7,$p' 3.part
covtriage grid --merge 3.part 1.part 2.part -o merged.csv --quiet; cmp merged.csv cells.csv && echo same
head -c 100 1.part >cut.part; covtriage grid --merge 1.part cut.part -o no.csv; echo "exit $?"
covtriage grid --merge s.csv -o no.csv; echo "exit $?"
grid s.csv --partial -o 5.part --quiet --bin-m 20; covtriage grid --merge 1.part 5.part -o no.csv; echo "exit $?"
for option in "--bin-m 0" "--quantiles 5,500" "-o s.xyz" "--max-memory 1X" "--dst-crs EPSG:4326 -o no.csv" "--dst-crs Rome -o no.csv" "-o best.csv" "-o no/s.csv"; do
    covtriage grid s.csv $option >said 2>&1; echo "exit $?: $(head -n 1 said)"
done
covtriage grid -o no.csv; covtriage grid gone.csv -o no.csv; ls no.csv
