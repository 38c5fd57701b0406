/* store.h - triage.gpkg, or a run in a database: a struct result as layers, and back. The
 * layers cases, cells, antennas, grid, worklist, plan and rejects are for people and carry QGIS
 * styles; facts, whatifs, subscribers, places, base, legends, rules and run hold the rest of
 * the result. */
#ifndef COVTRIAGE_STORE_H
#define COVTRIAGE_STORE_H

#include "cmd/out/result.h"

/** Write the whole result as the GeoPackage `path`; same result, same bytes. */
enum status store_write(const struct result *result, const char *path, struct error *error);

/** Add the result as the next run to the database `place` (geo/postgis.h), whole or not at all;
 * *run is its number. */
enum status store_add_run(const struct result *result, const char *place, int64_t *run,
                          struct error *error);

/** The path of the store in `place`: of a folder its triage.gpkg, of a database itself. Returns
 * `out`. */
const char *store_path(const char *place, char *out, size_t size);

/**
 * Read it back: store_write(store_read(x)) equals x. Facts go to a book in the folder `facts`
 * (cmd/out/factbook.h); NULL: they are left out. The result is initialised here; free it
 * with result_free, also after a failure. Errors: STATUS_IO, STATUS_FORMAT (not one of ours),
 * STATUS_MISSING (no such run).
 */
enum status store_read(const char *path, const char *facts, struct result *result,
                       struct error *error);

/** As store_read, but only the case of that ticket with its facts (none: case_count 0) and what
 * is said once a run. */
enum status store_read_case(const char *path, const char *ticket, struct result *result,
                            struct error *error);

#endif
