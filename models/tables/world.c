/* Loading a case folder: each table read once, in the order in which they need each other. */
#include "models/tables/world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/index.h"
#include "geo/terrain.h"
#include "models/tables/alarm_names.h"
#include "models/tables/cells.h"
#include "models/tables/folder.h"
#include "models/tables/identity.h"
#include "models/tables/neighbours.h"
#include "models/tables/gazette.h"
#include "models/tables/patterns.h"
#include "models/tables/rule.h"
#include "models/tables/time.h"
#include "models/tables/world_load.h"

enum { WORLD_TABLES = 16 };

/* ---- one table ----------------------------------------------------------------------- */

static enum status read_file(struct loader *loader, const char *path,
                             const struct table_spec *spec, table_row row)
{
    struct world *world = loader->world;
    struct source_file *source = &world->sources[world->source_count];
    *source = (struct source_file){.table = spec->name, .path = path};
    loader->source = source;
    loader->capacity = 0;
    struct table_options options = {.utc_offset_s = loader->options->utc_offset_s,
                                    .arena = world->arena,
                                    .rejects = &world->rejects,
                                    .stop = loader->options->stop,
                                    .datum = loader->datum};
    enum status status =
        table_read(path, spec, &options, row, loader, &source->report, loader->error);
    world->source_count++;
    return status;
}

static enum status load_table(struct loader *loader, const struct table_spec *spec,
                              table_row row, bool required)
{
    const char *path = NULL, *folder = loader->world->folder;
    enum status status =
        folder_find(folder, spec->name, loader->world->arena, &path, loader->error);
    if (status != STATUS_OK)
        return status;
    if (!path && required)
        return error_set(loader->error, STATUS_MISSING,
                         "%s has no table of %s; put %s.csv there (or .xlsx, .gpkg ...)",
                         folder, spec->name, spec->name);
    return path ? read_file(loader, path, spec, row) : STATUS_OK;
}

static uint32_t source_index(const struct loader *loader)
{
    return (uint32_t)(loader->source - loader->world->sources);
}

static void show_progress(const struct loader *loader, uint64_t rows)
{
    if (loader->options->progress && rows % 8192 == 0)
        loader->options->progress(loader->options->progress_context, loader->source->table,
                                  rows);
}

/* Copy *record to the end of the array `items` of `count`; the value is the copy's address. */
#define APPEND(loader, items, count, record)                                                   \
    (show_progress(loader, count),                                                             \
     (items) = base_grow((items), &(loader)->capacity, (count) + 1, sizeof *(items)),          \
     (items)[(count)] = *(record), &(items)[(count)++])

/* ---- rows ---------------------------------------------------------------------------- */

static void refuse(struct loader *loader, uint32_t line, const char *column, const char *value,
                   const char *reason)
{
    rejects_add(&loader->world->rejects, (struct reject){.file = loader->source->path,
                                                         .line = line,
                                                         .column = column,
                                                         .value = value,
                                                         .reason = reason});
    loader->source->report.refused++;
}

static enum status add_cell(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    const struct cell *cell = record;
    uint32_t index = (uint32_t)world->cell_count;
    uint32_t at = textmap_put(&world->cell_by_id, cell->cell_id, index);
    if (at != index) {
        refuse(loader, cell->line, "cell_id", cell->cell_id,
               arena_format(world->arena,
                            "the cell is already on line %u; the first one counts",
                            world->cells[at].line));
        return STATUS_OK;
    }
    struct cell *kept = APPEND(loader, world->cells, world->cell_count, cell);
    kept->source = source_index(loader);
    return STATUS_OK;
}

static enum status add_complaint(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    const struct complaint *complaint = record;
    uint32_t first = textmap_put(&loader->seen_tickets, complaint->ticket_id, complaint->line);
    if (first != complaint->line) {
        refuse(loader, complaint->line, "ticket_id", complaint->ticket_id,
               arena_format(world->arena,
                            "the ticket is already on line %u; the first one counts", first));
        return STATUS_OK;
    }
    struct complaint *kept =
        APPEND(loader, world->complaints, world->complaint_count, complaint);
    kept->source = source_index(loader);
    return STATUS_OK;
}

