/* report.h - report.html: one file for managers and engineers, offline, in both languages. */
#ifndef COVTRIAGE_REPORT_H
#define COVTRIAGE_REPORT_H

#include "cmd/out/heat.h"
#include "cmd/out/result.h"

/**
 * Write the report. `heat` may be NULL (nothing has a position). `basemap_url` is a tile
 * template
 * ("https://.../{z}/{x}/{y}.png") or NULL: without it the page may ask nothing of any network,
 * and its Content-Security-Policy says so. Errors: STATUS_IO.
 */
enum status report_write(const struct result *result, const struct heat *heat,
                         const char *basemap_url, const char *path, struct error *error);

#endif
