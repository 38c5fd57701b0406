#include "models/verdict/flip.h"

#include <math.h>
#include <stdlib.h>

#include "models/verdict/evidence_view.h"

enum { HALVINGS = 12, STEPS = 12 };

/* The evidence as it is, and as it would be with one quantity moved. */
struct mover {
    const struct account *account;
    const struct evidence *real;
    struct evidence moved;
    struct instants instants;
    /* The trouble whose times move, and what it spoils by kind when it covers every instant. */
    int64_t from_s, to_s;
    double spoils[TROUBLE_KINDS];
    double covered; /* weight of the instants within it as it is */
    /* Normal points of the level's probabilities as they are. */
    double z_reached, z_good, z_usual;
    struct flip *out;
    size_t count;
};

typedef void (*move_function)(struct mover *mover, double amount);

static enum verdict_kind verdict_then(struct mover *m)
{
    struct verdict verdict;
    classify(m->account->study, m->account->complaint, &m->moved, &verdict);
    return verdict.kind;
}

/* The verdict with the quantity moved by `amount`; the evidence is put back. */
static enum verdict_kind verdict_at(struct mover *m, move_function move, double amount)
{
    move(m, amount);
    enum verdict_kind kind = verdict_then(m);
    m->moved = *m->real;
    return kind;
}

/* The least amount in 0..most that flips the verdict: stepped, finely at first, then halved. */
static bool least_flip(struct mover *m, move_function move, double most, struct flip *flip)
{
    enum verdict_kind now = m->account->verdict->kind, then = now;
    double low = 0, high = 0;
    for (int i = 1; i <= STEPS && then == now; i++) {
        low = high;
        high = most * i * i / (STEPS * STEPS);
        then = verdict_at(m, move, high);
    }
    if (then == now)
        return false;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (verdict_at(m, move, middle) == now)
            low = middle;
        else
            high = middle;
    }
    flip->amount = high;
    flip->then = verdict_at(m, move, high);
    return true;
}

static void keep(struct mover *m, struct flip flip)
{
    if (m->count < FLIPS_MAX)
        m->out[m->count++] = flip;
}

static void try_move(struct mover *m, move_function move, double most, struct flip flip)
{
    if (least_flip(m, move, most, &flip))
        keep(m, flip);
}

/* ---- levels ------------------------------------------------------------------------------ */

/* The probability of being above a level, z deviations away, when what is there rises. */
static double above(double z, double rise_db, double sigma_db)
{
    return normal_below(z + rise_db / fmax(sigma_db, 0.5));
}

static void raise_level(struct mover *m, double rise_db)
{
    double sigma_db = m->real->normal.sigma_db;
    m->moved.p_weak = 1 - above(m->z_reached, rise_db, sigma_db);
    m->moved.p_good = above(m->z_good, rise_db, sigma_db);
    m->moved.normal.p_good = above(m->z_usual, rise_db, sigma_db);
    m->moved.normal.level_dbm += rise_db;
    for (size_t i = 0; i < m->moved.serving_count; i++)
        m->moved.serving[i].level_dbm += rise_db;
    m->moved.outage.log_ratio =
        evidence_outage_ratio(m->account->study, &m->moved, m->instants.count > 0);
}

static void lower_level(struct mover *m, double fall_db)
{
    raise_level(m, -fall_db);
}

static void try_levels(struct mover *m)
{
    static const double MOST_DB = 40;
    enum verdict_kind kind = m->account->verdict->kind;
    struct flip flip = {.object = INDEX_NONE, .source = INDEX_NONE};
    bool good = kind == VERDICT_OUTAGE ||
                (kind == VERDICT_UNDETERMINED && m->real->p_good >= m->real->p_weak);
    flip.kind = good ? FLIP_LEVEL_FALLS : FLIP_LEVEL_RISES;
    try_move(m, good ? lower_level : raise_level, MOST_DB, flip);
}

/* ---- times ------------------------------------------------------------------------------- */

static double weight_within(const struct instants *instants, int64_t from_s, int64_t to_s)
{
    double weight = 0;
    for (size_t i = 0; i < instants->count; i++)
        if (instants->items[i].time_s >= from_s && instants->items[i].time_s < to_s)
            weight += instants->items[i].weight;
    return weight;
}