/* A site's own id goes before a cell's other spellings: "300000" is first of all a site. */
static void join_alarm(struct loader *loader, struct alarm *alarm)
{
    const struct world *world = loader->world;
    alarm->cell = textmap_get(&world->cell_by_id, alarm->object_id);
    alarm->site = alarm->cell == TEXTMAP_NONE
                      ? textmap_get(&world->site_by_id, alarm->object_id)
                      : world->cells[alarm->cell].site;
    if (alarm->site != TEXTMAP_NONE)
        return;
    uint32_t at = identity_find_site(world->identity, alarm->object_id);
    if (at == INDEX_NONE)
        at = alarm->cell = world_find_cell(loader, alarm->object_id);
    alarm->site = at == INDEX_NONE ? INDEX_NONE : world->cells[at].site;
}

static enum status add_alarm(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    struct alarm *alarm =
        APPEND(loader, world->alarms, world->alarm_count, (const struct alarm *)record);
    alarm->source = source_index(loader);
    alarm->effect = alarm_names_effect(loader->names, alarm);
    join_alarm(loader, alarm);
    if (alarm->site != INDEX_NONE)
        loader->source->joined++;
    else
        loader->source->unjoined++;
    return STATUS_OK;
}

static enum status add_counter(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    uint32_t cell = world_find_cell(loader, ((const struct counter *)record)->cell_id);
    if (cell == INDEX_NONE) {
        loader->source->unjoined++; /* counters of other cells are of no use, and are many */
        return STATUS_OK;
    }
    struct counter *counter =
        APPEND(loader, world->counters, world->counter_count, (const struct counter *)record);
    counter->source = source_index(loader);
    counter->cell = cell;
    loader->source->joined++;
    return STATUS_OK;
}

static enum status add_plan(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    struct plan *plan =
        APPEND(loader, world->plans, world->plan_count, (const struct plan *)record);
    plan->source = source_index(loader);
    plan->xy = crs_forward(loader->plane, plan->at);
    return STATUS_OK;
}

static enum status add_place(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    struct place *place =
        APPEND(loader, world->places, world->place_count, (const struct place *)record);
    place->source = source_index(loader);
    return STATUS_OK;
}

static enum status add_subscribers(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    struct subscribers *line = APPEND(loader, world->subscribers, world->subscribers_count,
                                      (const struct subscribers *)record);
    line->source = source_index(loader);
    return STATUS_OK;
}

static enum status add_terminal(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    struct terminal *line = APPEND(loader, world->terminals, world->terminal_count,
                                   (const struct terminal *)record);
    line->source = source_index(loader);
    return STATUS_OK;
}

static struct bin bin_key(struct xy at, double side_m, uint32_t cell, enum source source)
{
    double column = floor(at.x_m / side_m), row = floor(at.y_m / side_m);
    return (struct bin){.ix = (int32_t)column,
                        .iy = (int32_t)row,
                        .off_x_m = (float)(at.x_m - (column + 0.5) * side_m),
                        .off_y_m = (float)(at.y_m - (row + 0.5) * side_m),
                        .cell = cell,
                        .kind = source == SOURCE_DT ? BIN_DRIVE : BIN_REPORTED};
}

static void flush_served(struct loader *loader)
{
    if (loader->pending.any)
        bin_sums_add(loader->served, loader->pending.key, &loader->pending.sample);
    loader->pending.any = false;
}

/* Rows of one instant and place are one report: where nobody says who served, the strongest
 * did. */
static void add_served(struct loader *loader, const struct sample *sample, struct bin key)
{
    struct served_sample *pending = &loader->pending;
    if (sample->serving == ANSWER_NO)
        return;
    if (sample->serving == ANSWER_YES) {
        bin_sums_add(loader->served, key, sample);
        return;
    }
    bool together = pending->any && pending->time_s == sample->time_s &&
                    pending->at.lon == sample->at.lon && pending->at.lat == sample->at.lat &&
                    pending->key.cell == key.cell;
    if (!together)
        flush_served(loader);
    else if (sample->level_dbm <= pending->sample.level_dbm)
        return;
    *pending = (struct served_sample){true, sample->time_s, sample->at, key, *sample};
}

