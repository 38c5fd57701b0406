/* Retrieval by shared keys, alignment with typing errors, and the mark of a candidate. */
#include "geo/gazetteer_match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POSTINGS_BUDGET = 24000, MENTION_RUNES = 10 };

#define SURE_SCORE  0.88 /* above it roads are not asked for the number alone */
#define HOME_FACTOR 2.5  /* retrieval's preference for places in a unit that the text names */

/* ---- the query's weights, mentions, country ----------------------------------------- */

static size_t latin_word_end(const struct line *line, size_t at)
{
    while (at < line->count && line->rune[at] != ' ')
        at++;
    return at;
}

static bool is_doubled(const uint32_t *rune, size_t count, size_t j)
{
    return (j > 0 && rune[j] == rune[j - 1]) || (j + 1 < count && rune[j] == rune[j + 1]) ||
           (j > 1 && rune[j] == rune[j - 2]);
}

static void weigh_query(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    const struct line *line = &s->query.line;
    for (size_t i = 0; i < line->count; i++) {
        s->weight[i] = s->full_weight[i] = (float)rune_weight(g, line->rune[i]);
        s->doubled[i] = is_doubled(line->rune, line->count, i);
        s->type_word[i] = false;
    }
    if (line->han)
        return;
    for (size_t at = 0; at < line->count;) {
        size_t end = latin_word_end(line, at);
        const struct word *w = vocabulary_latin(g->vocabulary, line->rune + at, end - at);
        if (w && (w->flags & WORD_TYPE))
            for (size_t i = at; i < end; i++) {
                s->weight[i] *= 0.08f;
                s->type_word[i] = true;
            }
        at = end + 1;
    }
}

/* The longest run of words at the end that is a country's name. */
static void find_country(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    const struct line *line = &s->query.line;
    s->country[0] = s->country[1] = 0;
    s->country_at = line->count;
    if (line->han)
        return;
    for (size_t at = 1; at < line->count; at++)
        if (line->rune[at - 1] == ' ' &&
            country_find(g->countries, line->rune + at, line->count - at, s->country)) {
            s->country_at = at;
            return;
        }
}

static bool same_runes(const uint32_t *a, const uint32_t *b, size_t count)
{
    return memcmp(a, b, count * sizeof *a) == 0;
}

/* Units whose name's first `length` runes sound like the query's; exact ones displace others.
 */
static void mention_collect(const struct gazetteer *g, const uint32_t *runes, size_t length,
                            uint32_t slot, struct mention *mention)
{
    for (; slot != NO_ID; slot = g->units[slot].next) {
        const struct entry *e = &g->entries[g->units[slot].entry];
        const struct entity *unit = &g->entities[e->entity];
        if (e->length < length || e->length > length + 1u)
            continue;
        bool exact = same_runes(entry_runes(g, e), runes, length);
        bool whole = e->length == length;
        if (unit->level == GAZETTEER_TOWNSHIP && !(exact && (whole || length >= 3)))
            continue;
        if (mention->exact && !exact)
            continue;
        if (exact && !mention->exact) {
            mention->exact = true;
            mention->unit_count = 0;
        }
        if (mention->unit_count < MENTION_UNITS)
            mention->units[mention->unit_count++] = e->entity;
        mention->level =
            mention->unit_count == 1 ? unit->level : BASE_MIN(mention->level, unit->level);
    }
}

static void find_mentions(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    const struct line *line = &s->query.line;
    s->mention_count = 0;
    if (!line->han || !g->unit_count)
        return;
    for (size_t at = 0; at + 1 < line->count && s->mention_count < MENTIONS;) {
        struct mention m = {.start = (uint16_t)at};
        for (size_t n = BASE_MIN((size_t)MENTION_RUNES, line->count - at); n >= 2; n--) {
            uint32_t slot = unit_find(g, sounds_hash(g->folding, line->rune + at, n));
            if (slot != NO_ID)
                mention_collect(g, line->rune + at, n, slot, &m);
            if (m.unit_count) {
                m.end = (uint16_t)(at + n);
                break;
            }
        }
        if (m.unit_count)
            s->mentions[s->mention_count++] = m;
        at = m.unit_count ? m.end : at + 1;
    }
}

