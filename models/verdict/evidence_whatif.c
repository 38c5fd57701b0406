/* The what-ifs of one complaint: without the cells that were down, with antennas as their table
 * says, with each active plan built. */
#include <string.h>

#include "geo/index.h"
#include "models/radio/link.h"
#include "models/verdict/evidence_view.h"

/* ---- tally ------------------------------------------------------------------------------ */

void tally_add(struct tally *tally, uint32_t cell, double weight)
{
    size_t lightest = 0;
    for (size_t i = 0; i < tally->count; i++) {
        if (tally->items[i].cell == cell) {
            tally->items[i].weight += weight;
            return;
        }
        if (tally->items[i].weight < tally->items[lightest].weight)
            lightest = i;
    }
    if (tally->count < TALLY)
        tally->items[tally->count++] = (struct tally_item){cell, weight};
    else if (tally->items[lightest].weight < weight)
        tally->items[lightest] = (struct tally_item){cell, weight};
}

struct tally_item *tally_take(struct tally *tally)
{
    if (!tally->count)
        return NULL;
    size_t top = 0;
    for (size_t i = 1; i < tally->count; i++)
        if (tally->items[i].weight > tally->items[top].weight ||
            (tally->items[i].weight == tally->items[top].weight &&
             tally->items[i].cell < tally->items[top].cell))
            top = i;
    struct tally_item taken = tally->items[top];
    tally->items[top] = tally->items[--tally->count];
    tally->items[tally->count] = taken;
    return &tally->items[tally->count];
}

unsigned view_dominance(const struct world *world, const struct view *view, double within_db)
{
    size_t heaviest = 0;
    for (size_t k = 1; k < view->points; k++)
        if (view->weight[k] > view->weight[heaviest])
            heaviest = k;
    const struct servers *s = &view->servers[heaviest];
    uint32_t sites[SERVERS];
    unsigned count = 0;
    for (size_t i = 0; i < s->count; i++) {
        uint32_t site = world->cells[s->items[i].cell].site;
        if (s->items[i].reading.margin_db < s->items[0].reading.margin_db - within_db)
            break;
        bool seen = false;
        for (unsigned n = 0; n < count; n++)
            seen |= sites[n] == site;
        if (!seen)
            sites[count++] = site;
    }
    return count;
}

/* ---- the outage shadow ------------------------------------------------------------------ */

enum { ROSTER = 96 };

/* The cells of a view and their state at one instant. */
struct roster {
    uint32_t cell[ROSTER];
    double down[ROSTER], degraded[ROSTER], noisy[ROSTER]; /* probabilities */
    const struct trouble *worst[ROSTER];
    double blame[ROSTER]; /* spoilt service put down to the cell, over all instants */
    size_t count;
    uint8_t slot[POINTS][SERVERS];
};

static void enrol(const struct view *view, struct roster *roster)
{
    roster->count = 0;
    for (size_t k = 0; k < view->points; k++)
        for (size_t i = 0; i < view->servers[k].count; i++) {
            size_t slot = 0;
            while (slot < roster->count && roster->cell[slot] != view->servers[k].items[i].cell)
                slot++;
            if (slot == roster->count && slot < ROSTER - 1)
                roster->cell[roster->count++] = view->servers[k].items[i].cell;
            roster->slot[k][i] = (uint8_t)slot; /* ROSTER - 1: beyond it, taken as working */
        }
}

/* The state of all enrolled cells at t. Returns whether anything is wrong. */
static bool read_states(const struct troubles *troubles, int64_t t_s, struct roster *roster)
{
    bool any = false;
    for (size_t slot = 0; slot < roster->count; slot++) {
        const struct trouble *at[8];
        size_t count = troubles_at(troubles, roster->cell[slot], t_s, at, ARRAY_COUNT(at));
        roster->down[slot] = roster->degraded[slot] = roster->noisy[slot] = 0;
        const struct trouble *worst = NULL;
        for (size_t i = 0; i < count; i++) {
            double *state = at[i]->kind == TROUBLE_OUTAGE     ? &roster->down[slot]
                            : at[i]->kind == TROUBLE_DEGRADED ? &roster->degraded[slot]
                                                              : &roster->noisy[slot];
            *state = fmax(*state, at[i]->severity);
            if (!worst || at[i]->severity > worst->severity)
                worst = at[i];
        }
        /* Of all instants keep the worst trouble: it is what the engineer is shown. */
        if (worst && (!roster->worst[slot] || worst->severity > roster->worst[slot]->severity))
            roster->worst[slot] = worst;
        any |= count > 0;
    }
    return any;
}

