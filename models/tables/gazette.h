/* gazette.h - the gazetteer of a places table. */
#ifndef COVTRIAGE_GAZETTE_H
#define COVTRIAGE_GAZETTE_H

#include "geo/gazetteer.h"
#include "models/tables/record.h"

/**
 * Build the gazetteer of `count` places. *out is NULL when none of them can be found by name.
 * The rows' strings are copied. Errors: as gazetteer_finish.
 */
enum status gazette_new(const struct place *places, size_t count, struct gazetteer **out,
                        struct error *error);

/** The gazetteer's level of a place; UNKNOWN kinds are points of interest. */
enum gazetteer_level gazette_level(enum place_kind kind);

#endif
