#include "models/tables/inspect.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "geo/datum.h"
#include "models/tables/alarm_names.h"
#include "models/tables/cells.h"
#include "models/tables/folder.h"
#include "models/tables/identity.h"
#include "models/tables/patterns.h"
#include "models/tables/rule.h"

/* Positions further from the cells' outline are told as far: 1 degree is 111 km of latitude. */
static const double FAR_DEG = 1;
enum { EXAMPLES_KEPT = 4096, JOINS_KEPT = 1 << 20 };

struct box {
    double west, south, east, north; /* degrees; NAN: nothing is in it */
};

/* The state of one inspection. */
struct inspector {
    struct inspect *inspect;
    const struct inspect_options *options;
    struct inspection *now; /* the table being read */
    struct cell *cells;
    size_t cell_count, cell_capacity;
    struct identity_index *identity; /* NULL: no cell table was read */
    struct alarm_names *names;
    struct rules rules;
    struct box reach; /* of the cells, with FAR_DEG around */
    struct box near;  /* of this table's positions within it */
    struct box whole; /* of the complaints, in WGS-84 whatever their rows declare */
    struct datum_readers systems;
    struct textmap seen;     /* id -> line, in this table */
    struct textmap join_of;  /* id -> 0, 1: in the cell table */
    struct textmap examples; /* text -> place in counts */
    struct inspect_example *counts;
    size_t count_capacity;
};

/* ---- what rows have in common -------------------------------------------------------- */

static const char *keep(struct inspector *i, const char *text)
{
    return arena_text(i->inspect->arena, text, strlen(text));
}

/* Count a text among the examples; far too many different ones are not counted one by one. */
static void count_example(struct inspector *i, const char *text)
{
    uint32_t at = textmap_get(&i->examples, text);
    if (at == TEXTMAP_NONE && i->examples.count >= EXAMPLES_KEPT)
        return;
    if (at == TEXTMAP_NONE) {
        at = (uint32_t)i->examples.count;
        i->counts =
            base_grow(i->counts, &i->count_capacity, i->examples.count + 1, sizeof *i->counts);
        i->counts[at] = (struct inspect_example){keep(i, text), 0};
        textmap_put(&i->examples, i->counts[at].text, at);
    }
    i->counts[at].rows++;
}

static int compare_examples(const void *one, const void *two)
{
    const struct inspect_example *a = one, *b = two;
    if (a->rows != b->rows)
        return a->rows > b->rows ? -1 : 1;
    return strcmp(a->text, b->text);
}

/* The most frequent texts counted, and an empty count for the next table. */
static void take_examples(struct inspector *i, struct inspect_example *out)
{
    if (i->examples.count)
        base_sort(i->counts, i->examples.count, sizeof *i->counts, compare_examples);
    for (size_t k = 0; k < INSPECT_EXAMPLES && k < i->examples.count; k++)
        out[k] = i->counts[k];
    textmap_free(&i->examples);
}

/* false: the id stands on an earlier row. */
static bool check_id(struct inspector *i, const char *id, uint32_t line)
{
    if (!*id)
        return true;
    if (textmap_get(&i->seen, id) == TEXTMAP_NONE) {
        textmap_put(&i->seen, keep(i, id), line);
        return true;
    }
    if (i->now->duplicates++ == 0)
        i->now->duplicate_line = line;
    return false;
}

static void check_join(struct inspector *i, const char *id, bool site_too)
{
    if (!i->identity || !*id)
        return;
    uint32_t known = textmap_get(&i->join_of, id);
    if (known == TEXTMAP_NONE) {
        known = identity_find(i->identity, id) != INDEX_NONE ||
                (site_too && identity_find_site(i->identity, id) != INDEX_NONE);
        if (i->join_of.count < JOINS_KEPT)
            textmap_put(&i->join_of, keep(i, id), known);
    }
    i->now->with_id++;
    i->now->joined += known;
    if (!known)
        count_example(i, id);
}

