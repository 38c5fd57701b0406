/* What the residuals of the trend are like: variances, correlation, absences, and how honest
 * sigma is, all from the measurements themselves. */
#include <math.h>
#include <stdlib.h>

#include "geo/parallel.h"
#include "models/radio/surface_parts.h"

/* Where the correlation's range starts from: our choice, above the 50 m of 3GPP TR 36.814. */
static const double PRIOR_RANGE_M = 100;

/* ---- variances ----------------------------------------------------------------------- */

/* Sums of products of residuals by what the pair shares, in one bin and in neighbours. */
struct moments {
    double same[KIN_COUNT], same_pairs[KIN_COUNT];
    double next[KIN_COUNT], next_pairs[KIN_COUNT];
    double mean, variance, count;
};

static enum kinship kin_of_bins(const struct surface *surface, const struct bin *a,
                                const struct bin *b)
{
    if (a->cell == b->cell)
        return KIN_CELL;
    return surface->cells[a->cell].site == surface->cells[b->cell].site ? KIN_MAST : KIN_PLACE;
}

static bool is_used(const struct fit *fit, size_t i)
{
    const struct bin *bin = &fit->surface->world->bins[i];
    return fit->views[i].good && fit_is_primary(fit->surface, bin) &&
           (fit->surface->drive || bin->samples >= 3);
}

/* Residuals far out tell of wrong rows, not of shadowing. */
static double centred(const struct fit *fit, const struct moments *moments, size_t i)
{
    double limit = 3 * sqrt(moments->variance);
    return fmin(fmax(fit_residual_db(fit, MODE_LISTED, i) - moments->mean, -limit), limit);
}

static void add_pairs(const struct fit *fit, struct moments *moments, size_t i, size_t end)
{
    const struct bin *a = &fit->surface->world->bins[i];
    for (size_t k = i + 1; k < fit->surface->world->bin_count && k < end; k++) {
        const struct bin *b = &fit->surface->world->bins[k];
        if (b->iy != a->iy || b->ix > a->ix + 1)
            break;
        if (!is_used(fit, k))
            continue;
        enum kinship kin = kin_of_bins(fit->surface, a, b);
        double product = centred(fit, moments, i) * centred(fit, moments, k);
        if (b->ix == a->ix)
            moments->same[kin] += product, moments->same_pairs[kin]++;
        else
            moments->next[kin] += product, moments->next_pairs[kin]++;
    }
}

static void fit_moments(const struct fit *fit, struct moments *moments)
{
    size_t count = fit->surface->world->bin_count;
    double sum = 0, squares = 0;
    *moments = (struct moments){0};
    for (size_t i = 0; i < count; i++)
        if (is_used(fit, i)) {
            double r = fit_residual_db(fit, MODE_LISTED, i);
            sum += r, squares += r * r, moments->count++;
        }
    if (moments->count < 2) {
        moments->variance = PRIOR_SHADOW_DB2;
        return;
    }
    moments->mean = sum / moments->count;
    moments->variance = fmax(squares / moments->count - moments->mean * moments->mean, 1);
    for (size_t i = 0; i < count; i++)
        if (is_used(fit, i))
            add_pairs(fit, moments, i, i + 400);
}

/* A covariance, mixed with what is expected before measuring. */
static double blended(double sum, double pairs, double prior)
{
    return fmax((sum + PRIOR_PAIRS * prior) / (pairs + PRIOR_PAIRS), 0);
}

