/* The hierarchy of administrative units: what stands above a place, how far a unit reaches, and
 * which units a text mentions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/gazetteer_index.h"
#include "geo/index.h"

enum { CLIMB_MAX = 6, CONTEXT_CELL_M = 20000 };

/* The p90 radius of a unit that the table says little of, metres by level: measured on China's
 * divisions against other sources; see README, "Positions". */
static const double usual_spread_m[GAZETTEER_LEVEL_COUNT] = {
    [GAZETTEER_PROVINCE] = 300000, [GAZETTEER_CITY] = 60000,  [GAZETTEER_COUNTY] = 15333,
    [GAZETTEER_TOWNSHIP] = 3142,   [GAZETTEER_VILLAGE] = 800,
};

static bool is_unit(const struct entity *e)
{
    return e->level >= GAZETTEER_PROVINCE && e->level <= GAZETTEER_TOWNSHIP && e->han;
}

/* ---- anchors: which unit a chain's text names --------------------------------------- */

struct names {
    struct arena *arena;
    struct textmap full; /* "A/B/C" -> entity */
    struct textmap last; /* "C" -> entity, NO_ID when several */
};

static void names_build(const struct gazetteer *g, struct names *names)
{
    for (uint32_t i = 0; i < g->entity_count; i++) {
        const struct entity *e = &g->entities[i];
        if (!is_unit(e))
            continue;
        const char *name = g->bytes.bytes + e->name;
        const char *above = e->chain == NO_ID ? "" : g->bytes.bytes + g->chains[e->chain].text;
        textmap_put(&names->full,
                    arena_format(names->arena, "%s%s%s", above, *above ? "/" : "", name), i);
        textmap_put(&names->last, name, i);
    }
}

static uint32_t anchor_of(const struct gazetteer *g, const struct names *names,
                          const struct chain *chain)
{
    const char *text = g->bytes.bytes + chain->text;
    uint32_t id = textmap_get(&names->full, text);
    if (id != TEXTMAP_NONE)
        return id;
    const char *slash = strrchr(text, '/');
    id = textmap_get(&names->last, slash ? slash + 1 : text);
    return id == TEXTMAP_NONE ? NO_ID : id;
}

/* ---- spreads ------------------------------------------------------------------------ */

struct reach {
    double square_sum;
    uint32_t count;
};

/* Adds a place to every unit above it. */
static void reach_add(const struct gazetteer *g, const struct entity *e, struct reach *reach)
{
    uint32_t chain = e->chain;
    for (int step = 0; step < CLIMB_MAX && chain != NO_ID; step++) {
        uint32_t unit = g->chains[chain].anchor;
        if (unit == NO_ID)
            return;
        double d = point_distance_m(e->at, g->entities[unit].at);
        reach[unit].square_sum += d * d;
        reach[unit].count++;
        chain = g->entities[unit].chain;
    }
}

/* 1.517 = sqrt(ln 10): the 90 % radius of a round normal cloud by its root mean square. What a
 * level usually reaches counts as four places. */
static void spreads_build(struct gazetteer *g)
{
    struct reach *reach = base_alloc(g->entity_count, sizeof *reach);
    for (size_t i = 0; i < g->entity_count; i++)
        reach_add(g, &g->entities[i], reach);
    for (size_t i = 0; i < g->entity_count; i++) {
        struct entity *e = &g->entities[i];
        double usual = usual_spread_m[e->level];
        if (usual <= 0 || e->house_count || !e->han)
            continue;
        double prior = usual / 1.517, n = reach[i].count;
        double mean = (reach[i].square_sum + 4 * prior * prior) / (n + 4);
        e->spread_m = (float)(1.517 * sqrt(mean));
    }
    free(reach);
}

/* ---- contexts: the nearest unit of places whose parents say little ------------------ */

static struct xy plane_of(struct point p)
{
    return (struct xy){(p.lon - 105) * 111320 * cos(p.lat * M_PI / 180), p.lat * 111320};
}

static uint32_t chain_for_unit(struct gazetteer *g, uint32_t unit, uint32_t *of_unit)
{
    if (of_unit[unit] != NO_ID)
        return of_unit[unit];
    const struct entity *e = &g->entities[unit];
    uint32_t runes[CHAIN_RUNES], count = 0;
    if (e->chain != NO_ID) {
        const struct chain *above = &g->chains[e->chain];
        count = BASE_MIN(above->length, (uint32_t)CHAIN_RUNES / 2);
        memcpy(runes, g->runes + above->runes, count * sizeof *runes);
    }
    struct line line;
    const char *name = g->bytes.bytes + e->name;
    line_fold(g->folding, name, strlen(name), &line);
    if (count)
        runes[count++] = ' ';
    for (size_t i = 0; i < line.count && count < CHAIN_RUNES; i++)
        runes[count++] = line.rune[i];
    g->chains = base_grow(g->chains, &g->chain_capacity, g->chain_count + 1, sizeof *g->chains);
    struct chain chain = {.text = e->name, .length = count, .anchor = unit};
    chain.runes = runes_store(g, runes, count);
    g->chains[g->chain_count] = chain;
    return of_unit[unit] = (uint32_t)g->chain_count++;
}

static bool wants_context(const struct gazetteer *g, const struct entity *e)
{
    if (!e->han || e->context != NO_ID || e->level <= GAZETTEER_TOWNSHIP)
        return false;
    if (e->chain == NO_ID)
        return true;
    const char *text = g->bytes.bytes + g->chains[e->chain].text;
    const char *slash = strchr(text, '/');
    return !slash || !strchr(slash + 1, '/');
}

