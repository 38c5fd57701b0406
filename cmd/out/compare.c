#include "cmd/out/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/orders.h"
#include "geo/crs.h"
#include "geo/index.h"

enum { NEAR = 2000, CONTROLS = 400, BLOCK_M = 250, DAY_S = 86400 };

/* A bin that both runs measured. */
struct pair {
    struct xy middle;
    double before_dbm, after_dbm;
    bool touched; /* near a ticket of some order: no control */
};

struct comparing {
    const struct result *before, *after;
    struct compare *compare;
    struct crs *crs;
    double radius_m;
    struct pair *pairs;
    size_t pair_count;
    struct index *pair_index;
    struct xy *before_at, *after_at; /* cases in the plane of the run before */
    struct index *before_index, *after_index;
    struct textmap status_after; /* order_id -> order of the run after */
};

/* Orders that change the network: the others cannot be seen in it. */
static bool changes_network(const struct result_order *order)
{
    return !text_equal(order->kind, "test") && !text_equal(order->kind, "answer");
}

/* ---- what both runs measured --------------------------------------------------------- */

static int compare_bin(const void *a, const void *b)
{
    const struct result_bin *x = *(const struct result_bin *const *)a;
    const struct result_bin *y = *(const struct result_bin *const *)b;
    if (x->y_m != y->y_m)
        return x->y_m < y->y_m ? -1 : 1;
    return x->x_m != y->x_m ? (x->x_m < y->x_m ? -1 : 1) : 0;
}

static const struct result_bin **sorted_bins(const struct result *result)
{
    const struct result_bin **bins = base_alloc(result->bin_count + 1, sizeof *bins);
    for (size_t i = 0; i < result->bin_count; i++)
        bins[i] = &result->bins[i];
    base_sort(bins, result->bin_count, sizeof *bins, compare_bin);
    return bins;
}

static void pair_bins(struct comparing *c)
{
    const struct result *before = c->before, *after = c->after;
    const struct result_bin **a = sorted_bins(before), **b = sorted_bins(after);
    double half = before->bin_m / 2;
    c->pairs = base_alloc(BASE_MIN(before->bin_count, after->bin_count) + 1, sizeof *c->pairs);
    for (size_t i = 0, j = 0; i < before->bin_count && j < after->bin_count;) {
        int order = compare_bin(&a[i], &b[j]);
        if (order == 0 && isfinite(a[i]->level_dbm) && isfinite(b[j]->level_dbm))
            c->pairs[c->pair_count++] = (struct pair){
                {a[i]->x_m + half, a[i]->y_m + half}, a[i]->level_dbm, b[j]->level_dbm, false};
        i += order <= 0;
        j += order >= 0;
    }
    free(a);
    free(b);
}

static struct xy *cases_in_plane(const struct comparing *c, const struct result *result)
{
    struct xy *at = base_alloc(result->case_count + 1, sizeof *at);
    for (size_t i = 0; i < result->case_count; i++)
        at[i] = point_valid(result->cases[i].at) ? crs_forward(c->crs, result->cases[i].at)
                                                 : (struct xy){NAN, NAN};
    return at;
}

static void index_pairs(struct comparing *c)
{
    struct xy *at = base_alloc(c->pair_count + 1, sizeof *at);
    for (size_t i = 0; i < c->pair_count; i++)
        at[i] = c->pairs[i].middle;
    c->pair_index = index_new(at, c->pair_count, c->radius_m);
    free(at);
}

/* Bins within twice the radius of any ticket with an order may have been changed by it. */
static void mark_touched(struct comparing *c)
{
    struct neighbour *near = base_alloc(NEAR, sizeof *near);
    for (size_t i = 0; i < c->before->case_count; i++) {
        if (text_empty(c->before->cases[i].order_id) || !isfinite(c->before_at[i].x_m))
            continue;
        size_t count = index_near(c->pair_index, c->before_at[i], 2 * c->radius_m, near, NEAR);
        for (size_t n = 0; n < count; n++)
            c->pairs[near[n].id].touched = true;
    }
    free(near);
}

static struct loop_bin loop_bin_of(const struct pair *pair)
{
    uint64_t column = (uint64_t)(int64_t)floor(pair->middle.x_m / BLOCK_M);
    uint64_t row = (uint64_t)(int64_t)floor(pair->middle.y_m / BLOCK_M);
    return (struct loop_bin){pair->before_dbm, pair->after_dbm,
                             row << 32 ^ (column & 0xFFFFFFFF)};
}

