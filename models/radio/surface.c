#include "models/radio/surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/index.h"
#include "geo/parallel.h"
#include "models/radio/pathloss.h"
#include "models/radio/surface_parts.h"

/* A server is looked for among the sites within this distance, at most so many, of which the
 * strongest by trend and those measured nearby are computed in full. */
static const double REACH_M = 30e3;
enum {
    SITES_SEEN = 96,
    SITES_TRIED = 9,
    SITE_CELLS = 64,
    SERVERS_TRIED = 128,
    BEST_SERVERS = 8
};

/* ---- the usual cell ------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

static double median_of(double *values, size_t count)
{
    base_sort(values, count, sizeof *values, by_number);
    return count ? values[count / 2] : NAN;
}

/* The network's own usual macro cell of a technology: medians of what its cells have. */
static struct mast_cell typical_cell(const struct surface *surface, enum rat rat)
{
    const struct world *world = surface->world;
    double *values = base_alloc(world->cell_count, sizeof *values);
    struct mast_cell typical = {.antenna = antenna_default(), .rat = rat, .placed = true};
    double *const fields[] = {&typical.eirp_dbm, &typical.frequency_mhz, &typical.height_m,
                              &typical.aim.elec_tilt_deg};
    for (size_t f = 0; f < ARRAY_COUNT(fields); f++) {
        size_t count = 0;
        for (size_t i = 0; i < world->cell_count; i++) {
            const struct mast_cell *it = &surface->cells[i];
            if (it->rat != rat || world->cells[i].coverage == COVERAGE_INDOOR)
                continue;
            const double of[] = {it->eirp_dbm, it->frequency_mhz, it->height_m,
                                 it->aim.mech_tilt_deg + it->aim.elec_tilt_deg};
            values[count++] = of[f];
        }
        *fields[f] = median_of(values, count);
    }
    free(values);
    return typical;
}

static void find_strongest(struct surface *surface)
{
    for (int rat = 0; rat < RAT_COUNT; rat++)
        surface->strongest_db[rat] = -INFINITY;
    for (size_t i = 0; i < surface->world->cell_count; i++) {
        const struct mast_cell *it = &surface->cells[i];
        double *most = &surface->strongest_db[it->rat];
        *most = fmax(*most, it->eirp_dbm - it->base_db + it->offset_db[MODE_OPEN]);
    }
}

/* Near measurements sigma is what cross-validation found; where none speak, it is the spread of
 * any cell about its trend, which is wider than that of the cells that were reported. */
struct surface_level level_joined(const struct surface *surface, enum mode mode,
                                  double trend_dbm, struct residual residual)
{
    double total = kernel_total_db2(&surface->kernel);
    double scale2 = surface->sigma_scale * surface->sigma_scale;
    double unknown = residual.variance_db2 / total;
    double wider = mode == MODE_LISTED ? 0
                                       : fmax(surface->spread_db2 / (total * scale2) - 1, 0) *
                                             unknown * unknown;
    double variance = residual.variance_db2 * (1 + wider) + surface->typical_noise_db2;
    return (struct surface_level){trend_dbm + residual.mean_db, sqrt(scale2 * variance)};
}

static struct surface_level level_at(const struct surface *surface, enum mode mode,
                                     uint32_t cell, struct xy at)
{
    const struct mast_cell *mast = &surface->cells[cell];
    if (!mast->placed || !isfinite(at.x_m) || !isfinite(at.y_m))
        return LEVEL_UNKNOWN;
    struct view view = path_view(surface, cell, at);
    struct nearby near = {.mode = mode, .site = mast->site, .cell = cell};
    struct residual residual;
    nearby_gather(surface, at, BLOCK_NONE, NULL, &near);
    nearby_krige(surface, &near, at, cell, &residual);
    return level_joined(surface, mode, path_trend_dbm(surface, mode, mast, &view), residual);
}

