#include "models/tables/table.h"
#include "models/tables/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/datum.h"
#include "geo/file.h"
#include "geo/layer.h"
#include "models/tables/field.h"
#include "models/tables/reader.h"
#include "models/tables/rows.h"
#include "models/tables/vendor/vendor.h"

/* The state of one table_read(). */
struct reader {
    const char *path;
    const struct table_text *text; /* NULL: the file at path */
    const struct table_spec *spec;
    const struct table_options *options;
    table_row row;
    void *context;
    struct table_report *report;
    struct arena *arena;   /* of the read: columns, headers */
    struct arena *scratch; /* of the row */
    struct column *columns;
    size_t column_count, header_count;
    void *blank, *record;
    struct field_setter setter;
    int seeking; /* rows in which the header is still looked for */
    struct error no_header;
};

enum { HEADER_ROWS = 10 };

/* ---- rejects ------------------------------------------------------------------------- */

static const char *cut_text(struct arena *arena, const char *text, size_t limit)
{
    size_t n = strnlen(text, limit + 1);
    if (n > limit)
        for (n = limit; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    return arena_text(arena, text, n);
}

void rejects_add(struct rejects *rejects, struct reject reject)
{
    rejects->total++;
    if (rejects->count >= REJECTS_LISTED)
        return;
    if (!rejects->arena)
        rejects->arena = arena_new();
    rejects->items = base_grow(rejects->items, &rejects->capacity, rejects->count + 1,
                               sizeof *rejects->items);
    reject.column = cut_text(rejects->arena, reject.column, 120);
    reject.value = cut_text(rejects->arena, reject.value, 120);
    reject.reason = cut_text(rejects->arena, reject.reason, 300);
    rejects->items[rejects->count++] = reject;
}

static void list_reject(struct reader *r, uint32_t line, const char *column, const char *value,
                        const char *reason, bool kept)
{
    struct rejects *rejects = r->options->rejects;
    if (kept)
        r->report->dropped++;
    else
        r->report->refused++;
    if (rejects)
        rejects_add(rejects,
                    (struct reject){r->report->path, line, column, value, reason, kept});
}

/* ---- the header ---------------------------------------------------------------------- */

static const struct field *missing_field(const struct reader *r)
{
    for (size_t f = 0; f < r->spec->field_count; f++) {
        const struct field *field = &r->spec->fields[f];
        bool found = !field->required;
        for (size_t c = 0; c < r->column_count && !found; c++)
            found = r->columns[c].field->offset == field->offset ||
                    (r->columns[c].field->type == FIELD_POINT &&
                     (field->type == FIELD_LON || field->type == FIELD_LAT));
        if (!found)
            return field;
    }
    return NULL;
}

static enum status refuse_header(const struct reader *r, const struct field *missing,
                                 const char *const *names, size_t count, struct error *error)
{
    struct buffer seen = {0};
    for (size_t i = 0; i < count && seen.length < 300; i++)
        buffer_format(&seen, "%s%.40s", i ? ", " : "", names[i]);
    error_set(
        error, STATUS_FORMAT,
        "%s cannot be read as %s: no column '%s' (or a known alias); its header has: %s%s",
        r->path, r->spec->name, missing->name, seen.bytes ? seen.bytes : "",
        seen.length >= 300 ? ", ..." : "");
    buffer_free(&seen);
    return STATUS_FORMAT;
}

/* Take these texts for the header. The field that is missing then, NULL when none is. */
static const struct field *bind_header(struct reader *r, uint32_t line,
                                       const char *const *names, size_t count)
{
    struct rejects *rejects = r->options->rejects;
    struct arena *arena = rejects && rejects->arena ? rejects->arena : r->arena;
    struct table_report *report = r->report;
    const char **trimmed = arena_alloc(r->arena, (count + 1) * sizeof *trimmed);
    for (size_t i = 0; i < count; i++)
        trimmed[i] = field_trim(r->arena, names[i]);
    report->columns = arena_alloc(arena, (count + 1) * sizeof *report->columns);
    report->column_count = count;
    report->header_line = line;
    r->header_count = count;
    columns_bind(r->spec, trimmed, count, arena, &r->columns, &r->column_count,
                 report->columns);
    return missing_field(r);
}

/* Exports often begin with a title: the header is looked for in the first rows. */
static enum status on_header(void *context, uint32_t line, const char *const *names,
                             size_t count, struct error *error)
{
    struct reader *r = context;
    const struct field *missing = bind_header(r, line, names, count);
    if (missing) {
        refuse_header(r, missing, names, count, &r->no_header);
        r->seeking = HEADER_ROWS;
    }
    (void)error;
    return STATUS_OK;
}

static enum status seek_header(struct reader *r, uint32_t line, const char *const *names,
                               size_t count, struct error *error)
{
    if (!bind_header(r, line, names, count))
        r->seeking = 0;
    else if (--r->seeking == 0)
        return error_set(error, STATUS_FORMAT, "%s", r->no_header.text);
    return STATUS_OK;
}

/* ---- rows ---------------------------------------------------------------------------- */

static void widen_report(struct reader *r)
{
    struct table_report *report = r->report;
    for (size_t f = 0; f < r->spec->field_count; f++) {
        const struct field *field = &r->spec->fields[f];
        const void *from = (const char *)r->record + field->offset;
        if (field->type == FIELD_TIME && *(const int64_t *)from != TIME_ABSENT) {
            int64_t t = *(const int64_t *)from;
            report->first_s = report->first_s == TIME_ABSENT ? t : BASE_MIN(report->first_s, t);
            report->last_s = report->last_s == TIME_ABSENT ? t : BASE_MAX(report->last_s, t);
        } else if (field->type == FIELD_LON && !isnan(*(const double *)from)) {
            report->west = fmin(report->west, *(const double *)from);
            report->east = fmax(report->east, *(const double *)from);
        } else if (field->type == FIELD_LAT && !isnan(*(const double *)from)) {
            report->south = fmin(report->south, *(const double *)from);
            report->north = fmax(report->north, *(const double *)from);
        }
    }
}

/* Set every column. false: a required one cannot be used and the row was refused. */
static bool set_columns(struct reader *r, uint32_t line, const char *const *values,
                        size_t count)
{
    char why[VALUE_WHY_SIZE];
    for (size_t c = 0; c < r->column_count; c++) {
        struct column *column = &r->columns[c];
        const char *text = column->index < count ? values[column->index] : "";
        text = field_trim(r->scratch, text);
        if (field_text_absent(column->field, text) || field_set(&r->setter, column, text, why))
            continue;
        list_reject(r, line, column->field->name, text, why, !column->field->required);
        if (column->field->required)
            return false;
    }
    return true;
}

static const struct field *absent_field(const struct reader *r)
{
    for (size_t f = 0; f < r->spec->field_count; f++)
        if (r->spec->fields[f].required && field_is_absent(&r->spec->fields[f], r->record))
            return &r->spec->fields[f];
    return NULL;
}

/* A separator inside a text that was not quoted shifts the columns: do not read them. */
static bool row_too_long(struct reader *r, uint32_t line, const char *const *values,
                         size_t count)
{
    char why[VALUE_WHY_SIZE];
    while (count > r->header_count && !values[count - 1][0])
        count--;
    if (count <= r->header_count)
        return false;
    snprintf(why, sizeof why, "%zu values under %zu headers", count, r->header_count);
    list_reject(r, line, "", values[r->header_count], why, false);
    return true;
}

/* What stands in the file for a field: "-140" where nothing was measured. */
static const char *raw_value(const struct reader *r, const char *field,
                             const char *const *values, size_t count)
{
    for (size_t c = 0; c < r->column_count; c++)
        if (strcmp(r->columns[c].field->name, field) == 0 && r->columns[c].index < count)
            return values[r->columns[c].index];
    return "";
}

/* To WGS-84 from what --src-crs names. false: refused. */
static bool convert_position(struct reader *r, uint32_t line, const char *const *values,
                             size_t count)
{
    if (!r->options->datum)
        return true;
    for (size_t f = 0; f < r->spec->field_count; f++) {
        const struct field *field = &r->spec->fields[f];
        if (field->type != FIELD_LON || field->wide)
            continue;
        struct point *at = (struct point *)((char *)r->record + field->offset);
        if (isnan(at->lon) || isnan(at->lat))
            continue;
        *at = datum_read(r->options->datum, at->lon, at->lat);
        if (!point_valid(*at)) {
            list_reject(r, line, field->name, raw_value(r, field->name, values, count),
                        "not a position in the system that --src-crs names", false);
            return false;
        }
    }
    return true;
}

static bool finish_record(struct reader *r, uint32_t line, const char *const *values,
                          size_t count)
{
    const struct field *absent = absent_field(r);
    if (absent) {
        list_reject(r, line, absent->name, "", "absent, and the row is of no use without it",
                    false);
        return false;
    }
    struct refusal why = {.column = ""};
    struct arena *arena = r->options->arena ? r->options->arena : r->scratch;
    if (r->spec->finish && !r->spec->finish(r->record, arena, &why)) {
        const char *value = why.value[0] ? why.value : raw_value(r, why.column, values, count);
        list_reject(r, line, why.column, value, why.reason, false);
        return false;
    }
    return true;
}

static enum status on_row(void *context, uint32_t line, const char *const *values, size_t count,
                          struct error *error)
{
    struct reader *r = context;
    if (r->seeking)
        return seek_header(r, line, values, count, error);
    r->report->rows++;
    if (r->options->stop && *r->options->stop)
        return error_set(error, STATUS_INTERRUPTED, "interrupted while reading %s", r->path);
    if (row_too_long(r, line, values, count))
        return STATUS_OK;
    r->report->short_rows += count < r->header_count;
    arena_reset(r->scratch);
    memcpy(r->record, r->blank, r->spec->record_size);
    if (r->spec->line_offset)
        *(uint32_t *)((char *)r->record + r->spec->line_offset) = line;
    if (!set_columns(r, line, values, count) || !convert_position(r, line, values, count) ||
        !finish_record(r, line, values, count))
        return STATUS_OK;
    widen_report(r);
    return r->row ? r->row(r->context, r->record) : STATUS_OK;
}

static void on_refuse(void *context, uint32_t line, const char *column, const char *value,
                      const char *reason)
{
    struct reader *r = context;
    r->report->rows++;
    list_reject(r, line, column, value, reason, false);
}

/* ---- the file ------------------------------------------------------------------------ */

static enum status read_rows(struct reader *r, const struct row_sink *sink,
                             struct row_facts *facts, struct error *error)
{
    if (r->text)
        return rows_read_csv_text(r->path, r->text->bytes, r->text->length, sink, facts, error);
    struct vendor_request request = {r->path, r->spec->name, r->options->utc_offset_s,
                                     r->options->stop};
    const struct vendor_reader *vendor = vendor_find(&request);
    if (!vendor)
        return vendor_rows(&request, sink, facts, error);
    enum status status = vendor->read(&request, sink, facts, error);
    if (vendor->name)
        facts->format = vendor->name;
    r->report->sign = vendor->sign ? vendor->sign : "";
    return status;
}

static void reader_start(struct reader *r)
{
    r->arena = arena_new();
    r->scratch = arena_new();
    r->blank = base_alloc(1, r->spec->record_size);
    r->record = base_alloc(1, r->spec->record_size);
    for (size_t f = 0; f < r->spec->field_count; f++)
        field_clear(&r->spec->fields[f], r->blank);
    r->setter = (struct field_setter){.record = r->record,
                                      .utc_offset_s = r->options->utc_offset_s,
                                      .kept = r->options->arena,
                                      .scratch = r->scratch,
                                      .metres = r->options->metres || r->options->datum};
}

void reader_begin(struct reader *r, struct table_report *report)
{
    r->report = report;
    r->setter.said_offset_s = &report->utc_offset_s;
    *report = (struct table_report){.path = r->path,
                                    .format = "",
                                    .encoding = "",
                                    .sign = "",
                                    .utc_offset_s = TIME_OFFSET_UNSAID,
                                    .first_s = TIME_ABSENT,
                                    .last_s = TIME_ABSENT,
                                    .west = NAN,
                                    .south = NAN,
                                    .east = NAN,
                                    .north = NAN};
    struct rejects *rejects = r->options->rejects;
    if (rejects && !rejects->arena)
        rejects->arena = arena_new();
    if (rejects)
        report->path = arena_text(rejects->arena, r->path, strlen(r->path));
}

static void reader_stop(struct reader *r)
{
    arena_free(r->arena);
    arena_free(r->scratch);
    free(r->blank);
    free(r->record);
}

/* The rows of the file, where its source counted them, and what it noted. */
static void report_rows(struct reader *r, const struct row_facts *facts)
{
    struct table_report *report = r->report;
    report->given = report->rows - report->refused;
    if (facts->present) {
        report->rows = facts->present;
        report->refused = facts->present - facts->read;
    }
    if (!r->options->rejects || !facts->note_count)
        return;
    size_t size = facts->note_count * sizeof *facts->notes;
    struct row_note *notes = arena_alloc(r->options->rejects->arena, size);
    memcpy(notes, facts->notes, size);
    report->notes = notes;
    report->note_count = facts->note_count;
    report->notes_more = facts->notes_more;
}

static void reader_end(struct reader *r, const struct row_facts *facts)
{
    report_rows(r, facts);
    r->report->format = facts->format ? facts->format : "";
    r->report->encoding = facts->encoding ? facts->encoding : "";
    r->report->separator = facts->separator;
    r->report->replaced = facts->replaced;
    memcpy(r->report->part, facts->part, sizeof r->report->part);
    if (!r->options->rejects) /* the report's strings went with the reader */
        r->report->column_count = 0;
    reader_stop(r);
}

static struct reader reader_of(const char *path, const struct table_spec *spec,
                               const struct table_options *options, table_row row,
                               void *context)
{
    return (struct reader){
        .path = path, .spec = spec, .options = options, .row = row, .context = context};
}

static enum status run_reader(struct reader *r, struct error *error)
{
    struct table_report unused;
    struct row_sink sink = {r, on_header, on_row, on_refuse, NULL};
    struct row_facts facts = {0};
    reader_start(r);
    reader_begin(r, r->report ? r->report : &unused);
    sink.refused = &r->report->refused;
    enum status status = read_rows(r, &sink, &facts, error);
    if (status == STATUS_OK && r->seeking)
        status = error_set(error, STATUS_FORMAT, "%s", r->no_header.text);
    reader_end(r, &facts);
    return status;
}

static enum status fail_by_reject(const char *path, const struct reject *reject,
                                  struct error *error)
{
    return error_set(error, STATUS_FORMAT, "%s, line %u, %s '%s': %s", path, reject->line,
                     reject->column, reject->value, reject->reason);
}

enum status table_read(const char *path, const struct table_spec *spec,
                       const struct table_options *options, table_row row, void *context,
                       struct table_report *report, struct error *error)
{
    struct reader r = reader_of(path, spec, options, row, context);
    r.report = report;
    uint64_t mark = file_mark(path);
    size_t before = options->whole ? options->rejects->count : 0;
    enum status status = run_reader(&r, error);
    if (status == STATUS_OK && options->whole && options->rejects->count > before)
        status = fail_by_reject(path, &options->rejects->items[before], error);
    if (report)
        report->mark = mark;
    return status == STATUS_OK ? file_unchanged(path, mark, error) : status;
}

enum status table_read_text(const struct table_text *text, const struct table_spec *spec,
                            const struct table_options *options, table_row row, void *context,
                            struct table_report *report, struct error *error)
{
    struct reader r = reader_of(text->name, spec, options, row, context);
    r.text = text;
    r.report = report;
    return run_reader(&r, error);
}

/* ---- for sources outside ------------------------------------------------------------- */

struct reader *reader_open(const char *path, const struct table_spec *spec,
                           const struct table_options *options, table_row row, void *context)
{
    struct reader *r = base_alloc(1, sizeof *r);
    *r = reader_of(path, spec, options, row, context);
    reader_start(r);
    return r;
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    reader_stop(r);
    free(r);
}

struct row_sink reader_sink(struct reader *r)
{
    return (struct row_sink){r, on_header, on_row, on_refuse};
}

const struct column *reader_columns(const struct reader *r, size_t *count)
{
    *count = r->column_count;
    return r->columns;
}

bool reader_seeking(const struct reader *r)
{
    return r->seeking > 0;
}

bool reader_takes_csv(const char *path, const char *table, int utc_offset_s)
{
    struct vendor_request request = {path, table, utc_offset_s, NULL};
    return !layer_named(path) && !vendor_find(&request);
}
