/* store_runs.h - what a database keeps beside the layers of triage.gpkg: the list of runs, the
 * crews' statuses, and views for people who ask in SQL. */
#ifndef COVTRIAGE_STORE_RUNS_H
#define COVTRIAGE_STORE_RUNS_H

#include "cmd/out/result.h"
#include "geo/package.h"

/** The run's row in the table runs: the first that is written. */
enum status store_runs_begin(struct package *package, const struct result *result,
                             struct error *error);

/** After the layers: statuses typed into sheets go to the table statuses; the views are made.
 */
enum status store_runs_end(struct package *package, const struct result *result,
                           struct error *error);

/** The statuses that are marked as typed go to the database `place`, without a new run. */
enum status store_set_statuses(const struct result *result, const char *place,
                               struct error *error);

/** One order's status, as a crew set it. */
struct store_status {
    const char *order_id, *status, *note;
};

/** Call `row` with every struct store_status of a database opened for reading. */
enum status store_runs_statuses(struct package *package, struct arena *arena, package_row row,
                                void *context, struct error *error);

#endif
