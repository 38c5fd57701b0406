/* gdal.h - GDAL set up once for every reader and writer of rasters and layers. */
#ifndef COVTRIAGE_GDAL_H
#define COVTRIAGE_GDAL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Register the drivers that are needed, no others, and set GDAL's options once; cheap
 * afterwards, from any thread.
 * Python code in VRT files is refused and GDAL prints nothing: ask gdal_reason().
 */
void gdal_start(void);

/** Make the PostgreSQL driver known, or unknown again: it is there only while a database that
 * the user named is opened, never when an input is. false: this GDAL has none. */
bool gdal_database(bool known);

/** "GDAL 3.6.2, PROJ 9.1.1, GEOS 3.11.1, libpq 15.20": the libraries at work, which may be
 * newer than those of the build. Returns `out`. */
char *gdal_versions(char *out, size_t size);

/** GDAL's last message on this thread in one line, "" when there was none. Borrowed. */
const char *gdal_reason(void);

/** Why the file at `path` was not opened: GDAL's message, else the system's. Borrowed. */
const char *gdal_open_reason(const char *path);

/**
 * The row (from 1) at which an ASCII grid ends before it should; 0: it is whole, or another
 * form. Ask before its first read: GDAL 3.6 looks for the beginning of a row in those above it
 * anew for each, and takes twice the time for every row that is missing. `dataset` is a
 * GDALDatasetH.
 */
int gdal_grid_end(void *dataset);

/**
 * A name for a file to be written whole and then renamed to `path`: in the same folder, with
 * this process's number before the last extension. Returns `out`.
 */
char *gdal_temporary_name(const char *path, char *out, size_t size);

#endif