/* ---- one order ----------------------------------------------------------------------- */

/* Numbers of the things near any of the order's tickets, each once, ascending. */
struct nearby {
    uint32_t *ids;
    size_t count, capacity;
};

static int compare_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void find_nearby(const struct comparing *c, const struct result_order *order,
                        const struct index *index, struct nearby *nearby)
{
    struct neighbour *near = base_alloc(NEAR, sizeof *near);
    nearby->count = 0;
    for (size_t i = 0; i < c->before->case_count; i++) {
        if (!text_equal(c->before->cases[i].order_id, order->order_id) ||
            !isfinite(c->before_at[i].x_m))
            continue;
        size_t count = index_near(index, c->before_at[i], c->radius_m, near, NEAR);
        for (size_t n = 0; n < count; n++) {
            nearby->ids = base_grow(nearby->ids, &nearby->capacity, nearby->count + 1,
                                    sizeof *nearby->ids);
            nearby->ids[nearby->count++] = near[n].id;
        }
    }
    free(near);
    if (nearby->count)
        base_sort(nearby->ids, nearby->count, sizeof *nearby->ids, compare_id);
    size_t kept = 0;
    for (size_t i = 0; i < nearby->count; i++)
        if (!kept || nearby->ids[i] != nearby->ids[kept - 1])
            nearby->ids[kept++] = nearby->ids[i];
    nearby->count = kept;
}

/* Bins that nobody touched, of about the level of those to be helped, spread over the network.
 */
static size_t find_controls(const struct comparing *c, double level_dbm, struct loop_bin *out)
{
    const double alike_db = 5;
    size_t fit = 0, count = 0;
    for (size_t i = 0; i < c->pair_count; i++)
        fit += !c->pairs[i].touched && fabs(c->pairs[i].before_dbm - level_dbm) <= alike_db;
    size_t step = fit / CONTROLS + 1, seen = 0;
    for (size_t i = 0; i < c->pair_count && count < CONTROLS; i++)
        if (!c->pairs[i].touched && fabs(c->pairs[i].before_dbm - level_dbm) <= alike_db &&
            seen++ % step == 0)
            out[count++] = loop_bin_of(&c->pairs[i]);
    return count;
}

static void compare_level(const struct comparing *c, const struct nearby *nearby,
                          struct loop_level *level)
{
    struct loop_bin *bins = base_alloc(nearby->count + 1, sizeof *bins);
    struct loop_bin *controls = base_alloc(CONTROLS, sizeof *controls);
    double mean_dbm = 0;
    for (size_t i = 0; i < nearby->count; i++) {
        bins[i] = loop_bin_of(&c->pairs[nearby->ids[i]]);
        mean_dbm += bins[i].before_dbm / (double)nearby->count;
    }
    size_t count = nearby->count ? find_controls(c, mean_dbm, controls) : 0;
    *level = loop_level_change(bins, nearby->count, controls, count);
    free(bins);
    free(controls);
}

static bool is_later(const struct comparing *c, const struct result_case *ticket)
{
    return ticket->reported_s != TIME_ABSENT && ticket->reported_s > c->before->now_s;
}

/* Days from the first ticket of the run to its end. */
static double days_before(const struct result *result)
{
    int64_t first = result->now_s;
    for (size_t i = 0; i < result->case_count; i++)
        if (result->cases[i].reported_s != TIME_ABSENT && result->cases[i].reported_s < first)
            first = result->cases[i].reported_s;
    return (double)(result->now_s - first) / DAY_S;
}

static bool is_customer_of(const struct comparing *c, const struct result_order *order,
                           const struct result_case *ticket)
{
    for (size_t i = 0; i < c->before->case_count && !text_empty(ticket->customer_key); i++)
        if (text_equal(c->before->cases[i].order_id, order->order_id) &&
            text_equal(c->before->cases[i].customer_key, ticket->customer_key))
            return true;
    return false;
}

static bool is_done(const char *status)
{
    static const char *const done[] = {"done", "closed"};
    for (size_t i = 0; i < ARRAY_COUNT(done); i++)
        if (text_equal_fold(status, done[i]) || text_equal(status, say(LANGUAGE_ZH, done[i])))
            return true;
    return false;
}

static void add_reopened(const struct comparing *c, const struct result_order *order,
                         const struct result_case *ticket, size_t *capacity)
{
    struct compare *compare = c->compare;
    compare->reopened = base_grow(compare->reopened, capacity, compare->reopened_count + 1,
                                  sizeof *compare->reopened);
    compare->reopened[compare->reopened_count++] =
        (struct compare_reopened){order, ticket, is_customer_of(c, order, ticket)};
}