void tune_sills(const struct fit *fit)
{
    struct surface *surface = fit->surface;
    struct moments m;
    fit_moments(fit, &m);
    struct kernel *kernel = &surface->kernel;
    double place = blended(m.same[KIN_PLACE], m.same_pairs[KIN_PLACE], PRIOR_SHADOW_DB2 / 2);
    double mast = blended(m.same[KIN_MAST], m.same_pairs[KIN_MAST], PRIOR_SHADOW_DB2);
    double mast_next = blended(m.next[KIN_MAST], m.next_pairs[KIN_MAST], 0.8 * mast);
    double cell_next = blended(m.next[KIN_CELL], m.next_pairs[KIN_CELL], mast_next);
    double special = fmax(cell_next - mast_next, 0) * (mast / fmax(mast_next, 1));
    kernel->place_db2 = fmax(place, 1);
    kernel->mast_db2 = fmax(mast - place, 1);
    kernel->cell_db2 = fmax(0.9 * special, 1);
    kernel->constant_db2 = fmax(0.1 * special, 1);
    kernel->wide_db2 = 0.1 * (kernel->place_db2 + kernel->mast_db2);
    kernel->range_m = PRIOR_RANGE_M;
    kernel->smooth = true;
    kernel->stretch = 1;
}

/* ---- observations -------------------------------------------------------------------- */

uint32_t fit_block(const struct surface *surface, const struct bin *bin)
{
    int32_t per_block = (int32_t)fmax(1, 200 / surface->bin_m);
    int32_t x = (int32_t)floor((double)bin->ix / per_block);
    int32_t y = (int32_t)floor((double)bin->iy / per_block);
    uint64_t place = (uint64_t)(uint32_t)x << 32 | (uint32_t)y;
    uint32_t block = (uint32_t)hash_mix(place);
    return block == BLOCK_NONE ? 0 : block;
}

/* Residuals far out tell of wrong rows, not of shadowing: cut, and believed less the farther
 * they lie. */
static struct observation observe(const struct fit *fit, size_t i)
{
    const struct surface *surface = fit->surface;
    const struct bin *bin = &surface->world->bins[i];
    struct xy at = fit_place(surface, bin);
    struct observation out = {
        .x_m = (float)(at.x_m - surface->origin.x_m),
        .y_m = (float)(at.y_m - surface->origin.y_m),
        .noise_db2 = (float)fit_noise_db2(surface, bin->kind, bin->samples),
        .mast_m = mast_distance_m(surface, surface->cells[bin->cell].site, at),
        .cell = bin->cell,
        .site = surface->cells[bin->cell].site,
        .block = fit_block(surface, bin)};
    double limit = 3 * sqrt(kernel_total_db2(&surface->kernel)), over = 0;
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        double residual = fit_residual_db(fit, mode, i);
        if (bin->kind == BIN_REPORTED)
            residual += fit_report_loss_db(surface);
        out.residual_db[mode] = (float)fmin(fmax(residual, -limit), limit);
        over = fmax(fabs(residual) - limit, 0);
    }
    out.noise_db2 += (float)(over * over); /* by the last, LISTED */
    return out;
}

void tune_observations(struct fit *fit)
{
    struct surface *surface = fit->surface;
    const struct world *world = surface->world;
    struct observation *items = base_alloc(world->bin_count, sizeof *items);
    uint32_t *groups = base_alloc(world->bin_count, sizeof *groups);
    size_t count = 0;
    for (size_t i = 0; i < world->bin_count; i++)
        if (fit->views[i].good) {
            groups[count] = world->bins[i].kind;
            items[count++] = observe(fit, i);
        }
    index_build(&surface->by_place, items, count, groups, PLACE_KINDS);
    for (size_t i = 0; i < count; i++)
        groups[i] = items[i].site * GROUP_KINDS + groups[i];
    index_build(&surface->by_mast, items, count, groups, world->site_count * GROUP_KINDS);
    surface->summary.bins = count;
    free(items);
    free(groups);
}

/* ---- absences as observations ---------------------------------------------------------- */

/* Neighbours all tell of the same weak spot, so each is worth a part of what it alone tells. */
static const double ABSENCE_SHARED = 4;
/* An absence that changes the variance by less than this tells nothing new. */
static const double ABSENCE_TELLS = 0.97;

struct telling {
    struct fit *fit;
    struct observation *items; /* by absence; noise 0: tells nothing */
};

/* What was measured around says what to expect; the absence cuts that off above its bound, and
 * the observation is what turns the one normal distribution into the other.
 * Source: T. Minka, "Expectation propagation for approximate Bayesian inference", 2001. */
