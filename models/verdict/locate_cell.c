#include "models/verdict/locate_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/index.h"

/* Our choices; see README, "Positions". */
#define LEVEL_SCALE_DB   3.0 /* how sharply the stronger cell serves, on measured means */
#define SITE_SCALE_DB    5.5 /* between masts: shadowing of 7 dB on each, as a logistic scale */
#define SECTOR_SCALE_DB  3.0 /* between the sectors of a mast, which share their shadows */
#define LOSS_SLOPE_DB    37.0 /* path loss per decade of distance, TR 38.901 UMa NLOS: 39 */
#define PATTERN_FLOOR_DB 25.0 /* front to back, TR 36.814 table A.2.1.1-2 */
#define USUAL_HBW_DEG    65.0
#define LEAST_WAY_M      50.0
#define PRIOR_SQUARES    0.5 /* weight of geometry against measured squares */
#define LEAST_REACH_M    600.0
#define MOST_REACH_M     15000.0

#define RIVALS_SQUARE_M 100.0 /* other masts compete as at its middle */

enum { SITES = 8, LOSSES = 64 };

/* A cell's share of one square. */
struct square {
    int32_t ix, iy;
    float share;
};

struct footprints {
    const struct world *world;
    double bin_m;
    struct square *squares; /* grouped by cell, ordered by iy, ix */
    size_t *first;          /* cell_count + 1 offsets */
};

/* ---- measured shares ---------------------------------------------------------------- */

static size_t square_end(const struct world *world, size_t i)
{
    size_t j = i;
    while (j < world->bin_count && world->bins[j].ix == world->bins[i].ix &&
           world->bins[j].iy == world->bins[i].iy)
        j++;
    return j;
}

/* Weight of a bin within its square: by who was seen serving if that was recorded, else by
 * level against the strongest of the same technology. */
static double bin_weight(const struct world *world, size_t i, size_t first, size_t end)
{
    const struct bin *bin = &world->bins[i];
    enum rat rat = world->cells[bin->cell].rat;
    double strongest = -INFINITY;
    uint64_t serving = 0;
    for (size_t k = first; k < end; k++) {
        if (world->cells[world->bins[k].cell].rat != rat)
            continue;
        serving += world->bins[k].serving;
        strongest = fmax(strongest, (double)world->bins[k].mean_dbm);
    }
    double by_level = exp(((double)bin->mean_dbm - strongest) / LEVEL_SCALE_DB);
    return serving ? (double)bin->serving / (double)serving + 0.05 * by_level : by_level;
}

static void share_square(struct footprints *f, size_t first, size_t end, size_t *fill)
{
    const struct world *world = f->world;
    double sums[RAT_COUNT] = {0};
    for (size_t i = first; i < end; i++)
        sums[world->cells[world->bins[i].cell].rat] += bin_weight(world, i, first, end);
    for (size_t i = first; i < end; i++) {
        const struct bin *bin = &world->bins[i];
        double sum = sums[world->cells[bin->cell].rat];
        float share = (float)(sum > 0 ? bin_weight(world, i, first, end) / sum : 0);
        size_t at = fill[bin->cell];
        struct square *last = at > f->first[bin->cell] ? &f->squares[at - 1] : NULL;
        if (last && last->ix == bin->ix && last->iy == bin->iy)
            last->share += share; /* its other kind of measurements */
        else
            f->squares[fill[bin->cell]++] = (struct square){bin->ix, bin->iy, share};
    }
}

/* Squares were counted once per bin; those merged leave holes at the end of a cell's part. */
static void close_holes(struct footprints *f, const size_t *fill)
{
    size_t to = 0;
    for (size_t c = 0; c < f->world->cell_count; c++) {
        size_t count = fill[c] - f->first[c];
        memmove(f->squares + to, f->squares + f->first[c], count * sizeof *f->squares);
        f->first[c] = to;
        to += count;
    }
    f->first[f->world->cell_count] = to;
}

struct footprints *footprints_new(const struct world *world)
{
    struct footprints *f = base_alloc(1, sizeof *f);
    f->world = world;
    f->bin_m = RULE_VALUE(&world->rules, bin_m);
    f->first = base_alloc(world->cell_count + 2, sizeof *f->first);
    f->squares = base_alloc(world->bin_count, sizeof *f->squares);
    for (size_t i = 0; i < world->bin_count; i++)
        f->first[world->bins[i].cell + 1]++;
    for (size_t c = 0; c < world->cell_count; c++)
        f->first[c + 1] += f->first[c];
    size_t *fill = base_alloc(world->cell_count + 1, sizeof *fill);
    memcpy(fill, f->first, world->cell_count * sizeof *fill);
    for (size_t i = 0; i < world->bin_count;) {
        size_t end = square_end(world, i);
        share_square(f, i, end, fill);
        i = end;
    }
    close_holes(f, fill);
    free(fill);
    return f;
}

