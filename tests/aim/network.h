/* network.h - a seeded network with known antennas and what phones would report of it: for the
 * tests of the audit and its power curve. The law is not the audit's own: shadowing in two
 * scales, reflections that differ by sector, errors of power, ripple on the pattern. */
#ifndef COVTRIAGE_TESTS_AIM_NETWORK_H
#define COVTRIAGE_TESTS_AIM_NETWORK_H

#include "models/tables/world.h"

struct network_options {
    uint64_t seed;
    unsigned sites;   /**< on a hexagonal grid, jittered */
    unsigned sectors; /**< per site */
    double spacing_m;
    unsigned places;  /**< positions measured, in all */
    unsigned reports; /**< cells per report; 1: each sample stands alone, serving not said */
    double span_deg;  /**< directions measured around each mast; 360: all */
    double shadow_db, reflection_db, noise_db, power_error_db, ripple_db;
    double install_deg;     /**< deviation of a sound antenna from its table */
    double azimuth_faults;  /**< share of cells turned by 40 .. 180 degrees */
    double tilt_faults;     /**< share of cells whose downtilt is 8 .. 11 degrees more */
    unsigned swapped_sites; /**< sites with two feeders exchanged */
};

/** What most tests start from: 19 sites, 3 sectors, 4000 places, 4 cells a report. */
struct network_options network_usual(uint64_t seed);

struct network {
    struct world *world; /**< cells, sites, bins; no terrain */
    double *azimuth_deg; /**< true, per cell */
    double *tilt_turn_deg;
};

/** Build it. Free with network_free. */
struct network *network_new(const struct network_options *options);
void network_free(struct network *network);

/** How an audit did. */
struct network_marks {
    unsigned cells, judged, faults, found, called; /**< azimuths off by more than 30 degrees */
    unsigned tilt_faults, tilt_found, tilt_called;
    unsigned held; /**< judged cells whose true azimuth lies in the interval */
    double median_deg;
};
struct network_marks network_mark(const struct network *network);

#endif
