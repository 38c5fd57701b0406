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
    FIELD_ID,     /**< const char *; as text, but refused when a spreadsheet rounded it */
    FIELD_NUMBER, /**< double; NAN when absent, "," as decimal sign only if unambiguous */
    FIELD_TIME,   /**< int64_t seconds; the forms are listed in time.h */
    FIELD_NAME,   /**< an enum by `names` */
    FIELD_LON,    /**< double degrees; also degrees-minutes-seconds, degree sign, E/W. The */
    FIELD_LAT,    /**< offset of a latitude is the longitude's + 8, as in struct point */
    FIELD_POINT,  /**< struct point: both in one cell, "23.1, 113.2" */
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
    const char *unit;         /**< of the number: "dBm", "m", "deg"; NULL: none */
    bool wide; /**< FIELD_LON, FIELD_LAT: metres and swapped pairs are kept as written */
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
    size_t line_offset; /**< of the record's uint32_t line; 0: it has none */
    /** After the columns are set: derive and cross-check. false: refused, *why filled. */
    bool (*finish)(void *record, struct arena *arena, struct refusal *why);
};

extern const struct table_spec complaint_spec, cell_spec, sample_spec, alarm_spec, counter_spec,
    plan_spec, place_spec, subscribers_spec, terminal_spec;

/**
 * One refused row, or one value that could not be used in a row that could: a row is refused
 * for its required columns only, everything else is read without the bad value.
 */
struct reject {
    const char *file; /**< as the user named it */
    uint32_t line;
    const char *column, *value, *reason;
    bool kept; /**< only the value was dropped, the row was read */
};

struct rejects {
    struct arena *arena;
    struct reject *items;
    size_t count, capacity;
    size_t total; /**< including those past REJECTS_LISTED, which are counted only */
};

/** So many rejects are listed one by one; the others are counted. */
#define REJECTS_LISTED 10000

/** List one; the texts are copied (the value cut to 120 bytes) into rejects->arena. Past the
 * listing's limit only the total grows. */
void rejects_add(struct rejects *rejects, struct reject reject);

/** A header that was matched, for `check` and run.json. */
struct column_match {
    const char *header; /**< as in the file, UTF-8 */
    const char *field;  /**< canonical name; NULL: not used */
    const char *note;   /**< "" or why: "distance_m is taken from ...", "kHz read as MHz" */
};

struct row_note; /* models/tables/rows.h */

/** What was understood of one file. */
struct table_report {
    const char *path, *format, *encoding; /**< "csv", "xlsx" ...; "UTF-8", "GB18030" */
    const char *sign; /**< what a vendor's format was recognised by, else "" */
    char separator;
    char part[64];        /**< the sheet or layer, "" when there is but one */
    uint32_t header_line; /**< of the header */
    struct column_match *columns;
    size_t column_count;
    uint64_t rows;       /**< in the file, without header and blank lines: read + refused */
    uint64_t refused;    /**< rows */
    uint64_t given;      /**< records: a row of a vendor's file can give several, or a part */
    uint64_t dropped;    /**< values dropped from rows that were read */
    uint64_t short_rows; /**< rows with fewer values than the header */
    uint64_t replaced;   /**< bytes that were not valid in the encoding */
    int64_t first_s, last_s;
    int utc_offset_s; /**< that the first time carries; TIME_OFFSET_UNSAID (time.h) */
    double west, south, east, north; /**< NAN when no position */
    const struct row_note *notes;    /**< what else was seen: rows.h */
    size_t note_count;
    uint64_t notes_more; /**< notes that were not kept apart */
    uint64_t mark;       /**< of the file, as it was before it was read: geo/file.h */
};

struct table_options {
    int utc_offset_s;    /**< for times without an offset */
    struct arena *arena; /**< where the records' strings go; NULL: valid in the call only */
    struct rejects *rejects;
    const volatile bool *stop; /**< set by a signal handler: the read ends, INTERRUPTED */
    /** What positions are in (--src-crs): they are given as WGS-84, a row whose position is
     * none there is refused. NULL: WGS-84. FIELD_LON that is `wide` stays as written. */
    struct datum_reader *datum;
    bool whole;  /**< with rejects: one refused row or value fails the read, and is named */
    bool metres; /**< positions may be metres and stay as written: the caller converts them */
};

/** One good row; the record is the caller's to copy. A status other than OK ends the read. */
typedef enum status (*table_row)(void *context, const void *record);

/**
 * Read the file at `path` as the table `spec`, row by row, in bounded memory.
 * `report` may be NULL; its strings live in options->rejects->arena.
 * The kind of file is told by its extension (.xlsx, .xls, .gpkg, .shp, .tab, .kml: through
 * GDAL) and by its content (models/tables/vendor, else CSV).
 * Errors: STATUS_IO (cannot be opened, a directory, unreadable, changed meanwhile),
 * STATUS_FORMAT (no header, a required column is missing: the sentence names the headers that
 * were seen), or what `row` returned.
 */
enum status table_read(const char *path, const struct table_spec *spec,
                       const struct table_options *options, table_row row, void *context,
                       struct table_report *report, struct error *error);

/** A table that is in memory, not in a file. */
struct table_text {
    const char *name; /**< for messages and rejects */
    const char *bytes;
    size_t length;
};

/** As table_read, for CSV in memory. */
enum status table_read_text(const struct table_text *text, const struct table_spec *spec,
                            const struct table_options *options, table_row row, void *context,
                            struct table_report *report, struct error *error);

#endif
