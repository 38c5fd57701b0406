#include "models/verdict/trouble.h"

#include <math.h>
#include <stdlib.h>

struct collector {
    const struct world *world;
    struct troubles *troubles;
    size_t capacity;
};

static void collect(struct collector *c, struct trouble trouble)
{
    struct troubles *t = c->troubles;
    t->items = base_grow(t->items, &c->capacity, t->count + 1, sizeof *t->items);
    t->items[t->count++] = trouble;
}

/* ---- alarms -------------------------------------------------------------------------- */

static enum trouble_kind kind_of(enum effect effect)
{
    switch (effect) {
    case EFFECT_OUTAGE:
    case EFFECT_MAYBE:
        return TROUBLE_OUTAGE;
    case EFFECT_DEGRADED:
        return TROUBLE_DEGRADED;
    case EFFECT_INTERFERENCE:
        return TROUBLE_INTERFERENCE;
    default:
        return TROUBLE_UNKNOWN;
    }
}

static double severity_of(enum effect effect, const struct rules *rules)
{
    switch (effect) {
    case EFFECT_OUTAGE:
        return RULE_VALUE(rules, alarm_outage_severity);
    case EFFECT_MAYBE:
        return RULE_VALUE(rules, alarm_maybe_severity);
    default:
        return RULE_VALUE(rules, alarm_degraded_severity);
    }
}

static void collect_alarms(struct collector *c)
{
    const struct world *world = c->world;
    int64_t late_s = (int64_t)RULE_VALUE(&world->rules, alarm_late_clear_s);
    int64_t shift_s = (int64_t)(RULE_VALUE(&world->rules, alarm_shift_min) * 60);
    for (size_t i = 0; i < world->alarm_count; i++) {
        const struct alarm *alarm = &world->alarms[i];
        enum trouble_kind kind = kind_of(alarm->effect);
        if (!kind || alarm->site == INDEX_NONE || alarm->raised_s == TIME_ABSENT)
            continue;
        /* The alarm clears when the service has been stable again for a while. */
        int64_t to_s = alarm->cleared_s == TIME_ABSENT
                           ? INT64_MAX
                           : BASE_MAX(alarm->raised_s, alarm->cleared_s - late_s) + shift_s;
        struct trouble trouble = {alarm->raised_s + shift_s,
                                  to_s,
                                  alarm->cell,
                                  kind,
                                  severity_of(alarm->effect, &world->rules),
                                  (uint32_t)i,
                                  INDEX_NONE};
        const struct site *site = &world->sites[alarm->site];
        if (alarm->cell != INDEX_NONE) {
            collect(c, trouble);
            continue;
        }
        for (uint32_t k = 0; k < site->cell_count; k++) {
            trouble.cell = world->site_cells[site->first_cell + k];
            collect(c, trouble);
        }
    }
}

/* ---- counters ------------------------------------------------------------------------ */

/* A cell's own ordinary state, against which an hour is judged. */
struct baseline {
    double interference_dbm; /* the quieter of its own 20 % quantile and the network's median */
    double drop_rate_pct;    /* its median */
    double traffic;          /* its median */
};

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double quantile(double *values, size_t count, double share)
{
    if (!count)
        return NAN;
    base_sort(values, count, sizeof *values, by_value);
    return values[(size_t)(share * (double)(count - 1) + 0.5)];
}

/* The `share` quantile of the double at `offset` over counters first .. end. */
static double counter_quantile(const struct world *world, size_t first, size_t end,
                               size_t offset, double share)
{
    double *values = base_alloc(end - first, sizeof *values);
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        double value = *(const double *)((const char *)&world->counters[i] + offset);
        if (isfinite(value))
            values[count++] = value;
    }
    double result = quantile(values, count, share);
    free(values);
    return result;
}

/* What is not a fault yet: severity 0. It names a cell where something else speaks of one. */
static void suspect_counter(const struct rules *rules, const struct counter *k,
                            const struct baseline *own, struct trouble *trouble)
{
    if (k->ul_interference_dbm > RULE_VALUE(rules, interference_suspicious_dbm) &&
        k->ul_interference_dbm >
            own->interference_dbm + RULE_VALUE(rules, interference_rise_db))
        trouble->kind = TROUBLE_INTERFERENCE;
    else if (k->vswr > RULE_VALUE(rules, vswr_warn))
        trouble->kind = TROUBLE_DEGRADED;
}

