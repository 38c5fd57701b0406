/* p1812.h - Recommendation ITU-R P.1812-6: basic transmission loss between points over terrain,
 * 30 MHz to 6 GHz, 0.25 km to about 3000 km, not exceeded for p % of time and pL % of places.
 */
#ifndef COVTRIAGE_RADIO_P1812_H
#define COVTRIAGE_RADIO_P1812_H

#include <stddef.h>

/** Radio-climatic zones of a profile point. */
enum p1812_zone { P1812_SEA = 1, P1812_COAST = 3, P1812_INLAND = 4 };

/** The climate where the ITU's maps DN50 and N050 are not at hand: mid-latitude values. */
#define P1812_DN 45.0
#define P1812_N0 325.0

/** One path. Arrays are borrowed, `count` long, the first point at the transmitter. */
struct p1812_path {
    const double *distance_km; /**< ascending from 0 */
    const double *ground_m;    /**< above sea */
    const double *clutter_m;   /**< representative clutter height; NULL: none */
    const unsigned char *zone; /**< enum p1812_zone; NULL: inland */
    size_t count;              /**< 5.. */
    double frequency_ghz;      /**< 0.03..6 */
    double time_pct;           /**< p, 1..50 */
    double places_pct;         /**< pL, 1..99 */
    double places_sigma_db;    /**< spread over places; 0: the median place */
    double from_m, to_m;       /**< antennas above ground, 1..3000 */
    double latitude_deg;       /**< of the path's middle */
    double dn, n0;             /**< refractivity lapse rate and sea-level refractivity */
    double from_coast_km, to_coast_km; /**< over land to the coast; 500 when far */
    int vertical;                      /**< polarization: 1 vertical, 0 horizontal */
};

/** What is outside the valid range; the loss is NAN then. */
enum p1812_flag {
    P1812_FREQUENCY = 1,
    P1812_DISTANCE = 2,
    P1812_HEIGHT = 4,
    P1812_PERCENT = 8,
    P1812_PROFILE = 16, /**< too few points, or distances not ascending */
};

/** The loss and every intermediate value, named as in the Recommendation. */
struct p1812_result {
    double loss_db; /**< Lb, equation (69) */
    unsigned flags; /**< enum p1812_flag; 0: valid */
    double d_km, dlt_km, dlr_km, theta_t_mrad, theta_r_mrad, theta_mrad;
    double hts_m, hrs_m, omega, dtm_km, dlm_km, b0_pct, ae_km;
    double hst_n_m, hsr_n_m, hst_m, hsr_m, hstd_m, hsrd_m, hte_m, hre_m, hm_m;
    double fi, fj, fk;
    double lbfs_db, lb0p_db, lb0b_db, lbulla_db, lbulls_db, ldsph_db;
    double ld50_db, ldb_db, ldp_db, lbd50_db, lbd_db, lminb0p_db, lba_db, lminbap_db;
    double lbda_db, lbam_db, lbs_db, lbc_db;
    double field_dbuv_m; /**< Ep for 1 kW, equation (70) */
};

/**
 * Compute the loss. Result NAN and flags outside the valid range of P.1812-6 clause 1 and 3.
 * Lbulla, Lbulls and Ldsph are those for the median effective earth radius.
 * Source: ITU-R P.1812-6 (09/2021), Annex 1 and Attachments; equation numbers in the code.
 */
struct p1812_result p1812_loss(const struct p1812_path *path);

#endif
