/* The aim that would serve best. Each measured square around the mast keeps its path: only the
 * antenna's share of the level changes, by the difference of two patterns. */
#include <math.h>
#include <stdlib.h>

#include "models/radio/aim_inner.h"
#include "models/radio/link.h"
#include "models/tables/world.h"

/* A square as the cell sees it. */
struct square {
    double bearing_deg, elevation_deg;
    double own_dbm, others_dbm; /* own NAN: the cell was not measured there */
};

/* The cell, its antenna, and how it stands. */
struct mount {
    const struct world *world;
    const struct cell *cell;
    struct antenna antenna;
    struct antenna_aim now;
    double weak_dbm;
    struct square *squares;
    size_t square_count, square_capacity;
};

static double weak_level_dbm(const struct world *world, enum rat rat)
{
    if (rat == RAT_GSM)
        return RULE_VALUE(&world->rules, weak_rxlev_dbm);
    if (rat == RAT_UMTS)
        return RULE_VALUE(&world->rules, weak_rscp_dbm);
    return RULE_VALUE(&world->rules, weak_rsrp_dbm);
}

static struct link link_to(const struct mount *mount, struct xy at)
{
    return link_between(mount->cell->xy, at, link_height_m(mount->cell) - LINK_MOBILE_HEIGHT_M);
}

static double gain_db(const struct mount *mount, const struct antenna_aim *aim,
                      double bearing_deg, double elevation_deg)
{
    return -antenna_loss_db(&mount->antenna, aim, bearing_deg, elevation_deg);
}

