#include "models/radio/diffraction.h"

#include <math.h>

static const double LIGHT_M_S = 299792458.0;

static double wavelength_m(double frequency_mhz)
{
    return LIGHT_M_S / (frequency_mhz * 1e6);
}

double diffraction_edge_db(double v)
{
    if (!(v > -0.78))
        return 0;
    double u = v - 0.1;
    return 6.9 + 20 * log10(sqrt(u * u + 1) + u);
}

/* ---- Bullington ---------------------------------------------------------------------- */

double diffraction_bullington_db(const struct profile *p)
{
    double length = p->step_m * (double)(p->count - 1), half = 0.5 / p->earth_m;
    double scale = 2 / wavelength_m(p->frequency_mhz);
    double line = (p->to_m - p->from_m) / length;
    double up = -INFINITY, back = -INFINITY, v2 = -INFINITY;
    for (size_t i = 1; i + 1 < p->count; i++) {
        double d1 = p->step_m * (double)i, d2 = length - d1;
        double ground = p->height_m[i] + half * d1 * d2;
        double over = ground - p->from_m - line * d1;
        up = fmax(up, (ground - p->from_m) / d1);
        back = fmax(back, (ground - p->to_m) / d2);
        /* v carries the sign of the clearance; its square orders as v does on each side. */
        double square = over * fabs(over) * length / (d1 * d2);
        v2 = fmax(v2, square);
    }
    if (up == -INFINITY)
        return 0;
    if (up < line)
        return diffraction_edge_db(copysign(sqrt(fabs(v2) * scale), v2));
    double at = (p->to_m - p->from_m + back * length) / (up + back);
    double over = p->from_m + up * at - (p->from_m * (length - at) + p->to_m * at) / length;
    return diffraction_edge_db(over * sqrt(scale * length / (at * (length - at))));
}

/* ---- Deygout ------------------------------------------------------------------------- */

struct edge {
    size_t at;
    double v;
};

/* The edge of greatest v between the points `from` and `to`, whose heights are given. */
static struct edge main_edge(const struct profile *p, size_t from, size_t to, double from_m,
                             double to_m)
{
    struct edge best = {from, -INFINITY};
    double length = p->step_m * (double)(to - from);
    double scale = 2 / wavelength_m(p->frequency_mhz);
    for (size_t i = from + 1; i < to; i++) {
        double d1 = p->step_m * (double)(i - from), d2 = length - d1;
        double over =
            p->height_m[i] + d1 * d2 / (2 * p->earth_m) - (from_m * d2 + to_m * d1) / length;
        double v = over * sqrt(scale * length / (d1 * d2));
        if (v > best.v)
            best = (struct edge){i, v};
    }
    return best;
}

double diffraction_deygout_db(const struct profile *p)
{
    size_t last = p->count - 1;
    struct edge peak = main_edge(p, 0, last, p->from_m, p->to_m);
    if (!(peak.v > -0.78))
        return 0;
    double top_m = p->height_m[peak.at];
    struct edge before = main_edge(p, 0, peak.at, p->from_m, top_m);
    struct edge after = main_edge(p, peak.at, last, top_m, p->to_m);
    double loss = diffraction_edge_db(peak.v);
    double sides = diffraction_edge_db(before.v) + diffraction_edge_db(after.v);
    double kilometres = p->step_m * (double)last / 1000;
    return loss + (1 - exp(-loss / 6)) * (sides + 10 + 0.04 * kilometres);
}

/* ---- spherical earth ----------------------------------------------------------------- */

static double normalized_admittance(const struct sphere_path *p)
{
    double f = p->frequency_mhz, e = p->permittivity, s = 18000 * p->conductivity_s_m / f;
    double k = 0.036 * pow(p->earth_m / 1000 * (f / 1000), -1 / 3.0) *
               pow((e - 1) * (e - 1) + s * s, -0.25);
    return p->vertical ? k * sqrt(e * e + s * s) : k;
}

/* G(B), the height gain; never below 2 + 20 log10 K. */
static double height_gain_db(double b, double k)
{
    double gain =
        b > 2 ? 17.6 * sqrt(b - 1.1) - 5 * log10(b - 1.1) - 8 : 20 * log10(b + 0.1 * b * b * b);
    return fmax(gain, 2 + 20 * log10(k));
}

static double first_term_db(const struct sphere_path *p, double earth_m)
{
    struct sphere_path path = *p;
    path.earth_m = earth_m;
    double k = normalized_admittance(&path), k2 = k * k;
    double beta = (1 + 1.6 * k2 + 0.67 * k2 * k2) / (1 + 4.5 * k2 + 1.53 * k2 * k2);
    double f = p->frequency_mhz / 1000, a = earth_m / 1000;
    double x = 21.88 * beta * pow(f / (a * a), 1 / 3.0) * p->distance_m / 1000;
    double y = 0.9575 * beta * pow(f * f / a, 1 / 3.0);
    double distance =
        x >= 1.6 ? 11 + 10 * log10(x) - 17.6 * x : -20 * log10(x) - 5.6488 * pow(x, 1.425);
    return -distance - height_gain_db(beta * y * p->from_m, k) -
           height_gain_db(beta * y * p->to_m, k);
}

/* The smallest clearance of the ray over the sphere, and the distances that it splits. */
static double clearance_m(const struct sphere_path *p, double *d1_out, double *d2_out)
{
    double d = p->distance_m, a = p->earth_m, h1 = p->from_m, h2 = p->to_m;
    double c = (h1 - h2) / (h1 + h2), m = d * d / (4 * a * (h1 + h2));
    double b = 2 * sqrt((m + 1) / (3 * m)) *
               cos(M_PI / 3 + acos(3 * c / 2 * sqrt(3 * m / pow(m + 1, 3))) / 3);
    double d1 = d / 2 * (1 + b), d2 = d - d1;
    *d1_out = d1, *d2_out = d2;
    return ((h1 - d1 * d1 / (2 * a)) * d2 + (h2 - d2 * d2 / (2 * a)) * d1) / d;
}

double diffraction_sphere_db(const struct sphere_path *p)
{
    double sight_m = sqrt(2 * p->earth_m) * (sqrt(p->from_m) + sqrt(p->to_m));
    if (p->distance_m >= sight_m)
        return fmax(first_term_db(p, p->earth_m), 0);
    double d1, d2, clear = clearance_m(p, &d1, &d2);
    double needed = 0.552 * sqrt(d1 * d2 * wavelength_m(p->frequency_mhz) / p->distance_m);
    if (clear > needed)
        return 0;
    /* The earth on which this path would just be in sight. */
    double root = sqrt(p->from_m) + sqrt(p->to_m);
    double marginal = first_term_db(p, 0.5 * pow(p->distance_m / root, 2));
    return marginal > 0 ? (1 - clear / needed) * marginal : 0;
}
