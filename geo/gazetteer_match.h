/* gazetteer_match.h - which entities a query may mean, and how much of it each explains;
 * private to geo/gazetteer*.c. */
#ifndef COVTRIAGE_GAZETTEER_MATCH_H
#define COVTRIAGE_GAZETTEER_MATCH_H

#include "geo/gazetteer_index.h"

enum { CANDIDATES = 48, CANDIDATES_ALL = 96, MENTIONS = 6, MENTION_UNITS = 12, HOMES = 16 };

/* An entity that may be meant. */
struct scored {
    uint32_t entity, entry;
    double score;        /* [0, 1]: explained share of the text, less what the name lacks */
    double similarity;   /* [0, 1]: of the name alone */
    double left;         /* weight of the text that stays unexplained */
    double explained;    /* weight of the text that units above it explain */
    uint16_t start, end; /* where in the query its name stands */
    struct house_place house; /* of roads, when the query has a number */
};

/* An administrative unit that the text names. */
struct mention {
    uint16_t start, end;
    bool exact; /* by its characters, not only by sound */
    uint8_t level;
    uint32_t units[MENTION_UNITS];
    size_t unit_count;
};

struct gazetteer_scratch {
    float *mass;       /* by entry: shared key weight */
    uint32_t *touched; /* entries with mass */
    size_t touched_count;
    struct line line;
    struct query query;
    float weight[QUERY_RUNES];      /* of the query's runes; kinds of places lowered */
    float full_weight[QUERY_RUNES]; /* not lowered */
    bool doubled[QUERY_RUNES];      /* the same as a neighbour: perhaps typed twice */
    bool type_word[QUERY_RUNES];    /* airport and the like */
    struct mention mentions[MENTIONS];
    size_t mention_count;
    uint32_t homes[HOMES]; /* the narrowest cities or counties named */
    size_t home_count;
    char country[2];   /* named at the end of a Latin text, or 0 */
    size_t country_at; /* where; the count when none */
    struct scored candidates[CANDIDATES_ALL];
    size_t candidate_count;
};

/** Prepare weights, mentions and the country of the parsed query. */
void match_prepare(const struct gazetteer *g, struct gazetteer_scratch *scratch);
/** Fill scratch->candidates by shared keys, then score and sort them, best first. */
void match_query(const struct gazetteer *g, struct gazetteer_scratch *scratch);

/** How a name lies in the query: errors cost by the weight of the characters they touch. */
struct alignment {
    uint16_t start, end;
    double cost, name_weight;
};
struct alignment match_align(const struct gazetteer *g, const struct gazetteer_scratch *scratch,
                             const uint32_t *name, size_t count);

#endif