/* What a cell that is only suspicious is blamed for: it comes after all others. */
static const double SUSPICION = 1e-6;

struct spoilt {
    double outage, degraded, noise;
};

/* How likely the service at point k is good, when the stronger cells may be away. */
static double good_at(const struct view *view, const struct roster *roster, size_t k,
                      double loss_db, double degraded_db)
{
    const struct servers *s = &view->servers[k];
    double away = 1, good = 0;
    for (size_t i = 0; i < s->count && away > 1e-4; i++) {
        size_t slot = roster->slot[k][i];
        const struct reading *r = &s->items[i].reading;
        double m = r->margin_db - loss_db;
        double as_usual = normal_below(m / r->sigma_db);
        double worse = roster->degraded[slot] > 0
                           ? normal_below((m - degraded_db) / r->sigma_db)
                           : as_usual;
        good += away * (1 - roster->down[slot]) *
                (as_usual + roster->degraded[slot] * (worse - as_usual));
        away *= roster->down[slot];
    }
    return good;
}

/* What the states of one instant spoil, averaged over cloud and walls; blames cells. */
static struct spoilt weigh_instant(const struct study *study, const struct view *view,
                                   struct roster *roster, double weight)
{
    struct spoilt spoilt = {0};
    double degraded_db = RULE_VALUE(&study->world->rules, degraded_loss_db);
    for (size_t k = 0; k < view->points; k++) {
        if (!view->servers[k].count)
            continue;
        size_t slot = roster->slot[k][0];
        for (int j = 0; j < WALLS; j++) {
            double w = view->weight[k] * view->walls[j].weight, loss = view->walls[j].loss_db;
            const struct reading *best = &view->best[k];
            double usual = normal_below((best->margin_db - loss) / best->sigma_db);
            double lost = w * fmax(0, usual - good_at(view, roster, k, loss, degraded_db));
            double noise = w * usual * roster->noisy[slot];
            if (roster->degraded[slot] > roster->down[slot])
                spoilt.degraded += lost;
            else
                spoilt.outage += lost;
            spoilt.noise += noise;
            double suspected = roster->worst[slot] ? SUSPICION * w * usual : 0;
            roster->blame[slot] += weight * (lost + noise + suspected);
        }
    }
    return spoilt;
}

/* The outlook with the blamed cell away. */
static struct outlook without_cell(const struct view *view, uint32_t cell, double weak_dbm)
{
    struct reading left[POINTS];
    for (size_t k = 0; k < view->points; k++) {
        const struct servers *s = &view->servers[k];
        left[k] = (struct reading){-40, 10};
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].cell != cell) {
                left[k] = s->items[i].reading;
                break;
            }
    }
    return view_outlook(view, left, weak_dbm);
}

/* The chance that an outage leaves no mark in the tables that are there. */
static double unseen(const struct study *study)
{
    const struct world *world = study->world;
    if (!world->alarm_count && !world->counter_count)
        return 1;
    if (!world->alarm_count)
        return RULE_VALUE(&world->rules, outage_unseen_no_alarms);
    if (!world->counter_count)
        return RULE_VALUE(&world->rules, outage_unseen_no_counters);
    return RULE_VALUE(&world->rules, outage_unseen);
}

static void blame_worst(const struct view *view, const struct roster *roster,
                        struct evidence *evidence)
{
    size_t worst = 0;
    for (size_t slot = 1; slot < roster->count; slot++)
        if (roster->blame[slot] > roster->blame[worst])
            worst = slot;
    if (!roster->count || !roster->worst[worst] || !(roster->blame[worst] > 0))
        return;
    evidence->outage.worst = roster->worst[worst];
    evidence->outage.worst_impact = roster->blame[worst];
    evidence->outage.now = evidence->outage.worst->kind == TROUBLE_OUTAGE
                               ? without_cell(view, roster->cell[worst], evidence->weak_dbm)
                               : evidence->normal;
}

/* Given an outage, tickets come from where and when service is spoilt, in proportion; by
 * coincidence they meet it as often as cell-time is spoilt. */
