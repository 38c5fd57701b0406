/* patterns.h - the antenna files that the cell table names, read once each. */
#ifndef COVTRIAGE_PATTERNS_H
#define COVTRIAGE_PATTERNS_H

#include "models/tables/table.h"

/**
 * Read the MSI file of every cell that names one in its column `pattern` and set
 * cell->measured. A name is a path below the folder of `cells_path` (the cell table's file),
 * with "/" or "\", with or without ".msi"; absolute paths, ".." and links that lead out of the
 * folder are refused. A file that cannot be used is one line of `rejects` (the first cell's),
 * and its cells keep the 3GPP pattern. Patterns live in `arena`.
 * Returns the number of cells that named a file which could not be used.
 */
size_t patterns_read(const char *cells_path, struct cell *cells, size_t count,
                     struct arena *arena, struct rejects *rejects);

#endif
