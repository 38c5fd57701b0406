/* inspect.h - a case folder, or one file, read for its own sake: what was understood of every
 * table, how the tables fit together, and what looks wrong though it can be read. */
#ifndef COVTRIAGE_INSPECT_H
#define COVTRIAGE_INSPECT_H

#include "models/rules.h"
#include "models/tables/table.h"

enum { INSPECT_TABLES = 16, INSPECT_EXAMPLES = 5, INSPECT_EFFECTS = EFFECT_MAYBE + 1 };

/** A text and how many rows have it. */
struct inspect_example {
    const char *text;
    uint64_t rows;
};

/** What one file holds. */
struct inspection {
    const char *table, *path;
    enum status status;                /**< other than OK: the file cannot be used */
    const char *problem;               /**< then why, one sentence; "" */
    struct table_report report;        /**< its area without positions far from every cell */
    size_t first_reject, reject_count; /**< listed ones, in inspect->rejects.items */
    uint64_t with_id, joined; /**< rows that name a cell or site; of these, in the cell table */
    struct inspect_example unknown[INSPECT_EXAMPLES]; /**< ids that are not in the cell table */
    uint64_t duplicates;     /**< rows whose id stood on an earlier row */
    uint32_t duplicate_line; /**< of the first */
    uint64_t far, swapped; /**< positions far from every cell; of these, near one if swapped */
    uint32_t far_line;     /**< of the first */
    uint64_t future;       /**< rows with a time to come (plans aside) */
    uint64_t blank_azimuths;           /**< cells: azimuth 0 taken as not given */
    uint64_t effects[INSPECT_EFFECTS]; /**< alarms by enum effect */
    struct inspect_example unclassed[INSPECT_EXAMPLES]; /**< alarm names that no table knows */
};

struct inspect_options {
    int utc_offset_s;
    int64_t now_s;             /**< what counts as the future */
    const struct rules *rules; /**< rules.csv is tried on a copy of it */
    const volatile bool *stop;
    struct datum_reader *datum; /**< what positions are in; NULL: WGS-84 */
};

struct inspect {
    struct arena *arena;
    struct rejects rejects;
    struct inspection tables[INSPECT_TABLES]; /**< in the order in which they are read */
    size_t table_count;
    const char **strangers; /**< files of the folder that no table is named after */
    size_t stranger_count;
    const char *dem,
        *clutter; /**< the file or its tiles, or what is wrong with them; NULL: none */
};

/**
 * Read every table of `folder`. A file that cannot be used is told in its inspection; errors
 * are STATUS_IO when the folder cannot be read and STATUS_INTERRUPTED. Free with inspect_free.
 */
enum status inspect_folder(const char *folder, const struct inspect_options *options,
                           struct inspect **out, struct error *error);

/** Read one file as the table named `table`. STATUS_USAGE: there is no such table. */
enum status inspect_file(const char *path, const char *table,
                         const struct inspect_options *options, struct inspect **out,
                         struct error *error);

void inspect_free(struct inspect *inspect);

#endif
