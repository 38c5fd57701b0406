/* The predictor of new sites, scored blind: every tenth mast is taken out of the network with
 * all that was measured of it, and predicted as a site to be built where it stands.
 *
 *   site_hidden FOLDER...
 *
 * A mast that is not reported in a square was weaker than the weakest that is, so errors are
 * those of the model that explains both (Tobit), by distance: bias, and spread in sigmas. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/radio/aim.h"
#include "models/radio/surface.h"
#include "models/tables/world.h"

enum { BANDS = 5, ONE_IN = 10, FOLDS = 3 };
static const double BELOW_BOUND_DB = 6;
static const double band_end_m[BANDS] = {150, 300, 600, 1200, 3000};

struct trial {
    int band;
    bool absent;
    double error_db, sigma_db; /* measured, or bound, less predicted */
};

struct trials {
    bool drives; /* only drive tests are looked at */
    struct trial *items;
    size_t count, capacity;
};

static bool is_hidden(uint32_t site, uint32_t fold)
{
    return hash_mix(site + 1) % ONE_IN == fold;
}

/* A copy of the world without the masts of a fold: no cell of them is placed, and squares where
 * they were reported go whole, because a list with a gap would say that others were absent. */
static struct world hide(const struct world *world, uint32_t fold)
{
    struct world rest = *world;
    rest.cells = base_alloc(world->cell_count, sizeof *rest.cells);
    rest.bins = base_alloc(world->bin_count, sizeof *rest.bins);
    rest.bin_count = 0;
    for (size_t i = 0; i < world->cell_count; i++) {
        rest.cells[i] = world->cells[i];
        if (is_hidden(world->cells[i].site, fold))
            rest.cells[i].xy = (struct xy){NAN, NAN};
    }
    for (size_t i = 0, end = 0; i < world->bin_count; i = end) {
        bool touched = false;
        for (; end < world->bin_count && world->bins[end].ix == world->bins[i].ix &&
               world->bins[end].iy == world->bins[i].iy;
             end++)
            touched |= is_hidden(world->cells[world->bins[end].cell].site, fold);
        for (size_t k = i; k < end && !touched; k++)
            rest.bins[rest.bin_count++] = world->bins[k];
    }
    return rest;
}

/* The mast as a plan would have it, with its antennas as they stand. */
static struct surface_site site_plan(const struct world *world, uint32_t site,
                                     const struct antenna_aim *standing, double azimuths[8])
{
    const struct site *mast = &world->sites[site];
    struct surface_site plan = {.at = mast->xy, .azimuths_deg = azimuths, .tilt_deg = NAN};
    for (uint32_t k = 0; k < mast->cell_count; k++) {
        uint32_t id = world->site_cells[mast->first_cell + k];
        const struct cell *cell = &world->cells[id];
        double azimuth =
            isnan(standing[id].azimuth_deg) ? cell->azimuth_deg : standing[id].azimuth_deg;
        if (cell->coverage == COVERAGE_INDOOR || isnan(azimuth) || plan.sectors == 8)
            continue;
        azimuths[plan.sectors++] = azimuth;
        plan.rat = cell->rat;
        plan.height_m = cell->height_m;
        plan.frequency_mhz = cell->frequency_mhz;
        plan.power_dbm = cell->rs_power_dbm;
        plan.tilt_deg = cell->mech_tilt_deg + cell->elec_tilt_deg;
    }
    return plan;
}

static int band_of(double distance_m)
{
    int band = 0;
    while (band < BANDS && distance_m >= band_end_m[band])
        band++;
    return band;
}

/* Levels are outdoors: where there are drive tests, as many as decide for the surface, reports
 * from indoors tell nothing of them. */
static bool drives_decide(const struct world *world)
{
    size_t drives = 0;
    for (size_t i = 0; i < world->bin_count; i++)
        drives += world->bins[i].kind == BIN_DRIVE;
    return drives >= 200 && drives * 50 >= world->bin_count;
}

/* One square: the mast's strongest bin there, or the weakest of the others as a bound. */
static void try_square(const struct world *world, const struct surface *surface,
                       const struct surface_site *plan, uint32_t site, struct bin_range range,
                       struct trials *trials)
{
    double bin_m = RULE_VALUE(&world->rules, bin_m), best = NAN, weakest = INFINITY;
    size_t listed = 0;
    struct xy at = {NAN, NAN};
    for (size_t i = range.first; i < range.end; i++) {
        const struct bin *bin = &world->bins[i];
        if (trials->drives && bin->kind != BIN_DRIVE)
            continue;
        at = (struct xy){(bin->ix + 0.5) * bin_m + bin->off_x_m,
                         (bin->iy + 0.5) * bin_m + bin->off_y_m};
        listed++;
        weakest = fmin(weakest, bin->mean_dbm);
        if (world->cells[bin->cell].site == site)
            best = fmax(best, bin->mean_dbm);
    }
    int band = band_of(xy_distance_m(plan->at, at));
    if (band == BANDS || isnan(at.x_m) || (isnan(best) && listed < 3))
        return;
    struct surface_level level = surface_site_at(surface, plan, at);
    if (level.dbm < weakest - BELOW_BOUND_DB) /* hopeless: only the odd strong one is seen */
        return;
    trials->items =
        base_grow(trials->items, &trials->capacity, trials->count + 1, sizeof *trials->items);
    trials->items[trials->count++] = (struct trial){
        band, isnan(best), (isnan(best) ? weakest : best) - level.dbm, level.sigma_db};
}

