/* scan_tokens.h - where the fields of plain CSV text end, found 64 bytes at a time.
 *
 * The vector path (AVX2) is chosen at run time; the portable one gives the same answer. */
#ifndef COVTRIAGE_SCAN_TOKENS_H
#define COVTRIAGE_SCAN_TOKENS_H

#include <stddef.h>
#include <stdint.h>

/** Readable bytes that must follow the text, whatever they hold. */
enum { SCAN_PADDING = 64 };

/** The tokens of a text: positions of every separator, \n, \r, quote and NUL, in order. */
struct scan_tokens {
    uint32_t *at; /**< room for length + SCAN_PADDING positions */
    uint64_t
        *high; /**< bit i: block i of 64 bytes holds a byte over 127; length/4096 + 1 words */
    size_t count;
};

/** Find the tokens of `length` bytes (at most 2^31), followed by SCAN_PADDING readable ones. */
typedef void (*scan_tokens_find)(const char *bytes, size_t length, char separator,
                                 struct scan_tokens *tokens);

void scan_tokens_portable(const char *bytes, size_t length, char separator,
                          struct scan_tokens *tokens);

/** The fastest that this processor runs. */
scan_tokens_find scan_tokens_best(void);

#endif
