/* layer.h - tables in spreadsheets and vector files as rows of text, read by GDAL: .xlsx, .xls,
 * .gpkg, .shp, .tab, .mif, .kml, .kmz. Only the drivers of these formats are asked, so a file
 * with such a name cannot make GDAL open anything else (no VRT, no network). */
#ifndef COVTRIAGE_LAYER_H
#define COVTRIAGE_LAYER_H

#include "geo/base.h"

/** One layer or sheet of a file. Not for use by two threads. */
struct layer;

/** Does the name end like a file that layer_open() reads (case ignored)? */
bool layer_named(const char *path);

/**
 * Open the layer of `path` that is named `want` (case ignored), else its first that holds
 * rows. Errors: STATUS_IO, STATUS_FORMAT with GDAL's reason.
 */
enum status layer_open(const char *path, const char *want, struct layer **out,
                       struct error *error);
void layer_close(struct layer *layer);

const char *layer_format(const struct layer *layer); /**< "xlsx", "gpkg" ...; static */
const char *layer_name(const struct layer *layer);   /**< of the sheet or layer; borrowed */

/**
 * The column names; NULL with *count 0 for a spreadsheet, whose header is one of its rows.
 * Where features have a geometry, "lon" and "lat" (WGS-84, of its centroid) come last.
 */
const char *const *layer_header(const struct layer *layer, size_t *count);

/**
 * The next row: `*values` in the order of the header, "" where absent, UTF-8 (text of unknown
 * encoding that is not UTF-8 is taken for GB18030), valid until the next call. `*line` is the
 * row's number in the sheet, or its place in the layer counted from 2. Whole numbers that a
 * spreadsheet stores as floats are written in full. false: no more, or layer_failed().
 */
bool layer_next(struct layer *layer, uint32_t *line, const char *const **values, size_t *count);

/** The last layer_next() could not go on; gdal_reason() says why. */
bool layer_failed(const struct layer *layer);

#endif
