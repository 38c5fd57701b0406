/* record.h - what one row of each table means. Strings live in the arena of the world and are
 * never NULL ("" when absent); absent numbers are NAN, absent times TIME_ABSENT, absent
 * positions POINT_ABSENT, absent enums their _UNKNOWN (0). `line` is the row's line in its file
 * (1 = the header), `source` the file (index into world->sources). */
#ifndef COVTRIAGE_RECORD_H
#define COVTRIAGE_RECORD_H

#include <stdint.h>

#include "geo/base.h"
#include "geo/point.h"

/** An enum's values and the words that tables use for them; ends with {NULL, 0}. */
struct name {
    const char *text; /**< the canonical word first, then aliases with the same value */
    int value;
};

/** The canonical word of a value, "" for _UNKNOWN. */
const char *name_of(const struct name *names, int value);
/** The value of a word (case, width, spaces and punctuation ignored), 0 when unknown. */
int name_value(const struct name *names, const char *text);
/** As name_value, else the value of the longest of the words that the text holds. */
int name_within(const struct name *names, const char *text);

enum rat { RAT_UNKNOWN = 0, RAT_GSM, RAT_UMTS, RAT_LTE, RAT_NR, RAT_COUNT };
enum coverage { COVERAGE_UNKNOWN = 0, COVERAGE_MACRO, COVERAGE_INDOOR };
enum answer { ANSWER_UNKNOWN = 0, ANSWER_NO, ANSWER_YES };
enum customer { CUSTOMER_UNKNOWN = 0, CUSTOMER_NORMAL, CUSTOMER_VIP };
enum symptom {
    SYMPTOM_UNKNOWN = 0,
    SYMPTOM_NO_SERVICE, /**< no signal, cannot call */
    SYMPTOM_WEAK,       /**< weak signal, indoor no signal */
    SYMPTOM_DROPS,      /**< calls drop, break up, level comes and goes */
    SYMPTOM_DATA,       /**< slow or no data */
    SYMPTOM_OTHER,
};
enum source { SOURCE_UNKNOWN = 0, SOURCE_DT, SOURCE_CQT, SOURCE_MR, SOURCE_MDT };
enum stage {
    STAGE_UNKNOWN = 0,
    STAGE_PROPOSED,
    STAGE_APPROVED,
    STAGE_BUILDING,
    STAGE_ON_AIR,
    STAGE_CANCELLED,
};
enum place_kind {
    PLACE_UNKNOWN = 0,
    PLACE_PROVINCE,
    PLACE_CITY,
    PLACE_COUNTY,
    PLACE_TOWNSHIP,
    PLACE_VILLAGE,
    PLACE_ROAD,
    PLACE_POI,
    PLACE_ADDRESS,
};
/** What an alarm means for the customers below it; from models/tables/alarm_names.csv. */
enum effect {
    EFFECT_UNKNOWN = 0,
    EFFECT_NONE,         /**< no effect on coverage: door, login, certificate, fan */
    EFFECT_OUTAGE,       /**< the object serves nobody: site down, cell unavailable, power */
    EFFECT_DEGRADED,     /**< it serves worse: VSWR, RRU link, low power, sleeping branch */
    EFFECT_INTERFERENCE, /**< uplink interference */
    EFFECT_MAYBE,        /**< can darken the object or not: transmission errors, clock lost */
};

extern const struct name rat_names[], coverage_names[], answer_names[], customer_names[],
    symptom_names[], source_names[], stage_names[], place_kind_names[], effect_names[];

struct complaint {
    const char *ticket_id;
    int64_t reported_s, occurred_s;
    struct point given; /**< the pair as written: degrees, swapped degrees, or metres */
    struct point at;    /**< WGS-84: as written, until datum_settle() has judged the table */
    const char *coord_sys, *address, *serving_cell, *rat_text, *symptom_text, *description;
    enum rat rat;
    enum symptom symptom;
    enum customer customer;
    const char *customer_id, *phone, *terminal;
    enum answer indoor;
    uint32_t line, source;
};

struct antenna_pattern; /* models/radio/antenna.h */

struct cell {
    const char *site_id, *site_name, *cell_id, *cell_name, *band, *pattern;
    enum rat rat;
    enum coverage coverage;
    double frequency_mhz, arfcn, pci;
    struct point at;
    double azimuth_deg; /**< NAN: not given, omni or indoor */
    double mech_tilt_deg, elec_tilt_deg, height_m, rs_power_dbm, antenna_gain_dbi;
    double hbw_deg, vbw_deg;
    const struct antenna_pattern *measured; /**< what `pattern` names; NULL: none. Borrowed */
    int64_t on_air_s;
    struct xy xy;  /**< in the world's plane; set by the world */
    uint32_t site; /**< index into world->sites; set by the world */
    uint32_t line, source;
};

/** One measurement of one cell at one place and time. Streamed, never kept as rows. */
struct sample {
    int64_t time_s;
    struct point at;
    const char *cell_id;
    enum answer serving;
    double level_dbm; /**< RSRP, RSCP or RxLev, as the cell's technology has it */
    double rsrq_db, sinr_db, ta;
    enum source source;
    uint32_t line;
};

struct alarm {
    const char *alarm_id, *object_id, *severity, *name, *probable_cause;
    int64_t raised_s, cleared_s; /**< cleared absent: active */
    enum effect effect;
    bool partial;        /**< the object is a part of a site that is no cell: a radio unit */
    uint32_t site, cell; /**< what it is about: set by the world; cell INDEX_NONE: whole site */
    uint32_t line, source;
};

struct counter {
    const char *cell_id;
    int64_t start_s;
    double period_minutes;
    double availability_pct, ul_interference_dbm, prb_dl_util_pct, drop_rate_pct;
    double setup_success_pct, ho_success_pct, vswr, traffic;
    uint32_t cell; /**< index into world->cells; set by the world */
    uint32_t line, source;
};

struct plan {
    const char *plan_id, *site_name, *azimuths_text;
    struct point at;
    enum stage stage;
    int64_t on_air_s;
    double height_m;
    double azimuths_deg[6]; /**< NAN after the last */
    enum rat rat;
    struct xy xy;
    uint32_t line, source;
};

struct place {
    const char *name, *parent, *aliases;
    enum place_kind kind;
    struct point at;
    uint32_t line, source;
};

struct subscribers {
    const char *area;
    double subscribers;
    uint32_t line, source;
};

struct terminal {
    const char *model, *bands;
    uint32_t line, source;
};

#endif
