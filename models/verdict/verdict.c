#include "models/verdict/verdict.h"

const struct name verdict_names[] = {
    {"weak-coverage", VERDICT_WEAK},        {"antenna-misalignment", VERDICT_MISALIGNED},
    {"transient-outage", VERDICT_OUTAGE},   {"planned-build", VERDICT_PLANNED},
    {"undetermined", VERDICT_UNDETERMINED}, {NULL, 0},
};

const struct name cause_names[] = {
    {"outage", CAUSE_OUTAGE},
    {"hidden-fault", CAUSE_HIDDEN_FAULT},
    {"interference", CAUSE_INTERFERENCE},
    {"azimuth", CAUSE_AZIMUTH},
    {"swapped", CAUSE_SWAPPED},
    {"tilt", CAUSE_TILT},
    {"low-height", CAUSE_LOW_HEIGHT},
    {"coverage-hole", CAUSE_COVERAGE_HOLE},
    {"no-dominant-server", CAUSE_NO_DOMINANT},
    {"indoor-loss", CAUSE_INDOOR_LOSS},
    {"overshoot", CAUSE_OVERSHOOT},
    {"planned-site", CAUSE_PLANNED_SITE},
    {"terminal", CAUSE_TERMINAL},
    {"capacity", CAUSE_CAPACITY},
    {"no-data", CAUSE_NO_DATA},
    {"other", CAUSE_OTHER},
    {NULL, 0},
};

const struct name action_names[] = {
    {"repair", ACTION_REPAIR},
    {"clear-interference", ACTION_CLEAR_NOISE},
    {"turn-antenna", ACTION_TURN},
    {"tilt-antenna", ACTION_TILT},
    {"swap-feeders", ACTION_SWAP_FEEDERS},
    {"wait-for-plan", ACTION_WAIT_PLAN},
    {"new-site", ACTION_NEW_SITE},
    {"indoor-coverage", ACTION_INDOOR},
    {"expand-capacity", ACTION_CAPACITY},
    {"check-terminal", ACTION_TERMINAL},
    {"field-test", ACTION_FIELD_TEST},
    {"power-dominance", ACTION_POWER},
    {NULL, 0},
};

const struct name flag_names[] = {
    {"no-position", FLAG_NO_POSITION},
    {"vague-position", FLAG_VAGUE_POSITION},
    {"position-conflict", FLAG_POSITION_CONFLICT},
    {"no-time", FLAG_NO_TIME},
    {"time-inferred", FLAG_TIME_GUESSED},
    {"time-in-future", FLAG_FUTURE_TIME},
    {"no-alarms", FLAG_NO_ALARMS},
    {"no-counters", FLAG_NO_COUNTERS},
    {"no-samples", FLAG_NO_SAMPLES},
    {"no-plan", FLAG_NO_PLAN},
    {"unknown-cell", FLAG_UNKNOWN_CELL},
    {"no-dem", FLAG_NO_DEM},
    {"outside-network", FLAG_OUTSIDE},
    {"no-places", FLAG_NO_PLACES},
    {"clock-slip", FLAG_CLOCK_SLIP},
    {NULL, 0},
};
