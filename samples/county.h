/* county.h - an invented county with radio physics of its own, for samples and accuracy.
 *
 * Everything follows from the seed: ground, masts, faults, what was measured, what broke when,
 * who complained, and the verdict that is true. Each seed draws its own path-loss exponent,
 * shadowing, antenna and clutter, so that nothing can be fitted to one law. None of it is
 * shared with models/radio: this is the world, that is the program's idea of it.
 */
#ifndef COVTRIAGE_SAMPLES_COUNTY_H
#define COVTRIAGE_SAMPLES_COUNTY_H

#include <stdint.h>
#include <stdio.h>

#include "geo/base.h"
#include "geo/point.h"

enum {
    MOST_COUNTIES = 700,
    MOST_SITES = 400, /* of one county; so are the rest */
    MOST_SECTORS = 9 * MOST_SITES,
    MOST_SPOTS = 900,
    MOST_EVENTS = 400,
    MOST_PLANS = 60,
    MOST_ROADS = 400,
    MOST_HEARD = 20,
    HEIGHT_STEP_M = 60,
};

enum radio { RADIO_GSM = 0, RADIO_LTE, RADIO_NR, RADIO_COUNT };
enum fault { FAULT_NONE = 0, FAULT_AZIMUTH, FAULT_SWAPPED, FAULT_TILT };
enum happening { HAPPENING_OUTAGE = 0, HAPPENING_HIDDEN, HAPPENING_INTERFERENCE };

enum { LAWS = 28 };

/** What the user asks for. */
struct wish {
    uint64_t seed;
    const char *folder;
    bool has[RADIO_COUNT];
    int counties; /**< side by side; sites, tickets and samples are shared among them */
    int sites, tickets, samples, days;
    double relief_m;       /**< height of the hills, 0: flat */
    double area_km2;       /**< per site */
    double position_error; /**< factor on the error of coordinates, 1: usual */
    double clock_slip_min; /**< added to every alarm's times */
    double law[LAWS];      /**< a law's value, see law_table; NAN: drawn from the seed */
    bool extras;           /**< also indoor, terminal and capacity tickets */
    bool mess;             /**< GB18030, Chinese headers, bad rows */
};

/** The laws of this county, drawn from the seed. */
struct laws {
    double exponent;                    /**< of path loss with distance */
    double shadow_db, shadow_m, shared; /**< deviation, correlation length, common share */
    double back_db, side_db, ripple_db; /**< antenna: front to back, side lobes */
    double hbw_deg, vbw_deg;            /**< true beam widths (the table says 65 and 9) */
    double town_db, town_m;             /**< clutter of the town and its reach */
    double noise_db;                    /**< of one reading */
    double offset_db[RADIO_COUNT];      /**< set so that `weak_share` of people are weak */
    double weak_dbm[RADIO_COUNT], weak_share;
    double muddle;                 /**< share of tickets whose words mislead */
    double near_exponent, break_m; /**< of path loss up to break_m; 0 m: one slope for all */
    double faults;                 /**< share of sectors that stand wrong; 0: by the seed */
    double bent;     /**< share of sectors whose lobe streets bend, however they are turned */
    double sectors;  /**< a mast and radio, on average */
    double listed;   /**< most cells that one reading names */
    double driven;   /**< share of the rows that are drive tests */
    double report_m; /**< error of the position of a phone's report */
    double pointed;  /**< share of tickets with coordinates */
    double tilts;    /**< share of faults that are tilts */
    double good_db;  /**< over the weak level from which a place is good, and a cure one */
    double plan_shadow;      /**< of a mast's own shadowing, the part that planned sites have */
    double told;             /**< share of tickets that say whether they are from indoors */
    double wordy;            /**< share of tickets with a description */
    double indoors, wall_db; /**< share of people indoors, and the mean loss of walls */
    double rooms_db;         /**< how much more than the street's level GSM rooms are held to */
    double on_road, roads_db; /**< share of tickets from the road, which LTE and NR hold to so
                                 much more */
};

/** A law that the user may set: --law NAME=VALUE. */
struct law {
    const char *name;
    size_t offset; /**< of a double in struct laws */
    double low, high;
};
extern const struct law law_table[LAWS];

