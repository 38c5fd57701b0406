/* Kriging of residuals: the covariance of what masts and places share, the observations near a
 * place, and the best linear prediction from them.
 * Source: N. Cressie, "Statistics for Spatial Data", 1993, clause 3.2 (simple kriging). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/surface_parts.h"

static const double TILE_M = 150;
/* How far observations are looked for, in tiles: step by step. */
static const int32_t rings[] = {0, 1, 2, 4, 6, 9};
/* Beyond so many ranges of the correlation they speak only where nobody is nearer. */
static const double RANGES_ENOUGH = 3.5;
/* Sources of one prediction: of the mast by each kind, where there is one kind alone, absences,
 * of other masts, there where there is one kind. Fewer of the first two cost accuracy on blocks
 * held out; more of any gain none. */
enum {
    NEAR_MAST = 10,
    NEAR_ALONE = 14,
    NEAR_ABSENT = 4,
    NEAR_OTHERS = 6,
    NEAR_OTHERS_ALONE = 12,
    AROUND = 28
};

/* ---- covariance ---------------------------------------------------------------------- */

static double correlation(const struct kernel *kernel, double distance_m, double range_m)
{
    double h = distance_m / range_m;
    if (!kernel->smooth)
        return exp(-h);
    h *= sqrt(3.0);
    return (1 + h) * exp(-h);
}

void kernel_fill(struct kernel *kernel)
{
    /* Beyond eight ranges the smooth part is gone and only constants stay. */
    double far_m = 8 * kernel->range_m;
    kernel->steps_per_m = KERNEL_STEPS / far_m;
    for (int i = 0; i <= KERNEL_STEPS + 1; i++) {
        double h = i / kernel->steps_per_m;
        double near = correlation(kernel, h, kernel->range_m);
        double wide = exp(-h / (6 * kernel->range_m));
        double place = kernel->place_db2 * near;
        double mast = place + kernel->mast_db2 * near + kernel->wide_db2 * wide;
        kernel->table[KIN_PLACE][i] = (float)place;
        kernel->table[KIN_MAST][i] = (float)mast;
        kernel->table[KIN_CELL][i] =
            (float)(mast + kernel->cell_db2 * near + kernel->constant_db2);
    }
}

double kernel_total_db2(const struct kernel *kernel)
{
    return kernel->place_db2 + kernel->mast_db2 + kernel->cell_db2 + kernel->wide_db2 +
           kernel->constant_db2;
}

static float covariance(const struct kernel *kernel, enum kinship kin, float dx, float dy)
{
    float step = sqrtf(dx * dx + dy * dy) * (float)kernel->steps_per_m;
    if (!(step < KERNEL_STEPS))
        step = KERNEL_STEPS;
    int low = (int)step;
    float part = step - (float)low;
    const float *table = kernel->table[kin];
    return table[low] + (table[low + 1] - table[low]) * part;
}

/* What two observations of one mast share: what all masts share there, by distance, and what is
 * special to the mast or the cell, which reaches farther along the ray than across it. Lengths
 * across go with the distance from the mast, which the factor pays for.
 * Source: C. Paciorek, M. Schervish, "Spatial modelling using a new class of nonstationary
 * covariance functions", Environmetrics 17, 2006, equation (8). */
static float covariance_along(const struct kernel *kernel, enum kinship kin, const float d[2],
                              const float mast_m[2])
{
    float place = covariance(kernel, KIN_PLACE, d[0], d[1]);
    float along = mast_m[0] - mast_m[1];
    float squares = mast_m[0] * mast_m[0] + mast_m[1] * mast_m[1];
    float share = 2 * mast_m[0] * mast_m[1] / squares;
    float across2 = fmaxf(d[0] * d[0] + d[1] * d[1] - along * along, 0) * share;
    float h = sqrtf(across2 + along * along / (float)(kernel->stretch * kernel->stretch));
    return place +
           share * (covariance(kernel, kin, h, 0) - covariance(kernel, KIN_PLACE, h, 0));
}

/* ---- which are near ------------------------------------------------------------------ */

static int32_t tile_of(double m)
{
    return (int32_t)floor(m / TILE_M);
}

struct sorted {
    int32_t x, y;
    uint32_t group, from;
};

static int by_group_and_tile(const void *a, const void *b)
{
    const struct sorted *p = a, *q = b;
    if (p->group != q->group)
        return p->group < q->group ? -1 : 1;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->from < q->from ? -1 : p->from > q->from;
}

