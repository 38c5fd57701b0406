/* The county's physics: hills, loss, shadowing, antennas. Our own, redrawn by each seed. */
#include <math.h>
#include <stdlib.h>

#include "samples/county.h"

#define LAW(member, low, high)                                                                 \
    {                                                                                          \
#member, offsetof(struct laws, member), low, high                                      \
    }
const struct law law_table[LAWS] = {
    LAW(exponent, 2, 5),     LAW(near_exponent, 1.5, 5),
    LAW(break_m, 0, 5000),   LAW(shadow_db, 0, 15),
    LAW(shadow_m, 10, 2000), LAW(shared, 0, 1),
    LAW(back_db, 5, 45),     LAW(ripple_db, 0, 10),
    LAW(noise_db, 0, 15),    LAW(weak_share, 0.01, 0.9),
    LAW(muddle, 0, 1),       LAW(faults, 0, 0.9),
    LAW(bent, 0, 0.9),       LAW(sectors, 1, 3),
    LAW(listed, 1, 6),       LAW(driven, 0, 1),
    LAW(report_m, 0, 500),   LAW(indoors, 0, 1),
    LAW(wall_db, 0, 40),     LAW(told, 0, 1),
    LAW(tilts, 0, 1),        LAW(good_db, 0, 20),
    LAW(plan_shadow, 0, 1),  LAW(wordy, 0, 1),
    LAW(pointed, 0, 1),      LAW(rooms_db, 0, 20),
    LAW(on_road, 0, 1),      LAW(roads_db, 0, 20),
};

void laws_draw(struct county *county)
{
    struct rng *rng = &county->rng;
    bool hilly = county->wish.relief_m > 0;
    county->laws = (struct laws){
        .exponent = draw_range(rng, hilly ? 2.9 : 3.2, hilly ? 3.5 : 4.0),
        .shadow_db = draw_range(rng, 4.5, 7.5),
        .shadow_m = draw_range(rng, 60, 250),
        .shared = draw_range(rng, 0.3, 0.6),
        .back_db = draw_range(rng, 22, 32),
        .side_db = draw_range(rng, 16, 22),
        .ripple_db = draw_range(rng, 0, 2.5),
        .hbw_deg = draw_range(rng, 60, 72),
        .vbw_deg = draw_range(rng, 7, 11),
        .town_db = draw_range(rng, 6, 16),
        .town_m = draw_range(rng, 1200, 2600),
        .noise_db = draw_range(rng, 1.5, 3.5),
        .weak_dbm = {[RADIO_GSM] = -94, [RADIO_LTE] = -110, [RADIO_NR] = -110},
        .weak_share = draw_range(rng, 0.10, 0.22),
        .muddle = draw_range(rng, 0.08, 0.20),
        .sectors = 3,
        .listed = 6,
        .driven = 0.3,
        .report_m = 25,
        .tilts = 0.32,
        .pointed = 0.45,
        .told = 0.7,
        .wordy = 0.78,
        .wall_db = 12,
        .rooms_db = 4,
        .roads_db = 5,
    };
    for (size_t i = 0; i < LAWS; i++)
        if (isfinite(county->wish.law[i]))
            *(double *)((char *)&county->laws + law_table[i].offset) = county->wish.law[i];
}

/* A number of about normal law for a lattice node: four uniform 16-bit parts, summed. */
static double node_normal(uint64_t seed, int64_t ix, int64_t iy)
{
    uint64_t h = hash_mix(seed ^ hash_mix((uint64_t)ix * 0x9e3779b97f4a7c15U ^ (uint64_t)iy));
    double sum = (double)(h & 0xffff) + (double)(h >> 16 & 0xffff) +
                 (double)(h >> 32 & 0xffff) + (double)(h >> 48);
    return (sum / 65536 - 2) * 1.7320508;
}

/* A smooth field of mean 0 and deviation 1 with the given grain. */
static double field_at(uint64_t seed, struct xy at, double grain_m)
{
    double u = at.x_m / grain_m, v = at.y_m / grain_m;
    int64_t ix = (int64_t)floor(u), iy = (int64_t)floor(v);
    double fx = u - (double)ix, fy = v - (double)iy;
    fx = fx * fx * (3 - 2 * fx);
    fy = fy * fy * (3 - 2 * fy);
    double w[4] = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
    double sum = 0, square = 0;
    for (int i = 0; i < 4; i++) {
        sum += w[i] * node_normal(seed, ix + i % 2, iy + i / 2);
        square += w[i] * w[i];
    }
    return sum / sqrt(square);
}

