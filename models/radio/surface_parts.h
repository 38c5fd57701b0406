/* surface_parts.h - what the files of the surface share; not for others. */
#ifndef COVTRIAGE_RADIO_SURFACE_PARTS_H
#define COVTRIAGE_RADIO_SURFACE_PARTS_H

#include "models/radio/link.h"
#include "models/radio/surface.h"

/** Two questions, two trends. OPEN: whatever cell, whether it is reported there or not;
 * absences count. LISTED: a cell that is known to be reported there, which only strong ones
 * are. */
enum mode { MODE_OPEN = 0, MODE_LISTED, MODE_COUNT };

/** One cell, ready for arithmetic. */
struct mast_cell {
    struct xy at;
    double height_m; /**< antenna over the ground at the mast */
    double ground_m; /**< of the mast above sea; NAN where it is not known */
    double eirp_dbm; /**< power and peak gain */
    double frequency_mhz;
    double base_db; /**< Hata's trend at 1 km: what the fitted trend starts from */
    double offset_db[MODE_COUNT]; /**< the cell's own mean residual, shrunk */
    struct antenna antenna;
    struct antenna_aim aim; /**< as it stands */
    uint32_t site;
    enum rat rat;
    bool placed; /**< its position is known */
};

enum { TREND_BENDS = 3 };

/** Level = eirp - base - antenna loss + at_km + slope * log10(km) - diffraction * hills, and
 * what the slope changes by beyond each bend. */
struct trend {
    double at_km_db, slope_db, diffraction;
    double bend_db[TREND_BENDS];
};

/** Where the trend bends, decades of km: 200 m, 500 m, 1 km. */
extern const double trend_bends[TREND_BENDS];
double trend_db(const struct trend *trend, double decades, double hill_db);

/** One cell seen from one place: what the trend needs. */
struct view {
    struct link link;
    double hill_db;    /**< what hills and clutter add by P.1812, at most 40 */
    double antenna_db; /**< loss below the peak, of the standing antenna */
};

/** One bin of one cell as a residual from the trend, outdoors. */
struct observation {
    float x_m, y_m;                /**< from the surface's origin */
    float mast_m;                  /**< from its mast, at least 1 */
    float residual_db[MODE_COUNT]; /**< measured less trend */
    float noise_db2;               /**< variance of the bin's mean about the true local level */
    uint32_t cell, site;
    uint32_t block; /**< the 200 m block, for cross-validation */
};

/** A row of tiles that holds observations of a group. */
struct tile_row {
    int32_t y;
    uint32_t first; /**< of its items; the next row's first is its end */
};

/** Observations in groups, each sorted by tiles of the plane. */
struct observation_index {
    struct observation *items;
    int32_t *tile_x; /**< of each item */
    struct tile_row *rows;
    size_t *group_rows; /**< group_count + 1 offsets into rows */
    size_t group_count, count;
};

/** Where a group's items start; the next group's start is its end. */
static inline size_t index_first(const struct observation_index *index, size_t group)
{
    return index->rows[index->group_rows[group]].first;
}

/** Which pairs share what. */
enum kinship { KIN_PLACE = 0, KIN_MAST, KIN_CELL, KIN_COUNT };

enum { KERNEL_STEPS = 512 };

/** Covariance of two residuals by distance: tables, one per kinship. */
struct kernel {
    bool smooth; /**< Matern 3/2; else exponential */
    double range_m;
    /** What is special to a mast or a cell reaches so many times farther along the ray than
     * across it; 1 or more. */
    double stretch;
    double place_db2, mast_db2, cell_db2; /**< sills */
    double wide_db2, constant_db2;        /**< of the mast, slowly varying; of the cell */
    double steps_per_m;
    float table[KIN_COUNT][KERNEL_STEPS + 2];
};

/** Groups of observations: drive tests, reports, and absences among those of one mast. */
enum { PLACE_KINDS = 2, GROUP_KINDS = 3, KIND_ABSENT = 2 };

