/* result.h - what a triage run found, as plain data: filled by cmd/triage.c, kept in the store
 * (triage.gpkg), read back by worklist, heatmap, report, explain and compare. Every product is
 * made from this and nothing else, so that making it again gives the same bytes.
 * Strings live in the result's arena, "" when absent; numbers NAN when absent. */
#ifndef COVTRIAGE_RESULT_H
#define COVTRIAGE_RESULT_H

#include "geo/base.h"
#include "geo/point.h"
#include "models/rules.h"
#include "models/say.h"
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
    const char
        *kind; /**< "position", "level", "serving", "alarm", "counter", "antenna", "plan" */
    const char *text_zh, *text_en;
    const char *file; /**< "" when derived */
    uint32_t line;    /**< 0 when derived */
    double weight;    /**< natural log likelihood ratio towards the verdict; NAN: not weighed */
};

/** A measurement or question that would help to decide a ticket. */
struct result_test {
    const char *ticket_id, *verdict;
    double confidence;
    const char *kind;    /**< "cqt", "drive", "desk", "ask" */
    const char *cell_id; /**< whose antenna, or who is asked about */
    struct point at;     /**< the first point */
    const char *points;  /**< "lon lat;lon lat" in their order */
    double length_km;
    double bits, bits_per_km; /**< bits_per_km NAN: nobody drives */
    const char *what_zh, *what_en;
};

struct factbook; /* cmd/out/factbook.h */

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
    const char *group_id, *group_risk, *repeat_of, *flags, *reason_zh, *reason_en;
    /* From the ticket, for people who read the products. */
    int64_t reported_s, occurred_s;
    const char *address, *symptom, *description, *customer_level, *customer_key, *rat,
        *district;
    const char *reply_zh, *reply_en; /**< the reply text for the ticket */
    double azimuth_from_deg, azimuth_to_deg, tilt_from_deg, tilt_to_deg; /**< of the action */
    const char *order_id; /**< the worklist's order that answers it; set by orders_choose */
    struct result_test *tests; /**< in a run only; result->tests has them all */
    size_t test_count;
    struct verdict_terms terms; /**< of which the probabilities are made */
    struct result_whatif *whatifs;
    size_t whatif_count;
    size_t fact_count;
    struct result_fact *facts; /**< NULL: in the book; see factbook_recall */
    struct factbook *book;
    uint64_t book_at;
    uint32_t book_bytes;
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

/** One order of the worklist: a fix, and all the tickets that it answers. */
struct result_order {
    const char *order_id; /**< the same in every run: kind and object, "AIM-460-00-1-3" */
    const char
        *kind; /**< "repair", "aim", "swap", "power", "cover", "plan", "test", "answer" */
    const char *crew; /**< "maintenance", "antenna", "planning", "test", "desk" */
    const char *site_id, *site_name, *cell_id, *plan_id, *district;
    struct point at;
    const char *what_zh, *what_en, *why_zh, *why_en;
    double azimuth_from_deg, azimuth_to_deg, tilt_from_deg, tilt_to_deg;
    uint32_t tickets, customers, vips;
    const char *ticket_ids; /**< "T1;T2" in the order of the input, the first 200 */
    double gain_db, gain_lo_db, gain_hi_db; /**< expected, and where 80 % of them lie */
    int64_t due_s;                          /**< the earliest of its tickets */
    double priority;                        /**< weight x cure / crew_days */
    double weight;             /**< sum of its tickets' weights (VIP, repeat, group, overdue) */
    double cure;               /**< share of that weight it is expected to clear, 0..1 */
    double crew_days;          /**< by kind, from the rules */
    uint32_t rank;             /**< 1 = first */
    bool this_round;           /**< within the crew-days of this round */
    const char *status, *note; /**< as the crew typed them into the sheet; "" */
    bool typed;                /**< they differ from what the team's database holds */
};

/** A fault that lasts at the end of the data: to be announced before its tickets come. */
struct result_interception {
    const char *site_id, *site_name, *cells; /**< cells "c1;c2" */
    const char *kind;                        /**< "outage", "hidden-fault", "interference" */
    int64_t since_s;
    struct point at;
    double area_km2;         /**< without good service while it lasts; NAN: not asked */
    const char *places;      /**< "a;b", where most of it is */
    uint32_t tickets;        /**< that came since */
    double expected_tickets; /**< more, within the rule's hours */
    const char *risk;        /**< "yellow", "orange", "red" */
    const char *evidence, *file;
    uint32_t line;
    const char *notice_zh, *notice_en; /**< for the call centre */
};

/** A square that a lasting fault darkens; lower left corner in result->crs_name. */
struct result_dark {
    const char *site_id, *kind;
    double x_m, y_m, side_m;
};

/** A line or outline of the user's own base layers, drawn under every map. */
struct result_line {
    const char *kind; /**< "road", "border", "water", "rail" */
    const char *name;
    struct point *points;
    size_t count;
};

/** One colour band of a map's legend: the program's own, or the user's legends.csv. */
struct result_band {
    const char *map;                 /**< "level", "density", "weak", "gain" */
    double from;                     /**< values from here to the next band's from */
    uint32_t colour;                 /**< 0xRRGGBB */
    const char *label_zh, *label_en; /**< "": made from the numbers */
};

struct clock_slip; /* models/verdict/clock.h */

struct result {
    struct arena *arena;
    struct factbook *book;     /**< of one that was read with its facts; freed with it */
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
    struct result_order *orders; /**< by rank; made by orders_choose (cmd/out/orders.h) */
    size_t order_count;
    double orders_bound; /**< the chosen set clears at least this share of the best possible */
    struct result_interception *interceptions; /**< the most pressing first */
    size_t interception_count;
    struct result_test *tests; /**< the most bits a kilometre first */
    size_t test_count;
    struct result_dark *dark;
    size_t dark_count;
    struct result_line *lines;
    size_t line_count;
    struct result_band *bands; /**< the user's own; a map without any uses ours */
    size_t band_count;
    const struct clock_slip *slips; /**< in a run only; run_json tells them afterwards */
    size_t slip_count;
    size_t whole_cases, whole_orders; /**< of an excerpt: how many the whole has */
    const char *run_json;             /**< the run's record, whole */
    struct rules rules;               /**< in force */
    enum language language;           /**< of the run: products made again are in it */
    int64_t now_s;
    int utc_offset_s;
};

/** A result with every string "" and every number absent where the type says so. */
void result_init(struct result *result);
/** Frees the arena; the rest lives in it. */
void result_free(struct result *result);

/** The text with phone numbers masked (138****1234): itself when it holds none, else a copy. */
const char *result_mask_phones(struct arena *arena, const char *text);

/** As result_mask_phones, of a refused value: "***" for who the customer is. */
const char *result_mask_value(struct arena *arena, const char *column, const char *value);

/** The words of a verdict, and back; "" and VERDICT_UNKNOWN when there is none. */
const char *verdict_word(enum verdict_kind verdict);
enum verdict_kind verdict_of(const char *word);

/**
 * Complete what the run did not fill: NULL strings become "", a case without a district gets
 * the township or county whose centre lies nearest, phone-like digits in ticket texts are
 * masked unless `show_phones`. Called once, before orders_choose and the store.
 */
void result_complete(struct result *result, bool show_phones);

#endif