static double hill_height_m(const struct county *county, struct xy at)
{
    uint64_t seed = hash_mix(county->wish.seed ^ 0x67726f756e64);
    double gentle = 60 + 6 * field_at(seed, at, 3000);
    if (county->wish.relief_m <= 0)
        return gentle;
    double ridge = 1 - fabs(field_at(seed + 1, at, 5200)) / 1.6;
    double shape = 0.5 * fmax(0, ridge) + 0.18 * field_at(seed + 2, at, 2100) +
                   0.05 * field_at(seed + 3, at, 800);
    /* the town lies in the valley */
    double away = 1 - exp(-hypot(at.x_m, at.y_m) / 3000);
    return gentle + county->wish.relief_m * shape * away;
}

/* The raster reaches this far beyond the county, for phones at its edge. */
static const double margin_m = 1200;

void ground_raise(struct county *county)
{
    int side = (int)(2 * (county->half_m + margin_m) / HEIGHT_STEP_M) + 2;
    county->height_side = side;
    county->height_m = base_alloc((size_t)side * (size_t)side, sizeof(float));
    for (int i = 0; i < side * side; i++) {
        double low = -county->half_m - margin_m;
        struct xy at = {low + i % side * HEIGHT_STEP_M, low + i / side * HEIGHT_STEP_M};
        county->height_m[i] = (float)hill_height_m(county, at);
    }
}

double ground_height_m(const struct county *county, struct xy at)
{
    double low = -county->half_m - margin_m, last = county->height_side - 1.001;
    double u = BASE_MIN(BASE_MAX((at.x_m - low) / HEIGHT_STEP_M, 0), last);
    double v = BASE_MIN(BASE_MAX((at.y_m - low) / HEIGHT_STEP_M, 0), last);
    int ix = (int)u, iy = (int)v;
    const float *h = county->height_m + (size_t)iy * (size_t)county->height_side + ix;
    double fx = u - ix, fy = v - iy;
    return (h[0] * (1 - fx) + h[1] * fx) * (1 - fy) +
           (h[county->height_side] * (1 - fx) + h[county->height_side + 1] * fx) * fy;
}

/* Knife edge over the worst obstacle. Source: the J(v) approximation of ITU-R P.526-15 (31). */
static double edge_loss_db(const struct county *county, const struct mast *mast, struct xy at,
                           double distance_m)
{
    double top = ground_height_m(county, mast->at) + mast->height_m;
    double end = ground_height_m(county, at) + 1.5, worst = -10;
    int steps = (int)BASE_MIN(BASE_MAX(distance_m / 90, 4), 60);
    for (int i = 1; i < steps; i++) {
        double t = (double)i / steps, d1 = t * distance_m, d2 = distance_m - d1;
        struct xy p = {mast->at.x_m + t * (at.x_m - mast->at.x_m),
                       mast->at.y_m + t * (at.y_m - mast->at.y_m)};
        double over = ground_height_m(county, p) - (top + t * (end - top));
        worst = fmax(worst, over * sqrt(2 * distance_m / (0.2 * d1 * d2)));
    }
    if (worst <= -0.78)
        return 0;
    double v = worst - 0.1;
    return fmin(28, 6.9 + 20 * log10(sqrt(v * v + 1) + v));
}

/* Loss that grows with the way; 0 at 100 m. */
static double way_loss_db(const struct laws *laws, double way_m)
{
    double turn_m = fmax(laws->break_m, 100);
    if (!(laws->break_m > 0))
        return 10 * laws->exponent * log10(way_m / 100);
    return 10 * laws->near_exponent * log10(fmin(way_m, turn_m) / 100) +
           10 * laws->exponent * log10(fmax(way_m, turn_m) / turn_m);
}

/* What hides the place from everybody, and from this site alone. */
static double shadow_at_db(const struct county *county, int site, struct xy at)
{
    const struct laws *laws = &county->laws;
    uint64_t seed = hash_mix(county->wish.seed ^ 0x736861646f77);
    double common = 0.8 * field_at(seed, at, laws->shadow_m * 1.5) +
                    0.6 * field_at(seed + 1, at, laws->shadow_m * 6);
    double own = field_at(seed + 2 + (uint64_t)site, at, laws->shadow_m * 1.5);
    return laws->shadow_db * (sqrt(laws->shared) * common + sqrt(1 - laws->shared) * own);
}

