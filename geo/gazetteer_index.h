/* gazetteer_index.h - how the gazetteer holds its places; private to geo/gazetteer*.c. */
#ifndef COVTRIAGE_GAZETTEER_INDEX_H
#define COVTRIAGE_GAZETTEER_INDEX_H

#include "geo/gazetteer.h"
#include "geo/gazetteer_parse.h"
#include "geo/gazetteer_text.h"

enum {
    NAME_RUNES = 64,  /* longer names are cut */
    LATIN_CODES = 40, /* letters, digits, space and three classes of others */
    PAIR_KEYS = SOUND_CLASSES * SOUND_CLASSES,
    KEY_COUNT = PAIR_KEYS + LATIN_CODES * LATIN_CODES * LATIN_CODES,
    ENTRY_KEYS = 128,
    CHAIN_RUNES = 96,
};

#define NO_ID UINT32_MAX

/* The units above a place, "A/B/C": what may explain the rest of a text. */
struct chain {
    uint32_t text;          /* offset into bytes */
    uint32_t runes, length; /* folded; components apart by a space */
    uint32_t anchor;        /* the entity that the whole chain names, NO_ID */
    char country[2];        /* ISO 3166 code in front, or 0 */
};

/* What can be found: a row of the table, or a road made of its house numbers. */
struct entity {
    struct point at;
    uint32_t chain, context; /* context: of the nearest township or county; NO_ID: none */
    uint32_t name;           /* offset into bytes */
    uint32_t first_house, house_count;
    uint32_t entry; /* of a road: its name */
    float spread_m; /* 90 % radius of what lies in it; 0: a point */
    uint8_t level;  /* enum gazetteer_level */
    bool han;
};

/* A name by which an entity is known. */
struct entry {
    uint32_t runes; /* offset into the rune pool */
    uint32_t entity;
    uint32_t city, county; /* the units above it, NO_ID */
    uint16_t length;
    float norm; /* sum of its keys' weights */
};

/* A house number on a road. */
struct house {
    struct point at;
    uint32_t road; /* the road's name as an offset of runes, then the entity */
    uint32_t number;
    uint32_t chain;
    uint16_t road_length;
    bool lane;
    bool shared; /* its row named several numbers: the position is of one of them */
};

/* A row as it was added; folded in gazetteer_finish. */
struct row {
    struct point at;
    uint32_t name, aliases, chain; /* offsets; chain id */
    uint8_t level;
};

/* Names of units by sound: where a text mentions one, and homophones of it. */
struct unit_slot {
    uint64_t hash;
    uint32_t entry, next; /* next slot with the same hash, NO_ID */
};

struct gazetteer {
    struct folding *folding;
    struct vocabulary *vocabulary;
    struct countries *countries;
    struct buffer bytes; /* names, parents, aliases, each NUL-terminated */
    struct arena *arena; /* keys of chain_ids */
    struct textmap chain_ids;
    struct row *rows;
    size_t row_count, row_capacity;

    uint32_t *runes;
    size_t rune_count, rune_capacity;
    struct chain *chains;
    size_t chain_count, chain_capacity;
    struct entity *entities;
    size_t entity_count, entity_capacity;
    struct entry *entries;
    size_t entry_count, entry_capacity;
    struct house *houses; /* grouped by road, ascending number */
    size_t house_count, house_capacity;
    uint32_t *by_number; /* houses in the order of their numbers */

    float *weight;       /* of the runes below 0x10000, by rarity in names: (0, 1] */
    uint32_t *key_first; /* KEY_COUNT + 1 offsets into postings */
    uint32_t *postings;  /* entry ids */
    struct unit_slot *units;
    size_t unit_count;
    uint32_t *unit_table; /* first slot of a hash, NO_ID */
    size_t unit_mask;
};

/** Runes of an entry. */
static inline const uint32_t *entry_runes(const struct gazetteer *g, const struct entry *e)
{
    return g->runes + e->runes;
}

/** How much a rune says, (0, 1]: rare ones more. */
static inline double rune_weight(const struct gazetteer *g, uint32_t rune)
{
    return rune < 0x10000 ? (double)g->weight[rune] : 1;
}

/** Append runes to the pool; returns their offset. */
uint32_t runes_store(struct gazetteer *g, const uint32_t *runes, size_t count);
/** Add an entity and return its id. */
uint32_t entity_add(struct gazetteer *g, const struct entity *entity);
/** Add a name of an entity; cut at NAME_RUNES, passed over when empty. */
void entry_add(struct gazetteer *g, uint32_t entity, const uint32_t *runes, size_t count);

/** The retrieval keys of a name or text, sorted, each once; at most ENTRY_KEYS. */
size_t keys_of(const struct folding *folding, const uint32_t *runes, size_t count, bool han,
               uint32_t *keys);
/** A key's weight: the logarithm of how rare it is. */
double key_weight(const struct gazetteer *g, uint32_t key);
/** Weigh runes and build the postings; after every entry was added. */
void postings_build(struct gazetteer *g);

/* gazetteer_units.c: the hierarchy of administrative units. */
/** Anchors of chains, contexts and spreads of entities, the index of units by sound. */
void units_build(struct gazetteer *g);
/** Does a unit (province .. township) carry the name? Follow slots by units[].next. */
uint32_t unit_find(const struct gazetteer *g, uint64_t hash);
/** Hash of a name's sounds. */
uint64_t sounds_hash(const struct folding *folding, const uint32_t *runes, size_t count);
/** The unit of `level` above the entity or the entity itself, NO_ID when there is none. */
uint32_t unit_above(const struct gazetteer *g, uint32_t entity, enum gazetteer_level level);
/** Is `unit` the chain's own or one above it? */
bool unit_over_chain(const struct gazetteer *g, uint32_t chain, uint32_t unit);
/** Is `unit` above or around the entity? By the chain's anchors, or else by distance. */
bool unit_holds(const struct gazetteer *g, uint32_t unit, uint32_t entity);

/* gazetteer_roads.c: roads made of house numbers. */
/** Take the house numbers out of an address' name; false: it holds none. */
bool houses_add(struct gazetteer *g, const struct row *row, const struct line *line);
/** Group the houses into roads, by name and nearness, and add these as entities. */
void roads_build(struct gazetteer *g);

/**
 * The roads that have the house number within the county or city `home`, each once, at most
 * `limit` entity ids into `roads`. Returns how many.
 */
size_t roads_with_number(const struct gazetteer *g, uint32_t number, uint32_t home,
                         uint32_t *roads, size_t limit);

/** A number on a road. */
struct house_place {
    struct point at;
    double radius_m;
    enum gazetteer_level level; /* ADDRESS, INTERPOLATED, or UNKNOWN: not to be placed */
    uint32_t gap;               /* to the nearest known number */
};
struct house_place road_place(const struct gazetteer *g, const struct entity *road,
                              const struct house_number *wanted);

/* gazetteer_countries.c: names of countries. */
struct countries *countries_new(const struct folding *folding);
void countries_free(struct countries *countries);
/** The country whose name is `runes`: its ISO code into code[2]. */
bool country_find(const struct countries *countries, const uint32_t *runes, size_t count,
                  char *code);
/** A country's name by its code, at most `size` runes; returns how many. */
size_t country_name(const struct countries *countries, const char *code, uint32_t *runes,
                    size_t size);

#endif