/* A neighbour that the phone knew by carrier and PCI alone, "pci437@2850". */
static uint32_t find_neighbour(const struct loader *loader, const struct sample *sample)
{
    const struct rules *rules = &loader->world->rules;
    double pci, arfcn;
    if (!text_starts(sample->cell_id, "pci") ||
        !neighbours_parse(sample->cell_id, &pci, &arfcn))
        return INDEX_NONE;
    return neighbours_find(loader->neighbours, pci, arfcn, sample->at,
                           RULE_VALUE(rules, neighbour_reach_m),
                           RULE_VALUE(rules, neighbour_clear_ratio));
}

static enum status add_sample(void *context, const void *record)
{
    struct loader *loader = context;
    struct world *world = loader->world;
    const struct sample *sample = record;
    show_progress(loader, ++world->sample_count);
    uint32_t cell = world_find_cell(loader, sample->cell_id);
    if (cell == INDEX_NONE)
        cell = find_neighbour(loader, sample);
    struct xy at = crs_forward(loader->plane, sample->at);
    if (cell == INDEX_NONE || !isfinite(at.x_m)) {
        loader->source->unjoined++;
        return STATUS_OK;
    }
    const struct rules *rules = &world->rules;
    bin_sums_add(loader->sums, bin_key(at, RULE_VALUE(rules, bin_m), cell, sample->source),
                 sample);
    add_served(
        loader, sample,
        bin_key(at, RULE_VALUE(rules, served_bin_m), world->cells[cell].rat, sample->source));
    loader->source->joined++;
    return STATUS_OK;
}

/* ---- rules --------------------------------------------------------------------------- */

/* --set wins over rules.csv, because it is said for this run. */
static enum status add_rule(void *context, const void *record)
{
    struct loader *loader = context;
    const struct rule_row *row = record;
    struct rules trial = loader->world->rules;
    struct error error = {0};
    if (rules_set(&trial, row->rule, row->value, "rules.csv", &error) != STATUS_OK)
        refuse(loader, row->line, "rule", row->rule,
               arena_text(loader->world->arena, error.text, strlen(error.text)));
    else
        for (int i = 0; i < RULE_COUNT; i++)
            if (!text_equal(loader->world->rules.origin[i], "--set")) {
                loader->world->rules.value[i] = trial.value[i];
                loader->world->rules.origin[i] = trial.origin[i];
            }
    return STATUS_OK;
}

/* ---- the whole ----------------------------------------------------------------------- */

static enum status load_samples(struct loader *loader)
{
    struct world *world = loader->world;
    loader->sums = bin_sums_new();
    loader->served = bin_sums_new();
    loader->neighbours = neighbours_new(world->cells, world->cell_count);
    enum status status = load_table(loader, &sample_spec, add_sample, false);
    flush_served(loader);
    if (status == STATUS_OK) {
        world->bins = bin_sums_finish(loader->sums, &world->bin_count, &world->bin_rows);
        world->served =
            bin_sums_finish(loader->served, &world->served_count, &world->served_rows);
    } else {
        bin_sums_free(loader->sums);
        bin_sums_free(loader->served);
    }
    neighbours_free(loader->neighbours);
    return status;
}

/* An azimuth that was only filled in is told among the rejects, once for the table. */
static void blank_azimuths(struct loader *loader)
{
    struct world *world = loader->world;
    size_t blank = cells_blank_azimuths(world->cells, world->cell_count);
    if (!blank)
        return;
    const char *reason = arena_format(world->arena,
                                      "of %zu cells: taken as not given, as it stands where no "
                                      "other azimuth does",
                                      blank);
    rejects_add(&world->rejects, (struct reject){.file = loader->source->path,
                                                 .column = "azimuth_deg",
                                                 .value = "0",
                                                 .reason = reason,
                                                 .kept = true});
}

