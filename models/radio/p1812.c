/* Equation numbers are those of ITU-R P.1812-6, Annex 1. */
#include "models/radio/p1812.h"

#include <math.h>
#include <stdbool.h>

/* The speed of light as the Recommendation rounds it, m GHz. */
static const double LIGHT_M_GHZ = 0.2998;
static const double EARTH_KM = 6371;
static const double EARTH_BETA = 3; /* k exceeded for beta0 % of time, (7b) */

static double squared(double x)
{
    return x * x;
}

/* Inverse complementary cumulative normal distribution, Attachment 2, (96). */
static double normal_inverse(double x)
{
    bool upper = x > 0.5;
    double y = fmin(fmax(upper ? 1 - x : x, 1e-6), 0.5), t = sqrt(-2 * log(y));
    double c = ((0.010328 * t + 0.802853) * t + 2.515516698) /
               (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1);
    return upper ? c - t : t - c;
}

/* ---- the path ------------------------------------------------------------------------ */

/* A path under computation: what is asked, what is found, and the profile's end. */
struct work {
    const struct p1812_path *path;
    struct p1812_result *out;
    size_t last;
    double lambda_m;
};

static unsigned out_of_range(const struct p1812_path *p)
{
    unsigned flags = 0;
    if (!(p->frequency_ghz >= 0.03 && p->frequency_ghz <= 6))
        flags |= P1812_FREQUENCY;
    if (!(p->time_pct >= 1 && p->time_pct <= 50 && p->places_pct >= 1 && p->places_pct <= 99))
        flags |= P1812_PERCENT;
    if (!(p->from_m >= 1 && p->from_m <= 3000 && p->to_m >= 1 && p->to_m <= 3000))
        flags |= P1812_HEIGHT;
    if (p->count < 5 || p->distance_km[0] != 0)
        return flags | P1812_PROFILE;
    for (size_t i = 1; i < p->count; i++)
        if (!(p->distance_km[i] > p->distance_km[i - 1]) || !isfinite(p->ground_m[i]))
            return flags | P1812_PROFILE;
    double length = p->distance_km[p->count - 1];
    return flags | (length >= 0.25 && length <= 3000 ? 0 : P1812_DISTANCE);
}

static unsigned zone_at(const struct p1812_path *p, size_t i)
{
    return p->zone ? p->zone[i] : P1812_INLAND;
}

/* Length of the path that the points first..last stand for: half way to their neighbours. */
static double stretch_km(const struct p1812_path *p, size_t first, size_t last)
{
    const double *d = p->distance_km;
    double length = d[last] - d[first];
    if (last + 1 < p->count)
        length += (d[last + 1] - d[last]) / 2;
    if (first > 0)
        length += (d[first] - d[first - 1]) / 2;
    return length;
}

/* Total over sea, longest over land, longest inland. Source: clause 3.6, Table 1. */
static void measure_zones(const struct work *w)
{
    const struct p1812_path *p = w->path;
    double sea = 0, land = 0, inland = 0;
    for (size_t i = 0; i < p->count;) {
        size_t last = i;
        while (last + 1 < p->count && zone_at(p, last + 1) == zone_at(p, i))
            last++;
        if (zone_at(p, i) == P1812_SEA)
            sea += stretch_km(p, i, last);
        if (zone_at(p, i) == P1812_INLAND)
            inland = fmax(inland, stretch_km(p, i, last));
        i = last + 1;
    }
    for (size_t i = 0; i < p->count;) {
        size_t last = i;
        bool at_sea = zone_at(p, i) == P1812_SEA;
        while (last + 1 < p->count && (zone_at(p, last + 1) == P1812_SEA) == at_sea)
            last++;
        if (!at_sea)
            land = fmax(land, stretch_km(p, i, last));
        i = last + 1;
    }
    w->out->omega = sea / w->out->d_km;
    w->out->dtm_km = land;
    w->out->dlm_km = inland;
}

