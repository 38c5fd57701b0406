#include "models/verdict/classify.h"

#include <math.h>

#include "models/radio/link.h"

/* ---- which --------------------------------------------------------------------------- */

/* How far what is seen at the place speaks for the ticket: fully for a position, less for a
 * district, of which the middle of nowhere is a part, too. */
static double position_trust(const struct rules *rules, const struct fix *fix)
{
    if (fix->method == FIX_NONE)
        return 0;
    return fmin(1, RULE_VALUE(rules, trusted_radius_m) / fmax(fix->radius_m, 1));
}

/* A likelihood ratio that may be wrong altogether: with the chance `lapse` it says nothing. */
static double log_doubted(double ratio, double lapse)
{
    return log((1 - lapse) * ratio + lapse);
}

/* How much likelier the place is of each kind than the network's places usually are, and what
 * the words say. Some places are not where the ticket is put or not as the surface expects, and
 * some faults are not what the audit finds: there a weak place is as any weak place. */
static void weigh_terms(const struct study *study, const struct evidence *e,
                        struct verdict_terms *terms)
{
    const struct rules *rules = &study->world->rules;
    const struct usual *usual = &study->usual;
    struct usual here = usual_here(study, e);
    double lapse = RULE_VALUE(rules, place_lapse), missed = usual->missed;
    double weak = here.weak / usual->weak, good = log_doubted(here.good / usual->good, lapse);
    double turn = (1 - missed) * here.antenna / usual->antenna + missed * weak;
    double plan = here.plan / usual->plan;
    /* Where a table is missing nothing tells its cure from none: the priors stand. */
    turn = study->world->bin_count ? turn : weak;
    plan = study->world->plan_count ? plan : weak;
    const double likelihood[VERDICT_COUNT] = {
        [VERDICT_WEAK] = log_doubted(weak, lapse),
        [VERDICT_MISALIGNED] = log_doubted(turn, lapse),
        [VERDICT_PLANNED] = log_doubted(plan, lapse),
        [VERDICT_OUTAGE] = good,
        [VERDICT_UNDETERMINED] = good,
    };
    double trust = position_trust(rules, &e->fix), sharpness = RULE_VALUE(rules, sharpness);
    double seen = study->world->bin_count ? 1 : RULE_VALUE(rules, unmeasured_trust);
    terms->placed = e->fix.method != FIX_NONE;
    for (int v = 1; v < VERDICT_COUNT; v++) {
        terms->likelihood[v] = seen * trust * likelihood[v];
        terms->words[v] = e->words.weight[v];
    }
    /* Alarms, counters and bands have no part in the levels' errors: they are not blunted. */
    if (terms->placed)
        terms->likelihood[VERDICT_OUTAGE] += trust * e->outage.log_ratio / sharpness;
    if (e->terminal_blocked > RULE_VALUE(rules, terminal_share))
        terms->likelihood[VERDICT_UNDETERMINED] +=
            RULE_VALUE(rules, terminal_weight) / sharpness;
}

static void normalise(const double *log_score, double *p)
{
    double top = -INFINITY, total = 0;
    for (int v = 1; v < VERDICT_COUNT; v++)
        top = fmax(top, log_score[v]);
    p[VERDICT_UNKNOWN] = 0;
    for (int v = 1; v < VERDICT_COUNT; v++)
        total += p[v] = exp(log_score[v] - top);
    for (int v = 1; v < VERDICT_COUNT; v++)
        p[v] /= total;
}

void classify_probabilities(const struct rules *rules, const struct verdict_terms *terms,
                            double p[VERDICT_COUNT])
{
    const double prior[VERDICT_COUNT] = {
        [VERDICT_WEAK] = RULE_VALUE(rules, prior_weak),
        [VERDICT_MISALIGNED] = RULE_VALUE(rules, prior_misaligned),
        [VERDICT_PLANNED] = RULE_VALUE(rules, prior_planned),
        [VERDICT_OUTAGE] = RULE_VALUE(rules, prior_outage),
        [VERDICT_UNDETERMINED] = RULE_VALUE(rules, prior_undetermined),
    };
    double log_score[VERDICT_COUNT];
    for (int v = 1; v < VERDICT_COUNT; v++)
        log_score[v] = RULE_VALUE(rules, sharpness) *
                       (log(prior[v]) + RULE_VALUE(rules, word_weight) * terms->words[v] +
                        terms->likelihood[v]);
    normalise(log_score, p);
}

