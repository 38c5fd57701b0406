/* statuses.h - what crews typed into the worklist comes back. */
#ifndef COVTRIAGE_STATUSES_H
#define COVTRIAGE_STATUSES_H

#include "cmd/out/result.h"

/**
 * Copy status and note into result->orders, by order_id, from the folder's worklist.xlsx (all
 * its sheets), else worklist.csv. A text that differs from what the folder's triage.gpkg holds
 * was typed by somebody and wins. A folder without a worklist is no failure. Errors:
 * STATUS_FORMAT when a worklist is there but cannot be read.
 */
enum status statuses_keep(struct result *result, const char *folder, struct error *error);

#endif