/* Incidence of ducting, (2) to (5). */
static double ducting_pct(double latitude_deg, double dtm_km, double dlm_km)
{
    double phi = fabs(latitude_deg), tau = 1 - exp(-4.12e-4 * pow(dlm_km, 2.41));
    double mu1 =
        pow(pow(10, -dtm_km / (16 - 6.6 * tau)) + pow(10, -5 * (0.496 + 0.354 * tau)), 0.2);
    mu1 = fmin(mu1, 1);
    double power = phi <= 70 ? -0.935 + 0.0176 * phi : 0.3;
    double mu4 = pow(10, power * log10(mu1));
    return phi <= 70 ? pow(10, -0.015 * phi + 1.67) * mu1 * mu4 : 4.17 * mu1 * mu4;
}

/* ---- smooth earth, horizons (Attachment 1) ------------------------------------------- */

/* Least-squares straight line through the profile, (85) to (88). */
static void fit_smooth_earth(const struct work *w)
{
    const double *d = w->path->distance_km, *h = w->path->ground_m;
    double v1 = 0, v2 = 0, length = w->out->d_km;
    for (size_t i = 1; i <= w->last; i++) {
        v1 += (d[i] - d[i - 1]) * (h[i] + h[i - 1]);
        v2 += (d[i] - d[i - 1]) *
              (h[i] * (2 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2 * d[i - 1]));
    }
    w->out->hst_n_m = (2 * v1 * length - v2) / squared(length);
    w->out->hsr_n_m = (v2 - v1 * length) / squared(length);
}

/* Smooth-earth heights for diffraction, (89) to (91). */
static void smooth_for_diffraction(const struct work *w)
{
    struct p1812_result *r = w->out;
    const double *d = w->path->distance_km, *h = w->path->ground_m;
    double highest = -INFINITY, from = -INFINITY, to = -INFINITY, length = r->d_km;
    for (size_t i = 1; i < w->last; i++) {
        double over = h[i] - (r->hts_m * (length - d[i]) + r->hrs_m * d[i]) / length;
        highest = fmax(highest, over);
        from = fmax(from, over / d[i]);
        to = fmax(to, over / (length - d[i]));
    }
    double hst = r->hst_n_m, hsr = r->hsr_n_m;
    if (highest > 0) {
        hst -= highest * from / (from + to);
        hsr -= highest * to / (from + to);
    }
    r->hstd_m = fmin(hst, h[0]);
    r->hsrd_m = fmin(hsr, h[w->last]);
}

/* The point that the ray meets first from one end: tangent of its elevation, and which. The
 * arc tangent is taken once, of the greatest: it is monotone. */
struct horizon {
    double tangent;
    size_t at;
};

static struct horizon horizon_from(const struct work *w)
{
    const double *d = w->path->distance_km, *h = w->path->ground_m;
    struct horizon best = {-INFINITY, 0};
    double half = 0.5 / w->out->ae_km, hts = w->out->hts_m;
    for (size_t i = 1; i < w->last; i++) {
        double tangent = (h[i] - hts) / (1000 * d[i]) - d[i] * half;
        if (tangent > best.tangent)
            best = (struct horizon){tangent, i};
    }
    return best;
}

static struct horizon horizon_to(const struct work *w)
{
    const double *d = w->path->distance_km, *h = w->path->ground_m;
    struct horizon best = {-INFINITY, 0};
    double half = 0.5 / w->out->ae_km, length = w->out->d_km, hrs = w->out->hrs_m;
    for (size_t i = 1; i < w->last; i++) {
        double rest = length - d[i], tangent = (h[i] - hrs) / (1000 * rest) - rest * half;
        if (tangent >= best.tangent)
            best = (struct horizon){tangent, i};
    }
    return best;
}

/* On a path in sight, the point that comes closest to the ray by Fresnel zones. */
static size_t closest_point(const struct work *w)
{
    const struct p1812_result *r = w->out;
    const double *d = w->path->distance_km, *h = w->path->ground_m;
    double best = -INFINITY, length = r->d_km;
    size_t at = 1;
    for (size_t i = 1; i < w->last; i++) {
        double rest = length - d[i];
        double over =
            h[i] + 500 * d[i] * rest / r->ae_km - (r->hts_m * rest + r->hrs_m * d[i]) / length;
        double nu2 = over * fabs(over) * length / (d[i] * rest);
        if (nu2 >= best)
            best = nu2, at = i;
    }
    return at;
}