void footprints_free(struct footprints *f)
{
    if (!f)
        return;
    free(f->squares);
    free(f->first);
    free(f);
}

/* The cell's share of a square, 0 when it was not heard there. */
static double square_share(const struct footprints *f, uint32_t cell, int32_t ix, int32_t iy)
{
    size_t low = f->first[cell], high = f->first[cell + 1], end = high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct square *s = &f->squares[middle];
        if (s->iy < iy || (s->iy == iy && s->ix < ix))
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && f->squares[low].ix == ix && f->squares[low].iy == iy
               ? (double)f->squares[low].share
               : 0;
}

/* ---- geometry ----------------------------------------------------------------------- */

/* From an antenna's place: sectors of one mast share it. */
struct way_to {
    struct xy from, at;
    double loss_db, bearing_deg;
};

static void way_from(struct way_to *way, struct xy from)
{
    if (way->from.x_m == from.x_m && way->from.y_m == from.y_m)
        return;
    way->from = from;
    way->loss_db = LOSS_SLOPE_DB * log10(fmax(xy_distance_m(from, way->at), LEAST_WAY_M));
    way->bearing_deg = xy_bearing_deg(from, way->at);
}

static double loss_db(const struct cell *cell, struct way_to *way)
{
    way_from(way, cell->xy);
    double loss = way->loss_db;
    if (cell->coverage == COVERAGE_INDOOR)
        return loss + PATTERN_FLOOR_DB;
    if (isnan(cell->azimuth_deg))
        return loss;
    double hbw = isnan(cell->hbw_deg) || cell->hbw_deg <= 0 ? USUAL_HBW_DEG : cell->hbw_deg;
    double off = angle_turn_deg(cell->azimuth_deg, way->bearing_deg) / hbw;
    return loss + fmin(12 * off * off, PATTERN_FLOOR_DB);
}

/* A mast's least loss and, if asked for, the share that `cell` has among its sectors. */
static double mast_loss_db(const struct world *world, const struct site *site, uint32_t cell,
                           struct xy at, double *share)
{
    double least = INFINITY, sum = 0, own = INFINITY;
    enum rat rat = world->cells[cell].rat;
    double losses[LOSSES];
    struct way_to way = {.from = {NAN, NAN}, .at = at};
    size_t count = 0;
    for (uint32_t k = 0; k < site->cell_count && count < LOSSES; k++) {
        uint32_t other = world->site_cells[site->first_cell + k];
        if (world->cells[other].rat != rat)
            continue;
        losses[count] = loss_db(&world->cells[other], &way);
        least = fmin(least, losses[count]);
        if (other == cell)
            own = losses[count];
        count++;
    }
    if (!share)
        return least;
    for (size_t k = 0; k < count; k++)
        sum += exp((least - losses[k]) / SECTOR_SCALE_DB);
    *share = sum > 0 ? exp((least - own) / SECTOR_SCALE_DB) / sum : 0;
    return least;
}

/* ---- what lies around a square ----------------------------------------------------------- */

enum { AROUND = 9, KEPT = 1 << 12 };

struct square_key {
    int32_t ix, iy;
    enum rat rat;
    bool known;
};

/* A bin's square and those around it: which were measured, by bits, and their weight. */
struct measured {
    struct square_key key;
    uint32_t which;
    double mass;
};

/* The masts that compete in a square for phones of a technology. */
struct rivals {
    struct square_key key;
    uint32_t masts[SITES];
    double pulls[SITES]; /* exp(-least loss / SITE_SCALE_DB) */
    size_t count;
};

/* Kept by hash of the square; a newcomer takes the place. */
struct footprint_view {
    const struct footprints *footprints;
    double weights[AROUND];
    struct measured *measured;
    struct rivals *rivals;
};

struct footprint_view *footprint_view_new(const struct footprints *footprints)
{
    struct footprint_view *view = base_alloc(1, sizeof *view);
    view->footprints = footprints;
    view->measured = base_alloc(KEPT, sizeof *view->measured);
    view->rivals = base_alloc(KEPT, sizeof *view->rivals);
    for (int i = 0; i < AROUND; i++) {
        int dx = i % 3 - 1, dy = i / 3 - 1;
        view->weights[i] = exp(-0.5 * (dx * dx + dy * dy));
    }
    return view;
}

void footprint_view_free(struct footprint_view *view)
{
    if (!view)
        return;
    free(view->measured);
    free(view->rivals);
    free(view);
}

static struct square_key square_of(struct xy at, double side_m, enum rat rat)
{
    return (struct square_key){(int32_t)floor(at.x_m / side_m), (int32_t)floor(at.y_m / side_m),
                               rat, true};
}

