#include "geo/bins.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "geo/bins_inner.h"

enum { FIRST_SLOTS = 256 };

int32_t bins_udb(double level_db)
{
    double udb = nearbyint(level_db * BINS_UDB_PER_DB);
    return (int32_t)fmin(fmax(udb, INT32_MIN + 1.0), INT32_MAX);
}

struct bins *bins_new(const struct bins_options *options)
{
    struct bins *bins = base_alloc(1, sizeof *bins);
    bins->options = *options;
    bins->entry_size =
        sizeof(struct bins_entry) + (options->extra ? sizeof(struct bins_extra) : 0);
    for (int i = 0; i < BINS_PARTS; i++)
        pthread_mutex_init(&bins->parts[i].lock, NULL);
    pthread_mutex_init(&bins->spill_lock, NULL);
    bins->spill_fd = -1;
    return bins;
}

void bins_part_clear(struct bins_part *part)
{
    for (size_t i = 0; i < part->block_count; i++)
        free(part->blocks[i]);
    free(part->blocks);
    free(part->slots);
    free(part->levels);
    part->blocks = NULL;
    part->slots = NULL;
    part->levels = NULL;
    part->block_count = part->block_capacity = part->count = 0;
    part->slot_count = part->level_count = part->level_slots = 0;
}

void bins_free(struct bins *bins)
{
    if (!bins)
        return;
    for (int i = 0; i < BINS_PARTS; i++) {
        bins_part_clear(&bins->parts[i]);
        pthread_mutex_destroy(&bins->parts[i].lock);
    }
    pthread_mutex_destroy(&bins->spill_lock);
    if (bins->spill_fd >= 0)
        close(bins->spill_fd);
    free(bins->stretches);
    free(bins);
}

static size_t part_bytes(const struct bins *bins, const struct bins_part *part)
{
    return part->block_count * BLOCK_ENTRIES * bins->entry_size +
           part->slot_count * sizeof *part->slots + part->level_slots * sizeof *part->levels;
}

size_t bins_bytes(const struct bins *bins)
{
    size_t bytes = 0;
    for (int i = 0; i < BINS_PARTS; i++)
        bytes += part_bytes(bins, &bins->parts[i]);
    return bytes;
}

size_t bins_count(const struct bins *bins)
{
    size_t count = 0;
    for (int i = 0; i < BINS_PARTS; i++)
        count += bins->parts[i].count;
    return count;
}

size_t bins_runs(const struct bins *bins)
{
    return bins->stretch_count;
}

/* ---- the table ---------------------------------------------------------------------- */

static inline uint64_t square_hash(int32_t ix, int32_t iy)
{
    return hash_mix(square_key(ix, iy));
}

static inline uint64_t group_hash(uint64_t square, uint32_t group)
{
    uint64_t hash = (square ^ group) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static inline uint32_t slot_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 56) << 24;
}

static inline size_t slot_first(const struct bins_part *part, uint64_t hash)
{
    return hash & (part->slot_count - 1);
}

static void slots_double(const struct bins *bins, struct bins_part *part)
{
    free(part->slots);
    part->slot_count = BASE_MAX(part->slot_count * 2, FIRST_SLOTS);
    part->slots = base_alloc(part->slot_count, sizeof *part->slots);
    for (size_t i = 0; i < part->count; i++) {
        const struct bins_entry *entry = part_entry(bins, part, i);
        uint64_t hash = group_hash(square_hash(entry->ix, entry->iy), entry->group);
        size_t at = slot_first(part, hash);
        while (part->slots[at])
            at = (at + 1) & (part->slot_count - 1);
        part->slots[at] = slot_tag(hash) | (uint32_t)(i + 1);
    }
}

void bins_part_room(const struct bins *bins, struct bins_part *part)
{
    if (part->count < part->block_count * BLOCK_ENTRIES)
        return;
    part->blocks = base_grow(part->blocks, &part->block_capacity, part->block_count + 1,
                             sizeof *part->blocks);
    part->blocks[part->block_count++] = base_alloc(BLOCK_ENTRIES, bins->entry_size);
}

static uint32_t entry_new(const struct bins *bins, struct bins_part *part,
                          const struct bins_sample *sample)
{
    bins_part_room(bins, part);
    struct bins_entry *entry = part_entry(bins, part, part->count);
    entry->ix = sample->ix;
    entry->iy = sample->iy;
    entry->group = sample->group;
    entry->min_udb = INT32_MAX;
    if (bins->options.extra)
        entry_extra(entry)->last_s = TIME_ABSENT;
    return (uint32_t)part->count++;
}

