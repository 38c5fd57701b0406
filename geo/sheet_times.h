/* sheet_times.h - spreadsheets whose times GDAL would cut to days.
 *
 * GDAL 3.6 takes a cell for a date with time only when its format is built in or spells the
 * hour with two letters; under "yyyy/m/d h:mm", the usual one in Chinese exports, it gives the
 * day alone, and under the built-in day formats too although the cell holds the time. */
#ifndef COVTRIAGE_SHEET_TIMES_H
#define COVTRIAGE_SHEET_TIMES_H

#include "geo/base.h"

enum { SHEET_NAME_SIZE = 64 };

/**
 * Put a copy of the .xlsx file at `path` into GDAL's memory files in which every date format is
 * one that keeps the time, and write its name into `name`; "" when the file needs no copy (or
 * cannot be read: GDAL will say why). Free with sheet_times_free.
 */
void sheet_times_copy(const char *path, char name[SHEET_NAME_SIZE]);
void sheet_times_free(const char *name);

#endif
