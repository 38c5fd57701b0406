#include "cmd/out/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/columns.h"
#include "cmd/out/factbook.h"
#include "cmd/out/store_runs.h"
#include "cmd/out/styles.h"
#include "geo/package.h"
#include "geo/postgis.h"

#define WGS84 "EPSG:4326"

enum { DAY_S = 86400 };

/* One layer being written: the store's shorthand for package_begin. */
static enum status begin(struct package *package, const char *name,
                         const struct columns *columns, enum package_shape shape,
                         struct error *error)
{
    const struct package_layer layer = {.name = name,
                                        .crs = WGS84,
                                        .shape = shape,
                                        .columns = columns->items,
                                        .column_count = columns->count};
    return package_begin(package, &layer, error);
}

/* A layer without a shape: its rows are an array. */
struct rows {
    const char *layer;
    const struct columns *columns;
    const void *items;
    size_t count, size;
};

static enum status write_rows(struct package *package, const struct rows *rows,
                              struct error *error)
{
    enum status status = begin(package, rows->layer, rows->columns, PACKAGE_NO_SHAPE, error);
    for (size_t i = 0; i < rows->count && status == STATUS_OK; i++)
        status =
            package_add(package, (const char *)rows->items + i * rows->size, NULL, 0, error);
    return status;
}

/* A layer of points: as rows, and where in the record its position is. */
static enum status write_points(struct package *package, const struct rows *rows,
                                size_t at_offset, struct buffer *style, struct error *error)
{
    const struct package_layer layer = {.name = rows->layer,
                                        .crs = WGS84,
                                        .no_view = text_equal(rows->layer, "worklist"),
                                        .shape = PACKAGE_POINT,
                                        .columns = rows->columns->items,
                                        .column_count = rows->columns->count,
                                        .style = style ? style->bytes : NULL};
    enum status status = package_begin(package, &layer, error);
    for (size_t i = 0; i < rows->count && status == STATUS_OK; i++) {
        const char *record = (const char *)rows->items + i * rows->size;
        const struct point *at = (const struct point *)(const void *)(record + at_offset);
        struct xy xy = {at->lon, at->lat};
        status = package_add(package, record, &xy, 1, error);
    }
    return status;
}

static enum status write_cases(struct package *package, const struct result *result,
                               struct error *error)
{
    struct buffer style = {0};
    style_cases(result, &style);
    const struct rows rows = {"cases", &case_columns, result->cases, result->case_count,
                              sizeof *result->cases};
    enum status status =
        write_points(package, &rows, offsetof(struct result_case, at), &style, error);
    buffer_free(&style);
    return status;
}

static enum status write_orders(struct package *package, const struct result *result,
                                struct error *error)
{
    struct buffer style = {0};
    style_orders(result, &style);
    const struct rows rows = {"worklist", &order_columns, result->orders, result->order_count,
                              sizeof *result->orders};
    enum status status =
        write_points(package, &rows, offsetof(struct result_order, at), &style, error);
    buffer_free(&style);
    return status;
}

static enum status write_plans(struct package *package, const struct result *result,
                               struct error *error)
{
    struct buffer style = {0};
    style_plans(result, &style);
    const struct rows rows = {"plan", &plan_columns, result->plans, result->plan_count,
                              sizeof *result->plans};
    enum status status =
        write_points(package, &rows, offsetof(struct result_plan, at), &style, error);
    buffer_free(&style);
    return status;
}

/* The wedges: drawn where the table has the antenna, and where the audit found it. */
static enum status write_wedges(struct package *package, const struct result *result,
                                bool audit, struct error *error)
{
    struct buffer style = {0};
    style_cells(result, audit, &style);
    const struct package_layer layer = {.name = audit ? "antennas" : "cells",
                                        .crs = WGS84,
                                        .shape = PACKAGE_POLYGON,
                                        .columns = cell_columns.items,
                                        .column_count = cell_columns.count,
                                        .style = style.bytes};
    enum status status = package_begin(package, &layer, error);
    for (size_t i = 0; i < result->cell_count && status == STATUS_OK; i++) {
        const struct result_cell *cell = &result->cells[i];
        if (audit && text_empty(cell->status))
            continue;
        struct point ring[WEDGE_POINTS];
        struct xy points[WEDGE_POINTS];
        size_t count = wedge_ring(cell, audit, ring);
        for (size_t p = 0; p < count; p++)
            points[p] = (struct xy){ring[p].lon, ring[p].lat};
        status = package_add(package, cell, points, count, error);
    }
    buffer_free(&style);
    return status;
}

