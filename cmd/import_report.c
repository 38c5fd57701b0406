#include "cmd/import_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <json-c/json.h>

#include "models/tables/rows.h"

enum { REASONS_MAX = 200 };

/* Refused rows of one file with the same column and reason. */
struct reason {
    const char *column, *text, *value;
    uint32_t line; /* of the first; 0: of all */
    uint64_t count;
    bool kept;
};

static bool is_same(const struct reason *reason, const struct reject *reject)
{
    return reason->kept == reject->kept && strcmp(reason->text, reject->reason) == 0 &&
           strcmp(reason->column, reject->column) == 0;
}

static size_t group_reasons(const struct import_file *file, struct reason reasons[REASONS_MAX])
{
    if (file->same_as) {
        reasons[0] = (struct reason){.column = "",
                                     .text = "the file has the same bytes as another one",
                                     .value = file->same_as,
                                     .count = file->report.rows};
        return file->report.rows > 0;
    }
    size_t count = 0;
    for (size_t i = 0; i < file->reject_count; i++) {
        const struct reject *reject = &file->rejects[i];
        size_t r = 0;
        while (r < count && !is_same(&reasons[r], reject))
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

/* ---- for people --------------------------------------------------------------------- */

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

static void say_names(const struct import_file *file)
{
    if (file->coded)
        printf("  note: neighbours known by carrier and PCI: %" PRIu64
               ", named by the cell table: %" PRIu64 "\n",
               file->coded, file->named);
    if (file->unnamed)
        printf("  note: rows of cells that are not in the cell table: %" PRIu64 "\n",
               file->unnamed);
    if (file->unplaced)
        printf("  note: rows without a position, which grid and triage refuse: %" PRIu64 "\n",
               file->unplaced);
}

static void say_file(const struct import_file *file, uint64_t refused,
                     const struct reason *reasons, size_t count)
{
    const struct table_report *report = &file->report;
    printf("%s: %s%s%s%s, %" PRIu64 " rows = %" PRIu64 " read + %" PRIu64 " refused, %" PRIu64
           " written\n",
           report->path, report->format, report->sign[0] ? " (by " : "", report->sign,
           report->sign[0] ? ")" : "", report->rows, report->rows - refused, refused,
           file->written);
    for (size_t i = 0; i < count; i++)
        say_reason(&reasons[i]);
    if (file->unlisted)
        printf("  and %" PRIu64 " more, counted without their reasons\n", file->unlisted);
    say_notes(report);
    say_names(file);
}

/* ---- for programs ------------------------------------------------------------------- */

static void add_text(struct json_object *to, const char *name, const char *text)
{
    json_object_object_add(to, name, json_object_new_string(text));
}

static void add_count(struct json_object *to, const char *name, uint64_t count)
{
    json_object_object_add(to, name, json_object_new_uint64(count));
}

static struct json_object *list_reasons(const struct reason *reasons, size_t count)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        struct json_object *line = json_object_new_object();
        add_count(line, "count", reasons[i].count);
        json_object_object_add(line, "row_kept", json_object_new_boolean(reasons[i].kept));
        add_text(line, "column", reasons[i].column);
        add_text(line, "reason", reasons[i].text);
        add_count(line, "first_line", reasons[i].line);
        add_text(line, "first_value", reasons[i].value);
        json_object_array_add(list, line);
    }
    return list;
}

static struct json_object *list_notes(const struct table_report *report)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < report->note_count; i++) {
        struct json_object *line = json_object_new_object();
        add_count(line, "count", report->notes[i].count);
        add_text(line, "note", report->notes[i].text);
        add_text(line, "detail", report->notes[i].detail);
        json_object_array_add(list, line);
    }
    return list;
}

static struct json_object *list_file(const struct import_file *file, uint64_t refused,
                                     const struct reason *reasons, size_t count)
{
    const struct table_report *report = &file->report;
    struct json_object *line = json_object_new_object();
    add_text(line, "path", report->path);
    add_text(line, "format", report->format);
    add_text(line, "recognised_by", report->sign);
    add_text(line, "encoding", report->encoding);
    add_count(line, "rows", report->rows);
    add_count(line, "read", report->rows - refused);
    add_count(line, "refused", refused);
    add_count(line, "written", file->written);
    add_count(line, "without_position", file->unplaced);
    add_count(line, "neighbours_coded", file->coded);
    add_count(line, "neighbours_named", file->named);
    add_count(line, "cells_unknown", file->unnamed);
    add_count(line, "reasons_not_counted", file->unlisted);
    json_object_object_add(line, "reasons", list_reasons(reasons, count));
    json_object_object_add(line, "notes", list_notes(report));
    return line;
}

void import_report_file(struct import_total *total, const struct import_file *file)
{
    struct reason reasons[REASONS_MAX];
    size_t count = group_reasons(file, reasons);
    uint64_t refused = file->same_as ? file->report.rows : file->report.refused;
    total->rows += file->report.rows;
    total->refused += refused;
    total->read += file->report.rows - refused;
    total->written += file->written;
    if (total->options->json)
        json_object_array_add(total->json, list_file(file, refused, reasons, count));
    else if (!total->options->quiet)
        say_file(file, refused, reasons, count);
}

void import_report_total(const struct import_total *total)
{
    const char *output = total->options->output;
    if (!total->options->json) {
        if (!total->options->quiet)
            printf("%s: %d files, %" PRIu64 " rows = %" PRIu64 " read + %" PRIu64
                   " refused, %" PRIu64 " written\n",
                   output, total->options->operand_count, total->rows, total->read,
                   total->refused, total->written);
        return;
    }
    struct json_object *all = json_object_new_object();
    add_text(all, "table", total->table);
    add_text(all, "output", output);
    add_count(all, "rows", total->rows);
    add_count(all, "read", total->read);
    add_count(all, "refused", total->refused);
    add_count(all, "written", total->written);
    json_object_object_add(all, "files", json_object_get(total->json));
    puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY));
    json_object_put(all);
}
