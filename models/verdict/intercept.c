#include "models/verdict/intercept.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/crs.h"
#include "geo/index.h"
#include "models/verdict/evidence_view.h"

/* ---- what lasts -------------------------------------------------------------------------- */

static int64_t last_counter_end(const struct world *world, uint32_t cell)
{
    if (!world->counter_count ||
        world->cell_counter_first[cell] == world->cell_counter_first[cell + 1])
        return INT64_MIN;
    const struct counter *c = &world->counters[world->cell_counter_first[cell + 1] - 1];
    double minutes = isfinite(c->period_minutes) ? c->period_minutes : 60;
    return c->start_s + (int64_t)(minutes * 60);
}

static bool lasts(const struct world *world, const struct trouble *t)
{
    int64_t stale_s = (int64_t)(RULE_VALUE(&world->rules, intercept_stale_h) * 3600);
    if (t->from_s > world->now_s)
        return false;
    if (t->alarm != INDEX_NONE)
        return t->to_s > world->now_s;
    return t->to_s >= last_counter_end(world, t->cell) && world->now_s - t->to_s <= stale_s;
}

static bool is_wanted(const struct world *world, const struct trouble *t)
{
    return lasts(world, t) &&
           t->severity >= RULE_VALUE(&world->rules, intercept_least_severity);
}

static struct interception *item_of(struct interceptions *list, size_t *capacity, uint32_t site,
                                    enum trouble_kind kind)
{
    for (size_t i = list->count; i-- > 0 && list->items[i].site == site;)
        if (list->items[i].kind == kind)
            return &list->items[i];
    list->items = base_grow(list->items, capacity, list->count + 1, sizeof *list->items);
    list->items[list->count] =
        (struct interception){.site = site, .kind = kind, .since_s = INT64_MAX};
    return &list->items[list->count++];
}

static void add_trouble(const struct study *study, struct interception *item,
                        const struct trouble *t)
{
    int64_t from_s, to_s;
    troubles_extent(study->troubles, t, &from_s, &to_s);
    if (!item->trouble || from_s < item->since_s ||
        (from_s == item->since_s && t->alarm != INDEX_NONE &&
         item->trouble->alarm == INDEX_NONE)) {
        item->since_s = from_s;
        item->trouble = t;
    }
    if (item->cell_count && item->cells[item->cell_count - 1] == t->cell)
        return;
    if (item->cell_count < INTERCEPT_CELLS)
        item->cells[item->cell_count++] = t->cell;
}

/* Site after site, so that a site's items lie together. */
static void gather(const struct study *study, struct interceptions *list)
{
    const struct world *world = study->world;
    const struct troubles *troubles = study->troubles;
    size_t capacity = 0;
    for (uint32_t s = 0; s < world->site_count; s++)
        for (uint32_t c = 0; c < world->sites[s].cell_count; c++) {
            uint32_t cell = world->site_cells[world->sites[s].first_cell + c];
            for (uint32_t i = troubles->first[cell]; i < troubles->first[cell + 1]; i++)
                if (is_wanted(world, &troubles->items[i]))
                    add_trouble(study, item_of(list, &capacity, s, troubles->items[i].kind),
                                &troubles->items[i]);
        }
}

/* ---- the area ---------------------------------------------------------------------------- */

static bool in_trouble(const struct interception *item, uint32_t cell)
{
    for (size_t i = 0; i < item->cell_count; i++)
        if (item->cells[i] == cell)
            return true;
    return false;
}

static double good_of(const struct reading *reading)
{
    return isfinite(reading->margin_db) ? normal_below(reading->margin_db / reading->sigma_db)
                                        : 0;
}

static void keep_best(struct reading *best, double margin_db, double sigma_db)
{
    if (margin_db > best->margin_db)
        *best = (struct reading){margin_db, sigma_db};
}

/* How likely service is good with everything working, and not so in this trouble. */
static double lost_at(const struct study *study, const struct interception *item, struct xy at)
{
    enum { MOST = 8 };
    const struct rules *rules = &study->world->rules;
    struct surface_server servers[MOST];
    size_t count = surface_servers(study->surface, at, RAT_UNKNOWN, servers, MOST);
    struct reading usual = {-INFINITY, 1}, left = {-INFINITY, 1};
    double degraded_db = RULE_VALUE(rules, degraded_loss_db);
    bool serves = false;
    for (size_t i = 0; i < count; i++) {
        enum rat rat = study->world->cells[servers[i].cell].rat;
        double margin_db = servers[i].level.dbm - rules_weak_dbm(rules, rat);
        double sigma_db = servers[i].level.sigma_db;
        bool away = in_trouble(item, servers[i].cell);
        if (margin_db > usual.margin_db)
            serves = away;
        keep_best(&usual, margin_db, sigma_db);
        if (!away)
            keep_best(&left, margin_db, sigma_db);
        else if (item->kind == TROUBLE_DEGRADED)
            keep_best(&left, margin_db - degraded_db, sigma_db);
    }
    if (!serves)
        return 0;
    return item->kind == TROUBLE_INTERFERENCE ? good_of(&usual)
                                              : fmax(0, good_of(&usual) - good_of(&left));
}

