/* Radii: what a relative phrase does to a position, and what the user's own data teach. */
#include <math.h>
#include <stdlib.h>

#include "geo/gazetteer.h"

/* A compass word stands for a quarter of the circle, a distance for 80-125 % of itself. */
#define BEARING_HALF_DEG  45.0
#define DISTANCE_RELATIVE 0.25

/* Centre of an arc of half angle a: d sin(a) / a along its middle; with 90 % a point of it lies
 * within the chord to 0.9 a. Without a direction the centre stays and the ring widens. */
void gazetteer_hit_move(struct gazetteer_hit *hit)
{
    double d = hit->away_m, spread_m = DISTANCE_RELATIVE * d;
    if (isnan(hit->bearing_deg)) {
        hit->radius_m = hypot(d + spread_m, hit->radius_m);
        return;
    }
    double a = BEARING_HALF_DEG * M_PI / 180, centre = d * sin(a) / a;
    double x = d * sin(0.9 * a), y = d * cos(0.9 * a) - centre;
    hit->at = point_move(hit->at, hit->bearing_deg, centre);
    hit->radius_m = hypot(hypot(x, y), hypot(hit->radius_m, spread_m));
}

void gazetteer_calibration_default(struct gazetteer_calibration *calibration)
{
    for (int level = 0; level < GAZETTEER_LEVEL_COUNT; level++) {
        calibration->factor[level] = 1;
        calibration->pairs[level] = 0;
    }
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 20 pairs weigh as much as the defaults; no factor below a quarter or above 10. */
#define PRIOR_PAIRS 20.0

void gazetteer_calibrate(const struct gazetteer_pair *pairs, size_t count,
                         struct gazetteer_calibration *calibration)
{
    gazetteer_calibration_default(calibration);
    double *ratio = base_alloc(count, sizeof *ratio);
    for (int level = 1; level < GAZETTEER_LEVEL_COUNT; level++) {
        size_t n = 0;
        for (size_t i = 0; i < count; i++)
            if ((int)pairs[i].level == level && pairs[i].radius_m > 0 &&
                isfinite(pairs[i].error_m))
                ratio[n++] = pairs[i].error_m / pairs[i].radius_m;
        if (n == 0)
            continue;
        base_sort(ratio, n, sizeof *ratio, by_double);
        size_t at = (size_t)ceil(0.9 * (double)n);
        double learnt = log(fmin(fmax(ratio[at ? at - 1 : 0], 0.05), 20));
        double factor = exp(learnt * (double)n / ((double)n + PRIOR_PAIRS));
        calibration->factor[level] = fmin(fmax(factor, 0.25), 10);
        calibration->pairs[level] = n;
    }
    free(ratio);
}

void gazetteer_calibration_apply(const struct gazetteer_calibration *calibration,
                                 struct gazetteer_hit *hit)
{
    double factor = calibration->factor[hit->level];
    hit->radius_m *= factor;
    for (size_t i = 0; i < hit->candidate_count; i++)
        hit->candidates[i].radius_m *= factor;
}