/* The rows of each group; one more at the end closes the last. */
static void index_rows(struct observation_index *index, const struct sorted *order)
{
    size_t rows = 0, group = 0;
    for (size_t i = 0; i < index->count; i++) {
        const struct sorted *it = &order[i];
        bool starts = i == 0 || it->group != order[i - 1].group || it->y != order[i - 1].y;
        while (group <= it->group)
            index->group_rows[group++] = rows;
        if (starts)
            index->rows[rows++] = (struct tile_row){it->y, (uint32_t)i};
    }
    while (group <= index->group_count)
        index->group_rows[group++] = rows;
    index->rows[rows].first = (uint32_t)index->count;
}

void index_build(struct observation_index *index, struct observation *items, size_t count,
                 const uint32_t *groups, size_t group_count)
{
    struct sorted *order = base_alloc(count, sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct sorted){tile_of(items[i].x_m), tile_of(items[i].y_m), groups[i],
                                   (uint32_t)i};
    base_sort(order, count, sizeof *order, by_group_and_tile);
    *index = (struct observation_index){
        .items = base_alloc(count, sizeof *items),
        .tile_x = base_alloc(count, sizeof *index->tile_x),
        .rows = base_alloc(count + 1, sizeof *index->rows),
        .group_rows = base_alloc(group_count + 1, sizeof *index->group_rows),
        .group_count = group_count,
        .count = count};
    for (size_t i = 0; i < count; i++) {
        index->items[i] = items[order[i].from];
        index->tile_x[i] = order[i].x;
    }
    index_rows(index, order);
    free(order);
}

void index_drop(struct observation_index *index)
{
    free(index->items);
    free(index->tile_x);
    free(index->rows);
    free(index->group_rows);
    *index = (struct observation_index){0};
}

/* What is looked for, and the nearest found so far in order of distance. */
struct search {
    float x_m, y_m;
    uint32_t without_block, without_site;
    uint32_t without_cell, only_cell; /* UINT32_MAX: none, any */
    size_t want, found;
    double enough_m; /* whoever is farther says little where anybody is nearer */
    float distance2[NEAR_AT_MOST];
    const struct observation *items[NEAR_AT_MOST];
};

static void search_offer(struct search *search, const struct observation *item)
{
    float dx = item->x_m - search->x_m, dy = item->y_m - search->y_m;
    float d2 = dx * dx + dy * dy;
    if (search->found == search->want && d2 >= search->distance2[search->found - 1])
        return;
    if (item->site == search->without_site || item->block == search->without_block ||
        item->cell == search->without_cell ||
        (search->only_cell != UINT32_MAX && item->cell != search->only_cell))
        return;
    size_t at = search->found < search->want ? search->found++ : search->found - 1;
    while (at > 0 && search->distance2[at - 1] > d2) {
        search->distance2[at] = search->distance2[at - 1];
        search->items[at] = search->items[at - 1];
        at--;
    }
    search->distance2[at] = d2;
    search->items[at] = item;
}

/* The items of one row from tile `west` to tile `east`. */
static void search_span(const struct observation_index *index, const struct tile_row *row,
                        int32_t west, int32_t east, struct search *search)
{
    size_t first = row[0].first, end = row[1].first;
    for (size_t high = end; first < high;) {
        size_t middle = first + (high - first) / 2;
        if (index->tile_x[middle] < west)
            first = middle + 1;
        else
            high = middle;
    }
    for (; first < end && index->tile_x[first] <= east; first++)
        search_offer(search, &index->items[first]);
}

/* The tiles within `ring`, less those within `done`, which were searched before. */
static void search_ring(const struct observation_index *index, const struct tile_row *row,
                        const struct tile_row *end, int32_t done, int32_t ring,
                        struct search *search)
{
    int32_t x = tile_of(search->x_m), y = tile_of(search->y_m);
    for (; row < end && row->y <= y + ring; row++) {
        if (abs(row->y - y) > done) {
            search_span(index, row, x - ring, x + ring, search);
            continue;
        }
        search_span(index, row, x - ring, x - done - 1, search);
        search_span(index, row, x + done + 1, x + ring, search);
    }
}

