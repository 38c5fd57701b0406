/* study.h - what all tickets of a run are judged by: made once from the tables, then shared by
 * the workers and never changed. */
#ifndef COVTRIAGE_STUDY_H
#define COVTRIAGE_STUDY_H

#include "models/radio/aim.h"
#include "models/radio/served.h"
#include "models/radio/surface.h"
#include "models/tables/world.h"
#include "models/verdict/clock.h"
#include "models/verdict/locate.h"
#include "models/verdict/reach.h"
#include "models/verdict/trouble.h"

/** How the places of this network usually are: the share of measured places that is weak,
 * good, weak but cured by an antenna standing right, weak but cured by a plan. A ticket's own
 * probabilities are held against these, so that a network of weak places does not make every
 * ticket weak. */
struct usual {
    double weak, good, antenna, plan;
    double
        missed; /**< share of the antennas that stand wrong which the audit does not suspect */
};

struct study {
    const struct world *world; /**< borrowed */
    struct locator *locator;
    struct surface *surface;
    struct served *served;
    struct aim *aims; /**< one per cell */
    struct troubles *troubles;
    struct onset *onset;
    struct reach_curve reach;
    struct usual usual;
    const struct replies *replies; /**< the user's own; NULL: none */
    struct clock_slip slips[CLOCK_SLIPS];
    size_t slip_count;
    unsigned flags; /**< enum flag, of every ticket */
    struct arena *arena;
};

struct study_options {
    int threads;
    void (*stage)(void *context, const char *name); /**< a part is made; NULL: nobody asks */
    void *context;
};

/**
 * Everything that is computed once: the places' index, the audit of the antennas, the surface,
 * troubles and clocks, the user's replies. Free with study_free, also after a failure.
 * Errors: STATUS_IO, STATUS_FORMAT (replies), STATUS_INTERRUPTED.
 */
enum status study_make(const struct world *world, const struct study_options *options,
                       struct study *study, struct error *error);
void study_free(struct study *study);

#endif