enum verdict_kind classify_choose(const struct rules *rules, bool placed,
                                  const double p[VERDICT_COUNT])
{
    if (!placed)
        return VERDICT_UNDETERMINED;
    enum verdict_kind best = VERDICT_UNDETERMINED;
    for (int v = 1; v < VERDICT_COUNT; v++)
        if (p[v] > p[best])
            best = v;
    return p[best] < RULE_VALUE(rules, verdict_min_p) ? VERDICT_UNDETERMINED : best;
}

/* ---- why and what next ---------------------------------------------------------------- */

static void name_cell(const struct study *study, uint32_t cell, struct verdict *v)
{
    v->cell = cell;
    v->site = cell == INDEX_NONE ? INDEX_NONE : study->world->cells[cell].site;
}

static void explain_outage(const struct study *study, const struct evidence *e,
                           struct verdict *v)
{
    const struct trouble *worst = e->outage.worst;
    name_cell(study,
              worst              ? worst->cell
              : e->serving_count ? e->serving[0].cell
                                 : INDEX_NONE,
              v);
    v->cause = CAUSE_OUTAGE;
    v->action = ACTION_REPAIR;
    v->gain_db = e->normal.level_dbm - e->outage.now.level_dbm;
    if (!worst)
        return;
    if (worst->kind == TROUBLE_DEGRADED) {
        v->cause = CAUSE_HIDDEN_FAULT;
        v->gain_db = RULE_VALUE(&study->world->rules, degraded_loss_db);
    } else if (worst->kind == TROUBLE_INTERFERENCE) {
        v->cause = CAUSE_INTERFERENCE;
        v->action = ACTION_CLEAR_NOISE;
        v->gain_db = 0;
    }
}

static const double FAULT_FIRST = 0.25;

static double total_tilt(const struct antenna_aim *aim)
{
    return aim->mech_tilt_deg + aim->elec_tilt_deg;
}

static void explain_antenna(const struct study *study, const struct evidence *e,
                            struct verdict *v)
{
    /* A fault comes before a wish: a sound antenna is turned only where no faulty one matters.
     */
    bool fault =
        e->antenna.p_cures >= FAULT_FIRST * e->reaim.p_cures && e->antenna.cell != INDEX_NONE;
    uint32_t cell = fault ? e->antenna.cell : e->reaim.cell;
    name_cell(study, cell, v);
    v->cause = CAUSE_AZIMUTH;
    v->action = cell == INDEX_NONE ? ACTION_FIELD_TEST : ACTION_TURN;
    if (cell == INDEX_NONE)
        return; /* the words alone */
    const struct aim *aim = &study->aims[cell];
    struct antenna_aim table = link_aim(&study->world->cells[cell]);
    bool tilt = fault && aim->status == AIM_TILT;
    bool swapped = fault && aim->status == AIM_SWAPPED;
    v->cause = tilt ? CAUSE_TILT : swapped ? CAUSE_SWAPPED : CAUSE_AZIMUTH;
    v->action = tilt                        ? ACTION_TILT
                : v->cause == CAUSE_SWAPPED ? ACTION_SWAP_FEEDERS
                                            : ACTION_TURN;
    v->azimuth_from_deg = fault ? aim->azimuth_est_deg : e->reaim.best.from_azimuth_deg;
    v->azimuth_to_deg = fault ? table.azimuth_deg : e->reaim.best.azimuth_deg;
    v->tilt_from_deg = tilt    ? aim->tilt_est_deg
                       : fault ? total_tilt(&table)
                               : e->reaim.best.from_tilt_deg;
    v->tilt_to_deg = fault ? total_tilt(&table) : e->reaim.best.tilt_deg;
    v->gain_db = (fault ? e->antenna.planned : e->reaim.aimed).level_dbm - e->normal.level_dbm;
}

static void explain_plan(const struct evidence *e, struct verdict *v)
{
    v->plan = e->build.plan;
    v->cause = CAUSE_PLANNED_SITE;
    v->action = e->build.plan == INDEX_NONE ? ACTION_NEW_SITE : ACTION_WAIT_PLAN;
    v->gain_db =
        e->build.plan == INDEX_NONE ? NAN : e->build.built.level_dbm - e->normal.level_dbm;
}

/* A place that is good in the street and weak behind the wall wants an indoor system. */
static void explain_weak(const struct study *study, const struct evidence *e, struct verdict *v)
{
    const struct rules *rules = &study->world->rules;
    name_cell(study, e->serving_count ? e->serving[0].cell : INDEX_NONE, v);
    v->cause = CAUSE_COVERAGE_HOLE;
    v->action = ACTION_NEW_SITE;
    double outdoor_margin_db = e->serving_count ? e->serving[0].level_dbm - e->weak_dbm : NAN;
    if (e->p_indoor > 0.5 && outdoor_margin_db > RULE_VALUE(rules, indoor_margin_db)) {
        v->cause = CAUSE_INDOOR_LOSS;
        v->action = ACTION_INDOOR;
    } else if (e->dominance >= RULE_VALUE(rules, dominance_sites)) {
        v->cause = CAUSE_NO_DOMINANT;
        v->action = ACTION_POWER;
    } else if (e->best_height_m < RULE_VALUE(rules, low_height_m)) {
        v->cause = CAUSE_LOW_HEIGHT;
    }
}