static void tell_absences(void *context, size_t first, size_t end)
{
    struct telling *telling = context;
    const struct fit *fit = telling->fit;
    const struct surface *surface = fit->surface;
    for (size_t i = first; i < end; i++) {
        const struct absence *absence = &fit->absences.items[i];
        const struct bin *bin = &surface->world->bins[absence->bin];
        const struct mast_cell *mast = &surface->cells[absence->cell];
        struct xy at = fit_place(surface, bin);
        struct nearby near = {.mode = MODE_OPEN, .site = mast->site, .cell = absence->cell};
        struct residual before;
        nearby_gather(surface, at, BLOCK_NONE, NULL, &near);
        nearby_krige(surface, &near, at, absence->cell, &before);
        before.variance_db2 += surface->fading_db2;
        double expected = trend_db(&surface->trends[MODE_OPEN][mast->rat], absence->decades,
                                   absence->hill_db) +
                          mast->offset_db[MODE_OPEN] + before.mean_db;
        struct residual after =
            absence_residual(absence->bound_db - expected, before.variance_db2);
        if (after.variance_db2 > ABSENCE_TELLS * before.variance_db2)
            continue;
        double noise = 1 / (1 / after.variance_db2 - 1 / before.variance_db2);
        double shift = after.mean_db * noise / after.variance_db2;
        telling->items[i] = (struct observation){
            .x_m = (float)(at.x_m - surface->origin.x_m),
            .y_m = (float)(at.y_m - surface->origin.y_m),
            .mast_m = mast_distance_m(surface, mast->site, at),
            .residual_db = {(float)(before.mean_db + shift)},
            .noise_db2 = (float)(ABSENCE_SHARED * noise + surface->fading_db2),
            .cell = absence->cell,
            .site = mast->site,
            .block = fit_block(surface, bin)};
    }
}

/* The absences that tell something join the measured observations of their mast. */
void tune_absences(struct fit *fit)
{
    struct surface *surface = fit->surface;
    struct observation_index *index = &surface->by_mast;
    struct telling telling = {.fit = fit,
                              .items = base_alloc(fit->absences.count, sizeof *telling.items)};
    parallel_for(surface->threads, fit->absences.count, 64, tell_absences, &telling);
    size_t most = index->count + fit->absences.count, count = 0;
    struct observation *items = base_alloc(most, sizeof *items);
    uint32_t *groups = base_alloc(most, sizeof *groups);
    for (size_t group = 0; group < index->group_count; group++)
        for (size_t i = index_first(index, group); i < index_first(index, group + 1); i++) {
            groups[count] = (uint32_t)group;
            items[count++] = index->items[i];
        }
    for (size_t i = 0; i < fit->absences.count; i++)
        if (telling.items[i].noise_db2 > 0) {
            groups[count] = telling.items[i].site * GROUP_KINDS + KIND_ABSENT;
            items[count++] = telling.items[i];
        }
    size_t groups_count = index->group_count;
    index_drop(index);
    index_build(index, items, count, groups, groups_count);
    surface->summary.absences = count - surface->summary.bins;
    free(telling.items);
    free(items);
    free(groups);
}

/* ---- cross-validation ---------------------------------------------------------------- */

enum { TRIALS_AT_MOST = 1500 };

struct trial_set {
    const struct surface *surface;
    const struct observation **items;
    struct nearby *nears; /* gathered once: whom they are does not depend on the kernel */
    size_t count;
    double *errors, *variances;
};

static void run_trials(void *context, size_t first, size_t end)
{
    struct trial_set *set = context;
    for (size_t i = first; i < end; i++) {
        const struct observation *item = set->items[i];
        struct xy at = {item->x_m + set->surface->origin.x_m,
                        item->y_m + set->surface->origin.y_m};
        struct nearby *near = &set->nears[i];
        struct residual guess;
        if (near->cell == CELL_ANY) {
            *near = (struct nearby){MODE_LISTED, item->site, item->cell};
            nearby_gather(set->surface, at, item->block, NULL, near);
        }
        nearby_krige(set->surface, near, at, item->cell, &guess);
        set->errors[i] = item->residual_db[MODE_LISTED] - guess.mean_db;
        set->variances[i] = guess.variance_db2 + item->noise_db2;
    }
}