struct mast {
    char id[16], name[96];
    struct xy at;
    double height_m;
    int first_sector, sector_count;
};

struct sector {
    char id[40], name[112];
    int site;
    enum radio radio;
    const char *band;
    double frequency_mhz, power_dbm, gain_dbi;
    double azimuth_deg, tilt_deg; /**< as the table says */
    int mech_deg;                 /**< part of the table's tilt */
    double true_azimuth_deg, true_tilt_deg;
    double bend_deg; /**< added to either azimuth: where the streets let the lobe go */
    enum fault fault;
};

struct spot {
    char name[64];
    const char *kind; /**< township, village, poi */
    struct xy at;
    int township; /**< index of the spot that is its township */
    double weight, spread_m;
};

struct event {
    enum happening what;
    int site, sector; /**< sector -1: the whole site */
    int64_t start_s, end_s;
    double drop_db; /**< of the level; an outage: 300 */
    bool silent;    /**< no alarm */
};

struct planned {
    char id[16], name[96];
    struct xy at;
    const char *stage;
    bool comes; /**< it will be built: of the proposed ones four in five */
    int64_t on_air_s;
    enum radio radio;
};

struct road {
    struct xy from, to;
};

struct county {
    struct wish wish; /**< of this county alone */
    int number;       /**< among those side by side; 0: the first, or the only one */
    int first_ticket, first_site; /**< its numbers go on from those of the counties before */
    struct laws laws;
    struct rng rng;
    struct point middle;
    double half_m;   /**< the county is a square, +-half_m about its middle */
    float *height_m; /**< raster of height_side * height_side, HEIGHT_STEP_M apart */
    int height_side;
    int64_t start_s, end_s; /**< the days of the tickets and counters */
    char city[32], name[32];
    struct mast masts[MOST_SITES];
    int mast_count;
    struct sector sectors[MOST_SECTORS];
    int sector_count;
    struct spot spots[MOST_SPOTS]; /**< the townships first; spots[0] is the county town */
    int spot_count, township_count;
    struct road roads[MOST_ROADS];
    int road_count;
    struct event events[MOST_EVENTS];
    int event_count;
    struct planned plans[MOST_PLANS];
    int plan_count;
};

/* ---- ground.c ------------------------------------------------------------------------ */

/** Which world to ask about. */
struct view {
    bool as_table; /**< antennas stand as the table says */
    int64_t at_s;  /**< events in force then; TIME_ABSENT: everything works */
};

/** The masts heard at a place, with the loss between, before antennas and frequency. */
struct hearing {
    int count;
    struct heard {
        int site;
        double loss_db, bearing_deg, drop_deg; /**< seen from the mast: where, how far below */
    } of[MOST_HEARD];
};

struct best {
    int sector; /**< -1: none */
    double level_dbm;
};

/** Draw the county's laws. */
void laws_draw(struct county *county);
/** Raise the hills: fills height_m, which the caller frees. */
void ground_raise(struct county *county);
double ground_height_m(const struct county *county, struct xy at);
/** Hear the nearest masts, at most MOST_HEARD within 12 km. */
void ground_hear(const struct county *county, struct xy at, struct hearing *hearing);
/** The strongest `most` sectors of one radio, best first; returns how many. */
int ground_strongest(const struct county *county, const struct hearing *hearing,
                     enum radio radio, const struct view *view, struct best out[], int most);
/** The best of them; sector -1 and -200 dBm when nothing is heard. */
struct best ground_best(const struct county *county, const struct hearing *hearing,
                        enum radio radio, const struct view *view);
/** Best level of a planned site's three sectors. */
double plan_level_dbm(const struct county *county, const struct planned *plan, struct xy at);
/** Set the offsets so that the wished share of people is weak. */
void ground_settle(struct county *county);
/** Is somebody indoors? Never where the laws know no walls. */
bool draw_inside_house(struct county *county);
/** What the walls take there, dB. */
double wall_draw_db(struct county *county, bool inside);
/** dem.asc. */
enum status ground_write(const struct county *county, struct error *error);