static enum status write_grid(struct package *package, const struct result *result,
                              struct error *error)
{
    struct buffer style = {0};
    style_grid(result, &style);
    const struct package_layer layer = {.name = "grid",
                                        .crs = text_empty(result->crs_name) ? WGS84
                                                                            : result->crs_name,
                                        .shape = PACKAGE_POLYGON,
                                        .columns = bin_columns.items,
                                        .column_count = bin_columns.count,
                                        .style = style.bytes};
    enum status status = package_begin(package, &layer, error);
    double s = result->bin_m;
    for (size_t i = 0; i < result->bin_count && status == STATUS_OK; i++) {
        const struct result_bin *bin = &result->bins[i];
        const struct xy square[] = {{bin->x_m, bin->y_m},
                                    {bin->x_m + s, bin->y_m},
                                    {bin->x_m + s, bin->y_m + s},
                                    {bin->x_m, bin->y_m + s}};
        status = package_add(package, bin, square, ARRAY_COUNT(square), error);
    }
    buffer_free(&style);
    return status;
}

/* What lasts: the sites, and the squares they darken; what would decide doubtful cases. */
static enum status write_interceptions(struct package *package, const struct result *result,
                                       struct error *error)
{
    struct buffer style = {0}, dark_style = {0};
    style_interceptions(result, &style);
    style_dark(result, &dark_style);
    const struct rows rows = {"interception", &interception_columns, result->interceptions,
                              result->interception_count, sizeof *result->interceptions};
    const struct package_layer layer = {.name = "darkened",
                                        .crs = text_empty(result->crs_name) ? WGS84
                                                                            : result->crs_name,
                                        .shape = PACKAGE_POLYGON,
                                        .columns = dark_columns.items,
                                        .column_count = dark_columns.count,
                                        .style = dark_style.bytes};
    const struct rows tests = {"tests", &test_columns, result->tests, result->test_count,
                               sizeof *result->tests};
    enum status status =
        write_points(package, &rows, offsetof(struct result_interception, at), &style, error);
    if (status == STATUS_OK)
        status = write_points(package, &tests, offsetof(struct result_test, at), NULL, error);
    if (status == STATUS_OK)
        status = package_begin(package, &layer, error);
    for (size_t i = 0; i < result->dark_count && status == STATUS_OK; i++) {
        const struct result_dark *d = &result->dark[i];
        const struct xy square[] = {{d->x_m, d->y_m},
                                    {d->x_m + d->side_m, d->y_m},
                                    {d->x_m + d->side_m, d->y_m + d->side_m},
                                    {d->x_m, d->y_m + d->side_m}};
        status = package_add(package, d, square, ARRAY_COUNT(square), error);
    }
    buffer_free(&style);
    buffer_free(&dark_style);
    return status;
}

static enum status write_lines(struct package *package, const struct result *result,
                               struct error *error)
{
    enum status status = begin(package, "base", &line_columns, PACKAGE_LINE, error);
    for (size_t i = 0; i < result->line_count && status == STATUS_OK; i++) {
        const struct result_line *line = &result->lines[i];
        struct xy *points = base_alloc(line->count + 1, sizeof *points);
        for (size_t p = 0; p < line->count; p++)
            points[p] = (struct xy){line->points[p].lon, line->points[p].lat};
        const struct line_row row = {line->kind, line->name};
        status = package_add(package, &row, points, line->count, error);
        free(points);
    }
    return status;
}

static enum status write_facts(struct package *package, const struct result *result,
                               struct error *error)
{
    struct arena *arena = arena_new();
    enum status status = begin(package, "facts", &fact_columns, PACKAGE_NO_SHAPE, error);
    for (size_t i = 0; i < result->case_count && status == STATUS_OK; i++) {
        struct result_case one = result->cases[i];
        arena_reset(arena);
        status = factbook_recall(&one, arena, error);
        for (size_t f = 0; f < one.fact_count && status == STATUS_OK; f++) {
            const struct fact_row row = {(uint32_t)i, one.facts[f]};
            status = package_add(package, &row, NULL, 0, error);
        }
    }
    arena_free(arena);
    if (status == STATUS_OK)
        status = begin(package, "whatifs", &whatif_columns, PACKAGE_NO_SHAPE, error);
    for (size_t i = 0; i < result->case_count; i++)
        for (size_t w = 0; w < result->cases[i].whatif_count && status == STATUS_OK; w++) {
            const struct whatif_row row = {(uint32_t)i, result->cases[i].whatifs[w]};
            status = package_add(package, &row, NULL, 0, error);
        }
    return status;
}

