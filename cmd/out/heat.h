/* heat.h - the maps' numbers: densities and levels on one square grid in the plane. */
#ifndef COVTRIAGE_HEAT_H
#define COVTRIAGE_HEAT_H

#include "cmd/out/palette.h"
#include "cmd/out/result.h"
#include "geo/crs.h"

enum heat_id {
    HEAT_COMPLAINTS = 0, /**< all complaints per km2 */
    HEAT_WEAK,           /**< ... of each verdict, in the order of enum verdict_kind */
    HEAT_MISALIGNED,
    HEAT_OUTAGE,
    HEAT_PLANNED,
    HEAT_UNDETERMINED,
    HEAT_LEVEL,      /**< best server, dBm, measured */
    HEAT_WEAK_SHARE, /**< share of samples in weak bins, 0..1 */
    HEAT_GAIN,       /**< expected rise in dB where people complain, if all orders were done */
    HEAT_COUNT,
};

/** One map: width x height values by rows from the north, NAN where there is nothing. */
struct heat_map {
    const char *file;   /**< "complaints": heatmap_complaints.tif */
    const char *title;  /**< English, to be said */
    const char *unit;   /**< English, to be said */
    const char *legend; /**< which bands: "density", "level", "weak", "gain" */
    float *values;      /**< NULL: nothing to show, the map is left out */
    double top;         /**< the highest value */
    bool stepped;       /**< values are of squares, not to be smoothed */
    struct result_band bands[PALETTE_BANDS];
    size_t band_count;
};

/** All maps of a run on one grid. */
struct heat {
    struct crs *crs;
    const char *crs_name;
    double west_m, north_m, step_m;
    int width, height;
    double bandwidth_m;
    struct heat_map maps[HEAT_COUNT];
};

/**
 * Compute every map. The density is a Gaussian kernel of standard deviation heat_bandwidth_m.
 * false: there is nothing that has a position. Free with heat_free.
 */
bool heat_compute(const struct result *result, struct heat *heat);
void heat_free(struct heat *heat);

/** The value at a place of the plane, interpolated unless the map is stepped; NAN outside. */
double heat_value(const struct heat *heat, const struct heat_map *map, struct xy at);
/** The band that a value is in; -1: below the first or NAN. */
int heat_band(const struct heat_map *map, double value);

#endif
