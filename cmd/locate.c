/* covtriage locate -g PLACES QUERIES -o OUT.csv: place texts, offline. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/out/result.h"
#include "cmd/out/sheet.h"
#include "cmd/outfile.h"
#include "geo/file.h"
#include "geo/layer.h"
#include "models/tables/gazette.h"
#include "models/tables/rows.h"
#include "models/tables/table.h"

static const char doc[] =
    "Place texts by a table of places: where each is, the radius that holds it with 90 %, what "
    "it was taken for and how well it fits.\v"
    "PLACES has the columns name, kind, lon, lat, parent (A/B/C), aliases (x;y). QUERIES has "
    "id and query (or ticket_id and address); its other columns are kept. When QUERIES also "
    "has lon and lat, the radii are calibrated on them. Phone numbers in the texts are "
    "masked, but not in the id.\n\n"
    "level: address, interpolated, road, poi, building, village, township, county, city, "
    "province. match: exact, partial, fuzzy, interpolated, centroid, ambiguous, none.\n\n"
    "  covtriage locate -g places.csv tickets.csv -o located.csv";

/* ---- options ------------------------------------------------------------------------ */

static const struct argp_option locate_options[] = {
    {"gazetteer", 'g', "PLACES", 0, "the table of places", 0},
    {0},
};