static enum status write_run(struct package *package, const struct result *result,
                             struct error *error)
{
    struct rule_row rules[RULE_COUNT];
    for (int i = 0; i < RULE_COUNT; i++)
        rules[i] = (struct rule_row){rule_table[i].name,    result->rules.value[i],
                                     rule_table[i].unit,    result->rules.origin[i],
                                     rule_table[i].meaning, rule_table[i].source};
    const struct run_row run = {.run_json = result->run_json,
                                .crs_name = result->crs_name,
                                .language = result->language == LANGUAGE_ZH ? "zh" : "en",
                                .bin_m = result->bin_m,
                                .orders_bound = result->orders_bound,
                                .now_s = result->now_s,
                                .utc_offset_s = (uint32_t)(result->utc_offset_s + DAY_S)};
    const struct rows tables[] = {
        {"terms", &term_columns, result->cases, result->case_count, sizeof *result->cases},
        {"rejects", &reject_columns, result->rejects, result->reject_count,
         sizeof *result->rejects},
        {"subscribers", &count_columns, result->subscribers, result->subscriber_count,
         sizeof *result->subscribers},
        {"legends", &band_columns, result->bands, result->band_count, sizeof *result->bands},
        {"rules", &rule_columns, rules, RULE_COUNT, sizeof rules[0]},
        {"run", &run_columns, &run, 1, sizeof run},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < ARRAY_COUNT(tables) && status == STATUS_OK; i++)
        status = write_rows(package, &tables[i], error);
    return status;
}

enum status store_add_run(const struct result *result, const char *path, int64_t *run,
                          struct error *error)
{
    struct package *package = NULL;
    enum status status = package_create(path, result->now_s, &package, error);
    if (status != STATUS_OK)
        return status;
    *run = package_run(package);
    bool database = package_is_database(package);
    if (database)
        store_runs_begin(package, result, error);
    const struct rows places = {"places", &place_columns, result->places, result->place_count,
                                sizeof *result->places};
    if (error->status == STATUS_OK && write_cases(package, result, error) == STATUS_OK &&
        write_orders(package, result, error) == STATUS_OK &&
        write_wedges(package, result, true, error) == STATUS_OK &&
        write_wedges(package, result, false, error) == STATUS_OK &&
        write_plans(package, result, error) == STATUS_OK &&
        write_interceptions(package, result, error) == STATUS_OK &&
        write_grid(package, result, error) == STATUS_OK &&
        write_lines(package, result, error) == STATUS_OK &&
        write_points(package, &places, offsetof(struct place, at), NULL, error) == STATUS_OK &&
        write_facts(package, result, error) == STATUS_OK &&
        write_run(package, result, error) == STATUS_OK && database)
        store_runs_end(package, result, error);
    return package_close(package, error);
}

enum status store_write(const struct result *result, const char *path, struct error *error)
{
    int64_t run;
    return store_add_run(result, path, &run, error);
}

const char *store_path(const char *place, char *out, size_t size)
{
    snprintf(out, size, postgis_named(place) ? "%s" : "%s/triage.gpkg", place);
    return out;
}

/* ---- reading ------------------------------------------------------------------------ */

/* Where the rows of a layer go: an array in the result, grown on the heap, moved to the arena.
 */
struct reading {
    struct arena *arena;
    void *items;
    size_t count, capacity, size;
};

static enum status keep_row(void *context, const void *record, const struct xy *points,
                            size_t count)
{
    struct reading *reading = context;
    (void)points;
    (void)count;
    reading->items =
        base_grow(reading->items, &reading->capacity, reading->count + 1, reading->size);
    memcpy((char *)reading->items + reading->count++ * reading->size, record, reading->size);
    return STATUS_OK;
}

/* A whole layer as an array in the arena; `size` is that of its record. */
static enum status read_rows(struct package *package, const struct rows *rows,
                             struct arena *arena, void **items, size_t *count,
                             struct error *error)
{
    const struct package_layer layer = {.name = rows->layer,
                                        .columns = rows->columns->items,
                                        .column_count = rows->columns->count};
    struct reading reading = {.arena = arena, .size = rows->size};
    enum status status = package_read(package, &layer, arena, keep_row, &reading, error);
    *items = arena_alloc(arena, reading.count * rows->size + 1);
    if (reading.count)
        memcpy(*items, reading.items, reading.count * rows->size);
    *count = reading.count;
    free(reading.items);
    return status;
}

