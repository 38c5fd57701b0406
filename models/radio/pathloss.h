/* pathloss.h - basic transmission loss by the published macro models, dB, positive.
 * Outside a model's valid range the result is NAN and the flags say what is outside. */
#ifndef COVTRIAGE_RADIO_PATHLOSS_H
#define COVTRIAGE_RADIO_PATHLOSS_H

/** One path between a base antenna and a terminal. */
struct path {
    double frequency_mhz;
    double distance_m;      /**< along the ground */
    double base_height_m;   /**< antenna above the ground around it */
    double mobile_height_m; /**< antenna above ground */
};

/** What is outside the valid range. */
enum path_flag {
    PATH_FREQUENCY = 1,
    PATH_DISTANCE = 2,
    PATH_BASE_HEIGHT = 4,
    PATH_MOBILE_HEIGHT = 8,
};

enum environment {
    ENVIRONMENT_UNKNOWN = 0, /**< taken as a medium-sized city */
    ENVIRONMENT_LARGE_CITY,
    ENVIRONMENT_MEDIUM_CITY,
    ENVIRONMENT_SUBURBAN,
    ENVIRONMENT_OPEN,
};

/** Free space between isotropic antennas. frequency > 0 MHz, distance > 0 m, else NAN.
 * Source: ITU-R P.525-4 equation (4), 20 log10(4 pi d / lambda). */
double pathloss_free_space_db(double frequency_mhz, double distance_m);

/**
 * Okumura-Hata. 150-1500 MHz, 1-20 km, base 30-200 m, mobile 1-10 m. `flags` may be NULL.
 * Source: M. Hata, IEEE Trans. Veh. Technol. VT-29(3), 1980.
 */
double pathloss_hata_db(const struct path *path, enum environment environment, unsigned *flags);

/**
 * COST 231-Hata. 1500-2000 MHz, 1-20 km, base 30-200 m, mobile 1-10 m. `flags` may be NULL.
 * ENVIRONMENT_LARGE_CITY adds C_m = 3 dB; suburban and open take Hata's corrections away.
 * Source: COST 231 final report, 1999, equation 4.4.3.
 */
double pathloss_cost231_db(const struct path *path, enum environment environment,
                           unsigned *flags);

/**
 * The trend of Hata's formulas carried beyond their ranges (any frequency, 20 m to 100 km, base
 * 1.5 to 500 m): not a prediction but the shape that calibration starts from. Below 1500 MHz
 * Hata, above COST 231, medium city. Never NAN for finite positive input.
 * Source: Hata 1980 and COST 231 1999; the extrapolation is our choice.
 */
double pathloss_hata_trend_db(const struct path *path);

/** Scenarios of TR 38.901. */
enum scenario { SCENARIO_UNKNOWN = 0, SCENARIO_UMA, SCENARIO_UMI, SCENARIO_RMA };

/**
 * TR 38.901 path loss, line of sight or not. 0.5-100 GHz (rural to 30), 10 m to 5 km (rural
 * 10 km, non-line-of-sight 5 km), mobile 1.5-22.5 m (rural 1-10 m), base 10-150 m for rural;
 * urban base heights are 25 m (UMa) and 10 m (UMi) and others are flagged but computed. The
 * rural scenario takes its default buildings, 5 m, and streets, 20 m.
 * `flags` may be NULL. Source: 3GPP TR 38.901 v16.1.0 table 7.4.1-1.
 */
double pathloss_38901_db(enum scenario scenario, int line_of_sight, const struct path *path,
                         unsigned *flags);

/** Probability of line of sight, 0..1, outdoors. Source: TR 38.901 v16.1.0 table 7.4.2-1. */
double pathloss_38901_sight(enum scenario scenario, const struct path *path);

#endif