/* The narrowest cities and counties named: where the rest of the text is to be looked for. */
static void find_homes(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    uint8_t narrowest = GAZETTEER_PROVINCE;
    s->home_count = 0;
    for (size_t i = 0; i < s->mention_count; i++) {
        const struct mention *m = &s->mentions[i];
        for (size_t k = 0; k < m->unit_count; k++) {
            uint32_t unit = m->units[k];
            uint8_t level = g->entities[unit].level;
            if (level == GAZETTEER_TOWNSHIP) {
                unit = unit_above(g, unit, GAZETTEER_COUNTY);
                level = GAZETTEER_COUNTY;
            }
            if (unit == NO_ID || level < BASE_MAX(narrowest, (uint8_t)GAZETTEER_CITY))
                continue;
            if (level > narrowest)
                s->home_count = 0;
            narrowest = level;
            if (s->home_count < HOMES)
                s->homes[s->home_count++] = unit;
        }
    }
}

void match_prepare(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    weigh_query(g, s);
    find_country(g, s);
    find_mentions(g, s);
    find_homes(g, s);
}

/* ---- alignment ---------------------------------------------------------------------- */

struct cell {
    float cost;
    uint16_t start;
};

/* One row of the table: name rune i against every rune of the query. */
struct row_work {
    const struct gazetteer *g;
    const struct gazetteer_scratch *s;
    const uint32_t *name;
    size_t i;
    const struct cell *above, *above2; /* rows i - 1 and i - 2 */
    struct cell *row;
};

static struct cell cell_best(const struct row_work *w, size_t j)
{
    const struct line *q = &w->s->query.line;
    uint32_t a = w->name[w->i], b = q->rune[j];
    float wa = (float)rune_weight(w->g, a);
    struct cell best = w->above[j];
    if (a != b) {
        double d = rune_distance(w->g->folding, a, b);
        /* A little dearer than leaving the name's character out: then what stands there stays
         * with the words before. */
        best.cost += 1.02f * (float)d * BASE_MAX(wa, w->s->full_weight[j]);
    }
    float missing = w->above[j + 1].cost + wa;
    if (missing < best.cost)
        best = (struct cell){missing, w->above[j + 1].start};
    float extra = w->row[j].cost + (w->s->doubled[j] ? 0.3f : 1.0f) * w->s->full_weight[j];
    if (extra < best.cost)
        best = (struct cell){extra, w->row[j].start};
    if (w->i > 0 && j > 0 && a == q->rune[j - 1] && b == w->name[w->i - 1] && a != b) {
        /* cppcheck-suppress arrayIndexOutOfBoundsCond ; j is below the query's count */
        float swap = w->above2[j - 1].cost + 0.25f * (wa + w->s->full_weight[j]);
        if (swap < best.cost)
            best = (struct cell){swap, w->above2[j - 1].start};
    }
    return best;
}

struct alignment match_align(const struct gazetteer *g, const struct gazetteer_scratch *s,
                             const uint32_t *name, size_t count)
{
    const size_t n = s->query.line.count;
    struct cell rows[3][QUERY_RUNES + 1];
    struct alignment result = {0};
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = (struct cell){0, (uint16_t)j};
    for (size_t i = 0; i < count; i++) {
        struct row_work work = {
            g, s, name, i, rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3]};
        double w = rune_weight(g, name[i]);
        result.name_weight += w;
        work.row[0] = (struct cell){(float)result.name_weight, 0};
        for (size_t j = 0; j < n; j++)
            work.row[j + 1] = cell_best(&work, j);
    }
    const struct cell *last = rows[count % 3];
    size_t best = 0;
    for (size_t j = 0; j <= n; j++)
        if (last[j].cost < last[best].cost - 1e-6f)
            best = j;
    result.start = last[best].start;
    result.end = (uint16_t)best;
    result.cost = (double)last[best].cost;
    return result;
}

/* ---- what else is explained --------------------------------------------------------- */

