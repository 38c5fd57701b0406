/* adapt.h - makers' tables whose columns cannot be taken one by one: a sink between the rows
 * and the table that waits for the header (exports begin with banner lines) and rewrites rows.
 */
#ifndef COVTRIAGE_VENDOR_ADAPT_H
#define COVTRIAGE_VENDOR_ADAPT_H

#include "models/tables/vendor/out.h"

enum { ADAPT_COLUMNS_MAX = 4096, ADAPT_BANNER_MAX = 30 };

struct adapt;

/** How one maker's rows become rows of the table. */
struct adapt_format {
    const char *name;           /**< for reports */
    const char *const *columns; /**< of the table */
    size_t column_count, state_size;
    /** Is this the header? */
    bool (*match)(const char *const *names, size_t count);
    /** After the header: find columns. NULL: nothing to do. */
    enum status (*open)(struct adapt *adapt);
    /** Make rows of one row, between vendor_out_begin and _end. */
    void (*row)(struct adapt *adapt);
    /** Give back what open took. NULL: nothing. */
    void (*close)(struct adapt *adapt);
};

/** One file being rewritten. */
struct adapt {
    const struct adapt_format *format;
    struct vendor_out out;
    void *state;  /**< format->state_size zeroed bytes */
    char **names; /**< the header */
    size_t name_count;
    const char *const *values; /**< the row at hand */
    size_t value_count;
    size_t banners; /**< rows before the header */
    bool has_header;
};

/** Column of the header by any of `names` ("Level|RSRP", ASCII case ignored), -1: none. */
int adapt_column(const struct adapt *adapt, const char *names);
/** As adapt_column over any row of names. */
int adapt_find(const char *const *row, size_t count, const char *names);
/** The row's text in a column (-1: ""), white space and "-", "--", "NIL", "N/A" made "". */
const char *adapt_value(const struct adapt *adapt, int column);

/** Read a CSV or a sheet through a format: the read() of a vendor_reader. */
enum status adapt_read(const struct adapt_format *format, const struct vendor_request *request,
                       const struct row_sink *sink, struct row_facts *facts,
                       struct error *error);

/** Does a line of the head hold all of `words` ("mcc|cellid|signal")? For recognise(). */
bool adapt_head_has(const char *head, const char *words);

#endif
