/* How good the surface is where nothing was measured: a fifth of the 200 m blocks is held out,
 * the surface calibrated on the rest, and its error compared with a calibrated Hata model and
 * inverse distance weighting, which see the same bins.
 * usage: hold_out FOLDER [SEED] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "models/radio/link.h"
#include "models/radio/pathloss.h"
#include "models/radio/surface.h"

struct score {
    double squares, sum, count;
    double z_squares, z_sum;
};

static void score_add(struct score *score, double error, double sigma)
{
    if (!isfinite(error))
        return;
    score->squares += error * error, score->sum += error, score->count++;
    score->z_squares += error * error / (sigma * sigma), score->z_sum += error / sigma;
}

static double score_rmse(const struct score *score)
{
    return sqrt(score->squares / score->count);
}

static double score_spread(const struct score *score)
{
    double mean = score->z_sum / score->count;
    return sqrt(score->z_squares / score->count - mean * mean);
}

static bool held_out(const struct bin *bin, double bin_m, uint64_t seed)
{
    int32_t per_block = (int32_t)fmax(1, 200 / bin_m);
    uint64_t x = (uint32_t)(int32_t)floor((double)bin->ix / per_block);
    uint64_t y = (uint32_t)(int32_t)floor((double)bin->iy / per_block);
    return hash_mix(hash_mix(x << 32 | y) + seed) % 5 == 0;
}

/* Where the bin's samples were taken: the same for all that are compared. */
static struct xy place_of(const struct bin *bin, double bin_m)
{
    return (struct xy){(bin->ix + 0.5) * bin_m + bin->off_x_m,
                       (bin->iy + 0.5) * bin_m + bin->off_y_m};
}

/* ---- the two that it is compared with -------------------------------------------------- */

/* Hata or COST 231 with antenna, offset and slope fitted over the network, then an offset for
 * each cell. */
struct hata {
    double offset, slope, *cell;
};

static double hata_rest(const struct world *world, uint32_t c, struct xy at, double *decades)
{
    const struct cell *cell = &world->cells[c];
    struct link link = link_between(cell->xy, at, link_height_m(cell) - 1.5);
    struct antenna antenna = link_antenna(cell);
    struct antenna_aim aim = link_aim(cell);
    struct path path = {link_frequency_mhz(cell), 1000, link_height_m(cell), 1.5};
    *decades = log10(fmax(link.distance_m, 20) / 1000);
    return link_power_dbm(cell) - pathloss_hata_trend_db(&path) +
           antenna_gain_dbi(&antenna, &aim, link.bearing_deg, link.elevation_deg);
}

static struct hata hata_fit(const struct world *world, double bin_m, enum bin_kind kind)
{
    struct hata hata = {.cell = base_alloc(world->cell_count, sizeof(double))};
    double *count = base_alloc(world->cell_count, sizeof *count);
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, x;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < world->bin_count; i++) {
            const struct bin *bin = &world->bins[i];
            if (bin->kind != kind)
                continue;
            double y = bin->mean_dbm - hata_rest(world, bin->cell, place_of(bin, bin_m), &x);
            n++, sx += x, sy += y, sxx += x * x, sxy += x * y;
            if (pass) {
                hata.cell[bin->cell] += y - hata.offset - hata.slope * x;
                count[bin->cell]++;
            }
        }
        hata.slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
        hata.offset = (sy - hata.slope * sx) / n;
    }
    for (size_t c = 0; c < world->cell_count; c++)
        hata.cell[c] /= count[c] + 3;
    free(count);
    return hata;
}

