/* What `covtriage check` prints for people, in their language. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cmd/check.h"
#include "models/tables/reason.h"
#include "models/tables/rows.h"
#include "models/tables/time.h"

enum { LABEL_COLUMNS = 9 };

static const char *words(const struct check *check, const char *english)
{
    return say(check->options.language, english);
}

/* A line's lead: the label, then blanks to the column where values begin; a Chinese character
 * takes two columns of a terminal. */
static void print_label(const struct check *check, const char *english)
{
    const char *label = words(check, english);
    int columns = 0;
    for (const char *p = label; *p; p++)
        columns += (*p & 0x80) == 0 ? 1 : (*p & 0xC0) == 0xC0 ? 2 : 0;
    printf("  %s%*s", label, columns < LABEL_COLUMNS ? LABEL_COLUMNS - columns : 1, "");
}

static const char *separator_name(char separator)
{
    switch (separator) {
    case ',':
        return "comma";
    case ';':
        return "semicolon";
    case '\t':
        return "tab";
    case '|':
        return "bar";
    default:
        return "";
    }
}

/* "csv, GB18030, comma" */
static void print_format(const struct check *check, const struct table_report *report)
{
    print_label(check, "format");
    printf("%s", report->format);
    if (report->sign[0])
        printf(words(check, " (by %s)"), report->sign);
    if (report->part[0])
        printf(words(check, ", layer '%s'"), report->part);
    if (report->encoding[0])
        printf(", %s", report->encoding);
    if (report->separator)
        printf(", %s", words(check, separator_name(report->separator)));
    if (report->header_line > 1)
        printf(words(check, ", header in line %u"), report->header_line);
    putchar('\n');
}

static void print_columns(const struct check *check, const struct table_report *report)
{
    const char *lead = "";
    print_label(check, "columns");
    for (size_t c = 0; c < report->column_count; c++) {
        const struct column_match *match = &report->columns[c];
        if (!match->field)
            continue;
        bool same = strcmp(match->header, match->field) == 0;
        printf("%s%s%s%s", lead, same ? "" : match->header, same ? "" : " = ", match->field);
        if (match->note[0])
            printf(" (%s)", match->note);
        lead = ", ";
    }
    putchar('\n');
}

static void print_ignored(const struct check *check, const struct table_report *report)
{
    const char *lead = NULL;
    for (size_t c = 0; c < report->column_count; c++) {
        const struct column_match *match = &report->columns[c];
        if (match->field || !match->header[0])
            continue;
        if (!lead)
            print_label(check, "ignored");
        printf("%s%s", lead ? lead : "", match->header);
        if (match->note[0])
            printf(" (%s)", match->note);
        lead = ", ";
    }
    if (lead)
        putchar('\n');
}

static void print_extent(const struct check *check, const struct table_report *report)
{
    char first[TIME_SIZE], last[TIME_SIZE];
    if (report->first_s != TIME_ABSENT) {
        print_label(check, "times");
        printf("%s .. %s\n", time_format(report->first_s, check->options.utc_offset_s, first),
               time_format(report->last_s, check->options.utc_offset_s, last));
    }
    if (!isnan(report->west)) {
        print_label(check, "area");
        printf(words(check, "lon %.6f .. %.6f, lat %.6f .. %.6f\n"), report->west, report->east,
               report->south, report->north);
    }
}

static void print_examples(const struct inspect_example *examples)
{
    for (size_t k = 0; k < INSPECT_EXAMPLES && examples[k].text; k++)
        printf("%s%s (%ju)", k ? ", " : ": ", examples[k].text, (uintmax_t)examples[k].rows);
    putchar('\n');
}

static void print_joins(const struct check *check, const struct inspection *table)
{
    if (!table->with_id)
        return;
    print_label(check, "joins");
    printf(words(check, "%ju of %ju rows with an id (%.1f %%)"), table->joined, table->with_id,
           100.0 * (double)table->joined / (double)table->with_id);
    if (table->joined < table->with_id)
        printf("%s", words(check, "; not in the cell table"));
    print_examples(table->unknown);
}

static void print_effects(const struct check *check, const struct inspection *table)
{
    uint64_t alarms = 0;
    for (int e = 0; e < INSPECT_EFFECTS; e++)
        alarms += table->effects[e];
    if (!alarms)
        return;
    print_label(check, "alarms");
    for (int e = EFFECT_NONE; e < INSPECT_EFFECTS; e++)
        if (table->effects[e])
            printf("%s %ju, ", words(check, name_of(effect_names, e)),
                   (uintmax_t)table->effects[e]);
    printf("%s %ju", words(check, "unknown"), (uintmax_t)table->effects[EFFECT_UNKNOWN]);
    print_examples(table->unclassed);
}