double evidence_outage_ratio(const struct study *study, const struct evidence *evidence,
                             bool timed)
{
    double chance = RULE_VALUE(&study->world->rules, outage_chance_min), impact = 0;
    for (int kind = 1; kind < TROUBLE_KINDS; kind++) {
        chance += study->troubles->share[kind];
        impact += evidence->outage.impact[kind];
    }
    double miss = timed ? unseen(study) : 1;
    double usual = fmax(evidence->normal.p_good, 0.05);
    return log(miss + (1 - miss) * fmin(1, impact / usual) / chance);
}

void ask_outage(const struct study *study, const struct view *view,
                const struct instants *instants, struct evidence *evidence)
{
    struct roster roster = {0};
    enrol(view, &roster);
    evidence->outage.now = evidence->normal;
    for (size_t i = 0; i < instants->count; i++) {
        double weight = instants->items[i].weight;
        if (!read_states(study->troubles, instants->items[i].time_s, &roster))
            continue;
        struct spoilt spoilt = weigh_instant(study, view, &roster, weight);
        evidence->outage.impact[TROUBLE_OUTAGE] += weight * spoilt.outage;
        evidence->outage.impact[TROUBLE_DEGRADED] += weight * spoilt.degraded;
        evidence->outage.impact[TROUBLE_INTERFERENCE] += weight * spoilt.noise;
    }
    blame_worst(view, &roster, evidence);
    evidence->outage.log_ratio = evidence_outage_ratio(study, evidence, instants->count > 0);
}

/* A probability below which a what-if is not worked out. */
static const double NEGLIGIBLE = 0.02;

double view_good_margin_db(const struct study *study)
{
    return RULE_VALUE(&study->world->rules, good_margin_db);
}

/* ---- antennas ---------------------------------------------------------------------------- */

/* The cell's own mast as if its sector were built anew: what masts here usually bring. */
static struct surface_site sector_site(const struct cell *cell, const struct antenna_aim *aim)
{
    return (struct surface_site){.at = cell->xy,
                                 .height_m = cell->height_m,
                                 .azimuths_deg = &aim->azimuth_deg,
                                 .sectors = 1,
                                 .rat = cell->rat,
                                 .frequency_mhz = cell->frequency_mhz,
                                 .power_dbm = link_power_dbm(cell),
                                 .tilt_deg = aim->mech_tilt_deg + aim->elec_tilt_deg};
}

/* The level of a cell turned to `aim`: what it brings now and the pattern's change, and what a
 * sector so aimed usually brings, weighed by their variances. The first is exact for a small
 * change where the cell was measured; a large change of pattern is not what streets let
 * through, and the second knows how far sectors reach. */
static struct surface_level level_aimed(const struct study *study, uint32_t id,
                                        const struct antenna_aim *aim,
                                        struct surface_place *place)
{
    const struct cell *cell = &study->world->cells[id];
    struct surface_level now, turned = surface_place_aimed(place, id, aim, &now);
    struct surface_site site = sector_site(cell, aim);
    struct surface_level usual = surface_place_site(place, &site, -INFINITY);
    double doubt = RULE_VALUE(&study->world->rules, pattern_doubt) * (turned.dbm - now.dbm);
    double v_turned = turned.sigma_db * turned.sigma_db + doubt * doubt;
    double v_usual = usual.sigma_db * usual.sigma_db;
    if (!isfinite(usual.dbm) || !isfinite(turned.dbm))
        return turned;
    double share = v_usual / (v_turned + v_usual);
    return (struct surface_level){share * turned.dbm + (1 - share) * usual.dbm,
                                  sqrt(share * v_turned)};
}

static double total_tilt_deg(const struct antenna_aim *aim)
{
    return aim->mech_tilt_deg + aim->elec_tilt_deg;
}

/* Is it known how the antenna stands? Where it is not, it is taken as the table says. */
static bool is_judged(const struct study *study, uint32_t id)
{
    struct antenna_aim standing = surface_standing(study->surface, id);
    struct antenna_aim table = link_aim(&study->world->cells[id]);
    return fabs(angle_turn_deg(standing.azimuth_deg, table.azimuth_deg)) > 1 ||
           fabs(total_tilt_deg(&standing) - total_tilt_deg(&table)) > 0.5;
}

