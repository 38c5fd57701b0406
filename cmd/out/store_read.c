/* The store read back: layers as the arrays of a result. Facts, most of its bytes, go to a book
 * where they are wanted and are not read where they are not. */
#include "cmd/out/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/columns.h"
#include "cmd/out/factbook.h"
#include "geo/package.h"

#define FARTHEST_M 1e9 /* no projection reaches farther */

enum { DAY_S = 86400 };

/* A layer that is read into an array. */
struct rows {
    const char *layer;
    const struct columns *columns;
    size_t size; /* of its record */
};

static struct package_layer layer_of(const struct rows *rows)
{
    return (struct package_layer){.name = rows->layer,
                                  .columns = rows->columns->items,
                                  .column_count = rows->columns->count};
}

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

/* What was kept, in the arena. */
static void *reading_take(struct reading *reading)
{
    void *items = arena_alloc(reading->arena, reading->count * reading->size + 1);
    if (reading->count)
        memcpy(items, reading->items, reading->count * reading->size);
    free(reading->items);
    return items;
}

/* A whole layer as an array in the arena; `size` is that of its record. */
static enum status read_rows(struct package *package, const struct rows *rows,
                             struct arena *arena, void **items, size_t *count,
                             struct error *error)
{
    const struct package_layer layer = layer_of(rows);
    struct reading reading = {.arena = arena, .size = rows->size};
    enum status status = package_read(package, &layer, arena, keep_row, &reading, error);
    *items = reading_take(&reading);
    *count = reading.count;
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
    result->lines = reading_take(&reading);
    result->line_count = reading.count;
    return status;
}

/* Facts or what-ifs on their way to their cases, which they follow in order. */
struct joining {
    struct reading rows; /* what is kept of them */
    struct result *result;
    uint32_t first;        /* case_index of result->cases[0] */
    struct factbook *book; /* where facts go instead; NULL: they are kept */
    const char *what;      /* for people */
    struct error *error;
};

static struct result_case *case_of(const struct joining *joining, uint32_t case_index)
{
    if (case_index - joining->first < joining->result->case_count)
        return &joining->result->cases[case_index - joining->first];
    error_set(joining->error, STATUS_FORMAT, "the store's %s name cases that it lacks",
              joining->what);
    return NULL;
}

static enum status keep_fact(void *context, const void *record, const struct xy *points,
                             size_t count)
{
    struct joining *joining = context;
    const struct fact_row *row = record;
    struct result_case *of = case_of(joining, row->case_index);
    if (!of)
        return joining->error->status;
    if (!joining->book) {
        of->fact_count++;
        return keep_row(&joining->rows, &row->fact, points, count);
    }
    bool told = factbook_add(joining->book, of, &row->fact);
    arena_reset(joining->rows.arena);
    return told ? STATUS_OK
                : error_set(joining->error, STATUS_FORMAT,
                            "the store's facts do not follow the order of its cases");
}

static enum status keep_whatif(void *context, const void *record, const struct xy *points,
                               size_t count)
{
    struct joining *joining = context;
    const struct whatif_row *row = record;
    struct result_case *of = case_of(joining, row->case_index);
    if (!of)
        return joining->error->status;
    of->whatif_count++;
    return keep_row(&joining->rows, &row->whatif, points, count);
}

static enum status read_joined(struct package *package, const struct rows *rows,
                               package_row row, struct joining *joining)
{
    const struct package_layer layer = layer_of(rows);
    struct arena *arena = joining->rows.arena;
    joining->what = rows->layer;
    joining->rows.size = rows->size;
    enum status status = package_read(package, &layer, arena, row, joining, joining->error);
    void *items = reading_take(&joining->rows);
    joining->rows.items = items;
    return status;
}

static const struct rows fact_rows = {"facts", &fact_columns, sizeof(struct result_fact)},
                         whatif_rows = {"whatifs", &whatif_columns,
                                        sizeof(struct result_whatif)};

/* The facts of the cases that were read, each case's a run of one array. */
static enum status read_facts(struct package *package, uint32_t first, struct result *result,
                              struct error *error)
{
    struct joining joining = {
        .rows = {.arena = result->arena}, .result = result, .first = first, .error = error};
    enum status status = read_joined(package, &fact_rows, keep_fact, &joining);
    struct result_fact *fact = joining.rows.items;
    for (size_t i = 0; i < result->case_count; fact += result->cases[i++].fact_count)
        result->cases[i].facts = fact;
    return status;
}

