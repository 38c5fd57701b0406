/* The aim that would serve best. Each measured square around the mast keeps its path: only the
 * antenna's share of the level changes, by the difference of two patterns. What every aim does
 * to the squares is counted once a cell; what it does for a place is asked a place. */
#include <math.h>
#include <stdlib.h>

#include "models/radio/aim_inner.h"
#include "models/radio/link.h"
#include "models/radio/surface.h"
#include "models/tables/world.h"

/* A square as the cell sees it. */
struct square {
    double bearing_deg, elevation_deg;
    double own_dbm, others_dbm; /* own NAN: the cell does not reach it */
    double now_db;              /* the antenna's loss there as it stands */
};

/* The cell, its antenna, and how it stands. */
struct mount {
    const struct world *world;
    const struct surface *surface; /* NULL: only what was measured */
    uint32_t id;
    const struct cell *cell;
    struct antenna antenna;
    struct antenna_aim now;
    double weak_dbm;
    struct square *squares;
    size_t square_count, square_capacity;
};

static struct link link_to(const struct mount *mount, struct xy at)
{
    return link_between(mount->cell->xy, at, link_height_m(mount->cell) - LINK_MOBILE_HEIGHT_M);
}

static double gain_db(const struct mount *mount, const struct antenna_aim *aim,
                      double bearing_deg, double elevation_deg)
{
    return -antenna_loss_db(&mount->antenna, aim, bearing_deg, elevation_deg);
}

/* One square: the cell's own level there and the best of all others. Where the cell was not
 * measured it stayed below the others; in a weak square it may still be what helps, with the
 * level that the surface expects. */
static void add_square(struct mount *mount, int32_t ix, int32_t iy)
{
    const struct world *world = mount->world;
    double bin_m = RULE_VALUE(&world->rules, bin_m);
    struct bin_range range = world_bins_at(world, ix, iy);
    struct square square = {.own_dbm = NAN, .others_dbm = NAN};
    for (size_t i = range.first; i < range.end; i++) {
        const struct bin *bin = &world->bins[i];
        if (bin->cell == mount->id)
            square.own_dbm = fmax(square.own_dbm, bin->mean_dbm);
        else if (world->cells[bin->cell].rat == mount->cell->rat)
            square.others_dbm = fmax(square.others_dbm, bin->mean_dbm);
    }
    if (isnan(square.own_dbm) && isnan(square.others_dbm))
        return;
    struct xy at = {(ix + 0.5) * bin_m, (iy + 0.5) * bin_m};
    struct link link = link_to(mount, at);
    square.bearing_deg = link.bearing_deg;
    square.elevation_deg = link.elevation_deg;
    square.now_db = -gain_db(mount, &mount->now, square.bearing_deg, square.elevation_deg);
    if (mount->surface && isnan(square.own_dbm) && square.others_dbm < mount->weak_dbm)
        square.own_dbm = fmin(square.others_dbm, surface_at(mount->surface, mount->id, at).dbm);
    mount->squares = base_grow(mount->squares, &mount->square_capacity, mount->square_count + 1,
                               sizeof *mount->squares);
    mount->squares[mount->square_count++] = square;
}

static void gather_squares(struct mount *mount)
{
    const struct rules *rules = &mount->world->rules;
    double bin_m = RULE_VALUE(rules, bin_m), reach_m = RULE_VALUE(rules, aim_best_reach_m);
    int32_t reach = (int32_t)ceil(reach_m / bin_m);
    int32_t ix0 = (int32_t)floor(mount->cell->xy.x_m / bin_m);
    int32_t iy0 = (int32_t)floor(mount->cell->xy.y_m / bin_m);
    for (int32_t iy = iy0 - reach; iy <= iy0 + reach; iy++)
        for (int32_t ix = ix0 - reach; ix <= ix0 + reach; ix++)
            if (hypot(ix - ix0, iy - iy0) <= reach)
                add_square(mount, ix, iy);
}

/* ---- what every aim does to the squares ------------------------------------------------ */

static double total_tilt_deg(const struct antenna_aim *aim)
{
    return aim->mech_tilt_deg + aim->elec_tilt_deg;
}

/* The squares under one aim. Where the cell brings nothing, the others keep the square. */
static void count_squares(const struct mount *mount, const struct antenna_aim *aim,
                          struct aim_choice *choice)
{
    for (size_t i = 0; i < mount->square_count; i++) {
        const struct square *square = &mount->squares[i];
        bool weak = fmax(square->own_dbm, square->others_dbm) < mount->weak_dbm;
        if (isnan(square->own_dbm) || (!weak && square->others_dbm >= mount->weak_dbm))
            continue;
        double change_db =
            square->now_db + gain_db(mount, aim, square->bearing_deg, square->elevation_deg);
        bool after = fmax(square->own_dbm + change_db, square->others_dbm) < mount->weak_dbm;
        choice->cured += weak && !after;
        choice->broken += !weak && after;
    }
}

