/* Calibration: trend of the path, indoor mixture, variances, range, and how honest sigma is. */
#include <math.h>
#include <stdlib.h>

#include "geo/parallel.h"
#include "models/radio/surface_parts.h"

/* What holds before anything is measured, and how many measurements it is worth.
 * Slope: Okumura-Hata with a 30 m mast. Shadowing 8 dB, half of it common to all masts at a
 * place: 3GPP TR 36.814 table A.2.1.1.2-3. */
static const double PRIOR_SLOPE_DB = -35.2;
static const double PRIOR_DIFFRACTION = 0.8;
static const double PRIOR_SHADOW_DB2 = 64;
static const double PRIOR_RANGE_M = 100;
static const double PRIOR_FADING_DB2 = 9;
static const double PRIOR_PAIRS = 100;

/* One bin with what the fits need of it. */
struct bin_view {
    float decades, hill_db; /* decades of km */
    float level_db;         /* measured less eirp, base and antenna */
    bool good;
};

struct fit {
    struct surface *surface;
    struct bin_view *views; /* by bin */
};

static struct xy bin_middle(const struct surface *surface, const struct bin *bin)
{
    return (struct xy){(bin->ix + 0.5) * surface->bin_m, (bin->iy + 0.5) * surface->bin_m};
}

static void view_bins(void *context, size_t first, size_t end)
{
    struct fit *fit = context;
    const struct surface *surface = fit->surface;
    for (size_t i = first; i < end; i++) {
        const struct bin *bin = &surface->world->bins[i];
        const struct mast_cell *mast = &surface->cells[bin->cell];
        fit->views[i].good = mast->placed && isfinite(bin->mean_dbm);
        if (!fit->views[i].good)
            continue;
        struct view view = path_view(surface, bin->cell, bin_middle(surface, bin));
        fit->views[i].decades = (float)log10(fmax(view.link.distance_m, 50) / 1000);
        fit->views[i].hill_db = (float)view.hill_db;
        fit->views[i].level_db =
            (float)(bin->mean_dbm - mast->eirp_dbm + mast->base_db + view.antenna_db);
    }
}

/* The kind of bin that decides: drive tests where there are any. */
static bool is_primary(const struct surface *surface, const struct bin *bin)
{
    return !surface->drive || bin->kind == BIN_DRIVE;
}

/* ---- trend --------------------------------------------------------------------------- */

/* Normal equations of a ridge regression in three unknowns, solved by elimination. */
static void solve3(double a[3][4], double out[3])
{
    for (int i = 0; i < 3; i++)
        for (int k = i + 1; k < 3; k++) {
            double ratio = a[k][i] / a[i][i];
            for (int c = i; c < 4; c++)
                a[k][c] -= ratio * a[i][c];
        }
    for (int i = 2; i >= 0; i--) {
        out[i] = a[i][3];
        for (int c = i + 1; c < 3; c++)
            out[i] -= a[i][c] * out[c];
        out[i] /= a[i][i];
    }
}

static double huber(double residual, double knee)
{
    double size = fabs(residual);
    return size <= knee ? 1 : knee / size;
}

static void fit_trend(const struct fit *fit, enum rat rat)
{
    struct surface *surface = fit->surface;
    struct trend *trend = &surface->trends[rat];
    *trend = (struct trend){0, PRIOR_SLOPE_DB, surface->world->terrain ? PRIOR_DIFFRACTION : 0};
    const double prior[3] = {trend->at_km_db, trend->slope_db, -trend->diffraction};
    const double worth[3] = {0.3, 20, 2000}; /* 1 / prior variance, times that of a bin */
    for (int round = 0; round < 4; round++) {
        double a[3][4] = {{0}}, found[3];
        for (int i = 0; i < 3; i++)
            a[i][i] = worth[i], a[i][3] = worth[i] * prior[i];
        for (size_t i = 0; i < surface->world->bin_count; i++) {
            const struct bin *bin = &surface->world->bins[i];
            const struct bin_view *view = &fit->views[i];
            if (!view->good || !is_primary(surface, bin) ||
                surface->cells[bin->cell].rat != rat)
                continue;
            const double x[3] = {1, view->decades, view->hill_db};
            double residual = view->level_db - trend->at_km_db -
                              trend->slope_db * view->decades +
                              trend->diffraction * view->hill_db;
            double weight = round ? huber(residual, 20) : 1;
            for (int r = 0; r < 3; r++) {
                for (int c = 0; c < 3; c++)
                    a[r][c] += weight * x[r] * x[c];
                a[r][3] += weight * x[r] * view->level_db;
            }
        }
        solve3(a, found);
        /* More distance or more hill never strengthens a signal, whatever a biased sample of
         * strong cells seems to say. */
        *trend = (struct trend){found[0], fmin(found[1], 0), fmax(-found[2], 0)};
    }
}

