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
    float level_db;         /* measured less eirp and base, antenna's share added back */
    float antenna_db;
    bool good;
};

struct fit {
    struct surface *surface;
    struct bin_view *views; /* by bin */
    struct absences absences;
    double spread_db2; /* of residuals about the trend */
    enum mode mode;    /* whose trend is being fitted */
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
        fit->views[i].antenna_db = (float)view.antenna_db;
        fit->views[i].level_db = (float)(bin->mean_dbm - mast->eirp_dbm + mast->base_db +
                                         surface->pattern_share * view.antenna_db);
    }
}

/* The kind of bin that decides: drive tests where there are any. */
static bool is_primary(const struct surface *surface, const struct bin *bin)
{
    return !surface->drive || bin->kind == BIN_DRIVE;
}

/* ---- trend --------------------------------------------------------------------------- */

enum { UNKNOWNS = 3 + TREND_BENDS };

/* Normal equations of a ridge regression, solved by elimination: they are positive definite. */
struct sums {
    double a[UNKNOWNS][UNKNOWNS + 1];
    double squares, count;
};

static void sums_solve(struct sums *sums, double out[UNKNOWNS])
{
    for (int i = 0; i < UNKNOWNS; i++)
        for (int k = i + 1; k < UNKNOWNS; k++) {
            double ratio = sums->a[k][i] / sums->a[i][i];
            for (int c = i; c <= UNKNOWNS; c++)
                sums->a[k][c] -= ratio * sums->a[i][c];
        }
    for (int i = UNKNOWNS - 1; i >= 0; i--) {
        out[i] = sums->a[i][UNKNOWNS];
        for (int c = i + 1; c < UNKNOWNS; c++)
            out[i] -= sums->a[i][c] * out[c];
        out[i] /= sums->a[i][i];
    }
}

static double huber(double residual, double knee)
{
    double size = fabs(residual);
    return size <= knee ? 1 : knee / size;
}

static void sums_add(struct sums *sums, const double x[UNKNOWNS], double level_db,
                     double weight)
{
    for (int r = 0; r < UNKNOWNS; r++) {
        for (int c = 0; c < UNKNOWNS; c++)
            sums->a[r][c] += weight * x[r] * x[c];
        sums->a[r][UNKNOWNS] += weight * x[r] * level_db;
    }
}

static void features(double decades, double hill_db, double x[UNKNOWNS])
{
    x[0] = 1, x[1] = decades, x[2] = -hill_db;
    for (int i = 0; i < TREND_BENDS; i++)
        x[3 + i] = fmax(decades - trend_bends[i], 0);
}

static void sum_measured(const struct fit *fit, enum rat rat, struct sums *sums)
{
    const struct surface *surface = fit->surface;
    const struct trend *trend = &surface->trends[fit->mode][rat];
    for (size_t i = 0; i < surface->world->bin_count; i++) {
        const struct bin *bin = &surface->world->bins[i];
        const struct bin_view *view = &fit->views[i];
        if (!view->good || !is_primary(surface, bin) || surface->cells[bin->cell].rat != rat)
            continue;
        double residual = view->level_db - trend_db(trend, view->decades, view->hill_db);
        double weight = huber(residual, 3 * sqrt(fit->spread_db2));
        double x[UNKNOWNS];
        features(view->decades, view->hill_db, x);
        sums_add(sums, x, view->level_db, weight);
        sums->squares += weight * residual * residual;
        sums->count += weight;
    }
}

/* The expected level of what was not reported, given that it was below its bound. */
static void sum_absent(const struct fit *fit, enum rat rat, struct sums *sums)
{
    const struct surface *surface = fit->surface;
    const struct trend *trend = &surface->trends[fit->mode][rat];
    for (size_t i = 0; fit->mode == MODE_OPEN && i < fit->absences.count; i++) {
        const struct absence *absence = &fit->absences.items[i];
        if (surface->cells[absence->cell].rat != rat)
            continue;
        double expected = trend_db(trend, absence->decades, absence->hill_db);
        struct residual low = absence_residual(absence->bound_db - expected, fit->spread_db2);
        double x[UNKNOWNS];
        features(absence->decades, absence->hill_db, x);
        sums_add(sums, x, expected + low.mean_db, 1);
        sums->squares += low.mean_db * low.mean_db + low.variance_db2;
        sums->count++;
    }
}

/* Expectation and maximization: Tobit regression with a weak prior. The open trend is straight
 * in the logarithm of distance; the listed one may bend, as selection bends it. */
