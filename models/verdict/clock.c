#include "models/verdict/clock.h"

#include <math.h>
#include <stdlib.h>

#include "geo/crs.h"
#include "geo/index.h"

enum {
    STEP_S = 300,
    REACH_STEPS = 14 * 12,
    MOVES = 2 * REACH_STEPS + 1,
    TICKET_STRIDE = 6, /* tickets are asked every so many steps: half an hour */
    MOST_EVENTS = 3000,
};

static int64_t move_s(int move)
{
    return (int64_t)(move - REACH_STEPS) * STEP_S;
}

/* ---- alarms against counters ------------------------------------------------------------- */

/* When an outage alarm says a cell was away; of one cell they neither touch nor overlap. */
struct away {
    uint32_t cell;
    int64_t from_s, to_s;
};

/* The outages that alarms tell, cell after cell, every so manieth where there are many. */
static struct away *alarm_outages(const struct world *world, const struct troubles *troubles,
                                  size_t *count)
{
    struct away *items = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t cell = 0; cell < world->cell_count; cell++) {
        size_t first = *count;
        if (world->cell_counter_first[cell] == world->cell_counter_first[cell + 1])
            continue;
        for (uint32_t i = troubles->first[cell]; i < troubles->first[cell + 1]; i++) {
            const struct trouble *t = &troubles->items[i];
            if (t->alarm == INDEX_NONE || t->kind != TROUBLE_OUTAGE || t->severity < 0.5 ||
                t->to_s == INT64_MAX)
                continue;
            if (*count > first && t->from_s <= items[*count - 1].to_s) {
                items[*count - 1].to_s = BASE_MAX(items[*count - 1].to_s, t->to_s);
                continue;
            }
            items = base_grow(items, &capacity, *count + 1, sizeof *items);
            items[(*count)++] = (struct away){cell, t->from_s, t->to_s};
        }
    }
    return items;
}

static int64_t period_s(const struct counter *c)
{
    return (int64_t)((isfinite(c->period_minutes) ? c->period_minutes : 60) * 60);
}