/* Rings grow until as many as wanted are surely the nearest, or the last ring is done. */
static void search_group(const struct observation_index *index, size_t group,
                         struct search *search)
{
    if (group >= index->group_count)
        return;
    const struct tile_row *first = index->rows + index->group_rows[group];
    const struct tile_row *end = index->rows + index->group_rows[group + 1];
    int32_t y = tile_of(search->y_m);
    for (size_t i = 1; i < ARRAY_COUNT(rings); i++) {
        const struct tile_row *low = first, *high = end;
        while (low < high) {
            const struct tile_row *middle = low + (high - low) / 2;
            if (middle->y < y - rings[i])
                low = middle + 1;
            else
                high = middle;
        }
        search_ring(index, low, end, i == 1 ? -1 : rings[i - 1], rings[i], search);
        double sure_m = rings[i] * TILE_M;
        if (search->found == search->want &&
            search->distance2[search->found - 1] <= sure_m * sure_m)
            return;
        if (search->found && sure_m >= search->enough_m)
            return;
    }
}

static void take(struct nearby *near, const struct search *search)
{
    for (size_t i = 0; i < search->found && near->count < NEAR_AT_MOST; i++)
        near->items[near->count++] = search->items[i];
}

static void take_group(const struct observation_index *index, size_t group,
                       struct search *search, struct nearby *near)
{
    search->found = 0;
    search_group(index, group, search);
    take(near, search);
}

/* Those of the mast of one kind. Where a cell is known to be listed, its own first and fewer of
 * its mates; what-ifs compare cells, so for them all come alike. */
static void gather_mast(const struct surface *surface, size_t kind, struct search *search,
                        struct nearby *near)
{
    size_t group = (size_t)near->site * GROUP_KINDS + kind;
    size_t want = kind == KIND_ABSENT ? NEAR_ABSENT : surface->drive ? NEAR_MAST : NEAR_ALONE;
    search->want = want;
    if (near->mode == MODE_OPEN || near->cell == CELL_ANY) {
        take_group(&surface->by_mast, group, search, near);
        return;
    }
    search->want = want + want / 3;
    search->only_cell = near->cell;
    take_group(&surface->by_mast, group, search, near);
    search->only_cell = UINT32_MAX;
    search->without_cell = near->cell;
    search->want = want / 2;
    take_group(&surface->by_mast, group, search, near);
    search->without_cell = UINT32_MAX;
}

/* The nearest of other masts: those found around the place already, less this mast's, unless
 * they run out. */
static void gather_others(const struct surface *surface, const struct nearby *around,
                          struct search *search, struct nearby *near)
{
    size_t want = surface->drive ? NEAR_OTHERS : NEAR_OTHERS_ALONE, before = near->count, i = 0;
    for (; around && i < around->count && near->count < NEAR_AT_MOST &&
           near->count - before < want;
         i++)
        if (around->items[i]->site != near->site)
            near->items[near->count++] = around->items[i];
    if (around && (near->count - before == want || around->count < AROUND))
        return;
    near->count = before;
    search->want = near->site == SITE_NEW && near->cell == CELL_AROUND ? AROUND : want;
    search->without_site = near->site;
    take_group(&surface->by_place, surface->drive ? BIN_DRIVE : BIN_REPORTED, search, near);
}

void nearby_gather(const struct surface *surface, struct xy at, uint32_t without_block,
                   const struct nearby *around, struct nearby *near)
{
    near->count = 0;
    struct search search = {.x_m = (float)(at.x_m - surface->origin.x_m),
                            .y_m = (float)(at.y_m - surface->origin.y_m),
                            .enough_m = RANGES_ENOUGH * surface->kernel.range_m,
                            .without_block = without_block,
                            .without_site = UINT32_MAX,
                            .without_cell = UINT32_MAX,
                            .only_cell = UINT32_MAX};
    size_t kinds = near->mode == MODE_OPEN ? GROUP_KINDS : PLACE_KINDS;
    for (size_t kind = 0; near->site != SITE_NEW && kind < kinds; kind++)
        gather_mast(surface, kind, &search, near);
    gather_others(surface, around, &search, near);
}

/* ---- prediction ---------------------------------------------------------------------- */

static float covariance_between(const struct kernel *kernel, enum kinship kin, const float d[2],
                                const float mast_m[2])
{
    if (kin == KIN_PLACE || !(kernel->stretch > 1))
        return covariance(kernel, kin, d[0], d[1]);
    return covariance_along(kernel, kin, d, mast_m);
}

