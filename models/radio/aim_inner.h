/* aim_inner.h - what the files of the antenna audit share; not for others. */
#ifndef COVTRIAGE_RADIO_AIM_INNER_H
#define COVTRIAGE_RADIO_AIM_INNER_H

#include "models/radio/aim.h"
#include "models/radio/antenna.h"

/** Azimuths are compared at every AIM_STEP_DEG. */
#define AIM_STEP_DEG 5
#define AIM_STEPS    (360 / AIM_STEP_DEG)

/** What is common to all sites: which cells share a carrier, what was reported together. */
struct aim_ground {
    const struct world *world;
    uint32_t *carrier; /**< per cell: cells of one technology and band have one number */
    uint32_t carrier_count;
    float *set_size;          /**< per carrier: cells in a full report; 0: not known */
    float *floor_dbm;         /**< per carrier: the weakest level that is reported at all */
    uint32_t *cell_bins;      /**< bins grouped by cell */
    uint32_t *cell_bin_first; /**< cell_count + 1 offsets into cell_bins */
};

void aim_ground_make(const struct world *world, struct aim_ground *ground);
void aim_ground_free(struct aim_ground *ground);

/** A square (and kind of measurement) where at least one cell of the mast was reported. */
struct aim_place {
    int32_t ix, iy;
    enum bin_kind kind;
    float bearing_deg, distance_m, elevation_deg; /**< as seen from the mast's antennas */
    float sets;          /**< reports that say which cell served; 0: not known */
    float threshold_dbm; /**< what is not reported was weaker than this; NAN: not known */
    float weight;        /**< share that it has of its direction's say, 0..1 */
};

/** All measurements of the sectors of one mast on one carrier. */
struct aim_view {
    const struct world *world;
    struct xy at; /**< where the mast stands, or is taken to */
    uint32_t cell_count;
    uint32_t *cells; /**< indexes into world->cells */
    size_t place_count;
    struct aim_place *places;
    float *level_dbm; /**< [place * cell_count + cell]; NAN: not reported there */
    float *deviation_db;
    float *samples;
};

/** Gather the view of `cells` (of one site and carrier) into the arena. */
void aim_view_make(const struct aim_ground *ground, const uint32_t *cells, uint32_t count,
                   struct arena *arena, struct aim_view *view);
/** The same measurements as seen from `at`: a copy in the arena. */
struct aim_view aim_view_from(const struct aim_view *view, struct xy at, struct arena *arena);

/** Downtilts are compared at the table's and at these turns from it. */
#define AIM_TILTS         8
#define AIM_TILT_STEP_DEG 3
#define AIM_TILT_TABLE    3 /**< the turn that is 0: -9 -6 -3 0 3 6 9 12 */

/** An antenna's level less the path's loss, by elevation and turn from the boresight. */
#define AIM_LOBE_ELEVATIONS 61
struct aim_lobe {
    float level_db[AIM_LOBE_ELEVATIONS][AIM_STEPS];
};

/** Table the cell's antenna under each of the tilts. */
void aim_lobes_make(const struct cell *cell, struct aim_lobe lobes[AIM_TILTS]);
/** The levels at a place for every azimuth that the antenna might have: AIM_STEPS of them. */
void aim_lobe_row(const struct aim_lobe *lobe, const struct aim_place *place, float *row);

/** Share of cells whose downtilt is turned by step `tilt` from the table's, before looking. */
double aim_tilt_share(const struct rules *rules, int tilt);

/** What the measurements say of each cell. */
struct aim_fit {
    float *log_likelihood; /**< [(cell * AIM_TILTS + tilt) * AIM_STEPS + step], greatest 0 */
    float *support;        /**< per cell: independent comparisons that stand behind it */
    float *azimuth_deg;    /**< per cell: the best */
    float *offset_db;      /**< per cell: level above what the table's power gives */
    float scatter;         /**< 1 or more: by how much less than usual its places say */
    float cost;            /**< of the mast as fitted: minus twice the log posterior */
    bool as_table;         /**< it is fitted within what sound mounts and powers are off */
};

/** Compare the sectors of a mast with one another: joint fit of all azimuths. */
void aim_fit_differences(const struct aim_view *view, struct arena *arena, struct aim_fit *fit);

