/* covtriage check DIR: what was understood of every table, and what was refused. Writes
 * nothing. */
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cmd/check.h"
#include "cmd/out/result.h"
#include "models/tables/time.h"
#include "models/tables/world.h"

static const char doc[] =
    "Read every table of a case folder as triage would, and print for each what was "
    "understood: "
    "format, encoding, columns matched and not used, rows read and refused, time span, area, "
    "how many ids are in the cell table, and what looks wrong. Nothing is written.\v"
    "With --as TABLE the operands are single files, whatever their names:\n\n"
    "  covtriage check samples/county\n"
    "  covtriage check exports/4G_cells_March.xlsx --as cells\n"
    "  covtriage check history_*.csv --as alarms --rejects 50\n\n"
    "A row is refused when a column that it cannot do without is wrong; a wrong value in any "
    "other column is dropped and the row is read. Both are listed with file, line, column, "
    "value and reason, the first ten of each table here (--rejects N), all of them (the first "
    "10,000 one by one) in rejects.csv of `covtriage triage`. Exit code 3 under --strict when "
    "a "
    "row was refused, 1 when a file cannot be used or a required one is missing.";

enum { KEY_AS = 0x200, KEY_REJECTS };

static const struct argp_option check_options[] = {
    {"as", KEY_AS, "TABLE", 0, "the operands are files to be read as this table", 0},
    {"rejects", KEY_REJECTS, "N", 0, "list so many refusals of each table (default 10)", 0},
    {0},
};

