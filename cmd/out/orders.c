#include "cmd/out/orders.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/orders_text.h"
#include "cmd/out/statuses.h"
#include "geo/index.h"
#include "models/verdict/worklist.h"

enum order_kind {
    KIND_NONE = 0,
    KIND_REPAIR,
    KIND_AIM,
    KIND_SWAP,
    KIND_POWER,
    KIND_COVER,
    KIND_PLAN,
    KIND_TEST,
    KIND_ANSWER,
    KIND_COUNT,
};

static const struct {
    const char *word, *prefix, *crew, *label;
    enum rule_id days;
} kinds[KIND_COUNT] = {
    [KIND_NONE] = {"", "", "", "", RULE_worklist_desk_days},
    [KIND_REPAIR] = {"repair", "REP", "maintenance", "repair site", RULE_worklist_repair_days},
    [KIND_AIM] = {"aim", "AIM", "antenna", "re-aim antenna", RULE_worklist_aim_days},
    [KIND_SWAP] = {"swap", "SWP", "antenna", "put feeders right", RULE_worklist_aim_days},
    [KIND_POWER] = {"power", "PWR", "antenna", "adjust power", RULE_worklist_aim_days},
    [KIND_COVER] = {"cover", "COV", "planning", "add coverage", RULE_worklist_cover_days},
    [KIND_PLAN] = {"plan", "PLN", "desk", "follow planned site", RULE_worklist_desk_days},
    [KIND_TEST] = {"test", "TST", "test", "field test", RULE_worklist_test_days},
    [KIND_ANSWER] = {"answer", "ANS", "desk", "answer customer", RULE_worklist_desk_days},
};

const char *const order_kinds[] = {"repair", "aim",  "swap",   "power", "cover",
                                   "plan",   "test", "answer", NULL};

const char *order_label(const char *kind)
{
    for (int k = 1; k < KIND_COUNT; k++)
        if (text_equal(kind, kinds[k].word))
            return kinds[k].label;
    return kind;
}

/* An order that could be given. */
struct candidate {
    enum order_kind kind;
    const char *object; /* cell, site or plan; "" for places */
    uint32_t center;    /* the first case that asks for it */
};

struct choosing {
    struct result *result;
    struct arena *scratch; /* of one ticket's keys */
    struct candidate *candidates;
    size_t candidate_count, candidate_capacity;
    struct textmap by_key; /* "REP:S1001" -> candidate */
    struct worklist_option *options;
    size_t option_count, option_capacity;
    struct xy *at;                           /* cases in a local plane, metres */
    struct textmap cell_by_id, cell_by_site; /* of a site: its first cell */
};

/* The fix that the verdict asks for. */
static enum order_kind kind_of(const struct result_case *c)
{
    switch (verdict_of(c->verdict)) {
    case VERDICT_OUTAGE:
        return KIND_REPAIR;
    case VERDICT_MISALIGNED:
        if (text_empty(c->responsible_cell))
            return point_valid(c->at) ? KIND_TEST : KIND_ANSWER;
        return text_equal(c->cause, "swapped") ? KIND_SWAP : KIND_AIM;
    case VERDICT_PLANNED:
        if (text_empty(c->responsible_plan))
            return point_valid(c->at) ? KIND_COVER : KIND_ANSWER;
        return KIND_PLAN;
    case VERDICT_WEAK:
        if (text_equal(c->action, "power-dominance") && !text_empty(c->responsible_cell))
            return KIND_POWER;
        return point_valid(c->at) ? KIND_COVER : KIND_ANSWER;
    case VERDICT_UNDETERMINED:
        if (text_equal(c->cause, "overshoot") && !text_empty(c->responsible_cell))
            return KIND_AIM;
        return text_equal(c->action, "field-test") && point_valid(c->at) ? KIND_TEST
                                                                         : KIND_ANSWER;
    default:
        return KIND_NONE;
    }
}

