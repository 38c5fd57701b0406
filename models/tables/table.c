#include "models/tables/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/layer.h"
#include "models/tables/columns.h"
#include "models/tables/reader.h"
#include "models/tables/rows.h"
#include "models/tables/time.h"
#include "models/tables/value.h"
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

/* ---- values -------------------------------------------------------------------------- */

static void *member(const struct reader *r, const struct column *column)
{
    return (char *)r->record + column->field->offset;
}

/* White space that libcsv leaves inside quotes, and the wide kinds it does not know. */
static const char *trim(struct reader *r, const char *text)
{
    static const char *const blanks[] = {" ",        "\t",           "\r",          "\n",
                                         "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    size_t n = strlen(text), before = n;
    for (size_t i = 0; i < ARRAY_COUNT(blanks);) {
        size_t w = strlen(blanks[i]);
        bool front = n >= w && memcmp(text, blanks[i], w) == 0;
        bool back = !front && n >= w && memcmp(text + n - w, blanks[i], w) == 0;
        text += front ? w : 0;
        n -= front || back ? w : 0;
        before -= front ? w : 0;
        i = front || back ? 0 : i + 1;
    }
    return n == before ? text : arena_text(r->scratch, text, n);
}

static bool needs_trim(const char *text)
{
    size_t n = strlen(text);
    unsigned char a = (unsigned char)text[0], z = n ? (unsigned char)text[n - 1] : 0;
    return a <= ' ' || z <= ' ' || a == 0xC2 || a == 0xE3 || a == 0xEF || z == 0xA0 ||
           z == 0x80;
}

/* A text that lives as long as the records do. */
static const char *keep_text(struct reader *r, struct column *column, const char *text,
                             size_t length)
{
    struct arena *arena = r->options->arena;
    if (!arena)
        return text[length] ? arena_text(r->scratch, text, length) : text;
    const char *last = column->last_text;
    if (last && strncmp(last, text, length) == 0 && !last[length])
        return last;
    return column->last_text = arena_text(arena, text, length);
}

static bool set_text(struct reader *r, struct column *column, const char *text, char *why)
{
    size_t length = strlen(text);
    if (column->field->type == FIELD_ID && !value_id(text, &length, why))
        return false;
    const char **to = member(r, column);
    if (!**to)
        *to = keep_text(r, column, text, length);
    return true;
}

static bool in_range(const struct field *field, double value, char *why)
{
    bool open = field->min == 0 && field->max == 0;
    if (open || (value >= field->min && value <= field->max))
        return true;
    snprintf(why, VALUE_WHY_SIZE, "outside %g..%g%s%s", field->min, field->max,
             field->unit ? " " : "", field->unit ? field->unit : "");
    return false;
}

static bool set_number(struct reader *r, struct column *column, const char *text, char *why)
{
    double value, *to = member(r, column);
    if (!value_number(text, column->field->unit, &value, why))
        return false;
    for (size_t i = 0; i < column->sentinel_count; i++)
        if (value == column->sentinels[i])
            return true;
    if (column->unit && !value_convert(column->unit, column->field->unit, &value))
        return false;
    if (!isfinite(value))
        return true; /* no power at all has no decibels */
    if (!in_range(column->field, value, why))
        return false;
    if (isnan(*to))
        *to = value;
    return true;
}

static bool set_time(struct reader *r, struct column *column, const char *text, char *why)
{
    const char *reason = "";
    int64_t value, *to = member(r, column);
    if (strcmp(text, "0") == 0)
        return true;
    if (!time_parse(text, r->options->utc_offset_s, &value, &reason)) {
        snprintf(why, VALUE_WHY_SIZE, "%s", reason);
        return false;
    }
    if (*to == TIME_ABSENT)
        *to = value;
    return true;
}

static bool set_name(struct reader *r, struct column *column, const char *text, char *why)
{
    if (!column->last_text || strcmp(column->last_text, text) != 0) {
        column->last_value = name_value(column->field->names, text);
        column->last_text = arena_text(r->arena, text, strlen(text));
    }
    int *to = member(r, column);
    if (!*to)
        *to = column->last_value;
    if (column->last_value)
        return true;
    int used = snprintf(why, VALUE_WHY_SIZE, "not one of ");
    for (const struct name *n = column->field->names; n->text && used < VALUE_WHY_SIZE - 1; n++)
        if (strcmp(n->text, name_of(column->field->names, n->value)) == 0)
            used += snprintf(why + used, VALUE_WHY_SIZE - (size_t)used, "%s%s",
                             n == column->field->names ? "" : ", ", n->text);
    return false;
}

/* A longitude or latitude; or both in this cell, when the other one has none. */
static bool set_degrees(struct reader *r, struct column *column, const char *text, char *why)
{
    bool is_lon = column->field->type == FIELD_LON;
    double value, *to = member(r, column);
    char pair_why[VALUE_WHY_SIZE];
    struct point both;
    if (!isnan(*to))
        return true;
    if (value_degrees(text, is_lon, &value, why)) {
        *to = value;
        return true;
    }
    if (!strpbrk(text, ", ;/") || !value_point(text, !is_lon, &both, pair_why))
        return false;
    *(is_lon ? to : to - 1) = both.lon;
    *(is_lon ? to + 1 : to) = both.lat;
    return true;
}

static bool set_point(struct reader *r, struct column *column, const char *text, char *why)
{
    struct point value, *to = member(r, column);
    if (!value_point(text, column->lat_first, &value, why))
        return false;
    if (isnan(to->lon) && isnan(to->lat))
        *to = value;
    return true;
}

static bool set_value(struct reader *r, struct column *column, const char *text, char *why)
{
    switch (column->field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        return set_text(r, column, text, why);
    case FIELD_NUMBER:
        return set_number(r, column, text, why);
    case FIELD_TIME:
        return set_time(r, column, text, why);
    case FIELD_NAME:
        return set_name(r, column, text, why);
    case FIELD_LON:
    case FIELD_LAT:
        return set_degrees(r, column, text, why);
    case FIELD_POINT:
        return set_point(r, column, text, why);
    }
    return false;
}

static void set_absent(const struct field *field, void *record)
{
    void *to = (char *)record + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        *(const char **)to = "";
        break;
    case FIELD_NUMBER:
    case FIELD_LON:
    case FIELD_LAT:
        *(double *)to = NAN;
        break;
    case FIELD_TIME:
        *(int64_t *)to = TIME_ABSENT;
        break;
    case FIELD_NAME:
        *(int *)to = 0;
        break;
    case FIELD_POINT:
        *(struct point *)to = POINT_ABSENT;
        break;
    }
}

