/* counter_names.h - measurements under their makers' names made into the columns of counters:
 * the table counter_names.csv is built in, and a file of that name beside the data extends it.
 */
#ifndef COVTRIAGE_COUNTER_NAMES_H
#define COVTRIAGE_COUNTER_NAMES_H

#include "geo/base.h"

/** The numeric columns of the counters table, in its order. */
enum counter_kind {
    KIND_AVAILABILITY = 0,
    KIND_INTERFERENCE,
    KIND_PRB,
    KIND_DROPS,
    KIND_SETUP,
    KIND_HANDOVER,
    KIND_VSWR,
    KIND_TRAFFIC,
    KIND_COUNT,
    KIND_NONE = KIND_COUNT,
};

enum counter_role {
    ROLE_NONE = 0,
    ROLE_VALUE,
    ROLE_SUM,
    ROLE_PART,
    ROLE_WHOLE,
    ROLE_UP_S,
    ROLE_DOWN_S,
    ROLE_BAND1, /* .. 5 in a row */
    ROLE_BAND2,
    ROLE_BAND3,
    ROLE_BAND4,
    ROLE_BAND5,
    ROLE_BAND45,
    ROLE_UNUSED,
};

enum { COUNTER_GROUPS = 8, COUNTER_USES = 4, COUNTER_BANDS = 5 };

/** One use of a measurement. */
struct counter_use {
    enum counter_kind kind;
    enum counter_role role;
    int group; /**< 0 .. COUNTER_GROUPS - 1 */
    double scale;
};

/** What a name means: up to COUNTER_USES uses; count 0: not in the table. */
struct counter_meaning {
    struct counter_use uses[COUNTER_USES];
    size_t count;
};

struct counter_names;

/**
 * The built-in table, and before it counter_names.csv in the folder of `data_path` when that
 * is there. Free with counter_names_free.
 * Errors: STATUS_FORMAT for a line of the user's file that makes no sense, with its number.
 */
enum status counter_names_open(const char *data_path, struct counter_names **out,
                               struct error *error);
void counter_names_free(struct counter_names *names);

/**
 * What `name` means. Compared without case; a unit behind it, "(dBm)", " (%)", "（秒）", or a
 * suffix "@AB", is ignored when the whole text is not in the table. The first line that fits
 * decides the column and role; further lines of the very same name add uses.
 */
struct counter_meaning counter_names_find(const struct counter_names *names, const char *name);

/** The measurements of one cell in one period on their way to columns. Start zeroed. */
struct counter_sums {
    double value[KIND_COUNT], sum[KIND_COUNT];
    bool has_value[KIND_COUNT], has_sum[KIND_COUNT];
    double part[KIND_COUNT][COUNTER_GROUPS], whole[KIND_COUNT][COUNTER_GROUPS];
    uint8_t has_part[KIND_COUNT], has_whole[KIND_COUNT]; /* bits by group */
    double up_s, down_s;
    bool has_up, has_down;
    double band[COUNTER_BANDS], band45;
    uint8_t has_band; /* bits 0..4; bit 5: band45 */
};

/** Add one measured value. Returns true when it is of any use. */
bool counter_sums_add(struct counter_sums *sums, const struct counter_meaning *meaning,
                      double value);

/**
 * The column's number, NAN when its measurements were not given (or their whole is 0).
 * `period_s` is needed for availability from seconds. *why (when not NULL): a static sentence
 * when the measurements contradict each other, else NULL.
 */
double counter_sums_get(const struct counter_sums *sums, enum counter_kind kind,
                        double period_s, const char **why);

/**
 * GSM interference as one level, dBm, so that the operators' rule "more than 30 % of the time
 * above X" becomes "level > X": the level exceeded 30 % of the time, linear within a band.
 * Below the lowest limit that is exceeded by less than 30 %, the level goes from -110 dBm
 * (share 0) to that limit (share 30 %). `share` are the five bands' numbers or shares.
 * NAN when all are 0. Source: limits -110/-100/-95/-90/-85/-80 dBm, operator rule; the
 * interpolation is our choice, see README.
 */
double counter_band_level(const double share[COUNTER_BANDS]);
/** As counter_band_level when only the share (0..1) above -90 dBm, bands 4 and 5, is known. */
double counter_band45_level(double share);

#endif