/* What the fix is done to; places have none. */
static const char *object_of(const struct choosing *choosing, const struct result_case *c,
                             enum order_kind kind)
{
    switch (kind) {
    case KIND_REPAIR:
        if (text_equal(c->cause, "outage") && !text_empty(c->responsible_site))
            return c->responsible_site;
        return text_empty(c->responsible_cell) ? c->responsible_site : c->responsible_cell;
    case KIND_AIM:
    case KIND_POWER:
        return c->responsible_cell;
    case KIND_SWAP:
        return text_empty(c->responsible_site) ? c->responsible_cell : c->responsible_site;
    case KIND_PLAN:
        return c->responsible_plan;
    case KIND_ANSWER:
        return arena_format(choosing->scratch, "%s@%s",
                            text_empty(c->action) ? "answer" : c->action, c->district);
    default:
        return "";
    }
}

static const char *key_of(const struct choosing *choosing, enum order_kind kind,
                          const char *object)
{
    return arena_format(choosing->scratch, "%s:%s", kinds[kind].prefix, object);
}

static uint32_t candidate_add(struct choosing *choosing, enum order_kind kind,
                              const char *object, uint32_t center)
{
    choosing->candidates =
        base_grow(choosing->candidates, &choosing->candidate_capacity,
                  choosing->candidate_count + 1, sizeof *choosing->candidates);
    choosing->candidates[choosing->candidate_count] = (struct candidate){kind, object, center};
    return (uint32_t)choosing->candidate_count++;
}

/* Every fix that some verdict asks for, once; each weak or untested place is one of its own. */
static void find_candidates(struct choosing *choosing)
{
    struct result *result = choosing->result;
    for (size_t i = 0; i < result->case_count; i++) {
        const struct result_case *c = &result->cases[i];
        enum order_kind kind = kind_of(c);
        arena_reset(choosing->scratch);
        if (kind == KIND_NONE)
            continue;
        const char *object = object_of(choosing, c, kind);
        if (kind == KIND_COVER || kind == KIND_TEST) {
            candidate_add(choosing, kind, "", (uint32_t)i);
            continue;
        }
        if (text_empty(object)) /* a verdict without its object: somebody must look */
            object = arena_format(choosing->scratch, "%s@%s", c->action, c->district),
            kind = KIND_ANSWER;
        const char *key = key_of(choosing, kind, object);
        if (textmap_get(&choosing->by_key, key) != TEXTMAP_NONE)
            continue;
        object = arena_text(result->arena, object, strlen(object));
        textmap_put(&choosing->by_key, arena_text(result->arena, key, strlen(key)),
                    candidate_add(choosing, kind, object, (uint32_t)i));
    }
}

static void option_add(struct choosing *choosing, uint32_t order, uint32_t ticket, double cure)
{
    if (!(cure > 1e-6) || order == TEXTMAP_NONE)
        return;
    choosing->options = base_grow(choosing->options, &choosing->option_capacity,
                                  choosing->option_count + 1, sizeof *choosing->options);
    choosing->options[choosing->option_count++] =
        (struct worklist_option){order, ticket, BASE_MIN(cure, 1)};
}

/* How likely the place is good after the fix, where a what-if says it; else 1. */
static double p_good(const struct result_case *c, const char *what, const char *other)
{
    for (size_t i = 0; i < c->whatif_count; i++) {
        const struct result_whatif *w = &c->whatifs[i];
        if ((text_equal(w->what, what) || text_equal(w->what, other)) && isfinite(w->p_good))
            return w->p_good;
    }
    return 1;
}

/* A verdict says what cures the case; a floor keeps its own order from vanishing. */
static void own_option(struct choosing *choosing, uint32_t i)
{
    const struct result_case *c = &choosing->result->cases[i];
    enum order_kind kind = kind_of(c);
    if (kind == KIND_NONE || kind == KIND_COVER || kind == KIND_TEST)
        return;
    const char *object = object_of(choosing, c, kind);
    if (text_empty(object))
        object = arena_format(choosing->scratch, "%s@%s", c->action, c->district),
        kind = KIND_ANSWER;
    double good = kind == KIND_REPAIR  ? p_good(c, "repaired", "repaired")
                  : kind == KIND_PLAN  ? p_good(c, "plan-built", "plan-built")
                  : kind == KIND_POWER ? 0.5 /* it raises the better, the others stay */
                                       : p_good(c, "re-aimed", "as-planned");
    double cure = kind == KIND_ANSWER
                      ? RULE_VALUE(&choosing->result->rules, worklist_answer_cure)
                      : c->confidence * BASE_MAX(good, 0.2);
    option_add(choosing, textmap_get(&choosing->by_key, key_of(choosing, kind, object)), i,
               cure);
}

