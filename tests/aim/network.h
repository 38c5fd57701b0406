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
    unsigned rotated_sites; /**< ... whose feeders are all moved on by one */
    unsigned turned_sites;  /**< ... whose antennas all stand turned by one angle, 40 .. 180 */
    unsigned moved_sites;   /**< ... drawn in the table moved_m from where they stand */
    double moved_m;
    double datum_m;  /**< all sites drawn so far to the north-east: a table in another datum */
    unsigned bands;  /**< carriers on each panel */
    double apart;    /**< share of wrong azimuths that are of the panel's first band alone */
    double slope_db; /**< loss a decade of distance */
    double bend_deg; /**< how far streets lead the level astray from its bearing */
    double width_error; /**< deviation of beamwidths from the table, relative */
    double place_error_m;
};

/** What most tests start from: 19 sites, 3 sectors, 4000 places, 4 cells a report. */
struct network_options network_usual(uint64_t seed);

struct making; /**< what was drawn: shadowing, reflections, errors of power and pattern */

struct network {
    struct world *world; /**< cells, sites, bins; no terrain */
    struct xy *site_xy;  /**< where each site stands; the world has where the table puts it */
    double *azimuth_deg; /**< true, per cell */
    double *tilt_turn_deg;
    struct making *making;
};

/** Build it. Free with network_free. */
struct network *network_new(const struct network_options *options);
void network_free(struct network *network);

/** The level of a cell at a place if its antenna were turned from how it truly stands; without
 * a phone's noise. */
double network_level_dbm(const struct network *network, uint32_t cell, double turn_deg,
                         double tilt_turn_deg, struct xy at);

/** How an audit did. */
struct network_marks {
    unsigned cells, judged, faults, found, called; /**< azimuths off by more than 30 degrees */
    unsigned tilt_faults, tilt_found, tilt_called;
    unsigned held;         /**< judged cells whose true azimuth lies in the interval */
    unsigned moved;        /**< sites that stand 100 m or more from their place in the table */
    unsigned moved_called; /**< sites said to stand elsewhere */
    unsigned moved_right, moved_held; /**< of these: rightly; the true place in the radius */
    unsigned errors[1801];            /**< judged cells by azimuth error, tenths of a degree */
};
struct network_marks network_mark(const struct network *network);
/** Add the marks of one network to those of others. */
void network_marks_add(struct network_marks *sum, const struct network_marks *one);
/** The azimuth error that `share` of the judged cells stay below; NAN without any. */
double network_error_deg(const struct network_marks *marks, double share);

/** How the stated gains of new aims did against the gains that turning truly brings. */
struct network_gains {
    unsigned asked, held; /**< places asked for; of these, true gain within the interval */
    double sum_db, true_sum_db;
    unsigned cured, broken, true_cured, true_broken; /**< measured squares */
};

/** Ask a new aim of every fourth cell for a place beside its lobe; add to `gains`. */
void network_mark_gains(const struct network *network, struct network_gains *gains);

#endif