/* Squares that lose this much are drawn. */
static const double DARK_LEAST = 0.25;

static void measure_area(const struct study *study, double step_m, struct interception *item)
{
    const struct world *world = study->world;
    struct xy middle = world->sites[item->site].xy;
    int reach = (int)(RULE_VALUE(&world->rules, intercept_reach_m) / step_m);
    size_t capacity = 0;
    double squares = 0;
    for (int y = -reach; y <= reach; y++)
        for (int x = -reach; x <= reach; x++) {
            struct xy at = {(floor(middle.x_m / step_m) + x + 0.5) * step_m,
                            (floor(middle.y_m / step_m) + y + 0.5) * step_m};
            double lost = x * x + y * y > reach * reach ? 0 : lost_at(study, item, at);
            squares += lost;
            if (lost < DARK_LEAST)
                continue;
            item->squares = base_grow(item->squares, &capacity, item->square_count + 1,
                                      sizeof *item->squares);
            item->squares[item->square_count++] = at;
        }
    item->area_km2 = squares * step_m * step_m / 1e6;
}

/* ---- which places ------------------------------------------------------------------------ */

struct towns {
    struct index *index; /* NULL: none */
    uint32_t *places;
};

static bool is_town(const struct place *place)
{
    return point_valid(place->at) &&
           (place->kind == PLACE_VILLAGE || place->kind == PLACE_TOWNSHIP ||
            place->kind == PLACE_POI);
}

static void towns_open(const struct world *world, struct towns *towns)
{
    struct crs *plane = NULL;
    struct error error = {0};
    *towns = (struct towns){0};
    if (!world->place_count || crs_open(world->crs_name, &plane, &error) != STATUS_OK)
        return;
    struct xy *at = base_alloc(world->place_count, sizeof *at);
    towns->places = base_alloc(world->place_count, sizeof *towns->places);
    size_t count = 0;
    for (size_t i = 0; i < world->place_count; i++)
        if (is_town(&world->places[i])) {
            towns->places[count] = (uint32_t)i;
            at[count++] = crs_forward(plane, world->places[i].at);
        }
    if (count)
        towns->index = index_new(at, count, 1000);
    free(at);
    crs_close(plane);
}

static void towns_close(struct towns *towns)
{
    if (towns->index)
        index_free(towns->index);
    free(towns->places);
}

/* The places that most of the squares are nearest to. */
static void name_places(const struct towns *towns, struct interception *item)
{
    enum { MOST = 64 };
    static const double NEAR_M = 2000;
    struct {
        uint32_t place;
        size_t squares;
    } found[MOST];
    size_t count = 0;
    for (size_t i = 0; i < item->square_count && towns->index; i++) {
        struct neighbour near;
        if (!index_nearest(towns->index, item->squares[i], &near, 1) ||
            near.distance_m > NEAR_M)
            continue;
        size_t k = 0;
        while (k < count && found[k].place != towns->places[near.id])
            k++;
        if (k == count && count < MOST) {
            found[count].squares = 0;
            found[count++].place = towns->places[near.id];
        }
        if (k < count)
            found[k].squares++;
    }
    while (item->place_count < BASE_MIN(count, (size_t)INTERCEPT_PLACES)) {
        size_t top = 0;
        for (size_t k = 1; k < count; k++)
            if (found[k].squares > found[top].squares)
                top = k;
        item->places[item->place_count++] = found[top].place;
        found[top].squares = 0;
    }
}

/* ---- how many tickets -------------------------------------------------------------------- */

/* How much of the measured squares each site alone serves well: darkened without it. Relative
 * to the mean, and half of it taken as the mean's, where little is measured. */
static double *site_weights(const struct world *world)
{
    double *weight = base_alloc(world->site_count + 1, sizeof *weight), total = 0;
    for (size_t i = 0; i < world->bin_count;) {
        size_t first = i;
        double best = -INFINITY, other = -INFINITY;
        uint32_t site = 0;
        for (; i < world->bin_count && world->bins[i].ix == world->bins[first].ix &&
               world->bins[i].iy == world->bins[first].iy;
             i++) {
            const struct cell *cell = &world->cells[world->bins[i].cell];
            double margin_db =
                world->bins[i].mean_dbm - rules_weak_dbm(&world->rules, cell->rat);
            if (margin_db > best) {
                other = cell->site == site ? other : best;
                best = margin_db;
                site = cell->site;
            } else if (cell->site != site) {
                other = fmax(other, margin_db);
            }
        }
        if (best >= 0 && other < 0) {
            weight[site]++;
            total++;
        }
    }
    double mean = total / (double)BASE_MAX(world->site_count, (size_t)1);
    for (size_t s = 0; s < world->site_count; s++)
        weight[s] = mean > 0 ? 0.5 * weight[s] / mean + 0.5 : 1;
    return weight;
}