static double chain_explains(const struct gazetteer *g, uint32_t chain, uint32_t rune)
{
    if (chain == NO_ID)
        return 0;
    const struct chain *c = &g->chains[chain];
    const uint32_t *runes = g->runes + c->runes;
    double best = 0;
    for (size_t i = 0; i < c->length; i++) {
        if (runes[i] == rune)
            return 1;
        if (best == 0 && rune_is_han(rune) && rune_is_han(runes[i]) &&
            rune_distance(g->folding, rune, runes[i]) < 0.5)
            best = 0.8;
    }
    return best;
}

static bool chain_has_word(const struct gazetteer *g, uint32_t chain, const uint32_t *word,
                           size_t count)
{
    if (chain == NO_ID || count == 0)
        return false;
    const struct chain *c = &g->chains[chain];
    const uint32_t *runes = g->runes + c->runes;
    for (size_t at = 0; at + count <= c->length; at++) {
        bool starts = at == 0 || runes[at - 1] == ' ';
        bool ends = at + count == c->length || runes[at + count] == ' ';
        if (starts && ends && same_runes(runes + at, word, count))
            return true;
    }
    return false;
}

/* Weight of the query's runes [from, to) and how much of it the units above explain. */
static double explain_han(const struct gazetteer *g, const struct gazetteer_scratch *s,
                          const struct entity *e, size_t from, size_t to)
{
    double explained = 0;
    for (size_t i = from; i < to; i++) {
        uint32_t rune = s->query.line.rune[i];
        double share = chain_explains(g, e->chain, rune);
        if (share < 1)
            share = BASE_MAX(share, 0.95 * chain_explains(g, e->context, rune));
        if (share < 0.7 && s->doubled[i])
            share = 0.7;
        explained += share * (double)s->weight[i];
    }
    return explained;
}

static double explain_latin(const struct gazetteer *g, const struct gazetteer_scratch *s,
                            const struct entity *e, size_t from, size_t to)
{
    const struct line *q = &s->query.line;
    double explained = 0;
    for (size_t at = from; at < to;) {
        size_t end = at;
        while (end < to && q->rune[end] != ' ')
            end++;
        bool country = at >= s->country_at && e->chain != NO_ID &&
                       memcmp(g->chains[e->chain].country, s->country, 2) == 0;
        if (country || chain_has_word(g, e->chain, q->rune + at, end - at))
            for (size_t i = at; i < end; i++)
                explained += (double)s->weight[i];
        at = end + 1;
    }
    return explained;
}

static double weight_of(const struct gazetteer_scratch *s, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)s->weight[i];
    return sum;
}

/* Units named before the place that do not hold it speak against it. */
static double contradiction(const struct gazetteer *g, const struct gazetteer_scratch *s,
                            const struct scored *c)
{
    double factor = 1;
    const struct entity *e = &g->entities[c->entity];
    if (s->country[0] && e->chain != NO_ID && g->chains[e->chain].country[0] &&
        memcmp(g->chains[e->chain].country, s->country, 2) != 0)
        factor *= 0.5;
    for (size_t i = 0; i < s->mention_count; i++) {
        const struct mention *m = &s->mentions[i];
        if (m->end > c->start)
            continue;
        bool held = false;
        for (size_t k = 0; k < m->unit_count && !held; k++)
            held = unit_holds(g, m->units[k], c->entity);
        if (!held)
            factor *= !m->exact ? 0.7 : m->level >= GAZETTEER_TOWNSHIP ? 0.8 : 0.55;
    }
    return factor;
}

/* ---- the mark ----------------------------------------------------------------------- */

/* What a road with, near or without the wanted number is worth. A number far from all known
 * ones is more likely another road's. Our choice, see README. */
static double house_factor(const struct house_place *house)
{
    if (house->level == GAZETTEER_ADDRESS)
        return 1;
    if (house->level != GAZETTEER_INTERPOLATED)
        return 0.86;
    return house->gap <= 20 ? 0.95 : house->gap <= 100 ? 0.93 : house->gap <= 300 ? 0.90 : 0.84;
}