/* The downtilt whose upper half-power edge meets the ground where the cell is to end. */
static double tilt_to_end_at(const struct cell *cell, double way_m)
{
    return atan2(link_height_m(cell), way_m) * 180 / M_PI + cell->vbw_deg / 2;
}

/* A cell that serves over nearer ones is tilted, where its mount still can. */
static bool explain_overshoot(const struct study *study, const struct evidence *e,
                              struct verdict *v)
{
    if (e->overshoot.cell == INDEX_NONE)
        return false;
    const struct cell *cell = &study->world->cells[e->overshoot.cell];
    struct antenna_aim standing = surface_standing(study->surface, e->overshoot.cell);
    double from_deg = total_tilt(&standing);
    double to_deg = fmin(RULE_VALUE(&study->world->rules, tilt_max_deg),
                         tilt_to_end_at(cell, e->overshoot.limit_m));
    if (!(to_deg > from_deg + 1))
        return false;
    v->cause = CAUSE_OVERSHOOT;
    v->action = ACTION_TILT;
    name_cell(study, e->overshoot.cell, v);
    v->tilt_from_deg = from_deg;
    v->tilt_to_deg = round(to_deg);
    return true;
}

static void explain_undetermined(const struct study *study, const struct evidence *e,
                                 struct verdict *v)
{
    const struct rules *rules = &study->world->rules;
    v->action = ACTION_FIELD_TEST;
    if (e->terminal_blocked > RULE_VALUE(rules, terminal_share)) {
        v->cause = CAUSE_TERMINAL;
        v->action = ACTION_TERMINAL;
    } else if (e->fix.method == FIX_NONE || v->p[VERDICT_UNDETERMINED] < v->p[VERDICT_WEAK]) {
        v->cause = CAUSE_NO_DATA;
    } else if (e->load_pct > RULE_VALUE(rules, capacity_prb_pct)) {
        v->cause = CAUSE_CAPACITY;
        v->action = ACTION_CAPACITY;
        name_cell(study, e->serving[0].cell, v);
    } else if (e->unsteady && e->dominance >= RULE_VALUE(rules, dominance_unsteady_sites)) {
        v->cause = CAUSE_NO_DOMINANT;
        v->action = ACTION_POWER;
        name_cell(study, e->serving[0].cell, v);
    } else if (!explain_overshoot(study, e, v)) {
        v->cause = CAUSE_OTHER;
    }
}

static int64_t due_time(const struct rules *rules, const struct complaint *complaint)
{
    if (complaint->reported_s == TIME_ABSENT)
        return TIME_ABSENT;
    double hours = complaint->customer == CUSTOMER_VIP ? RULE_VALUE(rules, due_vip_h)
                                                       : RULE_VALUE(rules, due_normal_h);
    return complaint->reported_s + (int64_t)(hours * 3600);
}

void classify(const struct study *study, const struct complaint *complaint,
              const struct evidence *evidence, struct verdict *verdict)
{
    const struct rules *rules = &study->world->rules;
    *verdict = (struct verdict){.cell = INDEX_NONE,
                                .site = INDEX_NONE,
                                .plan = INDEX_NONE,
                                .gain_db = NAN,
                                .azimuth_from_deg = NAN,
                                .azimuth_to_deg = NAN,
                                .tilt_from_deg = NAN,
                                .tilt_to_deg = NAN};
    weigh_terms(study, evidence, &verdict->terms);
    classify_probabilities(rules, &verdict->terms, verdict->p);
    verdict->kind = classify_choose(rules, verdict->terms.placed, verdict->p);
    verdict->due_s = due_time(rules, complaint);
    switch (verdict->kind) {
    case VERDICT_OUTAGE:
        explain_outage(study, evidence, verdict);
        break;
    case VERDICT_MISALIGNED:
        explain_antenna(study, evidence, verdict);
        break;
    case VERDICT_PLANNED:
        explain_plan(evidence, verdict);
        break;
    case VERDICT_WEAK:
        explain_weak(study, evidence, verdict);
        break;
    default:
        explain_undetermined(study, evidence, verdict);
    }
}
