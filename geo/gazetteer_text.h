/* gazetteer_text.h - text as the gazetteer compares it: NFKC, lower case, marks stripped,
 * traditional characters simplified, separators out; and how alike two characters are. */
#ifndef COVTRIAGE_GAZETTEER_TEXT_H
#define COVTRIAGE_GAZETTEER_TEXT_H

#include "geo/base.h"

enum {
    LINE_RUNES = 1024, /**< past these a text is cut */
    SOUND_CLASSES = 1024,
    HAN_FIRST = 0x4e00,
    HAN_LAST = 0x9fff,
    HAN_SOUNDS = 900,   /**< classes of syllables lie below */
    HAN_NO_SOUND = 940, /**< ... of characters without one, from here */
};

/** What OpenCC and ICU know of Chinese characters; built in, see geo/han/make_tables.c. */
struct han_tables {
    uint16_t simple[HAN_LAST - HAN_FIRST + 1]; /**< traditional -> simplified */
    uint16_t sound[HAN_LAST - HAN_FIRST + 1];  /**< toneless pinyin, as a number from 1 */
};

/** The tables that folding needs, const after folding_new. */
struct folding {
    const struct han_tables *han;
    uint8_t shape[HAN_LAST - HAN_FIRST + 1]; /**< look-alikes share a class; 0: none */
    int8_t digit[HAN_LAST - HAN_FIRST + 1];  /**< of a numeral its value plus one; 0: none */
};

struct folding *folding_new(void);
void folding_free(struct folding *folding);

/** A folded text. */
struct line {
    uint32_t rune[LINE_RUNES];
    bool gap[LINE_RUNES]; /**< a separator stood before this rune */
    size_t count;
    bool han; /**< holds Chinese characters: separators are dropped, else one space each */
};

/**
 * Fold UTF-8 text of `length` bytes; bytes that are not UTF-8 are passed over. A hyphen between
 * digits stays (a range of house numbers), other separators do not.
 */
void line_fold(const struct folding *folding, const char *text, size_t length,
               struct line *line);

/** Runes back to UTF-8, at most size-1 bytes, NUL-terminated; returns the bytes written. */
size_t runes_text(const uint32_t *runes, size_t count, char *text, size_t size);

bool rune_is_han(uint32_t rune);
bool rune_is_digit(uint32_t rune);
/** 0-9 for digits and Chinese numerals (两, 〇 and the formal ones too), else -1. */
int rune_digit_value(uint32_t rune);

/** Characters that sound alike share a class, 1 .. SOUND_CLASSES - 1. */
uint32_t rune_sound(const struct folding *folding, uint32_t rune);

/** How unlike two runes are: 0 the same, 0.3 confusable by sound or shape, 1 different. */
double rune_distance(const struct folding *folding, uint32_t a, uint32_t b);

/**
 * A Chinese numeral of `count` runes ("一千七百九十九", "百二十八", "五五"), 0 when it is
 * none. A doubled character is dropped, or one exchange of neighbours undone, when only that
 * makes it a numeral.
 */
uint32_t runes_numeral(const uint32_t *runes, size_t count);

#endif
