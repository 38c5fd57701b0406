/* Calibration: trend of the path, indoor mixture, variances, range, and how honest sigma is. */
#include <math.h>
#include <stdlib.h>

#include "geo/parallel.h"
#include "models/radio/surface_parts.h"

/* What holds before anything is measured. Slope: Okumura-Hata with a 30 m mast. Diffraction:
 * our choice. */
static const double PRIOR_SLOPE_DB = -35.2;
static const double PRIOR_DIFFRACTION = 0.8;

/* Where a bin's samples were taken, on average. */
struct xy fit_place(const struct surface *surface, const struct bin *bin)
{
    return (struct xy){(bin->ix + 0.5) * surface->bin_m + bin->off_x_m,
                       (bin->iy + 0.5) * surface->bin_m + bin->off_y_m};
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
        struct view view = path_view(surface, bin->cell, fit_place(surface, bin));
        fit->views[i].decades = (float)log10(fmax(view.link.distance_m, 50) / 1000);
        fit->views[i].hill_db = (float)view.hill_db;
        fit->views[i].antenna_db = (float)view.antenna_db;
        fit->views[i].level_db = (float)(bin->mean_dbm - mast->eirp_dbm + mast->base_db +
                                         surface->pattern_share * view.antenna_db);
    }
}

/* The kind of bin that decides: drive tests where there are any. */
bool fit_is_primary(const struct surface *surface, const struct bin *bin)
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
        if (!view->good || !fit_is_primary(surface, bin) ||
            surface->cells[bin->cell].rat != rat)
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

/* More distance or more hill never strengthens a signal, whatever a biased sample of strong
 * cells seems to say. */
static struct trend trend_found(enum mode mode, const double found[UNKNOWNS])
{
    struct trend trend = {found[0], fmin(found[1], 0), fmax(found[2], 0)};
    double slope = trend.slope_db;
    for (int i = 0; i < TREND_BENDS; i++) {
        trend.bend_db[i] = mode == MODE_OPEN ? fmin(found[3 + i], -slope) : found[3 + i];
        slope += trend.bend_db[i];
    }
    return trend;
}

/* A bend's prior of none is worth so many bins: near masts levels fall less with distance than
 * farther out, and selection bends the listed trend more. Our choice, see README. */
static const double bend_worth[MODE_COUNT] = {[MODE_OPEN] = 200, [MODE_LISTED] = 20};

/* Expectation and maximization: Tobit regression with a weak prior. */
static void fit_trend(struct fit *fit, enum rat rat, int rounds)
{
    struct surface *surface = fit->surface;
    struct trend *trend = &surface->trends[fit->mode][rat];
    for (int round = 0; round < rounds; round++) {
        struct sums sums = {.squares = PRIOR_PAIRS * PRIOR_SHADOW_DB2, .count = PRIOR_PAIRS};
        /* What the prior expects, and its worth in bins: one over its variance. */
        const double prior[] = {0, PRIOR_SLOPE_DB, PRIOR_DIFFRACTION};
        const double worth[] = {0.3, 20, 2000};
        double found[UNKNOWNS];
        for (int i = 0; i < UNKNOWNS; i++) {
            sums.a[i][i] = i < 3 ? worth[i] : bend_worth[fit->mode];
            sums.a[i][UNKNOWNS] = i < 3 ? worth[i] * prior[i] : 0;
        }
        sum_measured(fit, rat, &sums);
        sum_absent(fit, rat, &sums);
        if (sums.count > PRIOR_PAIRS)
            fit->spread_db2 = sums.squares / sums.count;
        sums_solve(&sums, found);
        *trend = trend_found(fit->mode, found);
        if (!surface->world->terrain)
            trend->diffraction = 0;
    }
}

double fit_residual_db(const struct fit *fit, enum mode mode, size_t i)
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
double fit_report_loss_db(const struct surface *surface)
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
        if (!fit_is_primary(surface, bin) || bin->samples < 2 || !isfinite(bin->deviation_db))
            continue;
        double degrees = BASE_MIN(bin->samples, 20) - 1;
        sum += degrees * bin->deviation_db * bin->deviation_db;
        weight += degrees;
    }
    surface->fading_db2 = fmax(sum / weight, 1);
}

/* Samples of one bin come from few spots, phones and minutes, so that they vary less than what
 * they tell of the bin is wrong by: how many times, from how the residuals' variance goes with
 * one over their number. */
static double sampling_share(const struct fit *fit)
{
    const struct surface *surface = fit->surface;
    double n = 0, x1 = 0, x2 = 0, y1 = 0, xy = 0;
    for (size_t i = 0; i < surface->world->bin_count; i++) {
        const struct bin *bin = &surface->world->bins[i];
        if (!fit->views[i].good || !fit_is_primary(surface, bin))
            continue;
        double limit = 3 * sqrt(fit->spread_db2), r = fit_residual_db(fit, MODE_LISTED, i);
        double x = 1.0 / BASE_MIN(bin->samples, 30), y = fmin(r * r, limit * limit);
        n++, x1 += x, x2 += x * x, y1 += y, xy += x * y;
    }
    double across = x2 - x1 * x1 / fmax(n, 1);
    double slope = n < 2 * PRIOR_PAIRS || !(across > 0) ? 0 : (xy - x1 * y1 / n) / across;
    return fmin(fmax(slope / surface->fading_db2, 1), 2);
}

/* Many samples of one bin are not independent: they stand at few spots of it. */
double fit_noise_db2(const struct surface *surface, enum bin_kind kind, uint32_t samples)
{
    double n = BASE_MIN(BASE_MAX(samples, 1), 30);
    if (kind == BIN_DRIVE || isnan(surface->indoor.share))
        return surface->fading_db2 * (surface->sampling_share / n + 0.05);
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
        if (!fit->views[i].good || !fit_is_primary(surface, bin))
            continue;
        /* Bins come by rows: a run of one cell within one square of a row counts as one. */
        int32_t x = bin->ix / per_square, y = bin->iy / per_square;
        bool same = square[bin->cell * 2] > 0 && last[bin->cell * 2] == x &&
                    last[bin->cell * 2 + 1] == y;
        double weight = same ? 0.1 : 1;
        last[bin->cell * 2] = x, last[bin->cell * 2 + 1] = y;
        square[bin->cell * 2] = 1;
        double r = fit_residual_db(fit, fit->mode, i);
        sums[bin->cell * 2] += weight * r * huber(r, 20);
        sums[bin->cell * 2 + 1] += weight;
    }
    for (size_t c = 0; c < world->cell_count; c++)
        surface->cells[c].offset_db[fit->mode] = sums[c * 2] / (sums[c * 2 + 1] + 20);
    free(sums);
    free(last);
    free(square);
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
    surface->spread_db2 = fit->spread_db2;
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
    surface->sampling_share = sampling_share(&fit);
    tune_sills(&fit);
    tune_observations(&fit);
    tune_kernel(surface);
    absences_find(surface, &fit.absences);
    tune_absences(&fit);
    summarize(surface);
    free(fit.views);
    free(fit.absences.items);
}