/* What a sector so aimed usually brings, whatever was measured of this one. */
static struct surface_level level_of_sector(const struct study *study, uint32_t id,
                                            const struct antenna_aim *aim,
                                            struct surface_place *place)
{
    struct surface_site site = sector_site(&study->world->cells[id], aim);
    return surface_place_site(place, &site, -INFINITY);
}

/* As level_aimed() for the table's aim at the node of point k, from the worker's store; a
 * newcomer takes the place of whoever was there. */
static struct surface_level level_planned(const struct study *study, const struct view *view,
                                          uint32_t cell, size_t k)
{
    struct node_key key = view->nodes[k];
    struct planned_level *kept =
        &view->planned[hash_mix(node_hash(key) ^ cell) & (PLANNED_LEVELS - 1)];
    if (!kept->known || !same_node(kept->key, key) || kept->cell != cell) {
        struct antenna_aim table = link_aim(&study->world->cells[cell]);
        *kept = (struct planned_level){
            key, cell, true,
            is_judged(study, cell) ? level_aimed(study, cell, &table, view->places[k])
                                   : level_of_sector(study, cell, &table, view->places[k])};
    }
    return kept->level;
}

/* The view's best server at point k when `cell` brings `level` there. */
void view_take_if_better(const struct view *view, size_t k, uint32_t cell, struct reading level,
                         struct change *change)
{
    level.margin_db += view->shift_db[k];
    bool better = level.margin_db > view->best[k].margin_db;
    change->then[k] = better ? level : view->best[k];
    change->same_path[k] =
        !better || (view->servers[k].count && view->servers[k].items[0].cell == cell);
}

/* Does the lobe of the table look at the place, or at a side of a wide position? */
static bool could_face(const struct study *study, uint32_t id, const struct fix *fix)
{
    const struct cell *cell = &study->world->cells[id];
    struct link link = link_between(cell->xy, fix->xy, link_height_m(cell));
    double wide_deg = atan2(fix->radius_m, link.distance_m) * 180 / M_PI;
    double off_deg = fabs(angle_turn_deg(cell->azimuth_deg, link.bearing_deg));
    return link.distance_m < RULE_VALUE(&study->world->rules, unjudged_reach_m) &&
           off_deg - wide_deg < 60;
}

/* Would standing right bring the cell closer to the place at all? The lobe is asked at the
 * middle of the position and, where the position is wide, at its sides. */
static bool could_gain(const struct study *study, uint32_t id, const struct antenna_aim *aim,
                       const struct fix *fix)
{
    const struct cell *cell = &study->world->cells[id];
    struct antenna antenna = link_antenna(cell);
    struct antenna_aim standing = surface_standing(study->surface, id);
    struct link link = link_between(cell->xy, fix->xy, link_height_m(cell));
    double wide_deg = atan2(fix->radius_m, link.distance_m) * 180 / M_PI;
    if (wide_deg > 30)
        return true;
    for (int side = -1; side <= 1; side++) {
        double bearing = link.bearing_deg + side * wide_deg;
        double gain = antenna_loss_db(&antenna, &standing, bearing, link.elevation_deg) -
                      antenna_loss_db(&antenna, aim, bearing, link.elevation_deg);
        if (gain > RULE_VALUE(&study->world->rules, antenna_gain_least_db))
            return true;
    }
    return false;
}

/* What the surface does not know where nothing was measured, as a variance. */
static double full_variance(const struct surface *surface)
{
    struct surface_summary s = surface_summary(surface);
    return s.place_sigma_db * s.place_sigma_db + s.mast_sigma_db * s.mast_sigma_db +
           s.cell_sigma_db * s.cell_sigma_db;
}

/* Of the antennas that may cure the place the one is named that cells as far as it would rather
 * serve: a far one's what-if is as uncertain, and there are more of them. */
static void blame_antenna(const struct study *study, uint32_t id, double cures,
                          struct evidence *evidence)
{
    double way_m = xy_distance_m(study->world->cells[id].xy, evidence->fix.xy);
    double blame = cures * pow(reach_share(&study->reach, way_m),
                               RULE_VALUE(&study->world->rules, reach_weight));
    if (blame <= evidence->antenna.blame)
        return;
    evidence->antenna.blame = blame;
    evidence->antenna.cell = id;
    evidence->antenna.p_fault = study->aims[id].p_fault;
}