/* The state of one hour: which kind of trouble, how surely. */
static void judge_counter(struct collector *c, size_t i, const struct baseline *own)
{
    const struct world *world = c->world;
    const struct rules *rules = &world->rules;
    const struct counter *k = &world->counters[i];
    double minutes = isfinite(k->period_minutes) ? k->period_minutes : 60;
    struct trouble trouble = {k->start_s, k->start_s + (int64_t)(minutes * 60),
                              k->cell,    TROUBLE_UNKNOWN,
                              0,          INDEX_NONE,
                              (uint32_t)i};
    if (k->availability_pct < RULE_VALUE(rules, availability_fault_pct)) {
        trouble.kind = TROUBLE_OUTAGE;
        trouble.severity = 1 - k->availability_pct / 100;
    } else if (k->ul_interference_dbm > RULE_VALUE(rules, interference_high_dbm) &&
               k->ul_interference_dbm >
                   own->interference_dbm + RULE_VALUE(rules, interference_rise_db)) {
        trouble.kind = TROUBLE_INTERFERENCE;
        trouble.severity = 1;
    } else if (k->vswr > RULE_VALUE(rules, vswr_fault)) {
        trouble.kind = TROUBLE_DEGRADED;
        trouble.severity = RULE_VALUE(rules, alarm_degraded_severity);
    } else if (k->traffic == 0 && own->traffic > RULE_VALUE(rules, sleeping_traffic)) {
        trouble.kind = TROUBLE_OUTAGE; /* a sleeping cell: up, and nobody gets on */
        trouble.severity = RULE_VALUE(rules, sleeping_severity);
    } else if (k->drop_rate_pct > RULE_VALUE(rules, drop_fault_pct) &&
               k->drop_rate_pct > RULE_VALUE(rules, drop_fault_factor) * own->drop_rate_pct) {
        trouble.kind = TROUBLE_DEGRADED;
        trouble.severity = RULE_VALUE(rules, kpi_severity);
    } else {
        suspect_counter(rules, k, own, &trouble);
    }
    if (trouble.kind)
        collect(c, trouble);
}

static void collect_counters(struct collector *c)
{
    const struct world *world = c->world;
    double network = counter_quantile(world, 0, world->counter_count,
                                      offsetof(struct counter, ul_interference_dbm), 0.5);
    for (size_t cell = 0; cell < world->cell_count; cell++) {
        size_t first = world->cell_counter_first[cell],
               end = world->cell_counter_first[cell + 1];
        if (first == end)
            continue;
        struct baseline own = {
            fmin(network, counter_quantile(world, first, end,
                                           offsetof(struct counter, ul_interference_dbm), 0.2)),
            counter_quantile(world, first, end, offsetof(struct counter, drop_rate_pct), 0.5),
            counter_quantile(world, first, end, offsetof(struct counter, traffic), 0.5),
        };
        for (size_t i = first; i < end; i++)
            judge_counter(c, i, &own);
    }
}

/* ---- the list ------------------------------------------------------------------------ */

static int by_cell_and_time(const void *a, const void *b)
{
    const struct trouble *p = a, *q = b;
    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    if (p->from_s != q->from_s)
        return p->from_s < q->from_s ? -1 : 1;
    if (p->alarm != q->alarm)
        return p->alarm < q->alarm ? -1 : 1;
    return p->counter < q->counter ? -1 : p->counter > q->counter;
}

static void group_by_cell(struct troubles *troubles, size_t cell_count)
{
    if (troubles->count)
        base_sort(troubles->items, troubles->count, sizeof *troubles->items, by_cell_and_time);
    troubles->first = base_alloc(cell_count + 1, sizeof *troubles->first);
    troubles->longest = base_alloc(cell_count, sizeof *troubles->longest);
    for (size_t i = 0; i < troubles->count; i++) {
        const struct trouble *t = &troubles->items[i];
        troubles->first[t->cell + 1]++;
        int64_t length_s = t->to_s == INT64_MAX ? INT64_MAX / 2 : t->to_s - t->from_s;
        troubles->longest[t->cell] = BASE_MAX(troubles->longest[t->cell], length_s);
    }
    for (size_t c = 0; c < cell_count; c++)
        troubles->first[c + 1] += troubles->first[c];
}

