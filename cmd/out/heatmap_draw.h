/* heatmap_draw.h - one map as a picture for people: title, legend, scale bar, north, places. */
#ifndef COVTRIAGE_HEATMAP_DRAW_H
#define COVTRIAGE_HEATMAP_DRAW_H

#include "cmd/out/heat.h"

/** Draw the map into the PNG file `path`, in the result's language. Errors: STATUS_IO. */
enum status heatmap_draw(const struct result *result, const struct heat *heat, enum heat_id id,
                         const char *path, struct error *error);

#endif