/* One square: the cell's own mean level there and the best of all others. */
static void add_square(struct mount *mount, int32_t ix, int32_t iy)
{
    const struct world *world = mount->world;
    double bin_m = RULE_VALUE(&world->rules, bin_m);
    struct link link = link_to(mount, (struct xy){(ix + 0.5) * bin_m, (iy + 0.5) * bin_m});
    struct bin_range range = world_bins_at(world, ix, iy);
    struct square square = {link.bearing_deg, link.elevation_deg, NAN, NAN};
    for (size_t i = range.first; i < range.end; i++) {
        const struct bin *bin = &world->bins[i];
        if (&world->cells[bin->cell] == mount->cell)
            square.own_dbm = fmax(square.own_dbm, bin->mean_dbm);
        else if (world->cells[bin->cell].rat == mount->cell->rat)
            square.others_dbm = fmax(square.others_dbm, bin->mean_dbm);
    }
    if (isnan(square.own_dbm) && isnan(square.others_dbm))
        return;
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

/* How a square fares when the cell is aimed anew. Where the cell was not measured, it stayed
 * below the others, and what it would give is not known: the others keep the square. */
static double level_after_dbm(const struct mount *mount, const struct square *square,
                              const struct antenna_aim *aim)
{
    double change_db = gain_db(mount, aim, square->bearing_deg, square->elevation_deg) -
                       gain_db(mount, &mount->now, square->bearing_deg, square->elevation_deg);
    return fmax(square->own_dbm + change_db, square->others_dbm);
}

static void count_squares(const struct mount *mount, const struct antenna_aim *aim,
                          struct aim_best *best)
{
    best->squares = (uint32_t)mount->square_count;
    best->weak_before = best->weak_after = best->cured = best->broken = 0;
    for (size_t i = 0; i < mount->square_count; i++) {
        const struct square *square = &mount->squares[i];
        bool weak = fmax(square->own_dbm, square->others_dbm) < mount->weak_dbm;
        bool after = level_after_dbm(mount, square, aim) < mount->weak_dbm;
        best->weak_before += weak;
        best->weak_after += after;
        best->cured += weak && !after;
        best->broken += !weak && after;
    }
}

/* Mean gain at the wished places of one aim over another. */
static double places_gain_db(const struct mount *mount, const struct aim_wish *wish,
                             const struct antenna_aim *from, const struct antenna_aim *to)
{
    double sum_db = 0;
    for (size_t i = 0; i < wish->place_count; i++) {
        struct link link = link_to(mount, wish->places[i]);
        sum_db += gain_db(mount, to, link.bearing_deg, link.elevation_deg) -
                  gain_db(mount, from, link.bearing_deg, link.elevation_deg);
    }
    return wish->place_count ? sum_db / (double)wish->place_count : NAN;
}

/* What an aim is worth: gain at the places, and squares cured less squares broken. */
static double worth(const struct mount *mount, const struct aim_wish *wish,
                    const struct antenna_aim *aim, struct aim_best *best)
{
    const struct rules *rules = &mount->world->rules;
    count_squares(mount, aim, best);
    best->gain_db = places_gain_db(mount, wish, &mount->now, aim);
    double good = (double)best->squares - best->weak_before;
    double limit = RULE_VALUE(rules, aim_best_broken) * good;
    bool serves = best->gain_db >= RULE_VALUE(rules, aim_best_gain_db);
    if (best->broken > limit || (best->broken > best->cured && !serves))
        return -INFINITY;
    double weak = fmax(1, best->weak_before);
    return (isnan(best->gain_db) ? 0 : best->gain_db) +
           10 * ((double)best->cured - best->broken) / weak;
}

static double total_tilt_deg(const struct antenna_aim *aim)
{
    return aim->mech_tilt_deg + aim->elec_tilt_deg;
}

/* Weigh one aim and keep it when it is worth more. */
static void try_aim(const struct mount *mount, const struct aim_wish *wish,
                    const struct antenna_aim *aim, struct aim_best *best, double *most)
{
    struct aim_best one = *best;
    double value = worth(mount, wish, aim, &one);
    if (!(value > *most))
        return;
    *most = value;
    *best = one;
    best->azimuth_deg = aim->azimuth_deg;
    best->tilt_deg = total_tilt_deg(aim);
    best->better = true;
}

static void try_tilts(const struct mount *mount, const struct aim_wish *wish,
                      double azimuth_deg, struct aim_best *best, double *most)
{
    const struct rules *rules = &mount->world->rules;
    double step_deg = RULE_VALUE(rules, aim_best_tilt_step_deg);
    double highest_deg = RULE_VALUE(rules, aim_best_tilt_max_deg);
    for (double turn_deg = -step_deg; turn_deg <= step_deg; turn_deg += 2) {
        struct antenna_aim aim = mount->now;
        aim.azimuth_deg = azimuth_deg;
        aim.elec_tilt_deg += turn_deg;
        double total_deg = total_tilt_deg(&aim);
        if (turn_deg == 0 || (total_deg >= 0 && total_deg <= highest_deg))
            try_aim(mount, wish, &aim, best, most);
    }
}

/* The interval of the gain: how it stands now is known to the audit's interval, and patterns
 * are off by their own error. */
static void gain_interval(const struct mount *mount, const struct aim_wish *wish,
                          const struct aim *aim, struct aim_best *best)
{
    double form_db = RULE_VALUE(&mount->world->rules, aim_pattern_error_db);
    double spread_db = 1.96 * M_SQRT2 * form_db / sqrt(fmax(1, (double)wish->place_count));
    struct antenna_aim to = mount->now, from = mount->now;
    to.azimuth_deg = best->azimuth_deg;
    to.elec_tilt_deg += best->tilt_deg - total_tilt_deg(&mount->now);
    double low_db = best->gain_db;
    double high_db = low_db;
    double half_deg = isnan(aim->azimuth_lo_deg)
                          ? 2 * RULE_VALUE(&mount->world->rules, aim_install_deg)
                          : angle_wrap_deg(aim->azimuth_hi_deg - aim->azimuth_lo_deg) / 2;
    for (int side = -1; side <= 1; side += 2) {
        from.azimuth_deg = mount->now.azimuth_deg + side * half_deg;
        double gain = places_gain_db(mount, wish, &from, &to);
        low_db = fmin(low_db, gain);
        high_db = fmax(high_db, gain);
    }
    best->gain_lo_db = best->gain_db - hypot(best->gain_db - low_db, spread_db);
    best->gain_hi_db = best->gain_db + hypot(high_db - best->gain_db, spread_db);
}

static void search(const struct mount *mount, const struct aim_wish *wish,
                   struct aim_best *best)
{
    double turn_deg = RULE_VALUE(&mount->world->rules, aim_best_turn_deg), most = 0;
    worth(mount, wish, &mount->now, best);
    for (double turn = -turn_deg; turn <= turn_deg; turn += 5)
        try_tilts(mount, wish, angle_wrap_deg(mount->now.azimuth_deg + turn), best, &most);
    double table_deg = mount->cell->azimuth_deg;
    if (isfinite(table_deg) &&
        fabs(angle_turn_deg(table_deg, mount->now.azimuth_deg)) > turn_deg)
        try_tilts(mount, wish, table_deg, best, &most);
}

/* How the cell stands now: as the audit found it, else as the table says. */
static struct antenna_aim standing(const struct cell *cell, const struct aim *aim)
{
    struct antenna_aim now = link_aim(cell);
    if (isfinite(aim->azimuth_est_deg) && aim->status != AIM_INSUFFICIENT)
        now.azimuth_deg = aim->azimuth_est_deg;
    if (aim->status == AIM_TILT)
        now.elec_tilt_deg += aim->tilt_est_deg - total_tilt_deg(&now);
    return now;
}

enum status aim_best(const struct world *world, const struct aim *aims,
                     const struct aim_wish *wish, struct aim_best *out, struct error *error)
{
    const struct cell *cell = &world->cells[wish->cell];
    struct mount mount = {.world = world,
                          .cell = cell,
                          .antenna = link_antenna(cell),
                          .now = standing(cell, &aims[wish->cell]),
                          .weak_dbm = weak_level_dbm(world, cell->rat)};
    if (isnan(mount.now.azimuth_deg) || isnan(mount.antenna.hbw_deg))
        return error_set(error, STATUS_RANGE, "cell %s has no known azimuth to turn",
                         cell->cell_id);
    gather_squares(&mount);
    *out = (struct aim_best){.azimuth_deg = mount.now.azimuth_deg,
                             .tilt_deg = total_tilt_deg(&mount.now),
                             .from_azimuth_deg = mount.now.azimuth_deg,
                             .from_tilt_deg = total_tilt_deg(&mount.now)};
    search(&mount, wish, out);
    gain_interval(&mount, wish, &aims[wish->cell], out);
    free(mount.squares);
    return STATUS_OK;
}
