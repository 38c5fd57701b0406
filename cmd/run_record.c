#include "cmd/run_record.h"

#include <errno.h>
#include <glib.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/file.h"
#include "models/radio/antenna.h"
#include "models/verdict/clock.h"

/* ---- timings ----------------------------------------------------------------------------- */

static double clock_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void timings_mark(struct timings *timings, const char *stage)
{
    if (timings->count < ARRAY_COUNT(timings->items))
        timings->items[timings->count++] = (struct timing){stage, clock_of(CLOCK_MONOTONIC),
                                                           clock_of(CLOCK_PROCESS_CPUTIME_ID)};
}

/* ---- pieces ------------------------------------------------------------------------------ */

static void add_text(struct json_object *to, const char *key, const char *text)
{
    json_object_object_add(to, key, json_object_new_string(text ? text : ""));
}

static void add_count(struct json_object *to, const char *key, uint64_t count)
{
    json_object_object_add(to, key, json_object_new_int64((int64_t)count));
}

/* Numbers as people wrote them: 0.1, not 0.10000000000000001. */
static void add_number(struct json_object *to, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.10g", value);
    json_object_object_add(to, key,
                           isfinite(value) ? json_object_new_double_s(value, text) : NULL);
}

static void add_time(struct json_object *to, const char *key, int64_t t_s)
{
    if (t_s == TIME_ABSENT)
        return;
    char text[32];
    time_t t = (time_t)t_s;
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    add_text(to, key, text);
}

static enum status sha256_of(const char *path, char hex[65], struct error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set(error, STATUS_IO, "cannot read %s: %s", path, strerror(errno));
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    static const size_t BLOCK = 1 << 16;
    unsigned char *block = base_alloc(BLOCK, 1);
    size_t got;
    while ((got = fread(block, 1, BLOCK, file)) > 0)
        g_checksum_update(sum, block, (gssize)got);
    bool failed = ferror(file);
    snprintf(hex, 65, "%s", g_checksum_get_string(sum));
    g_checksum_free(sum);
    free(block);
    fclose(file);
    return failed ? error_set(error, STATUS_IO, "cannot read %s to its end", path) : STATUS_OK;
}

static struct json_object *columns_of(const struct table_report *report)
{
    struct json_object *columns = json_object_new_object();
    for (size_t i = 0; i < report->column_count; i++)
        json_object_object_add(
            columns, report->columns[i].header,
            report->columns[i].field ? json_object_new_string(report->columns[i].field) : NULL);
    return columns;
}

static enum status add_input(struct json_object *list, const struct source_file *source,
                             struct error *error)
{
    char hex[65];
    const struct table_report *report = &source->report;
    enum status status = sha256_of(source->path, hex, error);
    if (status == STATUS_OK) /* the sum is of what was read */
        status = file_unchanged(source->path, report->mark, error);
    if (status != STATUS_OK)
        return status;
    struct json_object *input = json_object_new_object();
    const char *slash = strrchr(source->path, '/');
    add_text(input, "table", source->table);
    add_text(input, "file", slash ? slash + 1 : source->path);
    add_text(input, "sha256", hex);
    add_text(input, "format", report->format);
    add_text(input, "encoding", report->encoding);
    add_count(input, "rows", report->rows);
    add_count(input, "refused", report->refused);
    if (source->joined + source->unjoined) {
        add_count(input, "joined", source->joined);
        add_count(input, "unjoined", source->unjoined);
    }
    add_time(input, "first", report->first_s);
    add_time(input, "last", report->last_s);
    json_object_object_add(input, "columns", columns_of(report));
    json_object_array_add(list, input);
    return STATUS_OK;
}

/* A file that is no table. */
static enum status add_file(struct json_object *list, const char *what, const char *path,
                            struct error *error)
{
    char hex[65];
    enum status status = sha256_of(path, hex, error);
    if (status != STATUS_OK)
        return status;
    struct json_object *input = json_object_new_object();
    const char *slash = strrchr(path, '/');
    add_text(input, "table", what);
    add_text(input, "file", slash ? slash + 1 : path);
    add_text(input, "sha256", hex);
    json_object_array_add(list, input);
    return STATUS_OK;
}

static bool has_pattern_before(const struct world *world, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (world->cells[k].measured == world->cells[i].measured)
            return true;
    return false;
}

