#include "models/verdict/reach.h"

#include <math.h>

#include "geo/index.h"

/* Classes of distance: up to 100 m, then each a third longer. */
static const double FIRST_M = 100, STEP = 1.33;

static int class_of(double way_m)
{
    if (way_m <= FIRST_M)
        return 0;
    return (int)fmin(REACH_CLASSES - 1, ceil(log(way_m / FIRST_M) / log(STEP)));
}

struct counts {
    double asked[REACH_CLASSES], strongest[REACH_CLASSES];
};

/* The cell with the highest mean among the bins of one square. */
static uint32_t strongest_of(const struct world *world, struct bin_range range)
{
    size_t best = range.first;
    for (size_t b = range.first + 1; b < range.end; b++)
        if (world->bins[b].mean_dbm > world->bins[best].mean_dbm)
            best = b;
    return world->bins[best].cell;
}

/* Every cell of the strongest one's technology that looks at the square, by distance. */
static void count_square(const struct world *world, struct xy at, uint32_t strongest,
                         struct counts *counts)
{
    enum { SITES = 48 };
    static const double LOBE_DEG = 60, FARTHEST_M = 6000;
    struct neighbour near[SITES];
    size_t sites = index_near(world->site_index, at, FARTHEST_M, near, SITES);
    for (size_t i = 0; i < sites; i++) {
        const struct site *site = &world->sites[near[i].id];
        double bearing_deg = xy_bearing_deg(site->xy, at);
        for (uint32_t c = 0; c < site->cell_count; c++) {
            uint32_t id = world->site_cells[site->first_cell + c];
            const struct cell *cell = &world->cells[id];
            if (cell->rat != world->cells[strongest].rat ||
                fabs(angle_turn_deg(cell->azimuth_deg, bearing_deg)) > LOBE_DEG)
                continue;
            int k = class_of(near[i].distance_m);
            counts->asked[k]++;
            counts->strongest[k] += id == strongest;
        }
    }
}

/* Shares that never rise: neighbours that do are joined until none does. */
static void pool(const struct counts *counts, struct reach_curve *curve)
{
    double hits[REACH_CLASSES], asked[REACH_CLASSES];
    int width[REACH_CLASSES], blocks = 0;
    for (int k = 0; k < REACH_CLASSES; k++) {
        hits[blocks] = counts->strongest[k] + 0.5;
        asked[blocks] = counts->asked[k] + 1;
        width[blocks++] = 1;
        while (blocks > 1 &&
               hits[blocks - 1] * asked[blocks - 2] > hits[blocks - 2] * asked[blocks - 1]) {
            blocks--;
            hits[blocks - 1] += hits[blocks];
            asked[blocks - 1] += asked[blocks];
            width[blocks - 1] += width[blocks];
        }
    }
    for (int b = 0, k = 0; b < blocks; b++)
        for (int i = 0; i < width[b]; i++)
            curve->share[k++] = hits[b] / asked[b];
}

struct reach_curve reach_of(const struct world *world)
{
    enum { SQUARES = 3000 };
    struct reach_curve curve;
    struct counts counts = {{0}, {0}};
    double side_m = RULE_VALUE(&world->rules, bin_m);
    size_t step = BASE_MAX(world->bin_count / SQUARES, (size_t)1);
    for (size_t b = 0; b < world->bin_count; b += step) {
        int32_t ix = world->bins[b].ix, iy = world->bins[b].iy;
        struct xy middle = {(ix + 0.5) * side_m, (iy + 0.5) * side_m};
        count_square(world, middle, strongest_of(world, world_bins_at(world, ix, iy)), &counts);
    }
    for (int k = 0; k < REACH_CLASSES; k++)
        curve.share[k] = 1;
    if (world->bin_count)
        pool(&counts, &curve);
    return curve;
}

double reach_share(const struct reach_curve *curve, double way_m)
{
    return curve->share[class_of(way_m)];
}
