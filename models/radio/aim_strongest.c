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

struct aim_strongest aim_strongest_bearing(const struct aim_view *view, uint32_t cell)
{
    struct aim_strongest found = {.bearing_deg = NAN};
    double scatter_db = scatter_within(view, cell);
    double share = RULE_VALUE(&view->world->rules, aim_strongest_share);
    double floor_dbm = level_exceeded(view, cell, share, scatter_db);
    double north = 0, east = 0, weight = 0;
    for (size_t p = 0; p < view->place_count; p++) {
        size_t at = p * view->cell_count + cell;
        const struct aim_place *place = &view->places[p];
        if (view->samples[at] <= 0)
            continue;
        found.samples += view->samples[at];
        found.places++;
        double w = view->samples[at] * share_above(view, at, floor_dbm, scatter_db);
        north += w * cos(place->bearing_deg * M_PI / 180);
        east += w * sin(place->bearing_deg * M_PI / 180);
        weight += w;
    }
    if (weight <= 0)
        return found;
    found.bearing_deg = angle_wrap_deg(atan2(east, north) * 180 / M_PI);
    found.concentration = hypot(north, east) / weight;
    return found;
}
