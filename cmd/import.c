/* covtriage import --as TABLE FILE... -o OUT.csv: vendor and spreadsheet exports as one
 * canonical table. Everything that reads them is in models/tables. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>

#include "cmd/command.h"
#include "cmd/out/result.h"
#include "cmd/out/sheet.h"
#include "geo/datum.h"
#include "geo/gdal.h"
#include "models/tables/rows.h"
#include "models/tables/table.h"

static const char doc[] =
    "Read measurement logs, counters, alarm histories or cell tables of any maker and write "
    "them as one table with covtriage's own columns."
    "\vTABLE is samples, counters, alarms, cells, complaints, plan or places. Each file's "
    "format "
    "is recognised by its content, and what it was recognised by is printed, with the rows "
    "read "
    "and refused and the reasons. `covtriage triage` and `grid` read the same files directly; "
    "import is for looking at what they understand, and for other programs.\n\n"
    "  covtriage import --as samples drive_*.txt MRO_*.xml -o samples.csv\n"
    "  covtriage import --as counters A2026*.xml -o counters.csv\n\n"
    "Formats: CSV of any encoding and separator, XLSX, XLS, GeoPackage, Shapefile; G-NetTrack "
    "text and KML; OpenCelliD and Tower Collector; NSG cells; MRO/MRE XML; TS 32.435 PM XML; "
    "Huawei counter exports; ZTE and Huawei alarm histories.";

/* A table that can be written, with the columns of the contract. */
struct import_table {
    const struct table_spec *spec;
    const char *columns; /* in order, by "," */
};

static const struct import_table import_tables[] = {
    {&sample_spec, "time,lon,lat,cell_id,serving,rsrp_dbm,rsrq_db,sinr_db,ta,source"},
    {&counter_spec,
     "cell_id,period_start,period_minutes,availability_pct,ul_interference_dbm,prb_dl_util_pct,"
     "drop_rate_pct,setup_success_pct,ho_success_pct,vswr,traffic"},
    {&alarm_spec, "alarm_id,object_id,raised_at,cleared_at,severity,name,probable_cause"},
    {&cell_spec,
     "site_id,site_name,cell_id,cell_name,rat,band,frequency_mhz,arfcn,pci,lon,lat,azimuth_deg,"
     "mech_tilt_deg,elec_tilt_deg,height_m,rs_power_dbm,antenna_gain_dbi,hbw_deg,vbw_deg,"
     "pattern,coverage,on_air"},
    {&complaint_spec,
     "ticket_id,reported_at,occurred_at,lon,lat,coord_sys,address,serving_cell,rat,symptom,"
     "description,customer_level,customer_id,phone,indoor,terminal"},
    {&plan_spec, "plan_id,site_name,lon,lat,stage,on_air_date,height_m,azimuths_deg,rat"},
    {&place_spec, "name,kind,lon,lat,parent,aliases"},
};

enum { IMPORT_COLUMNS = 32, IMPORT_FIELDS = 64, REASONS_MAX = 200 };

struct import {
    struct options options;
    const struct import_table *table;
    struct table_spec spec; /* with positions optional for samples */
    struct field fields[IMPORT_FIELDS];
    const struct field *columns[IMPORT_COLUMNS];
    size_t column_count;
    const struct field *lon;    /* of the position, NULL: the table has none */
    struct datum_reader *datum; /* --src-crs */
    struct sheet sheet;
    struct rejects rejects;
    struct arena *masked;
    struct progress progress;
    uint64_t written, unplaced; /* of the file at hand */
    bool repeats;               /* the file at hand: write nothing */
    struct json_object *json;   /* the files' reports */
    uint64_t rows, read, refused, all_written;
    uint64_t *hashes; /* of the files read so far */
};

/* ---- arguments ---------------------------------------------------------------------- */

enum { KEY_AS = 0x200 };

static const struct argp_option import_options[] = {
    {"as", KEY_AS, "TABLE", 0, "what the files are: samples, counters, alarms, cells ...", 0},
    {0},
};

