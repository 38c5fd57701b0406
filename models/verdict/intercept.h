/* intercept.h - what is out of order now, before the tickets come (拦截): live outages and
 * hidden faults, the area they darken, and how many tickets to expect. */
#ifndef COVTRIAGE_INTERCEPT_H
#define COVTRIAGE_INTERCEPT_H

#include "models/verdict/evidence.h"
#include "models/verdict/risk.h"

enum { INTERCEPT_CELLS = 24, INTERCEPT_PLACES = 4 };

/** One site with one kind of trouble that lasts at the end of the data. */
struct interception {
    uint32_t site;
    enum trouble_kind kind;
    int64_t since_s;
    uint32_t cells[INTERCEPT_CELLS]; /**< the first of those in trouble */
    size_t cell_count;
    const struct trouble
        *trouble;       /**< the longest of them; its alarm or counter is the proof */
    double area_km2;    /**< expected, of good service when it works and bad without */
    struct xy *squares; /**< middles of the squares that lose most */
    size_t square_count;
    uint32_t places[INTERCEPT_PLACES]; /**< the places most of it is near, by their names */
    size_t place_count;
    uint32_t tickets; /**< that came since, judged an outage of this site */
    double expected;  /**< more to expect within intercept_ahead_h if it lasts */
    enum risk risk;
};

struct interceptions {
    struct interception *items; /**< the most expected first */
    size_t count;
    double square_m; /**< side of the squares */
};

/** A decided ticket, as far as faults are concerned. */
struct intercept_ticket {
    uint32_t site;  /**< responsible; INDEX_NONE */
    int64_t time_s; /**< reported; TIME_ABSENT */
    bool outage;    /**< judged a transient outage */
};

/**
 * Find what lasts at world->now_s. An alarm lasts while it is not cleared; a counter's trouble
 * while it is the last period of its cell and not older than intercept_stale_h. The area is
 * asked of the surface in squares of intercept_step_m within intercept_reach_m of the site:
 * everything working against the cells in trouble away (an outage), weaker by degraded_loss_db
 * (a hidden fault), or not heard (interference: all that they serve). Tickets to expect are the
 * network's own outage tickets per hour of trouble, by the site's measured area, under a Gamma
 * prior of intercept_rate_h, joined with those that came of this trouble so far (our choice,
 * see README). Free with interceptions_free.
 */
void interceptions_find(const struct study *study, const struct intercept_ticket *tickets,
                        size_t ticket_count, struct interceptions *out);
void interceptions_free(struct interceptions *interceptions);

#endif