static enum status keep_line(void *context, const void *record, const struct xy *points,
                             size_t count)
{
    struct reading *reading = context;
    const struct line_row *row = record;
    struct result_line line = {row->kind, row->name,
                               arena_alloc(reading->arena, (count + 1) * sizeof(struct point)),
                               count};
    for (size_t i = 0; i < count; i++)
        line.points[i] = (struct point){points[i].x_m, points[i].y_m};
    return keep_row(context, &line, NULL, 0);
}

static enum status read_lines(struct package *package, struct result *result,
                              struct error *error)
{
    const struct package_layer layer = {.name = "base",
                                        .shape = PACKAGE_LINE,
                                        .columns = line_columns.items,
                                        .column_count = line_columns.count};
    struct reading reading = {.arena = result->arena, .size = sizeof *result->lines};
    enum status status =
        package_read(package, &layer, result->arena, keep_line, &reading, error);
    result->lines = arena_alloc(result->arena, reading.count * reading.size + 1);
    if (reading.count)
        memcpy(result->lines, reading.items, reading.count * reading.size);
    result->line_count = reading.count;
    free(reading.items);
    return status;
}

/* Facts come in the order of their cases: each case's are a run of the array. Cases are counted
 * from the first that was read. */
static enum status read_facts(struct package *package, uint32_t first, struct result *result,
                              struct error *error)
{
    void *items;
    size_t count;
    const struct rows facts = {"facts", &fact_columns, NULL, 0, sizeof(struct fact_row)};
    enum status status = read_rows(package, &facts, result->arena, &items, &count, error);
    if (status != STATUS_OK)
        return status;
    struct result_fact *fact = arena_alloc(result->arena, count * sizeof *fact + 1);
    for (size_t i = 0; i < count; i++) {
        const struct fact_row *row = (const struct fact_row *)items + i;
        fact[i] = row->fact;
        if (row->case_index - first >= result->case_count)
            return error_set(error, STATUS_FORMAT,
                             "the store's facts name cases that it lacks");
        struct result_case *of = &result->cases[row->case_index - first];
        if (!of->fact_count++)
            of->facts = &fact[i];
    }
    return STATUS_OK;
}

static enum status read_whatifs(struct package *package, uint32_t first, struct result *result,
                                struct error *error)
{
    void *items;
    size_t count;
    const struct rows whatifs = {"whatifs", &whatif_columns, NULL, 0,
                                 sizeof(struct whatif_row)};
    enum status status = read_rows(package, &whatifs, result->arena, &items, &count, error);
    if (status != STATUS_OK)
        return status;
    struct result_whatif *whatif = arena_alloc(result->arena, count * sizeof *whatif + 1);
    for (size_t i = 0; i < count; i++) {
        const struct whatif_row *row = (const struct whatif_row *)items + i;
        whatif[i] = row->whatif;
        if (row->case_index - first >= result->case_count)
            return error_set(error, STATUS_FORMAT,
                             "the store's what-ifs name cases that it lacks");
        struct result_case *of = &result->cases[row->case_index - first];
        if (!of->whatif_count++)
            of->whatifs = &whatif[i];
    }
    return STATUS_OK;
}

/* The terms of the cases, in their order. */
static enum status read_terms(struct package *package, struct result *result,
                              struct error *error)
{
    void *items;
    size_t count;
    const struct rows terms = {"terms", &term_columns, NULL, 0, sizeof *result->cases};
    if (!package_has(package, terms.layer))
        return STATUS_OK; /* written before there were any */
    enum status status = read_rows(package, &terms, result->arena, &items, &count, error);
    for (size_t i = 0; i < count && i < result->case_count && status == STATUS_OK; i++)
        result->cases[i].terms = ((const struct result_case *)items + i)->terms;
    return status;
}

/* "--set" and "rules.csv" as the static strings that rules keep. */
static const char *rule_origin(const char *text)
{
    return text_equal(text, "--set")       ? "--set"
           : text_equal(text, "rules.csv") ? "rules.csv"
                                           : "default";
}

