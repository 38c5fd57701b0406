/* The facts of a case, each with the row it was read from. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/verdict/advice.h"
#include "models/verdict/explain.h"
#include "models/verdict/flip.h"

/* Collects one fact's text in every language before it is handed on. */
struct teller {
    const struct account *account;
    fact_sink sink;
    void *context;
    struct buffer text[LANGUAGE_COUNT];
};

/* Format `english` with the same arguments in every language and hand the fact on. */
static void tell(struct teller *teller, struct fact fact, const char *english, ...)
{
    const char *text[LANGUAGE_COUNT];
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        struct buffer *buffer = &teller->text[language];
        char line[1024];
        va_list args;
        va_start(args, english);
        vsnprintf(line, sizeof line, say((enum language)language, english), args);
        va_end(args);
        buffer_clear(buffer);
        buffer_text(buffer, line);
        text[language] = buffer->bytes;
    }
    teller->sink(teller->context, &fact, text);
}

static struct fact read_from(const char *kind, uint32_t source, uint32_t line, double weight)
{
    return (struct fact){kind, source, line, weight};
}

static struct fact derived(const char *kind, double weight)
{
    return (struct fact){kind, INDEX_NONE, 0, weight};
}

static void tell_position(struct teller *t)
{
    const struct complaint *c = t->account->complaint;
    const struct fix *fix = &t->account->evidence->fix;
    struct fact fact = {"position", c->source, c->line, NAN};
    if (fix->method == FIX_NONE)
        tell(t, fact, "nothing places the ticket");
    else if (fix->matched[0])
        tell(t, fact, "placed by %s within %.0f m: %s (%s)", fix_method_name(fix->method),
             fix->radius_m, fix->matched, gazetteer_match_name(fix->match));
    else
        tell(t, fact, "placed by %s within %.0f m", fix_method_name(fix->method),
             fix->radius_m);
}

static void tell_words(struct teller *t)
{
    const struct words *words = &t->account->evidence->words;
    char list[256] = "";
    for (size_t i = 0; i < words->count; i++) {
        strncat(list, i ? ", " : "", sizeof list - strlen(list) - 1);
        strncat(list, words->found[i], sizeof list - strlen(list) - 1);
    }
    const struct complaint *c = t->account->complaint;
    if (words->count)
        tell(t,
             read_from("words", c->source, c->line, words->weight[t->account->verdict->kind]),
             "the ticket's words: %s", list);
}

/* The level asked for, where it is not the street's. */
static void tell_asked(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    struct fact fact = derived("asked", NAN);
    if (e->asked_dbm == e->weak_dbm)
        return;
    if (e->asked == ASKED_ROAD)
        tell(t, fact, "on a road: held to %.0f dBm, the street to %.0f", e->asked_dbm,
             e->weak_dbm);
    else if (e->asked == ASKED_INDOORS)
        tell(t, fact, "indoors: held to %.0f dBm behind the wall, the street to %.0f",
             e->asked_dbm, e->weak_dbm);
    else
        tell(t, fact, "masts stand wide apart: held to %.0f dBm, towns to %.0f", e->asked_dbm,
             e->weak_dbm);
}

static void tell_level(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    if (e->fix.method == FIX_NONE)
        return;
    enum verdict_kind kind = t->account->verdict->kind;
    bool weak = kind == VERDICT_WEAK || kind == VERDICT_MISALIGNED || kind == VERDICT_PLANNED;
    tell(t,
         derived("level", (weak ? 1 : -1) * log(fmax(e->p_weak, 1e-6) / fmax(e->p_good, 1e-6))),
         "expected level at the customer %.1f dBm, give or take %.1f; weak below %.0f; good "
         "with "
         "probability %.2f",
         e->normal.level_dbm, e->normal.sigma_db, e->asked_dbm, e->normal.p_good);
    tell_asked(t);
    tell(t, derived("samples", NAN), "%u measurements within %.0f m", e->near_samples,
         RULE_VALUE(&t->account->study->world->rules, evidence_near_m));
    tell(t, derived("indoor", NAN), "indoors with probability %.2f", e->p_indoor);
}

static void tell_serving(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    const struct world *world = t->account->study->world;
    for (size_t i = 0; i < e->serving_count; i++) {
        const struct cell *cell = &world->cells[e->serving[i].cell];
        if (e->serving[i].share < 0.02)
            continue;
        tell(t, read_from("serving", cell->source, cell->line, NAN),
             "%s serves %.0f %% of the place; %.1f dBm outdoors in its middle", cell->cell_id,
             100 * e->serving[i].share, e->serving[i].level_dbm);
    }
}

static void tell_counter(struct teller *t, const struct counter *c, double weight)
{
    struct fact fact = {"counter", c->source, c->line, weight};
    const char *cell = t->account->study->world->cells[c->cell].cell_id;
    if (isfinite(c->ul_interference_dbm))
        tell(t, fact, "%s: availability %.1f %%, uplink interference %.1f dBm, drops %.2f %%",
             cell, c->availability_pct, c->ul_interference_dbm, c->drop_rate_pct);
    else
        tell(t, fact, "%s: availability %.1f %%", cell, c->availability_pct);
}

