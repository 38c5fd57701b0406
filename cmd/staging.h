/* staging.h - what outdir and outfile share: a lock beside the output, staging names beside it,
 * and data that is on the disk before its name is. */
#ifndef COVTRIAGE_STAGING_H
#define COVTRIAGE_STAGING_H

#include <stdbool.h>

#include "geo/base.h"

/** `a` and `b` in one text, to be freed. */
char *staging_join(const char *a, const char *b);

/**
 * Runs that write the same output exclude each other by a lock on `path`.lock. Errors:
 * STATUS_IO when nothing can be written beside `path` or another run holds the lock; *lock is
 * then -1.
 */
enum status staging_lock(const char *path, int *lock, struct error *error);

/** Give the lock back and remove its file. Harmless when lock is -1. */
void staging_unlock(const char *path, int lock);

/** Remove what killed runs left beside `path`; the lock must be held: none of them lives. */
void staging_sweep(const char *path);

/** The name to write under before `path` takes its place, to be freed. */
char *staging_name(const char *path, const char *extension);

/** Put a file, or a folder and all that it holds, on the disk. */
enum status staging_sync(const char *path, struct error *error);

/** Put the name `path` itself on the disk, after a rename. */
void staging_sync_name(const char *path);

/** Remove a file, or a folder with all that it holds. */
void staging_remove(const char *path);

#endif
