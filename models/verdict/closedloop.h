/* closedloop.h - did a fix work? Levels and complaints before and after, with their doubt. */
#ifndef COVTRIAGE_CLOSEDLOOP_H
#define COVTRIAGE_CLOSEDLOOP_H

#include <stddef.h>
#include <stdint.h>

/** One bin that was measured before and after. */
struct loop_bin {
    double before_dbm, after_dbm;
    uint64_t block; /**< bins of one block share their shadowing: they count as one */
};

/** The change of level that the fix brought, beyond what changed everywhere. */
struct loop_level {
    double before_dbm, after_dbm; /**< means over the bins it was to help */
    double effect_db,
        sigma_db; /**< difference in differences and its deviation; NAN: unknown */
    size_t bins, control_bins;
};

/**
 * Compare the bins that were to be helped with matched bins that nobody touched. Both sides are
 * averaged by block first; with fewer than two blocks on a side the spread of single changes is
 * taken as 6 dB. Source: difference in differences, Angrist & Pischke, "Mostly Harmless
 * Econometrics", 5.2; 6 dB: our choice, the usual shadowing within 50 m.
 */
struct loop_level loop_level_change(const struct loop_bin *bins, size_t count,
                                    const struct loop_bin *control, size_t control_count);

/** Complaints of a place before and after. */
struct loop_rate {
    double before, before_days, after, after_days;
};

/**
 * Probability that the rate of complaints after is below `share` times that before, the counts
 * being Poisson, with Jeffreys' prior. NAN when a number of days is not above 0.
 * Source: H. Jeffreys, "Theory of Probability", 1961; the ratio of gamma variables is a beta
 * one.
 */
double loop_rate_below(const struct loop_rate *rate, double share);

/** The ratio after / before that the true one is below with probability p, 0 < p < 1. */
double loop_rate_quantile(const struct loop_rate *rate, double p);

/** Regularised incomplete beta function I_x(a, b), a and b > 0. Source: Abramowitz & Stegun,
 * 26.5.8, the continued fraction; error under 1e-12. */
double loop_beta(double x, double a, double b);

enum loop_verdict {
    LOOP_UNKNOWN = 0, /**< too little was measured or reported */
    LOOP_CURED,       /**< complaints ended, the level is not worse */
    LOOP_BETTER,
    LOOP_UNCHANGED,
    LOOP_WORSE,
};

/** What decides; from the rules. */
struct loop_rules {
    double better_db;   /**< a change of level that people notice */
    double sure;        /**< probability asked for, 0.5..1 */
    double cured_share; /**< complaints below this share of before: cured */
};

/**
 * The verdict and, in *probability, how sure it is: that of its own statement, 0..1 (NAN when
 * unknown).
 */
enum loop_verdict loop_judge(const struct loop_level *level, const struct loop_rate *rate,
                             const struct loop_rules *rules, double *probability);

/** "cured", "better", "unchanged", "worse", "unknown". */
const char *loop_word(enum loop_verdict verdict);

#endif
