#include "cmd/out/base.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/outline.h"
#include "models/tables/folder.h"
#include "models/tables/table.h"

enum { MOST_POINTS = 120000, MOST_BANDS = 200 };

struct reading_lines {
    struct result *result;
    const char *kind;
    size_t capacity;
    struct result_line *lines; /* on the heap while they grow */
};

static void keep_line(void *context, const char *name, const struct point *points, size_t count)
{
    struct reading_lines *reading = context;
    struct result *result = reading->result;
    struct result_line line = {reading->kind, arena_text(result->arena, name, strlen(name)),
                               arena_alloc(result->arena, count * sizeof *points), count};
    memcpy(line.points, points, count * sizeof *points);
    reading->lines = base_grow(reading->lines, &reading->capacity, result->line_count + 1,
                               sizeof *reading->lines);
    reading->lines[result->line_count++] = line;
}

static void widen(struct outline_box *box, struct point p)
{
    if (!point_valid(p))
        return;
    box->west = fmin(box->west, p.lon);
    box->east = fmax(box->east, p.lon);
    box->south = fmin(box->south, p.lat);
    box->north = fmax(box->north, p.lat);
}

/* Where the cells are, else the cases, and a little more. */
static struct outline_box box_of(const struct result *result)
{
    struct outline_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < result->cell_count; i++)
        widen(&box, result->cells[i].at);
    for (size_t i = 0; i < result->case_count && !isfinite(box.west); i++)
        widen(&box, result->cases[i].at);
    const double margin_deg = 0.1;
    return (struct outline_box){box.west - margin_deg, box.south - margin_deg,
                                box.east + margin_deg, box.north + margin_deg};
}

/* The layer's file: as any table's, and GeoJSON, which tables are not kept in. */
static enum status find(const char *folder, const char *name, struct arena *arena,
                        const char **path, struct error *error)
{
    if (folder_find(folder, name, arena, path, error) != STATUS_OK || *path)
        return error->status;
    const char *geojson = arena_format(arena, "%s/%s.geojson", folder, name);
    if (access(geojson, R_OK) == 0)
        *path = geojson;
    return STATUS_OK;
}

static enum status read_lines(const char *folder, struct result *result, struct error *error)
{
    static const char *const layers[][2] = {
        {"water", "water"}, {"rails", "rail"}, {"roads", "road"}, {"borders", "border"}};
    struct reading_lines reading = {.result = result};
    struct outline_box box = box_of(result);
    for (size_t i = 0; i < ARRAY_COUNT(layers) && error->status == STATUS_OK; i++) {
        const char *path = NULL;
        reading.kind = layers[i][1];
        if (find(folder, layers[i][0], result->arena, &path, error) == STATUS_OK && path)
            outline_read(path, box, MOST_POINTS, keep_line, &reading, error);
    }
    result->lines = arena_alloc(result->arena, result->line_count * sizeof *result->lines + 1);
    if (reading.lines)
        memcpy(result->lines, reading.lines, result->line_count * sizeof *result->lines);
    free(reading.lines);
    return error->status;
}

/* ---- legends ------------------------------------------------------------------------- */

struct legend {
    const char *map, *colour, *label_zh, *label_en;
    double from;
    uint32_t line;
};

static bool finish_legend(void *record, struct arena *arena, struct refusal *why)
{
    struct legend *legend = record;
    unsigned rgb;
    int used = 0;
    const char *digits = legend->colour + (legend->colour[0] == '#');
    (void)arena;
    if (sscanf(digits, "%6x%n", &rgb, &used) == 1 && used == 6 && !digits[6])
        return true;
    why->column = "colour";
    snprintf(why->value, sizeof why->value, "%s", legend->colour);
    snprintf(why->reason, sizeof why->reason, "a colour is six hexadecimal digits: #D55E00");
    return false;
}

#define AT(member) offsetof(struct legend, member)
static const struct field legend_fields[] = {
    {"map", FIELD_TEXT, AT(map), "地图|图", .required = true},
    {"from", FIELD_NUMBER, AT(from), "下限|最小值|min"},
    {"colour", FIELD_TEXT, AT(colour), "颜色|color", .required = true},
    {"label_zh", FIELD_TEXT, AT(label_zh), "标签|名称|label"},
    {"label_en", FIELD_TEXT, AT(label_en), "英文标签"},
};
#undef AT

static const struct table_spec legend_spec = {.name = "legends",
                                              .fields = legend_fields,
                                              .field_count = ARRAY_COUNT(legend_fields),
                                              .record_size = sizeof(struct legend),
                                              .line_offset = offsetof(struct legend, line),
                                              .finish = finish_legend};

static enum status keep_band(void *context, const void *record)
{
    struct result *result = context;
    const struct legend *legend = record;
    if (result->band_count == MOST_BANDS)
        return STATUS_OK;
    result->bands[result->band_count++] = (struct result_band){
        .map = legend->map,
        .from = isfinite(legend->from) ? legend->from : -INFINITY,
        .colour = (uint32_t)strtoul(legend->colour + (legend->colour[0] == '#'), NULL, 16),
        .label_zh = legend->label_zh,
        .label_en = legend->label_en};
    return STATUS_OK;
}

static int compare_band(const void *a, const void *b)
{
    const struct result_band *x = a, *y = b;
    int order = strcmp(x->map, y->map);
    return order ? order : x->from < y->from ? -1 : x->from > y->from;
}

static enum status read_legends(const char *folder, struct result *result, struct error *error)
{
    const char *path = NULL;
    struct rejects rejects = {.arena = result->arena};
    const struct table_options options = {
        .arena = result->arena, .rejects = &rejects, .whole = true};
    if (folder_find(folder, "legends", result->arena, &path, error) != STATUS_OK || !path)
        return error->status;
    result->bands = arena_alloc(result->arena, MOST_BANDS * sizeof *result->bands);
    enum status status =
        table_read(path, &legend_spec, &options, keep_band, result, NULL, error);
    free(rejects.items);
    base_sort(result->bands, result->band_count, sizeof *result->bands, compare_band);
    return status;
}

enum status base_read(const char *folder, struct result *result, struct error *error)
{
    if (read_lines(folder, result, error) == STATUS_OK)
        read_legends(folder, result, error);
    return error->status;
}