static enum status load_cells(struct loader *loader)
{
    enum status status = load_table(loader, &cell_spec, add_cell, true);
    if (status != STATUS_OK)
        return status;
    if (!loader->world->cell_count)
        return error_set(loader->error, STATUS_FORMAT,
                         "%s holds no usable cell; see `covtriage check %s`",
                         loader->source->path, loader->world->folder);
    blank_azimuths(loader);
    loader->source->report.dropped +=
        patterns_read(loader->source->path, loader->world->cells, loader->world->cell_count,
                      loader->world->arena, &loader->world->rejects);
    return world_index_cells(loader);
}

/* The user's own alarm names come before those that are built in. */
static enum status load_alarm_names(struct loader *loader)
{
    const struct world *world = loader->world;
    const char *path = NULL;
    loader->names = alarm_names_new();
    enum status status =
        folder_find(world->folder, "alarm_names", world->arena, &path, loader->error);
    if (status != STATUS_OK || !path)
        return status;
    struct source_file *source = &loader->world->sources[loader->world->source_count++];
    *source = (struct source_file){.table = "alarm_names", .path = path};
    struct table_options options = {.rejects = &loader->world->rejects,
                                    .stop = loader->options->stop};
    return alarm_names_extend(loader->names, path, &options, &source->report, loader->error);
}

static enum status load_rest(struct loader *loader)
{
    const struct {
        const struct table_spec *spec;
        table_row row;
    } rest[] = {
        {&alarm_spec, add_alarm},       {&counter_spec, add_counter},
        {&plan_spec, add_plan},         {&place_spec, add_place},
        {&terminal_spec, add_terminal}, {&subscribers_spec, add_subscribers},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rest); i++) {
        if (loader->options->bare && rest[i].spec != &place_spec)
            continue;
        enum status status = load_table(loader, rest[i].spec, rest[i].row, false);
        if (status != STATUS_OK)
            return status;
    }
    return loader->options->bare ? STATUS_OK : load_samples(loader);
}

/* Beyond this from the outermost cell no path is judged, so no height is wanted. */
static const double TERRAIN_MARGIN_M = 20e3;

static struct terrain_extent cells_extent(const struct world *world)
{
    struct terrain_extent extent = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    for (size_t i = 0; i < world->cell_count; i++) {
        struct xy at = world->cells[i].xy;
        if (!isfinite(at.x_m) || !isfinite(at.y_m))
            continue;
        extent.low.x_m = fmin(extent.low.x_m, at.x_m - TERRAIN_MARGIN_M);
        extent.low.y_m = fmin(extent.low.y_m, at.y_m - TERRAIN_MARGIN_M);
        extent.high.x_m = fmax(extent.high.x_m, at.x_m + TERRAIN_MARGIN_M);
        extent.high.y_m = fmax(extent.high.y_m, at.y_m + TERRAIN_MARGIN_M);
    }
    return extent;
}

/* A raster that lies elsewhere is none: told among the rejects, and by the tickets' flags. */
static enum status pass_over(struct loader *loader, const struct raster_files *files)
{
    struct error *error = loader->error;
    rejects_add(
        &loader->world->rejects,
        (struct reject){.file = arena_format(loader->world->arena, "%s", files->paths[0]),
                        .column = "",
                        .value = "",
                        .reason = "does not cover the cells, and is not used; is its "
                                  "coordinate system right?",
                        .kept = true});
    *error = (struct error){0};
    return STATUS_OK;
}

static void note_rasters(struct world *world, const char *name,
                         const struct raster_files *files)
{
    world->rasters = base_grow(world->rasters, &world->raster_capacity,
                               world->raster_count + files->count, sizeof *world->rasters);
    for (size_t i = 0; i < files->count; i++)
        world->rasters[world->raster_count++] = (struct raster_source){
            name, arena_text(world->arena, files->paths[i], strlen(files->paths[i]))};
}

static enum status load_raster(struct loader *loader, const char *name, struct terrain **out)
{
    struct world *world = loader->world;
    struct raster_files files;
    enum status status =
        folder_find_rasters(world->folder, name, world->arena, &files, loader->error);
    if (status == STATUS_OK && files.count)
        status = terrain_open(files.paths, files.count, world->crs_name, cells_extent(world),
                              out, loader->error);
    if (status == STATUS_OK && files.count)
        note_rasters(world, name, &files);
    if (status == STATUS_MISSING)
        status = pass_over(loader, &files);
    free(files.paths);
    return status;
}

