#include "cmd/out/sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum status sheet_open(struct sheet *sheet, const char *path, int utc_offset_s,
                       struct error *error)
{
    *sheet = (struct sheet){fopen(path, "wb"), path, utc_offset_s, false};
    if (!sheet->file)
        return error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    return STATUS_OK;
}

enum status sheet_close(struct sheet *sheet, struct error *error)
{
    bool failed = ferror(sheet->file) != 0;
    failed = fclose(sheet->file) != 0 || failed;
    if (failed)
        return error_set(error, STATUS_IO, "cannot write %s: %s", sheet->path, strerror(errno));
    return STATUS_OK;
}

static void separate(struct sheet *sheet)
{
    if (sheet->started)
        putc(',', sheet->file);
    sheet->started = true;
}

bool sheet_is_formula(const char *text)
{
    if (strchr("=@\t\r", text[0]))
        return text[0] != '\0';
    if (text[0] != '+' && text[0] != '-')
        return false;
    char *end; /* "-5" and "+86 ..." of digits alone are data */
    strtod(text, &end);
    return *end != '\0';
}

void sheet_text(struct sheet *sheet, const char *text)
{
    separate(sheet);
    bool formula = sheet_is_formula(text);
    if (!formula && !text[strcspn(text, ",\"\r\n")]) {
        fputs(text, sheet->file);
        return;
    }
    fputs(formula ? "\"'" : "\"", sheet->file);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            putc('"', sheet->file);
        putc(*c, sheet->file);
    }
    putc('"', sheet->file);
}

void sheet_number(struct sheet *sheet, double value, int decimals)
{
    separate(sheet);
    if (!isfinite(value))
        return;
    char text[400];
    snprintf(text, sizeof text, "%.*f", decimals, value);
    bool zero = !text[strcspn(text, "123456789")];
    fputs(zero && text[0] == '-' ? text + 1 : text, sheet->file);
}

void sheet_count(struct sheet *sheet, uint64_t value)
{
    separate(sheet);
    fprintf(sheet->file, "%" PRIu64, value);
}

void sheet_format_time(int64_t at_s, int utc_offset_s, char text[32])
{
    text[0] = '\0';
    if (at_s == TIME_ABSENT)
        return;
    time_t local = (time_t)(at_s + utc_offset_s);
    struct tm tm;
    if (!gmtime_r(&local, &tm))
        return;
    size_t length = strftime(text, 24, "%Y-%m-%dT%H:%M:%S", &tm);
    int minutes = abs(utc_offset_s) / 60;
    snprintf(text + length, 8, "%c%02d:%02d", utc_offset_s < 0 ? '-' : '+', minutes / 60 % 24,
             minutes % 60);
}

void sheet_time(struct sheet *sheet, int64_t at_s)
{
    char text[32];
    sheet_format_time(at_s, sheet->utc_offset_s, text);
    separate(sheet);
    fputs(text, sheet->file);
}

void sheet_end(struct sheet *sheet)
{
    putc('\n', sheet->file);
    sheet->started = false;
}

int sheet_decimals(const char *column)
{
    if (text_equal(column, "lon") || text_equal(column, "lat"))
        return 6;
    if (text_starts(column, "p_") || text_equal(column, "confidence"))
        return 4;
    if (text_equal(column, "radius_m") || text_equal(column, "spread_deg"))
        return 0;
    if (text_equal(column, "priority") || text_equal(column, "cure") ||
        text_equal(column, "crew_days") || text_equal(column, "weight"))
        return 2;
    if (text_equal(column, "bits") || text_equal(column, "bits_per_km") ||
        text_equal(column, "length_km") || text_equal(column, "expected_tickets"))
        return 2;
    return 1;
}

void sheet_column(struct sheet *sheet, const struct package_column *column, const void *record)
{
    const char *at = (const char *)record + column->offset;
    switch (column->type) {
    case PACKAGE_TEXT:
        sheet_text(sheet, *(const char *const *)at);
        return;
    case PACKAGE_REAL:
        sheet_number(sheet, *(const double *)at, sheet_decimals(column->name));
        return;
    case PACKAGE_INTEGER:
        sheet_count(sheet, *(const uint32_t *)at);
        return;
    case PACKAGE_COUNT:
        sheet_count(sheet, *(const uint64_t *)at);
        return;
    case PACKAGE_FLAG:
        sheet_count(sheet, *(const bool *)at);
        return;
    case PACKAGE_TIME:
        sheet_time(sheet, *(const int64_t *)at);
        return;
    }
}
