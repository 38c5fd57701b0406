#!/usr/bin/env bash
# One direction: cmd -> models -> geo. Prints every include that breaks it.
set -u
bad=0
# forbid WHERE REGEX WHY: no file under WHERE includes a header that matches REGEX
forbid() {
    local hits
    hits=$(grep -rnE --include='*.[ch]' "^#include [<\"]$2" $1 /dev/null 2>/dev/null) || return 0
    printf '%s\n' "$hits" | sed "s/\$/   <- $3/"
    bad=1
}
geo_libraries='(gdal|ogr_|cpl_|proj\.h|proj_|geodesic\.h|geos_c\.h|geos|libpq-fe)'
forbid geo '(models|cmd|samples|tests)/' 'geo knows nothing of models and cmd'
forbid models '(cmd|samples|tests)/' 'models knows nothing of cmd'
forbid 'models cmd' "$geo_libraries" 'only geo includes GDAL, PROJ, GEOS, libpq'
forbid 'geo cmd' 'csv\.h' 'only models/tables includes csv.h'
forbid 'models/radio models/verdict' 'csv\.h' 'only models/tables includes csv.h'
forbid 'geo models' '(argp|xlsxwriter|cairo|pango)' 'argv and products belong to cmd'
hits=$(grep -rnE --include='*.c' '(^|[^a-z_.])(exit|printf|puts|putchar)\(' geo models) && {
    printf '%s\n' "$hits" | sed 's/$/   <- only cmd prints and exits/'
    bad=1
}
[ $bad = 0 ] || echo "the layers are mixed: cmd -> models -> geo" >&2
exit $bad
