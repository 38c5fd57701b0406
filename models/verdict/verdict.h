/* verdict.h - the words of the answer: verdicts, causes, actions, flags. */
#ifndef COVTRIAGE_VERDICT_H
#define COVTRIAGE_VERDICT_H

#include <stdbool.h>

#include "models/tables/record.h"

/** The verdicts, in the order of the p_ columns of cases.csv; what would cure the complaint. */
enum verdict_kind {
    VERDICT_UNKNOWN = 0,
    VERDICT_WEAK,         /**< a new site, a repeater, an indoor system, power */
    VERDICT_MISALIGNED,   /**< a crew to the mast: turn, tilt, swap feeders */
    VERDICT_OUTAGE,       /**< the repair */
    VERDICT_PLANNED,      /**< waiting for the site that is coming */
    VERDICT_UNDETERMINED, /**< nothing wrong in the network's data, or the data cannot tell */
    VERDICT_COUNT,
};

/** What the probabilities are made of: kept with each case, so that they can be made again. */
struct verdict_terms {
    double likelihood[VERDICT_COUNT]; /**< natural log, of the place and time under each
                                         verdict, against the network's usual places */
    double words[VERDICT_COUNT];      /**< natural log, of the ticket's words */
    bool placed;                      /**< false: no position, nothing but words and priors */
};

/** The finer cause beside the verdict. */
enum cause {
    CAUSE_UNKNOWN = 0,
    CAUSE_OUTAGE,
    CAUSE_HIDDEN_FAULT,
    CAUSE_INTERFERENCE,
    CAUSE_AZIMUTH,
    CAUSE_SWAPPED,
    CAUSE_TILT,
    CAUSE_LOW_HEIGHT,
    CAUSE_COVERAGE_HOLE,
    CAUSE_NO_DOMINANT,
    CAUSE_INDOOR_LOSS,
    CAUSE_OVERSHOOT,
    CAUSE_PLANNED_SITE,
    CAUSE_TERMINAL,
    CAUSE_CAPACITY,
    CAUSE_NO_DATA,
    CAUSE_OTHER,
    CAUSE_COUNT,
};

/** The next step. */
enum action {
    ACTION_UNKNOWN = 0,
    ACTION_REPAIR,       /**< ask for the repair time, tell the customer */
    ACTION_CLEAR_NOISE,  /**< find and clear the uplink interference */
    ACTION_TURN,         /**< turn the antenna to the azimuth */
    ACTION_TILT,         /**< set the downtilt */
    ACTION_SWAP_FEEDERS, /**< put the feeders right */
    ACTION_WAIT_PLAN,    /**< tell the customer when the site comes */
    ACTION_NEW_SITE,     /**< ask for a site, a repeater or more power */
    ACTION_INDOOR,       /**< ask for indoor coverage */
    ACTION_CAPACITY,     /**< expand or balance the load */
    ACTION_TERMINAL,     /**< check the customer's phone and SIM */
    ACTION_FIELD_TEST,   /**< measure at the place */
    ACTION_POWER,        /**< power or combiner: give the place one dominant server */
    ACTION_COUNT,
};

/** Marks of a weaker result; always shown. */
enum flag {
    FLAG_NO_POSITION = 1 << 0,       /**< nothing places the ticket */
    FLAG_VAGUE_POSITION = 1 << 1,    /**< the radius is wider than the rule */
    FLAG_POSITION_CONFLICT = 1 << 2, /**< text, coordinates and serving cell disagree */
    FLAG_NO_TIME = 1 << 3,           /**< neither occurred nor reported */
    FLAG_TIME_GUESSED = 1 << 4,      /**< only the reported time: the onset is inferred */
    FLAG_FUTURE_TIME = 1 << 5,       /**< a time later than now */
    FLAG_NO_ALARMS = 1 << 6,         /**< no alarm table */
    FLAG_NO_COUNTERS = 1 << 7,       /**< no counters at the time */
    FLAG_NO_SAMPLES = 1 << 8,        /**< nothing measured near: the level is modelled */
    FLAG_NO_PLAN = 1 << 9,           /**< no plan table */
    FLAG_UNKNOWN_CELL = 1 << 10,     /**< the serving cell is not in the cell table */
    FLAG_NO_DEM = 1 << 11,           /**< no terrain: diffraction unknown */
    FLAG_OUTSIDE = 1 << 12,          /**< far from every cell of the table */
    FLAG_NO_PLACES = 1 << 13,        /**< text but no place table */
    FLAG_CLOCK_SLIP = 1 << 14,       /**< two tables' clocks disagree */
};

extern const struct name verdict_names[], cause_names[], action_names[], flag_names[];

#endif