/* Loss from a mast to a phone beyond what frequency and antenna make. */
static double mast_loss_db(const struct county *county, int site, struct xy at,
                           double distance_m)
{
    const struct laws *laws = &county->laws;
    const struct mast *mast = &county->masts[site];
    double d = fmax(distance_m, 30);
    double loss = way_loss_db(laws, d) - 12 * log10(mast->height_m / 30);
    if (county->wish.relief_m > 0)
        loss += edge_loss_db(county, mast, at, d);
    loss += laws->town_db * exp(-hypot(at.x_m, at.y_m) / laws->town_m);
    return loss + shadow_at_db(county, site, at);
}

/* Keep the nearest MOST_HEARD in order of distance. */
static void keep_near(struct hearing *hearing, double distance_m[], int site, double d_m)
{
    int i = hearing->count;
    if (i < MOST_HEARD)
        hearing->count++;
    else if (distance_m[--i] <= d_m)
        return;
    for (; i > 0 && distance_m[i - 1] > d_m; i--) {
        distance_m[i] = distance_m[i - 1];
        hearing->of[i] = hearing->of[i - 1];
    }
    distance_m[i] = d_m;
    hearing->of[i].site = site;
}

void ground_hear(const struct county *county, struct xy at, struct hearing *hearing)
{
    double distance_m[MOST_HEARD];
    hearing->count = 0;
    for (int i = 0; i < county->mast_count; i++) {
        double d = xy_distance_m(county->masts[i].at, at);
        if (d < 12000)
            keep_near(hearing, distance_m, i, d);
    }
    double here = ground_height_m(county, at) + 1.5;
    for (int i = 0; i < hearing->count; i++) {
        struct heard *heard = &hearing->of[i];
        const struct mast *mast = &county->masts[heard->site];
        double top = ground_height_m(county, mast->at) + mast->height_m;
        heard->loss_db = mast_loss_db(county, heard->site, at, distance_m[i]);
        heard->bearing_deg = xy_bearing_deg(mast->at, at);
        heard->drop_deg = atan2(top - here, fmax(distance_m[i], 10)) * 180 / M_PI;
    }
}

/* A parabola with this county's widths, floors and ripple. */
static double antenna_loss_db(const struct laws *laws, double off_deg, double above_deg)
{
    double h = off_deg / laws->hbw_deg, v = above_deg / laws->vbw_deg;
    double across = fmin(12 * h * h, laws->back_db) +
                    (fabs(off_deg) > 80 ? laws->ripple_db * sin(off_deg * 0.14) : 0);
    return fmin(across + fmin(12 * v * v, laws->side_db), laws->back_db + laws->ripple_db);
}

/* Free space at 100 m and what the seed's ground takes more, for one radio. */
static double first_loss_db(const struct county *county, enum radio radio, double frequency_mhz)
{
    return 20 * log10(frequency_mhz) + 12.45 + county->laws.offset_db[radio];
}

static double sector_level_dbm(const struct county *county, int index,
                               const struct heard *heard, const struct view *view)
{
    const struct sector *s = &county->sectors[index];
    double azimuth = view->as_table ? s->azimuth_deg : s->true_azimuth_deg;
    double tilt = view->as_table ? s->tilt_deg : s->true_tilt_deg;
    double off = angle_turn_deg(azimuth + s->bend_deg, heard->bearing_deg);
    double drop = view->at_s == TIME_ABSENT ? 0 : event_drop_db(county, index, view->at_s);
    return s->power_dbm + s->gain_dbi - drop - heard->loss_db -
           first_loss_db(county, s->radio, s->frequency_mhz) -
           antenna_loss_db(&county->laws, off, heard->drop_deg - tilt);
}

/* Keep the `most` strongest, best first; returns the new count. */
static int keep_strong(struct best out[], int count, int most, struct best one)
{
    int i = count;
    if (i < most)
        count++;
    else if (out[--i].level_dbm >= one.level_dbm)
        return count;
    for (; i > 0 && out[i - 1].level_dbm < one.level_dbm; i--)
        out[i] = out[i - 1];
    out[i] = one;
    return count;
}

int ground_strongest(const struct county *county, const struct hearing *hearing,
                     enum radio radio, const struct view *view, struct best out[], int most)
{
    int count = 0;
    for (int i = 0; i < hearing->count; i++) {
        const struct mast *mast = &county->masts[hearing->of[i].site];
        for (int k = 0; k < mast->sector_count; k++) {
            int s = mast->first_sector + k;
            if (county->sectors[s].radio != radio)
                continue;
            double level = sector_level_dbm(county, s, &hearing->of[i], view);
            count = keep_strong(out, count, most, (struct best){s, level});
        }
    }
    return count;
}

