/* datum_detect.h - which coordinate system a table of complaints is in: as declared, else by
 * how well its positions agree with the serving cells and with the places its words name.
 *
 * A whole table is judged, never a row: each reading (WGS-84, GCJ-02, BD-09, each also with
 * lon and lat exchanged, metres of the network's UTM zone and of CGCS2000's 3-degree zones) is
 * scored by the same evidence, and the best one is used when its probability is high enough.
 */
#ifndef COVTRIAGE_DATUM_DETECT_H
#define COVTRIAGE_DATUM_DETECT_H

#include "geo/datum.h"
#include "models/tables/world.h"

enum { DATUM_READINGS = 8 };

/** One way to read the table's coordinates. */
struct datum_reading {
    char name[32]; /**< "WGS84", "GCJ02", "BD09", "WGS84 swapped", "EPSG:32650" ... */
    enum datum_kind kind;
    bool swapped;
    double probability;
    double median_m; /**< from the serving cells' masts; NAN without any */
    size_t placed;   /**< tickets that have a position by this reading */
};

/** What was found out. */
struct datum_finding {
    size_t declared;          /**< tickets whose system coord_sys or --src-crs names */
    size_t undeclared;        /**< tickets with coordinates and no such name */
    size_t by_cell, by_place; /**< of these, how many a cell or a place speaks for */
    struct datum_reading readings[DATUM_READINGS]; /**< most probable first */
    size_t reading_count;
    bool used;          /**< the first reading was used though it is not WGS-84 */
    size_t unplaced;    /**< tickets whose pair is no position by the reading used */
    double doubt_m;     /**< how far positions may be off because of their datum */
    char sentence[768]; /**< for people: what was decided, and why */
};

/**
 * Judge the complaints' coordinates and bring complaint.at to WGS-84: by coord_sys where a row
 * has one, else by src_crs if it is not empty, else by the reading found. world->datum_doubt_m
 * is set. Rows whose system PROJ does not know, or whose pair is no position, lose it and are
 * listed in world->rejects. Call once, after world_load and before locator_new.
 * Errors: STATUS_FORMAT when src_crs is not known.
 */
enum status datum_settle(struct world *world, const char *src_crs,
                         struct datum_finding *finding, struct error *error);

/** As datum_settle, but nothing is changed: what `check` reports. */
enum status datum_examine(const struct world *world, const char *src_crs,
                          struct datum_finding *finding, struct error *error);

#endif
