/* locate_density.h - the densities that a position's sources are, and particles drawn from
 * them. Private to models/verdict/locate*.c. */
#ifndef COVTRIAGE_LOCATE_DENSITY_H
#define COVTRIAGE_LOCATE_DENSITY_H

#include "geo/gazetteer.h"
#include "models/verdict/locate_cell.h"

/** A round place: nine tenths within radius_m. */
struct spot {
    struct xy at;
    double radius_m, weight;
};

/** All that is known of where one complaint is. */
struct sources {
    bool has_given, has_cell;
    struct spot given;                         /**< coordinates */
    struct spot named[GAZETTEER_ALTERNATIVES]; /**< places the words may mean */
    size_t named_count;
    double away_m, bearing_deg, bearing_trust; /**< a relative phrase from the place named */
    struct xy text_at;
    double text_radius_m;
    struct footprint_view *footprints;
    uint32_t cell;
    struct xy mast;
    double reach_m;
    double area_m2; /**< where anything could be, set by sources_prepare */
};

/** Complete what drawing needs; after all sources are set. */
void sources_prepare(struct sources *sources);

/** Particle `i` of a fixed sequence: from the sharp sources in turn, or from the disc around
 * the mast when there is only a cell. */
struct xy sources_draw(const struct sources *sources, size_t i);

/** The particle's weight: the product of all sources over the density it was drawn from. */
double sources_weight(const struct sources *sources, struct xy at);

/** How likely words and serving cell are, were the coordinates as exact as their radius says: a
 * mean over their spot, greater than 0; only its ratio at several radii means something. */
double sources_agreement(const struct sources *sources);

/** Are the words farther from the coordinates than both radii allow? */
bool sources_text_far(const struct sources *sources);

#endif
