/* gazette.h - the gazetteer of a places table. */
#ifndef COVTRIAGE_GAZETTE_H
#define COVTRIAGE_GAZETTE_H

#include "geo/gazetteer.h"
#include "models/tables/record.h"

/**
 * Build the gazetteer of `count` places; NULL when none of them can be found by name. The rows'
 * strings are copied.
 */
struct gazetteer *gazette_new(const struct place *places, size_t count);

/** The gazetteer's level of a place; UNKNOWN kinds are points of interest. */
enum gazetteer_level gazette_level(enum place_kind kind);

#endif
