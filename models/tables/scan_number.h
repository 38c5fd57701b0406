/* scan_number.h - plain decimal numbers, eight digits at a time, equal to strtod. */
#ifndef COVTRIAGE_SCAN_NUMBER_H
#define COVTRIAGE_SCAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The value of `count` (1..8) ASCII digits at `text`; 8 bytes must be readable. */
static inline bool scan_digits(const char *text, size_t count, uint64_t *out)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    if (count < 8) /* leading zeros in the place of what is missing */
        word = word << (64 - 8 * count) | 0x3030303030303030u >> (8 * count);
    if ((word & 0xf0f0f0f0f0f0f0f0u) != 0x3030303030303030u ||
        ((word + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u) != 0x3030303030303030u)
        return false;
    word = (word & 0x0f0f0f0f0f0f0f0fu) * 2561 >> 8;
    word = (word & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
    *out = (word & 0x0000ffff0000ffffu) * 42949672960001u >> 32;
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
    uint64_t word, digits, fraction;
    memcpy(&word, text, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    uint64_t points = word ^ 0x2e2e2e2e2e2e2e2eu;
    points = (points - 0x0101010101010101u) & ~points & 0x8080808080808080u;
    size_t whole = points ? (size_t)__builtin_ctzll(points) / 8 : 8;
    if (whole >= length) { /* no point */
        if (length - 1 > 7 || !scan_digits(text, length, &digits))
            return false;
        *out = negative ? -(double)digits : (double)digits;
        return true;
    }
    if (whole == 8 && text[8] != '.')
        return false;
    size_t places = length - whole - 1;
    if (whole - 1 > 7 || places - 1 > 7 || whole + places > 15 ||
        !scan_digits(text, whole, &digits) || !scan_digits(text + whole + 1, places, &fraction))
        return false;
    double value = (double)(digits * whole_power[places] + fraction) / power[places];
    *out = negative ? -value : value;
    return true;
}

#endif