/* Horizon angles and distances, (76) to (84); returns the two horizon points. */
static void find_horizons(const struct work *w, size_t *lt, size_t *lr)
{
    struct p1812_result *r = w->out;
    const double *d = w->path->distance_km;
    double length = r->d_km, sag = length / (2 * r->ae_km);
    double line = (r->hrs_m - r->hts_m) / (1000 * length);
    struct horizon from = horizon_from(w);
    if (from.tangent > line - sag) {
        struct horizon to = horizon_to(w);
        *lt = from.at, *lr = to.at;
        r->theta_t_mrad = 1000 * atan(from.tangent);
        r->theta_r_mrad = 1000 * atan(to.tangent);
    } else {
        *lt = *lr = closest_point(w);
        r->theta_t_mrad = 1000 * atan(line - sag);
        r->theta_r_mrad = 1000 * atan(-line - sag);
    }
    r->dlt_km = d[*lt];
    r->dlr_km = length - d[*lr];
    r->theta_mrad = 1e3 * length / r->ae_km + r->theta_t_mrad + r->theta_r_mrad;
}

/* Heights and roughness for ducting, (92) to (95). */
static void smooth_for_ducting(const struct work *w, size_t lt, size_t lr)
{
    struct p1812_result *r = w->out;
    const double *d = w->path->distance_km, *h = w->path->ground_m;
    r->hst_m = fmin(r->hst_n_m, h[0]);
    r->hsr_m = fmin(r->hsr_n_m, h[w->last]);
    r->hte_m = r->hts_m - r->hst_m;
    r->hre_m = r->hrs_m - r->hsr_m;
    double slope = (r->hsr_m - r->hst_m) / r->d_km;
    r->hm_m = -INFINITY;
    for (size_t i = lt; i <= lr; i++)
        r->hm_m = fmax(r->hm_m, h[i] - (r->hst_m + slope * d[i]));
}

/* ---- diffraction, clause 4.3 --------------------------------------------------------- */

static double edge_db(double nu)
{
    double u = nu - 0.1;
    return nu > -0.78 ? 6.9 + 20 * log10(sqrt(u * u + 1) + u) : 0;
}

/* A profile for the Bullington construction; NULL heights are all 0. */
struct bullington {
    const double *height_m, *clutter_m;
    double from_m, to_m, earth_km;
};

/* Extremes that both cases need, found in one pass over the profile. */
struct extremes {
    double up, back, nu2;
};

static struct extremes bullington_scan(const struct work *w, const struct bullington *b)
{
    const double *d = w->path->distance_km, length = w->out->d_km;
    const double bulge = 500 / b->earth_km, line = (b->to_m - b->from_m) / length;
    struct extremes found = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 1; i < w->last; i++) {
        double rest = length - d[i];
        double top = (b->height_m ? b->height_m[i] : 0) + (b->clutter_m ? b->clutter_m[i] : 0) +
                     bulge * d[i] * rest;
        double one = 1 / (d[i] * rest);
        double up = (top - b->from_m) * rest * one, back = (top - b->to_m) * d[i] * one;
        double over = top - b->from_m - line * d[i];
        /* The square with the sign of the clearance orders as nu does. */
        double nu2 = over * fabs(over) * one;
        found.up = up > found.up ? up : found.up;
        found.back = back > found.back ? back : found.back;
        found.nu2 = nu2 > found.nu2 ? nu2 : found.nu2;
    }
    return found;
}

/* (13) to (21). */
static double bullington_db(const struct work *w, const struct bullington *b)
{
    double length = w->out->d_km, line = (b->to_m - b->from_m) / length;
    double scale = 0.002 * length / w->lambda_m, nu;
    struct extremes found = bullington_scan(w, b);
    if (found.up < line) {
        nu = copysign(sqrt(fabs(found.nu2) * scale), found.nu2);
    } else {
        double at = (b->to_m - b->from_m + found.back * length) / (found.up + found.back);
        double over =
            b->from_m + found.up * at - (b->from_m * (length - at) + b->to_m * at) / length;
        nu = over * sqrt(scale / (at * (length - at)));
    }
    double edge = edge_db(nu);
    return edge + (1 - exp(-edge / 6)) * (10 + 0.02 * length);
}

