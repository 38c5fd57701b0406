#include "cmd/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/crs.h"
#include "models/tables/reason.h"
#include "models/verdict/advice.h"
#include "models/verdict/groups.h"
#include "models/verdict/risk.h"

/* ---- one case --------------------------------------------------------------------------- */

static const char *flags_text(struct arena *arena, unsigned flags)
{
    struct buffer text = {0};
    for (const struct name *n = flag_names; n->text; n++)
        if (flags & (unsigned)n->value)
            buffer_format(&text, "%s%s", text.length ? ";" : "", n->text);
    const char *copy = arena_text(arena, text.bytes, text.length);
    buffer_free(&text);
    return copy;
}

static const char *said(const struct account *account, enum language language,
                        struct arena *arena,
                        void (*writer)(const struct account *, enum language, struct buffer *))
{
    struct buffer text = {0};
    writer(account, language, &text);
    const char *copy = arena_text(arena, text.bytes, text.length);
    buffer_free(&text);
    return copy;
}

enum { MOST_FACTS = 48 }; /* of a case */

struct telling {
    const struct world *world;
    const struct filling *filling;
    struct result_case *of;
};

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void tell_fact(void *context, const struct fact *fact,
                      const char *const text[LANGUAGE_COUNT])
{
    const struct telling *telling = context;
    const struct filling *filling = telling->filling;
    if (telling->of->fact_count == MOST_FACTS)
        return;
    const char *said[LANGUAGE_COUNT];
    arena_reset(filling->scratch);
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        said[l] = arena_text(filling->scratch, text[l], strlen(text[l]));
        if (!filling->show_phones)
            said[l] = result_mask_phones(filling->scratch, said[l]);
    }
    const struct result_fact told = {
        .kind = fact->kind,
        .text_zh = said[LANGUAGE_ZH],
        .text_en = said[LANGUAGE_EN],
        .file = fact->source == INDEX_NONE
                    ? ""
                    : file_name(telling->world->sources[fact->source].path),
        .line = fact->line,
        .weight = fact->weight,
    };
    factbook_add(filling->book, telling->of, &told);
}

static void fill_facts(const struct account *account, const struct filling *filling,
                       struct result_case *out)
{
    struct telling telling = {account->study->world, filling, out};
    explain_facts(account, tell_fact, &telling);
}

static void fill_whatifs(const struct account *account, struct arena *arena,
                         struct result_case *out)
{
    struct whatif items[WHATIFS_MAX];
    out->whatif_count = explain_whatifs(account, items);
    out->whatifs = arena_alloc(arena, out->whatif_count * sizeof *out->whatifs);
    for (size_t i = 0; i < out->whatif_count; i++)
        out->whatifs[i] =
            (struct result_whatif){items[i].what, items[i].object, items[i].outlook.level_dbm,
                                   items[i].outlook.sigma_db, items[i].outlook.p_good};
}

static void fill_ticket(const struct complaint *c, struct result_case *out)
{
    out->ticket_id = c->ticket_id;
    out->reported_s = c->reported_s;
    out->occurred_s = c->occurred_s;
    out->address = c->address;
    out->symptom = c->symptom_text;
    out->description = c->description;
    out->customer_level = name_of(customer_names, c->customer);
    out->customer_key = "";
    out->rat = name_of(rat_names, c->rat);
    out->group_id = out->group_risk = out->repeat_of = out->district = out->order_id = "";
}

static void fill_verdict(const struct account *account, struct result_case *out)
{
    const struct world *world = account->study->world;
    const struct verdict *v = account->verdict;
    out->verdict = verdict_word(v->kind);
    out->confidence = v->p[v->kind];
    memcpy(out->p, v->p, sizeof out->p);
    out->terms = v->terms;
    out->cause = name_of(cause_names, v->cause);
    out->responsible_cell = v->cell == INDEX_NONE ? "" : world->cells[v->cell].cell_id;
    out->responsible_site = v->site == INDEX_NONE ? "" : world->sites[v->site].site_id;
    out->responsible_plan = v->plan == INDEX_NONE ? "" : world->plans[v->plan].plan_id;
    out->action = name_of(action_names, v->action);
    out->expected_gain_db = v->gain_db;
    out->due_s = v->due_s;
    out->azimuth_from_deg = v->azimuth_from_deg;
    out->azimuth_to_deg = v->azimuth_to_deg;
    out->tilt_from_deg = v->tilt_from_deg;
    out->tilt_to_deg = v->tilt_to_deg;
}

