/* aim.h - where the antennas really point: the audit of azimuth, tilt and feeders from
 * measurements, and the aim that would serve best.
 *
 * All cells of one mast are judged together, because the path to a place and its shadowing are
 * the same for them: what differs is the antenna. A cell that is not among the strongest
 * reported at a place was weaker there than those that were. Cells that the measurements cannot
 * judge are said to be AIM_INSUFFICIENT and never guessed. */
#ifndef COVTRIAGE_AIM_H
#define COVTRIAGE_AIM_H

#include "geo/base.h"
#include "models/radio/antenna.h"
#include "models/say.h"
#include "models/tables/world.h"

enum aim_status {
    AIM_UNKNOWN = 0,
    AIM_OK,           /**< stands as the table says, within the interval */
    AIM_MISALIGNED,   /**< azimuth differs from the table */
    AIM_SWAPPED,      /**< it radiates where the table has another cell of the site */
    AIM_TILT,         /**< azimuth holds, downtilt does not */
    AIM_INSUFFICIENT, /**< the measurements do not decide */
};

extern const struct name aim_status_names[]; /**< "ok", "misaligned", "swapped" ... */

/** How the antennas of a mast stand together. */
enum aim_arrangement {
    AIM_APART = 0, /**< each by itself: as the table says, or turned alone */
    AIM_PAIR,      /**< feeders of two sectors exchanged */
    AIM_RING,      /**< feeders of all sectors moved on */
    AIM_TURNED,    /**< the whole mast turned by one angle */
};

/** Why a cell's answer is weaker than usual or absent; the first that applies. */
enum aim_note {
    AIM_NOTE_NONE = 0,
    AIM_NOTE_INDOOR,     /**< indoor or omni: it has no azimuth to judge */
    AIM_NOTE_NO_TABLE,   /**< the table gives no azimuth: estimated, not compared */
    AIM_NOTE_NO_SAMPLES, /**< never measured, or at too few places */
    AIM_NOTE_SPAN,       /**< measured from too few directions */
    AIM_NOTE_DOUBTFUL,   /**< neither the table nor another azimuth is probable enough */
    AIM_NOTE_SITE,       /**< all sectors of the site turned by about the same angle */
    AIM_NOTE_POSITION, /**< measured only far away in one direction: is it where the table says?
                        */
    AIM_NOTE_ROTATED,  /**< feeders rotated: each sector radiates as the next */
    AIM_NOTE_COUNT,
};

/** What the audit says of one cell. */
struct aim {
    double azimuth_est_deg;                /**< [0, 360); NAN: no estimate */
    double azimuth_lo_deg, azimuth_hi_deg; /**< 95 % interval, clockwise from lo to hi */
    double tilt_est_deg; /**< total downtilt, mechanical and electrical; NAN */
    uint64_t samples;    /**< measurements of the cell that were used */
    double spread_deg;   /**< bearings seen from the mast, 0..360 */
    enum aim_status status;
    uint32_t swapped_with; /**< cell whose place it took; INDEX_NONE */
    double p_fault;        /**< probability that azimuth or tilt is not as the table says */
    double p_azimuth;      /**< ... that the azimuth is more than aim_fault_deg off */
    double p_tilt;         /**< ... that the tilt is more than aim_tilt_fault_deg off */
    enum aim_note note;
    double turn_deg; /**< AIM_NOTE_SITE: the turn of the whole mast; else NAN */
    enum aim_arrangement
        arrangement;           /**< how the mast stands, as far as it is the cell's fault */
    enum aim_arrangement next; /**< of a fault: what it is next likeliest to be */
    /** Of a fault: natural log of the likelihood ratio of how the mast is said to stand to how
     * the table has it, and to what is next likeliest; NAN. */
    double log_ratio_table, log_ratio_next;
    struct aim_place_found {
        double far_m, bearing_deg; /**< from the table's place; NAN: it stands there */
        double radius_m;           /**< holds the true place with 95 % */
        double log_ratio;          /**< natural log of the odds against the table's place */
        struct point at;           /**< NAN where the plane has no CRS */
    } elsewhere;                   /**< the mast does not stand where the table has it */
    double drive_from_deg, drive_to_deg; /**< bearings to measure next; NAN: none needed */
};

/**
 * Audit every cell of the world. `out` holds world->cell_count entries and is the caller's.
 * The result does not depend on `threads` (1..). Errors: none but what the plane's CRS gives.
 */
enum status aim_audit(const struct world *world, int threads, struct aim *out,
                      struct error *error);

/** The remark of one cell for people ("" when there is none), NUL-terminated into `text`. */
void aim_note_text(const struct aim *aim, enum language language, char *text, size_t size);

struct surface;

/** What a new aim is weighed by; all borrowed. */
struct aim_scene {
    const struct world *world;
    const struct aim *aims; /**< the audit of the whole world */
    const struct surface
        *surface; /**< for weak squares where the cell was not measured; NULL */
};

/** One aim of a cell, and the measured squares that it turns from weak to good and back. */
struct aim_choice {
    double azimuth_deg, tilt_deg; /**< tilt: total downtilt */
    uint32_t cured, broken;
};

enum { AIM_CHOICES = 160 };

/** Every aim of one cell within the mount's limits, the one that it has first. */
struct aim_choices {
    uint32_t cell;
    struct antenna_aim now; /**< as the audit found it where it is sure, else the table's */
    uint32_t squares, weak; /**< measured squares around; weak by their best server */
    uint32_t count; /**< 0: no lobe to turn, no known azimuth, or the mast stands elsewhere */
    struct aim_choice items[AIM_CHOICES];
};

/** Count what every aim of a cell does to the squares around it; for aim_best, once a cell. */
void aim_choices_make(const struct aim_scene *scene, uint32_t cell, struct aim_choices *out);

/** What is asked of aim_best: places to serve better, in the world's plane. */
struct aim_wish {
    const struct xy *places; /**< of the complaints; borrowed */
    size_t place_count;      /**< 0: only the weak squares around count */
};

/** The aim that serves best within the mount's limits, and what it does. */
struct aim_best {
    double azimuth_deg, tilt_deg;           /**< to set; tilt is the total downtilt */
    double from_azimuth_deg, from_tilt_deg; /**< as it stands now, by the audit or the table */
    double gain_db;                         /**< mean gain of the cell at the places; NAN */
    double gain_lo_db, gain_hi_db;          /**< its 95 % interval */
    uint32_t helped;                        /**< places that gain aim_best_gain_db or more */
    uint32_t squares;                       /**< measured squares that were weighed */
    uint32_t weak_before, weak_after;       /**< of these, weak by the best server */
    uint32_t cured, broken;                 /**< weak that become good, good that become weak */
    bool better;                            /**< false: leave it as it stands */
};

/**
 * Of a cell's choices, the one that best serves the wished places and the weak squares around
 * it without breaking what is good: of the good squares at most the share aim_best_broken may
 * turn weak, and never more than are cured unless places gain. A cell that the audit found
 * turned may always go back to its table's azimuth. False when there is nothing to choose from.
 */
bool aim_best(const struct aim_scene *scene, const struct aim_choices *choices,
              const struct aim_wish *wish, struct aim_best *out);

/**
 * How each antenna stands as far as the audit is sure of it, for surface_new: NAN keeps the
 * table's. world->cell_count entries on the heap, the caller's to free.
 */
struct antenna_aim *aim_standing(const struct world *world, const struct aim *aims);

#endif