static error_t parse_import(int key, char *arg, struct argp_state *state)
{
    struct import *import = state->input;
    if (key != KEY_AS)
        return ARGP_ERR_UNKNOWN;
    for (size_t i = 0; i < ARRAY_COUNT(import_tables); i++)
        if (strcmp(arg, import_tables[i].spec->name) == 0)
            import->table = &import_tables[i];
    if (!import->table)
        argp_error(state,
                   "--as takes samples, counters, alarms, cells, complaints, plan or "
                   "places, not '%s'",
                   arg);
    return 0;
}

static enum status check_arguments(const struct import *import, struct error *error)
{
    if (!import->table)
        return error_set(error, STATUS_USAGE,
                         "import needs --as samples, counters, alarms or cells");
    if (!import->options.operand_count)
        return error_set(error, STATUS_USAGE, "import needs the files to read");
    if (!import->options.output)
        return error_set(error, STATUS_USAGE, "import needs -o OUT.csv");
    if (!import->options.overwrite && access(import->options.output, F_OK) == 0)
        return error_set(error, STATUS_IO, "%s is there already: --overwrite replaces it",
                         import->options.output);
    return STATUS_OK;
}

/* ---- columns ------------------------------------------------------------------------ */

static const struct field *find_field(const struct import *import, const char *name,
                                      size_t length)
{
    for (size_t i = 0; i < import->spec.field_count; i++)
        if (strlen(import->fields[i].name) == length &&
            strncmp(import->fields[i].name, name, length) == 0)
            return &import->fields[i];
    return NULL;
}

/* A report without a position still has its level and its timing advance: it is written. */
static void set_spec(struct import *import)
{
    import->spec = *import->table->spec;
    import->spec.field_count = BASE_MIN(import->spec.field_count, (size_t)IMPORT_FIELDS);
    memcpy(import->fields, import->spec.fields,
           import->spec.field_count * sizeof *import->fields);
    import->spec.fields = import->fields;
    for (size_t i = 0; i < import->spec.field_count; i++) {
        struct field *field = &import->fields[i];
        if (import->table->spec == &sample_spec &&
            (field->type == FIELD_LON || field->type == FIELD_LAT))
            field->required = false;
        if (field->type == FIELD_LON && !import->lon)
            import->lon = field;
    }
    for (const char *name = import->table->columns; *name;) {
        size_t length = strcspn(name, ",");
        const struct field *field = find_field(import, name, length);
        if (field)
            import->columns[import->column_count++] = field;
        name += length + (name[length] == ',');
    }
}

static void write_header(struct import *import)
{
    for (size_t i = 0; i < import->column_count; i++)
        sheet_text(&import->sheet, import->columns[i]->name);
    sheet_end(&import->sheet);
}

/* ---- rows --------------------------------------------------------------------------- */

static void write_number(struct sheet *sheet, double value)
{
    char text[40] = "";
    if (isfinite(value))
        snprintf(text, sizeof text, "%.9g", value);
    sheet_text(sheet, text);
}

static void write_name(struct sheet *sheet, const struct field *field, int value)
{
    if (field->names == answer_names)
        sheet_text(sheet, value == ANSWER_YES ? "1" : value == ANSWER_NO ? "0" : "");
    else
        sheet_text(sheet, name_of(field->names, value));
}

static void write_text(struct import *import, const char *text)
{
    bool may_hold_phones = import->table->spec == &complaint_spec;
    if (may_hold_phones && !import->options.show_phones)
        text = result_mask_phones(import->masked, text);
    sheet_text(&import->sheet, text);
}