struct surface_level surface_at(const struct surface *surface, uint32_t cell, struct xy at)
{
    return level_at(surface, MODE_OPEN, cell, at);
}

struct surface_level surface_listed_at(const struct surface *surface, uint32_t cell,
                                       struct xy at)
{
    return level_at(surface, MODE_LISTED, cell, at);
}

struct surface_level surface_bin_at(const struct surface *surface,
                                    const struct surface_bin *bin, struct xy at)
{
    struct surface_level level = surface_listed_at(surface, bin->cell, at);
    double scale2 = surface->sigma_scale * surface->sigma_scale;
    double noise = fit_noise_db2(surface, bin->kind, bin->samples);
    if (bin->kind == BIN_REPORTED)
        level.dbm -= fit_report_loss_db(surface);
    /* Sigma has the noise of a usual bin of the kind that decides. */
    double variance =
        level.sigma_db * level.sigma_db - scale2 * surface->typical_noise_db2 + scale2 * noise;
    level.sigma_db = sqrt(variance);
    return level;
}

/* ---- servers ------------------------------------------------------------------------- */

/* What is asked of a place: cells of which technology, and blind to which block. */
struct asked {
    enum rat rat;
    uint32_t without_block;
};

struct site_guess {
    uint32_t site;
    double dbm; /* the best cell's trend without hills */
};

static int by_guess(const void *a, const void *b)
{
    const struct site_guess *p = a, *q = b;
    if (p->dbm != q->dbm)
        return p->dbm > q->dbm ? -1 : 1;
    return p->site < q->site ? -1 : p->site > q->site;
}

static size_t add_site(struct site_guess *sites, size_t count, size_t limit,
                       struct site_guess site)
{
    for (size_t i = 0; i < count; i++)
        if (sites[i].site == site.site)
            return count;
    if (count < limit)
        sites[count++] = site;
    return count;
}

/* Into the strongest so far, at most SITES_TRIED of them in order. */
static size_t add_guess(struct site_guess *guesses, size_t count, struct site_guess guess)
{
    if (count == SITES_TRIED && by_guess(&guess, &guesses[count - 1]) > 0)
        return count;
    size_t at = count < SITES_TRIED ? count++ : count - 1;
    for (; at > 0 && by_guess(&guess, &guesses[at - 1]) < 0; at--)
        guesses[at] = guesses[at - 1];
    guesses[at] = guess;
    return count;
}

/* A site that even one spread over its trend stays so far below the best is not worth
 * computing, dB. */
static double hopeless_db(const struct surface *surface)
{
    return sqrt(kernel_total_db2(&surface->kernel)) + surface->reach_db / 4;
}

/* The strongest sites by trend. The nearest are asked first, and more of them only as long as
 * one farther away could be among the strongest. */
static size_t guess_sites(const struct surface *surface, struct xy at, enum rat rat,
                          struct site_guess guesses[SITES_TRIED])
{
    static const size_t steps[] = {16, 40, SITES_SEEN};
    struct neighbour seen[SITES_SEEN];
    size_t count = 0, asked = 0;
    for (size_t s = 0; s < ARRAY_COUNT(steps) && (!s || asked == steps[s - 1]); s++) {
        size_t found = index_nearest(surface->world->site_index, at, seen, steps[s]);
        for (; asked < found && seen[asked].distance_m <= REACH_M; asked++) {
            if (count == SITES_TRIED &&
                guesses[count - 1].dbm > path_most_dbm(surface, seen[asked].distance_m))
                return count;
            uint32_t id = seen[asked].id, cell;
            double dbm = path_site_guess_dbm(surface, id, at, rat, &cell);
            if (isfinite(dbm))
                count = add_guess(guesses, count, (struct site_guess){id, dbm});
        }
    }
    return count;
}

/* A place, and the least level there that matters. */
struct wanted {
    struct xy at;
    double least_dbm;
};

