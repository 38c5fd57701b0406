/* diffraction.h - loss over hills: single edge, Bullington, Deygout, smooth spherical earth. */
#ifndef COVTRIAGE_RADIO_DIFFRACTION_H
#define COVTRIAGE_RADIO_DIFFRACTION_H

#include <stddef.h>

/** A path over terrain: heights above sea at even steps, both ends included. */
struct profile {
    const double *height_m;
    size_t count;        /**< 2.. */
    double step_m;       /**< between neighbours */
    double from_m, to_m; /**< antenna heights above sea at the two ends */
    double frequency_mhz;
    double earth_m; /**< effective earth radius; 8.5e6 for k = 4/3 */
};

/**
 * Loss of a single edge with parameter v, dB, 0 below v = -0.78.
 * Source: ITU-R P.526-15 equation (31).
 */
double diffraction_edge_db(double v);

/** Bullington's equivalent edge alone, dB. Source: ITU-R P.526-15 clause 4.5.1, less the
 * empirical term of equation (54) that belongs to the complete delta-Bullington method. */
double diffraction_bullington_db(const struct profile *profile);

/**
 * Deygout's main edge and one on each side of it, dB.
 * Source: ITU-R P.526-13 clause 4.5 (cascaded knife edges), correction with T and C.
 */
double diffraction_deygout_db(const struct profile *profile);

/** A path over smooth spherical earth. */
struct sphere_path {
    double distance_m, from_m, to_m; /**< heights above the sphere */
    double frequency_mhz, earth_m;
    double permittivity, conductivity_s_m; /**< land: 22 and 0.003; sea: 80 and 5 */
    int vertical;                          /**< polarization: 1 vertical, 0 horizontal */
};

/** Loss over smooth spherical earth, dB, never below 0.
 * Source: ITU-R P.526-15 clauses 3.1 and 3.2 (first-term residue, interpolation). */
double diffraction_sphere_db(const struct sphere_path *path);

#endif
