# needs gdalinfo gdallocationinfo
# The level falls along the main lobe, the cell that faces the place serves it, and nothing is
# said of places far from every cell.
. $GOLDEN/case.sh
small_case
covtriage coverage case -o c.tif --resolution 50 --quiet
gdalinfo c.tif | grep -E 'Size is|Description|CELL_|Pixel Size'
at() { gdallocationinfo -valonly -wgs84 c.tif $1 $2 | tr '\n' ' '; }
for lon in 113.002 113.004 113.008; do at $lon 33.0; echo; done | awk '{ if (NR > 1 && !($1 < last)) print "rises"; last = $1; print "server", $3, ($1 > $5 ? "stronger" : "weaker"), "than", $4 }'
echo "north-west: server $(at 112.997 33.005 | cut -d' ' -f 3)"
covtriage coverage case -o g.tif --rat GSM --quiet; echo "exit $?"; ls g.tif
for option in "--resolution 0" "--rat 6G" "--resolution 1 --set bin_m=50 -o c.tif" "" "-o c.tif" "gone -o d.tif"; do
    covtriage coverage case $option >said 2>&1; echo "exit $?: $(head -n 1 said)"
done
covtriage coverage gone -o d.tif; echo "exit $?"; ls d.tif
