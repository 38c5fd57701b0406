/* antenna_table.h - antennas.csv: what the audit says of every cell. */
#ifndef COVTRIAGE_ANTENNA_TABLE_H
#define COVTRIAGE_ANTENNA_TABLE_H

#include "models/radio/aim.h"

/**
 * Write one row per cell of the world, in its order; `aims` holds one entry per cell, the notes
 * are in `language`. Errors: STATUS_IO.
 */
enum status antenna_table_write(const struct world *world, const struct aim *aims,
                                enum language language, const char *path, struct error *error);

#endif