/* An antenna that the audit doubts without knowing where it points instead: if it stands wrong,
 * a place that it is thought to serve is left to the others, and cured by setting it right. As
 * far as its level was measured near the place, it is known whatever the table says. */
static void try_doubted(const struct study *study, const struct view *view, uint32_t id,
                        struct evidence *evidence)
{
    double full = full_variance(study->surface), both = 0, weaker = 0, worse = 0;
    double gap = view_good_margin_db(study), p_fault = study->aims[id].p_fault;
    for (size_t k = 0; k < view->points; k++) {
        const struct servers *s = &view->servers[k];
        if (!s->count || s->items[0].cell != id)
            continue;
        struct reading now = view->best[k];
        struct reading left = s->count > 1 ? s->items[1].reading : (struct reading){-40, 10};
        double open = fmin(1, now.sigma_db * now.sigma_db / fmax(full, 1));
        for (int j = 0; j < WALLS; j++) {
            double w = open * view->weight[k] * view->walls[j].weight;
            double loss = view->walls[j].loss_db;
            double weak = normal_below(-(left.margin_db - loss) / left.sigma_db);
            double good = normal_below((now.margin_db - loss - gap) / now.sigma_db);
            both += w * weak * good;
            weaker += w * (weak - normal_below(-(now.margin_db - loss) / now.sigma_db));
            worse += w * (good - normal_below((left.margin_db - loss - gap) / left.sigma_db));
        }
    }
    double p_weak = evidence->p_weak + p_fault * fmax(0, weaker);
    double cures = p_fault * both / fmax(p_weak, 1e-9);
    if (cures <= evidence->antenna.p_cures || cures < NEGLIGIBLE)
        return;
    evidence->p_weak = p_weak;
    evidence->p_good = fmax(0, evidence->p_good - p_fault * fmax(0, worse));
    evidence->antenna.p_cures = fmin(cures, 0.999);
    blame_antenna(study, id, cures, evidence);
    if (evidence->antenna.cell == id)
        evidence->antenna.planned = evidence->normal;
}

static void try_as_planned(const struct study *study, const struct view *view, uint32_t id,
                           struct evidence *evidence)
{
    const struct cell *cell = &study->world->cells[id];
    const struct aim *aim = &study->aims[id];
    if (!(aim->p_fault >= RULE_VALUE(&study->world->rules, antenna_suspect_p)) ||
        !isfinite(cell->azimuth_deg))
        return;
    struct antenna_aim table = link_aim(cell);
    bool judged = is_judged(study, id);
    if (!judged && aim->p_fault >= RULE_VALUE(&study->world->rules, antenna_doubt_p))
        try_doubted(study, view, id, evidence);
    if (judged ? !could_gain(study, id, &table, &evidence->fix)
               : !could_face(study, id, &evidence->fix))
        return;
    struct change change;
    for (size_t k = 0; k < view->points; k++) {
        struct surface_level level = level_planned(study, view, id, k);
        view_take_if_better(view, k, id,
                            (struct reading){level.dbm - evidence->weak_dbm, level.sigma_db},
                            &change);
    }
    double cures = aim->p_fault * view_cures(view, &change, view_good_margin_db(study));
    evidence->antenna.p_cures = fmax(evidence->antenna.p_cures, cures);
    blame_antenna(study, id, cures, evidence);
    if (evidence->antenna.cell == id)
        evidence->antenna.planned = view_outlook(view, change.then, evidence->weak_dbm);
}

void ask_antenna(const struct study *study, enum rat rat, const struct view *view,
                 struct evidence *evidence)
{
    const struct world *world = study->world;
    struct neighbour near[64];
    size_t count =
        index_near(world->site_index, evidence->fix.xy,
                   RULE_VALUE(&world->rules, antenna_reach_m), near, ARRAY_COUNT(near));
    for (size_t i = 0; i < count; i++) {
        const struct site *site = &world->sites[near[i].id];
        for (uint32_t c = 0; c < site->cell_count; c++) {
            uint32_t id = world->site_cells[site->first_cell + c];
            if (rat == RAT_UNKNOWN || world->cells[id].rat == rat)
                try_as_planned(study, view, id, evidence);
        }
    }
}

/* ---- an antenna that misses the people --------------------------------------------------- */

