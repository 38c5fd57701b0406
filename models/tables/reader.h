/* reader.h - the half of table_read() that makes records of rows, for a source of rows that
 * works by pieces: see scan.h. */
#ifndef COVTRIAGE_READER_H
#define COVTRIAGE_READER_H

#include "models/tables/columns.h"
#include "models/tables/rows.h"
#include "models/tables/table.h"

struct reader;

/** A reader of rows of the file `path`; everything is borrowed. Close with reader_close. */
struct reader *reader_open(const char *path, const struct table_spec *spec,
                           const struct table_options *options, table_row row, void *context);
void reader_close(struct reader *reader);

/** Start a piece: counts go to `report`, refused rows to options->rejects as it is now. */
void reader_begin(struct reader *reader, struct table_report *report);

/** Where the header, once, and the rows go. */
struct row_sink reader_sink(struct reader *reader);

/** The columns that the header has, bound to the fields; borrowed. */
const struct column *reader_columns(const struct reader *reader, size_t *count);

/** Is the header still looked for? It is when the first row was but a title. */
bool reader_seeking(const struct reader *reader);

/** Would table_read() take this text file for plain CSV, not for a vendor's format? */
bool reader_takes_csv(const char *path, const char *table, int utc_offset_s);

#endif
