/* Samples to bins: an open-addressing table of running sums, sorted once at the end. */
#include <math.h>
#include <stdlib.h>

#include "models/tables/world_load.h"

struct bin_sum {
    int32_t ix, iy;
    uint32_t cell;
    uint32_t kind;
    uint32_t samples, serving, with_sinr;
    float min_dbm;
    double sum_db, sum_squares, sum_sinr, sum_x, sum_y;
    int64_t last_s;
};

struct bin_sums {
    struct bin_sum *slots;
    size_t count, capacity;
};

struct bin_sums *bin_sums_new(void)
{
    struct bin_sums *sums = base_alloc(1, sizeof *sums);
    sums->capacity = 1 << 12;
    sums->slots = base_alloc(sums->capacity, sizeof *sums->slots);
    return sums;
}

void bin_sums_free(struct bin_sums *sums)
{
    if (!sums)
        return;
    free(sums->slots);
    free(sums);
}

static bool is_key(const struct bin_sum *slot, const struct bin *key)
{
    return slot->ix == key->ix && slot->iy == key->iy && slot->cell == key->cell &&
           slot->kind == (uint32_t)key->kind;
}

static struct bin_sum *find_slot(struct bin_sum *slots, size_t capacity, const struct bin *key)
{
    uint64_t place = (uint64_t)(uint32_t)key->ix << 32 | (uint32_t)key->iy;
    uint64_t hash = hash_mix(hash_mix(place) ^ ((uint64_t)key->cell << 1 | key->kind));
    size_t mask = capacity - 1, i = hash & mask;
    while (slots[i].samples && !is_key(&slots[i], key))
        i = (i + 1) & mask;
    return &slots[i];
}

static struct bin key_of(const struct bin_sum *sum)
{
    return (struct bin){.ix = sum->ix, .iy = sum->iy, .cell = sum->cell, .kind = sum->kind};
}

static void double_slots(struct bin_sums *sums)
{
    size_t capacity = sums->capacity * 2;
    struct bin_sum *slots = base_alloc(capacity, sizeof *slots);
    for (size_t i = 0; i < sums->capacity; i++)
        if (sums->slots[i].samples) {
            struct bin key = key_of(&sums->slots[i]);
            *find_slot(slots, capacity, &key) = sums->slots[i];
        }
    free(sums->slots);
    sums->slots = slots;
    sums->capacity = capacity;
}

void bin_sums_add(struct bin_sums *sums, struct bin key, const struct sample *sample)
{
    struct bin_sum *sum = find_slot(sums->slots, sums->capacity, &key);
    double level_db = sample->level_dbm;
    if (!sum->samples) {
        *sum = (struct bin_sum){.ix = key.ix,
                                .iy = key.iy,
                                .cell = key.cell,
                                .kind = key.kind,
                                .min_dbm = INFINITY,
                                .last_s = INT64_MIN};
        sums->count++;
    }
    sum->samples++;
    sum->serving += sample->serving == ANSWER_YES;
    sum->sum_db += level_db;
    sum->sum_x += key.off_x_m;
    sum->sum_y += key.off_y_m;
    sum->sum_squares += level_db * level_db;
    sum->min_dbm = fminf(sum->min_dbm, (float)level_db);
    if (isfinite(sample->sinr_db)) {
        sum->with_sinr++;
        sum->sum_sinr += sample->sinr_db;
    }
    sum->last_s = BASE_MAX(sum->last_s, sample->time_s);
    if (sums->count * 4 > sums->capacity * 3)
        double_slots(sums);
}

static int by_place(const void *a, const void *b)
{
    const struct bin *p = a, *q = b;
    if (p->iy != q->iy)
        return p->iy < q->iy ? -1 : 1;
    if (p->ix != q->ix)
        return p->ix < q->ix ? -1 : 1;
    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    return (int)p->kind - (int)q->kind;
}

static struct bin bin_of(const struct bin_sum *sum)
{
    struct bin bin = key_of(sum);
    double n = sum->samples, mean = sum->sum_db / n;
    bin.samples = sum->samples;
    bin.serving = sum->serving;
    bin.mean_dbm = (float)mean;
    bin.off_x_m = (float)(sum->sum_x / n);
    bin.off_y_m = (float)(sum->sum_y / n);
    bin.deviation_db =
        n > 1 ? (float)sqrt(fmax(0, (sum->sum_squares - n * mean * mean) / (n - 1))) : NAN;
    bin.min_dbm = sum->min_dbm;
    bin.mean_sinr_db = sum->with_sinr ? (float)(sum->sum_sinr / sum->with_sinr) : NAN;
    bin.last_s = sum->last_s == INT64_MIN ? TIME_ABSENT : sum->last_s;
    return bin;
}

/* One offset for each iy from the first to the last; none when the rows lie so far apart (an
 * outlier) that there were more of them than bins. */
static struct bin_rows find_rows(const struct bin *bins, size_t count)
{
    struct bin_rows rows = {0};
    int64_t span = count ? (int64_t)bins[count - 1].iy - bins[0].iy + 1 : 0;
    if (!count || span > (int64_t)count + 1000 || count > UINT32_MAX)
        return rows;
    rows.south = bins[0].iy;
    rows.count = (uint32_t)span;
    rows.first = base_alloc((size_t)span + 1, sizeof *rows.first);
    size_t at = 0;
    for (uint32_t row = 0; row < rows.count; row++) {
        while (bins[at].iy < rows.south + (int32_t)row)
            at++;
        rows.first[row] = (uint32_t)at;
    }
    rows.first[rows.count] = (uint32_t)count;
    return rows;
}

size_t bin_lower(const struct bin *bins, size_t count, const struct bin_rows *rows, int32_t ix,
                 int32_t iy)
{
    size_t low = 0, high = count;
    if (rows->count) {
        int64_t row = (int64_t)iy - rows->south;
        if (row < 0 || row >= rows->count)
            return row < 0 ? 0 : count;
        low = rows->first[row];
        high = rows->first[row + 1];
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct bin *bin = &bins[middle];
        if (bin->iy < iy || (bin->iy == iy && bin->ix < ix))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct bin *bin_sums_finish(struct bin_sums *sums, size_t *count, struct bin_rows *rows)
{
    struct bin *bins = base_alloc(sums->count, sizeof *bins);
    *count = 0;
    for (size_t i = 0; i < sums->capacity; i++)
        if (sums->slots[i].samples)
            bins[(*count)++] = bin_of(&sums->slots[i]);
    bin_sums_free(sums);
    base_sort(bins, *count, sizeof *bins, by_place);
    *rows = find_rows(bins, *count);
    return bins;
}
