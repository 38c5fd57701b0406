/* trouble.h - when which cell did not serve, or served badly: alarms and counters of all kinds
 * brought to one list of intervals, so that a ticket only asks "what was wrong here then?". */
#ifndef COVTRIAGE_TROUBLE_H
#define COVTRIAGE_TROUBLE_H

#include "models/tables/world.h"

enum trouble_kind {
    TROUBLE_UNKNOWN = 0,
    TROUBLE_OUTAGE,       /**< serves nobody */
    TROUBLE_DEGRADED,     /**< serves worse: VSWR, lost power, a failing carrier */
    TROUBLE_INTERFERENCE, /**< hears its phones badly */
    TROUBLE_KINDS,
};

/** One interval of one cell. */
struct trouble {
    int64_t from_s, to_s; /**< [from, to); an active alarm lasts until INT64_MAX */
    uint32_t cell;
    enum trouble_kind kind;
    double severity;  /**< probability that a call tried in the interval meets it, 0..1; 0: the
                         cell is suspicious, no more */
    uint32_t alarm;   /**< index into world->alarms, or INDEX_NONE */
    uint32_t counter; /**< index into world->counters, or INDEX_NONE */
};

/** All intervals of a world, grouped by cell, ordered by from_s. Const after troubles_new. */
struct troubles {
    struct trouble *items;
    size_t count;
    uint32_t *first;  /**< cell_count + 1 offsets into items */
    int64_t *longest; /**< per cell, the longest interval, s: bounds the search in time */
    /** Share of all cell-time spent in each kind within the watched period: how often a ticket
     * meets such an interval by coincidence. */
    double share[TROUBLE_KINDS];
};

/** Build from the world's alarms and counters. Free with troubles_free. */
struct troubles *troubles_new(const struct world *world);
void troubles_free(struct troubles *troubles);

/**
 * The intervals of `cell` that hold the time t_s, at most `limit` into `out` (borrowed).
 * Returns how many.
 */
size_t troubles_at(const struct troubles *troubles, uint32_t cell, int64_t t_s,
                   const struct trouble **out, size_t limit);

/**
 * The whole time for which the trouble lasted: its interval and those of the same kind of the
 * same cell that touch it (hourly counters are one outage, not many).
 */
void troubles_extent(const struct troubles *troubles, const struct trouble *trouble,
                     int64_t *from_s, int64_t *to_s);

#endif