static void write_value(struct import *import, const struct field *field, const char *record)
{
    const void *at = record + field->offset;
    struct sheet *sheet = &import->sheet;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        write_text(import, *(const char *const *)at);
        return;
    case FIELD_NUMBER:
        write_number(sheet, *(const double *)at);
        return;
    case FIELD_TIME:
        sheet_time(sheet, *(const int64_t *)at);
        return;
    case FIELD_NAME:
        write_name(sheet, field, *(const int *)at);
        return;
    case FIELD_LON:
    case FIELD_LAT:
        sheet_number(sheet, *(const double *)at, 7);
        return;
    case FIELD_POINT:
        sheet_text(sheet, "");
        return;
    }
}

/* The record's own position moved to WGS-84. */
static void move_to_wgs84(const struct import *import, char *record)
{
    if (!import->lon || !import->datum)
        return;
    struct point *at = (struct point *)(record + import->lon->offset);
    if (!isnan(at->lon))
        *at = datum_read(import->datum, at->lon, at->lat);
}

static enum status on_row(void *context, const void *record)
{
    struct import *import = context;
    if (import->repeats)
        return STATUS_OK;
    char *copy = base_alloc(1, import->spec.record_size);
    memcpy(copy, record, import->spec.record_size);
    move_to_wgs84(import, copy);
    for (size_t i = 0; i < import->column_count; i++)
        write_value(import, import->columns[i], copy);
    sheet_end(&import->sheet);
    if (import->lon && isnan(*(double *)(copy + import->lon->offset)))
        import->unplaced++;
    free(copy);
    arena_reset(import->masked);
    import->written++;
    progress_step(&import->progress, (double)(import->all_written + import->written));
    return STATUS_OK;
}

/* ---- what is said of a file --------------------------------------------------------- */

/* Refused rows of one file with the same column and reason. */
struct reason {
    const char *column, *text, *value;
    uint32_t line; /* of the first */
    uint64_t count;
    bool kept;
};

static size_t group_reasons(const struct import *import, size_t from,
                            struct reason reasons[REASONS_MAX])
{
    size_t count = 0;
    for (size_t i = from; i < import->rejects.count; i++) {
        const struct reject *reject = &import->rejects.items[i];
        size_t r = 0;
        while (r < count && (strcmp(reasons[r].text, reject->reason) != 0 ||
                             strcmp(reasons[r].column, reject->column) != 0 ||
                             reasons[r].kept != reject->kept))
            r++;
        if (r == REASONS_MAX)
            continue;
        if (r == count)
            reasons[count++] = (struct reason){
                reject->column, reject->reason, reject->value, reject->line, 0, reject->kept};
        reasons[r].count++;
    }
    return count;
}

static void say_reason(const struct reason *reason)
{
    printf("  %s %" PRIu64 ": %s%s%s", reason->kept ? "values dropped" : "refused",
           reason->count, reason->column, reason->column[0] ? " " : "", reason->text);
    if (reason->line)
        printf(" (first: line %u, '%s')\n", reason->line, reason->value);
    else
        printf(": %s\n", reason->value);
}

/* Notes of one text with many names share a line. */
static void say_notes(const struct table_report *report)
{
    for (size_t i = 0; i < report->note_count; i++) {
        const struct row_note *note = &report->notes[i];
        bool same = i && report->notes[i - 1].text == note->text && note->detail[0];
        if (!same && note->detail[0])
            printf("%s  note: %s: %s", i ? "\n" : "", note->text, note->detail);
        else if (same)
            printf(", %s", note->detail);
        else
            printf("%s  note: %s: %" PRIu64, i ? "\n" : "", note->text, note->count);
    }
    if (report->notes_more)
        printf(" ... and %" PRIu64 " more", report->notes_more);
    if (report->note_count)
        putchar('\n');
}

/* Of a file that was read already. */
static size_t one_reason(const char *same, const struct table_report *report,
                         struct reason reasons[REASONS_MAX])
{
    reasons[0] = (struct reason){.column = "",
                                 .text = "the file has the same bytes as another of this run",
                                 .value = same,
                                 .count = report->rows};
    return report->rows > 0;
}