static void contexts_build(struct gazetteer *g)
{
    struct xy *at = base_alloc(g->entity_count, sizeof *at);
    uint32_t *of_unit = base_alloc(g->entity_count, sizeof *of_unit);
    for (size_t i = 0; i < g->entity_count; i++) {
        const struct entity *e = &g->entities[i];
        bool unit = is_unit(e) && e->level >= GAZETTEER_COUNTY;
        at[i] = unit ? plane_of(e->at) : (struct xy){NAN, NAN};
        of_unit[i] = NO_ID;
    }
    struct index *index = index_new(at, g->entity_count, CONTEXT_CELL_M);
    for (size_t i = 0; i < g->entity_count; i++) {
        struct neighbour near;
        if (!wants_context(g, &g->entities[i]))
            continue;
        struct xy here = plane_of(g->entities[i].at);
        if (index_near(index, here, 4 * CONTEXT_CELL_M, &near, 1) == 1)
            g->entities[i].context = chain_for_unit(g, near.id, of_unit);
    }
    index_free(index);
    free(at);
    free(of_unit);
}

/* ---- units by sound ----------------------------------------------------------------- */

uint64_t sounds_hash(const struct folding *folding, const uint32_t *runes, size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ rune_sound(folding, runes[i])) * 0x9e3779b97f4a7c15u;
    return hash_mix(hash);
}

static bool unit_suffix(uint32_t rune)
{
    static const uint32_t suffixes[] = {0x7701, 0x5e02, 0x533a, 0x53bf, 0x9547, 0x4e61};
    for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++)
        if (suffixes[i] == rune)
            return true;
    return false;
}

static void slot_add(struct gazetteer *g, uint32_t entry, size_t length, size_t *capacity)
{
    const struct entry *e = &g->entries[entry];
    g->units = base_grow(g->units, capacity, g->unit_count + 1, sizeof *g->units);
    g->units[g->unit_count++] =
        (struct unit_slot){sounds_hash(g->folding, entry_runes(g, e), length), entry, NO_ID};
}

/* Full names, and from three characters on those without 省 市 区 县 镇 乡. */
static void slots_build(struct gazetteer *g)
{
    size_t capacity = 0;
    for (uint32_t i = 0; i < g->entry_count; i++) {
        const struct entry *e = &g->entries[i];
        const uint32_t *runes = entry_runes(g, e);
        if (!is_unit(&g->entities[e->entity]) || e->length < 2 || !rune_is_han(runes[0]))
            continue;
        slot_add(g, i, e->length, &capacity);
        if (e->length >= 3 && unit_suffix(runes[e->length - 1]))
            slot_add(g, i, e->length - 1u, &capacity);
    }
    size_t size = 64;
    while (size < 2 * g->unit_count)
        size *= 2;
    g->unit_mask = size - 1;
    g->unit_table = base_alloc(size, sizeof *g->unit_table);
    memset(g->unit_table, 0xff, size * sizeof *g->unit_table);
    for (uint32_t i = (uint32_t)g->unit_count; i-- > 0;) {
        size_t at = g->units[i].hash & g->unit_mask;
        while (g->unit_table[at] != NO_ID &&
               g->units[g->unit_table[at]].hash != g->units[i].hash)
            at = (at + 1) & g->unit_mask;
        g->units[i].next = g->unit_table[at];
        g->unit_table[at] = i;
    }
}

uint32_t unit_find(const struct gazetteer *g, uint64_t hash)
{
    size_t at = hash & g->unit_mask;
    while (g->unit_table[at] != NO_ID && g->units[g->unit_table[at]].hash != hash)
        at = (at + 1) & g->unit_mask;
    return g->unit_table[at];
}

bool unit_over_chain(const struct gazetteer *g, uint32_t chain, uint32_t unit)
{
    for (int step = 0; step < CLIMB_MAX && chain != NO_ID; step++) {
        uint32_t anchor = g->chains[chain].anchor;
        if (anchor == unit || anchor == NO_ID)
            return anchor == unit;
        chain = g->entities[anchor].chain;
    }
    return false;
}

uint32_t unit_above(const struct gazetteer *g, uint32_t entity, enum gazetteer_level level)
{
    const struct entity *e = &g->entities[entity];
    if (e->level == level)
        return entity;
    for (int way = 0; way < 2; way++) {
        uint32_t chain = way ? e->context : e->chain;
        for (int step = 0; step < CLIMB_MAX && chain != NO_ID; step++) {
            uint32_t anchor = g->chains[chain].anchor;
            if (anchor == NO_ID)
                break;
            if (g->entities[anchor].level == level)
                return anchor;
            chain = g->entities[anchor].chain;
        }
    }
    return NO_ID;
}

bool unit_holds(const struct gazetteer *g, uint32_t unit, uint32_t entity)
{
    const struct entity *e = &g->entities[entity], *u = &g->entities[unit];
    if (unit == entity || unit_over_chain(g, e->chain, unit) ||
        unit_over_chain(g, e->context, unit))
        return true;
    return point_distance_m(e->at, u->at) <= 1.2 * (double)u->spread_m;
}

void units_build(struct gazetteer *g)
{
    struct names names = {.arena = arena_new()};
    names_build(g, &names);
    for (size_t i = 0; i < g->chain_count; i++)
        g->chains[i].anchor = anchor_of(g, &names, &g->chains[i]);
    textmap_free(&names.full);
    textmap_free(&names.last);
    arena_free(names.arena);
    spreads_build(g);
    contexts_build(g);
    for (size_t i = 0; i < g->entry_count; i++) {
        g->entries[i].city = unit_above(g, g->entries[i].entity, GAZETTEER_CITY);
        g->entries[i].county = unit_above(g, g->entries[i].entity, GAZETTEER_COUNTY);
    }
    slots_build(g);
}