static void fit_trend(struct fit *fit, enum rat rat, int rounds)
{
    struct surface *surface = fit->surface;
    struct trend *trend = &surface->trends[fit->mode][rat];
    const double bend_worth = fit->mode == MODE_LISTED ? 20 : 1e9;
    for (int round = 0; round < rounds; round++) {
        struct sums sums = {.squares = PRIOR_PAIRS * PRIOR_SHADOW_DB2, .count = PRIOR_PAIRS};
        /* What the prior expects, and its worth in bins: one over its variance. */
        const double prior[] = {0, PRIOR_SLOPE_DB, PRIOR_DIFFRACTION};
        const double worth[] = {0.3, 20, 2000};
        double found[UNKNOWNS];
        for (int i = 0; i < UNKNOWNS; i++) {
            sums.a[i][i] = i < 3 ? worth[i] : bend_worth;
            sums.a[i][UNKNOWNS] = i < 3 ? worth[i] * prior[i] : 0;
        }
        sum_measured(fit, rat, &sums);
        sum_absent(fit, rat, &sums);
        if (sums.count > PRIOR_PAIRS)
            fit->spread_db2 = sums.squares / sums.count;
        sums_solve(&sums, found);
        /* More distance or more hill never strengthens a signal, whatever a biased sample of
         * strong cells seems to say. */
        *trend = (struct trend){found[0], fmin(found[1], 0), fmax(found[2], 0)};
        for (int i = 0; i < TREND_BENDS; i++)
            trend->bend_db[i] = fit->mode == MODE_LISTED ? found[3 + i] : 0;
        if (!surface->world->terrain)
            trend->diffraction = 0;
    }
}

static double residual_of(const struct fit *fit, enum mode mode, size_t i)
{
    const struct surface *surface = fit->surface;
    const struct mast_cell *mast = &surface->cells[surface->world->bins[i].cell];
    const struct trend *trend = &surface->trends[mode][mast->rat];
    const struct bin_view *view = &fit->views[i];
    return view->level_db - trend_db(trend, view->decades, view->hill_db) -
           mast->offset_db[mode];
}

/* ---- how much of the antenna's pattern is seen ------------------------------------------ */

/* Cells of one mast measured in one bin differ by their antennas alone: the slope of what they
 * differ by on what the patterns say, between 0 (the table tells nothing) and 1. Each mast is
 * worth a limited number of pairs, so that one with a wrong table does not decide. */
static void fit_pattern_share(const struct fit *fit)
{
    struct surface *surface = fit->surface;
    const struct world *world = surface->world;
    double products = 0, squares = 0;
    for (size_t i = 0; i < world->bin_count; i++) {
        const struct bin *a = &world->bins[i];
        for (size_t k = i + 1; fit->views[i].good && k < world->bin_count; k++) {
            const struct bin *b = &world->bins[k];
            if (a->ix != b->ix || a->iy != b->iy)
                break;
            if (!fit->views[k].good || a->kind != b->kind || a->cell == b->cell ||
                surface->cells[a->cell].site != surface->cells[b->cell].site)
                continue;
            double said = fit->views[k].antenna_db - fit->views[i].antenna_db;
            double seen =
                fit->views[i].level_db - surface->pattern_share * fit->views[i].antenna_db -
                fit->views[k].level_db + surface->pattern_share * fit->views[k].antenna_db;
            products += said * seen, squares += said * said;
        }
    }
    const double prior = 20 * PRIOR_SHADOW_DB2; /* as 20 pairs in full agreement */
    double share = fmin(fmax((products + prior) / (squares + prior), 0), 1);
    double change = share - surface->pattern_share;
    surface->pattern_share = share;
    for (size_t i = 0; i < world->bin_count; i++)
        fit->views[i].level_db += (float)(change * fit->views[i].antenna_db);
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

/* A cell's mean residual over 500 m squares, shrunk as if 20 more squares had shown none. */
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
        double r = residual_of(fit, fit->mode, i);
        sums[bin->cell * 2] += weight * r * huber(r, 20);
        sums[bin->cell * 2 + 1] += weight;
    }
    for (size_t c = 0; c < world->cell_count; c++)
        surface->cells[c].offset_db[fit->mode] = sums[c * 2] / (sums[c * 2 + 1] + 20);
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
    return fmin(fmax(residual_of(fit, MODE_LISTED, i) - moments->mean, -limit), limit);
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
            double r = residual_of(fit, MODE_LISTED, i);
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

/* Residuals far out tell of wrong rows, not of shadowing: cut, and believed less the farther
 * they lie. */
