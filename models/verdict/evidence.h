/* evidence.h - what the data say about one complaint: the level everything working, who serves
 * there, what was out of order then, and what each cure would bring.
 *
 * Nothing is decided here. Each what-if is an average over the position's distribution (the
 * fix's cloud), the complaint's time (the instants) and the loss of the walls. Levels are held
 * as margins, dB over the weak threshold of the cell's technology, so that several technologies
 * compare.
 */
#ifndef COVTRIAGE_EVIDENCE_H
#define COVTRIAGE_EVIDENCE_H

#include "models/verdict/study.h"
#include "models/verdict/verdict.h"
#include "models/verdict/words.h"

struct evidence;

/** The same of one place: how likely it is each of these; weak: and nothing cures it. */
struct usual usual_here(const struct study *study, const struct evidence *evidence);

/** Take the shares over the world's bins. study->usual is not read. */
struct usual usual_of(const struct study *study);

/** How long customers wait before they report: measured on the tickets that tell both. */
struct onset *onset_new(const struct world *world);
void onset_free(struct onset *onset);

/** A level at the customer, averaged over position, shadowing and walls. */
struct outlook {
    double level_dbm, sigma_db;
    double p_good; /**< probability of being above the weak threshold */
};

/** Which weak level a ticket is held to. */
enum asked {
    ASKED_UNKNOWN = 0,
    ASKED_OUTDOORS, /**< in the street */
    ASKED_ROAD,     /**< on a road, in a car */
    ASKED_INDOORS,  /**< behind the wall */
    ASKED_SUBURB,   /**< where masts stand wide apart */
    ASKED_COUNTRY,
};

enum { EVIDENCE_SERVING = 6 };

/** A cell that serves there. */
struct serving {
    uint32_t cell;
    double share;     /**< of the position's distribution, 0..1 */
    double level_dbm; /**< outdoors, where it serves */
};

struct evidence {
    struct fix fix;
    struct words words;
    double p_indoor;
    enum rat rat;    /**< asked for, or of the best server */
    double weak_dbm; /**< the threshold in the street for the technology that serves */
    enum asked asked;
    double asked_dbm; /**< the threshold in force: the street's, the road's, the room's */
    int64_t time_s;   /**< the middle of when it happened; TIME_ABSENT */
    unsigned flags;   /**< enum flag */

    struct serving serving[EVIDENCE_SERVING]; /**< the most important first */
    size_t serving_count;
    struct outlook normal; /**< everything working */
    double p_weak;         /**< probability of being below the weak threshold */
    double p_good;         /**< ... of being good_margin_db above it */

    /** What was out of order then. */
    struct {
        double log_ratio; /**< log likelihood of the complaint's time and place under an outage,
                             against coincidence */
        double impact[TROUBLE_KINDS]; /**< probability that it spoilt the service */
        const struct trouble *worst;  /**< NULL: nothing found */
        double worst_impact;
        struct outlook now; /**< without the cells that were down */
    } outage;

    /** An antenna that does not stand as its table says. */
    struct {
        uint32_t cell;  /**< INDEX_NONE: none would matter */
        double p_cures; /**< probability that one standing as planned makes the place good */
        double p_fault; /**< that it does not stand so */
        double blame;   /**< how far it, of all that may cure, is named */
        struct outlook planned;
    } antenna;

    /** An antenna that stands as planned but misses the people. */
    struct {
        uint32_t cell;
        double p_cures;
        struct aim_best best; /**< to be set, and what it does to others */
        struct outlook aimed;
    } reaim;

    /** An active plan. */
    struct {
        uint32_t plan;
        double p_cures; /**< built, and good then */
        double p_built; /**< by its stage */
        struct outlook built;
    } build;

    /** A far cell that serves over the heads of nearer ones. */
    struct {
        uint32_t cell;         /**< INDEX_NONE: none does */
        uint32_t nearer;       /**< that is good enough there */
        double way_m, limit_m; /**< to its mast, and from where it overshoots */
    } overshoot;

    double terminal_blocked; /**< share of what serves there that the terminal cannot use */
    bool unsteady;           /**< the ticket says that the level or the call comes and goes */
    double load_pct;         /**< PRB utilisation of the serving cell then; NAN */
    double nearest_m;        /**< to the nearest site of the technology; NAN */
    uint32_t near_samples;   /**< measurements within evidence_near_m */
    unsigned dominance;      /**< sites within dominance_db of the best server */
    double best_height_m;    /**< antenna height of the best server */
};

/** A thread's working memory. */
struct evidence_worker;
enum status evidence_worker_new(const struct study *study, struct evidence_worker **out,
                                struct error *error);
void evidence_worker_free(struct evidence_worker *worker);

/** Gather what is known of one complaint; evidence->fix must be set by locate(). */
void gather_evidence(struct evidence_worker *worker, const struct complaint *complaint,
                     struct evidence *evidence);

#endif
