/* surface_parts.h - what the files of the surface share; not for others. */
#ifndef COVTRIAGE_RADIO_SURFACE_PARTS_H
#define COVTRIAGE_RADIO_SURFACE_PARTS_H

#include "models/radio/link.h"
#include "models/radio/surface.h"

/** One cell, ready for arithmetic. */
struct mast_cell {
    struct xy at;
    double height_m; /**< antenna over the ground at the mast */
    double ground_m; /**< of the mast above sea; 0 without a terrain */
    double eirp_dbm; /**< power and peak gain */
    double frequency_mhz;
    double base_db;   /**< Hata's trend at 1 km: what the fitted trend starts from */
    double offset_db; /**< the cell's own mean residual, shrunk */
    struct antenna antenna;
    struct antenna_aim aim; /**< as it stands */
    uint32_t site;
    enum rat rat;
    bool placed; /**< its position is known */
};

/** Level = eirp - base - antenna loss + at_km + slope * log10(km) - diffraction * J. */
struct trend {
    double at_km_db, slope_db, diffraction;
};

/** One cell seen from one place: what the trend needs. */
struct view {
    struct link link;
    double hill_db;    /**< Bullington's loss over the terrain, at most 40 */
    double antenna_db; /**< loss below the peak, of the standing antenna */
};

/** One bin of one cell as a residual from the trend, outdoors. */
struct observation {
    float x_m, y_m;    /**< from the surface's origin */
    float residual_db; /**< measured less trend */
    float noise_db2;   /**< variance of the bin's mean about the true local level */
    uint32_t cell, site;
    uint32_t block; /**< the 200 m block, for cross-validation */
};

/** Observations in groups, each sorted by tiles of the plane. */
struct observation_index {
    struct observation *items;
    uint64_t *tiles;
    size_t *group_first; /**< group_count + 1 */
    size_t group_count, count;
};

/** Which pairs share what. */
enum kinship { KIN_PLACE = 0, KIN_MAST, KIN_CELL, KIN_COUNT };

enum { KERNEL_STEPS = 512 };

/** Covariance of two residuals by distance: tables, one per kinship. */
struct kernel {
    bool smooth; /**< Matern 3/2; else exponential */
    double range_m;
    double place_db2, mast_db2, cell_db2; /**< sills */
    double wide_db2, constant_db2;        /**< of the mast, slowly varying; of the cell */
    double steps_per_m;
    float table[KIN_COUNT][KERNEL_STEPS + 2];
};

/** Where measurements of each kind are kept. */
enum { GROUP_KINDS = 2 };

struct surface {
    const struct world *world;
    int threads;
    double bin_m;
    struct xy origin;
    struct mast_cell *cells;
    struct trend trends[RAT_COUNT];
    struct kernel kernel;
    struct observation_index by_mast;  /**< group: site * GROUP_KINDS + kind */
    struct observation_index by_place; /**< group: kind */
    bool drive;                        /**< there are drive tests: they decide */
    double fading_db2;                 /**< of one drive sample within a bin */
    double typical_noise_db2;          /**< of a bin's mean */
    double sigma_scale;                /**< from cross-validation */
    double reach_db;
    struct surface_indoor indoor;
    struct mast_cell typical[RAT_COUNT]; /**< the network's usual macro cell; eirp NAN: none */
    struct surface_summary summary;
};

enum { NEAR_AT_MOST = 32 };
#define BLOCK_NONE UINT32_MAX
#define SITE_NEW   UINT32_MAX

/** The observations that speak for one mast at one place. */
struct nearby {
    uint32_t site; /**< the mast they speak for; SITE_NEW: one that does not stand yet */
    const struct observation *items[NEAR_AT_MOST];
    size_t count;
};

/** A residual and its variance. */
struct residual {
    double mean_db, variance_db2;
};

/* surface_path.c */
void path_prepare(struct surface *surface, const struct surface_options *options);
/** Height of the ground above sea, m; 0 where it is not known. */
double path_ground_m(const struct surface *surface, struct xy at);
/** Hata's trend at 1 km, dB. */
double path_base_db(double frequency_mhz, double height_m);
struct view path_view(const struct surface *surface, uint32_t cell, struct xy at);
struct view path_mast_view(const struct surface *surface, const struct mast_cell *mast,
                           struct xy at);
double path_mast_trend_dbm(const struct surface *surface, const struct mast_cell *mast,
                           const struct view *view);
double path_trend_dbm(const struct surface *surface, uint32_t cell, const struct view *view);

/* surface_fit.c */
void fit_all(struct surface *surface);

/* surface_krige.c */
void kernel_fill(struct kernel *kernel);
double kernel_total_db2(const struct kernel *kernel);
void index_build(struct observation_index *index, struct observation *items, size_t count,
                 const uint32_t *groups, size_t group_count);
void index_drop(struct observation_index *index);
void nearby_gather(const struct surface *surface, uint32_t site, struct xy at,
                   uint32_t without_block, struct nearby *near);
/** Krige the residuals of `count` cells of one mast from the same observations. */
void nearby_krige(const struct surface *surface, const struct nearby *near, struct xy at,
                  const uint32_t *cells, size_t count, struct residual *out);

#endif
