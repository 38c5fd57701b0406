#include "models/radio/link.h"

#include <math.h>

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
    antenna.gain_dbi = number_or(cell->antenna_gain_dbi, antenna.gain_dbi);
    antenna.hbw_deg = number_or(cell->hbw_deg, antenna.hbw_deg);
    antenna.vbw_deg = number_or(cell->vbw_deg, antenna.vbw_deg);
    if (cell->coverage == COVERAGE_INDOOR)
        antenna.hbw_deg = antenna.vbw_deg = NAN;
    else if (isnan(cell->azimuth_deg) || antenna.hbw_deg >= 300)
        antenna.hbw_deg = NAN;
    return antenna;
}

struct antenna_aim link_aim(const struct cell *cell)
{
    return (struct antenna_aim){.azimuth_deg = cell->azimuth_deg,
                                .mech_tilt_deg = number_or(cell->mech_tilt_deg, 0),
                                .elec_tilt_deg = number_or(cell->elec_tilt_deg, 0)};
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
