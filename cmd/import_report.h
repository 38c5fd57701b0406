/* import_report.h - what `import` says of each file: rows read and refused, reasons, notes. */
#ifndef COVTRIAGE_IMPORT_REPORT_H
#define COVTRIAGE_IMPORT_REPORT_H

#include "cmd/command.h"
#include "models/tables/table.h"

struct json_object;

/** One file that was read. */
struct import_file {
    struct table_report report;
    const char *same_as; /**< a file of this run with the same bytes: nothing was written */
    const struct reject *rejects;
    size_t reject_count;
    uint64_t unlisted;              /**< rejects past the listing's limit */
    uint64_t written, unplaced;     /**< rows written; of them without a position */
    uint64_t coded, named, unnamed; /**< --cells: neighbours by code, of them named; others that
                                         the cell table does not know */
};

/** The run so far. */
struct import_total {
    const struct options *options;
    const char *table;
    struct json_object *json; /**< of the files, an array */
    uint64_t rows, read, refused, written;
};

/** Print the file's account, or add it to the JSON under --json, and to the total. */
void import_report_file(struct import_total *total, const struct import_file *file);

/** Print the last line, or the whole JSON. */
void import_report_total(const struct import_total *total);

#endif