/* Fixes that other tickets ask for may cure this one too: its what-ifs say how likely. */
static void other_options(struct choosing *choosing, uint32_t i)
{
    static const struct {
        const char *what;
        enum order_kind kind;
        enum verdict_kind verdict;
    } fixes[] = {{"repaired", KIND_REPAIR, VERDICT_OUTAGE},
                 {"re-aimed", KIND_AIM, VERDICT_MISALIGNED},
                 {"as-planned", KIND_AIM, VERDICT_MISALIGNED},
                 {"plan-built", KIND_PLAN, VERDICT_PLANNED}};
    const struct result_case *c = &choosing->result->cases[i];
    for (size_t w = 0; w < c->whatif_count; w++)
        for (size_t f = 0; f < ARRAY_COUNT(fixes); f++) {
            if (!text_equal(c->whatifs[w].what, fixes[f].what) ||
                text_empty(c->whatifs[w].object))
                continue;
            const char *key = key_of(choosing, fixes[f].kind, c->whatifs[w].object);
            option_add(choosing, textmap_get(&choosing->by_key, key), i,
                       c->p[fixes[f].verdict] * c->whatifs[w].p_good);
        }
}

/* New coverage or a test at one place helps the others around it, less with distance. */
static void place_options(struct choosing *choosing, const struct index *index, uint32_t order)
{
    enum { NEAR = 400 };
    const struct candidate *candidate = &choosing->candidates[order];
    const struct rules *rules = &choosing->result->rules;
    bool cover = candidate->kind == KIND_COVER;
    double reach_m =
        cover ? RULE_VALUE(rules, worklist_cover_m) : RULE_VALUE(rules, worklist_test_m);
    struct neighbour near[NEAR];
    size_t count = index_near(index, choosing->at[candidate->center], reach_m, near, NEAR);
    for (size_t n = 0; n < count; n++) {
        const struct result_case *c = &choosing->result->cases[near[n].id];
        double far = near[n].distance_m / reach_m;
        if (kind_of(c) != candidate->kind)
            continue;
        double cure = cover ? c->p[VERDICT_WEAK] : RULE_VALUE(rules, worklist_answer_cure);
        option_add(choosing, order, near[n].id, cure * (1 - far * far / 2));
    }
}

static int compare_option(const void *a, const void *b)
{
    const struct worklist_option *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->ticket != y->ticket ? (x->ticket < y->ticket ? -1 : 1) : 0;
}

static void find_options(struct choosing *choosing)
{
    struct result *result = choosing->result;
    double lat0 = 0, east_m = 0;
    choosing->at = base_alloc(result->case_count + 1, sizeof *choosing->at);
    for (size_t i = 0; i < result->case_count; i++) {
        struct point p = result->cases[i].at;
        if (point_valid(p) && east_m == 0) {
            lat0 = p.lat;
            east_m = 111195.0 * cos(lat0 * M_PI / 180);
        }
        choosing->at[i] = (struct xy){p.lon * east_m, p.lat * 111195.0};
    }
    for (uint32_t i = 0; i < result->case_count; i++) {
        arena_reset(choosing->scratch);
        own_option(choosing, i);
        other_options(choosing, i);
    }
    struct index *index = index_new(choosing->at, result->case_count, 500);
    for (uint32_t o = 0; o < choosing->candidate_count; o++)
        if (choosing->candidates[o].kind == KIND_COVER ||
            choosing->candidates[o].kind == KIND_TEST)
            place_options(choosing, index, o);
    index_free(index);
    if (choosing->option_count)
        base_sort(choosing->options, choosing->option_count, sizeof *choosing->options,
                  compare_option);
}

static double weight_of(const struct result *result, const struct result_case *c)
{
    const struct rules *rules = &result->rules;
    double weight = 1;
    if (text_equal_fold(c->customer_level, "vip"))
        weight *= RULE_VALUE(rules, worklist_vip_weight);
    if (!text_empty(c->repeat_of))
        weight *= RULE_VALUE(rules, worklist_repeat_weight);
    if (!text_empty(c->group_id))
        weight *= RULE_VALUE(rules, worklist_group_weight);
    if (c->due_s != TIME_ABSENT && result->now_s != TIME_ABSENT && c->due_s < result->now_s)
        weight *= RULE_VALUE(rules, worklist_overdue_weight);
    return weight;
}

