#include "models/verdict/locate_density.h"

#include <math.h>

/* A spot is two normals, so that its tail is as heavy as errors of positions are: two thirds
 * of deviation radius / 5.2, a third of radius / 1.7; together 90 % lie within the radius. */
#define CORE_SHARE   0.65
#define CORE_DIVISOR 5.2
#define TAIL_DIVISOR 1.7

/* Our choices; see README, "Positions". */
#define WRONG_SHARE        0.05 /* a source is about another place altogether */
#define WRONG_SPAN_M       30000.0
#define DISTANCE_DEVIATION 0.10 /* of "900 m": relative error of stated distances */
#define BEARING_DEVIATION  (30 * M_PI / 180)
#define CELL_FLOOR         0.006 /* one ticket in seven names another cell of some two dozen */
#define AGREEMENT_FLOOR    0.012 /* where all tickets speak at once, one says less */
#define FAR_FACTOR         1.5

static double normal_2d(double way_m, double deviation_m)
{
    double z = way_m / deviation_m;
    return exp(-0.5 * z * z) / (2 * M_PI * deviation_m * deviation_m);
}

static double spot_density(const struct spot *spot, struct xy at)
{
    double way_m = xy_distance_m(spot->at, at), r = fmax(spot->radius_m, 10);
    return CORE_SHARE * normal_2d(way_m, r / CORE_DIVISOR) +
           (1 - CORE_SHARE) * normal_2d(way_m, r / TAIL_DIVISOR);
}

/* ---- a relative phrase: a ring, stronger where the compass word points --------------- */

static double ring_deviation_m(const struct sources *s, const struct spot *spot)
{
    return hypot(DISTANCE_DEVIATION * s->away_m, spot->radius_m / 2.146);
}

static double bearing_density(const struct sources *s, double bearing_deg)
{
    double even = 1 / (2 * M_PI);
    if (isnan(s->bearing_deg))
        return even;
    double z = angle_turn_deg(s->bearing_deg, bearing_deg) * M_PI / 180 / BEARING_DEVIATION;
    double pointed = exp(-0.5 * z * z) / (sqrt(2 * M_PI) * BEARING_DEVIATION);
    return s->bearing_trust * pointed + (1 - s->bearing_trust) * even;
}

static double ring_density(const struct sources *s, const struct spot *spot, struct xy at)
{
    double way_m = xy_distance_m(spot->at, at), deviation_m = ring_deviation_m(s, spot);
    double z = (way_m - s->away_m) / deviation_m;
    double along = exp(-0.5 * z * z) / (sqrt(2 * M_PI) * deviation_m);
    return along * bearing_density(s, xy_bearing_deg(spot->at, at)) / fmax(way_m, deviation_m);
}

static double text_density(const struct sources *s, struct xy at)
{
    double sum = 0;
    for (size_t i = 0; i < s->named_count; i++)
        sum += s->named[i].weight * (s->away_m > 0 ? ring_density(s, &s->named[i], at)
                                                   : spot_density(&s->named[i], at));
    return sum;
}

/* ---- drawing ------------------------------------------------------------------------ */

/* Halton's sequence: the digits of i in `base`, mirrored at the point. */
static double halton(size_t i, unsigned base)
{
    double value = 0, digit = 1.0 / base;
    for (i++; i; i /= base, digit /= base)
        value += digit * (double)(i % base);
    return value;
}

static struct xy step(struct xy from, double bearing, double way_m)
{
    return (struct xy){from.x_m + way_m * sin(bearing), from.y_m + way_m * cos(bearing)};
}

/* Radius of a 2-d normal by its quantile. */
static double rayleigh(double u, double deviation_m)
{
    return deviation_m * sqrt(-2 * log(1 - fmin(u, 0.9999)));
}

static struct xy draw_spot(const struct spot *spot, size_t i)
{
    double r = fmax(spot->radius_m, 10);
    double deviation_m = halton(i, 5) < CORE_SHARE ? r / CORE_DIVISOR : r / TAIL_DIVISOR;
    return step(spot->at, 2 * M_PI * halton(i, 3), rayleigh(halton(i, 2), deviation_m));
}

static double normal_quantile(double u)
{
    /* Logistic approximation, within 0.03 of a deviation between 1 and 99 %. */
    u = fmin(fmax(u, 0.001), 0.999);
    return log(u / (1 - u)) / 1.702;
}

static struct xy draw_ring(const struct sources *s, const struct spot *spot, size_t i)
{
    double way_m = s->away_m + ring_deviation_m(s, spot) * normal_quantile(halton(i, 2));
    double bearing = 2 * M_PI * halton(i, 3);
    if (!isnan(s->bearing_deg) && halton(i, 5) < s->bearing_trust)
        bearing =
            s->bearing_deg * M_PI / 180 + BEARING_DEVIATION * normal_quantile(halton(i, 3));
    return step(spot->at, bearing, fmax(way_m, 1));
}

static struct xy draw_text(const struct sources *s, size_t i)
{
    double u = halton(i, 7), passed = 0;
    size_t k = 0;
    while (k + 1 < s->named_count && (passed += s->named[k].weight) < u)
        k++;
    return s->away_m > 0 ? draw_ring(s, &s->named[k], i) : draw_spot(&s->named[k], i);
}

void sources_prepare(struct sources *s)
{
    s->area_m2 = WRONG_SPAN_M * WRONG_SPAN_M;
}

struct xy sources_draw(const struct sources *s, size_t i)
{
    if (s->has_given && s->named_count)
        return i % 2 ? draw_text(s, i / 2) : draw_spot(&s->given, i / 2);
    if (s->has_given)
        return draw_spot(&s->given, i);
    if (s->named_count)
        return draw_text(s, i);
    return step(s->mast, 2 * M_PI * halton(i, 3), s->reach_m * sqrt(halton(i, 2)));
}

double sources_weight(const struct sources *s, struct xy at)
{
    double given = s->has_given ? spot_density(&s->given, at) : 0;
    double text = s->named_count ? text_density(s, at) : 0;
    double drawn = s->has_given && s->named_count ? 0.5 * (given + text)
                   : s->has_given                 ? given
                   : s->named_count               ? text
                                                  : 1;
    double weight = 1 / (drawn + 1e-300), wrong = WRONG_SHARE / s->area_m2;
    if (s->has_given)
        weight *= (1 - WRONG_SHARE) * given + wrong;
    if (s->named_count)
        weight *= (1 - WRONG_SHARE) * text + wrong;
    if (s->has_cell)
        weight *= footprint_share(s->footprints, s->cell, at) +
                  (s->has_given || s->named_count ? CELL_FLOOR : 0);
    return weight;
}

double sources_agreement(const struct sources *s)
{
    enum { DRAWS = 16 };
    double sum = 0, wrong = WRONG_SHARE / s->area_m2;
    for (size_t i = 0; i < DRAWS; i++) {
        struct xy at = draw_spot(&s->given, i);
        double agrees = 1;
        if (s->named_count)
            agrees *= (1 - WRONG_SHARE) * text_density(s, at) + wrong;
        if (s->has_cell)
            agrees *= footprint_share(s->footprints, s->cell, at) + AGREEMENT_FLOOR;
        sum += agrees / DRAWS;
    }
    return sum;
}

bool sources_text_far(const struct sources *s)
{
    double reach_m = hypot(s->given.radius_m,
                           s->away_m > 0 ? s->away_m + s->named[0].radius_m : s->text_radius_m);
    struct xy from = s->away_m > 0 ? s->named[0].at : s->text_at;
    return xy_distance_m(from, s->given.at) > FAR_FACTOR * reach_m;
}
