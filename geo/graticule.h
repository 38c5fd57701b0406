/* graticule.h - fast projection into square bins, equal to PROJ point by point.
 *
 * Between exact nodes the projection is interpolated (biquadratic over squares of 0.02
 * degrees); a point that falls within a margin of a bin's edge, or into a square where the
 * interpolation was found off, is projected by PROJ itself. One struct graticule per thread.
 */
#ifndef COVTRIAGE_GRATICULE_H
#define COVTRIAGE_GRATICULE_H

#include <stdint.h>

#include "geo/base.h"
#include "geo/crs.h"
#include "geo/point.h"

struct graticule;

/** Over `crs`, which is borrowed, for bins of bin_m metres (1 .. 100000). */
struct graticule *graticule_new(struct crs *crs, double bin_m);
void graticule_free(struct graticule *graticule);

/**
 * Where a point falls: *ix = floor(x / bin_m), *iy = floor(y / bin_m), equal to floor of PROJ's
 * own answer. false: the projection has no answer there, or the number overflows.
 */
bool graticule_bin(struct graticule *graticule, struct point at, int32_t *ix, int32_t *iy);

/** Where a point falls, within 1 mm of PROJ's own answer, for pictures; both NAN where the
 * projection has no answer. */
struct xy graticule_forward(struct graticule *graticule, struct point at);

/**
 * The centre of a bin, WGS-84, within 1e-9 degrees of PROJ's own answer; the same for a bin
 * whatever was asked before. Both NAN where the projection has no answer.
 */
struct point graticule_centre(struct graticule *graticule, int32_t ix, int32_t iy);

/** How many points of graticule_bin were answered by PROJ itself, of how many. */
struct graticule_counts {
    uint64_t exact, total;
};
struct graticule_counts graticule_counts(const struct graticule *graticule);

#endif