/* ---- network.c ----------------------------------------------------------------------- */

void network_build(struct county *county); /**< spots, roads, masts, sectors, faults */
void network_plan(struct county *county);  /**< planned sites and decoys; after ground_settle */
/** cells.csv, truth_cells.csv, plan.csv, places.csv. */
enum status network_write(const struct county *county, struct error *error);

/* ---- names.c ------------------------------------------------------------------------- */

void name_county(struct county *county);
void name_township(struct rng *rng, struct spot *spot, int number);
void name_village(struct rng *rng, struct spot *spot);
/** A school, shop or estate; `root` is the village or town it belongs to. */
void name_poi(struct rng *rng, struct spot *spot, const char *root, bool town);
const char *name_side(struct rng *rng); /**< 东, 西 ... or "" */
/** Where, as a customer at `at` says it: parents left out, "往北500米", "附近". */
void name_address(struct county *county, struct xy at, char *text, size_t size);

/* ---- events.c ------------------------------------------------------------------------ */

void events_draw(struct county *county);
/** What the events in force take from the sector's level at that time, dB; 0: nothing. */
double event_drop_db(const struct county *county, int sector, int64_t at_s);
/** Is the sector's uplink interfered then? */
bool event_interferes(const struct county *county, int sector, int64_t at_s);
/** Is the sector full in the evenings? Only with `extras`. */
bool sector_busy(const struct county *county, int sector);
enum status alarms_write(struct county *county, struct error *error);
enum status counters_write(struct county *county, struct error *error);

/* ---- drive.c ------------------------------------------------------------------------- */

enum status samples_write(struct county *county, struct error *error);

/* ---- tickets.c, words.c, mess.c ------------------------------------------------------ */

enum kind {
    KIND_WEAK = 0,
    KIND_MISALIGNED,
    KIND_OUTAGE,
    KIND_PLANNED,
    KIND_FINE,
    KIND_INDOOR,   /**< good outside, weak inside; only with `extras` */
    KIND_TERMINAL, /**< the phone lacks the band; only with `extras` */
    KIND_CAPACITY, /**< the cell is full; only with `extras` */
    KIND_COUNT,
};

struct ticket {
    enum kind kind;
    struct xy at, said; /**< where the customer is; the coordinates he gives */
    bool has_point, has_time, inside;
    bool on_road;
    double wall_db;  /**< taken from every level at the place */
    double asked_db; /**< over the weak level, from which the place is weak */
    enum radio radio;
    int64_t occurred_s, reported_s;
    char address[256], serving[40], description[400];
    const char *symptom, *indoor, *terminal;
    bool vip;
    const char *cause;
    char responsible[40];
    double now_dbm, normal_dbm, as_table_dbm;
};

/** Draw the customer's words: symptom, description, indoor, address, position, serving cell. */
void ticket_speak(struct county *county, struct ticket *ticket, const struct hearing *hearing);
/** complaints.csv and truth.csv (and terminals.csv with `extras`). */
enum status tickets_write(struct county *county, struct error *error);
/** complaints.csv as a call centre's spreadsheet: GB18030, its own headers, bad rows. */
enum status mess_write(struct county *county, const struct ticket tickets[], int count,
                       struct error *error);

/* ---- make_county.c ------------------------------------------------------------------- */

/** A file of the folder, open for writing; NULL with *error set. The counties after the first
 * go on in the files of the first, below its header. */
FILE *county_open(const struct county *county, const char *name, const char *header,
                  struct error *error);
enum status county_close(FILE *file, struct error *error);
struct point county_point(const struct county *county, struct xy at);
/** "2026-03-02T04:34:52+08:00" */
const char *county_time(int64_t at_s, char text[32]);
extern const char *const radio_names[RADIO_COUNT];

/** Helpers of chance. */
double draw_range(struct rng *rng, double low, double high);
int draw_index(struct rng *rng, int count);
bool draw_chance(struct rng *rng, double share);
struct xy draw_near(struct rng *rng, struct xy at, double deviation_m);
struct xy draw_inside(struct county *county);
/** A spot by weight. */
int draw_spot(struct county *county);

#endif
