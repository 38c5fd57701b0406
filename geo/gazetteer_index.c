/* Building the gazetteer: rows to entities and their names, and which names share what. */
#include "geo/gazetteer_index.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BRACKET_OPEN = '(', ALIASES_MAX = 64 };

struct gazetteer *gazetteer_new(void)
{
    struct gazetteer *g = base_alloc(1, sizeof *g);
    g->arena = arena_new();
    buffer_append(&g->bytes, "", 1); /* offset 0 is the empty text */
    return g;
}

void gazetteer_free(struct gazetteer *g)
{
    if (!g)
        return;
    folding_free(g->folding);
    vocabulary_free(g->vocabulary);
    countries_free(g->countries);
    buffer_free(&g->bytes);
    textmap_free(&g->chain_ids);
    arena_free(g->arena);
    free(g->rows);
    free(g->runes);
    free(g->chains);
    free(g->entities);
    free(g->entries);
    free(g->houses);
    free(g->by_number);
    free(g->weight);
    free(g->key_first);
    free(g->postings);
    free(g->units);
    free(g->unit_table);
    free(g);
}

size_t gazetteer_count(const struct gazetteer *g)
{
    return g->row_count;
}

static uint32_t bytes_store(struct gazetteer *g, const char *text)
{
    if (text_empty(text))
        return 0;
    uint32_t at = (uint32_t)g->bytes.length;
    buffer_append(&g->bytes, text, strlen(text) + 1);
    return at;
}

/* Parents repeat: each distinct one is a chain. "" is no chain. */
static uint32_t chain_of(struct gazetteer *g, const char *parent)
{
    if (text_empty(parent))
        return NO_ID;
    uint32_t id = textmap_get(&g->chain_ids, parent);
    if (id != TEXTMAP_NONE)
        return id;
    id = (uint32_t)g->chain_count;
    textmap_put(&g->chain_ids, arena_text(g->arena, parent, strlen(parent)), id);
    g->chains = base_grow(g->chains, &g->chain_capacity, g->chain_count + 1, sizeof *g->chains);
    g->chains[g->chain_count++] =
        (struct chain){.text = bytes_store(g, parent), .anchor = NO_ID};
    return id;
}

void gazetteer_add(struct gazetteer *g, const struct gazetteer_place *place)
{
    if (text_empty(place->name) || !point_valid(place->at) || g->bytes.length > UINT32_MAX / 2)
        return;
    g->rows = base_grow(g->rows, &g->row_capacity, g->row_count + 1, sizeof *g->rows);
    g->rows[g->row_count++] = (struct row){
        .at = place->at,
        .name = bytes_store(g, place->name),
        .aliases = bytes_store(g, place->aliases),
        .chain = chain_of(g, place->parent),
        .level = (uint8_t)place->level,
    };
}

/* ---- pools -------------------------------------------------------------------------- */

uint32_t runes_store(struct gazetteer *g, const uint32_t *runes, size_t count)
{
    g->runes =
        base_grow(g->runes, &g->rune_capacity, g->rune_count + count + 1, sizeof *g->runes);
    uint32_t at = (uint32_t)g->rune_count;
    memcpy(g->runes + at, runes, count * sizeof *runes);
    g->rune_count += count;
    return at;
}

uint32_t entity_add(struct gazetteer *g, const struct entity *entity)
{
    g->entities =
        base_grow(g->entities, &g->entity_capacity, g->entity_count + 1, sizeof *g->entities);
    g->entities[g->entity_count] = *entity;
    return (uint32_t)g->entity_count++;
}

void entry_add(struct gazetteer *g, uint32_t entity, const uint32_t *runes, size_t count)
{
    count = BASE_MIN(count, (size_t)NAME_RUNES);
    if (count == 0)
        return;
    g->entries =
        base_grow(g->entries, &g->entry_capacity, g->entry_count + 1, sizeof *g->entries);
    g->entries[g->entry_count++] = (struct entry){
        .runes = runes_store(g, runes, count), .entity = entity, .length = (uint16_t)count};
}

/* ---- rows to entities --------------------------------------------------------------- */

/* The name without what stands in brackets at its end: 华山路1220弄（住宅）. */
static size_t without_bracket(const char *name)
{
    size_t length = strlen(name), at = strcspn(name, "(");
    const char *wide = strstr(name, "\xef\xbc\x88");
    if (wide)
        at = BASE_MIN(at, (size_t)(wide - name));
    return at > 3 ? at : length;
}