static void set_extent(struct mover *m, int64_t from_s, int64_t to_s)
{
    double more = weight_within(&m->instants, from_s, to_s) - m->covered;
    for (int kind = 1; kind < TROUBLE_KINDS; kind++)
        m->moved.outage.impact[kind] =
            fmax(0, m->real->outage.impact[kind] + more * m->spoils[kind]);
    m->moved.outage.log_ratio = evidence_outage_ratio(m->account->study, &m->moved, true);
}

static void back_later(struct mover *m, double minutes)
{
    set_extent(m, m->from_s, m->to_s + (int64_t)(minutes * 60));
}

static void back_earlier(struct mover *m, double minutes)
{
    set_extent(m, m->from_s, m->to_s - (int64_t)(minutes * 60));
}

static void fail_earlier(struct mover *m, double minutes)
{
    set_extent(m, m->from_s - (int64_t)(minutes * 60), m->to_s);
}

static void fail_later(struct mover *m, double minutes)
{
    set_extent(m, m->from_s + (int64_t)(minutes * 60), m->to_s);
}

static struct flip trouble_flip(const struct world *world, enum flip_kind kind,
                                const struct trouble *trouble)
{
    struct flip flip = {.kind = kind, .object = trouble->cell, .source = INDEX_NONE};
    if (trouble->alarm != INDEX_NONE) {
        flip.source = world->alarms[trouble->alarm].source;
        flip.line = world->alarms[trouble->alarm].line;
    } else if (trouble->counter != INDEX_NONE) {
        flip.source = world->counters[trouble->counter].source;
        flip.line = world->counters[trouble->counter].line;
    }
    return flip;
}

/* An outage that was met: how much sooner over, or later begun, it would not count. */
static void try_met_trouble(struct mover *m, double most_min)
{
    const struct study *study = m->account->study;
    const struct trouble *worst = m->real->outage.worst;
    troubles_extent(study->troubles, worst, &m->from_s, &m->to_s);
    m->covered = weight_within(&m->instants, m->from_s, m->to_s);
    if (!(m->covered > 0))
        return;
    m->spoils[worst->kind] = m->real->outage.impact[worst->kind] / m->covered;
    int64_t last_s = INT64_MIN;
    for (size_t i = 0; i < m->instants.count; i++)
        last_s = BASE_MAX(last_s, m->instants.items[i].time_s);
    struct flip back = trouble_flip(study->world, FLIP_BACK_EARLIER, worst);
    struct flip fail = trouble_flip(study->world, FLIP_FAILS_LATER, worst);
    bool over = m->to_s != INT64_MAX && least_flip(m, back_earlier, most_min, &back);
    bool late = least_flip(m, fail_later, most_min, &fail);
    if (over && (!late || back.amount <= fail.amount))
        keep(m, back);
    else if (late)
        keep(m, fail);
}

/* The trouble nearest in time that no instant meets, of a cell that serves there. */
static const struct trouble *nearest_missed(const struct mover *m, double most_min)
{
    static const double LEAST_SHARE = 0.1;
    const struct troubles *troubles = m->account->study->troubles;
    const struct evidence *e = m->real;
    const struct trouble *nearest = NULL;
    int64_t best_s = (int64_t)(most_min * 60);
    for (size_t s = 0; s < e->serving_count && e->serving[s].share >= LEAST_SHARE; s++)
        for (uint32_t i = troubles->first[e->serving[s].cell];
             i < troubles->first[e->serving[s].cell + 1]; i++) {
            const struct trouble *t = &troubles->items[i];
            int64_t gap_s = BASE_MAX(e->time_s - t->to_s, t->from_s - e->time_s);
            if (gap_s < 0 || gap_s >= best_s ||
                weight_within(&m->instants, t->from_s, t->to_s) > 0)
                continue;
            best_s = gap_s;
            nearest = t;
        }
    return nearest;
}

