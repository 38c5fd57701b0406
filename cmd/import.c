/* covtriage import --as TABLE FILE... -o OUT.csv: vendor and spreadsheet exports as one
 * canonical table. Everything that reads them is in models/tables. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>

#include "cmd/command.h"
#include "cmd/import_report.h"
#include "cmd/out/result.h"
#include "cmd/out/sheet.h"
#include "cmd/outfile.h"
#include "geo/datum.h"
#include "geo/file.h"
#include "geo/gdal.h"
#include "geo/input.h"
#include "models/tables/identity.h"
#include "models/tables/neighbours.h"
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

enum { IMPORT_COLUMNS = 32, IMPORT_FIELDS = 64 };

/* --cells: ids as the cell table spells them, and neighbours known by carrier and PCI. */
struct naming {
    const char *path;
    struct arena *arena;
    struct cell *cells;
    size_t count, capacity;
    struct identity_index *identity;
    struct neighbours *neighbours;
    int64_t served_s;    /* time of the last serving cell */
    struct point served; /* and where that cell is */
};

struct import {
    struct options options;
    struct naming naming;
    const struct field *id; /* of the cell, NULL: the table has none */
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
    struct import_file file; /* at hand */
    struct import_total total;
    uint64_t *hashes; /* of the files read so far */
};

/* ---- arguments ---------------------------------------------------------------------- */

enum { KEY_AS = 0x200, KEY_CELLS };

static const struct argp_option import_options[] = {
    {"as", KEY_AS, "TABLE", 0, "what the files are: samples, counters, alarms, cells ...", 0},
    {"cells", KEY_CELLS, "CELLS", 0,
     "of samples and counters: name cells as this cell table does, also neighbours that are "
     "known by carrier and PCI only",
     0},
    {0},
};

