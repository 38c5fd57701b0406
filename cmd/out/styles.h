/* styles.h - how the GeoPackage's layers look in QGIS, and the wedge that stands for an
 * antenna. */
#ifndef COVTRIAGE_STYLES_H
#define COVTRIAGE_STYLES_H

#include "cmd/out/result.h"

void style_cases(const struct result *result, struct buffer *qml);
void style_orders(const struct result *result, struct buffer *qml);
void style_plans(const struct result *result, struct buffer *qml);
/** Lasting faults by risk, and the squares that they darken by kind. */
void style_interceptions(const struct result *result, struct buffer *qml);
void style_dark(const struct result *result, struct buffer *qml);
void style_grid(const struct result *result, struct buffer *qml);
/** Wedges by the audit's status; `audit`: only what the audit found, over the table's. */
void style_cells(const struct result *result, bool audit, struct buffer *qml);

enum { WEDGE_POINTS = 40 };

/**
 * The outline of a cell on the ground: a wedge of its horizontal beamwidth (65 degrees when not
 * given) towards its azimuth, a circle for omni and indoor cells. `audit`: towards the
 * estimate. Returns the points written, 0 without a position. The radius is wedge_radius_m.
 */
size_t wedge_ring(const struct result_cell *cell, bool audit, struct point ring[WEDGE_POINTS]);

/** Length of the wedge in metres: higher frequencies reach less, so sectors in layers all show.
 */
double wedge_radius_m(const struct result_cell *cell);

/** The azimuth points somewhere: a macro cell with an azimuth and a beam under 360 degrees. */
bool wedge_directed(const struct result_cell *cell);

#endif