/* What the trouble would have spoilt: the ticket gathered anew, in the middle of it. */
static bool ask_spoils(struct mover *m, const struct trouble *trouble)
{
    const struct study *study = m->account->study;
    int64_t end_s = trouble->to_s == INT64_MAX ? study->world->now_s : trouble->to_s;
    struct complaint then = *m->account->complaint;
    struct instants instants;
    struct evidence met = {.fix = m->real->fix};
    then.occurred_s = trouble->from_s + (end_s - trouble->from_s) / 2;
    evidence_instants(study, &then, &instants);
    double weight = weight_within(&instants, trouble->from_s, trouble->to_s);
    if (!(weight > 0))
        return false;
    gather_evidence(m->account->worker, &then, &met);
    for (int kind = 1; kind < TROUBLE_KINDS; kind++)
        m->spoils[kind] = met.outage.impact[kind] / weight;
    return true;
}

static void try_missed_trouble(struct mover *m, double most_min)
{
    const struct trouble *trouble = nearest_missed(m, most_min);
    if (!trouble || !m->account->worker || !ask_spoils(m, trouble))
        return;
    bool before = trouble->to_s <= m->real->time_s;
    m->from_s = trouble->from_s;
    m->to_s = trouble->to_s;
    m->covered = 0;
    try_move(m, before ? back_later : fail_earlier, most_min,
             trouble_flip(m->account->study->world,
                          before ? FLIP_BACK_LATER : FLIP_FAILS_EARLIER, trouble));
}

static void try_times(struct mover *m)
{
    double most_min = RULE_VALUE(&m->account->study->world->rules, flip_reach_h) * 60;
    bool outage = m->account->verdict->kind == VERDICT_OUTAGE;
    if (!m->instants.count)
        return;
    if (outage && m->real->outage.worst)
        try_met_trouble(m, most_min);
    else if (!outage)
        try_missed_trouble(m, most_min);
}

/* ---- antennas, plans, words -------------------------------------------------------------- */

static void set_fault(struct mover *m, double p_fault)
{
    m->moved.antenna.p_cures =
        m->real->antenna.p_cures / fmax(m->real->antenna.p_fault, 1e-6) * p_fault;
    m->moved.antenna.p_fault = p_fault;
}

static void raise_fault(struct mover *m, double by)
{
    set_fault(m, m->real->antenna.p_fault + by);
}

static void lower_fault(struct mover *m, double by)
{
    set_fault(m, m->real->antenna.p_fault - by);
}

static void aim_less(struct mover *m, double less_db)
{
    m->moved.reaim.p_cures =
        above(normal_point(m->real->reaim.p_cures), -less_db, m->real->reaim.aimed.sigma_db);
}

static void try_antenna(struct mover *m)
{
    static const double MOST_DB = 30;
    const struct evidence *e = m->real;
    const struct cell *cells = m->account->study->world->cells;
    bool said = m->account->verdict->kind == VERDICT_MISALIGNED;
    if (e->antenna.cell != INDEX_NONE) {
        struct flip flip = {.kind = said ? FLIP_FAULT_BELOW : FLIP_FAULT_ABOVE,
                            .object = e->antenna.cell,
                            .source = cells[e->antenna.cell].source,
                            .line = cells[e->antenna.cell].line};
        double p = e->antenna.p_fault;
        if (least_flip(m, said ? lower_fault : raise_fault, said ? p : 1 - p, &flip)) {
            flip.amount = said ? p - flip.amount : p + flip.amount;
            keep(m, flip);
        }
    }
    if (said && e->reaim.cell != INDEX_NONE && m->account->verdict->cell == e->reaim.cell)
        try_move(m, aim_less, MOST_DB,
                 (struct flip){.kind = FLIP_AIM_LESS,
                               .object = e->reaim.cell,
                               .source = cells[e->reaim.cell].source,
                               .line = cells[e->reaim.cell].line});
}

static void strengthen_plan(struct mover *m, double more_db)
{
    m->moved.build.p_cures =
        above(normal_point(m->real->build.p_cures), more_db, m->real->build.built.sigma_db);
}

static void cancel_plan(struct mover *m, double cancelled)
{
    m->moved.build.p_cures = cancelled > 0 ? 0 : m->real->build.p_cures;
}

static void try_plan(struct mover *m)
{
    static const double MOST_DB = 30;
    const struct evidence *e = m->real;
    if (e->build.plan == INDEX_NONE)
        return;
    const struct plan *plan = &m->account->study->world->plans[e->build.plan];
    bool said = m->account->verdict->kind == VERDICT_PLANNED;
    struct flip flip = {.kind = said ? FLIP_PLAN_CANCELLED : FLIP_PLAN_STRONGER,
                        .object = e->build.plan,
                        .source = plan->source,
                        .line = plan->line};
    try_move(m, said ? cancel_plan : strengthen_plan, MOST_DB, flip);
}

