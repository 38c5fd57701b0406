#include "models/tables/scan_tokens.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { BLOCK = 64 };

/* Write the positions of the bits of one block. Eight at a time without a branch each: most
 * blocks of a measurement log hold six to ten. What is written too much is overwritten. */
static inline uint32_t *bits_flatten(uint32_t *to, uint32_t base, uint64_t bits)
{
    int count = __builtin_popcountll(bits);
    uint32_t *end = to + count;
    for (; count > 0; count -= 8)
        for (int i = 0; i < 8; i++) {
            *to++ = base + (uint32_t)__builtin_ctzll(bits | 1ull << 63);
            bits &= bits - 1;
        }
    return end;
}

static inline uint64_t bits_below(size_t count)
{
    return count >= 64 ? ~0ull : (1ull << count) - 1;
}

static bool is_token(unsigned char byte, unsigned char separator)
{
    return byte == separator || byte == '\n' || byte == '\r' || byte == '"' || byte == '\0';
}

void scan_tokens_portable(const char *bytes, size_t length, char separator,
                          struct scan_tokens *tokens)
{
    bool table[256];
    for (int c = 0; c < 256; c++)
        table[c] = is_token((unsigned char)c, (unsigned char)separator);
    memset(tokens->high, 0, (length / 4096 + 1) * sizeof *tokens->high);
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        tokens->at[n] = (uint32_t)i;
        n += table[byte];
        tokens->high[i / 4096] |= (uint64_t)(byte >> 7) << (i / BLOCK % 64);
    }
    tokens->count = n;
}

#if defined(__x86_64__)
/* One bit a byte of 32: is it a token, has it its top bit set. */
__attribute__((target("avx2"))) static inline uint32_t half_tokens(__m256i v, __m256i separator,
                                                                   uint32_t *high)
{
    __m256i hit = _mm256_cmpeq_epi8(v, separator);
    hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')));
    hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\r')));
    hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')));
    hit = _mm256_or_si256(hit, _mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
    *high = (uint32_t)_mm256_movemask_epi8(v);
    return (uint32_t)_mm256_movemask_epi8(hit);
}

__attribute__((target("avx2,bmi,popcnt"))) static void
tokens_avx2(const char *bytes, size_t length, char separator, struct scan_tokens *tokens)
{
    __m256i s = _mm256_set1_epi8(separator);
    uint32_t *to = tokens->at;
    memset(tokens->high, 0, (length / 4096 + 1) * sizeof *tokens->high);
    for (size_t base = 0; base < length; base += BLOCK) {
        uint32_t high_low, high_up;
        uint32_t low =
            half_tokens(_mm256_loadu_si256((const void *)(bytes + base)), s, &high_low);
        uint32_t up =
            half_tokens(_mm256_loadu_si256((const void *)(bytes + base + 32)), s, &high_up);
        uint64_t inside = bits_below(length - base);
        uint64_t high = ((uint64_t)high_up << 32 | high_low) & inside;
        tokens->high[base / 4096] |= (uint64_t)(high != 0) << (base / BLOCK % 64);
        to = bits_flatten(to, (uint32_t)base, ((uint64_t)up << 32 | low) & inside);
    }
    tokens->count = (size_t)(to - tokens->at);
}
#endif

scan_tokens_find scan_tokens_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("popcnt"))
        return tokens_avx2;
#endif
    return scan_tokens_portable;
}