static void fill_position(const struct evidence *e, struct result_case *out)
{
    out->at = e->fix.at;
    out->radius_m = e->fix.radius_m;
    out->location_method = fix_method_name(e->fix.method);
    out->location_match = gazetteer_match_name(e->fix.match);
    bool placed = e->fix.method != FIX_NONE;
    out->level_dbm = placed ? e->normal.level_dbm : NAN;
    out->level_sigma_db = placed ? e->normal.sigma_db : NAN;
}

/* Each way to learn more of the case, kept in the case's arena until they are listed. */
static void fill_advice(const struct account *account, struct arena *arena,
                        struct result_case *out)
{
    out->test_count = account->advice_count;
    out->tests = arena_alloc(arena, account->advice_count * sizeof *out->tests + 1);
    for (size_t i = 0; i < account->advice_count; i++) {
        const struct advice *a = &account->advice[i];
        struct buffer points = {0}, text = {0};
        struct result_test *test = &out->tests[i];
        *test = (struct result_test){.ticket_id = out->ticket_id,
                                     .verdict = out->verdict,
                                     .confidence = out->confidence,
                                     .kind = name_of(advice_names, (int)a->kind),
                                     .at = a->point_count ? a->points[0] : out->at,
                                     .length_km = a->length_km,
                                     .bits = a->bits,
                                     .bits_per_km = a->bits_per_km};
        for (size_t k = 0; k < a->point_count; k++)
            buffer_format(&points, "%s%.6f %.6f", k ? ";" : "", a->points[k].lon,
                          a->points[k].lat);
        test->points = points.length ? arena_text(arena, points.bytes, points.length) : "";
        test->cell_id =
            a->cell == INDEX_NONE ? "" : account->study->world->cells[a->cell].cell_id;
        advice_text(account, a, LANGUAGE_ZH, &text);
        test->what_zh = arena_text(arena, text.bytes, text.length);
        buffer_clear(&text);
        advice_text(account, a, LANGUAGE_EN, &text);
        test->what_en = arena_text(arena, text.bytes, text.length);
        buffer_free(&points);
        buffer_free(&text);
    }
}

void fill_case(const struct account *account, const struct filling *filling,
               struct result_case *out)
{
    struct arena *arena = filling->arena;
    fill_ticket(account->complaint, out);
    fill_verdict(account, out);
    fill_position(account->evidence, out);
    out->flags = flags_text(arena, account->evidence->flags);
    out->reason_zh = said(account, LANGUAGE_ZH, arena, explain_reason);
    out->reason_en = said(account, LANGUAGE_EN, arena, explain_reason);
    out->reply_zh = said(account, LANGUAGE_ZH, arena, explain_reply);
    out->reply_en = said(account, LANGUAGE_EN, arena, explain_reply);
    fill_facts(account, filling, out);
    fill_whatifs(account, arena, out);
    fill_advice(account, arena, out);
}

static int by_worth(const void *a, const void *b)
{
    const struct result_test *p = a, *q = b;
    double x = isnan(p->bits_per_km) ? -1 : p->bits_per_km;
    double y = isnan(q->bits_per_km) ? -1 : q->bits_per_km;
    if (x != y)
        return x > y ? -1 : 1;
    if (p->bits != q->bits && isfinite(p->bits) && isfinite(q->bits))
        return p->bits > q->bits ? -1 : 1;
    int order = strcmp(p->ticket_id, q->ticket_id);
    return order ? order : strcmp(p->kind, q->kind);
}

void fill_tests(struct result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->case_count; i++)
        count += result->cases[i].test_count;
    result->tests = arena_alloc(result->arena, count * sizeof *result->tests + 1);
    for (size_t i = 0; i < result->case_count; i++)
        for (size_t k = 0; k < result->cases[i].test_count; k++)
            result->tests[result->test_count++] = result->cases[i].tests[k];
    if (count)
        base_sort(result->tests, count, sizeof *result->tests, by_worth);
    for (size_t i = 0; i < count; i++) /* at the desk there is no kilometre to divide by */
        if (!isfinite(result->tests[i].bits_per_km))
            result->tests[i].bits_per_km = NAN;
}