static void score_house(const struct gazetteer *g, const struct gazetteer_scratch *s,
                        struct scored *c)
{
    const struct entity *e = &g->entities[c->entity];
    if (!s->query.house.number)
        return;
    if (!e->house_count) {
        c->score *= 0.86;
        return;
    }
    c->house = road_place(g, e, &s->query.house);
    bool adjacent = weight_of(s, c->end, s->query.line.count) < 0.25;
    if (!adjacent)
        c->house.level = GAZETTEER_UNKNOWN;
    c->score *= house_factor(&c->house);
}

/* A road's name without its last character (路) is more likely something else. */
static double road_factor(const struct gazetteer *g, const struct gazetteer_scratch *s,
                          const struct scored *c)
{
    const struct entry *entry = &g->entries[c->entry];
    if (g->entities[c->entity].level != GAZETTEER_ROAD || c->end == 0 || !s->query.line.han)
        return 1;
    uint32_t last = entry_runes(g, entry)[entry->length - 1];
    return rune_distance(g->folding, last, s->query.line.rune[c->end - 1]) < 0.5 ? 1 : 0.85;
}

/* A misspelt name that takes characters out of the middle of a unit's name is an accident
 * (浦东[新区柴场村] is not 新场村), and so is a misspelt one where a unit is spelt right. */
static double overlap_factor(const struct gazetteer *g, const struct gazetteer_scratch *s,
                             const struct scored *c)
{
    if (c->similarity > 0.97)
        return 1;
    bool leaf = g->entities[c->entity].level > GAZETTEER_TOWNSHIP;
    for (size_t i = 0; i < s->mention_count; i++) {
        const struct mention *m = &s->mentions[i];
        if (leaf && m->end - m->start >= 3 && c->start > m->start && c->start < m->end)
            return 0.8;
        if (!leaf && m->exact && m->start < c->end && c->start < m->end)
            return 0.7;
    }
    return 1;
}

static void score_candidate(const struct gazetteer *g, const struct gazetteer_scratch *s,
                            struct scored *c)
{
    const struct entry *entry = &g->entries[c->entry];
    const struct entity *e = &g->entities[c->entity];
    const size_t n = s->query.line.count;
    struct alignment a = match_align(g, s, entry_runes(g, entry), entry->length);
    double matched = BASE_MAX(0, a.name_weight - a.cost);
    double rest = weight_of(s, 0, a.start) + weight_of(s, a.end, n);
    double explained = s->query.line.han ? explain_han(g, s, e, 0, a.start)
                                         : explain_latin(g, s, e, 0, a.start) +
                                               explain_latin(g, s, e, a.end, n);
    double span = weight_of(s, a.start, a.end);
    c->start = a.start;
    c->end = a.end;
    c->similarity = a.name_weight > 0 ? matched / a.name_weight : 0;
    c->left = rest - explained;
    c->explained = explained;
    c->score = (matched + explained) / (BASE_MAX(a.name_weight, span) + rest + 1e-9);
    score_house(g, s, c);
    c->score *= contradiction(g, s, c) * overlap_factor(g, s, c) * road_factor(g, s, c);
}

/* ---- retrieval ---------------------------------------------------------------------- */

struct key_rank {
    uint32_t key, df;
};