/* What can be read and still looks wrong. */
static void print_doubts(const struct check *check, const struct inspection *table)
{
    const struct table_report *report = &table->report;
    if (table->duplicates)
        printf(words(check, "  ! %ju rows repeat an id, the first in line %u"
                            "; the first row of each counts\n"),
               table->duplicates, table->duplicate_line);
    if (table->swapped)
        printf(words(check, "  ! %ju positions would lie near the cells with lon and "
                            "lat swapped, from line %u\n"),
               table->swapped, table->far_line);
    if (table->far > table->swapped)
        printf(words(check, "  ! %ju positions are over 1 degree outside the cells' "
                            "area, from line %u\n"),
               table->far - table->swapped, table->far_line);
    if (table->future)
        printf(words(check, "  ! %ju rows are dated in the future\n"), table->future);
    if (table->blank_azimuths)
        printf(words(check, "  ! azimuth 0 of %ju cells is taken as not given: it "
                            "stands where no other azimuth does\n"),
               table->blank_azimuths);
    if (report->replaced)
        printf(words(check, "  ! %ju bytes are not valid %s and were replaced\n"),
               report->replaced, report->encoding);
    if (report->short_rows)
        printf(words(check, "  ! %ju rows have fewer values than the header\n"),
               report->short_rows);
}

/* Names under one text share a line. */
static void print_notes(const struct check *check, const struct table_report *report)
{
    for (size_t i = 0; i < report->note_count; i++) {
        const struct row_note *note = &report->notes[i];
        bool same = i && report->notes[i - 1].text == note->text && note->detail[0];
        if (same) {
            printf(", %s", note->detail);
            continue;
        }
        if (note->detail[0] && i)
            putchar('\n');
        print_label(check, "noted");
        if (note->detail[0])
            printf("%s: %s", words(check, note->text), note->detail);
        else
            printf("%s: %ju", words(check, note->text), (uintmax_t)note->count);
    }
    if (report->notes_more)
        printf(words(check, " ... and %ju more"), report->notes_more);
    if (report->note_count)
        putchar('\n');
}

static void print_rejects(const struct check *check, const struct inspect *inspect,
                          const struct inspection *table)
{
    uint64_t all = table->report.refused + table->report.dropped;
    size_t shown = BASE_MIN(table->reject_count, (size_t)check->rejects_shown);
    for (size_t k = 0; k < shown; k++) {
        const struct reject *reject = &inspect->rejects.items[table->first_reject + k];
        printf(reject->kept ? words(check, "  dropped line %u")
                            : words(check, "  refused line %u"),
               reject->line);
        if (reject->column[0])
            printf(", %s", reject->column);
        if (reject->value[0])
            printf(" '%s'", check_value(check, reject));
        printf(": %s\n", reason_say(check->options.language, reject->reason, check->masked));
    }
    if (all > shown)
        printf(words(check, "  ... and %ju more\n"), all - shown);
}

static void print_table(const struct check *check, const struct inspect *inspect,
                        const struct inspection *table)
{
    const struct table_report *report = &table->report;
    printf("%s%s%s\n", table->table, table->path[0] ? ": " : "", table->path);
    if (table->status != STATUS_OK) {
        printf(words(check, "  cannot be used: %s\n"), table->problem);
        return;
    }
    print_format(check, report);
    print_columns(check, report);
    print_ignored(check, report);
    print_label(check, "rows");
    printf(words(check, "%ju: %ju read, %ju refused"), report->rows,
           report->rows - report->refused, report->refused);
    if (report->dropped)
        printf(words(check, ", %ju values dropped"), report->dropped);
    putchar('\n');
    print_extent(check, report);
    print_joins(check, table);
    print_effects(check, table);
    print_doubts(check, table);
    print_notes(check, report);
    print_rejects(check, inspect, table);
}

void check_print(const struct check *check, const struct inspect *inspect)
{
    for (size_t t = 0; t < inspect->table_count; t++)
        print_table(check, inspect, &inspect->tables[t]);
    if (inspect->dem)
        printf("dem: %s\n", inspect->dem);
    if (inspect->clutter)
        printf("clutter: %s\n", inspect->clutter);
    for (size_t k = 0; k < inspect->stranger_count; k++)
        printf(words(check, "%s: not read, no table has this name\n"), inspect->strangers[k]);
}

void check_print_datum(const struct check *check, const struct datum_finding *finding)
{
    bool doubtful = finding->used || finding->doubt_m > 0;
    printf("%s %s\n", doubtful ? "!" : words(check, "coordinates:"), finding->sentence);
    for (size_t i = 0; i < finding->reading_count; i++)
        if (finding->readings[i].placed)
            printf(words(check, "  %-16s p = %.3f, median %.0f m from the serving mast\n"),
                   finding->readings[i].name, finding->readings[i].probability,
                   finding->readings[i].median_m);
}
