/* field.h - one cell of a table into its place in the record. */
#ifndef COVTRIAGE_FIELD_H
#define COVTRIAGE_FIELD_H

#include "models/tables/columns.h"
#include "models/tables/value.h"

/** Where values go and what they need; made once per read. */
struct field_setter {
    void *record;
    int utc_offset_s;
    int *said_offset_s;    /**< set by the first time that carries an offset; may be NULL */
    struct arena *kept;    /**< of the records' strings; NULL: they live as long as the row */
    struct arena *scratch; /**< of the row */
    bool metres;           /**< longitudes and latitudes may be metres */
};

/** The text without white space around it, also the wide kinds; a copy in `scratch` if need be.
 */
const char *field_trim(struct arena *scratch, const char *text);

/** Does the text mean "nothing here" in this column? "none" is a word in some. */
bool field_text_absent(const struct field *field, const char *text);

/**
 * Convert the text by the column's field and put it into setter->record, unless a column
 * before has filled the place. A sentinel leaves the place absent and is no error. false: the
 * value cannot be used, `why` says why not.
 */
bool field_set(struct field_setter *setter, struct column *column, const char *text,
               char why[VALUE_WHY_SIZE]);

/** Make the field absent in the record. */
void field_clear(const struct field *field, void *record);
bool field_is_absent(const struct field *field, const void *record);

#endif