static int by_rarity(const void *a, const void *b)
{
    const struct key_rank *x = a, *y = b;
    if (x->df != y->df)
        return x->df < y->df ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* The runes that retrieval looks at: without kinds of places and the country, unless nothing
 * else is there. */
static size_t retrieval_runes(const struct gazetteer_scratch *s, uint32_t *runes)
{
    const struct line *q = &s->query.line;
    size_t n = 0;
    for (size_t i = 0; i < s->country_at && i < q->count; i++)
        if (!s->type_word[i] && !(q->rune[i] == ' ' && (n == 0 || runes[n - 1] == ' ')))
            runes[n++] = q->rune[i];
    while (n && runes[n - 1] == ' ')
        n--;
    if (n)
        return n;
    memcpy(runes, q->rune, q->count * sizeof *runes);
    return q->count;
}

static void gather(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    uint32_t runes[QUERY_RUNES], keys[ENTRY_KEYS];
    struct key_rank ranks[ENTRY_KEYS];
    size_t count = retrieval_runes(s, runes);
    size_t n = keys_of(g->folding, runes, count, s->query.line.han, keys);
    for (size_t i = 0; i < n; i++)
        ranks[i] =
            (struct key_rank){keys[i], g->key_first[keys[i] + 1] - g->key_first[keys[i]]};
    base_sort(ranks, n, sizeof *ranks, by_rarity); /* cppcheck-suppress uninitvar */
    size_t budget = POSTINGS_BUDGET;
    s->touched_count = 0;
    for (size_t i = 0; i < n && budget; i++) {
        float weight = (float)key_weight(g, ranks[i].key);
        const uint32_t *posting = g->postings + g->key_first[ranks[i].key];
        size_t take = BASE_MIN(budget, ranks[i].df);
        budget -= take;
        for (size_t k = 0; k < take; k++) {
            uint32_t entry = posting[k];
            if (s->mass[entry] == 0)
                s->touched[s->touched_count++] = entry;
            s->mass[entry] += weight;
        }
    }
}

/* Lies the entry in a city or county that the text names? */
static bool entry_mentioned(const struct gazetteer_scratch *s, const struct entry *entry)
{
    for (size_t i = 0; i < s->home_count; i++)
        if (entry->county == s->homes[i] || entry->city == s->homes[i])
            return true;
    return false;
}

/* Keep the CANDIDATES entries with the best share of their own keys times what they share. */
static void select_best(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    double least = 0;
    size_t least_at = 0;
    s->candidate_count = 0;
    for (size_t i = 0; i < s->touched_count; i++) {
        uint32_t id = s->touched[i];
        double mass = (double)s->mass[id];
        double mark = mass * mass / ((double)g->entries[id].norm + 1);
        if (s->home_count && entry_mentioned(s, &g->entries[id]))
            mark *= HOME_FACTOR;
        s->mass[id] = 0;
        struct scored c = {.entity = g->entries[id].entity, .entry = id, .score = mark};
        if (s->candidate_count < CANDIDATES) {
            s->candidates[s->candidate_count++] = c;
        } else if (mark > least) {
            s->candidates[least_at] = c;
        } else {
            continue;
        }
        if (s->candidate_count < CANDIDATES)
            continue;
        least = INFINITY;
        for (size_t k = 0; k < CANDIDATES; k++)
            if (s->candidates[k].score < least) {
                least = s->candidates[k].score;
                least_at = k;
            }
    }
}

static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->entity > y->entity) - (x->entity < y->entity);
}

/* One entity once, by its best name. */
static void keep_entities(struct gazetteer_scratch *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->candidate_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < kept && !seen; k++)
            seen = s->candidates[k].entity == s->candidates[i].entity;
        if (!seen)
            s->candidates[kept++] = s->candidates[i];
    }
    s->candidate_count = kept;
}

/* A number that is known in the city or county that the text names makes its roads candidates,
 * however badly the road's name is spelt. */
static void add_numbered(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    uint32_t roads[CANDIDATES_ALL - CANDIDATES];
    if (!s->query.house.number || s->home_count != 1)
        return;
    size_t count =
        roads_with_number(g, s->query.house.number, s->homes[0], roads, ARRAY_COUNT(roads));
    for (size_t i = 0; i < count && s->candidate_count < CANDIDATES_ALL; i++) {
        struct scored c = {.entity = roads[i], .entry = g->entities[roads[i]].entry};
        score_candidate(g, s, &c);
        s->candidates[s->candidate_count++] = c;
    }
}

void match_query(const struct gazetteer *g, struct gazetteer_scratch *s)
{
    gather(g, s);
    select_best(g, s);
    double best = 0;
    for (size_t i = 0; i < s->candidate_count; i++) {
        score_candidate(g, s, &s->candidates[i]);
        best = BASE_MAX(best, s->candidates[i].score);
    }
    if (best < SURE_SCORE)
        add_numbered(g, s);
    base_sort(s->candidates, s->candidate_count, sizeof *s->candidates, by_score);
    keep_entities(s);
}