static void add_names(struct gazetteer *g, const struct row *row, uint32_t entity,
                      const struct line *line)
{
    entry_add(g, entity, line->rune, line->count);
    if (line->han && room_find(line) < line->count)
        entry_add(g, entity, line->rune, room_find(line));
    struct line other;
    const char *name = g->bytes.bytes + row->name;
    size_t bare = without_bracket(name);
    if (name[bare]) {
        line_fold(g->folding, name, bare, &other);
        entry_add(g, entity, other.rune, other.count);
    }
    const char *p = g->bytes.bytes + row->aliases;
    for (int i = 0; *p && i < ALIASES_MAX; i++) {
        size_t length = strcspn(p, ";|");
        line_fold(g->folding, p, length, &other);
        bool same = other.count == line->count &&
                    memcmp(other.rune, line->rune, line->count * sizeof *line->rune) == 0;
        if (!same)
            entry_add(g, entity, other.rune, other.count);
        p += length + (p[length] != '\0');
    }
}

static void add_row(struct gazetteer *g, const struct row *row)
{
    struct line line;
    const char *name = g->bytes.bytes + row->name;
    line_fold(g->folding, name, strlen(name), &line);
    if (line.count == 0)
        return;
    /* A house number of a point of interest is known as well; the place itself stays. */
    bool numbered = row->level >= GAZETTEER_POI && houses_add(g, row, &line);
    if (numbered && row->level == GAZETTEER_ADDRESS)
        return;
    struct entity entity = {.at = row->at,
                            .chain = row->chain,
                            .context = NO_ID,
                            .name = row->name,
                            .level = row->level,
                            .han = line.han};
    /* An address without a number is an estate or a village. */
    if (row->level == GAZETTEER_ADDRESS)
        entity.level = GAZETTEER_BUILDING;
    add_names(g, row, entity_add(g, &entity), &line);
}

static void fold_chain(struct gazetteer *g, struct chain *chain)
{
    struct line line;
    uint32_t runes[CHAIN_RUNES];
    size_t count = 0;
    const char *text = g->bytes.bytes + chain->text;
    bool coded = isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]) &&
                 (text[2] == '/' || text[2] == '\0');
    if (coded) {
        memcpy(chain->country, text, 2);
        count = country_name(g->countries, text, runes, CHAIN_RUNES / 2);
    }
    while (*text) {
        size_t length = strcspn(text, "/");
        line_fold(g->folding, text, length, &line);
        if (count && count < CHAIN_RUNES)
            runes[count++] = ' ';
        for (size_t i = 0; i < line.count && count < CHAIN_RUNES; i++)
            runes[count++] = line.rune[i];
        text += length + (text[length] == '/');
    }
    chain->runes = runes_store(g, runes, count);
    chain->length = (uint32_t)count;
}

void gazetteer_finish(struct gazetteer *g)
{
    g->folding = folding_new();
    g->vocabulary = vocabulary_new(g->folding);
    g->countries = countries_new(g->folding);
    for (size_t i = 0; i < g->chain_count; i++)
        fold_chain(g, &g->chains[i]);
    for (size_t i = 0; i < g->row_count; i++)
        add_row(g, &g->rows[i]);
    roads_build(g);
    units_build(g);
    postings_build(g);
}

/* ---- retrieval keys ----------------------------------------------------------------- */

static uint32_t latin_code(uint32_t r)
{
    return r == ' '               ? 0
           : r >= 'a' && r <= 'z' ? r - 'a' + 1
           : rune_is_digit(r)     ? r - '0' + 27
                                  : 37 + r % 3;
}

static int compare_keys(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Unordered pairs of sounds, neighbours and next but one: they survive an exchange, a doubling
 * and a dropped character. */
static size_t pair_keys(const struct folding *folding, const uint32_t *runes, size_t count,
                        uint32_t *keys)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j <= i + 2 && j < count && n < ENTRY_KEYS; j++) {
            uint32_t a = rune_sound(folding, runes[i]), b = rune_sound(folding, runes[j]);
            keys[n++] = BASE_MIN(a, b) * SOUND_CLASSES + BASE_MAX(a, b);
        }
    if (count == 1)
        keys[n++] = rune_sound(folding, runes[0]) * (SOUND_CLASSES + 1);
    return n;
}

static size_t trigram_keys(const uint32_t *runes, size_t count, uint32_t *keys)
{
    size_t n = 0;
    uint32_t a = 0, b = latin_code(count ? runes[0] : ' ');
    for (size_t i = 1; i <= count && n < ENTRY_KEYS; i++) {
        uint32_t c = i < count ? latin_code(runes[i]) : 0;
        keys[n++] = PAIR_KEYS + (a * LATIN_CODES + b) * LATIN_CODES + c;
        a = b;
        b = c;
    }
    return n;
}

