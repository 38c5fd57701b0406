/* The scanner against table_read() on any bytes: the same samples, refusals and report. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/tables/scan.h"

struct seen {
    uint64_t count, hash;
    struct arena *arena;
    const char *ids[4096];
    uint32_t id_count;
};

static uint32_t group(void *context, const char *cell_id)
{
    struct seen *seen = context;
    uint32_t i = 0;
    while (i < seen->id_count && strcmp(seen->ids[i], cell_id) != 0)
        i++;
    if (i == seen->id_count && i < ARRAY_COUNT(seen->ids))
        seen->ids[seen->id_count++] = arena_text(seen->arena, cell_id, strlen(cell_id));
    return i;
}

static void see(struct seen *seen, const char *id, struct point at, const double *numbers,
                int64_t time_s, int kinds)
{
    double values[4] = {at.lon, at.lat, numbers[0], isnan(numbers[1]) ? 1e9 : numbers[1]};
    int64_t whole[2] = {time_s, kinds};
    uint64_t hash = hash_bytes(id, strlen(id)) ^ hash_bytes(values, sizeof values);
    seen->hash += hash_mix(hash + hash_bytes(whole, sizeof whole));
    seen->count++;
}

static enum status take(void *context, int worker, const struct scan_sample *samples,
                        size_t count, struct error *error)
{
    struct seen *seen = context;
    (void)worker, (void)error;
    for (size_t i = 0; i < count; i++)
        see(seen, seen->ids[samples[i].group], samples[i].at,
            (double[]){samples[i].level_dbm, samples[i].sinr_db}, samples[i].time_s,
            samples[i].serving * 16 + samples[i].source);
    return STATUS_OK;
}

static enum status row(void *context, const void *record)
{
    const struct sample *s = record;
    see(context, s->cell_id, s->at, (double[]){s->level_dbm, s->sinr_db}, s->time_s,
        (int)s->serving * 16 + (int)s->source);
    return STATUS_OK;
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void must_equal_rejects(const struct rejects *a, const struct rejects *b)
{
    must(a->total == b->total && a->count == b->count);
    for (size_t i = 0; i < a->count; i++)
        must(a->items[i].line == b->items[i].line &&
             strcmp(a->items[i].column, b->items[i].column) == 0 &&
             strcmp(a->items[i].value, b->items[i].value) == 0 &&
             strcmp(a->items[i].reason, b->items[i].reason) == 0);
}

static void compare(const char *path, uint32_t piece_bytes, bool portable)
{
    struct seen *plain = base_alloc(1, sizeof *plain), *fast = base_alloc(1, sizeof *fast);
    struct rejects rejects[2] = {0};
    struct table_report report[2] = {0};
    struct error error[2] = {0};
    plain->arena = arena_new();
    fast->arena = arena_new();
    struct table_options table = {.rejects = &rejects[0]};
    enum status status =
        table_read(path, &sample_spec, &table, row, plain, &report[0], &error[0]);
    struct scan_options scan = {.threads = 1,
                                .piece_bytes = piece_bytes,
                                .portable = portable,
                                .rejects = &rejects[1],
                                .context = fast,
                                .group = group,
                                .take = take};
    must(scan_file(path, &scan, &report[1], &error[1]) == status);
    must(strcmp(error[0].text, error[1].text) == 0);
    if (status == STATUS_OK) {
        must(plain->count == fast->count && plain->hash == fast->hash);
        must(report[0].rows == report[1].rows && report[0].refused == report[1].refused);
        must(report[0].dropped == report[1].dropped);
        must(report[0].replaced == report[1].replaced);
        must(report[0].short_rows == report[1].short_rows);
        must_equal_rejects(&rejects[0], &rejects[1]);
    }
    for (int i = 0; i < 2; i++) {
        arena_free(rejects[i].arena);
        free(rejects[i].items);
    }
    arena_free(plain->arena), arena_free(fast->arena);
    free(plain), free(fast);
}

/* A good header first, in most runs, so that rows are reached. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char header[] = "time,lon,lat,cell_id,serving,rsrp_dbm,sinr_db,source\n";
    char path[64];
    int fd = memfd_create("scan", 0);
    if (fd < 0 || size < 1)
        return -1;
    bool with = data[0] % 8 != 0;
    bool ok = !with || write(fd, header, sizeof header - 1) == (ssize_t)(sizeof header - 1);
    ok = ok && write(fd, data + 1, size - 1) == (ssize_t)(size - 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ok)
        compare(path, 16 + data[0] / 8 * 40u, data[0] & 1);
    close(fd);
    return 0;
}