static bool is_absent(const struct field *field, const void *record)
{
    const void *from = (const char *)record + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        return !**(const char *const *)from;
    case FIELD_NUMBER:
    case FIELD_LON:
    case FIELD_LAT:
        return isnan(*(const double *)from);
    case FIELD_TIME:
        return *(const int64_t *)from == TIME_ABSENT;
    case FIELD_NAME:
        return *(const int *)from == 0;
    case FIELD_POINT:
        return isnan(((const struct point *)from)->lon);
    }
    return true;
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
        trimmed[i] = needs_trim(names[i]) ? trim(r, names[i]) : names[i];
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

/* "none" is nothing in most columns and a word in some. */
static bool text_absent(const struct field *field, const char *text)
{
    return value_absent(text) &&
           (!*text || field->type != FIELD_NAME || !name_value(field->names, text));
}

/* Set every column. false: a required one cannot be used and the row was refused. */
static bool set_columns(struct reader *r, uint32_t line, const char *const *values,
                        size_t count)
{
    char why[VALUE_WHY_SIZE];
    for (size_t c = 0; c < r->column_count; c++) {
        struct column *column = &r->columns[c];
        const char *text = column->index < count ? values[column->index] : "";
        if (needs_trim(text))
            text = trim(r, text);
        if (text_absent(column->field, text) || set_value(r, column, text, why))
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
        if (r->spec->fields[f].required && is_absent(&r->spec->fields[f], r->record))
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
    if (!set_columns(r, line, values, count) || !finish_record(r, line, values, count))
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
        set_absent(&r->spec->fields[f], r->blank);
}

void reader_begin(struct reader *r, struct table_report *report)
{
    r->report = report;
    *report = (struct table_report){.path = r->path,
                                    .format = "",
                                    .encoding = "",
                                    .sign = "",
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

enum status table_read(const char *path, const struct table_spec *spec,
                       const struct table_options *options, table_row row, void *context,
                       struct table_report *report, struct error *error)
{
    struct reader r = {.path = path,
                       .spec = spec,
                       .options = options,
                       .row = row,
                       .context = context,
                       .report = report};
    return run_reader(&r, error);
}

enum status table_read_text(const struct table_text *text, const struct table_spec *spec,
                            const struct table_options *options, table_row row, void *context,
                            struct table_report *report, struct error *error)
{
    struct reader r = {.path = text->name,
                       .text = text,
                       .spec = spec,
                       .options = options,
                       .row = row,
                       .context = context,
                       .report = report};
    return run_reader(&r, error);
}

/* ---- for sources outside ------------------------------------------------------------- */

struct reader *reader_open(const char *path, const struct table_spec *spec,
                           const struct table_options *options, table_row row, void *context)
{
    struct reader *r = base_alloc(1, sizeof *r);
    *r = (struct reader){
        .path = path, .spec = spec, .options = options, .row = row, .context = context};
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
