/* outline.h - lines and outlines of areas from a vector file, as WGS-84 points, by GDAL. */
#ifndef COVTRIAGE_OUTLINE_H
#define COVTRIAGE_OUTLINE_H

#include "geo/base.h"
#include "geo/point.h"

/** The part of the earth that is wanted, degrees. */
struct outline_box {
    double west, south, east, north;
};

/** One line or ring; points are borrowed, `name` is the feature's name or "". */
typedef void (*outline_row)(void *context, const char *name, const struct point *points,
                            size_t count);

/**
 * Call `row` for every line and ring of the file that touches the box, thinned to about 10 m,
 * until `most` points were given. A file that does not say its CRS is taken for WGS-84.
 * Formats: .gpkg, .shp, .tab, .mif, .kml, .geojson. Errors: STATUS_FORMAT with GDAL's reason.
 */
enum status outline_read(const char *path, struct outline_box box, size_t most, outline_row row,
                         void *context, struct error *error);

#endif