static void tell_outage(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    const struct world *world = t->account->study->world;
    const struct trouble *worst = e->outage.worst;
    if (!worst) {
        if (e->fix.method != FIX_NONE && (world->alarm_count || world->counter_count))
            tell(t, derived("outage", e->outage.log_ratio),
                 "no alarm and no counter of the serving cells is out of order then");
        else if (e->fix.method != FIX_NONE)
            tell(t, derived("outage", e->outage.log_ratio),
                 "there are no alarms and no counters to tell what was out of order then");
        return;
    }
    if (worst->alarm != INDEX_NONE) {
        const struct alarm *alarm = &world->alarms[worst->alarm];
        tell(t, read_from("alarm", alarm->source, alarm->line, e->outage.log_ratio),
             "alarm of %s: %s (%s)", alarm->object_id, alarm->name,
             name_of(effect_names, alarm->effect));
    }
    if (worst->counter != INDEX_NONE)
        tell_counter(t, &world->counters[worst->counter], e->outage.log_ratio);
    tell(t, derived("outage", NAN),
         "what was out of order then spoilt the service here with probability %.2f",
         e->outage.impact[TROUBLE_OUTAGE] + e->outage.impact[TROUBLE_DEGRADED] +
             e->outage.impact[TROUBLE_INTERFERENCE]);
}

static void tell_antenna(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    if (e->antenna.cell == INDEX_NONE)
        return;
    const struct cell *cell = &t->account->study->world->cells[e->antenna.cell];
    const struct aim *aim = &t->account->study->aims[e->antenna.cell];
    struct fact fact =
        read_from("antenna", cell->source, cell->line, log(fmax(e->antenna.p_cures, 1e-4)));
    if (!isfinite(aim->azimuth_est_deg)) {
        tell(t, fact,
             "%s: azimuth %.0f in the table, %llu measurements do not tell where it points, "
             "faulty with probability %.2f; standing right it would cure with %.2f",
             cell->cell_id, cell->azimuth_deg, (unsigned long long)aim->samples, aim->p_fault,
             e->antenna.p_cures);
        return;
    }
    tell(t, fact,
         "%s: azimuth %.0f in the table, %.0f (%.0f..%.0f) by %llu measurements, status %s, "
         "faulty with probability %.2f; standing right it would cure with %.2f",
         cell->cell_id, cell->azimuth_deg, aim->azimuth_est_deg, aim->azimuth_lo_deg,
         aim->azimuth_hi_deg, (unsigned long long)aim->samples,
         name_of(aim_status_names, aim->status), aim->p_fault, e->antenna.p_cures);
}

/* What turning a sound antenna would do, to the place and to others. */
static void tell_reaim(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    if (e->reaim.cell == INDEX_NONE)
        return;
    const struct cell *cell = &t->account->study->world->cells[e->reaim.cell];
    const struct aim_best *best = &e->reaim.best;
    tell(t, read_from("re-aim", cell->source, cell->line, log(fmax(e->reaim.p_cures, 1e-4))),
         "%s turned from %.0f to %.0f degrees, downtilt from %.0f to %.0f, brings %.1f dB here "
         "(%.1f..%.1f) and would cure with %.2f; of %u measured squares %u weak ones become "
         "good and %u good ones weak",
         cell->cell_id, best->from_azimuth_deg, best->azimuth_deg, best->from_tilt_deg,
         best->tilt_deg, best->gain_db, best->gain_lo_db, best->gain_hi_db, e->reaim.p_cures,
         best->squares, best->cured, best->broken);
}

static void tell_plan(struct teller *t)
{
    const struct evidence *e = t->account->evidence;
    if (e->build.plan == INDEX_NONE)
        return;
    const struct plan *plan = &t->account->study->world->plans[e->build.plan];
    tell(t, read_from("plan", plan->source, plan->line, log(fmax(e->build.p_cures, 1e-4))),
         "plan %s %s (%s) would bring %.1f dBm and cure with probability %.2f", plan->plan_id,
         plan->site_name, name_of(stage_names, plan->stage), e->build.built.level_dbm,
         e->build.p_cures);
}

static void tell_flips(struct teller *t)
{
    struct flip flips[FLIPS_MAX];
    size_t count = flip_find(t->account, flips);
    for (size_t i = 0; i < count; i++) {
        struct fact fact = {"flip", flips[i].source, flips[i].line, NAN};
        const char *text[LANGUAGE_COUNT];
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            buffer_clear(&t->text[language]);
            flip_text(t->account, &flips[i], (enum language)language, &t->text[language]);
            text[language] = t->text[language].bytes;
        }
        t->sink(t->context, &fact, text);
    }
}

static void tell_advice(struct teller *t, const struct advice *advice)
{
    struct fact fact = {"advice", INDEX_NONE, 0, NAN};
    const char *text[LANGUAGE_COUNT];
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        buffer_clear(&t->text[language]);
        advice_text(t->account, advice, (enum language)language, &t->text[language]);
        text[language] = t->text[language].bytes;
    }
    t->sink(t->context, &fact, text);
}

void explain_facts(const struct account *account, fact_sink sink, void *context)
{
    struct teller teller = {.account = account, .sink = sink, .context = context};
    tell_position(&teller);
    tell_words(&teller);
    tell_level(&teller);
    tell_serving(&teller);
    tell_outage(&teller);
    tell_antenna(&teller);
    tell_reaim(&teller);
    tell_plan(&teller);
    tell_flips(&teller);
    for (size_t i = 0; i < account->advice_count; i++)
        tell_advice(&teller, &account->advice[i]);
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        buffer_free(&teller.text[language]);
}