static double residual_of(const struct fit *fit, size_t i)
{
    const struct surface *surface = fit->surface;
    const struct mast_cell *mast = &surface->cells[surface->world->bins[i].cell];
    const struct trend *trend = &surface->trends[mast->rat];
    const struct bin_view *view = &fit->views[i];
    return view->level_db - trend->at_km_db - trend->slope_db * view->decades +
           trend->diffraction * view->hill_db - mast->offset_db;
}

/* ---- indoors ------------------------------------------------------------------------- */

/* Report less drive test of the same cell in the same bin: a mixture of outdoors, around 0, and
 * indoors, around -loss. Expectation-maximization in one dimension. */
struct mixture {
    double share, loss_db, sigma_db, outdoor_db2;
};

static double normal_density(double x, double variance)
{
    return exp(-x * x / (2 * variance)) / sqrt(2 * M_PI * variance);
}

static void mixture_fit(struct mixture *mix, const float *differences, size_t count)
{
    for (int round = 0; round < 60; round++) {
        double inside = 0, sum = 0, squares = 0;
        for (size_t i = 0; i < count; i++) {
            double x = differences[i];
            double in =
                mix->share * normal_density(x + mix->loss_db,
                                            mix->sigma_db * mix->sigma_db + mix->outdoor_db2);
            double out = (1 - mix->share) * normal_density(x, mix->outdoor_db2) + 1e-12;
            double part = in / (in + out);
            inside += part, sum -= part * x, squares += part * x * x;
        }
        if (inside < 1)
            break;
        mix->share = fmin(fmax(inside / (double)count, 0.01), 0.99);
        mix->loss_db = fmax(sum / inside, 3);
        double variance = squares / inside - (sum / inside) * (sum / inside);
        mix->sigma_db = sqrt(fmax(variance - mix->outdoor_db2, 1));
    }
}

static void fit_indoor(struct surface *surface)
{
    const struct world *world = surface->world;
    surface->indoor =
        (struct surface_indoor){.loss_db = RULE_VALUE(&world->rules, indoor_loss_db),
                                .sigma_db = RULE_VALUE(&world->rules, indoor_loss_sigma_db),
                                .share = NAN};
    float *differences = base_alloc(world->bin_count, sizeof *differences);
    size_t count = 0;
    for (size_t i = 1; i < world->bin_count; i++) {
        const struct bin *drive = &world->bins[i - 1], *report = &world->bins[i];
        if (drive->kind == BIN_DRIVE && report->kind == BIN_REPORTED &&
            drive->cell == report->cell && drive->ix == report->ix && drive->iy == report->iy &&
            report->samples <= 2)
            differences[count++] = report->mean_dbm - drive->mean_dbm;
    }
    if (count >= RULE_VALUE(&world->rules, indoor_pairs)) {
        struct mixture mix = {.share = 0.5,
                              .loss_db = surface->indoor.loss_db,
                              .sigma_db = surface->indoor.sigma_db,
                              .outdoor_db2 = 2 * surface->fading_db2 + 1};
        mixture_fit(&mix, differences, count);
        surface->indoor = (struct surface_indoor){mix.loss_db, mix.sigma_db, mix.share};
    }
    free(differences);
}

/* The mean loss of a report, and the variance of one about it. */
static double report_loss_db(const struct surface *surface)
{
    return isnan(surface->indoor.share) ? 0 : surface->indoor.share * surface->indoor.loss_db;
}

static double report_db2(const struct surface *surface)
{
    const struct surface_indoor *in = &surface->indoor;
    if (isnan(in->share))
        return surface->fading_db2;
    return surface->fading_db2 + in->share * in->sigma_db * in->sigma_db +
           in->share * (1 - in->share) * in->loss_db * in->loss_db;
}

/* ---- fading, noise ------------------------------------------------------------------- */

/* The variance of samples of one cell within one bin, pooled over bins. */
static void fit_fading(struct surface *surface)
{
    double sum = PRIOR_PAIRS * PRIOR_FADING_DB2, weight = PRIOR_PAIRS;
    for (size_t i = 0; i < surface->world->bin_count; i++) {
        const struct bin *bin = &surface->world->bins[i];
        if (!is_primary(surface, bin) || bin->samples < 2 || !isfinite(bin->deviation_db))
            continue;
        double degrees = BASE_MIN(bin->samples, 20) - 1;
        sum += degrees * bin->deviation_db * bin->deviation_db;
        weight += degrees;
    }
    surface->fading_db2 = fmax(sum / weight, 1);
}