static enum status load_terrain(struct loader *loader)
{
    enum status status = load_raster(loader, "dem", &loader->world->terrain);
    return status == STATUS_OK ? load_raster(loader, "clutter", &loader->world->clutter)
                               : status;
}

static int64_t latest_time(const struct world *world)
{
    int64_t latest = TIME_ABSENT;
    for (size_t i = 0; i < world->complaint_count; i++)
        latest = BASE_MAX(latest, world->complaints[i].reported_s);
    for (size_t i = 0; i < world->alarm_count; i++)
        latest = BASE_MAX(latest, world->alarms[i].raised_s);
    for (size_t i = 0; i < world->counter_count; i++)
        latest = BASE_MAX(latest, world->counters[i].start_s);
    return latest;
}

/* Results are told in the time of day of the tickets, where they say which that is. */
static enum status load_complaints(struct loader *loader)
{
    enum status status = load_table(loader, &complaint_spec, add_complaint, true);
    if (status == STATUS_OK && loader->source->report.utc_offset_s != TIME_OFFSET_UNSAID)
        loader->world->utc_offset_s = loader->source->report.utc_offset_s;
    return status;
}

static enum status load(struct loader *loader, bool with_complaints)
{
    enum status status = load_table(loader, &rule_spec, add_rule, false);
    if (status == STATUS_OK)
        status = load_cells(loader);
    if (status == STATUS_OK && with_complaints)
        status = load_complaints(loader);
    if (status == STATUS_OK)
        status = load_alarm_names(loader);
    if (status == STATUS_OK)
        status = load_rest(loader);
    if (status == STATUS_OK && !loader->options->bare)
        status = load_terrain(loader);
    if (status == STATUS_OK && with_complaints)
        loader->world->gazetteer =
            gazette_new(loader->world->places, loader->world->place_count);
    if (status != STATUS_OK)
        return status;
    world_index_events(loader);
    loader->world->now_s = latest_time(loader->world);
    return STATUS_OK;
}

enum status world_load(const char *folder, const struct world_options *options,
                       bool with_complaints, struct world **out, struct error *error)
{
    struct world *world = base_alloc(1, sizeof *world);
    world->arena = arena_new();
    world->rejects.arena = world->arena;
    world->rules = *options->rules;
    world->utc_offset_s = options->utc_offset_s;
    world->folder = arena_text(world->arena, folder, strlen(folder));
    world->sources = base_alloc(WORLD_TABLES, sizeof *world->sources);
    struct loader loader = {.world = world, .options = options, .error = error};
    enum status status = text_empty(options->src_crs)
                             ? STATUS_OK
                             : datum_reader_open(options->src_crs, &loader.datum, error);
    if (status == STATUS_OK)
        status = load(&loader, with_complaints);
    datum_reader_close(loader.datum);
    crs_close(loader.plane);
    alarm_names_free(loader.names);
    textmap_free(&loader.seen_tickets);
    textmap_free(&loader.spellings);
    if (status == STATUS_OK)
        *out = world;
    else
        world_free(world);
    return status;
}

void world_free(struct world *world)
{
    if (!world)
        return;
    free(world->sources);
    free(world->rasters);
    free(world->rejects.items);
    free(world->complaints);
    free(world->cells);
    free(world->sites);
    free(world->site_cells);
    textmap_free(&world->cell_by_id);
    textmap_free(&world->site_by_id);
    index_free(world->site_index);
    identity_index_free(world->identity);
    free(world->alarms);
    free(world->site_alarms);
    free(world->site_alarm_first);
    free(world->counters);
    free(world->cell_counter_first);
    free(world->plans);
    free(world->places);
    free(world->subscribers);
    free(world->terminals);
    free(world->bins);
    free(world->bin_rows.first);
    free(world->served_rows.first);
    gazetteer_free(world->gazetteer);
    free(world->served);
    terrain_close(world->terrain);
    terrain_close(world->clutter);
    arena_free(world->arena);
    free(world);
}