/* The cell's first counter that ends after t. */
static size_t counter_after(const struct world *world, uint32_t cell, int64_t t_s)
{
    size_t low = world->cell_counter_first[cell], high = world->cell_counter_first[cell + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (world->counters[middle].start_s + period_s(&world->counters[middle]) <= t_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How much better the lost availability of the periods it meets is explained by the outage than
 * by none, hours squared; *lost: hours lost in them. */
static double explained(const struct world *world, const struct away *away, int64_t by_s,
                        double *lost)
{
    int64_t from_s = away->from_s + by_s, to_s = away->to_s + by_s;
    double gain = 0;
    for (size_t i = counter_after(world, away->cell, from_s);
         i < world->cell_counter_first[away->cell + 1]; i++) {
        const struct counter *c = &world->counters[i];
        int64_t end_s = c->start_s + period_s(c);
        if (c->start_s >= to_s)
            break;
        if (!isfinite(c->availability_pct))
            continue;
        double told = (double)(BASE_MIN(end_s, to_s) - BASE_MAX(c->start_s, from_s)) / 3600;
        double was = (1 - c->availability_pct / 100) * (double)(end_s - c->start_s) / 3600;
        gain += 2 * told * was - told * told;
        *lost += fmin(told, was);
    }
    return gain;
}

static bool compare_alarms(const struct world *world, const struct troubles *troubles,
                           struct clock_slip *out)
{
    const struct rules *rules = &world->rules;
    size_t count, stride, events = 0;
    struct away *outages = alarm_outages(world, troubles, &count);
    double gain[MOVES] = {0};
    stride = count / MOST_EVENTS + 1;
    for (size_t i = 0; i < count; i += stride)
        for (int m = 0; m < MOVES; m++) {
            double lost = 0;
            gain[m] += explained(world, &outages[i], move_s(m), &lost);
        }
    int best = REACH_STEPS;
    for (int m = 0; m < MOVES; m++)
        if (gain[m] > gain[best])
            best = m;
    double better = 0, worse = 0;
    for (size_t i = 0; i < count; i += stride) {
        double lost = 0, none = 0;
        double moved = explained(world, &outages[i], move_s(best), &lost);
        double as_is = explained(world, &outages[i], 0, &none);
        better += moved > as_is;
        worse += moved < as_is;
        events += lost > 0;
    }
    free(outages);
    *out = (struct clock_slip){"alarms", "counters", -(double)move_s(best) / 60, events, false};
    out->slipped = (double)events >= RULE_VALUE(rules, clock_least_events) &&
                   fabs(out->ahead_min) >= RULE_VALUE(rules, clock_least_min) &&
                   gain[best] > 0 &&
                   better - worse >= RULE_VALUE(rules, clock_deviations) * sqrt(better + worse);
    return count > 0 && world->counter_count > 0;
}

/* ---- tickets against both ---------------------------------------------------------------- */

static bool in_outage(const struct world *world, const struct troubles *troubles, uint32_t site,
                      int64_t t_s)
{
    for (uint32_t c = 0; c < world->sites[site].cell_count; c++) {
        const struct trouble *at[8];
        uint32_t cell = world->site_cells[world->sites[site].first_cell + c];
        size_t count = troubles_at(troubles, cell, t_s, at, ARRAY_COUNT(at));
        for (size_t i = 0; i < count; i++)
            if (at[i]->kind == TROUBLE_OUTAGE && at[i]->severity >= 0.5)
                return true;
    }
    return false;
}

/* How many tickets meet an outage of the nearest site when they are moved so. */
static size_t count_met(const struct world *world, const struct troubles *troubles,
                        struct crs *plane, double met[MOVES])
{
    size_t asked = 0, stride = world->complaint_count / MOST_EVENTS + 1;
    for (size_t i = 0; i < world->complaint_count; i += stride) {
        const struct complaint *c = &world->complaints[i];
        struct neighbour near;
        if (c->occurred_s == TIME_ABSENT || !point_valid(c->at) ||
            !index_nearest(world->site_index, crs_forward(plane, c->at), &near, 1))
            continue;
        asked++;
        for (int m = 0; m < MOVES; m += TICKET_STRIDE)
            met[m] += in_outage(world, troubles, near.id, c->occurred_s + move_s(m));
    }
    return asked;
}

static bool compare_tickets(const struct world *world, const struct troubles *troubles,
                            struct clock_slip *out)
{
    const struct rules *rules = &world->rules;
    struct crs *plane = NULL;
    struct error error = {0};
    double met[MOVES] = {0}, sum = 0;
    if (!troubles->count || crs_open(world->crs_name, &plane, &error) != STATUS_OK)
        return false;
    size_t asked = count_met(world, troubles, plane, met);
    crs_close(plane);
    int best = REACH_STEPS;
    for (int m = 0; m < MOVES; m += TICKET_STRIDE) {
        sum += met[m];
        if (met[m] > met[best])
            best = m;
    }
    /* Tickets meet outages by coincidence as often as on the mean of all moves. */
    double usual = sum / ((MOVES - 1) / TICKET_STRIDE + 1), spread = sqrt(usual + 1);
    *out = (struct clock_slip){"complaints", "alarms and counters", -(double)move_s(best) / 60,
                               (size_t)met[best], false};
    out->slipped = met[best] >= RULE_VALUE(rules, clock_least_events) &&
                   fabs(out->ahead_min) >= RULE_VALUE(rules, clock_ticket_least_min) &&
                   met[best] > usual + RULE_VALUE(rules, clock_deviations) * spread &&
                   met[REACH_STEPS] < usual + 0.5 * (met[best] - usual);
    return asked > 0;
}

size_t clock_compare(const struct world *world, const struct troubles *troubles,
                     struct clock_slip out[CLOCK_SLIPS])
{
    size_t count = 0;
    if (world->counter_count && compare_alarms(world, troubles, &out[count]))
        count++;
    if (compare_tickets(world, troubles, &out[count]))
        count++;
    return count;
}
