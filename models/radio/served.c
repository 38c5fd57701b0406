#include "models/radio/served.h"

#include <math.h>
#include <stdlib.h>

struct served {
    const struct world *world;
    double side_m, kernel_m;
    double apart_db2[2]; /* variance between a square's mean and its neighbours' average, by
                            kind */
};

/* Sums over the squares around a place, each weighted by its distance. */
struct sums {
    double weight, level, samples;
};

/* What is looked for, and the square that is left out (its own, when it is predicted). */
struct asked {
    enum rat rat;
    enum bin_kind kind;
    struct xy at;
    const struct bin *without;
};

static void add_square(const struct served *served, const struct asked *asked,
                       const struct bin *bin, struct sums *sums)
{
    if (bin->kind != asked->kind || bin->cell != (uint32_t)asked->rat || bin == asked->without)
        return;
    struct xy middle = {(bin->ix + 0.5) * served->side_m, (bin->iy + 0.5) * served->side_m};
    double d = xy_distance_m(asked->at, middle) / served->kernel_m;
    double near = exp(-0.5 * d * d), weight = near * bin->samples;
    sums->weight += weight;
    sums->samples += weight;
    sums->level += weight * bin->mean_dbm;
}

static struct sums sum_around(const struct served *served, const struct asked *asked)
{
    const struct world *world = served->world;
    struct sums sums = {0};
    double reach_m = 3 * served->kernel_m;
    int32_t west = (int32_t)floor((asked->at.x_m - reach_m) / served->side_m);
    int32_t east = (int32_t)floor((asked->at.x_m + reach_m) / served->side_m);
    int32_t south = (int32_t)floor((asked->at.y_m - reach_m) / served->side_m);
    int32_t north = (int32_t)floor((asked->at.y_m + reach_m) / served->side_m);
    for (int32_t iy = south; iy <= north; iy++)
        for (size_t i =
                 bin_lower(world->served, world->served_count, &world->served_rows, west, iy);
             i < world->served_count; i++) {
            const struct bin *bin = &world->served[i];
            if (bin->iy != iy || bin->ix > east)
                break;
            add_square(served, asked, bin, &sums);
        }
    return sums;
}

enum { TRIALS = 2000, TRIALS_LEAST = 30 };

/* Leave-one-out: how far a square's mean lies from what its neighbours say. */
static double measure_apart(const struct served *served, enum bin_kind kind)
{
    const struct world *world = served->world;
    double sum = 0, count = 0;
    size_t step = world->served_count / TRIALS + 1;
    for (size_t i = 0; i < world->served_count; i += step) {
        const struct bin *bin = &world->served[i];
        struct xy middle = {(bin->ix + 0.5) * served->side_m, (bin->iy + 0.5) * served->side_m};
        struct asked asked = {(enum rat)bin->cell, kind, middle, bin};
        struct sums sums = sum_around(served, &asked);
        if (bin->kind != kind || sums.weight < 1)
            continue;
        double apart = bin->mean_dbm - sums.level / sums.weight;
        sum += apart * apart;
        count++;
    }
    double fallback = RULE_VALUE(&world->rules, served_sigma_db);
    return count >= TRIALS_LEAST ? sum / count : fallback * fallback;
}

struct served *served_new(const struct world *world)
{
    struct served *served = base_alloc(1, sizeof *served);
    served->world = world;
    served->side_m = RULE_VALUE(&world->rules, served_bin_m);
    served->kernel_m = RULE_VALUE(&world->rules, served_kernel_m);
    for (int kind = 0; kind < 2; kind++)
        served->apart_db2[kind] = measure_apart(served, (enum bin_kind)kind);
    return served;
}

void served_free(struct served *served)
{
    free(served);
}

struct served_level served_at(const struct served *served, enum rat rat, enum bin_kind kind,
                              struct xy at)
{
    struct asked asked = {rat, kind, at, NULL};
    struct sums sums = sum_around(served, &asked);
    if (!(sums.weight > 0.05))
        return (struct served_level){NAN, NAN, 0};
    /* Half of what neighbours differ by is their own noise; few samples add to it. */
    double apart = served->apart_db2[kind];
    return (struct served_level){sums.level / sums.weight,
                                 sqrt(apart * (0.5 + 0.5 / fmax(sums.samples, 0.1))),
                                 sums.samples};
}