/* ---- from the choice to orders ------------------------------------------------------- */

/* The tickets that one ranked order answers, in the order of the input. */
struct answered {
    const uint32_t *tickets;
    size_t count;
};

static void sum_tickets(const struct result *result, const struct answered *answered,
                        struct result_order *order)
{
    struct textmap customers = {0};
    struct buffer ids = {0};
    for (size_t i = 0; i < answered->count; i++) {
        const struct result_case *c = &result->cases[answered->tickets[i]];
        if (i < 200)
            buffer_format(&ids, "%s%s", i ? ";" : "", c->ticket_id);
        const char *who = text_empty(c->customer_key) ? c->ticket_id : c->customer_key;
        textmap_put(&customers, who, 0);
        order->vips += text_equal_fold(c->customer_level, "vip");
        order->weight += weight_of(result, c);
        if (c->due_s != TIME_ABSENT && (order->due_s == TIME_ABSENT || c->due_s < order->due_s))
            order->due_s = c->due_s;
    }
    order->tickets = (uint32_t)answered->count;
    order->customers = (uint32_t)customers.count;
    order->ticket_ids = arena_text(result->arena, ids.bytes ? ids.bytes : "", ids.length);
    textmap_free(&customers);
    buffer_free(&ids);
}

/* Mean gain of the tickets, and where 80 % of them lie: their spread and the model's own. */
static void sum_gain(const struct result *result, const struct answered *answered,
                     struct result_order *order)
{
    double sum = 0, squares = 0, model = 0;
    size_t n = 0;
    for (size_t i = 0; i < answered->count; i++) {
        const struct result_case *c = &result->cases[answered->tickets[i]];
        if (!isfinite(c->expected_gain_db))
            continue;
        double sigma = isfinite(c->level_sigma_db) ? c->level_sigma_db : 6;
        n++;
        sum += c->expected_gain_db;
        squares += c->expected_gain_db * c->expected_gain_db;
        model += sigma * sigma;
    }
    order->gain_db = order->gain_lo_db = order->gain_hi_db = NAN;
    if (!n)
        return;
    double mean = sum / (double)n;
    double spread = sqrt(BASE_MAX(squares / (double)n - mean * mean, 0) + model / (double)n);
    order->gain_db = mean;
    order->gain_lo_db = BASE_MAX(mean - 1.2816 * spread, 0); /* normal: 80 % two-sided */
    order->gain_hi_db = mean + 1.2816 * spread;
}

/* The case that shows best what is wrong: the surest, of the input's first. */
static const struct result_case *surest(const struct result *result,
                                        const struct answered *answered, enum order_kind kind)
{
    const struct result_case *best = NULL;
    for (size_t i = 0; i < answered->count; i++) {
        const struct result_case *c = &result->cases[answered->tickets[i]];
        if (kind_of(c) == kind && (!best || c->confidence > best->confidence))
            best = c;
    }
    return best ? best : &result->cases[answered->tickets[0]];
}

static const struct result_cell *cell_of(const struct choosing *choosing, const char *cell_id)
{
    uint32_t i =
        text_empty(cell_id) ? TEXTMAP_NONE : textmap_get(&choosing->cell_by_id, cell_id);
    return i == TEXTMAP_NONE ? NULL : &choosing->result->cells[i];
}

/* The first cell of the site. */
static const struct result_cell *cell_of_site(const struct choosing *choosing,
                                              const char *site_id)
{
    uint32_t i =
        text_empty(site_id) ? TEXTMAP_NONE : textmap_get(&choosing->cell_by_site, site_id);
    return i == TEXTMAP_NONE ? NULL : &choosing->result->cells[i];
}