/* Many samples of one bin are not independent: they stand at few spots of it. */
static double noise_db2(const struct surface *surface, const struct bin *bin)
{
    double n = BASE_MIN(bin->samples, 30);
    if (bin->kind == BIN_DRIVE || isnan(surface->indoor.share))
        return surface->fading_db2 / n + 0.15 * surface->fading_db2;
    return report_db2(surface) / n + 2;
}

/* ---- offsets of cells ---------------------------------------------------------------- */

/* A cell's mean residual over 500 m squares, shrunk as if 10 more squares had shown none. */
static void fit_offsets(const struct fit *fit)
{
    struct surface *surface = fit->surface;
    const struct world *world = surface->world;
    double *sums = base_alloc(world->cell_count * 2, sizeof *sums);
    int32_t *last = base_alloc(world->cell_count * 2, sizeof *last);
    double *square = base_alloc(world->cell_count * 2, sizeof *square);
    int32_t per_square = (int32_t)fmax(1, 500 / surface->bin_m);
    for (size_t i = 0; i < world->bin_count; i++) {
        const struct bin *bin = &world->bins[i];
        if (!fit->views[i].good || !is_primary(surface, bin))
            continue;
        /* Bins come by rows: a run of one cell within one square of a row counts as one. */
        int32_t x = bin->ix / per_square, y = bin->iy / per_square;
        bool same = square[bin->cell * 2] > 0 && last[bin->cell * 2] == x &&
                    last[bin->cell * 2 + 1] == y;
        double weight = same ? 0.1 : 1;
        last[bin->cell * 2] = x, last[bin->cell * 2 + 1] = y;
        square[bin->cell * 2] = 1;
        double r = residual_of(fit, i);
        sums[bin->cell * 2] += weight * r * huber(r, 20);
        sums[bin->cell * 2 + 1] += weight;
    }
    for (size_t c = 0; c < world->cell_count; c++)
        surface->cells[c].offset_db = sums[c * 2] / (sums[c * 2 + 1] + 60);
    free(sums);
    free(last);
    free(square);
}

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
    return fit->views[i].good && is_primary(fit->surface, bin) &&
           (fit->surface->drive || bin->samples >= 3);
}

/* Residuals far out tell of wrong rows, not of shadowing. */
static double centred(const struct fit *fit, const struct moments *moments, size_t i)
{
    double limit = 3 * sqrt(moments->variance);
    return fmin(fmax(residual_of(fit, i) - moments->mean, -limit), limit);
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
            double r = residual_of(fit, i);
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

static void fit_sills(const struct fit *fit)
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
}

/* ---- observations -------------------------------------------------------------------- */

static uint32_t block_of(const struct surface *surface, const struct bin *bin)
{
    int32_t per_block = (int32_t)fmax(1, 200 / surface->bin_m);
    int32_t x = (int32_t)floor((double)bin->ix / per_block);
    int32_t y = (int32_t)floor((double)bin->iy / per_block);
    uint64_t place = (uint64_t)(uint32_t)x << 32 | (uint32_t)y;
    uint32_t block = (uint32_t)hash_mix(place);
    return block == BLOCK_NONE ? 0 : block;
}

static struct observation observe(const struct fit *fit, size_t i)
{
    const struct surface *surface = fit->surface;
    const struct bin *bin = &surface->world->bins[i];
    struct xy at = bin_middle(surface, bin);
    double residual = residual_of(fit, i);
    if (bin->kind == BIN_REPORTED)
        residual += report_loss_db(surface);
    /* A residual far out is believed less the farther it is. */
    double limit = 3 * sqrt(kernel_total_db2(&surface->kernel));
    double over = fmax(fabs(residual) - limit, 0);
    return (struct observation){.x_m = (float)(at.x_m - surface->origin.x_m),
                                .y_m = (float)(at.y_m - surface->origin.y_m),
                                .residual_db = (float)fmin(fmax(residual, -limit), limit),
                                .noise_db2 = (float)(noise_db2(surface, bin) + over * over),
                                .cell = bin->cell,
                                .site = surface->cells[bin->cell].site,
                                .block = block_of(surface, bin)};
}

static void index_observations(const struct fit *fit)
{
    struct surface *surface = fit->surface;
    const struct world *world = surface->world;
    struct observation *items = base_alloc(world->bin_count, sizeof *items);
    uint32_t *by_mast = base_alloc(world->bin_count, sizeof *by_mast);
    uint32_t *by_place = base_alloc(world->bin_count, sizeof *by_place);
    size_t count = 0;
    for (size_t i = 0; i < world->bin_count; i++) {
        if (!fit->views[i].good)
            continue;
        items[count] = observe(fit, i);
        by_place[count] = world->bins[i].kind;
        by_mast[count] = items[count].site * GROUP_KINDS + world->bins[i].kind;
        count++;
    }
    index_build(&surface->by_mast, items, count, by_mast, world->site_count * GROUP_KINDS);
    index_build(&surface->by_place, items, count, by_place, GROUP_KINDS);
    surface->summary.bins = count;
    free(items);
    free(by_mast);
    free(by_place);
}

