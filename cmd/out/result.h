/* result.h - what a triage run found, as plain data: filled by cmd/triage.c, kept in the store
 * (triage.gpkg), read back by worklist, heatmap, report, explain and compare. Every product is
 * made from this and nothing else, so that making it again gives the same bytes.
 * Strings live in the result's arena, "" when absent; numbers NAN when absent. */
#ifndef COVTRIAGE_RESULT_H
#define COVTRIAGE_RESULT_H

#include "geo/base.h"
#include "geo/point.h"
#include "models/tables/record.h"
#include "models/verdict/verdict.h"

/** One what-if of one case: the level there if `what` were done. */
struct result_whatif {
    const char *what;   /**< "now", "repaired", "as-planned", "re-aimed", "plan-built" */
    const char *object; /**< cell, site or plan it is about */
    double level_dbm, sigma_db, p_good;
};

/** One fact and where it was read. */
struct result_fact {
    const char *kind; /**< "position", "level", "serving", "alarm", "counter", "antenna", "plan" */
    const char *text_zh, *text_en;
    const char *file; /**< "" when derived */
    uint32_t line;    /**< 0 when derived */
    double weight;    /**< natural log likelihood ratio towards the verdict; NAN: not weighed */
};

/** One ticket. The first fields are the columns of cases.csv, in its order. */
struct result_case {
    const char *ticket_id, *verdict;
    double confidence, p[VERDICT_COUNT]; /**< p[VERDICT_WEAK] ...; p[0] unused */
    const char *cause, *responsible_cell, *responsible_site, *responsible_plan;
    struct point at;
    double radius_m;
    const char *location_method, *location_match;
    double level_dbm, level_sigma_db;
    const char *action;
    double expected_gain_db;
    int64_t due_s;
    const char *group_id, *repeat_of, *flags, *reason_zh, *reason_en;
    /* From the ticket, for people who read the products. */
    int64_t reported_s, occurred_s;
    const char *address, *symptom, *description, *customer_level, *customer_key, *rat, *district;
    const char *reply_zh, *reply_en; /**< the reply text for the ticket */
    double azimuth_from_deg, azimuth_to_deg, tilt_from_deg, tilt_to_deg; /**< of the action */
    struct result_whatif *whatifs;
    size_t whatif_count;
    struct result_fact *facts;
    size_t fact_count;
};

/** One cell with what the audit says of its antenna (antennas.csv). */
struct result_cell {
    const char *cell_id, *site_id, *site_name, *cell_name, *rat, *band, *coverage;
    struct point at;
    double azimuth_deg, tilt_deg, height_m, hbw_deg, frequency_mhz;
    double azimuth_est_deg, azimuth_lo_deg, azimuth_hi_deg, tilt_est_deg;
    uint64_t samples;
    double spread_deg;
    const char *status, *swapped_with; /**< status "" when not audited */
    double p_fault;
    const char *note;
};

struct result_plan {
    const char *plan_id, *site_name, *stage, *rat;
    struct point at;
    int64_t on_air_s;
    double height_m;
};

/** One bin of the measurement grid: the best server. */
struct result_bin {
    double x_m, y_m; /**< lower left corner in result->crs_name */
    const char *cell_id;
    uint32_t samples;
    double level_dbm; /**< mean of the best server */
    bool weak;
};

struct result_reject {
    const char *file;
    uint32_t line;
    const char *column, *value, *reason;
};

struct result_count {
    const char *area;
    double subscribers;
};

struct result {
    struct arena *arena;
    struct result_case *cases; /**< in the order of the tickets */
    size_t case_count;
    struct result_cell *cells;
    size_t cell_count;
    struct result_plan *plans;
    size_t plan_count;
    struct result_bin *bins;
    size_t bin_count;
    double bin_m;
    const char *crs_name;
    struct result_reject *rejects;
    size_t reject_count;
    struct result_count *subscribers;
    size_t subscriber_count;
    struct place *places; /**< names for the maps */
    size_t place_count;
    const char *run_json; /**< the run's record, whole */
    int64_t now_s;
    int utc_offset_s;
};

#endif
