/* story.h - a scenario an RF engineer can read, as data. See tests/scenario/README. */
#ifndef COVTRIAGE_TESTS_STORY_H
#define COVTRIAGE_TESTS_STORY_H

#include "geo/base.h"
#include "geo/point.h"

enum { MOST_WORDS = 48, MOST_LINES = 64 };

struct story_cell {
    const char *id, *site, *rat, *band, *coverage;
    struct xy at;
    double azimuth_deg, true_azimuth_deg, tilt_deg, true_tilt_deg;
    double height_m, power_dbm, frequency_mhz;
};

struct story_hole {
    struct xy at;
    double within_m, loss_db;
};

struct story_alarm {
    const char *object, *name;
    int64_t from_s, to_s; /**< to absent: still active */
};

struct story_counter {
    const char *cell, *what; /**< a column of counters.csv */
    double value;
    int64_t from_s, to_s;
};

struct story_plan {
    const char *id, *stage, *on_air, *rat;
    struct xy at;
};

struct story_place {
    const char *name, *kind, *parent;
    struct xy at;
};

struct story_complaint {
    const char *id, *address, *serving, *symptom, *description, *indoor, *rat, *level,
        *customer, *terminal;
    struct xy at;
    bool has_point;
    int64_t occurred_s, reported_s;
};

struct story_reading {
    const char *cell;
    struct xy at;
    double level_dbm;
    int count;
};

struct story_pair {
    const char *key, *value;
};

struct story_expectation {
    const char *ticket, *conditions[MOST_WORDS];
    int condition_count;
};

struct story {
    struct arena *arena;
    const char *file, *title;
    double exponent, survey_m; /**< path loss; half side of the measured square, 0: none */
    struct story_cell cells[MOST_LINES];
    struct story_hole holes[MOST_LINES];
    struct story_alarm alarms[MOST_LINES];
    struct story_counter counters[MOST_LINES];
    struct story_plan plans[MOST_LINES];
    struct story_place places[MOST_LINES];
    struct story_complaint complaints[MOST_LINES];
    struct story_reading readings[MOST_LINES];
    struct story_pair rules[MOST_LINES], terminals[MOST_LINES];
    struct story_expectation expectations[MOST_LINES];
    int cell_count, hole_count, alarm_count, counter_count, plan_count, place_count,
        complaint_count, reading_count, rule_count, terminal_count, expectation_count;
    bool counters_kept; /**< counters.csv is written though nothing is odd in it */
};

/** Add one line to the story. Errors say what was not understood. */
enum status story_line(struct story *story, const char *line, struct error *error);

/** Write the case folder of the story into `folder`. */
enum status story_write(const struct story *story, const char *folder, struct error *error);

/** Print what each complaint with a position hears when all works: to write stories by. */
void story_show(const struct story *story);

#endif