/* Electrical constants of a surface. */
struct surface_kind {
    double permittivity, conductivity;
};

/* What first_term_db asks of the two ends. */
struct ends {
    double from_m, to_m, earth_km;
};

static double height_gain_db(double b, double k)
{
    double gain =
        b > 2 ? 17.6 * sqrt(b - 1.1) - 5 * log10(b - 1.1) - 8 : 20 * log10(b + 0.1 * b * b * b);
    return fmax(gain, 2 + 20 * log10(k));
}

/* First-term spherical-earth loss over one kind of surface, (29) to (36). */
static double first_term_db(const struct work *w, struct surface_kind kind, struct ends e)
{
    double f = w->path->frequency_ghz, s = squared(18 * kind.conductivity / f);
    double k = 0.036 / cbrt(e.earth_km * f) / sqrt(sqrt(squared(kind.permittivity - 1) + s));
    if (w->path->vertical)
        k *= sqrt(squared(kind.permittivity) + s);
    double k2 = k * k;
    double beta = (1 + 1.6 * k2 + 0.67 * k2 * k2) / (1 + 4.5 * k2 + 1.53 * k2 * k2);
    double x = 21.88 * beta * cbrt(f / squared(e.earth_km)) * w->out->d_km;
    double y = 0.9575 * beta * beta * cbrt(f * f / e.earth_km);
    double far =
        x >= 1.6 ? 11 + 10 * log10(x) - 17.6 * x : -20 * log10(x) - 5.6488 * pow(x, 1.425);
    return -far - height_gain_db(y * e.from_m, k) - height_gain_db(y * e.to_m, k);
}

/* Land and sea by their shares of the path, (28). */
static double first_term_mixed_db(const struct work *w, struct ends e)
{
    const struct surface_kind land = {22, 0.003}, sea = {80, 5};
    double omega = w->out->omega, loss = 0;
    if (omega > 0)
        loss += omega * first_term_db(w, sea, e);
    if (omega < 1)
        loss += (1 - omega) * first_term_db(w, land, e);
    return loss;
}

/* Spherical-earth loss, (22) to (27). */
static double sphere_db(const struct work *w, struct ends e)
{
    double d = w->out->d_km, roots = sqrt(e.from_m) + sqrt(e.to_m);
    if (d >= sqrt(0.002 * e.earth_km) * roots)
        return first_term_mixed_db(w, e);
    double sum = e.from_m + e.to_m, c = (e.from_m - e.to_m) / sum;
    double m = 250 * d * d / (e.earth_km * sum);
    double b = 2 * sqrt((m + 1) / (3 * m)) *
               cos(M_PI / 3 + acos(1.5 * c * sqrt(3 * m / pow(m + 1, 3))) / 3);
    double d1 = d / 2 * (1 + b), d2 = d - d1;
    double clear = ((e.from_m - 500 * d1 * d1 / e.earth_km) * d2 +
                    (e.to_m - 500 * d2 * d2 / e.earth_km) * d1) /
                   d;
    double needed = 17.456 * sqrt(d1 * d2 * w->lambda_m / d);
    if (clear > needed)
        return 0;
    e.earth_km = 500 * squared(d / roots);
    return (1 - clear / needed) * fmax(first_term_mixed_db(w, e), 0);
}

/* Delta-Bullington loss for one effective earth radius, (37) to (39). */
static double diffraction_db(const struct work *w, double earth_km)
{
    struct p1812_result *r = w->out;
    struct bullington actual = {w->path->ground_m, w->path->clutter_m, r->hts_m, r->hrs_m,
                                earth_km};
    struct bullington smooth = {NULL, NULL, r->hts_m - r->hstd_m, r->hrs_m - r->hsrd_m,
                                earth_km};
    r->lbulla_db = bullington_db(w, &actual);
    r->lbulls_db = bullington_db(w, &smooth);
    r->ldsph_db = sphere_db(w, (struct ends){smooth.from_m, smooth.to_m, earth_km});
    return r->lbulla_db + fmax(r->ldsph_db - r->lbulls_db, 0);
}

/* ---- sight, scatter, ducting --------------------------------------------------------- */

