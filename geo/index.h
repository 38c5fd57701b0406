/* index.h - which points lie near: a uniform grid over the plane. Const after index_new. */
#ifndef COVTRIAGE_INDEX_H
#define COVTRIAGE_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "geo/point.h"

struct index;

/**
 * Index `count` plane points; those with NAN are left out. `cell_m` is the grid's step,
 * about the usual query radius. The points are copied. Free with index_free.
 */
struct index *index_new(const struct xy *points, size_t count, double cell_m);
void index_free(struct index *index);

/** A point found, and how far it is. */
struct neighbour {
    uint32_t id;
    double distance_m;
};

/**
 * The points within radius_m of `at`, nearest first (ties by id), at most `limit` into `out`.
 * Returns how many were written. Where more than `limit` lie within, the nearest are kept.
 */
size_t index_near(const struct index *index, struct xy at, double radius_m,
                  struct neighbour *out, size_t limit);

/** The `count` nearest points whatever their distance; fewer when the index holds fewer. */
size_t index_nearest(const struct index *index, struct xy at, struct neighbour *out,
                     size_t count);

#endif