static size_t slot_of(struct square_key key)
{
    return hash_mix((uint64_t)(uint32_t)key.ix << 32 | (uint32_t)key.iy) & (KEPT - 1);
}

static bool same_square(struct square_key a, struct square_key b)
{
    return a.known && b.known && a.ix == b.ix && a.iy == b.iy && a.rat == b.rat;
}

static const struct measured *measured_at(struct footprint_view *view, struct xy at)
{
    struct square_key key = square_of(at, view->footprints->bin_m, RAT_UNKNOWN);
    struct measured *kept = &view->measured[slot_of(key)];
    if (same_square(kept->key, key))
        return kept;
    *kept = (struct measured){.key = key};
    for (int i = 0; i < AROUND; i++) {
        struct bin_range range =
            world_bins_at(view->footprints->world, key.ix + i % 3 - 1, key.iy + i / 3 - 1);
        if (range.first == range.end)
            continue;
        kept->which |= 1U << i;
        kept->mass += view->weights[i];
    }
    return kept;
}

static const struct rivals *rivals_at(struct footprint_view *view, uint32_t cell, struct xy at)
{
    const struct world *world = view->footprints->world;
    struct square_key key = square_of(at, RIVALS_SQUARE_M, world->cells[cell].rat);
    struct rivals *kept = &view->rivals[slot_of(key)];
    if (same_square(kept->key, key))
        return kept;
    struct xy middle = {(key.ix + 0.5) * RIVALS_SQUARE_M, (key.iy + 0.5) * RIVALS_SQUARE_M};
    struct neighbour near[SITES];
    *kept = (struct rivals){.key = key};
    kept->count = index_nearest(world->site_index, middle, near, SITES);
    for (size_t i = 0; i < kept->count; i++) {
        kept->masts[i] = near[i].id;
        double loss = mast_loss_db(world, &world->sites[near[i].id], cell, middle, NULL);
        kept->pulls[i] = exp(-loss / SITE_SCALE_DB);
    }
    return kept;
}

/* Share by path loss: of its mast among the nearest ones, and of its mast's sectors. */
static double geometric_share(struct footprint_view *view, uint32_t cell, struct xy at)
{
    const struct world *world = view->footprints->world;
    const struct rivals *rivals = rivals_at(view, cell, at);
    uint32_t home = world->cells[cell].site;
    double share, others = 0;
    double own_db = mast_loss_db(world, &world->sites[home], cell, at, &share);
    for (size_t i = 0; i < rivals->count; i++)
        if (rivals->masts[i] != home)
            others += rivals->pulls[i];
    return share / (1 + exp(own_db / SITE_SCALE_DB) * others);
}

double footprint_share(struct footprint_view *view, uint32_t cell, struct xy at)
{
    const struct measured *around = measured_at(view, at);
    double share = 0;
    for (int i = 0; i < AROUND; i++)
        if (around->which & 1U << i)
            share += view->weights[i] * square_share(view->footprints, cell,
                                                     around->key.ix + i % 3 - 1,
                                                     around->key.iy + i / 3 - 1);
    double prior = geometric_share(view, cell, at);
    return (share + PRIOR_SQUARES * prior) / (around->mass + PRIOR_SQUARES);
}

/* ---- reach -------------------------------------------------------------------------- */

struct way {
    double way_m, share;
};

static int by_way(const void *a, const void *b)
{
    const struct way *x = a, *y = b;
    return (x->way_m > y->way_m) - (x->way_m < y->way_m);
}

static double measured_reach_m(const struct footprints *f, uint32_t cell)
{
    size_t first = f->first[cell], count = f->first[cell + 1] - first;
    struct way *ways = base_alloc(count, sizeof *ways);
    double sum = 0, passed = 0, reach_m = 0;
    for (size_t i = 0; i < count; i++) {
        const struct square *s = &f->squares[first + i];
        struct xy middle = {(s->ix + 0.5) * f->bin_m, (s->iy + 0.5) * f->bin_m};
        ways[i] =
            (struct way){xy_distance_m(middle, f->world->cells[cell].xy), (double)s->share};
        sum += (double)s->share;
    }
    base_sort(ways, count, sizeof *ways, by_way);
    for (size_t i = 0; i < count && passed < 0.9 * sum; i++) {
        passed += ways[i].share;
        reach_m = ways[i].way_m;
    }
    free(ways);
    return reach_m;
}

double footprint_reach_m(const struct footprints *f, uint32_t cell)
{
    struct neighbour near[4];
    size_t count = index_nearest(f->world->site_index, f->world->cells[cell].xy, near, 4);
    double spacing_m = count ? near[count - 1].distance_m : 0;
    double reach_m = fmax(measured_reach_m(f, cell), 1.5 * spacing_m);
    return fmin(fmax(reach_m, LEAST_REACH_M), MOST_REACH_M);
}