struct surface {
    const struct world *world;
    int threads;
    double bin_m;
    double latitude_deg; /**< of the network, for the climate of P.1812 */
    struct xy origin;
    struct mast_cell *cells;
    struct trend trends[MODE_COUNT][RAT_COUNT];
    struct kernel kernel;
    struct observation_index by_mast;  /**< group: site * GROUP_KINDS + kind */
    struct observation_index by_place; /**< group: kind; no absences */
    bool drive;                        /**< there are drive tests: they decide */
    double fading_db2;                 /**< of one drive sample within a bin */
    double sampling_share;             /**< times it that one sample tells wrong, 1..2 */
    double typical_noise_db2;          /**< of a bin's mean */
    double pattern_share; /**< of the antenna's pattern that the measurements show, 0..1 */
    double spread_db2;    /**< of any cell about the open trend, absences included */
    double sigma_scale;   /**< from cross-validation */
    double reach_db;
    /** What the best server's level proves to differ by from the greatest of the servers', and
     * what its sigma is to be scaled by. */
    double best_shift_db, best_scale;
    struct surface_indoor indoor;
    double strongest_db[RAT_COUNT]; /**< of its cells: eirp less base, with offset, at most */
    struct mast_cell typical[RAT_COUNT]; /**< the network's usual macro cell; eirp NAN: none */
    struct surface_summary summary;
};

enum { NEAR_AT_MOST = 48 };
#define BLOCK_NONE  UINT32_MAX
#define SITE_NEW    UINT32_MAX
#define CELL_ANY    UINT32_MAX
#define CELL_AROUND (UINT32_MAX - 1) /* whoever is near, for all masts */

/** The observations that speak for one mast at one place. */
struct nearby {
    enum mode mode;
    uint32_t site; /**< the mast they speak for; SITE_NEW: one that does not stand yet */
    uint32_t cell; /**< the one cell of it that is asked for; CELL_ANY: all of them */
    const struct observation *items[NEAR_AT_MOST];
    size_t count;
};

/** A residual and its variance. */
struct residual {
    double mean_db, variance_db2;
};

/* surface.c */
static const struct surface_level LEVEL_UNKNOWN = {NAN, NAN};
/** The level of a trend and a kriged residual. */
struct surface_level level_joined(const struct surface *surface, enum mode mode,
                                  double trend_dbm, struct residual residual);

/* surface_path.c */
void path_prepare(struct surface *surface, const struct surface_options *options);
/** Height of the ground above sea, m; NAN where it is not known. */
double path_ground_m(const struct surface *surface, struct xy at);
/** Hata's trend at 1 km, dB. */
double path_base_db(double frequency_mhz, double height_m);
struct view path_view(const struct surface *surface, uint32_t cell, struct xy at);
struct view path_mast_view(const struct surface *surface, const struct mast_cell *mast,
                           struct xy at);
/** The hills between a place and the antenna that was asked about last. */
struct hills_seen {
    struct xy from; /**< x_m NAN: none yet */
    double height_m, frequency_mhz, hill_db;
};
/** As path_mast_view, in two steps: all but the hills, from the height of the ground at the
 * place (NAN: not known); then they, unless `seen` holds them. */
struct view path_bare_view(const struct mast_cell *mast, struct xy at, double ground_m);
void path_view_hills(const struct surface *surface, const struct mast_cell *mast, struct xy at,
                     struct hills_seen *seen, struct view *view);
/** Both for cells of one mast, sharing what they share. */
void path_bare_views(const struct surface *surface, const uint32_t *cells, size_t count,
                     struct xy at, struct view *out);
void path_views_hills(const struct surface *surface, const uint32_t *cells, size_t count,
                      struct xy at, struct view *views);
double path_trend_dbm(const struct surface *surface, enum mode mode,
                      const struct mast_cell *mast, const struct view *view);

/** The best trend, without hills, of a site's cells of one technology (RAT_UNKNOWN: any), by
 * distance and bearing alone; -INFINITY when it has none. */
double path_site_guess_dbm(const struct surface *surface, uint32_t site, struct xy at,
                           enum rat rat, uint32_t *cell);

