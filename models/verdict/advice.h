/* advice.h - for a doubtful case the cheapest measurement that would decide it: points to call
 * from, a stretch to drive, a question for the desk. */
#ifndef COVTRIAGE_ADVICE_H
#define COVTRIAGE_ADVICE_H

#include "models/verdict/explain.h"

enum advice_kind {
    ADVICE_UNKNOWN = 0,
    ADVICE_CQT,   /**< measure at the points, in their order */
    ADVICE_DRIVE, /**< drive from the first point to the last, before the antenna */
    ADVICE_DESK,  /**< ask the county for what alarms and counters do not tell; no kilometre */
    ADVICE_ASK,   /**< ask the customer where it happened */
};

extern const struct name advice_names[]; /**< "cqt", "drive", "desk", "ask" */

enum { ADVICE_POINTS = 5, ADVICES_MAX = 4 };

/** One way to learn more. */
struct advice {
    enum advice_kind kind;
    struct point points[ADVICE_POINTS];
    size_t point_count;
    double
        length_km; /**< to get there (advice_access_km) and along the points; 0 at the desk */
    double bits;   /**< expected loss of the verdict's entropy */
    double bits_per_km; /**< INFINITY at the desk */
    uint32_t cell;      /**< whose antenna, or who is asked about; INDEX_NONE */
};

/**
 * The ways to learn more of a case that is undetermined or said with less than advice_below,
 * the most bits a kilometre first. A level measured at the place is taken to leave an error of
 * advice_measured_db; a drive before an antenna to tell whether it stands right; the desk to
 * tell whether there was an outage. Expected information as D. Lindley, "On a measure of the
 * information provided by an experiment", 1956. Returns how many were written.
 */
size_t advice_find(const struct account *account, struct advice out[ADVICES_MAX]);

/** The advice in words, appended to `out`. */
void advice_text(const struct account *account, const struct advice *advice,
                 enum language language, struct buffer *out);

#endif