/* Hours of trouble in the watched time, by the sites' weights: a whole site's hour counts one.
 */
static double trouble_hours(const struct study *study, const double *weight)
{
    const struct world *world = study->world;
    const struct troubles *troubles = study->troubles;
    double hours = 0;
    for (uint32_t cell = 0; cell < world->cell_count; cell++) {
        const struct site *site = &world->sites[world->cells[cell].site];
        int64_t covered_s = INT64_MIN;
        for (uint32_t i = troubles->first[cell]; i < troubles->first[cell + 1]; i++) {
            const struct trouble *t = &troubles->items[i];
            int64_t from_s = BASE_MAX(t->from_s, covered_s);
            int64_t to_s = BASE_MIN(t->to_s, world->now_s);
            if (to_s <= from_s)
                continue;
            hours += t->severity * (double)(to_s - from_s) / 3600 *
                     weight[world->cells[cell].site] / BASE_MAX(site->cell_count, 1U);
            covered_s = to_s;
        }
    }
    return hours;
}

/* Tickets that came since, of each item. A site's items lie together. */
static void count_tickets(const struct world *world, const struct intercept_ticket *tickets,
                          size_t ticket_count, struct interceptions *list)
{
    uint32_t *first = base_alloc(world->site_count + 1, sizeof *first);
    for (size_t s = 0; s < world->site_count; s++)
        first[s] = UINT32_MAX;
    for (size_t k = list->count; k-- > 0;)
        first[list->items[k].site] = (uint32_t)k;
    for (size_t i = 0; i < ticket_count; i++) {
        const struct intercept_ticket *t = &tickets[i];
        if (!t->outage || t->site == INDEX_NONE || t->time_s == TIME_ABSENT)
            continue;
        for (size_t k = first[t->site]; k < list->count && list->items[k].site == t->site; k++)
            list->items[k].tickets += t->time_s >= list->items[k].since_s;
    }
    free(first);
}

static void expect_tickets(const struct study *study, const struct intercept_ticket *tickets,
                           size_t ticket_count, struct interceptions *list)
{
    static const double PRIOR_HOURS = 24, OWN_HOURS = 48;
    const struct rules *rules = &study->world->rules;
    double *weight = site_weights(study->world);
    double judged = RULE_VALUE(rules, intercept_rate_h) * PRIOR_HOURS;
    for (size_t i = 0; i < ticket_count; i++)
        judged += tickets[i].outage;
    double rate_h = judged / (trouble_hours(study, weight) + PRIOR_HOURS);
    count_tickets(study->world, tickets, ticket_count, list);
    for (size_t k = 0; k < list->count; k++) {
        struct interception *item = &list->items[k];
        const struct site *site = &study->world->sites[item->site];
        double share = (double)item->cell_count / BASE_MAX(site->cell_count, 1U);
        double own_h = rate_h * weight[item->site] * fmin(1, share) * item->trouble->severity;
        double hours = (double)(study->world->now_s - item->since_s) / 3600;
        item->expected = RULE_VALUE(rules, intercept_ahead_h) *
                         (own_h * OWN_HOURS + item->tickets) / (OWN_HOURS + hours);
        item->risk = risk_of(rules, item->tickets + item->expected, 0,
                             (double)(study->world->now_s - item->since_s) / 3600);
    }
    free(weight);
}

static int most_expected(const void *a, const void *b)
{
    const struct interception *p = a, *q = b;
    double x = p->tickets + p->expected, y = q->tickets + q->expected;
    if (x != y)
        return x > y ? -1 : 1;
    if (p->site != q->site)
        return p->site < q->site ? -1 : 1;
    return (int)p->kind - (int)q->kind;
}

void interceptions_find(const struct study *study, const struct intercept_ticket *tickets,
                        size_t ticket_count, struct interceptions *out)
{
    const struct rules *rules = &study->world->rules;
    struct towns towns;
    *out = (struct interceptions){.square_m = RULE_VALUE(rules, intercept_step_m)};
    gather(study, out);
    expect_tickets(study, tickets, ticket_count, out);
    if (out->count)
        base_sort(out->items, out->count, sizeof *out->items, most_expected);
    towns_open(study->world, &towns);
    size_t most = (size_t)RULE_VALUE(rules, intercept_areas);
    for (size_t i = 0; i < out->count; i++) {
        out->items[i].area_km2 = NAN;
        if (i >= most)
            continue;
        measure_area(study, out->square_m, &out->items[i]);
        name_places(&towns, &out->items[i]);
    }
    towns_close(&towns);
}

void interceptions_free(struct interceptions *interceptions)
{
    for (size_t i = 0; i < interceptions->count; i++)
        free(interceptions->items[i].squares);
    free(interceptions->items);
}