static void say_file(const struct import *import, const struct table_report *report,
                     const struct reason *reasons, size_t reason_count)
{
    uint64_t refused = import->repeats ? report->rows : report->refused;
    printf("%s: %s%s%s%s, %" PRIu64 " rows = %" PRIu64 " read + %" PRIu64 " refused, %" PRIu64
           " written\n",
           report->path, report->format, report->sign[0] ? " (by " : "", report->sign,
           report->sign[0] ? ")" : "", report->rows, report->rows - refused, refused,
           import->written);
    for (size_t i = 0; i < reason_count; i++)
        say_reason(&reasons[i]);
    say_notes(report);
    if (import->unplaced)
        printf("  note: rows without a position, which grid and triage refuse: %" PRIu64 "\n",
               import->unplaced);
}

static void add_text(struct json_object *to, const char *name, const char *text)
{
    json_object_object_add(to, name, json_object_new_string(text));
}

static void add_count(struct json_object *to, const char *name, uint64_t count)
{
    json_object_object_add(to, name, json_object_new_uint64(count));
}

static void add_file(struct import *import, const struct table_report *report,
                     const struct reason *reasons, size_t reason_count)
{
    struct json_object *file = json_object_new_object(), *list = json_object_new_array();
    uint64_t refused = import->repeats ? report->rows : report->refused;
    add_text(file, "path", report->path);
    add_text(file, "format", report->format);
    add_text(file, "recognised_by", report->sign);
    add_text(file, "encoding", report->encoding);
    add_count(file, "rows", report->rows);
    add_count(file, "read", report->rows - refused);
    add_count(file, "refused", refused);
    add_count(file, "written", import->written);
    add_count(file, "without_position", import->unplaced);
    for (size_t i = 0; i < reason_count; i++) {
        struct json_object *line = json_object_new_object();
        add_count(line, "count", reasons[i].count);
        json_object_object_add(line, "row_kept", json_object_new_boolean(reasons[i].kept));
        add_text(line, "column", reasons[i].column);
        add_text(line, "reason", reasons[i].text);
        add_count(line, "first_line", reasons[i].line);
        add_text(line, "first_value", reasons[i].value);
        json_object_array_add(list, line);
    }
    json_object_object_add(file, "reasons", list);
    list = json_object_new_array();
    for (size_t i = 0; i < report->note_count; i++) {
        struct json_object *line = json_object_new_object();
        add_count(line, "count", report->notes[i].count);
        add_text(line, "note", report->notes[i].text);
        add_text(line, "detail", report->notes[i].detail);
        json_object_array_add(list, line);
    }
    json_object_object_add(file, "notes", list);
    json_object_array_add(import->json, file);
}

static void say_total(struct import *import)
{
    if (import->options.json) {
        struct json_object *all = json_object_new_object();
        add_text(all, "table", import->table->spec->name);
        add_text(all, "output", import->options.output);
        add_count(all, "rows", import->rows);
        add_count(all, "read", import->read);
        add_count(all, "refused", import->refused);
        add_count(all, "written", import->all_written);
        json_object_object_add(all, "files", json_object_get(import->json));
        puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY));
        json_object_put(all);
    } else if (!import->options.quiet) {
        printf("%s: %d files, %" PRIu64 " rows = %" PRIu64 " read + %" PRIu64
               " refused, %" PRIu64 " written\n",
               import->options.output, import->options.operand_count, import->rows,
               import->read, import->refused, import->all_written);
    }
}

/* ---- files -------------------------------------------------------------------------- */

/* The bytes of a file as one number; 0 when it cannot be read (the reader will say why). */
static uint64_t hash_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *chunk = base_alloc(1, 1 << 16);
    uint64_t hash = 1;
    size_t got;
    while (file && (got = fread(chunk, 1, 1 << 16, file)) > 0)
        hash = hash_mix(hash ^ hash_bytes(chunk, got));
    free(chunk);
    if (!file)
        return 0;
    fclose(file);
    return hash;
}