static const struct box empty_box = {NAN, NAN, NAN, NAN};

static void box_add(struct box *box, double lon, double lat)
{
    box->west = fmin(box->west, lon);
    box->east = fmax(box->east, lon);
    box->south = fmin(box->south, lat);
    box->north = fmax(box->north, lat);
}

static bool near_cells(const struct inspector *i, double lon, double lat)
{
    const struct box *reach = &i->reach;
    return lon >= reach->west && lon <= reach->east && lat >= reach->south &&
           lat <= reach->north;
}

static void check_point(struct inspector *i, struct point at, uint32_t line)
{
    if (!i->identity || !isfinite(at.lon) || !isfinite(at.lat))
        return;
    if (near_cells(i, at.lon, at.lat)) {
        box_add(&i->near, at.lon, at.lat);
        return;
    }
    if (i->now->far++ == 0)
        i->now->far_line = line;
    i->now->swapped += near_cells(i, at.lat, at.lon);
}

static void check_time(struct inspector *i, int64_t time_s)
{
    i->now->future += time_s != TIME_ABSENT && time_s > i->options->now_s;
}

/* ---- rows ---------------------------------------------------------------------------- */

static enum status on_cell(void *context, const void *record)
{
    struct inspector *i = context;
    const struct cell *cell = record;
    if (!check_id(i, cell->cell_id, cell->line))
        return STATUS_OK; /* an identity that fits two cells fits none */
    i->cells = base_grow(i->cells, &i->cell_capacity, i->cell_count + 1, sizeof *i->cells);
    struct cell *kept = &i->cells[i->cell_count++];
    *kept = *cell;
    kept->site_id = keep(i, cell->site_id);
    kept->site_name = keep(i, cell->site_name);
    kept->cell_id = keep(i, cell->cell_id);
    kept->cell_name = keep(i, cell->cell_name);
    kept->pattern = keep(i, cell->pattern);
    return STATUS_OK;
}

/* Where the customer is, WGS-84: complaints are read as given. */
static struct point complaint_point(struct inspector *i, const struct complaint *complaint)
{
    struct datum_reader *reader = i->options->datum;
    struct point given = complaint->given;
    if (!reader || !text_empty(complaint->coord_sys))
        reader = datum_readers_find(
            &i->systems, text_empty(complaint->coord_sys) ? "" : complaint->coord_sys);
    return reader ? datum_read(reader, given.lon, given.lat) : POINT_ABSENT;
}

static enum status on_complaint(void *context, const void *record)
{
    struct inspector *i = context;
    const struct complaint *complaint = record;
    check_id(i, complaint->ticket_id, complaint->line);
    check_join(i, complaint->serving_cell, true);
    struct point at = complaint_point(i, complaint);
    if (point_valid(at))
        box_add(&i->whole, at.lon, at.lat);
    check_point(i, at, complaint->line);
    check_time(i, complaint->reported_s);
    return STATUS_OK;
}

static enum status on_alarm(void *context, const void *record)
{
    struct inspector *i = context;
    const struct alarm *alarm = record;
    check_join(i, alarm->object_id, true);
    check_time(i, alarm->raised_s);
    i->now->effects[alarm_names_effect(i->names, alarm)]++;
    return STATUS_OK;
}

static enum status on_alarm_name(void *context, const void *record)
{
    struct inspector *i = context;
    const struct alarm *alarm = record;
    if (!alarm_names_effect(i->names, alarm))
        count_example(i, alarm->name);
    return STATUS_OK;
}

static enum status on_counter(void *context, const void *record)
{
    struct inspector *i = context;
    const struct counter *counter = record;
    check_join(i, counter->cell_id, false);
    check_time(i, counter->start_s);
    return STATUS_OK;
}

static enum status on_sample(void *context, const void *record)
{
    struct inspector *i = context;
    const struct sample *sample = record;
    check_join(i, sample->cell_id, false);
    check_point(i, sample->at, sample->line);
    check_time(i, sample->time_s);
    return STATUS_OK;
}