/* The facts of all cases, into a book. */
static enum status read_book(struct package *package, const char *folder, struct result *result,
                             struct error *error)
{
    if (factbook_new(folder, &result->book, error) != STATUS_OK)
        return error->status;
    struct joining joining = {
        .rows = {.arena = arena_new()}, .result = result, .book = result->book, .error = error};
    enum status status = read_joined(package, &fact_rows, keep_fact, &joining);
    arena_free(joining.rows.arena);
    return status == STATUS_OK ? factbook_finish(result->book, error) : status;
}

static enum status read_whatifs(struct package *package, uint32_t first, struct result *result,
                                struct error *error)
{
    struct joining joining = {
        .rows = {.arena = result->arena}, .result = result, .first = first, .error = error};
    enum status status = read_joined(package, &whatif_rows, keep_whatif, &joining);
    struct result_whatif *whatif = joining.rows.items;
    for (size_t i = 0; i < result->case_count; whatif += result->cases[i++].whatif_count)
        result->cases[i].whatifs = whatif;
    return status;
}

/* Squares lie in a plane, or what compares two runs is lost in their numbers. */
static enum status check_squares(const struct result *result, struct error *error)
{
    bool sound = !result->bin_count || (result->bin_m > 0 && result->bin_m <= FARTHEST_M);
    for (size_t i = 0; i < result->bin_count; i++)
        sound &=
            fabs(result->bins[i].x_m) <= FARTHEST_M && fabs(result->bins[i].y_m) <= FARTHEST_M;
    return sound
               ? STATUS_OK
               : error_set(error, STATUS_FORMAT,
                           "the store's grid has squares that lie nowhere; make the run again");
}

struct taking {
    struct result *result;
    size_t next; /* the case whose turn it is */
};

static enum status take_terms(void *context, const void *record, const struct xy *points,
                              size_t count)
{
    struct taking *taking = context;
    (void)points;
    (void)count;
    if (taking->next < taking->result->case_count)
        taking->result->cases[taking->next++].terms =
            ((const struct result_case *)record)->terms;
    return STATUS_OK;
}

/* The terms of the cases, in their order. */
static enum status read_terms(struct package *package, struct result *result,
                              struct error *error)
{
    const struct rows terms = {"terms", &term_columns, 0};
    const struct package_layer layer = layer_of(&terms);
    return package_read(package, &layer, result->arena, take_terms,
                        &(struct taking){.result = result}, error);
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
    const struct rows runs = {"run", &run_columns, sizeof(struct run_row)};
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
    const struct rows rules = {"rules", &rule_columns, sizeof(struct rule_row)};
    status = read_rows(package, &rules, result->arena, &items, &count, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct rule_row *row = (const struct rule_row *)items + i;
        struct error unknown = {0}; /* a rule of another version is not this one's failure */
        rules_set(&result->rules, row->rule, row->value, rule_origin(row->origin), &unknown);
    }
    return status;
}

enum status store_read(const char *path, const char *facts, struct result *result,
                       struct error *error)
{
    struct package *package = NULL;
    result_init(result);
    if (package_open(path, &package, error) != STATUS_OK)
        return error->status;
#define ARRAY(layer, columns, items, count)                                                    \
    {                                                                                          \
        {layer, columns, sizeof *result->items}, (void **)&result->items, &result->count       \
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
    if (status == STATUS_OK && check_squares(result, error) == STATUS_OK &&
        read_lines(package, result, error) == STATUS_OK &&
        (!facts || read_book(package, facts, result, error) == STATUS_OK) &&
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
    const struct rows cases = {"cases", &case_columns, sizeof *result->cases};
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
    result_init(result);
    if (package_open(path, &package, error) != STATUS_OK)
        return error->status;
    if (read_run(package, result, error) == STATUS_OK &&
        package_read(package, &ids, result->arena, seek_row, &seeking, error) == STATUS_OK &&
        seeking.found)
        read_case(package, seeking.index, result, error);
    return package_close(package, error);
}