/* The same export given twice would count every measurement twice. NULL: it is new. */
static const char *find_same(struct import *import, int at)
{
    import->hashes[at] = hash_file(import->options.operands[at]);
    for (int i = 0; i < at; i++)
        if (import->hashes[at] && import->hashes[i] == import->hashes[at])
            return import->options.operands[i];
    return NULL;
}

static enum status read_file(struct import *import, int at, struct error *error)
{
    const char *path = import->options.operands[at], *same = find_same(import, at);
    const struct table_options options = {.utc_offset_s = import->options.utc_offset_s,
                                          .rejects = &import->rejects,
                                          .stop = &command_stop};
    struct table_report report;
    size_t listed = import->rejects.count;
    import->written = import->unplaced = 0;
    import->repeats = same != NULL;
    enum status status =
        table_read(path, &import->spec, &options, on_row, import, &report, error);
    if (status != STATUS_OK)
        return status;
    struct reason reasons[REASONS_MAX];
    size_t count =
        same ? one_reason(same, &report, reasons) : group_reasons(import, listed, reasons);
    uint64_t refused = same ? report.rows : report.refused;
    import->rows += report.rows;
    import->refused += refused;
    import->read += report.rows - refused;
    import->all_written += import->written;
    if (import->options.json)
        add_file(import, &report, reasons, count);
    else if (!import->options.quiet)
        say_file(import, &report, reasons, count);
    return STATUS_OK;
}

static enum status read_files(struct import *import, struct error *error)
{
    enum status status = STATUS_OK;
    progress_start(&import->progress, &import->options, "rows written", 0);
    for (int i = 0; i < import->options.operand_count && status == STATUS_OK; i++)
        status = read_file(import, i, error);
    progress_end(&import->progress);
    return status;
}

static enum status write_table(struct import *import, struct error *error)
{
    char temporary[4096];
    gdal_temporary_name(import->options.output, temporary, sizeof temporary);
    enum status status =
        sheet_open(&import->sheet, temporary, import->options.utc_offset_s, error);
    if (status != STATUS_OK)
        return status;
    write_header(import);
    status = read_files(import, error);
    enum status closed = sheet_close(&import->sheet, error);
    status = status == STATUS_OK ? closed : status;
    if (status == STATUS_OK && rename(temporary, import->options.output) != 0)
        status = error_set(error, STATUS_IO, "cannot write %s: %s", import->options.output,
                           strerror(errno));
    if (status != STATUS_OK)
        unlink(temporary);
    return status;
}

static enum status run_import(struct import *import, struct error *error)
{
    enum status status = check_arguments(import, error);
    if (status == STATUS_OK && import->options.src_crs)
        status = datum_reader_open(import->options.src_crs, &import->datum, error);
    if (status != STATUS_OK)
        return status;
    set_spec(import);
    command_catch_signals();
    import->masked = arena_new();
    import->json = json_object_new_array();
    import->hashes = base_alloc((size_t)import->options.operand_count, sizeof *import->hashes);
    status = write_table(import, error);
    if (status == STATUS_OK)
        say_total(import);
    return status;
}

static void import_close(struct import *import)
{
    if (import->datum)
        datum_reader_close(import->datum);
    json_object_put(import->json);
    arena_free(import->masked);
    arena_free(import->rejects.arena);
    free(import->rejects.items);
    free(import->hashes);
    free(import);
}

int command_import(int argc, char **argv)
{
    struct import *import = base_alloc(1, sizeof *import);
    const struct argp own = {import_options, parse_import, NULL, NULL, NULL, NULL, NULL};
    struct error error = {0};
    command_parse(argc, argv, &own, import, "FILE...", doc, &import->options);
    enum status status = run_import(import, &error);
    bool refused = import->options.strict && import->refused;
    import_close(import);
    if (status != STATUS_OK)
        return command_fail(&error);
    return refused ? EXIT_ROWS_REFUSED : EXIT_DONE;
}
