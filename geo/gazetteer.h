/* gazetteer.h - places by their words, offline, from the user's own table.
 *
 * A text such as "商城县丰集镇丰集街道移动营业厅，手机信号差", "徐汇区沪闵路9202号" or
 * "Hope Airport, Canada" is normalised, what is not a place is peeled off (complaint words,
 * rooms), and every candidate is marked by how much of the text it explains: its own name, the
 * administrative units above it, the number on its road. The answer is a point with the radius
 * that holds the truth with 90 %, how it was found (level) and how well it fits (match).
 *
 * Strings of the table are copied. A gazetteer is const after gazetteer_finish and may be
 * shared; each thread brings its own scratch. Memory and time per text are bounded.
 */
#ifndef COVTRIAGE_GAZETTEER_H
#define COVTRIAGE_GAZETTEER_H

#include "geo/base.h"
#include "geo/point.h"

/** What kind of thing was found; the order is from coarse to fine. */
enum gazetteer_level {
    GAZETTEER_UNKNOWN = 0,
    GAZETTEER_PROVINCE,
    GAZETTEER_CITY,
    GAZETTEER_COUNTY,
    GAZETTEER_TOWNSHIP,
    GAZETTEER_VILLAGE,
    GAZETTEER_ROAD,
    GAZETTEER_POI,
    GAZETTEER_BUILDING,
    GAZETTEER_INTERPOLATED, /**< between or beside known numbers of the road */
    GAZETTEER_ADDRESS,
    GAZETTEER_LEVEL_COUNT,
};

/** How well the text fits what was found. */
enum gazetteer_match {
    GAZETTEER_MATCH_NONE = 0,
    GAZETTEER_MATCH_EXACT,
    GAZETTEER_MATCH_PARTIAL,      /**< part of the text was not understood */
    GAZETTEER_MATCH_FUZZY,        /**< with typing errors */
    GAZETTEER_MATCH_INTERPOLATED, /**< from neighbouring house numbers */
    GAZETTEER_MATCH_CENTROID,     /**< the middle of the area or road */
    GAZETTEER_MATCH_AMBIGUOUS,    /**< another place over 2 km away fits nearly as well */
    GAZETTEER_MATCH_COUNT,
};

/** The words of the contract: "address", "interpolated" ...; "" for unknown. */
const char *gazetteer_level_name(enum gazetteer_level level);
const char *gazetteer_match_name(enum gazetteer_match match);

/** One row of the places table. */
struct gazetteer_place {
    const char *name;
    enum gazetteer_level level; /**< PROVINCE .. POI, ADDRESS */
    struct point at;
    const char *parent;  /**< units above it, "A/B/C"; "" when not known */
    const char *aliases; /**< other names, "x;y" */
};

struct gazetteer;

struct gazetteer *gazetteer_new(void);
/** Add one place; rows without a valid point or a name are passed over. */
void gazetteer_add(struct gazetteer *gazetteer, const struct gazetteer_place *place);
/** Index what was added. Const from here on. */
void gazetteer_finish(struct gazetteer *gazetteer);
void gazetteer_free(struct gazetteer *gazetteer);
size_t gazetteer_count(const struct gazetteer *gazetteer);

/** A thread's working memory. */
struct gazetteer_scratch;
struct gazetteer_scratch *gazetteer_scratch_new(const struct gazetteer *gazetteer);
void gazetteer_scratch_free(struct gazetteer_scratch *scratch);

/** GAZETTEER_NEAR_M: how far "nearby" (附近) reaches when no distance is given; our choice. */
enum { GAZETTEER_ALTERNATIVES = 5, GAZETTEER_TEXT = 160, GAZETTEER_NEAR_M = 500 };

/** One place the text may mean. */
struct gazetteer_candidate {
    struct point at;
    double radius_m; /**< 90 % radius if this is the one meant */
    double weight;   /**< probability; those of a hit sum to 1 */
    char name[64];
};

/** Where a text is. */
struct gazetteer_hit {
    struct point at;
    double radius_m; /**< 90 %; NAN when nothing was found */
    enum gazetteer_level level;
    enum gazetteer_match match;
    double score;  /**< [0, 1]: the share of the text that is explained, less what is not */
    double away_m; /**< from a relative phrase ("往北900米"): distance; 0: none */
    double bearing_deg; /**< its direction, a quarter of the circle; NAN: any */
    bool near;          /**< a phrase such as 附近 without a distance widened the radius */
    char matched[GAZETTEER_TEXT]; /**< the place's name as in the table, with its units */
    char note[GAZETTEER_TEXT];    /**< what was peeled off: rooms, complaint words */
    /** [0] is the answer; where the named places stand, before any relative phrase. */
    struct gazetteer_candidate candidates[GAZETTEER_ALTERNATIVES];
    size_t candidate_count;
};

/**
 * Place a text (UTF-8, any bytes; past 1,024 characters it is cut). Always fills `hit`;
 * returns false when nothing was found (level UNKNOWN, match NONE, point absent).
 */
bool gazetteer_find(const struct gazetteer *gazetteer, struct gazetteer_scratch *scratch,
                    const char *text, struct gazetteer_hit *hit);

/**
 * Move a hit by its relative phrase (away_m > 0): along bearing_deg to the middle of the arc
 * that a compass word stands for, or, without a direction, widen to the ring. gazetteer_find
 * has done it already.
 */
void gazetteer_hit_move(struct gazetteer_hit *hit);

/** Factors on the radius per level, 1 by default: the user's own data against the defaults. */
struct gazetteer_calibration {
    double factor[GAZETTEER_LEVEL_COUNT];
    size_t pairs[GAZETTEER_LEVEL_COUNT]; /**< texts with a known position, by level */
};

void gazetteer_calibration_default(struct gazetteer_calibration *calibration);

/** One text whose position is known. */
struct gazetteer_pair {
    enum gazetteer_level level;
    double error_m, radius_m;
};

/**
 * Learn the factors from texts whose position is known: per level the 90 % quantile of
 * error_m / radius_m, shrunk towards 1 as by 20 pairs. Source: our choice, see README.
 */
void gazetteer_calibrate(const struct gazetteer_pair *pairs, size_t count,
                         struct gazetteer_calibration *calibration);

/** Apply to a hit: its radius and those of its candidates. */
void gazetteer_calibration_apply(const struct gazetteer_calibration *calibration,
                                 struct gazetteer_hit *hit);

#endif
