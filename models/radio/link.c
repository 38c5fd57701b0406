#include "models/radio/link.h"

#include <math.h>
#include <string.h>

#include "geo/terrain.h"
#include "models/radio/diffraction.h"

struct link link_between(struct xy antenna, struct xy place, double above_m)
{
    double distance_m = xy_distance_m(antenna, place);
    double sag_m = distance_m * distance_m / (2 * 8500e3);
    return (struct link){.distance_m = distance_m,
                         .bearing_deg = xy_bearing_deg(antenna, place),
                         .elevation_deg =
                             -atan2(above_m + sag_m, fmax(distance_m, 1)) * (180 / M_PI)};
}

static double number_or(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

struct antenna link_antenna(const struct cell *cell)
{
    struct antenna antenna = antenna_default();
    if (cell->measured) {
        antenna.pattern = cell->measured;
        antenna.gain_dbi = number_or(cell->measured->gain_dbi, antenna.gain_dbi);
        antenna.hbw_deg = cell->measured->hbw_deg;
        antenna.vbw_deg = cell->measured->vbw_deg;
    }
    antenna.gain_dbi = number_or(cell->antenna_gain_dbi, antenna.gain_dbi);
    antenna.hbw_deg = number_or(cell->hbw_deg, antenna.hbw_deg);
    antenna.vbw_deg = number_or(cell->vbw_deg, antenna.vbw_deg);
    if (cell->coverage == COVERAGE_INDOOR) {
        antenna.pattern = NULL;
        antenna.hbw_deg = antenna.vbw_deg = NAN;
    } else if (isnan(cell->azimuth_deg) || antenna.hbw_deg >= 300) {
        antenna.hbw_deg = NAN;
    }
    return antenna;
}

struct antenna_aim link_aim(const struct cell *cell)
{
    /* A pattern measured at a tilt says which, where the table does not. */
    double within_deg = cell->measured ? number_or(cell->measured->elec_tilt_deg, 0) : 0;
    return (struct antenna_aim){.azimuth_deg = cell->azimuth_deg,
                                .mech_tilt_deg = number_or(cell->mech_tilt_deg, 0),
                                .elec_tilt_deg = number_or(cell->elec_tilt_deg, within_deg)};
}

double link_height_m(const struct cell *cell)
{
    return cell->height_m > 0 ? cell->height_m : 30;
}

double link_frequency_mhz(const struct cell *cell)
{
    static const double usual_mhz[RAT_COUNT] = {1850, 945, 2140, 1850, 3500};
    return cell->frequency_mhz > 0 ? cell->frequency_mhz : usual_mhz[cell->rat];
}

double link_power_dbm(const struct cell *cell)
{
    static const double usual_dbm[RAT_COUNT] = {15.2, 43, 33, 15.2, 17};
    return number_or(cell->rs_power_dbm, usual_dbm[cell->rat]);
}

/* ---- over the ground ------------------------------------------------------------------ */

enum { STEPS_AT_LEAST = 8, STEPS_AT_MOST = 64 };
static const double STEP_M = 90;
/* Where a clutter raster holds codes or nonsense instead of heights, it says nothing. */
static const double CLUTTER_AT_MOST_M = 300;

/* The ground between two antennas, cut at even steps. */
struct cut {
    double km[STEPS_AT_MOST + 1], ground_m[STEPS_AT_MOST + 1], clutter_m[STEPS_AT_MOST + 1];
    size_t steps;
    double step_m;
};

static void cut_ground(const struct link_ground *ground, const struct link_path *path,
                       struct cut *cut)
{
    double length = xy_distance_m(path->from, path->to);
    cut->steps = (size_t)fmin(fmax(length / STEP_M, STEPS_AT_LEAST), STEPS_AT_MOST);
    cut->step_m = length / (double)cut->steps;
    terrain_profile(ground->terrain, path->from, path->to, cut->ground_m, cut->steps + 1);
    for (size_t i = 0; i <= cut->steps; i++)
        cut->km[i] = cut->step_m * (double)i / 1000;
    memset(cut->clutter_m, 0, sizeof cut->clutter_m);
    if (!ground->clutter)
        return;
    terrain_profile(ground->clutter, path->from, path->to, cut->clutter_m, cut->steps + 1);
    /* The antennas stand in their own clutter; P.1812 clause 3.2 leaves the ends bare. */
    for (size_t i = 0; i <= cut->steps; i++)
        if (i == 0 || i == cut->steps || !(cut->clutter_m[i] > 0) ||
            cut->clutter_m[i] > CLUTTER_AT_MOST_M)
            cut->clutter_m[i] = 0;
}

static struct p1812_result cut_p1812(const struct cut *cut, const struct link_ground *ground,
                                     const struct link_path *path)
{
    return p1812_loss(&(struct p1812_path){.distance_km = cut->km,
                                           .ground_m = cut->ground_m,
                                           .clutter_m = ground->clutter ? cut->clutter_m : NULL,
                                           .count = cut->steps + 1,
                                           .frequency_ghz = path->frequency_mhz / 1000,
                                           .time_pct = 50,
                                           .places_pct = 50,
                                           .from_m = path->from_m,
                                           .to_m = path->to_m,
                                           .latitude_deg = ground->latitude_deg,
                                           .dn = ground->dn,
                                           .n0 = ground->n0,
                                           .from_coast_km = 500,
                                           .to_coast_km = 500});
}

struct p1812_result link_p1812(const struct link_ground *ground, const struct link_path *path)
{
    struct cut cut;
    cut_ground(ground, path, &cut);
    return cut_p1812(&cut, ground, path);
}

double link_hill_db(const struct link_ground *ground, const struct link_path *path)
{
    struct cut cut;
    cut_ground(ground, path, &cut);
    if (!(cut.step_m > 0))
        return 0;
    struct p1812_result result = cut_p1812(&cut, ground, path);
    if (!result.flags)
        return fmax(result.loss_db - result.lbfs_db, 0);
    for (size_t i = 0; i <= cut.steps; i++)
        cut.ground_m[i] += cut.clutter_m[i];
    struct profile profile = {.height_m = cut.ground_m,
                              .count = cut.steps + 1,
                              .step_m = cut.step_m,
                              .from_m = cut.ground_m[0] + path->from_m,
                              .to_m = cut.ground_m[cut.steps] + path->to_m,
                              .frequency_mhz = path->frequency_mhz,
                              .earth_m = 8.5e6};
    double edge = diffraction_bullington_db(&profile);
    return edge + (1 - exp(-edge / 6)) * (10 + 0.02 * cut.km[cut.steps]);
}
