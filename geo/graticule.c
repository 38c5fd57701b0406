#include "geo/graticule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A biquadratic over 0.01-degree nodes is off by micrometres in UTM (third derivatives of the
 * order of 1/R^2); each patch is tried at four points all the same. */
static const double PATCHES_PER_DEG = 50; /* our choice */
static const double PATCH_M = 2000.0;     /* of the way back */
static const double TRUST_M = 1e-4;       /* a patch that is off by more is not used */
static const double TRUST_DEG = 1e-10;    /* likewise on the way back */
static const double MARGIN_M = 1e-3;      /* nearer to an edge PROJ decides */
enum { BUILD_AFTER = 16, TABLE_SIDE = 128, NODES = 9 };

enum patch_state { PATCH_EMPTY = 0, PATCH_COUNTING, PATCH_GOOD, PATCH_OFF };

/* Two functions of u, v in 0..1 over one square: sum of c[3 j + i] u^i v^j. */
struct patch {
    int32_t i, j;
    enum patch_state state;
    uint32_t hits;
    double a[NODES], b[NODES];
};

struct graticule {
    struct crs *crs;
    double bin_m, per_bin, margin, patch_m;
    int32_t patch_bins;
    struct patch *forward, *back; /* TABLE_SIDE x TABLE_SIDE */
    uint64_t exact, total;
};

struct graticule *graticule_new(struct crs *crs, double bin_m)
{
    struct graticule *g = base_alloc(1, sizeof *g);
    g->crs = crs;
    g->bin_m = bin_m;
    g->per_bin = 1.0 / bin_m;
    g->margin = MARGIN_M / bin_m;
    g->patch_bins = (int32_t)fmax(1, floor(PATCH_M / bin_m));
    g->patch_m = g->patch_bins * bin_m;
    g->forward = base_alloc(TABLE_SIDE * TABLE_SIDE, sizeof *g->forward);
    g->back = base_alloc(TABLE_SIDE * TABLE_SIDE, sizeof *g->back);
    return g;
}

void graticule_free(struct graticule *g)
{
    if (!g)
        return;
    free(g->forward);
    free(g->back);
    free(g);
}

struct graticule_counts graticule_counts(const struct graticule *g)
{
    return (struct graticule_counts){g->exact, g->total};
}

/* The patch of a square, in the one slot that it may take: neighbours never push each other
 * out, and what was pushed out is found again. */
static inline struct patch *patch_find(struct patch *table, int32_t i, int32_t j)
{
    struct patch *patch =
        &table[((uint32_t)j % TABLE_SIDE) * TABLE_SIDE + (uint32_t)i % TABLE_SIDE];
    if (!patch->state || patch->i != i || patch->j != j)
        *patch = (struct patch){.i = i, .j = j, .state = PATCH_COUNTING};
    return patch;
}

static inline double patch_value(const double *c, double u, double v)
{
    double p0 = c[0] + u * (c[1] + u * c[2]);
    double p1 = c[3] + u * (c[4] + u * c[5]);
    double p2 = c[6] + u * (c[7] + u * c[8]);
    return p0 + v * (p1 + v * p2);
}

/* Coefficients of the parabola through the values at 0, 1/2 and 1, at a distance of `step`. */
static void parabola(double *c, int step)
{
    double at0 = c[0], half = c[step], at1 = c[2 * step];
    c[step] = 4 * half - 3 * at0 - at1;
    c[2 * step] = 2 * (at0 + at1) - 4 * half;
}

static void patch_fit(double *c)
{
    for (int row = 0; row < 3; row++)
        parabola(c + 3 * row, 1);
    for (int column = 0; column < 3; column++)
        parabola(c + column, 3);
}

/* What a patch stands for: the projection, or the way back, at u, v of patch i, j. */
typedef struct xy (*patch_exact)(const struct graticule *g, const struct patch *patch, double u,
                                 double v);

static struct xy exact_forward(const struct graticule *g, const struct patch *patch, double u,
                               double v)
{
    struct point at = {(patch->i + u) / PATCHES_PER_DEG, (patch->j + v) / PATCHES_PER_DEG};
    return crs_forward(g->crs, at);
}

static struct xy exact_back(const struct graticule *g, const struct patch *patch, double u,
                            double v)
{
    struct xy at = {(patch->i + u) * g->patch_m, (patch->j + v) * g->patch_m};
    struct point p = crs_inverse(g->crs, at);
    return (struct xy){p.lon, p.lat};
}