/* Observations of the deciding kind, evenly through the index. */
static void choose_trials(const struct surface *surface, struct trial_set *set)
{
    const struct observation_index *index = &surface->by_place;
    size_t group = surface->drive ? BIN_DRIVE : BIN_REPORTED;
    size_t first = index_first(index, group), end = index_first(index, group + 1);
    size_t stride = (end - first) / TRIALS_AT_MOST + 1;
    set->surface = surface;
    set->items = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->items);
    set->nears = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->nears);
    set->errors = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->errors);
    set->variances = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->variances);
    for (size_t i = first + stride / 2; i < end; i += stride) {
        set->nears[set->count].cell = CELL_ANY; /* not yet gathered */
        set->items[set->count++] = &index->items[i];
    }
}

/* Mean log density of the errors, and the spread of the standardized ones. */
static double trial_score(const struct trial_set *set, double *spread)
{
    double score = 0, squares = 0;
    for (size_t i = 0; i < set->count; i++)
        squares += set->errors[i] * set->errors[i] / set->variances[i];
    double scale2 = fmax(squares / (double)set->count, 0.01);
    for (size_t i = 0; i < set->count; i++)
        score -= 0.5 * log(set->variances[i] * scale2) +
                 0.5 * set->errors[i] * set->errors[i] / (set->variances[i] * scale2);
    *spread = sqrt(scale2);
    return score / (double)set->count;
}

static double mean_noise_db2(const struct trial_set *set)
{
    double sum = 0;
    for (size_t i = 0; i < set->count; i++)
        sum += set->items[i]->noise_db2;
    return sum / (double)set->count;
}

static void drop_trials(struct trial_set *set)
{
    free(set->items);
    free(set->nears);
    free(set->errors);
    free(set->variances);
}

/* The best kernel so far, and what cross-validation says of it. */
struct tuned {
    struct kernel kernel;
    double score, spread, noise_db2;
};

/* A shape that is not round must be better by this much log density a trial: our choice. */
static const double STRETCH_TELLS = 0.008;

static void try_kernel(struct surface *surface, struct trial_set *set, struct kernel kernel,
                       struct tuned *best)
{
    double spread;
    surface->kernel = kernel;
    kernel_fill(&surface->kernel);
    parallel_for(surface->threads, set->count, 32, run_trials, set);
    double score = trial_score(set, &spread);
    if (score > best->score + (kernel.stretch > best->kernel.stretch ? STRETCH_TELLS : 0))
        *best = (struct tuned){kernel, score, spread, mean_noise_db2(set)};
}

void tune_kernel(struct surface *surface)
{
    static const double ranges_m[] = {50, 75, 110, 160, 240, 350, 500};
    static const double stretches[] = {1.5, 2, 3};
    struct trial_set set = {0};
    choose_trials(surface, &set);
    struct tuned best = {surface->kernel, -INFINITY, 1, PRIOR_FADING_DB2};
    for (size_t i = 0; set.count >= 30 && i < 2 * ARRAY_COUNT(ranges_m); i++) {
        struct kernel kernel = best.kernel;
        kernel.smooth = i % 2;
        kernel.range_m = ranges_m[i / 2];
        try_kernel(surface, &set, kernel, &best);
    }
    /* What reaches farther along is narrower across. */
    struct kernel round = best.kernel;
    for (size_t i = 0; set.count >= 30 && i < 2 * ARRAY_COUNT(stretches); i++) {
        struct kernel kernel = round;
        kernel.stretch = stretches[i / 2];
        kernel.range_m = round.range_m / (i % 2 ? sqrt(kernel.stretch) : 1);
        try_kernel(surface, &set, kernel, &best);
    }
    surface->kernel = best.kernel;
    surface->sigma_scale = best.spread;
    surface->typical_noise_db2 = best.noise_db2;
    kernel_fill(&surface->kernel);
    drop_trials(&set);
}