static enum status on_plan(void *context, const void *record)
{
    struct inspector *i = context;
    const struct plan *plan = record;
    check_id(i, plan->plan_id, plan->line);
    check_point(i, plan->at, plan->line);
    return STATUS_OK;
}

static enum status on_place(void *context, const void *record)
{
    struct inspector *i = context;
    const struct place *place = record;
    check_point(i, place->at, place->line);
    return STATUS_OK;
}

static enum status on_other(void *context, const void *record)
{
    (void)context, (void)record;
    return STATUS_OK;
}

static enum status on_rule(void *context, const void *record)
{
    struct inspector *i = context;
    const struct rule_row *row = record;
    struct error error = {0};
    if (rules_set(&i->rules, row->rule, row->value, "rules.csv", &error) != STATUS_OK) {
        rejects_add(&i->inspect->rejects, (struct reject){.file = i->now->path,
                                                          .line = row->line,
                                                          .column = "rule",
                                                          .value = row->rule,
                                                          .reason = error.text});
        i->now->report.refused++;
    }
    return STATUS_OK;
}

/* ---- tables -------------------------------------------------------------------------- */

static const struct {
    const struct table_spec *spec;
    table_row row;
} tables[] = {
    {&rule_spec, on_rule},      {&cell_spec, on_cell},       {&complaint_spec, on_complaint},
    {&alarm_spec, on_alarm},    {&counter_spec, on_counter}, {&plan_spec, on_plan},
    {&place_spec, on_place},    {&sample_spec, on_sample},   {&subscribers_spec, on_other},
    {&terminal_spec, on_other},
};

static void outline_cells(struct inspector *i)
{
    i->reach = empty_box;
    for (size_t c = 0; c < i->cell_count; c++) {
        const struct point at = i->cells[c].at;
        box_add(&i->reach, at.lon - FAR_DEG, at.lat - FAR_DEG);
        box_add(&i->reach, at.lon + FAR_DEG, at.lat + FAR_DEG);
    }
}

/* A few positions far off, or swapped, would make the table's area half a continent. */
static void narrow_area(const struct inspector *i, const struct box *whole,
                        struct table_report *report)
{
    const struct box *area = i->now->far && !isnan(i->near.west) ? &i->near : whole;
    report->west = area->west;
    report->east = area->east;
    report->south = area->south;
    report->north = area->north;
}

static void close_table(struct inspector *i, const struct table_spec *spec)
{
    if (spec == &cell_spec && i->cell_count) {
        i->now->blank_azimuths = cells_blank_azimuths(i->cells, i->cell_count);
        i->identity = identity_index_new(i->cells, i->cell_count);
        outline_cells(i);
        i->now->report.dropped += patterns_read(i->now->path, i->cells, i->cell_count,
                                                i->inspect->arena, &i->inspect->rejects);
    }
    const struct table_report *said = &i->now->report;
    struct box read = {said->west, said->south, said->east, said->north};
    narrow_area(i, spec == &complaint_spec ? &i->whole : &read, &i->now->report);
    take_examples(i, i->now->unknown);
    textmap_free(&i->seen);
    i->now->reject_count = i->inspect->rejects.count - i->now->first_reject;
}

/* Alarm names that no table knows are counted in a second pass: the examples of the first are
 * objects. */
static void read_unclassed(struct inspector *i, const struct table_options *options)
{
    struct error ignored = {0};
    struct table_options quiet = {.utc_offset_s = options->utc_offset_s, .stop = options->stop};
    if (i->now->effects[EFFECT_UNKNOWN])
        table_read(i->now->path, &alarm_spec, &quiet, on_alarm_name, i, NULL, &ignored);
    take_examples(i, i->now->unclassed);
}

