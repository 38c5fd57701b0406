/* heatmap.h - the maps as files: Cloud-Optimized GeoTIFFs for a GIS, PNGs for people. */
#ifndef COVTRIAGE_HEATMAP_H
#define COVTRIAGE_HEATMAP_H

#include "cmd/out/heat.h"

/** Write heatmap_*.tif and heatmap_*.png of every map that has values. Errors: STATUS_IO. */
enum status heatmap_write(const struct result *result, const struct heat *heat,
                          const char *folder, struct error *error);

/** A picture laid over a web map: its corners in degrees, and its PNG. */
struct heatmap_overlay {
    double west, south, east, north;
    int width, height;
    struct buffer png;
};

/**
 * The map in Web Mercator without frame or legend, transparent where there is nothing; at most
 * `size` pixels on the longer side. Free the png with buffer_free. false: the map has no
 * values.
 */
bool heatmap_overlay(const struct heat *heat, enum heat_id id, int size,
                     struct heatmap_overlay *overlay);

#endif