/** Where the strongest measurements of a cell lie. */
struct aim_strongest {
    double bearing_deg;   /**< NAN: nothing measured */
    double error_deg;     /**< standard error by the scatter of the squares */
    double concentration; /**< 0 all around the mast, 1 in one direction */
    double samples;
    uint32_t places;
};

struct aim_strongest aim_strongest_bearing(const struct aim_view *view, uint32_t cell);

/** Another place of a mast. */
struct aim_moved {
    struct xy at;
    double radius_m; /**< holds the true place with 95 % */
    double log_odds; /**< natural log, of the mast standing there; -INFINITY: not looked for */
};

/** Look for the place that the levels speak for: `count` views of one mast and their fits (of
 * nothing where records stand alone). The odds are by the fall of levels with distance alone,
 * the prior included. */
struct aim_moved aim_find_place(const struct aim_view *views, const struct aim_fit *fits,
                                uint32_t count, struct arena *arena);

/** Does the mast stand there, as surely as faults are called? */
bool aim_is_moved(const struct rules *rules, const struct aim_moved *moved);

/** What is known of one cell once its mast was looked at, before the network is. */
struct aim_belief {
    float azimuth[AIM_STEPS]; /**< likelihood of each azimuth, sum 1 */
    float tilt[AIM_TILTS];    /**< likelihood of each tilt, sum 1; table's only: all 1 there */
    float prior[AIM_STEPS];   /**< where a wrong azimuth would be, sum 1 */
    float support, concentration, spread_deg;
    uint64_t samples;
    enum aim_note note;             /**< AIM_NOTE_NONE, or why it cannot be judged */
    float gap_from_deg, gap_to_deg; /**< the widest arc without measurements; NAN: none */
    float distance_m;               /**< median of the measurements' distances */
    bool given;                     /**< the table has an azimuth to compare with */
    bool known;                     /**< azimuth says something */
    bool tilt_known;  /**< tilt says something: of two sectors, either may be the wrong one */
    bool together;    /**< reports of the carrier name several cells */
    uint32_t carrier; /**< cells of one technology and band have one number */
    struct aim_moved moved; /**< the mast's other place; log_odds with all that is known */
    uint32_t mast; /**< the first cell of the site that stands at one place with this one */
};

/** More cells than this on one mast are judged in parts. */
#define AIM_MAST_CELLS 48

/** Cells of one mast, all carriers, whose azimuths the table gives. */
struct aim_mast {
    uint32_t cells[AIM_MAST_CELLS];
    uint32_t count;
};

/** How one cell of a mast stands, all arrangements of the mast weighed. */
struct aim_stand {
    double posterior[AIM_STEPS];            /**< of its azimuth, sum 1 */
    enum aim_arrangement arrangement, next; /**< the likeliest of the mast, and the second */
    uint32_t place_of; /**< the cell whose place it has by that; INDEX_NONE: its own */
    double turn_deg;   /**< of the whole mast; NAN */
    /** Log likelihood ratios of the likeliest to the table's and to the second; NAN: as the
     * table says. */
    double log_ratio_table, log_ratio_next;
};

/** Weigh the arrangements of one mast: `share` of cells astray, `stands` one per cell asked. */
void aim_arrange(const struct world *world, const struct aim_belief *beliefs,
                 const struct aim_mast *asked, double share, struct aim_stand *stands);

/** Look at every sector of one site; `beliefs` has one entry per cell of the world. */
void aim_believe_site(const struct aim_ground *ground, uint32_t site, struct arena *arena,
                      struct aim_belief *beliefs);

/** From beliefs to answers: share of faults, intervals, status; `out` per cell of the world. */
void aim_decide(const struct world *world, const struct aim_belief *beliefs, struct aim *out);

/** Tell swapped and rotated feeders and turned masts from single faults, and say what to drive
 * where nothing could be said. */
void aim_name_faults(const struct world *world, const struct aim_belief *beliefs,
                     struct aim *out);

/** The density of a sound antenna's azimuth at every step, sum 1. */
void aim_sound_prior(const struct rules *rules, double azimuth_deg, float *prior);

#endif
