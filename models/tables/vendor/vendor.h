/* vendor.h - files that are not plain tables: recognised by content, streamed as rows.
 *
 * A reader recognises its file from the beginning of the text and pushes a header of canonical
 * column names (or aliases that the spec knows) and rows of strings into the sink; units,
 * sentinels, ranges and refusals are then the business of the spec, as for any table. A reader
 * of an odd CSV may call rows_read_csv() with a sink of its own that rewrites the rows.
 * table_read() asks the readers in the order of vendor_readers before it takes a file for CSV.
 */
#ifndef COVTRIAGE_VENDOR_H
#define COVTRIAGE_VENDOR_H

#include <stdbool.h>

#include "models/tables/rows.h"

/** What table_read() was asked for. */
struct vendor_request {
    const char *path;
    const char *table; /**< name of the spec: "samples", "counters", "alarms", "cells" ... */
    int utc_offset_s;  /**< for times that carry no offset */
    const volatile bool *stop; /**< NULL or: end soon with STATUS_INTERRUPTED */
};

struct vendor_reader {
    const char *name; /**< the format for reports, "3GPP MRO XML"; NULL: as its source says */
    const char *sign; /**< what it is recognised by, for reports; NULL: nothing to say */
    /**
     * Is the file of this reader's kind and does it hold `request->table`? `head` is the
     * beginning of the file in UTF-8 (up to 64 KB, NUL-terminated); of a sheet its first rows,
     * values separated by tabs.
     */
    bool (*recognise)(const struct vendor_request *request, const char *head, size_t length);
    /** Stream the file. facts->format is set by the caller to `name`. */
    enum status (*read)(const struct vendor_request *request, const struct row_sink *sink,
                        struct row_facts *facts, struct error *error);
};

/** The reader that takes this file for this table, NULL when it is a plain one. */
const struct vendor_reader *vendor_find(const struct vendor_request *request);

/** The rows of a table file before any reader changed them: CSV, or a sheet through GDAL. */
enum status vendor_rows(const struct vendor_request *request, const struct row_sink *sink,
                        struct row_facts *facts, struct error *error);

/** Every reader, most specific first; ends with NULL. */
extern const struct vendor_reader *const vendor_readers[];

#endif