/* The 12 nearest bins of the cell, weight 1 / distance squared. */
static double idw(const struct world *world, const struct bin *want, double bin_m)
{
    double near[12], level[12];
    size_t found = 0;
    struct xy at = place_of(want, bin_m);
    for (size_t i = 0; i < world->bin_count; i++) {
        const struct bin *bin = &world->bins[i];
        if (bin->cell != want->cell || bin->kind != want->kind)
            continue;
        double d = xy_distance_m(at, place_of(bin, bin_m));
        if (found == 12 && d >= near[11])
            continue;
        size_t k = found < 12 ? found++ : 11;
        for (; k > 0 && near[k - 1] > d; k--)
            near[k] = near[k - 1], level[k] = level[k - 1];
        near[k] = d, level[k] = bin->mean_dbm;
    }
    double sum = 0, weight = 0;
    for (size_t k = 0; k < found; k++)
        sum += level[k] / (near[k] * near[k] + 25), weight += 1 / (near[k] * near[k] + 25);
    return found ? sum / weight : NAN;
}

/* ---- the comparison -------------------------------------------------------------------- */

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void compare_cells(const struct world *train, const struct surface *surface,
                          const struct bin *held, size_t count, enum bin_kind kind)
{
    double bin_m = RULE_VALUE(&train->rules, bin_m);
    struct hata hata = hata_fit(train, bin_m, kind);
    struct score ours = {0}, plain = {0}, inverse = {0};
    size_t stride = count / 6000 + 1; /* inverse distance weighting here is a plain search */
    for (size_t i = 0; i < count; i += stride) {
        if (held[i].kind != kind)
            continue;
        struct xy at = place_of(&held[i], bin_m);
        struct surface_bin bin = {held[i].cell, held[i].samples, kind};
        struct surface_level level = surface_bin_at(surface, &bin, at);
        double decades, rest = hata_rest(train, held[i].cell, at, &decades);
        double error = held[i].mean_dbm - level.dbm;
        double by_idw = held[i].mean_dbm - idw(train, &held[i], bin_m);
        if (!isfinite(by_idw))
            continue; /* a cell with no bin left cannot be interpolated */
        score_add(&ours, error, level.sigma_db);
        score_add(&inverse, by_idw, 1);
        score_add(&plain,
                  held[i].mean_dbm - rest - hata.offset - hata.slope * decades -
                      hata.cell[held[i].cell],
                  1);
    }
    free(hata.cell);
    if (ours.count < 10)
        return;
    double better = fmin(score_rmse(&plain), score_rmse(&inverse));
    printf("  %-8s bins %6.0f  rmse surface %5.2f  hata %5.2f  idw %5.2f dB  (%+.0f %%)  "
           "bias %+.2f  spread %.2f\n",
           kind == BIN_DRIVE ? "drive" : "reports", ours.count, score_rmse(&ours),
           score_rmse(&plain), score_rmse(&inverse), 100 * (score_rmse(&ours) / better - 1),
           ours.sum / ours.count, score_spread(&ours));
}

/* Sigma of a level as that of a bin's mean: with the noise of its kind and its few samples
 * instead of that of a usual bin. */
static double with_noise(const struct surface *surface, const struct bin *bin, struct xy at,
                         double sigma_db)
{
    struct surface_bin asked = {bin->cell, bin->samples, bin->kind};
    double with = surface_bin_at(surface, &asked, at).sigma_db;
    double usual = surface_listed_at(surface, bin->cell, at).sigma_db;
    return sqrt(fmax(sigma_db * sigma_db + with * with - usual * usual, 1));
}

