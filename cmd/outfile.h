/* outfile.h - one file of results that appears whole or not at all: written under another name
 * beside it, which becomes its own in one rename. */
#ifndef COVTRIAGE_OUTFILE_H
#define COVTRIAGE_OUTFILE_H

#include "geo/base.h"

struct outfile {
    char *path;    /**< where the file will be */
    char *staging; /**< where it is written */
    int lock;      /**< held while this run writes */
};

/**
 * Is the output named, and free or to be replaced? `form` is what it should look like
 * ("OUT.csv"). Errors: STATUS_USAGE. Asked before the work, as outfile_open() comes after it.
 */
enum status outfile_check(const char *path, bool overwrite, const char *form,
                          struct error *error);

/**
 * Prepare to write `path`, an existing file is replaced. `extension` ends the staging name, for
 * writers that go by it (".gpkg"), else "". Errors: STATUS_USAGE for a folder in its place,
 * STATUS_IO, also when another run is writing it now. Call outfile_close() in any case.
 */
enum status outfile_open(const char *path, const char *extension, struct outfile *out,
                         struct error *error);

/** Put the file in place, on the disk. */
enum status outfile_publish(struct outfile *file, struct error *error);

/** Remove what was written and not published, and free. */
void outfile_close(struct outfile *file);

#endif