/* Site, cell, plan and position of the fix itself, or of the place that asks for it. */
static void name_object(const struct choosing *choosing, const struct candidate *candidate,
                        const struct result_case *best, struct result_order *order)
{
    const struct result *result = choosing->result;
    enum order_kind kind = candidate->kind;
    order->at = result->cases[candidate->center].at;
    order->site_id = order->site_name = order->cell_id = order->plan_id = "";
    if (kind == KIND_PLAN) {
        order->plan_id = candidate->object;
        for (size_t i = 0; i < result->plan_count; i++)
            if (text_equal(result->plans[i].plan_id, candidate->object)) {
                order->site_name = result->plans[i].site_name;
                order->at = result->plans[i].at;
            }
    }
    if (kind != KIND_REPAIR && kind != KIND_AIM && kind != KIND_SWAP && kind != KIND_POWER)
        return;
    const struct result_cell *cell = cell_of(choosing, candidate->object);
    if (cell)
        order->cell_id = cell->cell_id;
    else
        cell = cell_of(choosing, best->responsible_cell);
    if (!cell)
        cell = cell_of_site(choosing, candidate->object);
    order->site_id = cell ? cell->site_id : candidate->object;
    order->site_name = cell ? cell->site_name : "";
    if (kind == KIND_SWAP && cell)
        order->cell_id = cell->cell_id;
    if (cell && point_valid(cell->at))
        order->at = cell->at;
}

static void set_angles(const struct choosing *choosing, enum order_kind kind,
                       const struct result_case *best, struct result_order *order)
{
    order->azimuth_from_deg = order->azimuth_to_deg = NAN;
    order->tilt_from_deg = order->tilt_to_deg = NAN;
    if (kind != KIND_AIM && kind != KIND_SWAP)
        return;
    order->azimuth_from_deg = best->azimuth_from_deg;
    order->azimuth_to_deg = best->azimuth_to_deg;
    order->tilt_from_deg = best->tilt_from_deg;
    order->tilt_to_deg = best->tilt_to_deg;
    const struct result_cell *cell = cell_of(choosing, order->cell_id);
    bool silent = !isfinite(order->azimuth_to_deg) && !isfinite(order->tilt_to_deg);
    if (!cell || !silent || kind == KIND_SWAP)
        return;
    if (text_equal(cell->status, "misaligned")) {
        order->azimuth_from_deg = cell->azimuth_est_deg;
        order->azimuth_to_deg = cell->azimuth_deg;
    }
    if (text_equal(cell->status, "tilt")) {
        order->tilt_from_deg = cell->tilt_est_deg;
        order->tilt_to_deg = cell->tilt_deg;
    }
}

/* Places are named by their earliest ticket, which stays theirs when more come. */
static const char *id_of(const struct choosing *choosing, const struct candidate *candidate,
                         const struct answered *answered)
{
    struct result *result = choosing->result;
    const char *object = candidate->object;
    if (text_empty(object)) {
        const struct result_case *first = &result->cases[answered->tickets[0]];
        for (size_t i = 1; i < answered->count; i++) {
            const struct result_case *c = &result->cases[answered->tickets[i]];
            if (c->reported_s < first->reported_s)
                first = c;
        }
        object = first->ticket_id;
    }
    return arena_format(result->arena, "%s-%s", kinds[candidate->kind].prefix, object);
}

static void fill_order(const struct choosing *choosing, const struct candidate *candidate,
                       const struct answered *answered, struct result_order *order)
{
    struct result *result = choosing->result;
    const struct result_case *best = surest(result, answered, candidate->kind);
    order->kind = kinds[candidate->kind].word;
    order->crew = kinds[candidate->kind].crew;
    order->crew_days = result->rules.value[kinds[candidate->kind].days];
    order->order_id = id_of(choosing, candidate, answered);
    order->district = best->district;
    order->due_s = TIME_ABSENT;
    sum_tickets(result, answered, order);
    sum_gain(result, answered, order);
    name_object(choosing, candidate, best, order);
    set_angles(choosing, candidate->kind, best, order);
    order->why_zh = best->reason_zh;
    order->why_en = best->reason_en;
    order->what_zh = order_what(result, order, best, LANGUAGE_ZH);
    order->what_en = order_what(result, order, best, LANGUAGE_EN);
    order->status = order->note = "";
}

/* The cure a ranked order brings, as a share of the weight of the tickets credited to it. */
static double cure_share(const struct choosing *choosing, uint32_t order,
                         const struct worklist_choice *choice, uint32_t rank)
{
    double cured = 0, all = 0;
    size_t low = 0, high = choosing->option_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (choosing->options[middle].order < order)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i < choosing->option_count && choosing->options[i].order == order;
         i++) {
        const struct worklist_option *o = &choosing->options[i];
        if (choice->order_of[o->ticket] != rank)
            continue;
        double weight = weight_of(choosing->result, &choosing->result->cases[o->ticket]);
        cured += weight * o->cure;
        all += weight;
    }
    return all > 0 ? cured / all : 0;
}

