/* scan_row.h - one plain row of a sample file into a record, without copying it.
 *
 * Only forms whose meaning is certain are taken; everything else is left to table.h, so that
 * both always agree. */
#ifndef COVTRIAGE_SCAN_ROW_H
#define COVTRIAGE_SCAN_ROW_H

#include "models/tables/columns.h"
#include "models/tables/table.h"

/** The row must go the long way. */
#define SCAN_ROW_SLOW UINT32_MAX

struct scan_row;

/** For rows of `header_count` values bound to `columns`, which are borrowed. */
struct scan_row *scan_row_new(const struct column *columns, size_t column_count,
                              size_t header_count, int utc_offset_s);
void scan_row_free(struct scan_row *row);

/**
 * Set `sample` from the fields that begin at `line` and end at `ends` (offsets from `line`, one
 * for each value of the header). At least 32 bytes must be readable behind the line. Returns
 * the number of its cell id, or SCAN_ROW_SLOW: the row was not understood, `sample` is
 * undefined.
 */
uint32_t scan_row_set(struct scan_row *row, const char *line, const uint32_t *ends,
                      uint32_t base, struct sample *sample);

/** The number of a cell id as table.h has read it. */
uint32_t scan_row_cell(struct scan_row *row, const char *cell_id);

/** The id of a number. */
const char *scan_row_cell_id(const struct scan_row *row, uint32_t number);

#endif
