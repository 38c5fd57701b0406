/* What was measured of a mast: the squares where its cells were reported, and how strong a cell
 * would have had to be to be reported there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/terrain.h"
#include "models/radio/aim_inner.h"
#include "models/radio/link.h"

static void number_carriers(struct aim_ground *ground)
{
    const struct world *world = ground->world;
    struct textmap numbers = {0};
    struct arena *names = arena_new();
    for (size_t i = 0; i < world->cell_count; i++) {
        const struct cell *cell = &world->cells[i];
        double number = !text_empty(cell->band) ? NAN : cell->frequency_mhz;
        const char *name =
            arena_format(names, "%d|%s|%.0f", (int)cell->rat, cell->band, number);
        ground->carrier[i] = textmap_put(&numbers, name, (uint32_t)numbers.count);
    }
    ground->carrier_count = (uint32_t)numbers.count;
    textmap_free(&numbers);
    arena_free(names);
}

static void group_bins(struct aim_ground *ground)
{
    const struct world *world = ground->world;
    uint32_t *first = ground->cell_bin_first;
    for (size_t i = 0; i < world->bin_count; i++)
        first[world->bins[i].cell + 1]++;
    for (size_t c = 0; c < world->cell_count; c++)
        first[c + 1] += first[c];
    uint32_t *next = base_alloc(world->cell_count + 1, sizeof *next);
    memcpy(next, first, world->cell_count * sizeof *next);
    for (size_t i = 0; i < world->bin_count; i++)
        ground->cell_bins[next[world->bins[i].cell]++] = (uint32_t)i;
    free(next);
}

/* A report lists the strongest few: how many, and down to which level, is read from the data.
 * Source: TS 36.331 5.5.5 maxCellReport, TS 45.008 8.4.1 (six neighbours); vendors cut lower.
 */
static void measure_reports(struct aim_ground *ground)
{
    const struct world *world = ground->world;
    double *serving = base_alloc(ground->carrier_count + 1, sizeof *serving);
    double *samples = base_alloc(ground->carrier_count + 1, sizeof *samples);
    for (size_t i = 0; i < world->bin_count; i++) {
        const struct bin *bin = &world->bins[i];
        uint32_t carrier = ground->carrier[bin->cell];
        samples[carrier] += bin->samples;
        serving[carrier] += bin->serving;
        ground->floor_dbm[carrier] = fminf(ground->floor_dbm[carrier], bin->min_dbm);
    }
    for (uint32_t k = 0; k < ground->carrier_count; k++)
        ground->set_size[k] = serving[k] > 0 ? (float)ceil(samples[k] / serving[k]) : 0;
    free(serving);
    free(samples);
}

void aim_ground_make(const struct world *world, struct aim_ground *ground)
{
    *ground = (struct aim_ground){.world = world};
    ground->carrier = base_alloc(world->cell_count + 1, sizeof *ground->carrier);
    number_carriers(ground);
    ground->set_size = base_alloc(ground->carrier_count + 1, sizeof *ground->set_size);
    ground->floor_dbm = base_alloc(ground->carrier_count + 1, sizeof *ground->floor_dbm);
    ground->cell_bins = base_alloc(world->bin_count + 1, sizeof *ground->cell_bins);
    ground->cell_bin_first = base_alloc(world->cell_count + 1, sizeof *ground->cell_bin_first);
    group_bins(ground);
    measure_reports(ground);
}

void aim_ground_free(struct aim_ground *ground)
{
    free(ground->carrier);
    free(ground->set_size);
    free(ground->floor_dbm);
    free(ground->cell_bins);
    free(ground->cell_bin_first);
}

/* ---- the view of one mast ----------------------------------------------------------- */

struct seen {
    const struct bin *bin;
    uint32_t cell; /* within the view */
};

static int by_place(const void *a, const void *b)
{
    const struct seen *p = a, *q = b;
    if (p->bin->iy != q->bin->iy)
        return p->bin->iy < q->bin->iy ? -1 : 1;
    if (p->bin->ix != q->bin->ix)
        return p->bin->ix < q->bin->ix ? -1 : 1;
    if (p->bin->kind != q->bin->kind)
        return p->bin->kind < q->bin->kind ? -1 : 1;
    return (int)p->cell - (int)q->cell;
}

static bool same_place(const struct bin *a, const struct bin *b)
{
    return a->ix == b->ix && a->iy == b->iy && a->kind == b->kind;
}

static int by_level(const void *a, const void *b)
{
    const struct bin *const *p = a, *const *q = b;
    return ((*p)->mean_dbm > (*q)->mean_dbm) - ((*p)->mean_dbm < (*q)->mean_dbm);
}

/* The mean of the weakest `slots` samples of the bins, weakest first. */
static double weakest_dbm(const struct bin **bins, size_t count, double slots)
{
    double left = slots, sum_dbm = 0;
    for (size_t i = 0; i < count && left > 0; i++) {
        double part = fmin(left, bins[i]->samples);
        sum_dbm += part * bins[i]->mean_dbm;
        left -= part;
    }
    return sum_dbm / (slots - left);
}

#define HERE_MAX 64

/* How many reports the place has on the carrier, and what a cell needed to be in one: in a full
 * report more than its weakest, in a shorter one only more than the receiver's floor. */
