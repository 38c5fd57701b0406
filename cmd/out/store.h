/* store.h - triage.gpkg: a struct result as GeoPackage layers, and back. The layers cases,
 * cells, antennas, grid, worklist, plan and rejects are for people and carry QGIS styles;
 * facts, whatifs, subscribers, places, base, legends, rules and run hold the rest of the
 * result. */
#ifndef COVTRIAGE_STORE_H
#define COVTRIAGE_STORE_H

#include "cmd/out/result.h"

/** Write the whole result as the GeoPackage `path`; same result, same bytes. */
enum status store_write(const struct result *result, const char *path, struct error *error);

/**
 * Read it back: store_write(store_read(x)) equals x. The result is initialised here; free it
 * with result_free, also after a failure. Errors: STATUS_IO, STATUS_FORMAT (not one of ours).
 */
enum status store_read(const char *path, struct result *result, struct error *error);

#endif