static enum status read_run(struct package *package, struct result *result, struct error *error)
{
    void *items;
    size_t count;
    const struct rows runs = {"run", &run_columns, NULL, 0, sizeof(struct run_row)};
    enum status status = read_rows(package, &runs, result->arena, &items, &count, error);
    if (status != STATUS_OK || count != 1)
        return error_set(error, STATUS_FORMAT, "this is not a store of covtriage");
    const struct run_row *run = items;
    result->run_json = run->run_json;
    result->crs_name = run->crs_name;
    result->bin_m = run->bin_m;
    result->orders_bound = run->orders_bound;
    result->now_s = run->now_s;
    result->language = text_equal(run->language, "zh") ? LANGUAGE_ZH : LANGUAGE_EN;
    result->utc_offset_s = (int)run->utc_offset_s - DAY_S;
    const struct rows rules = {"rules", &rule_columns, NULL, 0, sizeof(struct rule_row)};
    status = read_rows(package, &rules, result->arena, &items, &count, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct rule_row *row = (const struct rule_row *)items + i;
        struct error unknown = {0}; /* a rule of another version is not this one's failure */
        rules_set(&result->rules, row->rule, row->value, rule_origin(row->origin), &unknown);
    }
    return status;
}

enum status store_read(const char *path, struct result *result, struct error *error)
{
    struct package *package = NULL;
    result_init(result);
    if (package_open(path, &package, error) != STATUS_OK)
        return error->status;
#define ARRAY(layer, columns, items, count)                                                    \
    {                                                                                          \
        {layer, columns, NULL, 0, sizeof *result->items}, (void **)&result->items,             \
            &result->count                                                                     \
    }
    const struct {
        struct rows rows;
        void **items;
        size_t *count;
    } arrays[] = {
        ARRAY("cases", &case_columns, cases, case_count),
        ARRAY("worklist", &order_columns, orders, order_count),
        ARRAY("cells", &cell_columns, cells, cell_count),
        ARRAY("interception", &interception_columns, interceptions, interception_count),
        ARRAY("tests", &test_columns, tests, test_count),
        ARRAY("darkened", &dark_columns, dark, dark_count),
        ARRAY("plan", &plan_columns, plans, plan_count),
        ARRAY("grid", &bin_columns, bins, bin_count),
        ARRAY("rejects", &reject_columns, rejects, reject_count),
        ARRAY("subscribers", &count_columns, subscribers, subscriber_count),
        ARRAY("places", &place_columns, places, place_count),
        ARRAY("legends", &band_columns, bands, band_count),
    };
#undef ARRAY
    enum status status = read_run(package, result, error);
    for (size_t i = 0; i < ARRAY_COUNT(arrays) && status == STATUS_OK; i++)
        status = read_rows(package, &arrays[i].rows, result->arena, arrays[i].items,
                           arrays[i].count, error);
    if (status == STATUS_OK && read_lines(package, result, error) == STATUS_OK &&
        read_facts(package, 0, result, error) == STATUS_OK &&
        read_terms(package, result, error) == STATUS_OK)
        read_whatifs(package, 0, result, error);
    return package_close(package, error);
}

/* ---- one case ----------------------------------------------------------------------- */

struct seeking {
    const char *ticket;
    uint32_t index;
    bool found;
};

static enum status seek_row(void *context, const void *record, const struct xy *points,
                            size_t count)
{
    struct seeking *seeking = context;
    (void)points;
    (void)count;
    if (!seeking->found)
        seeking->found = text_equal(*(const char *const *)record, seeking->ticket);
    seeking->index += !seeking->found;
    return STATUS_OK;
}

static enum status read_case(struct package *package, uint32_t index, struct result *result,
                             struct error *error)
{
    void *items;
    const struct rows cases = {"cases", &case_columns, NULL, 0, sizeof *result->cases};
    package_only(package, "n", index);
    enum status status =
        read_rows(package, &cases, result->arena, &items, &result->case_count, error);
    result->cases = items;
    if (status == STATUS_OK)
        status = read_terms(package, result, error);
    package_only(package, "case_index", index);
    if (status == STATUS_OK)
        status = read_facts(package, index, result, error);
    return status == STATUS_OK ? read_whatifs(package, index, result, error) : status;
}

enum status store_read_case(const char *path, const char *ticket, struct result *result,
                            struct error *error)
{
    static const struct package_column id_column = {"ticket_id", PACKAGE_TEXT, 0};
    static const struct package_layer ids = {
        .name = "cases", .columns = &id_column, .column_count = 1};
    struct seeking seeking = {.ticket = ticket};
    struct package *package = NULL;
    if (!postgis_named(path))
        return store_read(path, result, error);
    result_init(result);
    if (package_open(path, &package, error) != STATUS_OK)
        return error->status;
    if (read_run(package, result, error) == STATUS_OK &&
        package_read(package, &ids, result->arena, seek_row, &seeking, error) == STATUS_OK &&
        seeking.found)
        read_case(package, seeking.index, result, error);
    return package_close(package, error);
}
