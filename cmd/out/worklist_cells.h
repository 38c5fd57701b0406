/* worklist_cells.h - the columns of the worklist, the same in workbook and CSV. */
#ifndef COVTRIAGE_WORKLIST_CELLS_H
#define COVTRIAGE_WORKLIST_CELLS_H

#include "cmd/out/result.h"

enum worklist_column {
    COLUMN_RANK = 0,
    COLUMN_ORDER,
    COLUMN_ROUND,
    COLUMN_KIND,
    COLUMN_WHAT,
    COLUMN_SITE_NAME,
    COLUMN_CELL,
    COLUMN_DISTRICT,
    COLUMN_CREW,
    COLUMN_DUE,
    COLUMN_STATUS,
    COLUMN_NOTE,
    COLUMN_TICKETS,
    COLUMN_CUSTOMERS,
    COLUMN_VIPS,
    COLUMN_GAIN,
    COLUMN_GAIN_LO,
    COLUMN_GAIN_HI,
    COLUMN_PRIORITY,
    COLUMN_WEIGHT,
    COLUMN_CURE,
    COLUMN_DAYS,
    COLUMN_AZIMUTH_FROM,
    COLUMN_AZIMUTH_TO,
    COLUMN_TILT_FROM,
    COLUMN_TILT_TO,
    COLUMN_LON,
    COLUMN_LAT,
    COLUMN_LINK,
    COLUMN_WHY,
    COLUMN_SITE,
    COLUMN_PLAN,
    COLUMN_TICKET_IDS,
    WORKLIST_COLUMNS,
};

enum worklist_type { CELL_TEXT = 0, CELL_NUMBER, CELL_TIME, CELL_LINK };

/** What a column is; the header is English, to be said in a language. */
struct worklist_format {
    const char *header;
    enum worklist_type type;
    int decimals;
    double width; /**< characters, in the workbook */
};

extern const struct worklist_format worklist_formats[WORKLIST_COLUMNS];

/** The value of one cell: of `type`, a text (borrowed or in `buffer`) or a number or a time. */
struct worklist_cell {
    const char *text;
    double number;
    int64_t at_s;
    char buffer[256];
};

void worklist_cell(const struct result *result, const struct result_order *order,
                   enum worklist_column column, struct worklist_cell *cell);

/** A map link that opens navigation to the point on a phone; "" without a position. */
void worklist_link(struct point at, char link[256]);

/** The statuses offered to crews, English, to be said; ends with NULL. */
extern const char *const worklist_statuses[];

#endif