/* Sites asked for a place, and what speaks for each: one after the other in `one`, or kept. */
enum { SITES_ASKED = SITES_TRIED + NEAR_AT_MOST };
struct candidates {
    struct xy at; /* whom they were chosen for */
    struct asked asked;
    struct nearby around;
    struct site_guess sites[SITES_ASKED];
    size_t count;
    struct kriging *kept; /* SITES_ASKED of them, or NULL */
    bool ready[SITES_ASKED];
    struct kriging one;
};

static const struct kriging *candidate_kriging(const struct surface *surface,
                                               struct candidates *candidates, size_t which)
{
    struct kriging *kriging = candidates->kept ? &candidates->kept[which] : &candidates->one;
    if (candidates->kept && candidates->ready[which])
        return kriging;
    kriging->near = (struct nearby){
        .mode = MODE_OPEN, .site = candidates->sites[which].site, .cell = CELL_ANY};
    nearby_gather(surface, candidates->at, candidates->asked.without_block, &candidates->around,
                  &kriging->near);
    kriging_prepare(surface, kriging);
    candidates->ready[which] = true;
    return kriging;
}

/* The sites worth computing: measured near the place, then the strongest by trend. */
static size_t candidate_sites(const struct surface *surface, struct xy at, struct asked asked,
                              struct nearby *around, struct site_guess *sites)
{
    const size_t limit = SITES_ASKED;
    struct site_guess guesses[SITES_TRIED];
    size_t count = 0;
    *around = (struct nearby){.mode = MODE_OPEN, .site = SITE_NEW, .cell = CELL_AROUND};
    nearby_gather(surface, at, asked.without_block, NULL, around);
    for (size_t i = 0; i < around->count && i < (surface->drive ? 8U : 12U); i++)
        count = add_site(sites, count, limit,
                         (struct site_guess){around->items[i]->site, INFINITY});
    size_t guessed = guess_sites(surface, at, asked.rat, guesses);
    for (size_t i = 0; i < guessed; i++)
        count = add_site(sites, count, limit, guesses[i]);
    return count;
}

/* The site's cells of a technology that have a position. */
static size_t cells_of(const struct surface *surface, uint32_t site, enum rat rat,
                       uint32_t cells[SITE_CELLS])
{
    const struct world *world = surface->world;
    const struct site *mast = &world->sites[site];
    size_t count = 0;
    for (uint32_t k = 0; k < mast->cell_count && count < SITE_CELLS; k++) {
        uint32_t cell = world->site_cells[mast->first_cell + k];
        if (surface->cells[cell].placed &&
            (rat == RAT_UNKNOWN || surface->cells[cell].rat == rat))
            cells[count++] = cell;
    }
    return count;
}

static int by_level(const void *a, const void *b)
{
    const struct surface_server *p = a, *q = b;
    if (p->level.dbm != q->level.dbm)
        return p->level.dbm > q->level.dbm ? -1 : 1;
    return p->cell < q->cell ? -1 : p->cell > q->cell;
}

/* Into the strongest so far, at most `limit` of them in order. */
static size_t add_server(struct surface_server *out, size_t count, size_t limit,
                         struct surface_server server)
{
    if (!limit || (count == limit && by_level(&server, &out[count - 1]) > 0))
        return count;
    size_t at = count < limit ? count++ : count - 1;
    for (; at > 0 && by_level(&server, &out[at - 1]) < 0; at--)
        out[at] = out[at - 1];
    out[at] = server;
    return count;
}

/* All cells of one site at a place: one gathering and one factorization for all of them.
 * Returns 0 when none reaches least_dbm, which is known without the hills, as these only weaken
 * a level. */