struct best ground_best(const struct county *county, const struct hearing *hearing,
                        enum radio radio, const struct view *view)
{
    struct best one = {-1, -200};
    ground_strongest(county, hearing, radio, view, &one, 1);
    return one;
}

double plan_level_dbm(const struct county *county, const struct planned *plan, struct xy at)
{
    const struct laws *laws = &county->laws;
    double d = fmax(xy_distance_m(plan->at, at), 30);
    struct mast mast = {.at = plan->at, .height_m = 35};
    double loss = way_loss_db(laws, d) - 12 * log10(35.0 / 30);
    if (county->wish.relief_m > 0)
        loss += edge_loss_db(county, &mast, at, d);
    loss += laws->town_db * exp(-hypot(at.x_m, at.y_m) / laws->town_m);
    int site = MOST_SITES + (int)(plan - county->plans);
    loss += laws->plan_shadow * shadow_at_db(county, site, at);
    double here = ground_height_m(county, at) + 1.5;
    double drop = atan2(ground_height_m(county, plan->at) + 35 - here, d) * 180 / M_PI;
    double bearing = xy_bearing_deg(plan->at, at), least = 200;
    for (int k = 0; k < 3; k++)
        least = fmin(least, antenna_loss_db(laws, angle_turn_deg(k * 120, bearing), drop - 6));
    for (int s = 0; s < county->sector_count; s++) {
        const struct sector *like = &county->sectors[s];
        if (like->radio == plan->radio)
            return like->power_dbm + like->gain_dbi - loss - least -
                   first_loss_db(county, plan->radio, like->frequency_mhz);
    }
    return -200;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool draw_inside_house(struct county *county)
{
    return county->laws.indoors > 0 && draw_chance(&county->rng, county->laws.indoors);
}

double wall_draw_db(struct county *county, bool inside)
{
    return inside ? fmax(0, county->laws.wall_db + 5 * rng_normal(&county->rng)) : 0;
}

void ground_settle(struct county *county)
{
    enum { PEOPLE = 1500 };
    double level[RADIO_COUNT][PEOPLE];
    struct view view = {.at_s = TIME_ABSENT};
    for (int i = 0; i < PEOPLE; i++) {
        const struct spot *spot = &county->spots[draw_spot(county)];
        struct hearing hearing;
        ground_hear(county, draw_near(&county->rng, spot->at, spot->spread_m), &hearing);
        double wall_db = wall_draw_db(county, draw_inside_house(county));
        for (int r = 0; r < RADIO_COUNT; r++)
            level[r][i] = ground_best(county, &hearing, r, &view).level_dbm - wall_db;
    }
    for (int r = 0; r < RADIO_COUNT; r++) {
        qsort(level[r], PEOPLE, sizeof level[r][0], compare_numbers);
        double at_share = level[r][(int)(county->laws.weak_share * PEOPLE)];
        if (county->wish.has[r])
            county->laws.offset_db[r] += at_share - county->laws.weak_dbm[r];
    }
}

enum status ground_write(const struct county *county, struct error *error)
{
    FILE *file = county_open(county, "dem.asc", NULL, error);
    if (file == NULL)
        return error->status;
    const double step_deg = 0.00097;
    struct point low = county_point(county, (struct xy){-county->half_m, -county->half_m});
    struct point high = county_point(county, (struct xy){county->half_m, county->half_m});
    int columns = (int)((high.lon - low.lon) / step_deg) + 9;
    int rows = (int)((high.lat - low.lat) / step_deg) + 9;
    fprintf(file,
            "ncols %d\nnrows %d\nxllcorner %.8f\nyllcorner %.8f\ncellsize %.5f\n"
            "NODATA_value -9999\n",
            columns, rows, low.lon - 4 * step_deg, low.lat - 4 * step_deg, step_deg);
    double x_step = 2 * county->half_m * step_deg / (high.lon - low.lon);
    double y_step = 2 * county->half_m * step_deg / (high.lat - low.lat);
    for (int row = rows - 1; row >= 0; row--)
        for (int column = 0; column < columns; column++) {
            struct xy at = {-county->half_m + (column - 3.5) * x_step,
                            -county->half_m + (row - 3.5) * y_step};
            fprintf(file, "%.0f%c", ground_height_m(county, at),
                    column + 1 < columns ? ' ' : '\n');
        }
    return county_close(file, error);
}