/* ---- cases that belong together -----------------------------------------------------------
 */

/* What is at fault, as one word: tickets with the same word have one cause. */
static const char *cause_key(const struct result_case *c, struct arena *arena)
{
    const char *object = !text_empty(c->responsible_site)   ? c->responsible_site
                         : !text_empty(c->responsible_plan) ? c->responsible_plan
                                                            : "";
    return *object ? arena_format(arena, "%s/%s", c->verdict, object) : "";
}

/* The colour of each group: its customers, VIPs and hours so far. Members point to the group's
 * first ticket. */
static void fill_risks(const struct rules *rules, const struct group_ticket *tickets,
                       struct result *result)
{
    struct group {
        double customers, vips;
        int64_t first_s, last_s;
    } *groups = base_alloc(result->case_count, sizeof *groups);
    for (size_t i = 0; i < result->case_count; i++) {
        if (tickets[i].group == UINT32_MAX)
            continue;
        struct group *g = &groups[tickets[i].group];
        if (!g->customers)
            g->first_s = g->last_s = tickets[i].time_s;
        g->customers += tickets[i].repeat_of == UINT32_MAX;
        g->vips += text_equal(result->cases[i].customer_level, "vip") &&
                   tickets[i].repeat_of == UINT32_MAX;
        g->first_s = BASE_MIN(g->first_s, tickets[i].time_s);
        g->last_s = BASE_MAX(g->last_s, tickets[i].time_s);
    }
    for (size_t i = 0; i < result->case_count; i++)
        if (tickets[i].group != UINT32_MAX) {
            const struct group *g = &groups[tickets[i].group];
            double hours = (double)(g->last_s - g->first_s) / 3600;
            result->cases[i].group_risk =
                name_of(risk_names, (int)risk_of(rules, g->customers, g->vips, hours));
        }
    free(groups);
}