static error_t parse_import(int key, char *arg, struct argp_state *state)
{
    struct import *import = state->input;
    if (key == KEY_CELLS)
        import->naming.path = arg;
    if (key == KEY_CELLS)
        return 0;
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
    return outfile_check(import->options.output, import->options.overwrite, "OUT.csv", error);
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
        if (strcmp(field->name, "cell_id") == 0 &&
            (import->table->spec == &sample_spec || import->table->spec == &counter_spec))
            import->id = field;
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

/* ---- names of cells ----------------------------------------------------------------- */

static enum status keep_cell(void *context, const void *record)
{
    struct naming *naming = context;
    naming->cells =
        base_grow(naming->cells, &naming->capacity, naming->count + 1, sizeof *naming->cells);
    naming->cells[naming->count++] = *(const struct cell *)record;
    return STATUS_OK;
}

static enum status naming_open(struct import *import, struct error *error)
{
    struct naming *naming = &import->naming;
    naming->arena = arena_new();
    const struct table_options options = {.utc_offset_s = import->options.utc_offset_s,
                                          .arena = naming->arena,
                                          .rejects = &import->rejects,
                                          .stop = &command_stop};
    enum status status =
        table_read(naming->path, &cell_spec, &options, keep_cell, naming, NULL, error);
    if (status != STATUS_OK)
        return status;
    naming->identity = identity_index_new(naming->cells, naming->count);
    naming->neighbours = neighbours_new(naming->cells, naming->count);
    return STATUS_OK;
}

static void naming_close(struct naming *naming)
{
    if (naming->identity)
        identity_index_free(naming->identity);
    neighbours_free(naming->neighbours);
    arena_free(naming->arena);
    free(naming->cells);
}

/* Where a neighbour was heard: at the phone, else about the cell that served it then. */
static uint32_t find_neighbour(const struct import *import, const struct sample *sample,
                               double pci, double arfcn)
{
    const struct naming *naming = &import->naming;
    struct point near = sample->at;
    if (!point_valid(near) && naming->served_s == sample->time_s)
        near = naming->served;
    if (!point_valid(near))
        return INDEX_NONE;
    return neighbours_find(naming->neighbours, pci, arfcn, near,
                           RULE_VALUE(&import->options.rules, neighbour_reach_m),
                           RULE_VALUE(&import->options.rules, neighbour_clear_ratio));
}

/* The id of the record in the cell table's spelling. */
static void name_cell(struct import *import, char *record)
{
    struct naming *naming = &import->naming;
    const char **id = (const char **)(record + import->id->offset);
    const struct sample *sample =
        import->table->spec == &sample_spec ? (const struct sample *)record : NULL;
    double pci, arfcn;
    bool coded = sample && neighbours_parse(*id, &pci, &arfcn);
    uint32_t at = coded  ? find_neighbour(import, sample, pci, arfcn)
                  : **id ? identity_find(naming->identity, *id)
                         : INDEX_NONE;
    import->file.coded += coded;
    import->file.named += coded && at != INDEX_NONE;
    import->file.unnamed += !coded && at == INDEX_NONE;
    if (sample && sample->serving == ANSWER_YES) {
        naming->served_s = sample->time_s;
        naming->served = at == INDEX_NONE ? POINT_ABSENT : naming->cells[at].at;
    }
    if (at != INDEX_NONE)
        *id = naming->cells[at].cell_id;
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

static bool hides_phones(const struct import *import)
{
    return import->table->spec == &complaint_spec && !import->options.show_phones;
}

static void write_text(struct import *import, const char *text)
{
    if (hides_phones(import))
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

static bool has_place(const struct import *import, const void *record)
{
    const struct point *at = (const void *)((const char *)record + import->lon->offset);
    return !isnan(at->lon);
}

static enum status on_row(void *context, const void *record)
{
    struct import *import = context;
    if (import->file.same_as)
        return STATUS_OK;
    char *copy = base_alloc(1, import->spec.record_size);
    memcpy(copy, record, import->spec.record_size);
    move_to_wgs84(import, copy);
    if (import->naming.path && import->id)
        name_cell(import, copy);
    for (size_t i = 0; i < import->column_count; i++)
        write_value(import, import->columns[i], copy);
    sheet_end(&import->sheet);
    if (import->lon && !has_place(import, copy))
        import->file.unplaced++;
    free(copy);
    arena_reset(import->masked);
    import->file.written++;
    progress_step(&import->progress, (double)(import->total.written + import->file.written));
    return STATUS_OK;
}

/* ---- files -------------------------------------------------------------------------- */

/* The bytes of a file as one number; 0 when it cannot be read (the reader will say why). */
static uint64_t hash_file(const char *path)
{
    struct error ignored = {0};
    if (input_check(path, &ignored) != STATUS_OK)
        return 0;
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

static void mask_rejects(struct import *import)
{
    for (size_t i = 0; hides_phones(import) && i < import->rejects.count; i++) {
        struct reject *reject = &import->rejects.items[i];
        reject->value = result_mask_value(import->masked, reject->column, reject->value);
    }
}

static enum status read_file(struct import *import, int at, struct error *error)
{
    struct import_file *file = &import->file;
    const struct table_options options = {.utc_offset_s = import->options.utc_offset_s,
                                          .rejects = &import->rejects,
                                          .stop = &command_stop};
    import->rejects.count = import->rejects.total = 0;
    arena_reset(import->rejects.arena);
    const char *path = import->options.operands[at];
    uint64_t mark = file_mark(path);
    *file = (struct import_file){.same_as = find_same(import, at)};
    import->naming.served_s = TIME_ABSENT;
    enum status status =
        table_read(path, &import->spec, &options, on_row, import, &file->report, error);
    if (status == STATUS_OK) /* nor since it was compared with the others */
        status = file_unchanged(path, mark, error);
    if (status != STATUS_OK)
        return status;
    mask_rejects(import);
    file->rejects = import->rejects.items;
    file->reject_count = import->rejects.count;
    file->unlisted = import->rejects.total - import->rejects.count;
    import_report_file(&import->total, file);
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
    struct outfile file;
    enum status status = outfile_open(import->options.output, "", &file, error);
    if (status == STATUS_OK)
        status = sheet_open(&import->sheet, file.staging, import->options.utc_offset_s, error);
    if (status == STATUS_OK) {
        write_header(import);
        status = read_files(import, error);
        enum status closed = sheet_close(&import->sheet, error);
        status = status == STATUS_OK ? closed : status;
    }
    if (status == STATUS_OK)
        status = outfile_publish(&file, error);
    outfile_close(&file);
    return status;
}

static enum status run_import(struct import *import, struct error *error)
{
    enum status status = check_arguments(import, error);
    import->rejects.arena = arena_new();
    if (status == STATUS_OK && import->options.src_crs)
        status = datum_reader_open(import->options.src_crs, &import->datum, error);
    if (status == STATUS_OK && import->naming.path)
        status = naming_open(import, error);
    if (status != STATUS_OK)
        return status;
    set_spec(import);
    command_catch_signals();
    import->masked = arena_new();
    import->total = (struct import_total){.options = &import->options,
                                          .table = import->table->spec->name,
                                          .json = json_object_new_array()};
    import->hashes = base_alloc((size_t)import->options.operand_count, sizeof *import->hashes);
    status = write_table(import, error);
    if (status == STATUS_OK)
        import_report_total(&import->total);
    return status;
}

static void import_close(struct import *import)
{
    if (import->datum)
        datum_reader_close(import->datum);
    naming_close(&import->naming);
    json_object_put(import->total.json);
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
    bool refused = import->options.strict && import->total.refused;
    import_close(import);
    if (status != STATUS_OK)
        return command_fail(&error);
    return refused ? EXIT_ROWS_REFUSED : EXIT_DONE;
}
