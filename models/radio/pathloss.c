#include "models/radio/pathloss.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const double LIGHT_M_S = 299792458.0;

double pathloss_free_space_db(double frequency_mhz, double distance_m)
{
    if (!(frequency_mhz > 0) || !(distance_m > 0))
        return NAN;
    return 20 * log10(4 * M_PI * distance_m * frequency_mhz * 1e6 / LIGHT_M_S);
}

static unsigned outside(double value, double low, double high, unsigned flag)
{
    return value >= low && value <= high ? 0 : flag;
}

/* ---- Okumura-Hata and COST 231 ------------------------------------------------------- */

static double mobile_height_gain_db(const struct path *p, enum environment environment)
{
    double h = p->mobile_height_m, f = log10(p->frequency_mhz);
    if (environment != ENVIRONMENT_LARGE_CITY)
        return (1.1 * f - 0.7) * h - (1.56 * f - 0.8);
    if (p->frequency_mhz < 300)
        return 8.29 * pow(log10(1.54 * h), 2) - 1.1;
    return 3.2 * pow(log10(11.75 * h), 2) - 4.97;
}

static double open_gain_db(double frequency_mhz, enum environment environment)
{
    double f = log10(frequency_mhz), s = log10(frequency_mhz / 28);
    if (environment == ENVIRONMENT_SUBURBAN)
        return 2 * s * s + 5.4;
    return environment == ENVIRONMENT_OPEN ? 4.78 * f * f - 18.33 * f + 40.94 : 0;
}

static double distance_slope_db(const struct path *p)
{
    return (44.9 - 6.55 * log10(p->base_height_m)) * log10(p->distance_m / 1000);
}

static double hata_db(const struct path *p, enum environment environment)
{
    return 69.55 + 26.16 * log10(p->frequency_mhz) - 13.82 * log10(p->base_height_m) -
           mobile_height_gain_db(p, environment) + distance_slope_db(p) -
           open_gain_db(p->frequency_mhz, environment);
}

static double cost231_db(const struct path *p, enum environment environment)
{
    double city = environment == ENVIRONMENT_LARGE_CITY ? 3 : 0;
    return 46.3 + 33.9 * log10(p->frequency_mhz) - 13.82 * log10(p->base_height_m) -
           mobile_height_gain_db(p, ENVIRONMENT_MEDIUM_CITY) + distance_slope_db(p) + city -
           open_gain_db(p->frequency_mhz, environment);
}

static unsigned hata_outside(const struct path *p)
{
    return outside(p->distance_m, 1000, 20000, PATH_DISTANCE) |
           outside(p->base_height_m, 30, 200, PATH_BASE_HEIGHT) |
           outside(p->mobile_height_m, 1, 10, PATH_MOBILE_HEIGHT);
}

double pathloss_hata_db(const struct path *path, enum environment environment, unsigned *flags)
{
    unsigned bad = hata_outside(path) | outside(path->frequency_mhz, 150, 1500, PATH_FREQUENCY);
    if (flags)
        *flags = bad;
    return bad ? NAN : hata_db(path, environment);
}

double pathloss_cost231_db(const struct path *path, enum environment environment,
                           unsigned *flags)
{
    unsigned bad =
        hata_outside(path) | outside(path->frequency_mhz, 1500, 2000, PATH_FREQUENCY);
    if (flags)
        *flags = bad;
    return bad ? NAN : cost231_db(path, environment);
}

double pathloss_hata_trend_db(const struct path *path)
{
    struct path p = *path;
    p.distance_m = fmin(fmax(p.distance_m, 20), 100e3);
    p.base_height_m = fmin(fmax(p.base_height_m, 1.5), 500);
    return p.frequency_mhz < 1500 ? hata_db(&p, ENVIRONMENT_MEDIUM_CITY)
                                  : cost231_db(&p, ENVIRONMENT_MEDIUM_CITY);
}

/* ---- TR 38.901 ----------------------------------------------------------------------- */

static double slant_m(const struct path *p)
{
    return hypot(p->distance_m, p->base_height_m - p->mobile_height_m);
}

/* PL1 and PL2 of the urban scenarios: `near` and `far` are their slopes, base the constant. */
static double urban_sight_db(const struct path *p, double base, double near)
{
    double f = p->frequency_mhz / 1000, d3 = slant_m(p);
    double rise = p->base_height_m - p->mobile_height_m;
    /* Effective environment height 1 m: note 1 of the table. */
    double breakpoint_m =
        4 * (p->base_height_m - 1) * (p->mobile_height_m - 1) * f * 1e9 / LIGHT_M_S;
    if (p->distance_m <= breakpoint_m)
        return base + near * log10(d3) + 20 * log10(f);
    double knee = near == 22 ? 9 : 9.5;
    return base + 40 * log10(d3) + 20 * log10(f) -
           knee * log10(breakpoint_m * breakpoint_m + rise * rise);
}