static void patch_build(const struct graticule *g, struct patch *patch, patch_exact exact,
                        double trust)
{
    for (int n = 0; n < NODES; n++) {
        struct xy at = exact(g, patch, 0.5 * (n % 3), 0.5 * (n / 3)); /* NOLINT: whole rows */
        patch->a[n] = at.x_m;
        patch->b[n] = at.y_m;
    }
    patch_fit(patch->a);
    patch_fit(patch->b);
    patch->state = PATCH_GOOD;
    for (int n = 0; n < 4; n++) {
        double u = n & 1 ? 0.75 : 0.25, v = n & 2 ? 0.75 : 0.25;
        struct xy at = exact(g, patch, u, v);
        if (!(fabs(at.x_m - patch_value(patch->a, u, v)) <= trust) ||
            !(fabs(at.y_m - patch_value(patch->b, u, v)) <= trust))
            patch->state = PATCH_OFF;
    }
}

/* floor() of a number whose size is below 2^31. */
static inline int32_t floor_i32(double value)
{
    int32_t whole = (int32_t)value;
    return whole - (value < whole);
}

/* floor() of a position in bins; false when it is not a bin number. */
static inline bool bin_floor(double bins, int32_t *out)
{
    if (!(bins > -2147483000.0 && bins < 2147483000.0))
        return false;
    *out = floor_i32(bins);
    return true;
}

static bool bin_exact(struct graticule *g, struct point at, int32_t *ix, int32_t *iy)
{
    g->exact++;
    struct xy xy = crs_forward(g->crs, at);
    return bin_floor(xy.x_m / g->bin_m, ix) && bin_floor(xy.y_m / g->bin_m, iy);
}

/* As bin_floor, but not where an edge is near. */
static inline bool bin_inside(double bins, double margin, int32_t *out)
{
    if (!bin_floor(bins, out))
        return false;
    double fraction = bins - *out;
    return fraction >= margin && fraction <= 1.0 - margin;
}

/* The patch of a position and where in it, 0..1; NULL: PROJ has to be asked. */
static inline const struct patch *forward_patch(struct graticule *g, struct point at, double *u,
                                                double *v)
{
    double lon = at.lon * PATCHES_PER_DEG, lat = at.lat * PATCHES_PER_DEG;
    int32_t i = floor_i32(lon), j = floor_i32(lat);
    struct patch *patch = patch_find(g->forward, i, j);
    if (patch->state == PATCH_COUNTING && ++patch->hits > BUILD_AFTER)
        patch_build(g, patch, exact_forward, TRUST_M);
    *u = lon - i, *v = lat - j;
    return patch->state == PATCH_GOOD ? patch : NULL;
}

bool graticule_bin(struct graticule *g, struct point at, int32_t *ix, int32_t *iy)
{
    g->total++;
    if (!(fabs(at.lon) <= 180 && fabs(at.lat) <= 90))
        return false;
    double u, v;
    const struct patch *patch = forward_patch(g, at, &u, &v);
    if (!patch)
        return bin_exact(g, at, ix, iy);
    double x = patch_value(patch->a, u, v) * g->per_bin;
    double y = patch_value(patch->b, u, v) * g->per_bin;
    return (bin_inside(x, g->margin, ix) && bin_inside(y, g->margin, iy)) ||
           bin_exact(g, at, ix, iy);
}

struct xy graticule_forward(struct graticule *g, struct point at)
{
    if (!(fabs(at.lon) <= 180 && fabs(at.lat) <= 90))
        return (struct xy){NAN, NAN};
    double u, v;
    const struct patch *patch = forward_patch(g, at, &u, &v);
    return patch ? (struct xy){patch_value(patch->a, u, v), patch_value(patch->b, u, v)}
                 : crs_forward(g->crs, at);
}

static int32_t floor_divide(int32_t a, int32_t b)
{
    return a / b - (a % b < 0);
}

struct point graticule_centre(struct graticule *g, int32_t ix, int32_t iy)
{
    int32_t i = floor_divide(ix, g->patch_bins), j = floor_divide(iy, g->patch_bins);
    struct patch *patch = patch_find(g->back, i, j);
    if (patch->state == PATCH_COUNTING)
        patch_build(g, patch, exact_back, TRUST_DEG);
    if (patch->state != PATCH_GOOD)
        return crs_inverse(g->crs, (struct xy){(ix + 0.5) * g->bin_m, (iy + 0.5) * g->bin_m});
    double u = (ix - i * (double)g->patch_bins + 0.5) / g->patch_bins;
    double v = (iy - j * (double)g->patch_bins + 0.5) / g->patch_bins;
    return (struct point){patch_value(patch->a, u, v), patch_value(patch->b, u, v)};
}
