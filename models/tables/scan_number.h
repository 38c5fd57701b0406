/* scan_number.h - plain decimal numbers, eight digits at a time, equal to strtod. */
#ifndef COVTRIAGE_SCAN_NUMBER_H
#define COVTRIAGE_SCAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first 8 bytes of a text as a word, the first byte lowest. */
static inline uint64_t scan_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The value of the first `count` (1..8) ASCII digits of a word. */
static inline bool scan_digits(uint64_t word, size_t count, uint64_t *out)
{
    if (count < 8) /* leading zeros in the place of what is missing */
        word = word << (64 - 8 * count) | 0x3030303030303030u >> (8 * count);
    uint64_t high = word & 0xf0f0f0f0f0f0f0f0u;
    uint64_t carried = (word + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u;
    if (((high ^ 0x3030303030303030u) | (carried ^ 0x3030303030303030u)) != 0)
        return false;
    word = (word & 0x0f0f0f0f0f0f0f0fu) * 2561 >> 8;
    word = (word & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
    *out = (word & 0x0000ffff0000ffffu) * 42949672960001u >> 32;
    return true;
}

/* Up to three digits before the point, one by one. */
static inline bool scan_few_digits(uint64_t word, size_t count, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t digit = (word >> (8 * i) & 0xff) - '0';
        if (digit > 9)
            return false;
        value = 10 * value + digit;
    }
    *out = value;
    return true;
}

/**
 * The number of a text "[-]digits[.digits]" of at most 8 digits before and 8 behind the point,
 * 15 in all, so that one division rounds as strtod does (Source: W. D. Clinger, "How to read
 * floating point numbers accurately", 1990). 16 bytes must be readable behind the text.
 * false: another form; it may be a number all the same.
 */
static inline bool scan_number(const char *text, size_t length, double *out)
{
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    static const uint64_t whole_power[] = {1,      10,      100,      1000,     10000,
                                           100000, 1000000, 10000000, 100000000};
    bool negative = length && *text == '-';
    text += negative;
    length -= negative;
    uint64_t word = scan_word(text), digits, fraction;
    uint64_t points = word ^ 0x2e2e2e2e2e2e2e2eu;
    points = (points - 0x0101010101010101u) & ~points & 0x8080808080808080u;
    size_t whole = points ? (size_t)__builtin_ctzll(points) / 8 : 8, places = 0;
    if (whole >= length) { /* no point */
        if (length - 1 > 7 || !scan_digits(word, length, &digits))
            return false;
    } else {
        places = length - whole - 1;
        bool odd = (whole == 8 && text[8] != '.') || whole - 1 > 7 || places - 1 > 7 ||
                   whole + places > 15;
        if (odd ||
            !(whole <= 3 ? scan_few_digits(word, whole, &digits)
                         : scan_digits(word, whole, &digits)) ||
            !scan_digits(scan_word(text + whole + 1), places, &fraction))
            return false;
        digits = digits * whole_power[places] + fraction;
    }
    double value = (double)(int64_t)digits / power[places];
    *out = negative ? -value : value;
    return true;
}

#endif
