/* raster.h - rasters by GDAL: any of its formats read by windows, Cloud-Optimized GeoTIFF
 * written whole or not at all. One struct raster per thread. */
#ifndef COVTRIAGE_RASTER_H
#define COVTRIAGE_RASTER_H

#include <stdint.h>

#include "geo/base.h"
#include "geo/point.h"

struct raster;

/** What a raster is. Strings are borrowed from the raster. */
struct raster_info {
    int width, height, bands;
    double transform[6]; /**< GDAL's: x = t0 + column * t1 + row * t2; y = t3 + ... */
    const char *crs;     /**< WKT, "" when the file does not say */
};

/** Open for reading: GeoTIFF, ASCII grid, HGT, IMG, BIL, ENVI. Errors: STATUS_IO with GDAL's
 * reason, STATUS_FORMAT without a position, STATUS_RANGE for blocks of over 512 MB or over 256
 * bands. */
enum status raster_open(const char *path, struct raster **out, struct error *error);
void raster_close(struct raster *raster);
struct raster_info raster_info(const struct raster *raster);

/** A rectangle of pixels, from the upper left corner. */
struct raster_window {
    int column, row, width, height;
};

/**
 * Read a window of band 1.. into out[width * height], by rows from the north. Void pixels (the
 * file's nodata value, or not finite) and those outside the raster become NAN. Errors:
 * STATUS_IO.
 */
enum status raster_read(struct raster *raster, int band, struct raster_window window,
                        float *out, struct error *error);

/** The band's description, "" when it has none. Borrowed from the raster. */
const char *raster_band_name(const struct raster *raster, int band);

/** A band to write. Exactly one of values and bytes is given; all bands give the same. */
struct raster_band {
    const char *name;     /**< description: "level_dbm" ... */
    const float *values;  /**< width * height by rows from the north; NAN is void */
    const uint8_t *bytes; /**< for pictures: red, green, blue, alpha in this order */
    /** Bytes that are classes or steps of a scale, one band: 256 colours 0xRRGGBB, 0 is void;
     * a byte means byte * scale + offset in `unit`. NULL: the bytes are a picture. */
    const uint32_t *palette;
    double scale, offset;
    const char *unit;
};

/** A picture of the plane, north up. All is borrowed. */
struct raster_image {
    int width, height;
    double west_m, north_m, step_m; /**< outer corner and pixel size, in units of the CRS */
    const char *crs_name;           /**< "EPSG:32650", PROJ string or WKT */
    const struct raster_band *bands;
    int band_count;
    const char *const *metadata; /**< "NAME=value" texts ending with NULL, or NULL */
};

/**
 * Write `image` as a Cloud-Optimized GeoTIFF at `path`: written under a temporary name in the
 * same folder, then renamed. Statistics are stored in the file. The bytes depend on the image
 * alone. Errors: STATUS_IO, STATUS_FORMAT for an unknown CRS.
 */
enum status raster_write(const char *path, const struct raster_image *image,
                         struct error *error);

#endif