static void add_choice(const struct mount *mount, double azimuth_deg, double turn_deg,
                       struct aim_choices *choices)
{
    const struct rules *rules = &mount->world->rules;
    struct antenna_aim aim = mount->now;
    aim.azimuth_deg = azimuth_deg;
    aim.elec_tilt_deg += turn_deg;
    double tilt_deg = total_tilt_deg(&aim);
    bool within = tilt_deg >= RULE_VALUE(rules, tilt_min_deg) &&
                  tilt_deg <= RULE_VALUE(rules, tilt_max_deg);
    if ((turn_deg != 0 && !within) || choices->count == AIM_CHOICES)
        return;
    struct aim_choice *choice = &choices->items[choices->count++];
    *choice = (struct aim_choice){.azimuth_deg = azimuth_deg, .tilt_deg = tilt_deg};
    count_squares(mount, &aim, choice);
}

static void add_tilts(const struct mount *mount, double azimuth_deg,
                      struct aim_choices *choices)
{
    double step_deg = RULE_VALUE(&mount->world->rules, aim_best_tilt_step_deg);
    add_choice(mount, azimuth_deg, 0, choices);
    for (int side = -1; side <= 1; side += 2)
        for (int half = 1; half <= 2; half++)
            add_choice(mount, azimuth_deg, side * half * step_deg / 2, choices);
}

/* Azimuths are offered at every so many degrees. */
static const double OFFER_DEG = 10;

static void add_choices(const struct mount *mount, struct aim_choices *choices)
{
    double most_deg = RULE_VALUE(&mount->world->rules, aim_best_turn_deg);
    double now_deg = mount->now.azimuth_deg, table_deg = mount->cell->azimuth_deg;
    add_tilts(mount, now_deg, choices);
    if (isfinite(table_deg) && fabs(angle_turn_deg(now_deg, table_deg)) > most_deg)
        add_tilts(mount, table_deg, choices);
    for (double turn_deg = OFFER_DEG; turn_deg <= most_deg; turn_deg += OFFER_DEG)
        for (int side = -1; side <= 1; side += 2)
            add_tilts(mount, angle_wrap_deg(now_deg + side * turn_deg), choices);
}

/* How the cell stands: as the audit found it where it is sure, else as the table says. */
static struct antenna_aim standing(const struct cell *cell, const struct aim *aim)
{
    struct antenna_aim now = link_aim(cell);
    if (aim->status == AIM_MISALIGNED || aim->status == AIM_SWAPPED)
        now.azimuth_deg = aim->azimuth_est_deg;
    if (aim->status == AIM_TILT)
        now.elec_tilt_deg += aim->tilt_est_deg - total_tilt_deg(&now);
    return now;
}

void aim_choices_make(const struct aim_scene *scene, uint32_t cell, struct aim_choices *out)
{
    const struct world *world = scene->world;
    struct mount mount = {.world = world,
                          .surface = scene->surface,
                          .id = cell,
                          .cell = &world->cells[cell],
                          .antenna = link_antenna(&world->cells[cell]),
                          .now = standing(&world->cells[cell], &scene->aims[cell]),
                          .weak_dbm = rules_weak_dbm(&world->rules, world->cells[cell].rat)};
    *out = (struct aim_choices){.cell = cell, .now = mount.now};
    if (isnan(mount.now.azimuth_deg) || isnan(mount.antenna.hbw_deg) ||
        isfinite(scene->aims[cell].elsewhere.far_m))
        return;
    gather_squares(&mount);
    out->squares = (uint32_t)mount.square_count;
    for (size_t i = 0; i < mount.square_count; i++)
        out->weak +=
            fmax(mount.squares[i].own_dbm, mount.squares[i].others_dbm) < mount.weak_dbm;
    add_choices(&mount, out);
    free(mount.squares);
}

/* ---- the best of them ------------------------------------------------------------------ */

/* The cell towards the wished places. */
struct towards {
    const struct aim_scene *scene;
    const struct aim_choices *choices;
    const struct aim_wish *wish;
    struct mount mount; /* without squares */
};

static struct antenna_aim aim_of(const struct aim_choices *choices, size_t choice)
{
    struct antenna_aim aim = choices->now;
    aim.azimuth_deg = choices->items[choice].azimuth_deg;
    aim.elec_tilt_deg += choices->items[choice].tilt_deg - total_tilt_deg(&choices->now);
    return aim;
}

/* Mean gain at the wished places of one aim over another; `helped`: those that gain enough. */
static double places_gain_db(const struct towards *towards, const struct antenna_aim *from,
                             const struct antenna_aim *to, uint32_t *helped)
{
    const struct aim_wish *wish = towards->wish;
    double least_db = RULE_VALUE(&towards->scene->world->rules, aim_best_gain_db), sum_db = 0;
    *helped = 0;
    for (size_t i = 0; i < wish->place_count; i++) {
        struct link link = link_to(&towards->mount, wish->places[i]);
        double db = gain_db(&towards->mount, to, link.bearing_deg, link.elevation_deg) -
                    gain_db(&towards->mount, from, link.bearing_deg, link.elevation_deg);
        *helped += db >= least_db;
        sum_db += db;
    }
    return wish->place_count ? sum_db / (double)wish->place_count : NAN;
}

