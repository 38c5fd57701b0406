/* The decision: from scored candidates to one position with its radius and its doubts. */
#include "geo/gazetteer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/gazetteer_match.h"

/* Our choices, set on texts whose position is known; see README, "Positions". */
#define LEAF_SIMILARITY   0.62 /* a place's own name must fit as well as this */
#define UNIT_SIMILARITY   0.55 /* an administrative unit's */
#define LEAST_SCORE       0.45 /* less of the text explained than this is not an answer */
#define LEAST_SCORE_WIDE  0.30 /* ... a county or a city may be */
#define BACKED_SIMILARITY 0.40 /* ... where units above it and a known number back it */
#define BACKED_WEIGHT     0.8
#define BACKED_LEFT       0.3
#define SCORE_SCALE       0.04 /* a score this much lower is e times less likely */
#define SCORE_SCALE_POOR  0.25 /* the same where little of the text is explained */
#define SCORE_FAIR        0.85 /* at this score the doubt begins to grow */
#define SCORE_POOR        0.45 /* here it is whole */
#define SAME_SCORE        0.02
#define DOUBT_SHARE       0.20   /* probability elsewhere from which the text is ambiguous */
#define APART_M           2000.0 /* places farther apart than this are different */
#define TOWN_M            4000.0 /* 90 % radius of a town that only its name is known of */
#define TOWN_VENUE_M      9500.0 /* ... of something near it, as its airport */
#define EXACT_SIMILARITY  0.97
#define PARTIAL_LEFT      0.5 /* weight of words that nothing explains */

const char *gazetteer_level_name(enum gazetteer_level level)
{
    static const char *const names[GAZETTEER_LEVEL_COUNT] = {
        "",     "province", "city",     "county",       "township", "village",
        "road", "poi",      "building", "interpolated", "address",
    };
    return names[level];
}

const char *gazetteer_match_name(enum gazetteer_match match)
{
    static const char *const names[GAZETTEER_MATCH_COUNT] = {
        "none", "exact", "partial", "fuzzy", "interpolated", "centroid", "ambiguous",
    };
    return names[match];
}

struct gazetteer_scratch *gazetteer_scratch_new(const struct gazetteer *g)
{
    struct gazetteer_scratch *s = base_alloc(1, sizeof *s);
    s->mass = base_alloc(g->entry_count, sizeof *s->mass);
    s->touched = base_alloc(g->entry_count, sizeof *s->touched);
    return s;
}

void gazetteer_scratch_free(struct gazetteer_scratch *s)
{
    if (!s)
        return;
    free(s->mass);
    free(s->touched);
    free(s);
}

/* ---- one candidate's place ---------------------------------------------------------- */

struct placed {
    struct point at;
    double radius_m;
    enum gazetteer_level level;
};

/* 90 % radii of points by level, metres: two map services on the same addresses disagree by
 * 850 m with 90 %, the same table by nothing. Calibrated on known texts; see README. */
static double point_radius_m(enum gazetteer_level level)
{
    switch (level) {
    case GAZETTEER_VILLAGE:
        return 600;
    case GAZETTEER_BUILDING:
        return 500;
    default:
        return 300;
    }
}

static struct placed place_candidate(const struct gazetteer *g, const struct scored *c)
{
    const struct entity *e = &g->entities[c->entity];
    struct placed placed = {e->at, point_radius_m(e->level), e->level};
    if (e->house_count && c->house.level != GAZETTEER_UNKNOWN)
        return (struct placed){c->house.at, c->house.radius_m, c->house.level};
    if (!e->han && e->level <= GAZETTEER_TOWNSHIP)
        placed.radius_m = c->left > 0 ? TOWN_VENUE_M : TOWN_M;
    if (e->spread_m > 0)
        placed.radius_m = BASE_MAX((double)e->spread_m, 200);
    return placed;
}

static bool acceptable(const struct gazetteer *g, const struct scored *c)
{
    bool unit = g->entities[c->entity].level <= GAZETTEER_TOWNSHIP;
    bool wide = g->entities[c->entity].level <= GAZETTEER_COUNTY;
    double least = unit ? UNIT_SIMILARITY : LEAF_SIMILARITY;
    bool backed = c->explained >= BACKED_WEIGHT && c->left < BACKED_LEFT &&
                  (unit || c->house.level == GAZETTEER_ADDRESS);
    return c->similarity >= (backed ? BACKED_SIMILARITY : least) &&
           c->score >= (wide ? LEAST_SCORE_WIDE : LEAST_SCORE);
}