static void sight_losses(const struct work *w)
{
    struct p1812_result *r = w->out;
    double rise = (r->hts_m - r->hrs_m) / 1000;
    r->lbfs_db = 92.4 + 20 * log10(w->path->frequency_ghz) +
                 10 * log10(squared(r->d_km) + squared(rise)); /* (8) */
    double focus = 2.6 * (1 - exp(-0.1 * (r->dlt_km + r->dlr_km)));
    r->lb0p_db = r->lbfs_db + focus * log10(w->path->time_pct / 50);
    r->lb0b_db = r->lbfs_db + focus * log10(r->b0_pct / 50);
}

/* Troposcatter, (44) and (45). */
static double scatter_db(const struct work *w)
{
    double f = w->path->frequency_ghz;
    double by_frequency = 25 * log10(f) - 2.5 * squared(log10(f / 2));
    return 190.1 + by_frequency + 20 * log10(w->out->d_km) + 0.573 * w->out->theta_mrad -
           0.15 * w->path->n0 - 10.125 * pow(log10(50 / w->path->time_pct), 0.7);
}

/* Site shielding, (48). */
static double shielding_db(double theta_mrad, double horizon_km, double f)
{
    double over = theta_mrad - 0.1 * horizon_km;
    if (over <= 0)
        return 0;
    return 20 * log10(1 + 0.361 * over * sqrt(f * horizon_km)) + 0.264 * over * cbrt(f);
}

/* Coupling to ducts over the sea, (49). */
static double sea_coupling_db(const struct work *w, double coast_km, double horizon_km,
                              double height_m)
{
    if (w->out->omega < 0.75 || coast_km > 5 || coast_km > horizon_km)
        return 0;
    return -3 * exp(-0.25 * squared(coast_km)) * (1 + tanh(0.07 * (50 - height_m)));
}

/* Time share of ducting after path geometry and roughness, (54) to (56). */
static double ducting_share(const struct p1812_result *r)
{
    double between = fmin(r->d_km - r->dlt_km - r->dlr_km, 40);
    double mu3 = r->hm_m > 10 ? exp(-4.6e-5 * (r->hm_m - 10) * (43 + 6 * between)) : 1;
    double tau = 1 - exp(-4.12e-4 * pow(r->dlm_km, 2.41));
    double alpha = fmax(-0.6 - 3.5e-9 * pow(r->d_km, 3.1) * tau, -3.4);
    double mu2 = pow(
        500 * squared(r->d_km) / r->ae_km / squared(sqrt(r->hte_m) + sqrt(r->hre_m)), alpha);
    return r->b0_pct * fmin(mu2, 1) * mu3;
}

/* Ducting and layer reflection, (46) to (53). */
static double ducting_db(const struct work *w)
{
    const struct p1812_result *r = w->out;
    double f = w->path->frequency_ghz, p = w->path->time_pct;
    double low = f < 0.5 ? 45.375 - 137 * f + 92.5 * f * f : 0;
    double fixed = 102.45 + 20 * log10(f) + 20 * log10(r->dlt_km + r->dlr_km) + low +
                   shielding_db(r->theta_t_mrad, r->dlt_km, f) +
                   shielding_db(r->theta_r_mrad, r->dlr_km, f) +
                   sea_coupling_db(w, w->path->from_coast_km, r->dlt_km, r->hts_m) +
                   sea_coupling_db(w, w->path->to_coast_km, r->dlr_km, r->hrs_m);
    double angle = 1e3 * r->d_km / r->ae_km + fmin(r->theta_t_mrad, 0.1 * r->dlt_km) +
                   fmin(r->theta_r_mrad, 0.1 * r->dlr_km);
    double beta = ducting_share(r), lb = log10(beta);
    double gamma = 1.076 / pow(2.0058 - lb, 1.012) *
                   exp(-(9.51 - 4.8 * lb + 0.198 * lb * lb) * 1e-6 * pow(r->d_km, 1.13));
    double by_time =
        -12 + (1.2 + 3.7e-3 * r->d_km) * log10(p / beta) + 12 * pow(p / beta, gamma);
    return fixed + 5e-5 * r->ae_km * cbrt(f) * angle + by_time;
}

