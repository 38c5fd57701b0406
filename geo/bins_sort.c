/* Order of bins: radix sort of each part, parts spread over threads. */
#include <stdlib.h>

#include "geo/bins_inner.h"

enum { DIGITS = 256 };

/* An entry's place in the order, and where it lies now. */
struct sort_item {
    uint32_t key[3]; /* group, ix, iy: from the least significant */
    uint32_t index;
};

/* One pass by one byte; false when all items have the same byte and nothing moved. */
static bool radix_pass(const struct sort_item *from, struct sort_item *to, size_t count,
                       int byte)
{
    size_t first[DIGITS] = {0};
    int word = byte / 4, shift = byte % 4 * 8;
    for (size_t i = 0; i < count; i++)
        first[from[i].key[word] >> shift & 255]++;
    if (first[from[0].key[word] >> shift & 255] == count)
        return false;
    size_t sum = 0;
    for (int d = 0; d < DIGITS; d++) {
        size_t n = first[d];
        first[d] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++)
        to[first[from[i].key[word] >> shift & 255]++] = from[i];
    return true;
}

static struct sort_item *items_sorted(const struct bins *bins, const struct bins_part *part)
{
    struct sort_item *items = base_alloc(part->count, sizeof *items);
    struct sort_item *other = base_alloc(part->count, sizeof *other);
    for (size_t i = 0; i < part->count; i++) {
        const struct bins_entry *entry = part_entry(bins, part, i);
        uint64_t square = square_key(entry->ix, entry->iy);
        items[i] = (struct sort_item){
            {entry->group, (uint32_t)square, (uint32_t)(square >> 32)}, (uint32_t)i};
    }
    for (int byte = 0; byte < 12; byte++)
        if (radix_pass(items, other, part->count, byte)) {
            struct sort_item *swap = items;
            items = other;
            other = swap;
        }
    free(other);
    return items;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Renumber the levels' entries by `place` and order them by entry and value. */
static void levels_sort(struct bins_part *part, const uint32_t *place)
{
    size_t n = 0;
    const uint64_t low = (1ull << (LEVEL_VALUE_BITS + LEVEL_COUNT_BITS)) - 1;
    for (size_t i = 0; i < part->level_slots; i++)
        if (part->levels[i])
            part->levels[n++] =
                (part->levels[i] & low) | (uint64_t)place[level_entry(part->levels[i])]
                                              << (LEVEL_VALUE_BITS + LEVEL_COUNT_BITS);
    base_sort(part->levels, n, sizeof *part->levels, compare_u64);
    part->level_count = n;
}

void bins_part_sort(const struct bins *bins, struct bins_part *part)
{
    if (!part->count)
        return;
    free(part->slots);
    part->slots = NULL;
    part->slot_count = 0;
    struct sort_item *items = items_sorted(bins, part);
    struct bins_part sorted = {0};
    uint32_t *place = base_alloc(part->count, sizeof *place);
    for (size_t i = 0; i < part->count; i++) {
        bins_part_room(bins, &sorted);
        memcpy(part_entry(bins, &sorted, i), part_entry(bins, part, items[i].index),
               bins->entry_size);
        place[items[i].index] = (uint32_t)i;
        sorted.count++;
    }
    free(items);
    if (bins->options.levels)
        levels_sort(part, place);
    free(place);
    for (size_t i = 0; i < part->block_count; i++)
        free(part->blocks[i]);
    free(part->blocks);
    part->blocks = sorted.blocks;
    part->block_count = sorted.block_count;
    part->block_capacity = sorted.block_capacity;
}

struct sort_job {
    struct bins *bins;
    int next;
};

static void *sort_worker(void *argument)
{
    struct sort_job *job = argument;
    for (int p; (p = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED)) < BINS_PARTS;)
        bins_part_sort(job->bins, &job->bins->parts[p]);
    return NULL;
}

void bins_sort(struct bins *bins, int threads)
{
    struct sort_job job = {bins, 0};
    pthread_t ids[BINS_PARTS];
    int started = 0;
    while (started < BASE_MIN(threads, BINS_PARTS) - 1 &&
           pthread_create(&ids[started], NULL, sort_worker, &job) == 0)
        started++;
    sort_worker(&job);
    while (started)
        pthread_join(ids[--started], NULL);
}

/* ---- cutting ------------------------------------------------------------------------ */

static int compare_i32(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The rows of every n-th entry, in order. */
static int32_t *rows_sampled(const struct bins *bins, size_t *count)
{
    size_t total = 0, n = 0;
    for (int p = 0; p < BINS_PARTS; p++)
        total += bins->parts[p].count;
    size_t step = total / 65536 + 1;
    int32_t *rows = base_alloc(total / step + BINS_PARTS, sizeof *rows);
    for (int p = 0; p < BINS_PARTS; p++)
        for (size_t i = 0; i < bins->parts[p].count; i += step)
            rows[n++] = part_entry(bins, &bins->parts[p], i)->iy;
    base_sort(rows, n, sizeof *rows, compare_i32);
    *count = n;
    return rows;
}

void bins_cut(const struct bins *bins, size_t count, struct bins_rows *out)
{
    size_t n;
    int32_t *rows = rows_sampled(bins, &n);
    int64_t first = INT32_MIN;
    for (size_t i = 0; i < count; i++) {
        int64_t last = n ? rows[BASE_MIN((i + 1) * n / count, n - 1)] : INT32_MAX;
        if (i + 1 == count)
            last = INT32_MAX;
        out[i] = (struct bins_rows){(int32_t)first, (int32_t)last};
        first = BASE_MAX(first, last + 1);
    }
    free(rows);
}