static error_t parse_locate(int key, char *arg, struct argp_state *state)
{
    if (key == 'g') {
        *(const char **)state->input = arg;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

/* ---- places ------------------------------------------------------------------------- */

static enum status add_place(void *context, const void *record)
{
    const struct place *place = record;
    const struct gazetteer_place row = {.name = place->name,
                                        .level = gazette_level(place->kind),
                                        .at = place->at,
                                        .parent = place->parent,
                                        .aliases = place->aliases};
    gazetteer_add(context, &row);
    return STATUS_OK;
}

static enum status load_places(const char *path, struct rejects *rejects,
                               struct gazetteer *gazetteer, struct error *error)
{
    const struct table_options options = {.rejects = rejects, .stop = &command_stop};
    enum status status =
        table_read(path, &place_spec, &options, add_place, gazetteer, NULL, error);
    if (status == STATUS_OK && gazetteer_count(gazetteer) == 0)
        status = error_set(error, STATUS_FORMAT,
                           "%s holds no place with a name and coordinates", path);
    if (status == STATUS_OK)
        gazetteer_finish(gazetteer);
    return status;
}

/* ---- queries ------------------------------------------------------------------------ */

enum { COLUMNS_MAX = 256 };

struct queries {
    struct arena *arena;
    const char **names;
    size_t name_count;
    size_t id, query, lon, lat; /* columns; name_count: none */
    const char ***rows;
    size_t row_count, row_capacity;
    bool show_phones;
    struct arena *masked; /* texts as they may be shown, of the row at hand */
};

static const char *shown(const struct queries *queries, const char *text)
{
    return queries->show_phones ? text : result_mask_phones(queries->masked, text);
}

static size_t column_named(const struct queries *queries, const char *const *words)
{
    for (; *words; words++)
        for (size_t i = 0; i < queries->name_count; i++)
            if (text_equal_fold(queries->names[i], *words))
                return i;
    return queries->name_count;
}

static enum status take_header(void *context, uint32_t line, const char *const *names,
                               size_t count, struct error *error)
{
    static const char *const ids[] = {"id",   "qid",      "ticket_id", "工单号",
                                      "编号", "工单编号", NULL};
    static const char *const texts[] = {"query", "address",  "text",        "地址", "投诉地址",
                                        "地点",  "故障地点", "description", "描述", NULL};
    static const char *const lons[] = {"lon", "longitude", "经度", NULL};
    static const char *const lats[] = {"lat", "latitude", "纬度", NULL};
    struct queries *queries = context;
    (void)line;
    queries->name_count = BASE_MIN(count, (size_t)COLUMNS_MAX);
    queries->names = arena_alloc(queries->arena, queries->name_count * sizeof *queries->names);
    for (size_t i = 0; i < queries->name_count; i++)
        queries->names[i] = arena_text(queries->arena, names[i], strlen(names[i]));
    queries->id = column_named(queries, ids);
    queries->query = column_named(queries, texts);
    queries->lon = column_named(queries, lons);
    queries->lat = column_named(queries, lats);
    if (queries->query == queries->name_count)
        return error_set(error, STATUS_FORMAT,
                         "the queries have no column 'query' (or 'address'); the first column "
                         "is '%s'",
                         count ? names[0] : "");
    return STATUS_OK;
}

static enum status take_row(void *context, uint32_t line, const char *const *values,
                            size_t count, struct error *error)
{
    struct queries *queries = context;
    (void)line;
    if (command_stop)
        return error_set(error, STATUS_INTERRUPTED, "stopped");
    const char **row = arena_alloc(queries->arena, (queries->name_count + 1) * sizeof *row);
    for (size_t i = 0; i <= queries->name_count; i++)
        row[i] = i < count && i < queries->name_count
                     ? arena_text(queries->arena, values[i], strlen(values[i]))
                     : "";
    queries->rows = base_grow(queries->rows, &queries->row_capacity, queries->row_count + 1,
                              sizeof *queries->rows);
    queries->rows[queries->row_count++] = row;
    return STATUS_OK;
}

static void take_refusal(void *context, uint32_t line, const char *column, const char *value,
                         const char *reason)
{
    fprintf(stderr, "covtriage: line %u was refused: %s %s %s\n", line, column,
            shown(context, value), reason);
}

static enum status load_queries(const char *path, struct queries *queries, struct error *error)
{
    const struct row_sink sink = {queries, take_header, take_row, take_refusal};
    struct row_facts facts = {0};
    uint64_t mark = file_mark(path);
    enum status status = layer_named(path)
                             ? rows_read_layer(path, "queries", &sink, &facts, error)
                             : rows_read_csv(path, &sink, &facts, error);
    return status == STATUS_OK ? file_unchanged(path, mark, error) : status;
}

/* ---- the work ----------------------------------------------------------------------- */

/* As much of a hit as the sheet needs; a whole one is large. */
struct located {
    struct point at;
    double radius_m, score;
    enum gazetteer_level level;
    enum gazetteer_match match;
    char *matched, *note;
};

struct job {
    const struct gazetteer *gazetteer;
    const struct queries *queries;
    struct located *out;
    size_t next; /* taken in blocks, atomically */
    pthread_mutex_t lock;
};

enum { BLOCK = 64, THREADS_MAX = 256 };

static void locate_one(const struct job *job, struct gazetteer_scratch *scratch, size_t i)
{
    struct gazetteer_hit hit;
    gazetteer_find(job->gazetteer, scratch, job->queries->rows[i][job->queries->query], &hit);
    struct located *out = &job->out[i];
    *out = (struct located){.at = hit.at,
                            .radius_m = hit.radius_m,
                            .score = hit.score,
                            .level = hit.level,
                            .match = hit.match,
                            .matched = base_text(hit.matched),
                            .note = base_text(hit.note)};
}

static void *work(void *context)
{
    struct job *job = context;
    struct gazetteer_scratch *scratch = gazetteer_scratch_new(job->gazetteer);
    for (;;) {
        pthread_mutex_lock(&job->lock);
        size_t first = job->next;
        job->next = BASE_MIN(first + BLOCK, job->queries->row_count);
        size_t end = job->next;
        pthread_mutex_unlock(&job->lock);
        if (first == end || command_stop)
            break;
        for (size_t i = first; i < end; i++)
            locate_one(job, scratch, i);
    }
    gazetteer_scratch_free(scratch);
    return NULL;
}

static void locate_all(struct job *job, int threads)
{
    pthread_t ids[THREADS_MAX];
    int started = 0;
    pthread_mutex_init(&job->lock, NULL);
    while (started < threads - 1 && (size_t)started * BLOCK < job->queries->row_count &&
           pthread_create(&ids[started], NULL, work, job) == 0)
        started++;
    work(job);
    for (int i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    pthread_mutex_destroy(&job->lock);
}

/* Texts that came with coordinates teach the radii. */
static size_t calibrate(const struct queries *queries, struct located *located)
{
    if (queries->lon == queries->name_count || queries->lat == queries->name_count)
        return 0;
    struct gazetteer_pair *pairs = base_alloc(queries->row_count, sizeof *pairs);
    size_t count = 0;
    for (size_t i = 0; i < queries->row_count; i++) {
        char *end_lon, *end_lat;
        const char *lon = queries->rows[i][queries->lon], *lat = queries->rows[i][queries->lat];
        struct point given = {strtod(lon, &end_lon), strtod(lat, &end_lat)};
        if (end_lon == lon || end_lat == lat || !point_valid(given) ||
            located[i].level == GAZETTEER_UNKNOWN)
            continue;
        pairs[count++] = (struct gazetteer_pair){
            located[i].level, point_distance_m(given, located[i].at), located[i].radius_m};
    }
    struct gazetteer_calibration calibration;
    gazetteer_calibrate(pairs, count, &calibration);
    for (size_t i = 0; i < queries->row_count; i++)
        located[i].radius_m *= calibration.factor[located[i].level];
    free(pairs);
    return count;
}

/* ---- the sheet ---------------------------------------------------------------------- */

static const char *const own_columns[] = {"id",    "lon",   "lat",     "radius_m", "level",
                                          "match", "score", "matched", "note"};

static void write_kept_name(struct sheet *sheet, const char *name)
{
    char text[128];
    bool ours = false;
    for (size_t i = 0; i < ARRAY_COUNT(own_columns); i++)
        ours = ours || text_equal_fold(name, own_columns[i]);
    snprintf(text, sizeof text, "%s%s", ours ? "input_" : "", name);
    sheet_text(sheet, text);
}

static void write_header(struct sheet *sheet, const struct queries *queries)
{
    for (size_t i = 0; i < ARRAY_COUNT(own_columns); i++)
        sheet_text(sheet, own_columns[i]);
    for (size_t i = 0; i < queries->name_count; i++)
        if (i != queries->id)
            write_kept_name(sheet, queries->names[i]);
    sheet_end(sheet);
}

static void write_row(struct sheet *sheet, const struct queries *queries, size_t i,
                      const struct located *located)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", i + 1);
    const char *const *row = queries->rows[i];
    sheet_text(sheet, queries->id < queries->name_count ? row[queries->id] : number);
    sheet_number(sheet, located->at.lon, 6);
    sheet_number(sheet, located->at.lat, 6);
    sheet_number(sheet, located->radius_m, 0);
    sheet_text(sheet, gazetteer_level_name(located->level));
    sheet_text(sheet, gazetteer_match_name(located->match));
    sheet_number(sheet, located->score, 3);
    sheet_text(sheet, shown(queries, located->matched));
    sheet_text(sheet, shown(queries, located->note));
    for (size_t c = 0; c < queries->name_count; c++)
        if (c != queries->id)
            sheet_text(sheet, shown(queries, row[c]));
    sheet_end(sheet);
    arena_reset(queries->masked);
}

/* Written beside the output and renamed: it appears whole or not at all. */
static enum status write_sheet(const struct queries *queries, const struct located *located,
                               const char *path, struct error *error)
{
    struct outfile file;
    struct sheet sheet;
    if (outfile_open(path, "", &file, error) == STATUS_OK &&
        sheet_open(&sheet, file.staging, 0, error) == STATUS_OK) {
        write_header(&sheet, queries);
        for (size_t i = 0; i < queries->row_count; i++)
            write_row(&sheet, queries, i, &located[i]);
        if (sheet_close(&sheet, error) == STATUS_OK)
            outfile_publish(&file, error);
    }
    outfile_close(&file);
    return error->status;
}

static void say_summary(const struct options *options, const struct queries *queries,
                        const struct located *located, size_t calibrated)
{
    size_t counts[GAZETTEER_MATCH_COUNT] = {0};
    for (size_t i = 0; i < queries->row_count; i++)
        counts[located[i].match]++;
    struct buffer text = {0};
    for (int m = 0; m < GAZETTEER_MATCH_COUNT; m++)
        buffer_format(&text, "%s%s %zu", m ? ", " : "",
                      gazetteer_match_name((enum gazetteer_match)m), counts[m]);
    command_say(options, "%zu texts: %s", queries->row_count, text.bytes);
    if (calibrated)
        command_say(options, "radii calibrated on %zu texts that came with coordinates",
                    calibrated);
    buffer_free(&text);
}

static enum status run(const struct options *options, const char *places,
                       struct gazetteer *gazetteer, struct queries *queries,
                       struct error *error)
{
    struct rejects rejects = {.arena = queries->arena};
    enum status status = load_places(places, &rejects, gazetteer, error);
    if (status == STATUS_OK)
        status = load_queries(options->operands[0], queries, error);
    if (status != STATUS_OK)
        return status;
    if (rejects.total)
        command_say(options, "%zu places were refused, the first at line %u: %s", rejects.total,
                    rejects.items[0].line, rejects.items[0].reason);
    struct job job = {.gazetteer = gazetteer, .queries = queries};
    job.out = base_alloc(queries->row_count, sizeof *job.out);
    locate_all(&job, options->threads);
    size_t calibrated = command_stop ? 0 : calibrate(queries, job.out);
    status = command_stop ? error_set(error, STATUS_INTERRUPTED, "stopped")
                          : write_sheet(queries, job.out, options->output, error);
    if (status == STATUS_OK)
        say_summary(options, queries, job.out, calibrated);
    for (size_t i = 0; i < queries->row_count; i++) {
        free(job.out[i].matched);
        free(job.out[i].note);
    }
    free(job.out);
    free(rejects.items);
    return status;
}

int command_locate(int argc, char **argv)
{
    struct options options;
    struct error error = {0};
    const char *places = NULL;
    const struct argp own = {locate_options, parse_locate, NULL, NULL, NULL, NULL, NULL};
    command_parse(argc, argv, &own, &places, "-g PLACES QUERIES", doc, &options);
    if (!places || options.operand_count != 1)
        error_set(
            &error, STATUS_USAGE,
            "locate takes -g PLACES and one table of queries; see: covtriage locate --help");
    else
        outfile_check(options.output, options.overwrite, "OUT.csv", &error);
    if (error.status != STATUS_OK)
        return command_fail(&error);
    command_catch_signals();
    struct gazetteer *gazetteer = gazetteer_new();
    struct queries queries = {
        .arena = arena_new(), .show_phones = options.show_phones, .masked = arena_new()};
    enum status status = run(&options, places, gazetteer, &queries, &error);
    gazetteer_free(gazetteer);
    free(queries.rows);
    arena_free(queries.masked);
    arena_free(queries.arena);
    return status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
