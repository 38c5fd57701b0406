/* evidence_view.h - the levels seen over the cloud of one position; shared by the files that
 * ask the what-ifs, not for others. */
#ifndef COVTRIAGE_EVIDENCE_VIEW_H
#define COVTRIAGE_EVIDENCE_VIEW_H

#include <math.h>

#include "models/verdict/evidence.h"

enum {
    POINTS = 16,      /* of the cloud that are looked at: a systematic sample by weight */
    SERVERS = 8,      /* cells kept a point */
    WALLS = 6,        /* outdoors, and five losses indoors */
    ONSET_STEPS = 16, /* instants when only the report's time is known */
    TALLY = 32,
};

/** A level as margin over the weak threshold, and its deviation. */
struct reading {
    double margin_db, sigma_db;
};

struct server {
    uint32_t cell;
    struct reading reading;
};

/** The cells that reach one point, the largest margin first. */
struct servers {
    struct server items[SERVERS];
    size_t count;
};

/** Outdoors or behind a wall. */
struct wall {
    double loss_db;  /**< what the margin over the street's level loses: the wall's loss and
                        asked_db */
    double asked_db; /**< how much more than the street's level is asked for there */
    double weight;
};

/** A node of a lattice of places: its square, of `scale` times `served_bin_m`. */
struct node_key {
    int32_t ix, iy, scale;
};

static inline bool same_node(struct node_key a, struct node_key b)
{
    return a.ix == b.ix && a.iy == b.iy && a.scale == b.scale;
}

static inline uint64_t node_hash(struct node_key key)
{
    uint64_t place = (uint64_t)(uint32_t)key.ix << 32 | (uint32_t)key.iy;
    return hash_mix(hash_mix(place) + (uint64_t)key.scale);
}

/** The level of a cell standing as its table says, at the node of a point; kept by a worker for
 * the next ticket of the same streets. */
struct planned_level {
    struct node_key key;
    uint32_t cell;
    bool known;
    struct surface_level level;
};

enum { PLANNED_LEVELS = 1 << 16 };

/** The aims of a cell that a worker asked for last in this slot. */
struct kept_choices {
    bool known;
    struct aim_choices choices;
};

enum { KEPT_CHOICES = 256 };

/** What is seen over the cloud, everything working, outdoors. */
struct view {
    struct planned_level *planned; /**< PLANNED_LEVELS of the worker */
    struct kept_choices *choices;  /**< KEPT_CHOICES of the worker */
    size_t points;
    struct node_key nodes[POINTS];
    /** The middle of each node, where the what-ifs ask; of the worker. */
    struct surface_place *places[POINTS];
    double weight[POINTS];
    struct servers servers[POINTS];
    struct reading best[POINTS];
    double shift_db[POINTS]; /**< what phones got less what the surface expects: the place's
                                   own, for every cell that is asked about there */
    struct wall walls[WALLS];
};

/** The best server of every point after a cure. */
struct change {
    struct reading then[POINTS];
    bool same_path[POINTS]; /**< the same antenna serves before and after, turned */
};

struct instant {
    int64_t time_s;
    double weight;
};

struct instants {
    struct instant items[ONSET_STEPS];
    size_t count;
};

/** The node that a point belongs to, in the lattice of `scale` times `served_bin_m`. */
struct node_key view_node(const struct world *world, struct xy at, int32_t scale);

/** The instants at which it may have happened, with their weights; none without a time. */
void evidence_instants(const struct study *study, const struct complaint *complaint,
                       struct instants *instants);

/** The log likelihood ratio of an outage against coincidence from the impacts found; `timed`:
 * the ticket has a time. */
double evidence_outage_ratio(const struct study *study, const struct evidence *evidence,
                             bool timed);

/** P(standard normal <= z). */
static inline double normal_below(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/** z, -8 .. 8, with normal_below(z) = p. */
static inline double normal_point(double p)
{
    double low = -8, high = 8;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (normal_below(middle) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/** The deviation of a level, dB, when nothing was measured in the network: its model may be off
 * as a whole, which the surface, made of measurements, does not know. */
static inline double sigma_with_network(const struct world *world, double sigma_db)
{
    return world->bin_count ? sigma_db
                            : hypot(sigma_db, RULE_VALUE(&world->rules, unmeasured_sigma_db));
}

/** The outlook with the readings `at` (one a point) as best server. */
struct outlook view_outlook(const struct view *view, const struct reading *at, double weak_dbm);

/** P(good after the change, good_db above weak | weak now). */
double view_cures(const struct view *view, const struct change *change, double good_db);

/** Over the weak level from which a cure counts, dB. */
double view_good_margin_db(const struct study *study);

/** The view's best server at point k when `cell` (INDEX_NONE: a new one) brings `level` there,
 * into `change`. */
void view_take_if_better(const struct view *view, size_t k, uint32_t cell, struct reading level,
                         struct change *change);

/** The number of sites within `within_db` of the best server at the cloud's heaviest point. */
unsigned view_dominance(const struct world *world, const struct view *view, double within_db);

/** Weights gathered by cell; the lightest are dropped when it is full. */
struct tally {
    struct tally_item {
        uint32_t cell;
        double weight;
    } items[TALLY];
    size_t count;
};

void tally_add(struct tally *tally, uint32_t cell, double weight);
/** The heaviest item not taken yet, NULL when there is none; valid until the next add. */
struct tally_item *tally_take(struct tally *tally);

/** The weak levels that a ticket is held to, as dB over the street's. */
struct asked_levels {
    double outside_db, inside_db;
    enum asked asked; /**< where the customer is rather */
    double dbm;       /**< the level asked for there */
};

/** From the ticket's words, the place that they name, p_indoor and the masts around. Roads are
 * compared with the level in the open, rooms with the level behind the wall, so that the wall's
 * loss counts once. evidence: fix, p_indoor and rat are read. */
struct asked_levels asked_levels(const struct world *world, const struct complaint *complaint,
                                 const struct evidence *evidence);

/** The distance between the masts around a place, metres, as if the nearest eight stood in a
 * square lattice; INFINITY with fewer than three. */
double mast_spacing_m(const struct world *world, struct xy at);

/** Do the words put the customer on a road, rather than beside one or in a house? */
bool asked_on_road(const struct complaint *complaint, const struct fix *fix, double p_indoor);

/** Sum the share of the serving cells whose band the customer's terminal lacks. */
void ask_terminal(const struct study *study, const struct complaint *complaint,
                  struct evidence *evidence);
/** Does the cell that serves most of the place stand beyond overshoot_m or overshoot_spacings,
 * while one on a mast within half the way is good enough? */
void ask_overshoot(const struct study *study, const struct view *view,
                   struct evidence *evidence);
void ask_outage(const struct study *study, const struct view *view,
                const struct instants *instants, struct evidence *evidence);
void ask_antenna(const struct study *study, enum rat rat, const struct view *view,
                 struct evidence *evidence);
void ask_reaim(const struct study *study, enum rat rat, const struct view *view,
               struct evidence *evidence);
void ask_plan(const struct study *study, enum rat rat, const struct view *view,
              struct evidence *evidence);

#endif