/* ---- the whole ----------------------------------------------------------------------- */

static void read_path(const struct work *w)
{
    const struct p1812_path *p = w->path;
    struct p1812_result *r = w->out;
    size_t lt, lr;
    r->d_km = p->distance_km[w->last];
    r->hts_m = p->ground_m[0] + p->from_m;
    r->hrs_m = p->ground_m[w->last] + p->to_m;
    r->ae_km = EARTH_KM * 157 / (157 - p->dn);
    if (p->zone)
        measure_zones(w);
    else
        r->omega = 0, r->dtm_km = r->dlm_km = r->d_km;
    r->b0_pct = ducting_pct(p->latitude_deg, r->dtm_km, r->dlm_km);
    fit_smooth_earth(w);
    smooth_for_diffraction(w);
    find_horizons(w, &lt, &lr);
    smooth_for_ducting(w, lt, lr);
}

/* Diffraction for p, and what is bounded below by it, (39) to (43), (59). */
static void diffraction_losses(const struct work *w)
{
    struct p1812_result *r = w->out;
    double p = w->path->time_pct;
    r->fi = p >= r->b0_pct ? normal_inverse(p / 100) / normal_inverse(r->b0_pct / 100) : 1;
    r->ldb_db = diffraction_db(w, EARTH_KM * EARTH_BETA);
    r->ld50_db = diffraction_db(w, r->ae_km); /* last: its parts are those reported */
    r->ldp_db = p == 50 ? r->ld50_db : r->ld50_db + r->fi * (r->ldb_db - r->ld50_db);
    r->lbd50_db = r->lbfs_db + r->ld50_db;
    r->lbd_db = r->lb0p_db + r->ldp_db;
    double land = (1 - r->omega) * r->ldp_db;
    r->lminb0p_db = p >= r->b0_pct ? r->lbd50_db + (r->lb0b_db + land - r->lbd50_db) * r->fi
                                   : r->lb0p_db + land;
}

/* The mechanisms joined, (57) to (69). */
static void join_losses(const struct work *w)
{
    struct p1812_result *r = w->out;
    const double eta = 2.5;
    r->fj = 1 - 0.5 * (1 + tanh(3 * 0.8 * (r->theta_mrad - 0.3) / 0.3));
    r->fk = 1 - 0.5 * (1 + tanh(3 * 0.5 * (r->d_km - 20) / 20));
    r->lba_db = ducting_db(w);
    /* As eta ln(e^(a/eta) + e^(b/eta)), without overflow. */
    double high = fmax(r->lba_db, r->lb0p_db), low = fmin(r->lba_db, r->lb0p_db);
    r->lminbap_db = high + eta * log1p(exp((low - high) / eta));
    r->lbda_db = r->lminbap_db <= r->lbd_db
                     ? r->lminbap_db + (r->lbd_db - r->lminbap_db) * r->fk
                     : r->lbd_db;
    r->lbam_db = r->lbda_db + (r->lminb0p_db - r->lbda_db) * r->fj;
    r->lbs_db = scatter_db(w);
    double weak = fmin(r->lbs_db, r->lbam_db), other = fmax(r->lbs_db, r->lbam_db);
    r->lbc_db = weak - 5 * log10(1 + pow(10, -0.2 * (other - weak)));
    bool at_sea = zone_at(w->path, w->last) == P1812_SEA;
    double places =
        at_sea ? 0 : -normal_inverse(w->path->places_pct / 100) * w->path->places_sigma_db;
    r->loss_db = fmax(r->lb0p_db, r->lbc_db + places);
    r->field_dbuv_m = 199.36 + 20 * log10(w->path->frequency_ghz) - r->loss_db;
}

struct p1812_result p1812_loss(const struct p1812_path *path)
{
    struct p1812_result out = {.flags = out_of_range(path), .loss_db = NAN};
    struct work work = {.path = path, .out = &out, .last = path->count - 1};
    if (out.flags)
        return out;
    work.lambda_m = LIGHT_M_GHZ / path->frequency_ghz;
    read_path(&work);
    sight_losses(&work);
    diffraction_losses(&work);
    join_losses(&work);
    return out;
}
