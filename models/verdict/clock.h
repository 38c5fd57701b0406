/* clock.h - do the tables' clocks agree? Alarms against the counters' lost availability,
 * tickets against both. A slip is reported, never put right silently. */
#ifndef COVTRIAGE_CLOCK_H
#define COVTRIAGE_CLOCK_H

#include "models/verdict/trouble.h"

/** One comparison of two tables' clocks. */
struct clock_slip {
    const char *table, *against; /**< "alarms", "counters" */
    double ahead_min;            /**< the table's times less the other's; 0: they agree */
    size_t events;               /**< that the comparison rests on */
    bool slipped;                /**< surely: see clock_compare */
};

enum { CLOCK_SLIPS = 2 };

/**
 * Compare alarms with counters (how well outage alarms moved in time explain each cell's lost
 * availability: least squares over moves of 5 minutes within 14 hours) and tickets with both
 * (how many fall into a trouble of the nearest site, moves of 30 minutes). A slip is said when
 * the best move is long enough and fits many more of them than none does: a sign test over
 * outages, an excess over coincidence for tickets (rules clock_*). Returns how many comparisons
 * the tables allow. Source: our choice, see README.
 */
size_t clock_compare(const struct world *world, const struct troubles *troubles,
                     struct clock_slip out[CLOCK_SLIPS]);

#endif