/* Rasters and antenna patterns that were used, each once. */
static enum status add_files(struct json_object *list, const struct world *world,
                             struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < world->raster_count && status == STATUS_OK; i++)
        status = add_file(list, world->rasters[i].table, world->rasters[i].path, error);
    for (size_t i = 0; i < world->cell_count && status == STATUS_OK; i++)
        if (world->cells[i].measured && world->cells[i].measured->path &&
            !has_pattern_before(world, i))
            status = add_file(list, "pattern", world->cells[i].measured->path, error);
    return status;
}

static struct json_object *rules_of(const struct rules *rules)
{
    struct json_object *list = json_object_new_object();
    for (int i = 0; i < RULE_COUNT; i++) {
        struct json_object *rule = json_object_new_object();
        add_number(rule, "value", rules->value[i]);
        add_text(rule, "unit", rule_table[i].unit);
        add_text(rule, "origin", rules->origin[i]);
        json_object_object_add(list, rule_table[i].name, rule);
    }
    return list;
}

static struct json_object *clocks_of(const struct result *result)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < result->slip_count; i++) {
        const struct clock_slip *slip = &result->slips[i];
        struct json_object *item = json_object_new_object();
        add_text(item, "table", slip->table);
        add_text(item, "against", slip->against);
        add_number(item, "ahead_min", slip->ahead_min);
        add_count(item, "events", slip->events);
        json_object_object_add(item, "slipped", json_object_new_boolean(slip->slipped));
        json_object_array_add(list, item);
    }
    return list;
}

static struct json_object *counts_of(const struct world *world, const struct result *result)
{
    struct json_object *counts = json_object_new_object();
    uint64_t verdicts[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < result->case_count; i++)
        verdicts[verdict_of(result->cases[i].verdict)]++;
    add_count(counts, "cases", result->case_count);
    for (int v = 1; v < VERDICT_COUNT; v++)
        add_count(counts, verdict_word((enum verdict_kind)v), verdicts[v]);
    add_count(counts, "cells", world->cell_count);
    add_count(counts, "sites", world->site_count);
    add_count(counts, "samples", world->sample_count);
    add_count(counts, "bins", world->bin_count);
    add_count(counts, "alarms", world->alarm_count);
    add_count(counts, "counters", world->counter_count);
    add_count(counts, "rejects", world->rejects.total);
    return counts;
}

enum status run_record(const struct world *world, const struct result *result,
                       struct arena *arena, const char **out, struct error *error)
{
    struct json_object *record = json_object_new_object();
    struct json_object *inputs = json_object_new_array();
    add_text(record, "program", "covtriage");
    add_text(record, "version", COVTRIAGE_VERSION);
    add_text(record, "crs", world->crs_name);
    add_text(record, "coordinates", world->datum_note);
    add_time(record, "now", world->now_s);
    add_number(record, "utc_offset_h", world->utc_offset_s / 3600.0);
    json_object_object_add(record, "inputs", inputs);
    json_object_object_add(record, "rules", rules_of(&world->rules));
    json_object_object_add(record, "counts", counts_of(world, result));
    json_object_object_add(record, "clocks", clocks_of(result));
    enum status status = STATUS_OK;
    for (size_t i = 0; i < world->source_count && status == STATUS_OK; i++)
        status = add_input(inputs, &world->sources[i], error);
    if (status == STATUS_OK)
        status = add_files(inputs, world, error);
    const char *text = json_object_to_json_string_ext(
        record, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    *out = arena_text(arena, text, strlen(text));
    json_object_put(record);
    return status;
}

enum status run_record_write(const char *record, const struct timings *timings,
                             const char *path, struct error *error)
{
    struct json_object *whole = json_tokener_parse(record);
    struct json_object *list = json_object_new_object();
    for (size_t i = 1; i < timings->count; i++) {
        struct json_object *stage = json_object_new_object();
        const struct timing *from = &timings->items[i - 1], *to = &timings->items[i];
        char wall[32], cpu[32];
        snprintf(wall, sizeof wall, "%.3f", to->wall_s - from->wall_s);
        snprintf(cpu, sizeof cpu, "%.3f", to->cpu_s - from->cpu_s);
        json_object_object_add(stage, "wall_s",
                               json_object_new_double_s(to->wall_s - from->wall_s, wall));
        json_object_object_add(stage, "cpu_s",
                               json_object_new_double_s(to->cpu_s - from->cpu_s, cpu));
        json_object_object_add(list, to->stage, stage);
    }
    json_object_object_add(whole, "timings", list);
    int failed = json_object_to_file_ext(
        path, whole, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    json_object_put(whole);
    return failed ? error_set(error, STATUS_IO, "cannot write %s", path) : STATUS_OK;
}