static void place_reports(const struct aim_ground *ground, uint32_t carrier,
                          struct aim_place *place)
{
    const struct world *world = ground->world;
    struct bin_range range = world_bins_at(world, place->ix, place->iy);
    const struct bin *here[HERE_MAX];
    size_t count = 0;
    double samples = 0, sets = 0;
    for (size_t i = range.first; i < range.end && count < HERE_MAX; i++) {
        const struct bin *bin = &world->bins[i];
        if (bin->kind != place->kind || ground->carrier[bin->cell] != carrier)
            continue;
        here[count++] = bin;
        samples += bin->samples;
        sets += bin->serving;
    }
    place->sets = (float)sets;
    place->threshold_dbm = NAN;
    if (sets < 1)
        return;
    base_sort(here, count, sizeof *here, by_level);
    double size = ground->set_size[carrier];
    double full = size > 1 ? fmax(0, fmin(1, (samples / sets - 1) / (size - 1))) : 1;
    place->threshold_dbm = (float)(full * weakest_dbm(here, count, sets) +
                                   (1 - full) * ground->floor_dbm[carrier]);
}

static double above_m(const struct world *world, double mast_m, struct xy from, struct xy to)
{
    if (!world->terrain)
        return mast_m;
    double rise_m =
        terrain_height_m(world->terrain, from) - terrain_height_m(world->terrain, to);
    return isfinite(rise_m) ? mast_m + rise_m : mast_m;
}

static void place_geometry(const struct aim_view *view, struct aim_place *place)
{
    double bin_m = RULE_VALUE(&view->world->rules, bin_m);
    double mast_m = link_height_m(&view->world->cells[view->cells[0]]) - LINK_MOBILE_HEIGHT_M;
    struct xy at = {(place->ix + 0.5) * bin_m, (place->iy + 0.5) * bin_m};
    struct link link = link_between(view->at, at, above_m(view->world, mast_m, view->at, at));
    place->bearing_deg = (float)link.bearing_deg;
    place->distance_m = (float)link.distance_m;
    place->elevation_deg = (float)link.elevation_deg;
}

/* Places of one direction err together (a street, a hill, a wrong pattern there): the more of
 * them, the less each one says. Source: our choice, see README. */
static void share_directions(struct aim_view *view)
{
    float count[AIM_STEPS] = {0};
    for (size_t i = 0; i < view->place_count; i++)
        count[(int)(view->places[i].bearing_deg / AIM_STEP_DEG) % AIM_STEPS] += 1;
    double common = RULE_VALUE(&view->world->rules, aim_direction_correlation);
    for (size_t i = 0; i < view->place_count; i++) {
        int step = (int)(view->places[i].bearing_deg / AIM_STEP_DEG) % AIM_STEPS;
        view->places[i].weight = (float)(1 / (1 + common * (count[step] - 1)));
    }
}

static size_t gather_seen(const struct aim_ground *ground, const struct aim_view *view,
                          struct seen *seen)
{
    size_t count = 0;
    for (uint32_t c = 0; c < view->cell_count; c++) {
        uint32_t cell = view->cells[c];
        for (uint32_t i = ground->cell_bin_first[cell]; i < ground->cell_bin_first[cell + 1];
             i++)
            seen[count++] = (struct seen){&view->world->bins[ground->cell_bins[i]], c};
    }
    base_sort(seen, count, sizeof *seen, by_place);
    return count;
}

static void view_allocate(struct aim_view *view, size_t places, struct arena *arena)
{
    size_t all = places * view->cell_count;
    view->places = arena_alloc(arena, places * sizeof *view->places);
    view->level_dbm = arena_alloc(arena, all * sizeof(float));
    view->deviation_db = arena_alloc(arena, all * sizeof(float));
    view->samples = arena_alloc(arena, all * sizeof(float));
    for (size_t i = 0; i < all; i++)
        view->level_dbm[i] = view->deviation_db[i] = NAN;
}

void aim_view_make(const struct aim_ground *ground, const uint32_t *cells, uint32_t count,
                   struct arena *arena, struct aim_view *view)
{
    *view = (struct aim_view){
        .world = ground->world, .at = ground->world->cells[cells[0]].xy, .cell_count = count};
    view->cells = arena_alloc(arena, count * sizeof *cells);
    memcpy(view->cells, cells, count * sizeof *cells);
    size_t total = 0;
    for (uint32_t c = 0; c < count; c++)
        total += ground->cell_bin_first[cells[c] + 1] - ground->cell_bin_first[cells[c]];
    struct seen *seen = arena_alloc(arena, (total + 1) * sizeof *seen);
    gather_seen(ground, view, seen);
    view_allocate(view, total, arena);
    for (size_t i = 0; i < total; i++) {
        const struct bin *bin = seen[i].bin;
        if (i == 0 || !same_place(bin, seen[i - 1].bin)) {
            struct aim_place *place = &view->places[view->place_count++];
            *place = (struct aim_place){.ix = bin->ix, .iy = bin->iy, .kind = bin->kind};
            place_geometry(view, place);
            place_reports(ground, ground->carrier[cells[0]], place);
        }
        size_t at = (view->place_count - 1) * count + seen[i].cell;
        view->level_dbm[at] = bin->mean_dbm;
        view->deviation_db[at] = bin->deviation_db;
        view->samples[at] = (float)bin->samples;
    }
    share_directions(view);
}

struct aim_view aim_view_from(const struct aim_view *view, struct xy at, struct arena *arena)
{
    struct aim_view moved = *view;
    moved.at = at;
    moved.places = arena_alloc(arena, (view->place_count + 1) * sizeof *moved.places);
    memcpy(moved.places, view->places, view->place_count * sizeof *moved.places);
    for (size_t i = 0; i < view->place_count; i++)
        place_geometry(&moved, &moved.places[i]);
    share_directions(&moved);
    return moved;
}