/* Tickets by rank, as runs of one array. */
static uint32_t *group_tickets(const struct choosing *choosing,
                               const struct worklist_choice *choice, size_t *first)
{
    size_t count = choosing->result->case_count;
    uint32_t *tickets = base_alloc(count + 1, sizeof *tickets);
    for (size_t t = 0; t < count; t++)
        if (choice->order_of[t] != UINT32_MAX)
            first[choice->order_of[t] + 1]++;
    for (size_t r = 0; r < choice->count; r++)
        first[r + 1] += first[r];
    size_t *next = base_alloc(choice->count + 1, sizeof *next);
    memcpy(next, first, choice->count * sizeof *next);
    for (size_t t = 0; t < count; t++)
        if (choice->order_of[t] != UINT32_MAX)
            tickets[next[choice->order_of[t]]++] = (uint32_t)t;
    free(next);
    return tickets;
}

static void write_orders(const struct choosing *choosing, const struct worklist_choice *choice)
{
    struct result *result = choosing->result;
    size_t *first = base_alloc(choice->count + 2, sizeof *first);
    uint32_t *tickets = group_tickets(choosing, choice, first);
    result->orders = arena_alloc(result->arena, (choice->count + 1) * sizeof *result->orders);
    result->order_count = 0;
    for (uint32_t r = 0; choosing->candidates && r < choice->count; r++) {
        const struct answered answered = {tickets + first[r], first[r + 1] - first[r]};
        if (!answered.count) /* the orders after it answer all of its tickets better */
            continue;
        struct result_order *order = &result->orders[result->order_count++];
        fill_order(choosing, &choosing->candidates[choice->orders[r]], &answered, order);
        order->rank = (uint32_t)result->order_count;
        order->this_round = r < choice->round_count;
        order->cure = cure_share(choosing, choice->orders[r], choice, r);
        order->priority = order->weight * order->cure / order->crew_days;
        for (size_t i = 0; i < answered.count; i++)
            result->cases[answered.tickets[i]].order_id = order->order_id;
    }
    result->orders_bound = choice->bound > 0 ? choice->value / choice->bound : NAN;
    free(tickets);
    free(first);
}

enum status orders_choose(struct result *result, const char *previous, struct error *error)
{
    struct choosing choosing = {.result = result, .scratch = arena_new()};
    struct worklist_choice choice;
    for (size_t i = 0; i < result->cell_count; i++) {
        textmap_put(&choosing.cell_by_id, result->cells[i].cell_id, (uint32_t)i);
        textmap_put(&choosing.cell_by_site, result->cells[i].site_id, (uint32_t)i);
    }
    find_candidates(&choosing);
    find_options(&choosing);
    double *days = base_alloc(choosing.candidate_count + 1, sizeof *days);
    double *weight = base_alloc(result->case_count + 1, sizeof *weight);
    for (size_t o = 0; o < choosing.candidate_count; o++)
        days[o] = result->rules.value[kinds[choosing.candidates[o].kind].days];
    for (size_t i = 0; i < result->case_count; i++)
        weight[i] = weight_of(result, &result->cases[i]);
    worklist_choose(
        &(struct worklist_input){.order_count = choosing.candidate_count,
                                 .ticket_count = result->case_count,
                                 .option_count = choosing.option_count,
                                 .crew_days = days,
                                 .weight = weight,
                                 .options = choosing.options,
                                 .budget_days = RULE_VALUE(&result->rules, worklist_crew_days)},
        &choice);
    write_orders(&choosing, &choice);
    worklist_free(&choice);
    textmap_free(&choosing.by_key);
    textmap_free(&choosing.cell_by_id);
    textmap_free(&choosing.cell_by_site);
    arena_free(choosing.scratch);
    free(choosing.candidates);
    free(choosing.options);
    free(choosing.at);
    free(days);
    free(weight);
    return previous ? statuses_keep(result, previous, error) : STATUS_OK;
}