float mast_distance_m(const struct surface *surface, uint32_t site, struct xy at)
{
    if (site == SITE_NEW)
        return 1;
    double distance_m = xy_distance_m(surface->world->sites[site].xy, at);
    return (float)fmax(distance_m, 1); /* NAN: 1 */
}

static enum kinship kinship_of(uint32_t site_a, uint32_t cell_a, const struct observation *b)
{
    if (site_a != b->site)
        return KIN_PLACE;
    return cell_a == b->cell ? KIN_CELL : KIN_MAST;
}

/* Upper triangle of the observations' covariance, rows of NEAR_AT_MOST. */
static void fill_matrix(const struct kernel *kernel, const struct nearby *near, float *matrix)
{
    size_t n = near->count;
    for (size_t i = 0; i < n; i++) {
        const struct observation *a = near->items[i];
        float *row = matrix + i * NEAR_AT_MOST;
        row[i] = (float)kernel_total_db2(kernel) + a->noise_db2;
        for (size_t j = i + 1; j < n; j++) {
            const struct observation *b = near->items[j];
            row[j] = covariance_between(kernel, kinship_of(a->site, a->cell, b),
                                        (float[]){a->x_m - b->x_m, a->y_m - b->y_m},
                                        (float[]){a->mast_m, b->mast_m});
        }
    }
}

/* Cholesky in place, A = U'U, row by row so that the inner loop runs along memory. The noise on
 * the diagonal keeps it positive; were it not, the entry is raised to a small positive number,
 * which weakens that observation. */
static void factor(float *matrix, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        float *pivot = matrix + k * NEAR_AT_MOST;
        float scale = 1 / sqrtf(fmaxf(pivot[k], 0.05f));
        for (size_t j = k; j < n; j++)
            pivot[j] *= scale;
        pivot[k] = 1 / scale;
        for (size_t i = k + 1; i < n; i++) {
            float *row = matrix + i * NEAR_AT_MOST, times = pivot[i];
            for (size_t j = i; j < n; j++)
                row[j] -= times * pivot[j];
        }
    }
}

/* Solve U' y = b in place. */
static void solve_forward(const float *matrix, size_t n, float *b)
{
    for (size_t i = 0; i < n; i++) {
        const float *row = matrix + i * NEAR_AT_MOST;
        b[i] /= row[i];
        for (size_t j = i + 1; j < n; j++)
            b[j] -= b[i] * row[j];
    }
}

void kriging_prepare(const struct surface *surface, struct kriging *kriging)
{
    const struct nearby *near = &kriging->near;
    fill_matrix(&surface->kernel, near, kriging->matrix);
    factor(kriging->matrix, near->count);
    for (size_t i = 0; i < near->count; i++)
        kriging->whitened[i] = near->items[i]->residual_db[near->mode];
    solve_forward(kriging->matrix, near->count, kriging->whitened);
}

void kriging_solve(const struct surface *surface, const struct kriging *kriging, struct xy at,
                   uint32_t cell, struct residual *out)
{
    const struct kernel *kernel = &surface->kernel;
    const struct nearby *near = &kriging->near;
    float weights[NEAR_AT_MOST];
    float x_m = (float)(at.x_m - surface->origin.x_m);
    float y_m = (float)(at.y_m - surface->origin.y_m);
    float mast_m = mast_distance_m(surface, near->site, at);
    for (size_t i = 0; i < near->count; i++) {
        const struct observation *item = near->items[i];
        weights[i] = covariance_between(kernel, kinship_of(near->site, cell, item),
                                        (float[]){item->x_m - x_m, item->y_m - y_m},
                                        (float[]){item->mast_m, mast_m});
    }
    solve_forward(kriging->matrix, near->count, weights);
    *out = (struct residual){0, kernel_total_db2(kernel)};
    for (size_t i = 0; i < near->count; i++) {
        out->mean_db += weights[i] * kriging->whitened[i];
        out->variance_db2 -= weights[i] * weights[i];
    }
    out->variance_db2 = fmax(out->variance_db2, 0);
}

void nearby_krige(const struct surface *surface, const struct nearby *near, struct xy at,
                  uint32_t cell, struct residual *out)
{
    struct kriging kriging;
    kriging.near = *near;
    kriging_prepare(surface, &kriging);
    kriging_solve(surface, &kriging, at, cell, out);
}
