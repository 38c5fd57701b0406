/* columns.h - the columns of a struct result, one table per kind of row: the store writes and
 * reads by them, cases.csv and the other sheets take them from here. */
#ifndef COVTRIAGE_OUT_COLUMNS_H
#define COVTRIAGE_OUT_COLUMNS_H

#include "cmd/out/result.h"
#include "geo/package.h"

struct columns {
    const struct package_column *items;
    size_t count;
};

/** A fact or a what-if as a row: which case it belongs to (its place in the run). */
struct fact_row {
    uint32_t case_index;
    struct result_fact fact;
};
struct whatif_row {
    uint32_t case_index;
    struct result_whatif whatif;
};

/** A rule in force, as a row. */
struct rule_row {
    const char *rule;
    double value;
    const char *unit, *origin, *meaning, *source;
};

/** What is said once per run. */
struct run_row {
    const char *run_json, *crs_name, *language;
    double bin_m, orders_bound;
    int64_t now_s;
    uint32_t utc_offset_s; /**< plus one day, so that it is not negative */
};

struct line_row {
    const char *kind, *name;
};

extern const struct columns case_columns, term_columns, interception_columns, dark_columns,
    test_columns, cell_columns, plan_columns, bin_columns, reject_columns, order_columns,
    count_columns, place_columns, band_columns, line_columns, fact_columns, whatif_columns,
    rule_columns, run_columns;

/** Every NULL text of the record becomes "". */
void columns_fill(const struct columns *columns, void *record);

#endif
