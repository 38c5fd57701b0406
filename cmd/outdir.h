/* outdir.h - a folder of results that appears whole or not at all: everything is written into a
 * staging folder beside it, which takes its name in one rename. */
#ifndef COVTRIAGE_OUTDIR_H
#define COVTRIAGE_OUTDIR_H

#include <stdbool.h>

#include "geo/base.h"

struct outdir {
    char *path;    /**< where the results will be */
    char *staging; /**< where they are written: path + ".partial-<pid>" */
    bool replaces; /**< an older result stands at path */
    int lock;      /**< held while this run writes */
};

/**
 * Prepare to write `path`. An existing folder is only replaced with `overwrite`, and only when
 * it is one of ours (holds run.json) or empty. Errors: STATUS_USAGE when it is there and may
 * not be replaced, STATUS_IO, also when another run is writing it now.
 */
enum status outdir_open(const char *path, bool overwrite, struct outdir *out,
                        struct error *error);

/** Put the staging folder in place: from here on the new results are there, whole. */
enum status outdir_publish(struct outdir *outdir, struct error *error);

/** Writes files into `staging`, a folder that is there. */
typedef enum status (*outdir_writer)(void *context, const char *staging, struct error *error);

/**
 * Add files to `folder`, made if it is not there: those of the same name are replaced, the rest
 * stays. In a result of ours all of them change in one rename; in any other folder, in one in
 * which the shell stands, and where no second names can be made, each by its own. `write` runs
 * while the folder is locked, so that what it reads there belongs together.
 */
enum status outdir_add(const char *folder, outdir_writer write, void *context,
                       struct error *error);

/** Remove what was staged and not published, and free. Harmless after outdir_publish. */
void outdir_close(struct outdir *outdir);

#endif