static enum status read_table(struct inspector *i, size_t t, const char *path,
                              struct error *error)
{
    struct error local = {0};
    struct table_options options = {.utc_offset_s = i->options->utc_offset_s,
                                    .rejects = &i->inspect->rejects,
                                    .stop = i->options->stop,
                                    .datum = i->options->datum};
    i->now = &i->inspect->tables[i->inspect->table_count++];
    *i->now = (struct inspection){.table = tables[t].spec->name,
                                  .path = keep(i, path),
                                  .problem = "",
                                  .first_reject = i->inspect->rejects.count};
    i->near = i->whole = empty_box;
    i->now->status = table_read(i->now->path, tables[t].spec, &options, tables[t].row, i,
                                &i->now->report, &local);
    if (i->now->status == STATUS_INTERRUPTED)
        return error_set(error, STATUS_INTERRUPTED, "%s", local.text);
    if (i->now->status != STATUS_OK)
        i->now->problem = keep(i, local.text);
    close_table(i, tables[t].spec);
    if (tables[t].spec == &alarm_spec && i->now->status == STATUS_OK)
        read_unclassed(i, &options);
    return STATUS_OK;
}

/* The user's alarm names, read before the alarms. */
static void read_names(struct inspector *i, const char *path)
{
    struct error local = {0};
    struct table_options options = {.rejects = &i->inspect->rejects};
    i->now = &i->inspect->tables[i->inspect->table_count++];
    *i->now = (struct inspection){.table = "alarm_names",
                                  .path = keep(i, path),
                                  .problem = "",
                                  .first_reject = i->inspect->rejects.count};
    i->now->status =
        alarm_names_extend(i->names, i->now->path, &options, &i->now->report, &local);
    if (i->now->status != STATUS_OK)
        i->now->problem = keep(i, local.text);
    i->now->reject_count = i->inspect->rejects.count - i->now->first_reject;
}

/* Two files of one name, or a required one that is missing. */
static void note_problem(struct inspector *i, const char *table, enum status status,
                         const char *problem)
{
    i->inspect->tables[i->inspect->table_count++] = (struct inspection){
        .table = table, .path = "", .status = status, .problem = keep(i, problem)};
}

static enum status read_named(struct inspector *i, const char *folder, size_t t,
                              struct error *error)
{
    struct error local = {0};
    const char *path = NULL, *name = tables[t].spec->name;
    enum status status = folder_find(folder, name, i->inspect->arena, &path, &local);
    bool required = tables[t].spec == &cell_spec || tables[t].spec == &complaint_spec;
    if (status != STATUS_OK)
        note_problem(i, name, status, local.text);
    else if (path)
        return read_table(i, t, path, error);
    else if (required)
        note_problem(i, name, STATUS_MISSING, "the folder has no such table; triage needs it");
    return STATUS_OK;
}

/* ---- the folder ---------------------------------------------------------------------- */

static const char *last_part(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : "";
}

static bool claimed(const struct inspect *inspect, const char *name)
{
    static const char *const others[] = {"truth", "truth_cells", "expected", "expected_cells"};
    const char *dot = strchr(name, '.');
    size_t stem = dot ? (size_t)(dot - name) : strlen(name);
    for (size_t t = 0; t < ARRAY_COUNT(tables); t++)
        if (strlen(tables[t].spec->name) == stem &&
            strncasecmp(name, tables[t].spec->name, stem) == 0)
            return true;
    for (size_t k = 0; k < ARRAY_COUNT(others); k++)
        if (strlen(others[k]) == stem && strncasecmp(name, others[k], stem) == 0)
            return true;
    return strcmp(name, last_part(inspect->dem)) == 0 ||
           strcmp(name, last_part(inspect->clutter)) == 0 || name[0] == '.' ||
           strncasecmp(name, "alarm_names.", 12) == 0 || text_ends(name, ".msi");
}

static int compare_texts(const void *one, const void *two)
{
    return strcmp(*(const char *const *)one, *(const char *const *)two);
}

