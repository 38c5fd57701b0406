/* terrain.h - ground heights and clutter from a digital elevation model, warped once to the
 * plane of the world, so that sampling is plain arithmetic and safe from any thread. */
#ifndef COVTRIAGE_TERRAIN_H
#define COVTRIAGE_TERRAIN_H

#include "geo/base.h"
#include "geo/point.h"

struct terrain;

/** A rectangle of the plane. */
struct terrain_extent {
    struct xy low, high;
};

/**
 * Read the rasters at `paths` (tiles of one model: any format of GDAL, any CRS; a raster that
 * does not say its CRS is WGS-84 when it lies within +-180, +-90, else in the plane) over
 * `extent` into the plane `crs_name`, at the model's own resolution, coarser where that would
 * need more than 64 million heights. Free with terrain_close. Errors: STATUS_IO,
 * STATUS_FORMAT; STATUS_MISSING when no raster covers any of the extent.
 */
enum status terrain_open(const char *const *paths, size_t count, const char *crs_name,
                         struct terrain_extent extent, struct terrain **out,
                         struct error *error);

/** A flat terrain or one made by `height(context, at)`: for tests and simulation. */
struct terrain *terrain_new(struct terrain_extent extent, double step_m,
                            double (*height)(void *context, struct xy at), void *context);
void terrain_close(struct terrain *terrain);

/** Height above sea at a place, m, bilinear; NAN outside and in voids. */
double terrain_height_m(const struct terrain *terrain, struct xy at);

/** Metres between the model's own heights. */
double terrain_step_m(const struct terrain *terrain);

/**
 * Heights at `count` (2..) even steps of the straight line from..to, both ends included. Voids
 * are bridged from their neighbours along the line; all 0 where nothing is known.
 */
void terrain_profile(const struct terrain *terrain, struct xy from, struct xy to,
                     double *height_m, size_t count);

#endif