static error_t parse_check(int key, char *arg, struct argp_state *state)
{
    struct check *check = state->input;
    char *end;
    switch (key) {
    case KEY_AS:
        check->as = arg;
        return 0;
    case KEY_REJECTS:
        check->rejects_shown = strtol(arg, &end, 10);
        if (end == arg || *end || check->rejects_shown < 0)
            argp_error(state, "--rejects takes a number, not '%s'", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const char *check_value(const struct check *check, const struct reject *reject)
{
    return check->options.show_phones
               ? reject->value
               : result_mask_value(check->masked, reject->column, reject->value);
}

/* ---- JSON ---------------------------------------------------------------------------- */

static void put_text(struct json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, json_object_new_string(text ? text : ""));
}

static void put_count(struct json_object *object, const char *key, uint64_t count)
{
    json_object_object_add(object, key, json_object_new_int64((int64_t)count));
}

static void put_degrees(struct json_object *object, const char *key, double degrees)
{
    char text[32];
    snprintf(text, sizeof text, "%.6f", degrees);
    json_object_object_add(object, key,
                           isnan(degrees) ? NULL : json_object_new_double_s(degrees, text));
}

static struct json_object *json_columns(const struct table_report *report)
{
    struct json_object *list = json_object_new_array();
    for (size_t c = 0; c < report->column_count; c++) {
        struct json_object *item = json_object_new_object();
        put_text(item, "header", report->columns[c].header);
        json_object_object_add(
            item, "field",
            report->columns[c].field ? json_object_new_string(report->columns[c].field) : NULL);
        put_text(item, "note", report->columns[c].note);
        json_object_array_add(list, item);
    }
    return list;
}

static struct json_object *json_rejects(const struct check *check,
                                        const struct inspect *inspect,
                                        const struct inspection *table)
{
    struct json_object *list = json_object_new_array();
    size_t shown = BASE_MIN(table->reject_count, (size_t)check->rejects_shown);
    for (size_t k = 0; k < shown; k++) {
        const struct reject *reject = &inspect->rejects.items[table->first_reject + k];
        struct json_object *item = json_object_new_object();
        put_count(item, "line", reject->line);
        put_text(item, "column", reject->column);
        put_text(item, "value", check_value(check, reject));
        put_text(item, "reason", reject->reason);
        json_object_object_add(item, "row_kept", json_object_new_boolean(reject->kept));
        json_object_array_add(list, item);
    }
    return list;
}

static void json_counts(struct json_object *object, const struct inspection *table)
{
    put_count(object, "rows", table->report.rows);
    put_count(object, "read", table->report.rows - table->report.refused);
    put_count(object, "refused", table->report.refused);
    put_count(object, "dropped_values", table->report.dropped);
    put_count(object, "short_rows", table->report.short_rows);
    put_count(object, "replaced_bytes", table->report.replaced);
    put_count(object, "with_id", table->with_id);
    put_count(object, "joined", table->joined);
    put_count(object, "duplicates", table->duplicates);
    put_count(object, "far", table->far);
    put_count(object, "swapped", table->swapped);
    put_count(object, "future", table->future);
    put_count(object, "blank_azimuths", table->blank_azimuths);
    struct json_object *effects = json_object_new_object();
    for (int e = 0; e < INSPECT_EFFECTS; e++)
        if (table->effects[e])
            put_count(effects, e ? name_of(effect_names, e) : "unknown", table->effects[e]);
    json_object_object_add(object, "alarms", effects);
}

static struct json_object *json_table(const struct check *check, const struct inspect *inspect,
                                      const struct inspection *table)
{
    const struct table_report *report = &table->report;
    struct json_object *object = json_object_new_object();
    char text[TIME_SIZE], separator[2] = {report->separator, '\0'};
    int offset_s = check->options.utc_offset_s;
    bool timed = table->status == STATUS_OK && report->first_s != TIME_ABSENT;
    put_text(object, "table", table->table);
    put_text(object, "path", table->path);
    put_text(object, "problem", table->problem);
    put_text(object, "format", report->format);
    put_text(object, "layer", report->part);
    put_text(object, "encoding", report->encoding);
    put_text(object, "separator", separator);
    put_text(object, "first", timed ? time_format(report->first_s, offset_s, text) : "");
    put_text(object, "last", timed ? time_format(report->last_s, offset_s, text) : "");
    bool placed = table->status == STATUS_OK;
    put_degrees(object, "west", placed ? report->west : NAN);
    put_degrees(object, "south", placed ? report->south : NAN);
    put_degrees(object, "east", placed ? report->east : NAN);
    put_degrees(object, "north", placed ? report->north : NAN);
    json_counts(object, table);
    json_object_object_add(object, "columns", json_columns(report));
    json_object_object_add(object, "rejects", json_rejects(check, inspect, table));
    return object;
}

/* ---- the command --------------------------------------------------------------------- */

/* The exit code of what was found. */
static int judge(const struct check *check, const struct inspect *inspect)
{
    int code = EXIT_DONE;
    for (size_t t = 0; t < inspect->table_count; t++) {
        const struct inspection *table = &inspect->tables[t];
        if (table->status != STATUS_OK)
            return EXIT_COULD_NOT;
        if (check->options.strict && (table->report.refused || table->duplicates))
            code = EXIT_ROWS_REFUSED;
    }
    return code;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Which system the complaints' coordinates are in, with the evidence. false: cannot be told. */
static bool examine_datum(const struct check *check, const char *folder,
                          struct datum_finding *finding)
{
    struct error ignored = {0};
    struct world *world = NULL;
    const struct world_options options = {.rules = &check->options.rules,
                                          .src_crs = check->options.src_crs,
                                          .utc_offset_s = check->options.utc_offset_s,
                                          .threads = 1,
                                          .bare = true,
                                          .stop = &command_stop};
    bool known = world_load(folder, &options, true, &world, &ignored) == STATUS_OK &&
                 datum_examine(world, check->options.src_crs, finding, &ignored) == STATUS_OK &&
                 finding->sentence[0];
    world_free(world);
    return known;
}

static void report_datum(const struct check *check, const char *folder)
{
    struct datum_finding finding;
    if (!examine_datum(check, folder, &finding))
        return;
    if (!check->options.json) {
        check_print_datum(check, &finding);
        return;
    }
    struct json_object *datum = json_object_new_object();
    put_text(datum, "table", "complaints");
    put_text(datum, "coordinates", finding.readings[0].name);
    put_text(datum, "coordinates_note", finding.sentence);
    json_object_array_add(check->list, datum);
}

static int check_one(struct check *check, const char *path)
{
    struct error error = {0};
    struct inspect *inspect;
    struct inspect_options options = {.utc_offset_s = check->options.utc_offset_s,
                                      .now_s = time(NULL),
                                      .rules = &check->options.rules,
                                      .stop = &command_stop,
                                      .datum = check->datum};
    if (!check->as && !is_folder(path)) {
        error_set(&error, STATUS_USAGE,
                  "%s is not a folder; say what it is: covtriage check %s --as TABLE", path,
                  path);
        return command_fail(&error);
    }
    enum status status = check->as ? inspect_file(path, check->as, &options, &inspect, &error)
                                   : inspect_folder(path, &options, &inspect, &error);
    if (status != STATUS_OK)
        return command_fail(&error);
    if (check->options.json)
        for (size_t t = 0; t < inspect->table_count; t++)
            json_object_array_add(check->list, json_table(check, inspect, &inspect->tables[t]));
    else
        check_print(check, inspect);
    if (!check->as)
        report_datum(check, path);
    int code = judge(check, inspect);
    inspect_free(inspect);
    return code;
}

int command_check(int argc, char **argv)
{
    struct check check = {.rejects_shown = 10};
    const struct argp own = {check_options, parse_check, NULL, NULL, NULL, NULL, NULL};
    command_parse(argc, argv, &own, &check, "DIR\nFILE... --as TABLE", doc, &check.options);
    if (check.options.operand_count == 0) {
        fprintf(stderr, "covtriage: check wants a case folder, or files with --as TABLE\n");
        return EXIT_WRONG_USAGE;
    }
    struct error error = {0};
    if (!text_empty(check.options.src_crs) &&
        datum_reader_open(check.options.src_crs, &check.datum, &error) != STATUS_OK)
        return command_fail(&error);
    command_catch_signals();
    check.masked = arena_new();
    check.list = json_object_new_array();
    int code = EXIT_DONE;
    for (int i = 0; i < check.options.operand_count && !command_stop; i++) {
        int one = check_one(&check, check.options.operands[i]);
        code = code == EXIT_DONE || one == EXIT_COULD_NOT ? one : code;
    }
    if (check.options.json)
        puts(json_object_to_json_string_ext(check.list, JSON_C_TO_STRING_PRETTY));
    json_object_put(check.list);
    datum_reader_close(check.datum);
    arena_free(check.masked);
    return command_stop ? EXIT_STOPPED : code;
}
