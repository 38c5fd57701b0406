/* worklist.h - the crews' sheet: worklist.xlsx and the same as worklist.csv. */
#ifndef COVTRIAGE_OUT_WORKLIST_H
#define COVTRIAGE_OUT_WORKLIST_H

#include "cmd/out/result.h"

/** The orders by rank with every number a crew needs. Errors: STATUS_IO. */
enum status worklist_write_csv(const struct result *result, const char *path,
                               struct error *error);

/**
 * The same as a workbook: all orders, a sheet per action and per district, the plots of the
 * flagged antennas, and how the list was made. Texts are never formulas. Errors: STATUS_IO.
 */
enum status worklist_write_xlsx(const struct result *result, const char *path,
                                struct error *error);

#endif
