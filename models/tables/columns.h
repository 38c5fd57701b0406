/* columns.h - which header of a file feeds which field of a spec. */
#ifndef COVTRIAGE_COLUMNS_H
#define COVTRIAGE_COLUMNS_H

#include "models/tables/table.h"

enum { COLUMN_SENTINELS_MAX = 12 };

/** A field that the file has, bound to its column. */
struct column {
    const struct field *field;
    size_t index;       /**< of the value in a row */
    const char *header; /**< as in the file */
    const char *unit;   /**< that the header names and that must be converted; NULL: none */
    bool lat_first;     /**< FIELD_POINT: the header names the latitude first */
    double sentinels[COLUMN_SENTINELS_MAX];
    size_t sentinel_count;
    const char *last_text; /**< the last text kept in the arena, for use again */
    char last_name[40];    /**< FIELD_NAME: the last short text ... */
    int last_value;        /**< ... and its value */
};

/**
 * Bind the `count` headers of a file to the fields of `spec`. An exact canonical name is taken
 * before an alias, an earlier alias before a later one, the left column before the right one.
 * Strings and the array live in `arena`; `matches` gets one entry per header.
 */
void columns_bind(const struct table_spec *spec, const char *const *headers, size_t count,
                  struct arena *arena, struct column **columns, size_t *column_count,
                  struct column_match *matches);

#endif
