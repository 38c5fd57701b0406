/* The bearing of a cell's strongest measurements, for records that stand alone: each names one
 * cell, so that sectors cannot be compared at one moment and place. In streets the level
 * follows no law of distance that a pattern could be read from, but the strongest fifth lies
 * ahead. */
#include <math.h>

#include "models/radio/aim_inner.h"

/* Share of a place's measurements of the cell that exceed `floor_dbm`, their scatter normal. */
static double share_above(const struct aim_view *view, size_t at, double floor_dbm,
                          double scatter_db)
{
    double deviation = view->deviation_db[at];
    double spread = deviation > 0 ? deviation : scatter_db;
    return 0.5 * erfc((floor_dbm - view->level_dbm[at]) / spread * M_SQRT1_2);
}

static double samples_above(const struct aim_view *view, uint32_t cell, double floor_dbm,
                            double scatter_db)
{
    double sum = 0;
    for (size_t p = 0; p < view->place_count; p++) {
        size_t at = p * view->cell_count + cell;
        if (view->samples[at] > 0)
            sum += view->samples[at] * share_above(view, at, floor_dbm, scatter_db);
    }
    return sum;
}

/* The level that `share` of the cell's measurements exceed. */
static double level_exceeded(const struct aim_view *view, uint32_t cell, double share,
                             double scatter_db)
{
    double low = -200, high = 0, all = samples_above(view, cell, -1000, scatter_db);
    for (int i = 0; i < 24; i++) {
        double middle = (low + high) / 2;
        if (samples_above(view, cell, middle, scatter_db) > share * all)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The pooled scatter within squares, dB. */
static double scatter_within(const struct aim_view *view, uint32_t cell)
{
    double square = 0, freedom = 0;
    for (size_t p = 0; p < view->place_count; p++) {
        size_t at = p * view->cell_count + cell;
        if (view->samples[at] > 1 && isfinite(view->deviation_db[at])) {
            square += (view->samples[at] - 1) * view->deviation_db[at] * view->deviation_db[at];
            freedom += view->samples[at] - 1;
        }
    }
    double prior_db = RULE_VALUE(&view->world->rules, aim_noise_db);
    return sqrt((square + prior_db * prior_db) / (freedom + 1));
}

/* Sums over squares of unit vectors, once and twice around. */
struct resultant {
    double weight, square, north, east, north2, east2;
};

static void resultant_add(struct resultant *sum, double weight, double bearing_deg)
{
    double turn = bearing_deg * M_PI / 180;
    sum->weight += weight;
    sum->square += weight * weight;
    sum->north += weight * cos(turn);
    sum->east += weight * sin(turn);
    sum->north2 += weight * cos(2 * turn);
    sum->east2 += weight * sin(2 * turn);
}

/* Circular standard error of the mean of the squares taken as independent.
 * Source: N. I. Fisher, Statistical Analysis of Circular Data, 1993, equation 4.21. */
static double resultant_error_deg(const struct resultant *sum)
{
    double once = hypot(sum->north, sum->east) / sum->weight;
    double twice = hypot(sum->north2, sum->east2) / sum->weight;
    double squares = sum->weight * sum->weight / sum->square;
    double dispersion = (1 - twice) / (2 * once * once);
    return fmin(180, sqrt(fmax(0, dispersion) / squares) * 180 / M_PI);
}

struct aim_strongest aim_strongest_bearing(const struct aim_view *view, uint32_t cell)
{
    struct aim_strongest found = {.bearing_deg = NAN, .error_deg = NAN};
    struct resultant sum = {0};
    double scatter_db = scatter_within(view, cell);
    double share = RULE_VALUE(&view->world->rules, aim_strongest_share);
    double floor_dbm = level_exceeded(view, cell, share, scatter_db);
    for (size_t p = 0; p < view->place_count; p++) {
        size_t at = p * view->cell_count + cell;
        if (view->samples[at] <= 0)
            continue;
        found.samples += view->samples[at];
        found.places++;
        resultant_add(&sum, view->samples[at] * share_above(view, at, floor_dbm, scatter_db),
                      view->places[p].bearing_deg);
    }
    if (sum.weight <= 0)
        return found;
    found.bearing_deg = angle_wrap_deg(atan2(sum.east, sum.north) * 180 / M_PI);
    found.concentration = hypot(sum.north, sum.east) / sum.weight;
    found.error_deg = resultant_error_deg(&sum);
    return found;
}
