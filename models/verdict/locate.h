/* locate.h - where a complaint happened: words, coordinates, serving cell and what that cell
 * covers, fused into one position with a radius.
 *
 * Each source is a distribution over the plane; the fix is their product on a set of weighted
 * points, of which later stages take the average of whatever they compute:
 *
 *   sum over i of fix.cloud[i].weight * level_at(fix.cloud[i].xy)
 *
 * Sources that disagree are not multiplied: the better one stands, widened, and the flag says
 * so.
 */
#ifndef COVTRIAGE_LOCATE_H
#define COVTRIAGE_LOCATE_H

#include "geo/gazetteer.h"
#include "models/tables/identity.h"
#include "models/tables/world.h"

/** Which sources the position rests on. */
enum fix_method {
    FIX_NONE = 0,
    FIX_COORDINATES,
    FIX_TEXT,
    FIX_CELL, /**< only the serving cell's footprint */
    FIX_COORDINATES_TEXT,
    FIX_COORDINATES_CELL,
    FIX_TEXT_CELL,
    FIX_ALL,
    FIX_METHOD_COUNT,
};

/** "coordinates", "text", "cell", "coordinates+text" ...; "" for none. */
const char *fix_method_name(enum fix_method method);

/** Marks on a fix; always shown. */
enum fix_flag {
    FIX_FLAG_TEXT_DISAGREES = 1 << 0, /**< words and coordinates are too far apart */
    FIX_FLAG_CELL_DISAGREES = 1 << 1, /**< the cell named does not reach the position */
    FIX_FLAG_CELL_UNKNOWN = 1 << 2,   /**< serving_cell is not in the cell table */
    FIX_FLAG_CELL_ROUNDED = 1 << 3,   /**< serving_cell was destroyed by a spreadsheet */
    FIX_FLAG_AMBIGUOUS = 1 << 4,      /**< the words fit several places */
    FIX_FLAG_DATUM_DOUBTFUL = 1 << 5, /**< the coordinates' datum is not certain */
    FIX_FLAG_OUTSIDE = 1 << 6,        /**< farther than locate_outside_km from every cell */
};

/** The words for a set of flags, joined by ";", into `text`; returns text. */
const char *fix_flags_text(unsigned flags, char *text, size_t size);

enum { FIX_CLOUD = 48 };

/** One weighted point of a position's distribution. */
struct fix_point {
    struct xy xy;
    double weight; /**< sum over the cloud is 1 */
};

/** Where a complaint is. */
struct fix {
    struct point at; /**< absent when nothing places the complaint */
    struct xy xy;    /**< in the world's plane */
    double radius_m; /**< holds the place with 90 %; NAN when absent */
    enum fix_method method;
    enum gazetteer_match match; /**< of the words; EXACT for coordinates */
    enum gazetteer_level level; /**< of the words; UNKNOWN without */
    uint32_t cell;              /**< the serving cell named, INDEX_NONE */
    unsigned flags;             /**< enum fix_flag */
    struct fix_point cloud[FIX_CLOUD];
    size_t cloud_count;
    char matched[GAZETTEER_TEXT]; /**< the place the words were taken for */
    char note[GAZETTEER_TEXT];
};

/** What all workers share: footprints of the cells, identities. Const after locator_new. */
struct locator;

/**
 * Build from a loaded world, which must outlive it: the serving cells' measured footprints
 * from world->bins, the identity index, and, when enough tickets carry both words and
 * coordinates, the calibration of the words' radii. Free with locator_free.
 */
enum status locator_new(const struct world *world, struct locator **out, struct error *error);
void locator_free(struct locator *locator);

/** A thread's working memory: its projection and its gazetteer scratch. */
struct locate_worker;
enum status locate_worker_new(const struct locator *locator, struct locate_worker **out,
                              struct error *error);
void locate_worker_free(struct locate_worker *worker);

/**
 * Place one complaint. Always fills `fix`; method FIX_NONE when nothing places it. The result
 * depends on the world and the complaint only.
 */
void locate(struct locate_worker *worker, const struct complaint *complaint, struct fix *fix);

#endif