void fill_groups(const struct world *world, struct result *result)
{
    struct arena *scratch = arena_new();
    struct group_ticket *tickets = base_alloc(result->case_count, sizeof *tickets);
    struct crs *plane = NULL;
    struct error error = {0};
    bool projected = crs_open(world->crs_name, &plane, &error) == STATUS_OK;
    for (size_t i = 0; i < result->case_count; i++) {
        const struct result_case *c = &result->cases[i];
        tickets[i] = (struct group_ticket){
            .customer = c->customer_key,
            .cause_key = cause_key(c, scratch),
            .xy = projected ? crs_forward(plane, c->at) : (struct xy){NAN, NAN},
            .time_s = c->reported_s != TIME_ABSENT ? c->reported_s : c->occurred_s};
    }
    groups_find(&world->rules, tickets, result->case_count);
    for (size_t i = 0; i < result->case_count; i++) {
        if (tickets[i].repeat_of != UINT32_MAX)
            result->cases[i].repeat_of = result->cases[tickets[i].repeat_of].ticket_id;
        if (tickets[i].group != UINT32_MAX)
            result->cases[i].group_id =
                arena_format(result->arena, "G-%s", result->cases[tickets[i].group].ticket_id);
    }
    fill_risks(&world->rules, tickets, result);
    crs_close(plane);
    free(tickets);
    arena_free(scratch);
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void fill_cells(const struct study *study, struct result *result)
{
    const struct world *world = study->world;
    result->cell_count = world->cell_count;
    result->cells = arena_alloc(result->arena, world->cell_count * sizeof *result->cells);
    for (size_t i = 0; i < world->cell_count; i++) {
        const struct cell *c = &world->cells[i];
        const struct aim *aim = &study->aims[i];
        char note[400];
        aim_note_text(aim, result->language, note, sizeof note);
        result->cells[i] = (struct result_cell){
            .cell_id = c->cell_id,
            .site_id = c->site_id,
            .site_name = c->site_name,
            .cell_name = c->cell_name,
            .rat = name_of(rat_names, c->rat),
            .band = c->band,
            .coverage = name_of(coverage_names, c->coverage),
            .at = c->at,
            .azimuth_deg = c->azimuth_deg,
            .tilt_deg = c->mech_tilt_deg + c->elec_tilt_deg,
            .height_m = c->height_m,
            .hbw_deg = c->hbw_deg,
            .frequency_mhz = c->frequency_mhz,
            .azimuth_est_deg = aim->azimuth_est_deg,
            .azimuth_lo_deg = aim->azimuth_lo_deg,
            .azimuth_hi_deg = aim->azimuth_hi_deg,
            .tilt_est_deg = aim->tilt_est_deg,
            .samples = aim->samples,
            .spread_deg = aim->spread_deg,
            .status = name_of(aim_status_names, aim->status),
            .swapped_with =
                aim->swapped_with == INDEX_NONE ? "" : world->cells[aim->swapped_with].cell_id,
            .p_fault = aim->p_fault,
            .note = arena_text(result->arena, note, strlen(note)),
        };
    }
}

static void fill_plans(const struct world *world, struct result *result)
{
    result->plan_count = world->plan_count;
    result->plans = arena_alloc(result->arena, world->plan_count * sizeof *result->plans);
    for (size_t i = 0; i < world->plan_count; i++) {
        const struct plan *p = &world->plans[i];
        result->plans[i] = (struct result_plan){p->plan_id,
                                                p->site_name,
                                                name_of(stage_names, p->stage),
                                                name_of(rat_names, p->rat),
                                                p->at,
                                                p->on_air_s,
                                                p->height_m};
    }
}

/* The best server of the square that starts at world->bins[*at]; moves *at to the next one. */
static struct result_bin best_bin(const struct world *world, double side_m, size_t *at)
{
    const struct bin *first = &world->bins[*at], *best = first;
    uint32_t samples = 0;
    for (; *at < world->bin_count && world->bins[*at].ix == first->ix &&
           world->bins[*at].iy == first->iy;
         ++*at) {
        const struct bin *bin = &world->bins[*at];
        samples += bin->samples;
        best = bin->mean_dbm > best->mean_dbm ? bin : best;
    }
    const struct cell *cell = &world->cells[best->cell];
    return (struct result_bin){
        first->ix * side_m, first->iy * side_m,
        cell->cell_id,      samples,
        best->mean_dbm,     best->mean_dbm < rules_weak_dbm(&world->rules, cell->rat)};
}

static void fill_bins(const struct world *world, struct result *result)
{
    result->bin_m = RULE_VALUE(&world->rules, bin_m);
    size_t squares = 0;
    for (size_t i = 0; i < world->bin_count; i++)
        squares += i == 0 || world->bins[i].ix != world->bins[i - 1].ix ||
                   world->bins[i].iy != world->bins[i - 1].iy;
    result->bins = arena_alloc(result->arena, squares * sizeof *result->bins);
    for (size_t at = 0; at < world->bin_count;)
        result->bins[result->bin_count++] = best_bin(world, result->bin_m, &at);
}

static void fill_rejects(const struct world *world, struct result *result)
{
    result->reject_count = world->rejects.count;
    result->rejects =
        arena_alloc(result->arena, world->rejects.count * sizeof *result->rejects);
    for (size_t i = 0; i < world->rejects.count; i++) {
        const struct reject *r = &world->rejects.items[i];
        result->rejects[i] =
            (struct result_reject){file_name(r->file), r->line, r->column, r->value,
                                   reason_say(result->language, r->reason, result->arena)};
    }
}

static void fill_names(const struct world *world, struct result *result)
{
    result->subscriber_count = world->subscribers_count;
    result->subscribers =
        arena_alloc(result->arena, world->subscribers_count * sizeof *result->subscribers);
    for (size_t i = 0; i < world->subscribers_count; i++)
        result->subscribers[i] = (struct result_count){world->subscribers[i].area,
                                                       world->subscribers[i].subscribers};
    result->place_count = world->place_count;
    result->places = arena_alloc(result->arena, world->place_count * sizeof *result->places);
    if (world->place_count)
        memcpy(result->places, world->places, world->place_count * sizeof *result->places);
}

void fill_world(const struct study *study, struct result *result)
{
    const struct world *world = study->world;
    result->crs_name = world->crs_name;
    result->rules = world->rules;
    result->now_s = world->now_s;
    result->utc_offset_s = world->utc_offset_s;
    fill_cells(study, result);
    fill_plans(world, result);
    fill_bins(world, result);
    fill_rejects(world, result);
    fill_names(world, result);
}