/* The level of the best server against the strongest bin of each held-out square. */
static void compare_best(const struct world *train, const struct surface *surface,
                         const struct bin *held, size_t count, enum bin_kind kind)
{
    double bin_m = RULE_VALUE(&train->rules, bin_m);
    struct surface_indoor in = surface_indoors(surface);
    double shift = kind == BIN_REPORTED && !isnan(in.share) ? in.share * in.loss_db : 0;
    struct score best = {0}, first = {0};
    double same = 0, among = 0, candidates = 0, seconds = cpu_s();
    for (size_t i = 0; i < count;) {
        size_t end = i, top = count;
        for (; end < count && held[end].ix == held[i].ix && held[end].iy == held[i].iy; end++)
            if (held[end].kind == kind &&
                (top == count || held[end].mean_dbm > held[top].mean_dbm))
                top = end;
        i = end;
        if (top == count)
            continue;
        struct surface_server servers[12];
        size_t found =
            surface_servers(surface, place_of(&held[top], bin_m), RAT_UNKNOWN, servers, 12);
        struct surface_level level = surface_best(surface, servers, found);
        score_add(&best, held[top].mean_dbm + shift - level.dbm,
                  with_noise(surface, &held[top], place_of(&held[top], bin_m), level.sigma_db));
        score_add(&first, held[top].mean_dbm + shift - servers[0].level.dbm,
                  servers[0].level.sigma_db);
        same += servers[0].cell == held[top].cell;
        for (size_t k = 0; k < 3 && k < found; k++)
            among += servers[k].cell == held[top].cell;
        candidates += (double)found;
    }
    if (best.count < 10)
        return;
    printf("  %-8s best server: rmse %5.2f dB  bias %+.2f  spread %.2f; strongest mean: rmse "
           "%5.2f  bias %+.2f; same cell %.2f  in first three %.2f; %.0f us a place\n",
           kind == BIN_DRIVE ? "drive" : "reports", score_rmse(&best), best.sum / best.count,
           score_spread(&best), score_rmse(&first), first.sum / first.count, same / best.count,
           among / best.count, (cpu_s() - seconds) / best.count * 1e6);
    (void)candidates;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return fprintf(stderr, "usage: hold_out FOLDER [SEED]\n"), 2;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct rules rules;
    struct error error = {0};
    struct world *world = NULL;
    rules_default(&rules);
    struct world_options load = {.rules = &rules, .utc_offset_s = 28800, .threads = 1};
    if (world_load(argv[1], &load, false, &world, &error) != STATUS_OK)
        return fprintf(stderr, "%s\n", error.text), 1;
    double bin_m = RULE_VALUE(&world->rules, bin_m);
    struct bin *held = base_alloc(world->bin_count, sizeof *held);
    struct bin *kept = base_alloc(world->bin_count, sizeof *kept);
    struct world train = *world;
    size_t held_count = 0;
    train.bins = kept, train.bin_count = 0;
    for (size_t i = 0; i < world->bin_count; i++)
        if (held_out(&world->bins[i], bin_m, seed))
            held[held_count++] = world->bins[i];
        else
            kept[train.bin_count++] = world->bins[i];
    struct surface *surface = NULL;
    struct surface_options options = {.threads = 1};
    double seconds = cpu_s();
    if (surface_new(&train, &options, &surface, &error) != STATUS_OK)
        return fprintf(stderr, "%s\n", error.text), 1;
    struct surface_summary s = surface_summary(surface);
    struct surface_indoor in = surface_indoors(surface);
    printf("%s: calibrated on %zu bins in %.2f s CPU\n", argv[1], train.bin_count,
           cpu_s() - seconds);
    printf(
        "  slope %.1f dB a decade, diffraction %.2f; sigma place %.1f mast %.1f cell %.1f "
        "fading %.1f dB; %s range %.0f m; sigma x %.2f; indoors %.1f +- %.1f dB, share %.2f\n",
        s.slope_db, s.diffraction, s.place_sigma_db, s.mast_sigma_db, s.cell_sigma_db,
        s.fading_sigma_db, s.smooth ? "smooth" : "rough", s.range_m, s.sigma_scale, in.loss_db,
        in.sigma_db, in.share);
    for (int kind = BIN_DRIVE; kind <= BIN_REPORTED; kind++) {
        compare_cells(&train, surface, held, held_count, kind);
        compare_best(&train, surface, held, held_count, kind);
    }
    surface_free(surface);
    free(held);
    free(kept);
    world_free(world);
    return 0;
}