size_t keys_of(const struct folding *folding, const uint32_t *runes, size_t count, bool han,
               uint32_t *keys)
{
    size_t n = han ? pair_keys(folding, runes, count, keys) : trigram_keys(runes, count, keys);
    base_sort(keys, n, sizeof *keys, compare_keys);
    size_t unique = 0;
    for (size_t i = 0; i < n; i++)
        if (unique == 0 || keys[i] != keys[unique - 1])
            keys[unique++] = keys[i];
    return unique;
}

double key_weight(const struct gazetteer *g, uint32_t key)
{
    uint32_t df = g->key_first[key + 1] - g->key_first[key];
    return log(1 + (double)g->entry_count / (1 + df));
}

/* ---- weights and postings ----------------------------------------------------------- */

static bool entry_is_han(const struct gazetteer *g, const struct entry *e)
{
    const uint32_t *runes = entry_runes(g, e);
    for (size_t i = 0; i < e->length; i++)
        if (rune_is_han(runes[i]))
            return true;
    return false;
}

/* Rare characters say more: 1 for one seen once, LIGHT for those in every name. */
static void weigh_runes(struct gazetteer *g)
{
    static const double light = 0.06;
    enum { ALL = 0x10000, RARE_NAMES = 2 };
    uint32_t *df = base_alloc(ALL, sizeof *df), names = 0;
    for (size_t i = 0; i < g->entry_count; i++) {
        if (!entry_is_han(g, &g->entries[i]))
            continue;
        const uint32_t *runes = entry_runes(g, &g->entries[i]);
        names++;
        for (size_t k = 0; k < g->entries[i].length; k++)
            df[runes[k] < ALL ? runes[k] : 0]++;
    }
    /* A character that hardly any name has is more likely a usual one of its sound. */
    uint32_t *by_sound = base_alloc(SOUND_CLASSES, sizeof *by_sound);
    for (uint32_t r = HAN_FIRST; r <= HAN_LAST; r++)
        by_sound[rune_sound(g->folding, r)] += df[r];
    for (uint32_t r = HAN_FIRST; r <= HAN_LAST; r++)
        if (df[r] < RARE_NAMES)
            df[r] = by_sound[rune_sound(g->folding, r)];
    free(by_sound);
    g->weight = base_alloc(ALL, sizeof *g->weight);
    double scale = log(2 + (double)names);
    for (uint32_t r = 0; r < ALL; r++) {
        double w = log((1 + (double)names) / (1 + df[r])) / scale;
        g->weight[r] = (float)BASE_MIN(1, BASE_MAX(light, w));
    }
    for (uint32_t r = 'a'; r <= 'z'; r++)
        g->weight[r] = 0.2f; /* Latin letters weigh alike; about five make a character */
    g->weight[' '] = 0.04f;
    free(df);
}

static void count_keys(struct gazetteer *g, uint32_t *first)
{
    uint32_t keys[ENTRY_KEYS];
    for (size_t i = 0; i < g->entry_count; i++) {
        const struct entry *e = &g->entries[i];
        size_t n = keys_of(g->folding, entry_runes(g, e), e->length, entry_is_han(g, e), keys);
        for (size_t k = 0; k < n; k++)
            first[keys[k] + 1]++;
    }
    for (size_t k = 0; k < KEY_COUNT; k++)
        first[k + 1] += first[k];
}

void postings_build(struct gazetteer *g)
{
    weigh_runes(g);
    g->key_first = base_alloc(KEY_COUNT + 1, sizeof *g->key_first);
    count_keys(g, g->key_first);
    g->postings = base_alloc(g->key_first[KEY_COUNT], sizeof *g->postings);
    uint32_t *fill = base_alloc(KEY_COUNT, sizeof *fill), keys[ENTRY_KEYS];
    memcpy(fill, g->key_first, KEY_COUNT * sizeof *fill);
    for (size_t i = 0; i < g->entry_count; i++) {
        struct entry *e = &g->entries[i];
        size_t n = keys_of(g->folding, entry_runes(g, e), e->length, entry_is_han(g, e), keys);
        double norm = 0;
        for (size_t k = 0; k < n; k++) {
            g->postings[fill[keys[k]]++] = (uint32_t)i;
            norm += key_weight(g, keys[k]);
        }
        e->norm = (float)norm;
    }
    free(fill);
}