static enum status find_strangers(struct inspector *i, const char *folder, struct error *error)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return error_set(error, STATUS_IO, "cannot open the folder %s", folder);
    struct inspect *inspect = i->inspect;
    size_t capacity = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_type == DT_DIR || claimed(inspect, entry->d_name))
            continue;
        inspect->strangers = base_grow(inspect->strangers, &capacity,
                                       inspect->stranger_count + 1, sizeof(char *));
        inspect->strangers[inspect->stranger_count++] = keep(i, entry->d_name);
    }
    closedir(directory);
    if (inspect->stranger_count)
        base_sort(inspect->strangers, inspect->stranger_count, sizeof(char *), compare_texts);
    return STATUS_OK;
}

static void inspector_start(struct inspector *i, const struct inspect_options *options)
{
    *i = (struct inspector){.options = options, .rules = *options->rules};
    i->inspect = base_alloc(1, sizeof *i->inspect);
    i->inspect->arena = arena_new();
    i->inspect->rejects.arena = i->inspect->arena;
    i->names = alarm_names_new();
}

static void inspector_end(struct inspector *i, enum status status, struct inspect **out)
{
    alarm_names_free(i->names);
    identity_index_free(i->identity);
    datum_readers_close(&i->systems);
    free(i->cells);
    free(i->counts);
    textmap_free(&i->seen);
    textmap_free(&i->join_of);
    textmap_free(&i->examples);
    if (status == STATUS_OK)
        *out = i->inspect;
    else
        inspect_free(i->inspect);
}

/* How a raster is told: its file, or the folder of its tiles; a problem with it too. */
static const char *find_raster(struct inspect *inspect, const char *folder, const char *name)
{
    struct raster_files files;
    struct error error = {0};
    const char *told = NULL;
    if (folder_find_rasters(folder, name, inspect->arena, &files, &error) != STATUS_OK)
        return arena_text(inspect->arena, error.text, strlen(error.text));
    if (files.count == 1)
        told = files.paths[0];
    else if (files.count)
        told = arena_format(inspect->arena, "%s/%s, %zu tiles", folder, name, files.count);
    free(files.paths);
    return told;
}

enum status inspect_folder(const char *folder, const struct inspect_options *options,
                           struct inspect **out, struct error *error)
{
    struct inspector i;
    inspector_start(&i, options);
    struct inspect *inspect = i.inspect;
    const char *names = NULL;
    struct error ignored = {0};
    inspect->dem = find_raster(inspect, folder, "dem");
    inspect->clutter = find_raster(inspect, folder, "clutter");
    enum status status = find_strangers(&i, folder, error);
    if (status == STATUS_OK)
        folder_find(folder, "alarm_names", inspect->arena, &names, &ignored);
    if (names)
        read_names(&i, names);
    for (size_t t = 0; t < ARRAY_COUNT(tables) && status == STATUS_OK; t++)
        status = read_named(&i, folder, t, error);
    inspector_end(&i, status, out);
    return status;
}

enum status inspect_file(const char *path, const char *table,
                         const struct inspect_options *options, struct inspect **out,
                         struct error *error)
{
    size_t t = 0;
    while (t < ARRAY_COUNT(tables) && strcasecmp(tables[t].spec->name, table) != 0)
        t++;
    if (t == ARRAY_COUNT(tables))
        return error_set(error, STATUS_USAGE,
                         "there is no table '%s'; the tables are cells, complaints, samples, "
                         "alarms, counters, plan, places, subscribers, terminals and rules",
                         table);
    struct inspector i;
    inspector_start(&i, options);
    enum status status = read_table(&i, t, path, error);
    inspector_end(&i, status, out);
    return status;
}

void inspect_free(struct inspect *inspect)
{
    if (!inspect)
        return;
    free(inspect->strangers);
    free(inspect->rejects.items);
    arena_free(inspect->arena);
    free(inspect);
}