static size_t site_levels(const struct surface *surface, struct candidates *candidates,
                          size_t which, struct wanted wanted,
                          struct surface_server out[SITE_CELLS])
{
    uint32_t cells[SITE_CELLS], site = candidates->sites[which].site;
    struct view views[SITE_CELLS];
    struct residual residuals[SITE_CELLS];
    size_t count = cells_of(surface, site, candidates->asked.rat, cells);
    if (!count)
        return 0;
    const struct kriging *kriging = candidate_kriging(surface, candidates, which);
    double most_dbm = -INFINITY;
    path_bare_views(surface, cells, count, wanted.at, views);
    for (size_t i = 0; i < count; i++) {
        kriging_solve(surface, kriging, wanted.at, cells[i], &residuals[i]);
        most_dbm = fmax(
            most_dbm, path_trend_dbm(surface, MODE_OPEN, &surface->cells[cells[i]], &views[i]) +
                          residuals[i].mean_db);
    }
    if (most_dbm < wanted.least_dbm)
        return 0;
    path_views_hills(surface, cells, count, wanted.at, views);
    for (size_t i = 0; i < count; i++) {
        double trend = path_trend_dbm(surface, MODE_OPEN, &surface->cells[cells[i]], &views[i]);
        out[i] = (struct surface_server){cells[i],
                                         level_joined(surface, MODE_OPEN, trend, residuals[i])};
    }
    return count;
}

static void candidates_choose(const struct surface *surface, struct xy at, struct asked asked,
                              struct candidates *out)
{
    out->at = at;
    out->asked = asked;
    memset(out->ready, 0, sizeof out->ready);
    out->count = candidate_sites(surface, at, asked, &out->around, out->sites);
}

/* The candidates' levels at a place, strongest first. */
static size_t candidates_levels(const struct surface *surface, struct candidates *candidates,
                                struct xy at, struct surface_server *out, size_t limit)
{
    size_t count = 0, tried = 0;
    double best = -INFINITY;
    for (size_t i = 0; i < candidates->count && tried < SERVERS_TRIED; i++) {
        if (candidates->sites[i].dbm + hopeless_db(surface) < best)
            continue;
        struct surface_server some[SITE_CELLS];
        double least_dbm = best - surface->reach_db;
        if (limit && count == limit)
            least_dbm = fmax(least_dbm, out[limit - 1].level.dbm);
        size_t found =
            site_levels(surface, candidates, i, (struct wanted){at, least_dbm}, some);
        tried += found;
        for (size_t k = 0; k < found; k++) {
            best = fmax(best, some[k].level.dbm);
            count = add_server(out, count, limit, some[k]);
        }
    }
    while (count && out[count - 1].level.dbm < out[0].level.dbm - surface->reach_db)
        count--;
    return count;
}

static size_t servers_at(const struct surface *surface, struct xy at, struct asked asked,
                         struct surface_server *out, size_t limit)
{
    struct candidates candidates;
    if (!isfinite(at.x_m) || !isfinite(at.y_m))
        return 0;
    candidates.kept = NULL;
    candidates_choose(surface, at, asked, &candidates);
    return candidates_levels(surface, &candidates, at, out, limit);
}

size_t surface_servers(const struct surface *surface, struct xy at, enum rat rat,
                       struct surface_server *out, size_t limit)
{
    return servers_at(surface, at, (struct asked){rat, BLOCK_NONE}, out, limit);
}

/* ---- many places ----------------------------------------------------------------------- */

struct surface_window {
    const struct surface *surface;
    struct candidates candidates;
};

struct surface_window *surface_window_new(const struct surface *surface)
{
    struct surface_window *window = base_alloc(1, sizeof *window);
    window->surface = surface;
    window->candidates.at = (struct xy){NAN, NAN};
    window->candidates.kept = base_alloc(SITES_ASKED, sizeof *window->candidates.kept);
    return window;
}

void surface_window_free(struct surface_window *window)
{
    if (!window)
        return;
    free(window->candidates.kept);
    free(window);
}

