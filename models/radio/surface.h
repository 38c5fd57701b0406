/* surface.h - the calibrated radio surface: what level each cell brings to any place, how sure
 * that is, and what another azimuth, tilt or a new site would bring.
 *
 * A level is power + antenna + trend of the path + what is common to all masts at the place
 * (buildings, trees) + what is special to this mast there (shadowing) + fading. Trend,
 * variances and ranges are estimated from the measurements; both fields are kriged from the
 * residuals near the place, so that sigma shrinks there. Cells of one mast share path and
 * shadowing, so each learns from the measurements of the others. Drive tests stand outdoors and
 * count in full; reports are a mixture of outdoors and indoors and are weighed so. Levels are
 * outdoors.
 *
 * Const after surface_new: any number of threads may ask at once. */
#ifndef COVTRIAGE_RADIO_SURFACE_H
#define COVTRIAGE_RADIO_SURFACE_H

#include "geo/base.h"
#include "models/radio/antenna.h"
#include "models/tables/world.h"

struct surface;

struct surface_options {
    int threads; /**< 1.. ; the result does not depend on it */
    /** Where each cell's antenna actually stands (world->cell_count entries), as an audit
     * found; NULL: as the tables say. An entry whose azimuth and tilt are all NAN keeps the
     * table's. */
    const struct antenna_aim *standing;
};

/** An expected level and its standard deviation; dbm NAN where nothing can be said. */
struct surface_level {
    double dbm, sigma_db;
};

/** A cell that reaches a place. */
struct surface_server {
    uint32_t cell;
    struct surface_level level;
};

/** A site that does not stand yet. Absent numbers (NAN) are taken from the network's own. */
struct surface_site {
    struct xy at;
    double height_m;
    const double *azimuths_deg; /**< `sectors` of them; none: omni */
    int sectors;
    enum rat rat;
    double frequency_mhz, power_dbm, tilt_deg;
};

/** Levels indoors: outdoor level less a loss of this mean and spread. */
struct surface_indoor {
    double loss_db, sigma_db;
    double share; /**< of the reports that are indoors; NAN: not known */
};

/**
 * Calibrate on world->bins. Without measurements the trend alone stands, with a wide sigma.
 * Free with surface_free. The world is borrowed and must outlive the surface.
 * Errors: none today but STATUS_MISSING without cells.
 */
enum status surface_new(const struct world *world, const struct surface_options *options,
                        struct surface **out, struct error *error);
void surface_free(struct surface *surface);

/** The level outdoors of one cell at a place of the world's plane. */
struct surface_level surface_at(const struct surface *surface, uint32_t cell, struct xy at);

/**
 * The cells that reach a place, strongest expected level first (ties by cell), at most `limit`.
 * Cells more than `surface_reach_db` (a rule) below the strongest are left out. Returns the
 * count. rat RAT_UNKNOWN: of any technology.
 */
size_t surface_servers(const struct surface *surface, struct xy at, enum rat rat,
                       struct surface_server *out, size_t limit);

/** Many places, one after another: what speaks for them is gathered once for the middle of each
 * square of the plane, so that neighbours cost little. For one thread. */
struct surface_window;
#define SURFACE_WINDOW_M 100.0

/** The surface is borrowed. Free with surface_window_free. */
struct surface_window *surface_window_new(const struct surface *surface);
void surface_window_free(struct surface_window *window);

/** As surface_servers; what it says of a place does not depend on what was asked before. */
size_t surface_window_servers(struct surface_window *window, struct xy at, enum rat rat,
                              struct surface_server *out, size_t limit);

/**
 * The level of a cell that is known to be reported at the place (the serving cell of a ticket,
 * a cell in a measurement): only strong cells are, so this expects more than surface_at.
 */
struct surface_level surface_listed_at(const struct surface *surface, uint32_t cell,
                                       struct xy at);

/** Samples of one cell in one bin: what they are of, and how many. */
struct surface_bin {
    uint32_t cell, samples;
    enum bin_kind kind;
};

/** What the mean of a bin's samples is expected to show, and how far off it will be: as
 * surface_listed_at, reports with their share of losses indoors, and the noise of so few. */
struct surface_level surface_bin_at(const struct surface *surface,
                                    const struct surface_bin *bin, struct xy at);

/**
 * The level of the best of some servers: mean and spread of the greatest of normal levels that
 * share what is common to all masts at the place. Source: C. E. Clark, "The greatest of a
 * finite set of random variables", Operations Research 9(2), 1961.
 */
struct surface_level surface_best(const struct surface *surface,
                                  const struct surface_server *servers, size_t count);

/** One place of which much is asked: what the questions share is worked out once. For one
 * thread; answers do not depend on what was asked before. */
struct surface_place;

/** Nowhere yet. The surface is borrowed. Free with surface_place_free. */
struct surface_place *surface_place_new(const struct surface *surface);
void surface_place_free(struct surface_place *place);
void surface_place_move(struct surface_place *place, struct xy to);

/** As surface_at. */
struct surface_level surface_place_at(struct surface_place *place, uint32_t cell);

/** The level of a cell if its antenna were turned to `aim` (azimuth NAN: as it stands now). Its
 * level as it stands goes to *before unless NULL. */
struct surface_level surface_place_aimed(struct surface_place *place, uint32_t cell,
                                         const struct antenna_aim *aim,
                                         struct surface_level *before);

/** The level of the best sector of a site to be built. A level below `least_dbm` may be given
 * too high, though never above it: it is not worked out further. */
struct surface_level surface_place_site(struct surface_place *place,
                                        const struct surface_site *site, double least_dbm);

/** surface_place_aimed and surface_place_site of a place of which nothing else is asked. */
struct surface_level surface_aimed(const struct surface *surface, uint32_t cell,
                                   const struct antenna_aim *aim, struct xy at,
                                   struct surface_level *before);
struct surface_level surface_site_at(const struct surface *surface,
                                     const struct surface_site *site, struct xy at);

/** How the standing antenna of a cell points, as the surface takes it. */
struct antenna_aim surface_standing(const struct surface *surface, uint32_t cell);

struct surface_indoor surface_indoors(const struct surface *surface);

/** What the calibration found, for `check`, run.json and people. */
struct surface_summary {
    double slope_db;        /**< loss per decade of distance, of the first cell's technology */
    double diffraction;     /**< of what P.1812 says of hills, the share that is seen; NAN */
    double place_sigma_db;  /**< common to all masts at a place */
    double mast_sigma_db;   /**< special to one mast at a place */
    double cell_sigma_db;   /**< special to one cell of a mast */
    double fading_sigma_db; /**< of one sample within a bin */
    double range_m;         /**< of the correlation */
    bool smooth;            /**< Matern 3/2 correlation; else exponential */
    double sigma_scale;     /**< what cross-validation made of sigma */
    uint64_t bins, cells;   /**< used */
    uint64_t absences;      /**< cells not reported where that told something */
};
struct surface_summary surface_summary(const struct surface *surface);

#endif