static void mute_words(struct mover *m, double muted)
{
    for (int v = 1; v < VERDICT_COUNT; v++)
        m->moved.words.weight[v] = muted > 0 ? 0 : m->real->words.weight[v];
}

size_t flip_find(const struct account *account, struct flip out[FLIPS_MAX])
{
    const struct evidence *evidence = account->evidence;
    if (evidence->fix.method == FIX_NONE)
        return 0;
    struct mover mover = {.account = account, .real = evidence, .moved = *evidence, .out = out};
    mover.z_reached = normal_point(1 - evidence->p_weak);
    mover.z_good = normal_point(evidence->p_good);
    mover.z_usual = normal_point(evidence->normal.p_good);
    evidence_instants(account->study, account->complaint, &mover.instants);
    try_levels(&mover);
    try_times(&mover);
    try_antenna(&mover);
    try_plan(&mover);
    if (evidence->words.count)
        try_move(&mover, mute_words, 1,
                 (struct flip){FLIP_NO_WORDS, .object = INDEX_NONE, .source = INDEX_NONE});
    return mover.count;
}

/* ---- in words ---------------------------------------------------------------------------- */

static const char *object_name(const struct account *account, const struct flip *flip)
{
    const struct world *world = account->study->world;
    if (flip->object == INDEX_NONE)
        return "";
    if (flip->kind == FLIP_PLAN_CANCELLED || flip->kind == FLIP_PLAN_STRONGER)
        return world->plans[flip->object].plan_id;
    return world->cells[flip->object].cell_id;
}

static const char *const sentences[] = {
    [FLIP_UNKNOWN] = "",
    [FLIP_LEVEL_RISES] = "%s until the level rises %.1f dB; then %s",
    [FLIP_LEVEL_FALLS] = "%s until the level falls %.1f dB; then %s",
    [FLIP_BACK_LATER] = "%s if %s had come back %.0f minutes later",
    [FLIP_BACK_EARLIER] = "%s if %s had come back %.0f minutes earlier",
    [FLIP_FAILS_EARLIER] = "%s if %s had failed %.0f minutes earlier",
    [FLIP_FAILS_LATER] = "%s if %s had failed %.0f minutes later",
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one sentence in two lines */
    [FLIP_FAULT_ABOVE] = "%s if the antenna of %s were faulty with probability %.2f or more, "
                         "not %.2f",
    [FLIP_FAULT_BELOW] = "%s if the antenna of %s were faulty with probability %.2f or less, "
                         "not %.2f",
    [FLIP_AIM_LESS] = "%s if turning %s brought %.1f dB less",
    [FLIP_PLAN_CANCELLED] = "%s if the plan %s were cancelled",
    [FLIP_PLAN_STRONGER] = "%s if the plan %s brought %.1f dB more",
    [FLIP_NO_WORDS] = "%s without the ticket's words",
};

void flip_text(const struct account *account, const struct flip *flip, enum language language,
               struct buffer *out)
{
    const char *format = say(language, sentences[flip->kind]);
    const char *then = say(language, name_of(verdict_names, (int)flip->then));
    const char *now = say(language, name_of(verdict_names, (int)account->verdict->kind));
    switch (flip->kind) {
    case FLIP_LEVEL_RISES:
    case FLIP_LEVEL_FALLS:
        buffer_format(out, format, now, flip->amount, then);
        break;
    case FLIP_PLAN_CANCELLED:
        buffer_format(out, format, then, object_name(account, flip));
        break;
    case FLIP_NO_WORDS:
        buffer_format(out, format, then);
        break;
    case FLIP_FAULT_ABOVE:
    case FLIP_FAULT_BELOW:
        buffer_format(out, format, then, object_name(account, flip), flip->amount,
                      account->evidence->antenna.p_fault);
        break;
    default:
        buffer_format(out, format, then, object_name(account, flip),
                      flip->kind >= FLIP_BACK_LATER && flip->kind <= FLIP_FAILS_LATER
                          ? ceil(flip->amount)
                          : flip->amount);
    }
}
