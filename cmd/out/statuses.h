/* statuses.h - what crews typed into the worklist comes back. */
#ifndef COVTRIAGE_STATUSES_H
#define COVTRIAGE_STATUSES_H

#include "cmd/out/result.h"

/**
 * The statuses in a team's database (geo/postgis.h), by order_id; what was typed into a
 * folder's sheets (statuses_keep, called before) stays and is marked as typed. A database
 * without any run is no failure.
 */
enum status statuses_join(struct result *result, const char *database, struct error *error);

/**
 * Copy status and note into result->orders, by order_id, from the folder's worklist.xlsx (all
 * its sheets), else worklist.csv. A text that differs from what the folder's triage.gpkg
 * (else the worklist.csv beside the workbook) holds was typed by somebody and wins. A folder
 * without a worklist is no failure. Errors: STATUS_FORMAT when a worklist is there but cannot
 * be read.
 */
enum status statuses_keep(struct result *result, const char *folder, struct error *error);

#endif