static void try_fold(const struct world *world, const struct antenna_aim *standing,
                     uint32_t fold, struct trials *trials)
{
    struct world rest = hide(world, fold);
    struct surface *surface = NULL;
    struct surface_options options = {.threads = 1};
    struct error error = {0};
    if (surface_new(&rest, &options, &surface, &error) != STATUS_OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    for (uint32_t site = 0; site < world->site_count; site++) {
        double azimuths[8];
        struct surface_site plan = site_plan(world, site, standing, azimuths);
        if (!is_hidden(site, fold) || !plan.sectors)
            continue;
        for (size_t i = 0; i < world->bin_count;) {
            struct bin_range range = {i, i};
            while (range.end < world->bin_count &&
                   world->bins[range.end].ix == world->bins[i].ix &&
                   world->bins[range.end].iy == world->bins[i].iy)
                range.end++;
            i = range.end;
            const struct bin *bin = &world->bins[range.first];
            if (trials->drives ||
                hash_mix((uint64_t)bin->ix * 7919 + (uint64_t)bin->iy) % 3 == 0)
                try_square(world, surface, &plan, site, range, trials);
        }
    }
    surface_free(surface);
    free(rest.cells);
    free(rest.bins);
}

static double log_likelihood(const struct trials *trials, int band, double shift, double scale)
{
    double sum = 0;
    for (size_t i = 0; i < trials->count; i++) {
        const struct trial *trial = &trials->items[i];
        if (trial->band != band || !(trial->sigma_db > 0))
            continue;
        double sigma = scale * trial->sigma_db, z = (trial->error_db - shift) / sigma;
        sum += trial->absent ? log(fmax(0.5 * erfc(-z / sqrt(2)), 1e-6))
                             : fmax(-z * z / 2, -8) - log(sigma);
    }
    return sum;
}

/* The most likely shift and scale of one band, by a plain search. */
static void report_band(const struct trials *trials, int band)
{
    double most = -INFINITY, shift = 0, scale = 1, seen = 0, raw = 0, absent = 0, sigma = 0;
    for (size_t i = 0; i < trials->count; i++) {
        const struct trial *trial = &trials->items[i];
        if (trial->band != band)
            continue;
        absent += trial->absent;
        seen += !trial->absent;
        raw += trial->absent ? 0 : trial->error_db;
        sigma += trial->sigma_db;
    }
    if (seen < 20)
        return;
    for (double b = -15; b <= 15; b += 0.25)
        for (double s = 0.5; s <= 3; s += 0.05) {
            double likely = log_likelihood(trials, band, b, s);
            if (likely > most)
                most = likely, shift = b, scale = s;
        }
    printf("  to %4.0f m: reported %5.0f  absent %6.0f  bias %+5.2f dB  spread %.2f  "
           "(sigma %.1f dB; measured less predicted %+.1f where reported)\n",
           band_end_m[band], seen, absent, shift, scale, sigma / (seen + absent), raw / seen);
}

int main(int argc, char **argv)
{
    for (int a = 1; a < argc; a++) {
        struct rules rules;
        struct error error = {0};
        struct world *world = NULL;
        rules_default(&rules);
        struct world_options load = {.rules = &rules, .utc_offset_s = 28800, .threads = 1};
        if (world_load(argv[a], &load, false, &world, &error) != STATUS_OK)
            return fprintf(stderr, "%s\n", error.text), 1;
        struct trials trials = {.drives = drives_decide(world)};
        struct aim *aims = base_alloc(world->cell_count, sizeof *aims);
        if (aim_audit(world, 1, aims, &error) != STATUS_OK)
            return fprintf(stderr, "%s\n", error.text), 1;
        struct antenna_aim *standing = aim_standing(world, aims);
        for (uint32_t fold = 0; fold < FOLDS; fold++)
            try_fold(world, standing, fold, &trials);
        printf("%s\n", argv[a]);
        for (int band = 0; band < BANDS; band++)
            report_band(&trials, band);
        free(trials.items);
        free(standing);
        free(aims);
        world_free(world);
    }
    return 0;
}
