/* table.h - any table of rows (CSV in any encoding and separator, or what GDAL reads) to typed
 * records by declared columns.
 *
 * A spec declares the columns once: name, aliases, type, valid range, sentinels and where the
 * value goes in the record. table_read() recognises encoding, separator and header, calls a
 * function per good row, lists the bad ones, and reports what it understood.
 * A bad row is a reject (file, line, column, value, reason) and the run goes on; a bad file is
 * a failure: one sentence that says what to do.
 */
#ifndef COVTRIAGE_TABLE_H
#define COVTRIAGE_TABLE_H

#include "geo/base.h"
#include "models/tables/record.h"

enum field_type {
    FIELD_TEXT,   /**< const char *; white space around it trimmed */
    FIELD_NUMBER, /**< double; NAN when absent, "," as decimal sign only if unambiguous */
    FIELD_TIME,   /**< int64_t seconds; the forms are listed in time.h */
    FIELD_NAME,   /**< an enum by `names` */
    FIELD_LON,    /**< double degrees; also degrees-minutes-seconds, degree sign, E/W */
    FIELD_LAT,
};

/** One declared column. */
struct field {
    const char *name; /**< canonical header */
    enum field_type type;
    size_t offset;         /**< into the record */
    const char *aliases;   /**< other headers, "经度|longitude|lng"; compared folded */
    const char *sentinels; /**< values that mean absent, "-140|1000" (beside "", NIL, -, N/A) */
    double min, max;       /**< FIELD_NUMBER: outside is refused; both 0: any */
    const struct name *names; /**< FIELD_NAME */
    bool required;            /**< a row without it is refused; a file without it is unusable */
};

/** Says why a row was refused, from inside a finish function. */
struct refusal {
    const char *column; /**< canonical name */
    char value[128];
    char reason[256];
};

/** A table: its columns and how a record is completed. */
struct table_spec {
    const char *name; /**< "complaints", "cells" ... also the file's base name */
    const struct field *fields;
    size_t field_count, record_size;
    /** After the columns are set: derive and cross-check. false: refused, *why filled. */
    bool (*finish)(void *record, struct arena *arena, struct refusal *why);
};

extern const struct table_spec complaint_spec, cell_spec, sample_spec, alarm_spec, counter_spec,
    plan_spec, place_spec, subscribers_spec, terminal_spec;

/** One refused row. */
struct reject {
    const char *file; /**< as the user named it */
    uint32_t line;
    const char *column, *value, *reason;
};

struct rejects {
    struct arena *arena;
    struct reject *items;
    size_t count, capacity;
    size_t total; /**< including those past the listing's limit */
};

/** List a refused row; texts are copied into rejects->arena. Past the listing's limit only the
 * total grows. */
void rejects_add(struct rejects *rejects, struct reject reject);

/** A header that was matched, for `check` and run.json. */
struct column_match {
    const char *header; /**< as in the file, UTF-8 */
    const char *field;  /**< canonical name; NULL: not used */
};

/** What was understood of one file. */
struct table_report {
    const char *path, *format, *encoding; /**< "csv", "xlsx" ...; "UTF-8", "GB18030" */
    char separator;
    struct column_match *columns;
    size_t column_count;
    uint64_t rows, refused;
    int64_t first_s, last_s;
    double west, south, east, north; /**< NAN when no position */
};

struct table_options {
    int utc_offset_s;    /**< for times without an offset */
    struct arena *arena; /**< where the records' strings go; NULL: valid in the call only */
    struct rejects *rejects;
    const volatile bool *stop; /**< set by a signal handler: the read ends, INTERRUPTED */
};

/** One good row; the record is the caller's to copy. A status other than OK ends the read. */
typedef enum status (*table_row)(void *context, const void *record);

/**
 * Read the file at `path` as the table `spec`, row by row, in bounded memory.
 * `report` may be NULL; its strings live in options->rejects->arena.
 * Errors: STATUS_IO (cannot be opened, a directory, unreadable), STATUS_FORMAT (no header, a
 * required column is missing: the sentence names the headers that were seen), or what `row`
 * returned.
 */
enum status table_read(const char *path, const struct table_spec *spec,
                       const struct table_options *options, table_row row, void *context,
                       struct table_report *report, struct error *error);

#endif