/* What an aim is worth: gain at the places, and squares cured less squares broken. It may break
 * few of the good squares, and more than it cures only where the places gain. */
static double worth(const struct towards *towards, size_t choice, struct aim_best *best)
{
    const struct rules *rules = &towards->scene->world->rules;
    const struct aim_choices *choices = towards->choices;
    const struct aim_choice *one = &choices->items[choice];
    struct antenna_aim aim = aim_of(choices, choice);
    best->gain_db = places_gain_db(towards, &choices->now, &aim, &best->helped);
    double limit = RULE_VALUE(rules, aim_best_broken) * (choices->squares - choices->weak);
    bool serves = best->gain_db >= RULE_VALUE(rules, aim_best_gain_db);
    if (one->broken > limit || (one->broken > one->cured && !serves))
        return -INFINITY;
    double weak = fmax(1, choices->weak);
    return (isnan(best->gain_db) ? 0 : best->gain_db) +
           10 * ((double)one->cured - one->broken) / weak;
}

/* The interval of the gain: patterns are off by a part of any difference and by what is their
 * own to both sides, and how the cell stands now is known to the audit's interval. */
static void gain_interval(const struct towards *towards, const struct antenna_aim *to,
                          struct aim_best *best)
{
    const struct rules *rules = &towards->scene->world->rules;
    const struct aim *aim = &towards->scene->aims[towards->choices->cell];
    double form_db = M_SQRT2 * RULE_VALUE(rules, aim_pattern_error_db);
    double part_db = RULE_VALUE(rules, aim_best_doubt) * best->gain_db;
    double places = fmax(1, (double)towards->wish->place_count);
    double spread_db = 1.96 * hypot(form_db / sqrt(places), part_db);
    double half_deg = isnan(aim->azimuth_lo_deg)
                          ? 2 * RULE_VALUE(rules, aim_install_deg)
                          : angle_wrap_deg(aim->azimuth_hi_deg - aim->azimuth_lo_deg) / 2;
    double turn_deg = angle_turn_deg(towards->choices->now.azimuth_deg, to->azimuth_deg);
    double low_db = best->gain_db, high_db = low_db;
    uint32_t helped;
    for (int side = -1; side <= 1; side += 2) {
        struct antenna_aim from = towards->choices->now, then = *to;
        from.azimuth_deg += side * half_deg; /* a crew turns by so much from where it stands */
        then.azimuth_deg = from.azimuth_deg + turn_deg;
        double db = places_gain_db(towards, &from, &then, &helped);
        low_db = fmin(low_db, db);
        high_db = fmax(high_db, db);
    }
    best->gain_lo_db = best->gain_db - hypot(best->gain_db - low_db, spread_db);
    best->gain_hi_db = best->gain_db + hypot(high_db - best->gain_db, spread_db);
}

static void take_choice(const struct aim_choices *choices, size_t choice, struct aim_best *best)
{
    const struct aim_choice *one = &choices->items[choice];
    best->azimuth_deg = one->azimuth_deg;
    best->tilt_deg = one->tilt_deg;
    best->cured = one->cured;
    best->broken = one->broken;
    best->weak_after = choices->weak - one->cured + one->broken;
}

bool aim_best(const struct aim_scene *scene, const struct aim_choices *choices,
              const struct aim_wish *wish, struct aim_best *out)
{
    const struct cell *cell = &scene->world->cells[choices->cell];
    struct towards towards = {scene, choices, wish, {.world = scene->world, .cell = cell}};
    towards.mount.antenna = link_antenna(cell);
    double tilt_deg = total_tilt_deg(&choices->now), most = 0;
    *out = (struct aim_best){.azimuth_deg = choices->now.azimuth_deg,
                             .tilt_deg = tilt_deg,
                             .from_azimuth_deg = choices->now.azimuth_deg,
                             .from_tilt_deg = tilt_deg,
                             .gain_db = wish->place_count ? 0 : NAN,
                             .squares = choices->squares,
                             .weak_before = choices->weak,
                             .weak_after = choices->weak};
    for (size_t i = 0; i < choices->count; i++) {
        struct aim_best one = *out;
        double value = worth(&towards, i, &one);
        if (!(value > most))
            continue;
        most = value;
        *out = one;
        out->better = true;
        take_choice(choices, i, out);
    }
    struct antenna_aim to = choices->now;
    to.azimuth_deg = out->azimuth_deg;
    to.elec_tilt_deg += out->tilt_deg - tilt_deg;
    gain_interval(&towards, &to, out);
    return choices->count > 0;
}