static uint32_t entry_find(const struct bins *bins, struct bins_part *part,
                           const struct bins_sample *sample, uint64_t hash)
{
    uint32_t tag = slot_tag(hash);
    if ((part->count + 1) * 3 > part->slot_count * 2)
        slots_double(bins, part);
    for (size_t at = slot_first(part, hash);; at = (at + 1) & (part->slot_count - 1)) {
        uint32_t slot = part->slots[at];
        if (!slot) {
            uint32_t i = entry_new(bins, part, sample);
            part->slots[at] = tag | (i + 1);
            return i;
        }
        if ((slot & 0xff000000u) != tag)
            continue;
        uint32_t i = (slot & 0xffffffu) - 1;
        const struct bins_entry *entry = part_entry(bins, part, i);
        if (entry->ix == sample->ix && entry->iy == sample->iy && entry->group == sample->group)
            return i;
    }
}

static void extra_add(struct bins_extra *extra, const struct bins_sample *sample)
{
    extra->square_udb2 += (__int128)sample->level_udb * sample->level_udb;
    extra->serving += sample->serving;
    extra->last_s = BASE_MAX(extra->last_s, sample->time_s);
    if (sample->sinr_udb != BINS_ABSENT) {
        extra->sinr_sum_udb += sample->sinr_udb;
        extra->sinr_count++;
    }
}

/* false: the count is full. */
static bool entry_add(const struct bins *bins, struct bins_entry *entry,
                      const struct bins_sample *sample)
{
    if (entry->count == UINT32_MAX)
        return false;
    entry->count++;
    entry->sum_udb += sample->level_udb;
    entry->min_udb = BASE_MIN(entry->min_udb, sample->level_udb);
    entry->weak += sample->weak;
    if (bins->options.extra)
        extra_add(entry_extra(entry), sample);
    return true;
}

/* ---- the levels --------------------------------------------------------------------- */

static uint64_t level_key(uint32_t entry, int32_t level_udb)
{
    double steps = nearbyint((double)level_udb / BINS_UDB_PER_STEP);
    uint32_t value = (uint32_t)(fmin(fmax(steps, -32768), 32767) + 32768);
    return (uint64_t)entry << LEVEL_VALUE_BITS | value;
}

static inline size_t level_first(const struct bins_part *part, uint64_t key)
{
    uint64_t hash = key * 0x9e3779b97f4a7c15u;
    return (hash >> 24) & (part->level_slots - 1);
}

static void levels_double(struct bins_part *part)
{
    uint64_t *old = part->levels;
    size_t old_slots = part->level_slots;
    part->level_slots = BASE_MAX(old_slots * 2, FIRST_SLOTS);
    part->levels = base_alloc(part->level_slots, sizeof *part->levels);
    for (size_t i = 0; i < old_slots; i++) {
        if (!old[i])
            continue;
        size_t at = level_first(part, old[i] >> LEVEL_COUNT_BITS);
        while (part->levels[at])
            at = (at + 1) & (part->level_slots - 1);
        part->levels[at] = old[i];
    }
    free(old);
}

/* A full count is left as it is and the same level begins anew; sorting joins them. */
static void level_add(struct bins_part *part, uint64_t key)
{
    if ((part->level_count + 1) * 4 > part->level_slots * 3)
        levels_double(part);
    size_t at = level_first(part, key);
    while (part->levels[at] && (part->levels[at] >> LEVEL_COUNT_BITS != key ||
                                (part->levels[at] & LEVEL_COUNT_MAX) == LEVEL_COUNT_MAX))
        at = (at + 1) & (part->level_slots - 1);
    if (!part->levels[at]) {
        part->levels[at] = key << LEVEL_COUNT_BITS;
        part->level_count++;
    }
    part->levels[at]++;
}

/* ---- adding ------------------------------------------------------------------------- */

/* What one call of bins_add has worked out, by part. */
struct bins_batch {
    const struct bins_sample *samples;
    uint64_t hashes[BINS_BATCH];
    uint16_t order[BINS_BATCH];
    uint32_t entries[BINS_BATCH];
    uint32_t first[BINS_PARTS + 1];
};

static void batch_split(struct bins_batch *batch, size_t count)
{
    uint8_t parts[BINS_BATCH];
    uint32_t next[BINS_PARTS] = {0};
    for (size_t i = 0; i < count; i++) {
        const struct bins_sample *sample = &batch->samples[i];
        uint64_t hash = square_hash(sample->ix, sample->iy);
        parts[i] = (uint8_t)(hash >> 58);
        next[parts[i]]++;
        batch->hashes[i] = group_hash(hash, sample->group);
    }
    batch->first[0] = 0;
    for (int p = 0; p < BINS_PARTS; p++) {
        batch->first[p + 1] = batch->first[p] + next[p];
        next[p] = batch->first[p];
    }
    for (size_t i = 0; i < count; i++)
        batch->order[next[parts[i]]++] = (uint16_t)i;
}

