/* Fuzzing of the fast reading of samples, against the slow one: whatever the bytes, scan_file
 * by threads and small pieces gives the rows, refusals and records that table_read gives; and
 * of the parts that `grid --merge` joins. The first byte chooses threads, pieces and path, or a
 * part. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/grid.h"
#include "models/tables/scan.h"
#include "tests/fuzz/fuzz.h"

/* What was read: the sum of hashes does not depend on the order. */
struct sums {
    struct textmap ids; /* its keys are the arena's */
    struct arena *arena;
    uint32_t count;
    uint64_t samples[4], hashes[4];
};

static uint64_t mixed(const struct scan_sample *s)
{
    uint64_t parts[] = {0, 0, 0, 0, (uint64_t)s->time_s, s->group, s->serving, s->source};
    double numbers[] = {s->at.lon, s->at.lat, s->level_dbm, isnan(s->sinr_db) ? 0 : s->sinr_db};
    uint64_t hash = isnan(s->sinr_db);
    memcpy(parts, numbers, sizeof numbers);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        hash = hash_mix(hash ^ parts[i]);
    return hash;
}

static uint32_t group_of(void *context, const char *cell_id)
{
    struct sums *sums = context;
    uint32_t known = textmap_get(&sums->ids, cell_id);
    if (known != TEXTMAP_NONE)
        return known;
    size_t length = strlen(cell_id);
    return textmap_put(&sums->ids, arena_text(sums->arena, cell_id, length),
                       (uint32_t)hash_bytes(cell_id, length) & 0x7fffffff);
}

static enum status take(void *context, int worker, const struct scan_sample *samples,
                        size_t count, struct error *error)
{
    struct sums *sums = context;
    (void)error;
    for (size_t i = 0; i < count; i++)
        sums->hashes[worker] += mixed(&samples[i]);
    sums->samples[worker] += count;
    return STATUS_OK;
}

static enum status take_slow(void *context, const void *record)
{
    const struct sample *s = record;
    struct scan_sample one = {.at = s->at,
                              .level_dbm = s->level_dbm,
                              .sinr_db = s->sinr_db,
                              .time_s = s->time_s,
                              .group = group_of(context, s->cell_id),
                              .serving = (uint8_t)s->serving,
                              .source = (uint8_t)s->source};
    return take(context, 0, &one, 1, NULL);
}

static uint64_t sum_of(const uint64_t values[4])
{
    return values[0] + values[1] + values[2] + values[3];
}

static void check_rejects(const struct rejects *fast, const struct rejects *slow)
{
    fuzz_check(fast->total == slow->total && fast->count == slow->count);
    for (size_t i = 0; i < fast->count; i++) {
        const struct reject *a = &fast->items[i], *b = &slow->items[i];
        fuzz_check(a->line == b->line && a->kept == b->kept && text_equal(a->value, b->value));
        fuzz_check(text_equal(a->column, b->column) && text_equal(a->reason, b->reason));
    }
}

static void rejects_end(struct rejects *rejects)
{
    arena_free(rejects->arena);
    free(rejects->items);
}

static void try_samples(uint8_t how, const char *path)
{
    struct sums fast = {.arena = arena_new()}, slow = {.arena = arena_new()};
    struct rejects fast_rejects = {0}, slow_rejects = {0};
    struct table_report fast_report, slow_report;
    struct error fast_error = {0}, slow_error = {0};
    const struct scan_options options = {.threads = 1 + how % 3,
                                         .piece_bytes = how & 4 ? 64u << (how >> 4) : 0,
                                         .portable = how & 8,
                                         .rejects = &fast_rejects,
                                         .context = &fast,
                                         .group = group_of,
                                         .take = take};
    const struct table_options plain = {.rejects = &slow_rejects};
    enum status one = scan_file(path, &options, &fast_report, &fast_error);
    enum status two =
        table_read(path, &sample_spec, &plain, take_slow, &slow, &slow_report, &slow_error);
    fuzz_check(one == two);
    if (one == STATUS_OK) {
        fuzz_check(fast_report.rows == slow_report.rows);
        fuzz_check(fast_report.refused == slow_report.refused);
        fuzz_check(fast_report.dropped == slow_report.dropped);
        fuzz_check(sum_of(fast.samples) == sum_of(slow.samples));
        fuzz_check(sum_of(fast.hashes) == sum_of(slow.hashes));
        check_rejects(&fast_rejects, &slow_rejects);
    }
    textmap_free(&fast.ids);
    textmap_free(&slow.ids);
    arena_free(fast.arena);
    arena_free(slow.arena);
    rejects_end(&fast_rejects);
    rejects_end(&slow_rejects);
}

/* ---- parts --------------------------------------------------------------------------- */

/* Zeros to a multiple of 8, the number of groups and the right hash: what lies before them is
 * what is tried. */
static void sign_part(const uint8_t *bytes, size_t length, struct buffer *out)
{
    uint64_t count = length / 64, hash = 0;
    buffer_append(out, (const char *)bytes, length);
    buffer_append(out, "\0\0\0\0\0\0\0", 7 - (length + 7) % 8);
    buffer_append(out, (const char *)&count, sizeof count);
    for (size_t i = 0; i < out->length; i += 8) {
        uint64_t word;
        memcpy(&word, out->bytes + i, sizeof word);
        hash = hash_mix(hash ^ word) + 0x9e3779b97f4a7c15u;
    }
    buffer_append(out, (const char *)&hash, sizeof hash);
}

static void try_part(uint8_t how, const uint8_t *bytes, size_t length)
{
    struct buffer whole = {0};
    if (how & 1)
        sign_part(bytes, length, &whole);
    else
        buffer_append(&whole, (const char *)bytes, length);
    char path[64];
    int file = fuzz_file((const uint8_t *)whole.bytes, whole.length, path);
    struct options options = {.operands = {path, path}, .operand_count = how & 2 ? 2 : 1};
    struct grid grid = {.arena = arena_new()};
    struct error error = {0};
    FILE *nowhere = fopen("/dev/null", "wb");
    if (grid_parts_open(&options, &grid, &error) == STATUS_OK) {
        grid_rank(&grid);
        grid_csv_write(&grid, 1 + (how >> 3 & 1), nowhere, &error);
    }
    fuzz_check(error.status == STATUS_OK || error.text[0]);
    fclose(nowhere);
    grid_free(&grid);
    close(file);
    buffer_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 2)
        return 0;
    if (bytes[0] & 0x80) {
        try_part(bytes[0], bytes + 1, length - 1);
        return 0;
    }
    char path[64];
    int file = fuzz_file(bytes + 1, length - 1, path);
    try_samples(bytes[0], path);
    close(file);
    return 0;
}