/* The period that the tickets, alarms and counters together look at. */
static void watched_period(const struct world *world, int64_t *from_s, int64_t *to_s)
{
    *from_s = INT64_MAX;
    *to_s = world->now_s;
    for (size_t i = 0; i < world->complaint_count; i++)
        if (world->complaints[i].reported_s != TIME_ABSENT)
            *from_s = BASE_MIN(*from_s, world->complaints[i].reported_s);
    for (size_t i = 0; i < world->counter_count; i++)
        *from_s = BASE_MIN(*from_s, world->counters[i].start_s);
}

/* Overlapping intervals of one cell (an alarm and its counters) count once: the worst. */
static void measure_shares(struct troubles *troubles, const struct world *world)
{
    int64_t from_s, to_s;
    watched_period(world, &from_s, &to_s);
    double watched_s = ((double)to_s - (double)from_s) * (double)world->cell_count;
    double spent_s[TROUBLE_KINDS] = {0};
    int64_t covered_s[TROUBLE_KINDS];
    for (size_t i = 0; i < troubles->count; i++) {
        const struct trouble *t = &troubles->items[i];
        if (i == 0 || t->cell != troubles->items[i - 1].cell)
            for (int k = 0; k < TROUBLE_KINDS; k++)
                covered_s[k] = from_s;
        int64_t start = BASE_MAX(t->from_s, covered_s[t->kind]), end = BASE_MIN(t->to_s, to_s);
        if (end <= start)
            continue;
        spent_s[t->kind] += t->severity * (double)(end - start);
        covered_s[t->kind] = end;
    }
    for (int k = 0; k < TROUBLE_KINDS; k++)
        troubles->share[k] = from_s < to_s ? spent_s[k] / watched_s : 0;
}

struct troubles *troubles_new(const struct world *world)
{
    struct troubles *troubles = base_alloc(1, sizeof *troubles);
    struct collector collector = {world, troubles, 0};
    collect_alarms(&collector);
    collect_counters(&collector);
    group_by_cell(troubles, world->cell_count);
    measure_shares(troubles, world);
    return troubles;
}

void troubles_free(struct troubles *troubles)
{
    if (!troubles)
        return;
    free(troubles->items);
    free(troubles->first);
    free(troubles->longest);
    free(troubles);
}

size_t troubles_at(const struct troubles *troubles, uint32_t cell, int64_t t_s,
                   const struct trouble **out, size_t limit)
{
    size_t low = troubles->first[cell], high = troubles->first[cell + 1], found = 0;
    int64_t earliest = t_s - troubles->longest[cell];
    size_t end = high;
    while (low < high) { /* the first interval that could still last at t */
        size_t middle = low + (high - low) / 2;
        if (troubles->items[middle].from_s < earliest)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < end && troubles->items[i].from_s <= t_s && found < limit; i++)
        if (t_s < troubles->items[i].to_s)
            out[found++] = &troubles->items[i];
    return found;
}

enum { TOUCHING_S = 60 };

void troubles_extent(const struct troubles *troubles, const struct trouble *trouble,
                     int64_t *from_s, int64_t *to_s)
{
    const struct trouble *first = &troubles->items[troubles->first[trouble->cell]];
    const struct trouble *end = &troubles->items[troubles->first[trouble->cell + 1]];
    *from_s = trouble->from_s;
    *to_s = trouble->to_s;
    for (const struct trouble *t = trouble; t >= first; t--)
        if (t->kind == trouble->kind && t->to_s >= *from_s - TOUCHING_S)
            *from_s = BASE_MIN(*from_s, t->from_s);
    for (const struct trouble *t = first; t < end; t++)
        if (t->kind == trouble->kind && t->from_s <= *to_s && t->to_s >= *from_s)
            *to_s = BASE_MAX(*to_s, t->to_s);
}
