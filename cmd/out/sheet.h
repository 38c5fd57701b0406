/* sheet.h - CSV tables for people and spreadsheets: RFC 4180, UTF-8, times ISO 8601 with the
 * run's offset, absent values empty. A text that a spreadsheet would run as a formula gets an
 * apostrophe before it. */
#ifndef COVTRIAGE_SHEET_H
#define COVTRIAGE_SHEET_H

#include <stdio.h>

#include "cmd/out/columns.h"

struct sheet {
    FILE *file;
    const char *path;
    int utc_offset_s;
    bool started; /**< the row has a cell */
};

/** Create the file. Errors: STATUS_IO. */
enum status sheet_open(struct sheet *sheet, const char *path, int utc_offset_s,
                       struct error *error);
/** Finish the file. Errors: STATUS_IO when anything could not be written. */
enum status sheet_close(struct sheet *sheet, struct error *error);

void sheet_text(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet, double value, int decimals); /**< NAN: empty */
void sheet_count(struct sheet *sheet, uint64_t value);
void sheet_time(struct sheet *sheet, int64_t at_s);
void sheet_end(struct sheet *sheet); /**< of the row */

/** The cell of a record's column; decimals go by the column's name. */
void sheet_column(struct sheet *sheet, const struct package_column *column, const void *record);

/** Does a spreadsheet take the text for a formula? */
bool sheet_is_formula(const char *text);

/** "2026-03-02T08:05:00+08:00"; "" when absent. */
void sheet_format_time(int64_t at_s, int utc_offset_s, char text[32]);
/** How many decimals a number of this column carries. */
int sheet_decimals(const char *column);

#endif
