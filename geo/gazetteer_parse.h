/* gazetteer_parse.h - a text taken apart: the place's words, the house number, the relative
 * phrase, and what is no place at all (rooms, complaint words). */
#ifndef COVTRIAGE_GAZETTEER_PARSE_H
#define COVTRIAGE_GAZETTEER_PARSE_H

#include "geo/gazetteer_text.h"

enum { QUERY_RUNES = 96, WORD_RUNES = 20, NOTE_BYTES = 160 };

/** What a word of the vocabulary says. */
enum word_flag {
    WORD_CORE = 1,   /**< only complaints say it: signal, network */
    WORD_WHERE = 2,  /**< a part of the place: indoors, basement; peeled by itself */
    WORD_NEAR = 4,   /**< nearby: widens the position */
    WORD_REPORT = 8, /**< opens a report: "the user says" */
    WORD_TYPE = 16,  /**< a kind of place (airport): weighs little when not in the name */
};

struct word {
    uint32_t rune[WORD_RUNES];
    uint8_t length;
    unsigned flags;
};

/** The words that are known; const after vocabulary_new. Free with vocabulary_free. */
struct vocabulary;
struct vocabulary *vocabulary_new(const struct folding *folding);
void vocabulary_free(struct vocabulary *vocabulary);

/** The longest Chinese word that starts at `runes`, NULL when none does. */
const struct word *vocabulary_han(const struct vocabulary *vocabulary, const uint32_t *runes,
                                  size_t count);
/** The Latin word that is `runes`, allowing one typing error from five letters on. */
const struct word *vocabulary_latin(const struct vocabulary *vocabulary, const uint32_t *runes,
                                    size_t count);
/** An abbreviation's full word ("elem" -> "elementary"), NULL when it is none. */
const struct word *vocabulary_expand(const struct vocabulary *vocabulary, const uint32_t *runes,
                                     size_t count);

/** A house number after a road. */
struct house_number {
    uint32_t number; /**< 0: none */
    size_t at, end;  /**< runes [at, end) of the line hold it with its kind */
    uint32_t kind;   /**< the rune of its kind, lane or number; 0: not written */
};

/**
 * The first house number from rune `from` on: digits or a Chinese numeral before lane or
 * number, or digits at the very end. False when there is none.
 */
bool house_number_find(const struct line *line, size_t from, struct house_number *house);

/** A text taken apart. */
struct query {
    struct line line;          /**< what is left after peeling */
    struct house_number house; /**< positions in line; line.count stops before it */
    double away_m;             /**< a relative phrase: distance, 0: none */
    double bearing_deg;        /**< its direction, NAN: any */
    bool near;                 /**< nearby, without a distance */
    char note[NOTE_BYTES];
};

/** Where a room begins (16栋, 2号楼, 1004室) in a Chinese line; line->count when none does. */
size_t room_find(const struct line *line);

/** Take a folded text apart; `line` is used up. */
void query_parse(const struct vocabulary *vocabulary, const struct line *line,
                 struct query *query);

#endif
