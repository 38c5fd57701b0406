/* base.h - what the user adds to the maps: base layers and legends in the case folder. */
#ifndef COVTRIAGE_OUT_BASE_H
#define COVTRIAGE_OUT_BASE_H

#include "cmd/out/result.h"

/**
 * Read roads, borders, water and rails (.gpkg, .shp, .tab, .kml, .geojson) and legends.csv
 * (map, from, colour, label_zh, label_en) of the case folder into the result, as far as they
 * are there. Call after the cases and cells are in it: only what lies around them is kept.
 * Errors: STATUS_FORMAT, STATUS_IO.
 */
enum status base_read(const char *folder, struct result *result, struct error *error);

#endif