/* Acceptable candidates move to the front, in order; returns how many. */
static size_t keep_acceptable(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->candidate_count; i++)
        if (acceptable(g, &s->candidates[i]))
            s->candidates[kept++] = s->candidates[i];
    return kept;
}

/* A city and its seat share name and place: the coarser one is meant. */
static void prefer_coarser(const struct gazetteer *g, struct scored *list, size_t count)
{
    for (size_t i = 1; i < count && list[0].score - list[i].score < SAME_SCORE; i++) {
        const struct entity *a = &g->entities[list[0].entity],
                            *b = &g->entities[list[i].entity];
        if (b->level < a->level && b->level <= GAZETTEER_TOWNSHIP &&
            a->level <= GAZETTEER_TOWNSHIP && point_distance_m(a->at, b->at) < APART_M) {
            struct scored swap = list[0];
            list[0] = list[i];
            list[i] = swap;
        }
    }
}

/* ---- doubt -------------------------------------------------------------------------- */

struct choice {
    struct placed placed;
    double weight, distance_m; /* from the best one */
};

/* The worse the best candidate explains the text, or its name fits, the less its lead says. */
static double score_scale(const struct scored *best)
{
    double fit = BASE_MIN(best->score, best->similarity);
    double poor = (SCORE_FAIR - fit) / (SCORE_FAIR - SCORE_POOR);
    poor = fmin(fmax(poor, 0), 1);
    return SCORE_SCALE + poor * (SCORE_SCALE_POOR - SCORE_SCALE);
}

static size_t weigh_choices(const struct gazetteer *g, const struct scored *list, size_t count,
                            struct choice *choices)
{
    double sum = 0, scale = score_scale(&list[0]);
    for (size_t i = 0; i < count; i++) {
        choices[i].placed = place_candidate(g, &list[i]);
        choices[i].weight = exp((list[i].score - list[0].score) / scale);
        choices[i].distance_m = point_distance_m(choices[0].placed.at, choices[i].placed.at);
        sum += choices[i].weight;
    }
    for (size_t i = 0; i < count; i++)
        choices[i].weight /= sum;
    return count;
}

/* Places within the answer's own area are no other answer. */
static double weight_elsewhere(const struct choice *choices, size_t count)
{
    double elsewhere = 0;
    for (size_t i = 1; i < count; i++)
        if (choices[i].distance_m > APART_M &&
            choices[i].distance_m > choices[0].placed.radius_m)
            elsewhere += choices[i].weight;
    return elsewhere;
}

/* The least radius around the best choice that holds 90 % of the weight. */
static double radius_of_all(const struct choice *choices, size_t count)
{
    double radius_m = choices[0].placed.radius_m, held = 0;
    bool in[CANDIDATES_ALL] = {false};
    for (;;) {
        double next = INFINITY;
        for (size_t i = 0; i < count; i++) {
            double need = choices[i].distance_m + (i ? 0.7 : 1) * choices[i].placed.radius_m;
            if (!in[i] && need <= radius_m) {
                in[i] = true;
                held += choices[i].weight;
            } else if (!in[i] && need < next) {
                next = need;
            }
        }
        if (held >= 0.9 || next == INFINITY)
            return radius_m;
        radius_m = next;
    }
}

/* ---- the hit ------------------------------------------------------------------------ */

static enum gazetteer_match match_code(const struct scored *c, const struct placed *placed,
                                       bool ambiguous)
{
    if (ambiguous)
        return GAZETTEER_MATCH_AMBIGUOUS;
    if (placed->level == GAZETTEER_INTERPOLATED)
        return GAZETTEER_MATCH_INTERPOLATED;
    if (c->similarity < EXACT_SIMILARITY)
        return GAZETTEER_MATCH_FUZZY;
    if (c->left > PARTIAL_LEFT)
        return GAZETTEER_MATCH_PARTIAL;
    return placed->level <= GAZETTEER_ROAD && placed->level != GAZETTEER_VILLAGE
               ? GAZETTEER_MATCH_CENTROID
               : GAZETTEER_MATCH_EXACT;
}

