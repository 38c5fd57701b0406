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

/* A layer of points: as rows, where in the record its position is, how QGIS draws it. */
struct point_rows {
    struct rows rows;
    size_t at_offset;
    void (*style)(const struct result *result, struct buffer *qml); /* NULL: as it likes */
};

static enum status write_points(struct package *package, const struct result *result,
                                const struct point_rows *points, struct error *error)
{
    const struct rows *rows = &points->rows;
    struct buffer style = {0};
    if (points->style)
        points->style(result, &style);
    const struct package_layer layer = {.name = rows->layer,
                                        .crs = WGS84,
                                        .no_view = text_equal(rows->layer, "worklist"),
                                        .shape = PACKAGE_POINT,
                                        .columns = rows->columns->items,
                                        .column_count = rows->columns->count,
                                        .style = style.bytes};
    enum status status = package_begin(package, &layer, error);
    for (size_t i = 0; i < rows->count && status == STATUS_OK; i++) {
        const char *record = (const char *)rows->items + i * rows->size;
        const struct point *at =
            (const struct point *)(const void *)(record + points->at_offset);
        struct xy xy = {at->lon, at->lat};
        status = package_add(package, record, &xy, 1, error);
    }
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

/* A layer of squares in the run's plane. */
static enum status begin_squares(struct package *package, const struct result *result,
                                 const char *name, const struct columns *columns,
                                 struct error *error)
{
    struct buffer style = {0};
    (text_equal(name, "grid") ? style_grid : style_dark)(result, &style);
    const char *crs = text_empty(result->crs_name) ? WGS84 : result->crs_name;
    const struct package_layer layer = {.name = name,
                                        .crs = crs,
                                        .shape = PACKAGE_POLYGON,
                                        .columns = columns->items,
                                        .column_count = columns->count,
                                        .style = style.bytes};
    enum status status = package_begin(package, &layer, error);
    buffer_free(&style);
    return status;
}

static enum status add_square(struct package *package, const void *record, struct xy corner,
                              double side_m, struct error *error)
{
    double x = corner.x_m, y = corner.y_m, s = side_m;
    const struct xy square[] = {{x, y}, {x + s, y}, {x + s, y + s}, {x, y + s}};
    return package_add(package, record, square, ARRAY_COUNT(square), error);
}

static enum status write_grid(struct package *package, const struct result *result,
                              struct error *error)
{
    enum status status = begin_squares(package, result, "grid", &bin_columns, error);
    for (size_t i = 0; i < result->bin_count && status == STATUS_OK; i++) {
        const struct result_bin *bin = &result->bins[i];
        status =
            add_square(package, bin, (struct xy){bin->x_m, bin->y_m}, result->bin_m, error);
    }
    return status;
}

static enum status write_dark(struct package *package, const struct result *result,
                              struct error *error)
{
    enum status status = begin_squares(package, result, "darkened", &dark_columns, error);
    for (size_t i = 0; i < result->dark_count && status == STATUS_OK; i++) {
        const struct result_dark *d = &result->dark[i];
        status = add_square(package, d, (struct xy){d->x_m, d->y_m}, d->side_m, error);
    }
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

#define POINTS(layer, columns, items, count, style)                                            \
    {                                                                                          \
        {layer, &columns, result->items, result->count, sizeof *result->items},                \
            offsetof(__typeof__(*result->items), at), style                                    \
    }

static enum status write_layers(struct package *package, const struct result *result,
                                struct error *error)
{
    const struct point_rows cases =
                                POINTS("cases", case_columns, cases, case_count, style_cases),
                            orders = POINTS("worklist", order_columns, orders, order_count,
                                            style_orders),
                            plans =
                                POINTS("plan", plan_columns, plans, plan_count, style_plans),
                            faults = POINTS("interception", interception_columns, interceptions,
                                            interception_count, style_interceptions),
                            tests = POINTS("tests", test_columns, tests, test_count, NULL),
                            places = POINTS("places", place_columns, places, place_count, NULL);
    if (write_points(package, result, &cases, error) == STATUS_OK &&
        write_points(package, result, &orders, error) == STATUS_OK &&
        write_wedges(package, result, true, error) == STATUS_OK &&
        write_wedges(package, result, false, error) == STATUS_OK &&
        write_points(package, result, &plans, error) == STATUS_OK &&
        write_points(package, result, &faults, error) == STATUS_OK &&
        write_points(package, result, &tests, error) == STATUS_OK &&
        write_dark(package, result, error) == STATUS_OK &&
        write_grid(package, result, error) == STATUS_OK &&
        write_lines(package, result, error) == STATUS_OK &&
        write_points(package, result, &places, error) == STATUS_OK &&
        write_facts(package, result, error) == STATUS_OK)
        write_run(package, result, error);
    return error->status;
}
#undef POINTS

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
    if (error->status == STATUS_OK && write_layers(package, result, error) == STATUS_OK &&
        database)
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
