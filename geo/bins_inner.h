/* bins_inner.h - what bins.c, bins_sort.c and bins_run.c share. Not for others. */
#ifndef COVTRIAGE_BINS_INNER_H
#define COVTRIAGE_BINS_INNER_H

#include <pthread.h>
#include <string.h>

#include "geo/bins.h"

/* Bins are spread over parts by a hash of the square, so that threads rarely meet at a lock, a
 * table fits the cache better, and all groups of a square lie in one part. */
enum { BINS_PARTS = 64, BINS_BATCH = 8192, BLOCK_ENTRIES = 256 };

/* A level's count is packed: entry 24 bits, value 16 bits, count 24 bits. */
enum { LEVEL_ENTRY_BITS = 24, LEVEL_VALUE_BITS = 16, LEVEL_COUNT_BITS = 24 };
#define LEVEL_ENTRIES_MAX ((1u << LEVEL_ENTRY_BITS) - 2)
#define LEVEL_COUNT_MAX   ((1u << LEVEL_COUNT_BITS) - 1)

/* A sorted stretch of one part in the temporary file. */
struct bins_stretch {
    uint64_t offset, length;
};

struct bins_part {
    pthread_mutex_t lock;
    char **blocks; /* of BLOCK_ENTRIES: struct bins_entry, then perhaps struct bins_extra */
    size_t block_count, block_capacity;
    size_t count;
    uint32_t *slots; /* tag << 24 | entry + 1 */
    size_t slot_count;
    uint64_t *levels; /* packed; by hash until sorted, then by entry and value */
    size_t level_count, level_slots;
};

struct bins {
    struct bins_options options;
    size_t entry_size;
    struct bins_part parts[BINS_PARTS];
    pthread_mutex_t spill_lock;
    int spill_fd; /* -1: nothing was spilled */
    uint64_t spill_end;
    struct bins_stretch *stretches;
    size_t stretch_count, stretch_capacity;
};

static inline struct bins_entry *part_entry(const struct bins *bins,
                                            const struct bins_part *part, size_t i)
{
    return (struct bins_entry *)(part->blocks[i / BLOCK_ENTRIES] +
                                 i % BLOCK_ENTRIES * bins->entry_size);
}

static inline struct bins_extra *entry_extra(const struct bins_entry *entry)
{
    return (struct bins_extra *)(entry + 1);
}

static inline uint32_t level_entry(uint64_t packed)
{
    return (uint32_t)(packed >> (LEVEL_VALUE_BITS + LEVEL_COUNT_BITS));
}

static inline struct bins_level level_unpack(uint64_t packed)
{
    return (struct bins_level){(int32_t)(packed >> LEVEL_COUNT_BITS & 0xffff) - 32768,
                               (uint32_t)(packed & LEVEL_COUNT_MAX)};
}

/* Rows and columns in the order of squares, as one number. */
static inline uint64_t square_key(int32_t ix, int32_t iy)
{
    return (uint64_t)((uint32_t)iy ^ 0x80000000u) << 32 | ((uint32_t)ix ^ 0x80000000u);
}

/* Room for one more entry at the end. Blocks are never moved: they are most of the memory. */
void bins_part_room(const struct bins *bins, struct bins_part *part);

/* bins_sort.c: entries by iy, ix, group; levels by entry and value. */
void bins_part_sort(const struct bins *bins, struct bins_part *part);
/* Forget the part's contents and its memory. */
void bins_part_clear(struct bins_part *part);

/* bins_spill.c: write the sorted part as a stretch of the temporary file. */
enum status bins_spill(struct bins *bins, const struct bins_part *part, struct error *error);

#endif