static struct observation observe(const struct fit *fit, size_t i)
{
    const struct surface *surface = fit->surface;
    const struct bin *bin = &surface->world->bins[i];
    struct xy at = bin_middle(surface, bin);
    struct observation out = {.x_m = (float)(at.x_m - surface->origin.x_m),
                              .y_m = (float)(at.y_m - surface->origin.y_m),
                              .noise_db2 = (float)noise_db2(surface, bin),
                              .cell = bin->cell,
                              .site = surface->cells[bin->cell].site,
                              .block = block_of(surface, bin)};
    double limit = 3 * sqrt(kernel_total_db2(&surface->kernel)), over = 0;
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        double residual = residual_of(fit, mode, i);
        if (bin->kind == BIN_REPORTED)
            residual += report_loss_db(surface);
        out.residual_db[mode] = (float)fmin(fmax(residual, -limit), limit);
        over = fmax(fabs(residual) - limit, 0);
    }
    out.noise_db2 += (float)(over * over); /* by the last, LISTED */
    return out;
}

static void index_measured(struct fit *fit)
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
        struct xy at = bin_middle(surface, bin);
        struct nearby near = {.mode = MODE_OPEN};
        struct residual before;
        nearby_gather(surface, mast->site, at, BLOCK_NONE, &near);
        nearby_krige(surface, &near, at, &absence->cell, 1, &before);
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
            .residual_db = {(float)(before.mean_db + shift)},
            .noise_db2 = (float)(ABSENCE_SHARED * noise + surface->fading_db2),
            .cell = absence->cell,
            .site = mast->site,
            .block = block_of(surface, bin)};
    }
}

/* The absences that tell something join the measured observations of their mast. */
static void index_absences(struct fit *fit)
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
        for (size_t i = index->group_first[group]; i < index->group_first[group + 1]; i++) {
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
        struct nearby near = {.mode = MODE_LISTED};
        struct residual guess;
        nearby_gather(set->surface, item->site, at, item->block, &near);
        nearby_krige(set->surface, &near, at, &item->cell, 1, &guess);
        set->errors[i] = item->residual_db[MODE_LISTED] - guess.mean_db;
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

static void drop_trials(struct trial_set *set)
{
    free(set->items);
    free(set->errors);
    free(set->variances);
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
    drop_trials(&set);
}

/* ---- the whole ----------------------------------------------------------------------- */

static void summarize(struct surface *surface)
{
    const struct world *world = surface->world;
    const struct kernel *kernel = &surface->kernel;
    enum rat rat = world->cell_count ? surface->cells[0].rat : RAT_UNKNOWN;
    struct surface_summary *summary = &surface->summary;
    summary->slope_db = -surface->trends[MODE_OPEN][rat].slope_db;
    summary->diffraction = world->terrain ? surface->trends[MODE_OPEN][rat].diffraction : NAN;
    summary->place_sigma_db = sqrt(kernel->place_db2);
    summary->mast_sigma_db = sqrt(kernel->mast_db2 + kernel->wide_db2);
    summary->cell_sigma_db = sqrt(kernel->cell_db2 + kernel->constant_db2);
    summary->fading_sigma_db = sqrt(surface->fading_db2);
    summary->range_m = kernel->range_m;
    summary->smooth = kernel->smooth;
    summary->sigma_scale = surface->sigma_scale;
    summary->cells = world->cell_count;
}

/* The open trend starts from the listed one; who is absent depends on it, so a few times. */
static void fit_trends(struct fit *fit)
{
    struct surface *surface = fit->surface;
    fit->spread_db2 = PRIOR_SHADOW_DB2;
    fit->mode = MODE_LISTED;
    for (int rat = 0; rat < RAT_COUNT; rat++) {
        fit_trend(fit, rat, 4);
        surface->trends[MODE_OPEN][rat] = surface->trends[MODE_LISTED][rat];
    }
    fit->mode = MODE_OPEN;
    for (int pass = 0; pass < 3; pass++) {
        absences_find(surface, &fit->absences);
        for (int rat = 0; rat < RAT_COUNT; rat++)
            fit_trend(fit, rat, 5);
    }
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
    surface->pattern_share = 1;
    parallel_for(surface->threads, world->bin_count, 256, view_bins, &fit);
    fit_pattern_share(&fit);
    fit_trends(&fit);
    fit_fading(surface);
    fit_indoor(surface);
    for (fit.mode = 0; fit.mode < MODE_COUNT; fit.mode++)
        fit_offsets(&fit);
    fit_sills(&fit);
    index_measured(&fit);
    choose_kernel(surface);
    absences_find(surface, &fit.absences);
    index_absences(&fit);
    summarize(surface);
    free(fit.views);
    free(fit.absences.items);
}