/* The slot that is the entry's but for one in 256; 0: there is none. */
static inline uint32_t slot_likely(const struct bins_part *part, uint64_t hash)
{
    size_t at = slot_first(part, hash);
    uint32_t tag = slot_tag(hash);
    while (part->slots[at] && (part->slots[at] & 0xff000000u) != tag)
        at = (at + 1) & (part->slot_count - 1);
    return part->slots[at];
}

/* Where each sample's entry will be looked for, brought near: a table is larger than any cache,
 * and the misses of a whole batch overlap. */
static void batch_prefetch(const struct bins *bins, const struct bins_part *part,
                           const struct bins_batch *batch, uint32_t first, uint32_t end)
{
    if (!part->slot_count)
        return;
    for (uint32_t at = first; at < end; at++)
        __builtin_prefetch(&part->slots[slot_first(part, batch->hashes[batch->order[at]])]);
    for (uint32_t at = first; at < end; at++) {
        uint32_t slot = slot_likely(part, batch->hashes[batch->order[at]]);
        if (slot)
            __builtin_prefetch(part_entry(bins, part, (slot & 0xffffffu) - 1), 1);
    }
}

static bool batch_part(const struct bins *bins, struct bins_part *part,
                       struct bins_batch *batch, uint32_t first, uint32_t end)
{
    bool ok = true;
    batch_prefetch(bins, part, batch, first, end);
    for (uint32_t at = first; at < end; at++) {
        uint16_t i = batch->order[at];
        uint32_t entry = entry_find(bins, part, &batch->samples[i], batch->hashes[i]);
        ok &= entry_add(bins, part_entry(bins, part, entry), &batch->samples[i]);
        batch->entries[at] = entry;
    }
    for (uint32_t at = first; bins->options.levels && at < end; at++)
        level_add(part,
                  level_key(batch->entries[at], batch->samples[batch->order[at]].level_udb));
    return ok;
}

static enum status part_limit(struct bins *bins, struct bins_part *part, struct error *error)
{
    size_t limit = bins->options.memory_bytes / BINS_PARTS;
    bool full = part->count >= LEVEL_ENTRIES_MAX - BINS_BATCH;
    if (!full && (!limit || part_bytes(bins, part) <= limit))
        return STATUS_OK;
    bins_part_sort(bins, part);
    enum status status = bins_spill(bins, part, error);
    bins_part_clear(part);
    return status;
}

static enum status batch_add(struct bins *bins, struct bins_batch *batch, struct error *error)
{
    for (int p = 0; p < BINS_PARTS; p++) {
        if (batch->first[p] == batch->first[p + 1])
            continue;
        struct bins_part *part = &bins->parts[p];
        pthread_mutex_lock(&part->lock);
        bool ok = batch_part(bins, part, batch, batch->first[p], batch->first[p + 1]);
        enum status status = part_limit(bins, part, error);
        pthread_mutex_unlock(&part->lock);
        if (status != STATUS_OK)
            return status;
        if (!ok)
            return error_set(error, STATUS_RANGE,
                             "one bin holds more than 4294967295 samples; use smaller bins");
    }
    return STATUS_OK;
}

enum status bins_add(struct bins *bins, const struct bins_sample *samples, size_t count,
                     struct error *error)
{
    struct bins_batch batch;
    for (size_t i = 0; i < count; i += BINS_BATCH) {
        size_t n = BASE_MIN(count - i, (size_t)BINS_BATCH);
        batch.samples = samples + i;
        batch_split(&batch, n);
        enum status status = batch_add(bins, &batch, error);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- what the numbers say ----------------------------------------------------------- */

double bins_mean_db(const struct bins_entry *entry)
{
    return (double)entry->sum_udb / entry->count / BINS_UDB_PER_DB;
}

double bins_deviation_db(const struct bins_group *group)
{
    __int128 n = group->entry.count, sum = group->entry.sum_udb;
    double variance_udb2 = (double)(n * group->extra.square_udb2 - sum * sum) / (double)(n * n);
    return sqrt(variance_udb2) / BINS_UDB_PER_DB;
}

/* The level at a place of the ordered samples, 0 .. count - 1, in steps. */
static int32_t level_at(const struct bins_group *group, uint64_t place)
{
    for (size_t i = 0; i + 1 < group->level_count; i++) {
        if (place < group->levels[i].count)
            return group->levels[i].value;
        place -= group->levels[i].count;
    }
    return group->levels[group->level_count - 1].value;
}

double bins_quantile_db(const struct bins_group *group, double p)
{
    if (!group->level_count)
        return NAN;
    double place = p * (group->entry.count - 1.0), whole = floor(place);
    double low = level_at(group, (uint64_t)whole);
    double high = level_at(group, (uint64_t)whole + 1);
    return (low + (place - whole) * (high - low)) * BINS_UDB_PER_STEP / BINS_UDB_PER_DB;
}
