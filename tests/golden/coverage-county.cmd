# needs gdalinfo
# The surface of the sample county by its statistics, to a tenth of a decibel; twice the same
# bytes whatever the threads.
covtriage coverage $SAMPLES/county -o a.tif --resolution 100 --quiet -j1
covtriage coverage $SAMPLES/county -o b.tif --resolution 100 --quiet -j3
cmp a.tif b.tif && echo same
gdalinfo a.tif | grep 'Size is'
gdalinfo -stats a.tif 2>/dev/null | awk -F= '/Description/ { band = $2 } /STATISTICS_(MINIMUM|MEAN|MAXIMUM|STDDEV|VALID)/ { sub(/.*STATISTICS_/, "", $1); printf "%s %s %.1f\n", band, $1, $2 }'
