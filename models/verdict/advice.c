#include "models/verdict/advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/link.h"
#include "models/verdict/evidence_view.h"

const struct name advice_names[] = {{"cqt", ADVICE_CQT},
                                    {"drive", ADVICE_DRIVE},
                                    {"desk", ADVICE_DESK},
                                    {"ask", ADVICE_ASK},
                                    {NULL, 0}};

struct asking {
    const struct account *account;
    struct evidence moved;
    double bits; /* the verdict's entropy as it is */
    struct advice *out;
    size_t count;
};

/* ---- entropy ----------------------------------------------------------------------------- */

static double entropy_bits(const double p[VERDICT_COUNT])
{
    double bits = 0;
    for (int v = 1; v < VERDICT_COUNT; v++)
        if (p[v] > 0)
            bits -= p[v] * log2(p[v]);
    return bits;
}

/* Of the verdict on the moved evidence, which is then put back. */
static double bits_moved(struct asking *a)
{
    struct verdict verdict;
    classify(a->account->study, a->account->complaint, &a->moved, &verdict);
    a->moved = *a->account->evidence;
    return entropy_bits(verdict.p);
}

static void keep(struct asking *a, struct advice advice)
{
    const struct rules *rules = &a->account->study->world->rules;
    if (advice.bits < RULE_VALUE(rules, advice_least_bits) || a->count == ADVICES_MAX)
        return;
    advice.bits_per_km = advice.length_km > 0 ? advice.bits / advice.length_km : INFINITY;
    a->out[a->count++] = advice;
}

/* ---- the level there --------------------------------------------------------------------- */

/* Equally likely outcomes of a measurement, as normal quantiles. */
static const double outcomes[] = {-1.4652, -0.7916, -0.3661, 0, 0.3661, 0.7916, 1.4652};

/* Bits that the level at the right place tells. */
static double level_bits(struct asking *a)
{
    const struct evidence *e = a->account->evidence;
    double error_db = RULE_VALUE(&a->account->study->world->rules, advice_measured_db);
    double before = fmax(e->normal.sigma_db, 0.5);
    double after = 1 / sqrt(1 / (before * before) + 1 / (error_db * error_db));
    double moves = sqrt(before * before - after * after), bits = 0;
    double reached = normal_point(1 - e->p_weak) * before;
    double good = normal_point(e->p_good) * before;
    double usual = normal_point(e->normal.p_good) * before;
    for (size_t i = 0; i < ARRAY_COUNT(outcomes); i++) {
        double shift_db = outcomes[i] * moves;
        a->moved.p_weak = normal_below(-(reached + shift_db) / after);
        a->moved.p_good = normal_below((good + shift_db) / after);
        a->moved.normal.p_good = normal_below((usual + shift_db) / after);
        a->moved.normal.level_dbm += shift_db;
        bits += bits_moved(a) / ARRAY_COUNT(outcomes);
    }
    return fmax(0, a->bits - bits);
}

/* Places of the cloud worth a stop, the heaviest first. */
struct stop {
    struct xy xy;
    double weight;
};

static size_t find_stops(const struct fix *fix, double apart_m, struct stop stops[FIX_CLOUD])
{
    size_t count = 0;
    for (size_t i = 0; i < fix->cloud_count; i++) {
        size_t k = 0;
        while (k < count && xy_distance_m(stops[k].xy, fix->cloud[i].xy) > apart_m)
            k++;
        if (k == count)
            stops[count++] = (struct stop){fix->cloud[i].xy, 0};
        stops[k].weight += fix->cloud[i].weight;
    }
    for (size_t i = 1; i < count; i++) /* few: insertion */
        for (size_t k = i; k > 0 && stops[k].weight > stops[k - 1].weight; k--) {
            struct stop swap = stops[k];
            stops[k] = stops[k - 1];
            stops[k - 1] = swap;
        }
    return count;
}

/* WGS-84 of a place near the fix; the plane's north is taken as true over such a way. */
static struct point point_near(const struct fix *fix, struct xy at)
{
    return point_move(fix->at, xy_bearing_deg(fix->xy, at), xy_distance_m(fix->xy, at));
}

/* So many stops as bring most a kilometre. */
static void try_level(struct asking *a)
{
    const struct fix *fix = &a->account->evidence->fix;
    const struct rules *rules = &a->account->study->world->rules;
    struct stop stops[FIX_CLOUD];
    size_t count = find_stops(fix, RULE_VALUE(rules, advice_apart_m), stops);
    double bits = level_bits(a), seen = 0, km = RULE_VALUE(rules, advice_access_km);
    struct advice best = {.kind = ADVICE_CQT, .cell = INDEX_NONE}, now = best;
    for (size_t i = 0; i < BASE_MIN(count, (size_t)ADVICE_POINTS); i++) {
        seen += stops[i].weight;
        km += i ? xy_distance_m(stops[i - 1].xy, stops[i].xy) / 1000 : 0;
        now.points[now.point_count++] = point_near(fix, stops[i].xy);
        now.length_km = km;
        now.bits = bits * fmin(1, seen);
        if (!best.point_count || now.bits / now.length_km > best.bits / best.length_km)
            best = now;
    }
    if (best.point_count)
        keep(a, best);
}

/* ---- an antenna -------------------------------------------------------------------------- */

static void set_fault(struct asking *a, double p_fault)
{
    const struct evidence *e = a->account->evidence;
    a->moved.antenna.p_cures = e->antenna.p_cures / fmax(e->antenna.p_fault, 1e-6) * p_fault;
    a->moved.antenna.p_fault = p_fault;
}