size_t surface_window_servers(struct surface_window *window, struct xy at, enum rat rat,
                              struct surface_server *out, size_t limit)
{
    struct candidates *candidates = &window->candidates;
    struct xy middle = {(floor(at.x_m / SURFACE_WINDOW_M) + 0.5) * SURFACE_WINDOW_M,
                        (floor(at.y_m / SURFACE_WINDOW_M) + 0.5) * SURFACE_WINDOW_M};
    if (!isfinite(at.x_m) || !isfinite(at.y_m))
        return 0;
    if (middle.x_m != candidates->at.x_m || middle.y_m != candidates->at.y_m ||
        candidates->asked.rat != rat)
        candidates_choose(window->surface, middle, (struct asked){rat, BLOCK_NONE}, candidates);
    return candidates_levels(window->surface, candidates, at, out, limit);
}

/* ---- the greatest of several --------------------------------------------------------- */

static double normal_below(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

/* Mean and variance of the greater of two normal levels (Clark 1961, equations 2-5). */
static struct surface_level greater(struct surface_level a, struct surface_level b,
                                    double correlation)
{
    double va = a.sigma_db * a.sigma_db, vb = b.sigma_db * b.sigma_db;
    double spread = sqrt(fmax(va + vb - 2 * correlation * a.sigma_db * b.sigma_db, 0));
    if (!(spread > 0))
        return a.dbm >= b.dbm ? a : b;
    double z = (a.dbm - b.dbm) / spread, above = normal_below(z);
    double density = exp(-z * z / 2) / sqrt(2 * M_PI);
    double mean = a.dbm * above + b.dbm * (1 - above) + spread * density;
    /* About the mean, so that nothing is lost to subtraction of large squares. */
    double da = a.dbm - mean, db = b.dbm - mean;
    double second =
        (da * da + va) * above + (db * db + vb) * (1 - above) + (da + db) * spread * density;
    return (struct surface_level){mean, sqrt(fmax(second, 0))};
}

struct surface_level surface_best(const struct surface *surface,
                                  const struct surface_server *servers, size_t count)
{
    double shared = surface->kernel.place_db2 / kernel_total_db2(&surface->kernel);
    struct surface_level best = LEVEL_UNKNOWN;
    /* As many as were tried when it was calibrated; weaker ones change nothing. */
    for (size_t i = 0; i < count && i < BEST_SERVERS; i++)
        best = isnan(best.dbm) ? servers[i].level : greater(best, servers[i].level, shared);
    best.dbm += surface->best_shift_db;
    best.sigma_db *= surface->best_scale;
    return best;
}

/* Squares on which the best server's level is tried, blind to their own block. */
enum { BEST_TRIALS = 1000 };

struct best_trial {
    struct xy at;
    uint32_t block;
    double measured_dbm, error_db, sigma_db;
};

struct best_trials {
    const struct surface *surface;
    struct best_trial *items;
    size_t count;
};

/* The strongest bin of the deciding kind in the square that starts at `first`; NULL: none. The
 * end of the square goes to *end. */
static const struct bin *strongest_in_square(const struct surface *surface, size_t first,
                                             size_t *end)
{
    const struct world *world = surface->world;
    const struct bin *start = &world->bins[first], *best = NULL;
    enum bin_kind kind = surface->drive ? BIN_DRIVE : BIN_REPORTED;
    size_t i = first;
    for (; i < world->bin_count; i++) {
        const struct bin *bin = &world->bins[i];
        if (bin->ix != start->ix || bin->iy != start->iy)
            break;
        if (bin->kind == kind && isfinite(bin->mean_dbm) &&
            (!best || bin->mean_dbm > best->mean_dbm))
            best = bin;
    }
    *end = i;
    return best;
}

/* Squares evenly through the world, each as likely as any other however much it measured. */
static void choose_best_trials(struct best_trials *trials)
{
    const struct surface *surface = trials->surface;
    const struct world *world = surface->world;
    double loss_db = surface->drive ? 0 : fit_report_loss_db(surface);
    size_t squares = 0, nth = 0, end;
    for (size_t i = 0; i < world->bin_count; i = end)
        squares += strongest_in_square(surface, i, &end) != NULL;
    size_t stride = BASE_MAX((squares + BEST_TRIALS - 1) / BEST_TRIALS, 1);
    for (size_t i = 0; i < world->bin_count; i = end) {
        const struct bin *best = strongest_in_square(surface, i, &end);
        if (!best || nth++ % stride != stride / 2)
            continue;
        trials->items[trials->count++] =
            (struct best_trial){.at = fit_place(surface, best),
                                .block = fit_block(surface, best),
                                .measured_dbm = best->mean_dbm + loss_db};
    }
}

static void run_best_trials(void *context, size_t first, size_t end)
{
    struct best_trials *trials = context;
    for (size_t i = first; i < end; i++) {
        struct best_trial *trial = &trials->items[i];
        struct surface_server servers[BEST_SERVERS];
        size_t found =
            servers_at(trials->surface, trial->at, (struct asked){RAT_UNKNOWN, trial->block},
                       servers, BEST_SERVERS);
        struct surface_level level = surface_best(trials->surface, servers, found);
        trial->error_db = trial->measured_dbm - level.dbm;
        trial->sigma_db = level.sigma_db;
    }
}

/* The servers' levels are not independent, nor normal in their tails: what the greatest of them
 * misses by where it can be checked is put right. */
static void calibrate_best(struct surface *surface)
{
    struct best_trials trials = {.surface = surface,
                                 .items = base_alloc(BEST_TRIALS, sizeof *trials.items)};
    double sum = 0, squares = 0, used = 0;
    surface->best_shift_db = 0, surface->best_scale = 1;
    choose_best_trials(&trials);
    parallel_for(surface->threads, trials.count, 16, run_best_trials, &trials);
    for (size_t i = 0; i < trials.count; i++)
        if (isfinite(trials.items[i].error_db))
            sum += trials.items[i].error_db, used++;
    double shift = used >= 30 ? sum / used : 0;
    for (size_t i = 0; i < trials.count; i++)
        if (isfinite(trials.items[i].error_db)) {
            double z = (trials.items[i].error_db - shift) / trials.items[i].sigma_db;
            squares += z * z;
        }
    surface->best_shift_db = shift;
    surface->best_scale = used >= 30 ? fmax(sqrt(squares / used), 0.5) : 1;
    free(trials.items);
}

/* ---- making and freeing --------------------------------------------------------------- */

enum status surface_new(const struct world *world, const struct surface_options *options,
                        struct surface **out, struct error *error)
{
    if (!world->cell_count)
        return error_set(error, STATUS_MISSING, "there is no cell, so no surface");
    struct surface *surface = base_alloc(1, sizeof *surface);
    surface->world = world;
    surface->threads = BASE_MAX(options->threads, 1);
    surface->bin_m = RULE_VALUE(&world->rules, bin_m);
    surface->reach_db = RULE_VALUE(&world->rules, surface_reach_db);
    for (size_t i = 0; i < world->cell_count; i++)
        if (isfinite(world->cells[i].xy.x_m) && isfinite(world->cells[i].xy.y_m)) {
            surface->origin = world->cells[i].xy;
            break;
        }
    path_prepare(surface, options);
    fit_all(surface);
    for (int rat = 0; rat < RAT_COUNT; rat++)
        surface->typical[rat] = typical_cell(surface, rat);
    find_strongest(surface);
    calibrate_best(surface);
    *out = surface;
    return STATUS_OK;
}

void surface_free(struct surface *surface)
{
    if (!surface)
        return;
    index_drop(&surface->by_mast);
    index_drop(&surface->by_place);
    free(surface->cells);
    free(surface);
}

/* ---- what it is ---------------------------------------------------------------------- */

struct antenna_aim surface_standing(const struct surface *surface, uint32_t cell)
{
    return surface->cells[cell].aim;
}

struct surface_indoor surface_indoors(const struct surface *surface)
{
    return surface->indoor;
}

struct surface_summary surface_summary(const struct surface *surface)
{
    return surface->summary;
}