/* The sector of a site that looks nearest to `bearing_deg`, and how far past the place. */
static uint32_t facing_sector(const struct study *study, const struct site *site, enum rat rat,
                              double bearing_deg, double *off_deg)
{
    const struct world *world = study->world;
    uint32_t facing = INDEX_NONE;
    *off_deg = INFINITY;
    for (uint32_t c = 0; c < site->cell_count; c++) {
        uint32_t id = world->site_cells[site->first_cell + c];
        double azimuth = surface_standing(study->surface, id).azimuth_deg;
        if (!isfinite(azimuth)) { /* an omni faces everybody */
            *off_deg = 0;
            return id;
        }
        double off = fabs(angle_turn_deg(azimuth, bearing_deg));
        if ((rat == RAT_UNKNOWN || world->cells[id].rat == rat) && off < *off_deg) {
            facing = id;
            *off_deg = off;
        }
    }
    return facing;
}

/* The aims of a cell, counted when the worker first asks. */
static const struct aim_choices *choices_of(const struct aim_scene *scene,
                                            const struct view *view, uint32_t cell)
{
    struct kept_choices *kept = &view->choices[hash_mix(cell) & (KEPT_CHOICES - 1)];
    if (!kept->known || kept->choices.cell != cell)
        aim_choices_make(scene, cell, &kept->choices);
    kept->known = true;
    return &kept->choices;
}

/* The sectors of the cell's carrier on its site. */
static uint32_t sectors_beside(const struct world *world, const struct cell *cell)
{
    const struct site *site = &world->sites[cell->site];
    uint32_t count = 0;
    for (uint32_t c = 0; c < site->cell_count; c++) {
        const struct cell *other = &world->cells[world->site_cells[site->first_cell + c]];
        count += other->rat == cell->rat && text_equal(other->band, cell->band);
    }
    return count;
}

/* Turn and tilt the sector so that it serves the place without breaking what it serves. */
static void try_reaim(const struct study *study, const struct view *view, uint32_t id,
                      double off_deg, struct evidence *evidence)
{
    const struct world *world = study->world;
    const struct rules *rules = &world->rules;
    const struct aim_scene scene = {world, study->aims, study->surface};
    const struct aim_wish wish = {&evidence->fix.xy, 1};
    /* A gap between lobes is the plan's; people far outside every lobe are an aim's. */
    double gap_deg = 180.0 / sectors_beside(world, &world->cells[id]);
    double missed = normal_below((off_deg - gap_deg - RULE_VALUE(rules, reaim_off_deg)) /
                                 RULE_VALUE(rules, reaim_off_spread_deg));
    struct aim_best best;
    if (missed <= NEGLIGIBLE || !aim_best(&scene, choices_of(&scene, view, id), &wish, &best) ||
        !best.better)
        return;
    struct antenna_aim aim = {best.azimuth_deg, 0, best.tilt_deg};
    struct change change;
    for (size_t k = 0; k < view->points; k++) {
        struct surface_level level = level_aimed(study, id, &aim, view->places[k]);
        view_take_if_better(view, k, id,
                            (struct reading){level.dbm - evidence->weak_dbm, level.sigma_db},
                            &change);
    }
    double cures = missed * view_cures(view, &change, view_good_margin_db(study));
    if (cures <= evidence->reaim.p_cures)
        return;
    evidence->reaim.cell = id;
    evidence->reaim.p_cures = cures;
    evidence->reaim.best = best;
    evidence->reaim.aimed = view_outlook(view, change.then, evidence->weak_dbm);
}

enum { REAIM_SITES = 3 };

void ask_reaim(const struct study *study, enum rat rat, const struct view *view,
               struct evidence *evidence)
{
    const struct world *world = study->world;
    struct neighbour near[REAIM_SITES];
    size_t count =
        index_near(world->site_index, evidence->fix.xy,
                   RULE_VALUE(&world->rules, reaim_reach_m), near, ARRAY_COUNT(near));
    for (size_t i = 0; i < count; i++) {
        const struct site *site = &world->sites[near[i].id];
        double off_deg, bearing_deg = xy_bearing_deg(site->xy, evidence->fix.xy);
        uint32_t cell = facing_sector(study, site, rat, bearing_deg, &off_deg);
        if (cell != INDEX_NONE && off_deg > world->cells[cell].hbw_deg / 2)
            try_reaim(study, view, cell, off_deg, evidence);
    }
}
