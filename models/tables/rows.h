/* rows.h - rows of strings under a header, wherever they come from: CSV text, a layer that
 * GDAL reads, a vendor's file. A source pushes them into a sink; table.c is the sink that
 * makes records of them, and a vendor reader may stand between as source and sink. */
#ifndef COVTRIAGE_ROWS_H
#define COVTRIAGE_ROWS_H

#include "geo/base.h"

/** Where rows go. A status other than OK ends the read and is returned by the source. */
struct row_sink {
    void *context;
    /** Once, before the rows: the column names in UTF-8; valid in the call only. */
    enum status (*header)(void *context, uint32_t line, const char *const *names, size_t count,
                          struct error *error);
    /** A row; "" where a value is absent, fewer values than names when the rest is absent. */
    enum status (*row)(void *context, uint32_t line, const char *const *values, size_t count,
                       struct error *error);
    /** A row that the source itself could not read: it counts as refused. */
    void (*refuse)(void *context, uint32_t line, const char *column, const char *value,
                   const char *reason);
    /** Rows refused so far by whoever is behind the sink; NULL: not told. */
    const uint64_t *refused;
};

/** Something that befell parts of rows, counted: "neighbour levels without a cell id". */
struct row_note {
    const char *text; /**< static */
    char detail[80];  /**< a name; "" when the text says it all */
    uint64_t count;
};

enum { ROW_NOTES = 64 };

/** What the source understood of the file. Static strings. */
struct row_facts {
    const char *format, *encoding; /**< "csv", "xlsx", "MRO XML" ...; "" when not text */
    char separator;                /**< 0: none */
    uint64_t replaced;             /**< bytes that were not valid in the encoding */
    char part[64];                 /**< the sheet or layer; "" when there is but one table */
    /** A source that makes several rows of one, or one of several, counts the file's own:
     * present = read + refused. present 0: the rows are the file's. */
    uint64_t present, read;
    struct row_note notes[ROW_NOTES];
    size_t note_count;
    uint64_t notes_more; /**< notes that found no place */
};

/**
 * Stream a CSV file: encoding, separator (comma, semicolon, tab, bar; or a first line
 * "sep=x") and quotes recognised; the first row that is not blank is the header. Quotes left
 * open and rows over LINES_LIMIT are refused one by one and the read goes on.
 * Errors: as lines_open; STATUS_FORMAT without a header row or when quoting is hopeless.
 */
enum status rows_read_csv(const char *path, const struct row_sink *sink,
                          struct row_facts *facts, struct error *error);

/** As rows_read_csv, from memory; `name` stands for the path in messages. */
enum status rows_read_csv_text(const char *name, const char *bytes, size_t length,
                               const struct row_sink *sink, struct row_facts *facts,
                               struct error *error);

/**
 * Stream the sheet or layer of a file that geo/layer.h reads, the one named `table` if there
 * is one. The first row of a sheet that is not blank is its header. Errors: as layer_open.
 */
enum status rows_read_layer(const char *path, const char *table, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error);

/**
 * What rows_read_csv() would take the file for, without reading it: facts, and whether its
 * lines end with "\n" (not with lone carriage returns). Errors: as lines_open.
 */
enum status rows_sniff_csv(const char *path, struct row_facts *facts, bool *newlines,
                           struct error *error);

/** The parser of rows_read_csv() alone, for a caller that has the lines: see scan.h. */
struct rows_feed;

struct rows_feed_options {
    const char *path; /**< for messages */
    char separator;
    bool has_header;    /**< the header was read before */
    size_t open_quotes; /**< rows refused for open quotes before */
};

/** `sink` and `error` are borrowed. */
struct rows_feed *rows_feed_new(const struct rows_feed_options *options,
                                const struct row_sink *sink, struct error *error);
void rows_feed_free(struct rows_feed *feed);

/** Give it one physical line with its newline. Errors: as rows_read_csv. */
enum status rows_feed_line(struct rows_feed *feed, const char *line, size_t length,
                           uint32_t number);
/** Tell it of a line over LINES_LIMIT. */
enum status rows_feed_long(struct rows_feed *feed, uint32_t number);
/** Tell it that the file has ended. */
enum status rows_feed_end(struct rows_feed *feed);

/** Does a row go on in the next line? */
bool rows_feed_pending(const struct rows_feed *feed);
size_t rows_feed_open_quotes(const struct rows_feed *feed);
char rows_feed_separator(const struct rows_feed *feed);

#endif