/* ---- cross-validation ---------------------------------------------------------------- */

enum { TRIALS_AT_MOST = 1500 };

struct trial_set {
    const struct surface *surface;
    const struct observation **items;
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
        struct nearby near;
        struct residual guess;
        nearby_gather(set->surface, item->site, at, item->block, &near);
        nearby_krige(set->surface, &near, at, &item->cell, 1, &guess);
        set->errors[i] = item->residual_db - guess.mean_db;
        set->variances[i] = guess.variance_db2 + item->noise_db2;
    }
}

/* Observations of the deciding kind, evenly through the index. */
static void choose_trials(const struct surface *surface, struct trial_set *set)
{
    const struct observation_index *index = &surface->by_place;
    size_t group = surface->drive ? BIN_DRIVE : BIN_REPORTED;
    size_t first = index->group_first[group], end = index->group_first[group + 1];
    size_t stride = (end - first) / TRIALS_AT_MOST + 1;
    set->surface = surface;
    set->items = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->items);
    set->errors = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->errors);
    set->variances = base_alloc(TRIALS_AT_MOST + 1, sizeof *set->variances);
    for (size_t i = first + stride / 2; i < end; i += stride)
        set->items[set->count++] = &index->items[i];
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

static void choose_kernel(struct surface *surface)
{
    static const double ranges_m[] = {50, 75, 110, 160, 240, 350, 500};
    struct trial_set set = {0};
    choose_trials(surface, &set);
    struct kernel best = surface->kernel;
    double best_score = -INFINITY;
    surface->sigma_scale = 1;
    surface->typical_noise_db2 = PRIOR_FADING_DB2;
    for (size_t i = 0; set.count >= 30 && i < 2 * ARRAY_COUNT(ranges_m); i++) {
        surface->kernel.smooth = i % 2;
        surface->kernel.range_m = ranges_m[i / 2];
        kernel_fill(&surface->kernel);
        parallel_for(surface->threads, set.count, 32, run_trials, &set);
        double spread, score = trial_score(&set, &spread);
        if (score > best_score) {
            best_score = score, best = surface->kernel;
            surface->sigma_scale = spread;
            surface->typical_noise_db2 = mean_noise_db2(&set);
        }
    }
    surface->kernel = best;
    kernel_fill(&surface->kernel);
    free(set.items);
    free(set.errors);
    free(set.variances);
}

/* ---- the whole ----------------------------------------------------------------------- */

static void summarize(struct surface *surface)
{
    const struct world *world = surface->world;
    const struct kernel *kernel = &surface->kernel;
    enum rat rat = world->cell_count ? surface->cells[0].rat : RAT_UNKNOWN;
    struct surface_summary *summary = &surface->summary;
    summary->slope_db = -surface->trends[rat].slope_db;
    summary->diffraction = world->terrain ? surface->trends[rat].diffraction : NAN;
    summary->place_sigma_db = sqrt(kernel->place_db2);
    summary->mast_sigma_db = sqrt(kernel->mast_db2 + kernel->wide_db2);
    summary->cell_sigma_db = sqrt(kernel->cell_db2 + kernel->constant_db2);
    summary->fading_sigma_db = sqrt(surface->fading_db2);
    summary->range_m = kernel->range_m;
    summary->smooth = kernel->smooth;
    summary->sigma_scale = surface->sigma_scale;
    summary->cells = world->cell_count;
}

void fit_all(struct surface *surface)
{
    const struct world *world = surface->world;
    struct fit fit = {.surface = surface,
                      .views = base_alloc(world->bin_count, sizeof *fit.views)};
    size_t drives = 0;
    for (size_t i = 0; i < world->bin_count; i++)
        drives += world->bins[i].kind == BIN_DRIVE;
    surface->drive = drives >= 200 && drives * 50 >= world->bin_count;
    parallel_for(surface->threads, world->bin_count, 256, view_bins, &fit);
    for (int rat = 0; rat < RAT_COUNT; rat++)
        fit_trend(&fit, rat);
    fit_fading(surface);
    fit_indoor(surface);
    fit_offsets(&fit);
    fit_sills(&fit);
    index_observations(&fit);
    choose_kernel(surface);
    summarize(surface);
    free(fit.views);
}