static double uma_db(int line_of_sight, const struct path *p)
{
    double sight = urban_sight_db(p, 28.0, 22);
    if (line_of_sight)
        return sight;
    double shadow = 13.54 + 39.08 * log10(slant_m(p)) + 20 * log10(p->frequency_mhz / 1000) -
                    0.6 * (p->mobile_height_m - 1.5);
    return fmax(sight, shadow);
}

static double umi_db(int line_of_sight, const struct path *p)
{
    double sight = urban_sight_db(p, 32.4, 21);
    if (line_of_sight)
        return sight;
    double shadow = 22.4 + 35.3 * log10(slant_m(p)) + 21.3 * log10(p->frequency_mhz / 1000) -
                    0.3 * (p->mobile_height_m - 1.5);
    return fmax(sight, shadow);
}

static double rma_near_db(const struct path *p, double d3, double building_m)
{
    double f = p->frequency_mhz / 1000, h = pow(building_m, 1.72);
    return 20 * log10(40 * M_PI * d3 * f / 3) + fmin(0.03 * h, 10) * log10(d3) -
           fmin(0.044 * h, 14.77) + 0.002 * log10(building_m) * d3;
}

static double rma_sight_db(const struct path *p, double building_m)
{
    double rise = p->base_height_m - p->mobile_height_m;
    double breakpoint_m =
        2 * M_PI * p->base_height_m * p->mobile_height_m * p->frequency_mhz * 1e6 / LIGHT_M_S;
    if (p->distance_m <= breakpoint_m)
        return rma_near_db(p, slant_m(p), building_m);
    return rma_near_db(p, hypot(breakpoint_m, rise), building_m) +
           40 * log10(slant_m(p) / hypot(breakpoint_m, rise));
}

static double rma_db(int line_of_sight, const struct path *p)
{
    const double building_m = 5, street_m = 20;
    double sight = rma_sight_db(p, building_m);
    if (line_of_sight)
        return sight;
    double base = p->base_height_m, roof = building_m / base;
    double shadow = 161.04 - 7.1 * log10(street_m) + 7.5 * log10(building_m) -
                    (24.37 - 3.7 * roof * roof) * log10(base) +
                    (43.42 - 3.1 * log10(base)) * (log10(slant_m(p)) - 3) +
                    20 * log10(p->frequency_mhz / 1000) -
                    (3.2 * pow(log10(11.75 * p->mobile_height_m), 2) - 4.97);
    return fmax(sight, shadow);
}

double pathloss_38901_db(enum scenario scenario, int line_of_sight, const struct path *path,
                         unsigned *flags)
{
    bool rural = scenario == SCENARIO_RMA;
    double base_m = scenario == SCENARIO_UMI ? 10 : 25;
    unsigned soft = rural ? 0 : outside(path->base_height_m, base_m, base_m, PATH_BASE_HEIGHT);
    unsigned hard =
        outside(path->frequency_mhz, 500, rural ? 30e3 : 100e3, PATH_FREQUENCY) |
        outside(path->distance_m, 10, rural && line_of_sight ? 10e3 : 5e3, PATH_DISTANCE) |
        (rural ? outside(path->base_height_m, 10, 150, PATH_BASE_HEIGHT) : 0) |
        outside(path->mobile_height_m, rural ? 1 : 1.5, rural ? 10 : 22.5, PATH_MOBILE_HEIGHT);
    if (flags)
        *flags = hard | soft;
    if (hard)
        return NAN;
    if (rural)
        return rma_db(line_of_sight, path);
    return scenario == SCENARIO_UMI ? umi_db(line_of_sight, path) : uma_db(line_of_sight, path);
}

double pathloss_38901_sight(enum scenario scenario, const struct path *path)
{
    double d = path->distance_m, h = path->mobile_height_m;
    if (scenario == SCENARIO_RMA)
        return d <= 10 ? 1 : exp(-(d - 10) / 1000);
    if (d <= 18)
        return 1;
    if (scenario == SCENARIO_UMI)
        return 18 / d + exp(-d / 36) * (1 - 18 / d);
    double tall = h <= 13 ? 0 : pow((fmin(h, 23) - 13) / 10, 1.5);
    return (18 / d + exp(-d / 63) * (1 - 18 / d)) *
           (1 + tall * 1.25 * pow(d / 100, 3) * exp(-d / 150));
}