/** No cell is expected to be stronger at this distance or beyond, by the open trend, which
 * never rises. */
double path_most_dbm(const struct surface *surface, double distance_m);

/* surface_absence.c */
/** A cell not reported in a square where it might have been. */
struct absence {
    size_t bin; /**< the first of the square */
    uint32_t cell;
    float decades, hill_db;
    float bound_db; /**< its level less eirp, base and antenna was below this */
};
struct absences {
    struct absence *items;
    size_t count, capacity;
};
void absences_find(const struct surface *surface, struct absences *out);
/** Mean and variance of a normal residual around 0 that is known to lie below a bound. */
struct residual absence_residual(double bound_db, double variance_db2);

/* What is expected before measuring, and how many measurements that is worth. Shadowing 8 dB,
 * half of it common to all masts at a place: 3GPP TR 36.814 table A.2.1.1.2-3. */
#define PRIOR_SHADOW_DB2 64.0
#define PRIOR_FADING_DB2 9.0
#define PRIOR_PAIRS      100.0

/** One bin with what the fits need of it. */
struct bin_view {
    float decades, hill_db; /* decades of km */
    float level_db;         /* measured less eirp and base, antenna's share added back */
    float antenna_db;
    bool good;
};

/** A calibration under way. */
struct fit {
    struct surface *surface;
    struct bin_view *views; /* by bin */
    struct absences absences;
    double spread_db2; /* of residuals about the trend */
    enum mode mode;    /* whose trend is being fitted */
};

/* surface_fit.c */
void fit_all(struct surface *surface);
/** Where a bin's samples were taken, on average. */
struct xy fit_place(const struct surface *surface, const struct bin *bin);
/** Is the bin of the kind that decides: drive tests, where there are any? */
bool fit_is_primary(const struct surface *surface, const struct bin *bin);
/** Residual of world->bins[i] from the trend of a mode, dB. */
double fit_residual_db(const struct fit *fit, enum mode mode, size_t i);
/** Variance of a bin's mean about the true local level. */
double fit_noise_db2(const struct surface *surface, enum bin_kind kind, uint32_t samples);

/* surface_tune.c, in the order of their use */
void tune_sills(const struct fit *fit);
void tune_observations(struct fit *fit);
void tune_kernel(struct surface *surface);
void tune_absences(struct fit *fit);

/** The 200 m block of a bin, for cross-validation. */
uint32_t fit_block(const struct surface *surface, const struct bin *bin);
/** Mean loss of a report against a drive test, dB. */
double fit_report_loss_db(const struct surface *surface);

/* surface_krige.c */
/** From a mast (SITE_NEW: 1), m, at least 1. */
float mast_distance_m(const struct surface *surface, uint32_t site, struct xy at);
void kernel_fill(struct kernel *kernel);
double kernel_total_db2(const struct kernel *kernel);
void index_build(struct observation_index *index, struct observation *items, size_t count,
                 const uint32_t *groups, size_t group_count);
void index_drop(struct observation_index *index);
/** near->mode, site and cell are set by the caller. `around`: what was gathered there for
 * SITE_NEW and CELL_AROUND, to save searching again; NULL: nothing. */
void nearby_gather(const struct surface *surface, struct xy at, uint32_t without_block,
                   const struct nearby *around, struct nearby *near);

/** Observations ready to predict any place near them. */
struct kriging {
    struct nearby near; /**< set by the caller */
    float matrix[NEAR_AT_MOST * NEAR_AT_MOST], whitened[NEAR_AT_MOST];
};
void kriging_prepare(const struct surface *surface, struct kriging *kriging);
/** Krige the residual of a cell of the mast that they were gathered for. */
void kriging_solve(const struct surface *surface, const struct kriging *kriging, struct xy at,
                   uint32_t cell, struct residual *out);
/** Both at once. */
void nearby_krige(const struct surface *surface, const struct nearby *near, struct xy at,
                  uint32_t cell, struct residual *out);

#endif
