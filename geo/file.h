/* file.h - whether a file stays as it is while it is read. */
#ifndef COVTRIAGE_FILE_H
#define COVTRIAGE_FILE_H

#include "geo/base.h"

/**
 * A mark of the file at `path` as it stands now: of its identity, size and time of change, and
 * of the files beside it that belong to a .shp or .tab. 0 for what is no regular file.
 */
uint64_t file_mark(const char *path);

/**
 * STATUS_OK while the file still has the mark; STATUS_IO with a sentence when it was written,
 * cut or replaced since. A mark of 0 is not compared.
 */
enum status file_unchanged(const char *path, uint64_t mark, struct error *error);

/** Read `size` bytes at `at`, however many the system gives at a time. false: it gave fewer. */
bool file_read_at(int file, void *bytes, size_t size, int64_t at);

#endif