static void name_hit(const struct gazetteer *g, const struct gazetteer_scratch *s,
                     const struct scored *c, struct gazetteer_hit *hit)
{
    const struct entity *e = &g->entities[c->entity];
    const char *above = e->chain == NO_ID ? "" : g->bytes.bytes + g->chains[e->chain].text;
    char number[24] = "";
    if (c->house.level == GAZETTEER_ADDRESS || c->house.level == GAZETTEER_INTERPOLATED)
        snprintf(number, sizeof number, "%u%s", s->query.house.number,
                 s->query.house.kind == 0x5f04 ? "弄"
                 : e->han                      ? "号"
                                               : "");
    snprintf(hit->matched, sizeof hit->matched, "%s%s%s%s", above, *above ? "/" : "",
             g->bytes.bytes + e->name, number);
}

/* A cut UTF-8 text ends with a whole character. */
static void trim_utf8(char *text)
{
    size_t n = strlen(text), at = n;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at == 0 || (unsigned char)text[at - 1] < 0xc0)
        return;
    unsigned char lead = (unsigned char)text[at - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (n - (at - 1) < need)
        text[at - 1] = '\0';
}

static void apply_relative(const struct query *query, struct gazetteer_hit *hit)
{
    hit->near = query->near;
    hit->away_m = query->away_m;
    hit->bearing_deg = query->bearing_deg;
    if (query->away_m > 0)
        gazetteer_hit_move(hit);
    else if (query->near)
        hit->radius_m = hypot(hit->radius_m, GAZETTEER_NEAR_M);
}

static void list_candidates(const struct gazetteer *g, const struct scored *list,
                            const struct choice *choices, size_t count,
                            struct gazetteer_hit *hit)
{
    double sum = 0;
    for (size_t i = 0; i < count && i < GAZETTEER_ALTERNATIVES; i++) {
        struct gazetteer_candidate *c = &hit->candidates[hit->candidate_count++];
        c->at = choices[i].placed.at;
        c->radius_m = choices[i].placed.radius_m;
        c->weight = choices[i].weight;
        sum += c->weight;
        snprintf(c->name, sizeof c->name, "%s",
                 g->bytes.bytes + g->entities[list[i].entity].name);
        trim_utf8(c->name);
    }
    for (size_t i = 0; i < hit->candidate_count; i++)
        hit->candidates[i].weight /= sum;
}

static void decide(const struct gazetteer *g, struct gazetteer_scratch *s, size_t count,
                   struct gazetteer_hit *hit)
{
    struct choice choices[CANDIDATES_ALL] = {0};
    prefer_coarser(g, s->candidates, count);
    weigh_choices(g, s->candidates, count, choices);
    const struct scored *best = &s->candidates[0];
    bool ambiguous = weight_elsewhere(choices, count) > DOUBT_SHARE;
    hit->at = choices[0].placed.at;
    hit->level = choices[0].placed.level;
    hit->radius_m = radius_of_all(choices, count);
    hit->match = match_code(best, &choices[0].placed, ambiguous);
    hit->score = best->score;
    name_hit(g, s, best, hit);
    trim_utf8(hit->matched);
    list_candidates(g, s->candidates, choices, count, hit);
}

bool gazetteer_find(const struct gazetteer *g, struct gazetteer_scratch *s, const char *text,
                    struct gazetteer_hit *hit)
{
    *hit = (struct gazetteer_hit){.at = POINT_ABSENT, .radius_m = NAN, .bearing_deg = NAN};
    size_t length = text ? strnlen(text, (size_t)LINE_RUNES * 4) : 0;
    line_fold(g->folding, text ? text : "", length, &s->line);
    query_parse(g->vocabulary, &s->line, &s->query);
    snprintf(hit->note, sizeof hit->note, "%s", s->query.note);
    if (s->query.line.count == 0)
        return false;
    match_prepare(g, s);
    match_query(g, s);
    size_t count = keep_acceptable(g, s);
    if (count == 0)
        return false;
    decide(g, s, count, hit);
    apply_relative(&s->query, hit);
    return true;
}
