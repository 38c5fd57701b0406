/* base.h - what every file needs: status and error text, memory, strings, hashing.
 *
 * Three channels, never mixed:
 *   failure  a function returns enum status and writes one sentence into struct error,
 *            where the cause is known;
 *   reject   one input row is dropped and listed (models/tables/table.h);
 *   flag     a result is marked weaker, and the mark is always shown.
 * Out of memory is decided once: base_alloc() says so and ends the program with exit code 1.
 */
#ifndef COVTRIAGE_BASE_H
#define COVTRIAGE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Why something could not be done. Exit codes are derived from it in cmd/. */
enum status {
    STATUS_OK = 0,
    STATUS_USAGE,       /**< wrong arguments */
    STATUS_IO,          /**< a file could not be opened, read, written or renamed */
    STATUS_FORMAT,      /**< a file is not what it should be */
    STATUS_RANGE,       /**< a value outside its valid range */
    STATUS_MISSING,     /**< something required is not there */
    STATUS_INTERRUPTED, /**< the user stopped the run */
};

/** One sentence for the user, said where the cause is known. Start it zeroed. */
struct error {
    enum status status;
    char text[768];
};

/**
 * Record a failure and return its status, so that callers write `return error_set(...)`.
 * The first failure is kept: later calls on the same error change nothing.
 */
#define error_set(error, code, ...)                                                            \
    ({                                                                                         \
        enum status error_set_ = (code); /* a macro, so that analyzers see what returns */     \
        error_record(error, error_set_, __VA_ARGS__);                                          \
        error_set_;                                                                            \
    })

/** What error_set does with its arguments. */
void error_record(struct error *error, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BASE_MIN(a, b) ((a) < (b) ? (a) : (b))
#define BASE_MAX(a, b) ((a) > (b) ? (a) : (b))

/** An absent time. Times are seconds since 1970-01-01T00:00:00Z. */
#define TIME_ABSENT INT64_MIN

/* ---- memory ------------------------------------------------------------------------- */

/** calloc that never returns NULL: ends the program when memory is out. Free with free(). */
void *base_alloc(size_t count, size_t size);

/**
 * Grow a heap array to hold at least `need` items, doubling. Returns the array (moved or
 * not); the new part is zeroed. `items` may be NULL with *capacity 0. Free with free().
 */
void *base_grow(void *items, size_t *capacity, size_t need, size_t size);

/** Says that memory is out and ends the program: for libraries that return NULL. */
void base_out_of_memory(size_t bytes) __attribute__((noreturn));

/** A copy of a text, of its first `most` bytes at most, or as sprintf. Free with free(). */
char *base_text(const char *text);
char *base_text_n(const char *text, size_t most);
char *base_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** qsort, to which an array of nothing may be NULL. */
void base_sort(void *items, size_t count, size_t size,
               int (*compare)(const void *, const void *));

/** A bump allocator: many small pieces, freed at once. Not for use by two threads. */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/** Forget every piece but keep the memory for the next use. */
void arena_reset(struct arena *arena);
/** A zeroed piece of `size` bytes, aligned to 16. Lives until arena_reset or arena_free. */
void *arena_alloc(struct arena *arena, size_t size);
/** A copy of the `length` bytes at `text`, NUL-terminated. */
char *arena_text(struct arena *arena, const char *text, size_t length);
/** As sprintf, into the arena. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** Bytes the arena holds from the system. */
size_t arena_bytes(const struct arena *arena);

/* ---- strings ------------------------------------------------------------------------ */

bool text_empty(const char *text);                      /**< NULL or "" */
bool text_equal(const char *a, const char *b);          /**< byte by byte */
bool text_equal_fold(const char *a, const char *b);     /**< ASCII case ignored */
bool text_starts(const char *text, const char *prefix); /**< prefix test, byte by byte */
bool text_ends(const char *text, const char *suffix);
/** Bytes of the longest common beginning and end together: enough to suggest a near name. */
size_t text_likeness(const char *a, const char *b);

/** A growing byte string. Start zeroed; always NUL-terminated after the first append. */
struct buffer {
    char *bytes;
    size_t length, capacity;
};

void buffer_append(struct buffer *buffer, const char *bytes, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_clear(struct buffer *buffer); /**< length 0, memory kept */
void buffer_free(struct buffer *buffer);

/* ---- hashing ------------------------------------------------------------------------ */

/** 64-bit hash of bytes (FNV-1a with a final mix): the same on every machine and run. */
uint64_t hash_bytes(const void *bytes, size_t length);
/** A well-mixed 64-bit value from another (splitmix64's finaliser). */
uint64_t hash_mix(uint64_t value);

/** Text -> uint32_t. Keys are borrowed: they must outlive the map. Start zeroed. */
struct textmap {
    struct textmap_slot *slots;
    size_t count, capacity;
};

#define TEXTMAP_NONE UINT32_MAX

/** The value stored for key, or TEXTMAP_NONE. Safe from many threads while none puts. */
uint32_t textmap_get(const struct textmap *map, const char *key);
/** Store value unless the key is there; returns the value that is in the map afterwards. */
uint32_t textmap_put(struct textmap *map, const char *key, uint32_t value);
void textmap_free(struct textmap *map);

/* ---- random ------------------------------------------------------------------------- */

/** Seeded generator (xoshiro256**, Blackman & Vigna 2018): same seed, same stream. */
struct rng {
    uint64_t state[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
double rng_uniform(struct rng *rng); /**< [0, 1) */
double rng_normal(struct rng *rng);  /**< mean 0, deviation 1 (Box-Muller) */

#endif
