#include "cmd/out/cases.h"

#include <string.h>

#include "cmd/out/sheet.h"

/* "reason_zh" and "reason_en" of the record are one column "reason" in the sheet. */
static bool other_language(const struct result *result, const char *column)
{
    return text_ends(column, result->language == LANGUAGE_ZH ? "_en" : "_zh");
}

static void write_header(struct sheet *sheet, const struct result *result,
                         const struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->items[i].name;
        char plain[64];
        if (other_language(result, name))
            continue;
        bool ours = text_ends(name, "_zh") || text_ends(name, "_en");
        snprintf(plain, sizeof plain, "%.*s", (int)(strlen(name) - (ours ? 3 : 0)), name);
        sheet_text(sheet, plain);
    }
    sheet_end(sheet);
}

static void write_row(struct sheet *sheet, const struct result *result,
                      const struct columns *columns, const void *record)
{
    for (size_t c = 0; c < columns->count; c++)
        if (!other_language(result, columns->items[c].name))
            sheet_column(sheet, &columns->items[c], record);
    sheet_end(sheet);
}

enum status cases_write(const struct result *result, const char *path, struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, result->utc_offset_s, error) != STATUS_OK)
        return error->status;
    write_header(&sheet, result, &case_columns);
    for (size_t i = 0; i < result->case_count; i++)
        write_row(&sheet, result, &case_columns, &result->cases[i]);
    return sheet_close(&sheet, error);
}

enum status interception_write(const struct result *result, const char *path,
                               struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, result->utc_offset_s, error) != STATUS_OK)
        return error->status;
    write_header(&sheet, result, &interception_columns);
    for (size_t i = 0; i < result->interception_count; i++)
        write_row(&sheet, result, &interception_columns, &result->interceptions[i]);
    return sheet_close(&sheet, error);
}

enum status tests_write(const struct result *result, const char *path, struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, result->utc_offset_s, error) != STATUS_OK)
        return error->status;
    write_header(&sheet, result, &test_columns);
    for (size_t i = 0; i < result->test_count; i++)
        write_row(&sheet, result, &test_columns, &result->tests[i]);
    return sheet_close(&sheet, error);
}

enum status rejects_write(const struct result *result, const char *path, struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, result->utc_offset_s, error) != STATUS_OK)
        return error->status;
    for (size_t c = 0; c < reject_columns.count; c++)
        sheet_text(&sheet, reject_columns.items[c].name);
    sheet_end(&sheet);
    for (size_t i = 0; i < result->reject_count; i++) {
        for (size_t c = 0; c < reject_columns.count; c++)
            sheet_column(&sheet, &reject_columns.items[c], &result->rejects[i]);
        sheet_end(&sheet);
    }
    return sheet_close(&sheet, error);
}