static void compare_order(const struct comparing *c, const struct result_order *order,
                          struct nearby *nearby, size_t *reopened_capacity)
{
    struct compare_row *row = &c->compare->rows[c->compare->row_count++];
    const struct rules *rules = &c->before->rules;
    uint32_t later = textmap_get(&c->status_after, order->order_id);
    *row = (struct compare_row){.order = order, .status = order->status};
    if (later != TEXTMAP_NONE && !text_empty(c->after->orders[later].status))
        row->status = c->after->orders[later].status;
    row->level = (struct loop_level){NAN, NAN, NAN, NAN, 0, 0};
    if (c->compare->levels) {
        find_nearby(c, order, c->pair_index, nearby);
        compare_level(c, nearby, &row->level);
    }
    find_nearby(c, order, c->before_index, nearby);
    row->rate.before = (double)nearby->count;
    row->rate.before_days = days_before(c->before);
    row->rate.after_days = (double)(c->after->now_s - c->before->now_s) / DAY_S;
    find_nearby(c, order, c->after_index, nearby);
    for (size_t i = 0; i < nearby->count; i++) {
        const struct result_case *ticket = &c->after->cases[nearby->ids[i]];
        if (!is_later(c, ticket))
            continue;
        row->rate.after++;
        if (!is_done(row->status))
            continue;
        row->reopened++;
        add_reopened(c, order, ticket, reopened_capacity);
    }
    row->ratio_lo = loop_rate_quantile(&row->rate, 0.05);
    row->ratio_hi = loop_rate_quantile(&row->rate, 0.95);
    const struct loop_rules asked = {RULE_VALUE(rules, compare_better_db),
                                     RULE_VALUE(rules, compare_sure),
                                     RULE_VALUE(rules, compare_cured_share)};
    row->verdict = loop_judge(&row->level, &row->rate, &asked, &row->probability);
}

/* The plane of the run before, else the UTM zone of its first case; false: nothing has a place.
 */
static bool open_plane(struct comparing *c)
{
    struct error error = {0};
    if (!text_empty(c->before->crs_name))
        return crs_open(c->before->crs_name, &c->crs, &error) == STATUS_OK;
    for (size_t i = 0; i < c->before->case_count; i++)
        if (point_valid(c->before->cases[i].at))
            return crs_open_utm(c->before->cases[i].at, &c->crs, &error) == STATUS_OK;
    return false;
}

static void compare_orders(struct comparing *c)
{
    struct nearby nearby = {0};
    size_t capacity = 0;
    c->compare->levels = text_equal(c->before->crs_name, c->after->crs_name) &&
                         c->before->bin_m == c->after->bin_m;
    if (c->compare->levels)
        pair_bins(c);
    c->before_at = cases_in_plane(c, c->before);
    c->after_at = cases_in_plane(c, c->after);
    c->before_index = index_new(c->before_at, c->before->case_count, c->radius_m);
    c->after_index = index_new(c->after_at, c->after->case_count, c->radius_m);
    index_pairs(c);
    mark_touched(c);
    for (size_t i = 0; i < c->after->order_count; i++)
        textmap_put(&c->status_after, c->after->orders[i].order_id, (uint32_t)i);
    for (size_t i = 0; i < c->before->order_count; i++)
        if (changes_network(&c->before->orders[i]))
            compare_order(c, &c->before->orders[i], &nearby, &capacity);
    free(nearby.ids);
    textmap_free(&c->status_after);
    index_free(c->pair_index);
    index_free(c->before_index);
    index_free(c->after_index);
    free(c->before_at);
    free(c->after_at);
    free(c->pairs);
}

void compare_runs(const struct result *before, const struct result *after,
                  struct compare *compare)
{
    struct comparing c = {.before = before,
                          .after = after,
                          .compare = compare,
                          .radius_m = RULE_VALUE(&before->rules, compare_radius_m)};
    *compare = (struct compare){.before = before, .after = after};
    compare->rows = base_alloc(before->order_count + 1, sizeof *compare->rows);
    if (!open_plane(&c))
        return;
    compare_orders(&c);
    crs_close(c.crs);
}

void compare_free(struct compare *compare)
{
    free(compare->rows);
    free(compare->reopened);
    *compare = (struct compare){0};
}