/* A stretch before the mast, from the table's azimuth to where the antenna seems to look. */
static void keep_drive(struct asking *a, uint32_t id, double bits)
{
    static const double FROM_MAST_M = 400, SIDE_DEG = 60;
    const struct study *study = a->account->study;
    const struct cell *cell = &study->world->cells[id];
    const struct aim *aim = &study->aims[id];
    double turn = isfinite(aim->azimuth_est_deg)
                      ? angle_turn_deg(cell->azimuth_deg, aim->azimuth_est_deg)
                      : SIDE_DEG;
    double side = turn < 0 ? -fmax(-turn, SIDE_DEG) : fmax(turn, SIDE_DEG);
    struct advice advice = {.kind = ADVICE_DRIVE, .bits = bits, .cell = id};
    advice.points[advice.point_count++] = point_move(cell->at, cell->azimuth_deg, FROM_MAST_M);
    advice.points[advice.point_count++] =
        point_move(cell->at, cell->azimuth_deg + side, FROM_MAST_M);
    advice.length_km = RULE_VALUE(&study->world->rules, advice_access_km) +
                       point_distance_m(advice.points[0], advice.points[1]) / 1000;
    keep(a, advice);
}

/* Bits of knowing whether one verdict is the true one: what is not it is left. */
static double bits_of_ruling(const struct asking *a, enum verdict_kind asked)
{
    const double *p = a->account->verdict->p;
    double rest[VERDICT_COUNT] = {0};
    for (int k = 1; k < VERDICT_COUNT; k++)
        rest[k] = k == (int)asked ? 0 : p[k] / (1 - p[asked]);
    return a->bits - (1 - p[asked]) * entropy_bits(rest);
}

/* Where too little was measured to judge the antenna that serves, a drive tells whether it
 * stands right at all. */
static void try_unjudged(struct asking *a)
{
    const struct evidence *e = a->account->evidence;
    const struct study *study = a->account->study;
    if (!e->serving_count || !(a->account->verdict->p[VERDICT_MISALIGNED] < 1))
        return;
    uint32_t id = e->serving[0].cell;
    if (study->aims[id].status == AIM_INSUFFICIENT &&
        isfinite(study->world->cells[id].azimuth_deg))
        keep_drive(a, id, bits_of_ruling(a, VERDICT_MISALIGNED));
}

static void try_antenna(struct asking *a)
{
    const struct evidence *e = a->account->evidence;
    double p = e->antenna.p_fault;
    if (e->antenna.cell == INDEX_NONE) {
        try_unjudged(a);
        return;
    }
    if (!(p > 0 && p < 1))
        return;
    set_fault(a, 1);
    double faulty = bits_moved(a);
    set_fault(a, 0);
    keep_drive(a, e->antenna.cell, a->bits - p * faulty - (1 - p) * bits_moved(a));
}

/* ---- the desk ---------------------------------------------------------------------------- */

/* What was out of order with more than this is no question to the desk any more. */
static const double FOUND = 0.1;

/* Whether there was an outage at all: known, the rest is left. */
static void try_desk(struct asking *a)
{
    const struct evidence *e = a->account->evidence;
    if (e->outage.worst_impact > FOUND || !e->serving_count ||
        !(a->account->verdict->p[VERDICT_OUTAGE] < 1))
        return;
    keep(a, (struct advice){.kind = ADVICE_DESK,
                            .bits = bits_of_ruling(a, VERDICT_OUTAGE),
                            .cell = e->serving[0].cell});
}

static int by_worth(const void *a, const void *b)
{
    const struct advice *p = a, *q = b;
    if (p->bits_per_km != q->bits_per_km)
        return p->bits_per_km > q->bits_per_km ? -1 : 1;
    return (int)p->kind - (int)q->kind;
}

size_t advice_find(const struct account *account, struct advice out[ADVICES_MAX])
{
    const struct verdict *v = account->verdict;
    const struct evidence *e = account->evidence;
    if (e->fix.method == FIX_NONE) {
        out[0] = (struct advice){
            .kind = ADVICE_ASK, .bits = NAN, .bits_per_km = NAN, .cell = INDEX_NONE};
        return 1;
    }
    if (v->kind != VERDICT_UNDETERMINED &&
        v->p[v->kind] >= RULE_VALUE(&account->study->world->rules, advice_below))
        return 0;
    struct asking asking = {.account = account, .moved = *e, .out = out};
    asking.bits = entropy_bits(v->p);
    try_level(&asking);
    try_antenna(&asking);
    try_desk(&asking);
    base_sort(out, asking.count, sizeof *out, by_worth);
    return asking.count;
}

/* ---- in words ---------------------------------------------------------------------------- */

void advice_text(const struct account *account, const struct advice *advice,
                 enum language language, struct buffer *out)
{
    const struct world *world = account->study->world;
    const char *cell = advice->cell == INDEX_NONE ? "" : world->cells[advice->cell].cell_id;
    const struct point *first = &advice->points[0];
    const struct point *last =
        &advice->points[advice->point_count ? advice->point_count - 1 : 0];
    switch (advice->kind) {
    case ADVICE_CQT:
        buffer_format(out,
                      say(language, "measure at %zu points from %.5f, %.5f on: %.2f bits, %.2f "
                                    "a kilometre"),
                      advice->point_count, first->lon, first->lat, advice->bits,
                      advice->bits_per_km);
        break;
    case ADVICE_DRIVE:
        buffer_format(out,
                      say(language, "drive before %s from %.5f, %.5f to %.5f, %.5f: %.2f bits, "
                                    "%.2f a kilometre"),
                      cell, first->lon, first->lat, last->lon, last->lat, advice->bits,
                      advice->bits_per_km);
        break;
    case ADVICE_DESK:
        buffer_format(
            out, say(language, "ask the county whether %s was out of order then: %.2f bits"),
            cell, advice->bits);
        break;
    default:
        buffer_text(out, say(language, "ask the customer where it happened"));
    }
}
