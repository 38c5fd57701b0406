/* out.h - what the vendor readers share: rows of one table handed on under its canonical
 * columns, with an account of the file's own rows.
 *
 * A row of a file gives none, one or several rows of the table: a measurement with its
 * neighbours, an object with one value per neighbour. It counts as read when one of them was
 * taken, else as refused, with a reason: present = read + refused, always.
 */
#ifndef COVTRIAGE_VENDOR_OUT_H
#define COVTRIAGE_VENDOR_OUT_H

#include "models/tables/vendor/vendor.h"

/** The columns of the rows of samples, as indexes of struct vendor_out's values. */
enum sample_column {
    SAMPLE_TIME,
    SAMPLE_LON,
    SAMPLE_LAT,
    SAMPLE_CELL,
    SAMPLE_SERVING,
    SAMPLE_LEVEL,
    SAMPLE_RSRQ,
    SAMPLE_SINR,
    SAMPLE_TA,
    SAMPLE_SOURCE,
    SAMPLE_COLUMNS
};

enum counter_column {
    COUNTER_CELL,
    COUNTER_START,
    COUNTER_MINUTES,
    COUNTER_AVAILABILITY, /* from here on in the order of enum counter_kind */
    COUNTER_INTERFERENCE,
    COUNTER_PRB,
    COUNTER_DROPS,
    COUNTER_SETUP,
    COUNTER_HANDOVER,
    COUNTER_VSWR,
    COUNTER_TRAFFIC,
    COUNTER_COLUMNS
};

enum alarm_column {
    ALARM_ID,
    ALARM_OBJECT,
    ALARM_RAISED,
    ALARM_CLEARED,
    ALARM_SEVERITY,
    ALARM_NAME,
    ALARM_CAUSE,
    ALARM_COLUMNS
};

extern const char *const sample_columns[SAMPLE_COLUMNS];
extern const char *const counter_columns[COUNTER_COLUMNS];
extern const char *const alarm_columns[ALARM_COLUMNS];

enum { VENDOR_VALUES = 16, VENDOR_TEXT = 256 };

/** Rows on their way to a sink. Fill with vendor_out_open. */
struct vendor_out {
    const struct vendor_request *request;
    const struct row_sink *sink;
    struct row_facts *facts;
    struct error *error;
    size_t columns;
    char values[VENDOR_VALUES][VENDOR_TEXT]; /**< the row being made; "" when absent */
    uint32_t line;                           /**< of the file's row at hand */
    bool taken;                              /**< a row was made of it */
    bool turned_down;                        /**< the sink refused one, and said why */
    const char *reason, *column;             /**< why the format would refuse it; NULL: no */
    char value[VENDOR_TEXT];
    enum status status; /**< not OK: stop, and return it */
};

/** Start: says the header to the sink. `out` borrows everything. */
enum status vendor_out_open(struct vendor_out *out, const struct vendor_request *request,
                            const struct row_sink *sink, struct row_facts *facts,
                            struct error *error);
/** Name the columns of the rows to come, as many as `count` (at most VENDOR_VALUES). */
enum status vendor_out_header(struct vendor_out *out, const char *const *columns, size_t count);

/** A row of the file begins: the values of the row being made are emptied. */
void vendor_out_begin(struct vendor_out *out, uint32_t line);
/** Set one value of the row being made; longer than VENDOR_TEXT - 1 is cut at a character. */
void vendor_out_set(struct vendor_out *out, size_t column, const char *text);
void vendor_out_format(struct vendor_out *out, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/**
 * Hand the row being made to the sink; its values stay for the next row. Where the sink refused
 * one row already the others are not given: a bad position or time is the same in all.
 */
void vendor_out_give(struct vendor_out *out);
/**
 * The file's row, or a part of it, is of no use for a reason (static texts; the first one
 * counts). It is listed when nothing else of the row was taken, and noted otherwise.
 */
void vendor_out_refuse(struct vendor_out *out, const char *column, const char *value,
                       const char *reason);
/** List or note what vendor_out_refuse said, for a row that vendor_out_end does not end. */
void vendor_out_settle(struct vendor_out *out);
/** The file's row ends: it is counted. false: stop. */
bool vendor_out_end(struct vendor_out *out);

/** Count something that happened to a part of a row ("neighbour without a level"). */
void vendor_out_note(struct vendor_out *out, const char *text, const char *detail);

#endif
