/* reach.h - how far cells of this network serve: of the cells whose lobe looks at a place from
 * a distance, the share that is the strongest there, counted on the measured squares. */
#ifndef COVTRIAGE_REACH_H
#define COVTRIAGE_REACH_H

#include "models/tables/world.h"

enum { REACH_CLASSES = 16 };

/** Shares by classes of distance. */
struct reach_curve {
    double
        share[REACH_CLASSES]; /**< 0..1, never rising with distance; 1 without measurements */
};

/** Count over the world's bins: in each square the cell with the highest mean level is the
 * strongest, the others within reach whose table's azimuth is within 60 degrees of it are not.
 * Half a hit is added to each class, and the shares are made to fall with distance by pooling
 * adjacent violators. Source: R. Barlow et al., "Statistical Inference under Order
 * Restrictions", 1972, 1.2. */
struct reach_curve reach_of(const struct world *world);

/** The share at a distance, metres >= 0. */
double reach_share(const struct reach_curve *curve, double way_m);

#endif
