#include "tests/aim/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/aim.h"
#include "models/radio/link.h"

enum { WAVES = 12 };

/* A smooth random field of unit variance: a sum of waves. */
struct waves {
    double kx[WAVES], ky[WAVES], phase[WAVES];
};

static void waves_make(struct waves *field, double length_m, struct rng *rng)
{
    for (int i = 0; i < WAVES; i++) {
        field->kx[i] = rng_normal(rng) / length_m;
        field->ky[i] = rng_normal(rng) / length_m;
        field->phase[i] = rng_uniform(rng) * 2 * M_PI;
    }
}

static double waves_at(const struct waves *field, struct xy at)
{
    double sum = 0;
    for (int i = 0; i < WAVES; i++)
        sum += cos(field->kx[i] * at.x_m + field->ky[i] * at.y_m + field->phase[i]);
    return sum * sqrt(2.0 / WAVES);
}

/* What is drawn for one network. */
struct making {
    const struct network_options *options;
    struct network *network;
    struct rng rng;
    struct waves common[2]; /* of every site */
    struct waves *site;     /* per site */
    struct waves *cell;     /* per cell: reflections */
    double *power_db, *ripple_phase;
    double half_m; /* half the side of the measured square */
    size_t bin_capacity;
};

struct network_options network_usual(uint64_t seed)
{
    return (struct network_options){.seed = seed,
                                    .sites = 19,
                                    .sectors = 3,
                                    .spacing_m = 1000,
                                    .places = 4000,
                                    .reports = 4,
                                    .span_deg = 360,
                                    .shadow_db = 7,
                                    .reflection_db = 2.5,
                                    .noise_db = 2,
                                    .power_error_db = 1.5,
                                    .ripple_db = 1,
                                    .install_deg = 4,
                                    .azimuth_faults = 0.06,
                                    .tilt_faults = 0.04,
                                    .swapped_sites = 1};
}

/* ---- sites and cells ---------------------------------------------------------------- */

static struct xy site_place(struct making *making, unsigned site)
{
    double spacing_m = making->options->spacing_m;
    unsigned side = (unsigned)ceil(sqrt(making->options->sites));
    double row = site / side, column = site % side + (site / side % 2) * 0.5;
    double middle = (side - 1) / 2.0;
    return (struct xy){(column - middle + 0.2 * rng_normal(&making->rng)) * spacing_m,
                       ((row - middle) * 0.87 + 0.2 * rng_normal(&making->rng)) * spacing_m};
}

static void add_cell(struct making *making, uint32_t site, unsigned sector, double first_deg)
{
    struct world *world = making->network->world;
    const struct network_options *options = making->options;
    uint32_t c = (uint32_t)world->cell_count++;
    struct cell *cell = &world->cells[c];
    double azimuth_deg =
        first_deg + 360.0 * sector / options->sectors + 12 * (rng_uniform(&making->rng) - 0.5);
    const char *id = arena_format(world->arena, "%u-%u", site, sector);
    *cell = (struct cell){.site_id = world->sites[site].site_id,
                          .site_name = "",
                          .cell_id = id,
                          .cell_name = id,
                          .band = "B3",
                          .pattern = "",
                          .rat = RAT_LTE,
                          .coverage = COVERAGE_MACRO,
                          .frequency_mhz = 1850,
                          .arfcn = NAN,
                          .at = {NAN, NAN},
                          .azimuth_deg = floor(angle_wrap_deg(azimuth_deg)),
                          .mech_tilt_deg = floor(3 * rng_uniform(&making->rng)),
                          .elec_tilt_deg = 3 + floor(5 * rng_uniform(&making->rng)),
                          .height_m = 25 + 15 * rng_uniform(&making->rng),
                          .rs_power_dbm = 15.2,
                          .antenna_gain_dbi = 17,
                          .hbw_deg = 65,
                          .vbw_deg = 9,
                          .xy = world->sites[site].xy,
                          .site = site};
    world->site_cells[c] = c;
    making->network->azimuth_deg[c] =
        cell->azimuth_deg + options->install_deg * rng_normal(&making->rng);
    making->power_db[c] = options->power_error_db * rng_normal(&making->rng);
    making->ripple_phase[c] = 2 * M_PI * rng_uniform(&making->rng);
    waves_make(&making->cell[c], 60, &making->rng);
}

static void add_sites(struct making *making)
{
    struct world *world = making->network->world;
    for (uint32_t s = 0; s < making->options->sites; s++) {
        struct site *site = &world->sites[world->site_count++];
        *site = (struct site){.site_id = arena_format(world->arena, "S%u", s),
                              .site_name = "",
                              .xy = site_place(making, s),
                              .first_cell = (uint32_t)world->cell_count,
                              .cell_count = making->options->sectors};
        double first_deg = 360 * rng_uniform(&making->rng);
        for (unsigned k = 0; k < making->options->sectors; k++)
            add_cell(making, s, k, first_deg);
        waves_make(&making->site[s], 300, &making->rng);
    }
}

/* Faults keep clear of one another: at most one site of a kind, and one fault in a cell. */
static void add_faults(struct making *making)
{
    struct network *network = making->network;
    const struct network_options *options = making->options;
    unsigned sectors = options->sectors;
    for (unsigned s = 0; s < options->swapped_sites && sectors > 1; s++) {
        double kept_deg = network->azimuth_deg[(size_t)s * sectors];
        network->azimuth_deg[(size_t)s * sectors] =
            network->azimuth_deg[(size_t)s * sectors + 1];
        network->azimuth_deg[(size_t)s * sectors + 1] = kept_deg;
    }
    for (size_t c = (size_t)options->swapped_sites * sectors; c < network->world->cell_count;
         c++) {
        double draw = rng_uniform(&making->rng), size = rng_uniform(&making->rng);
        if (draw < options->azimuth_faults)
            network->azimuth_deg[c] +=
                (draw < options->azimuth_faults / 2 ? 1 : -1) * (40 + 140 * size);
        else if (draw < options->azimuth_faults + options->tilt_faults)
            network->tilt_turn_deg[c] = 8 + 3 * size;
    }
}

/* ---- measurements ------------------------------------------------------------------- */

static double level_dbm(struct making *making, uint32_t c, struct xy at)
{
    struct network *network = making->network;
    const struct network_options *options = making->options;
    const struct cell *cell = &network->world->cells[c];
    struct antenna antenna = link_antenna(cell);
    struct antenna_aim aim = link_aim(cell);
    aim.azimuth_deg = network->azimuth_deg[c];
    aim.elec_tilt_deg += network->tilt_turn_deg[c];
    struct link link = link_between(cell->xy, at, cell->height_m - 1.5);
    double ripple_db =
        options->ripple_db *
        sin(3 * (link.bearing_deg - aim.azimuth_deg) * M_PI / 180 + making->ripple_phase[c]);
    double shadow_db = options->shadow_db * (0.7 * waves_at(&making->site[cell->site], at) +
                                             0.5 * waves_at(&making->common[0], at) +
                                             0.5 * waves_at(&making->common[1], at));
    return cell->rs_power_dbm + making->power_db[c] +
           antenna_gain_dbi(&antenna, &aim, link.bearing_deg, link.elevation_deg) + ripple_db -
           (128 + 36 * log10(fmax(link.distance_m, 30) / 1000)) + shadow_db +
           options->reflection_db * waves_at(&making->cell[c], at) +
           options->noise_db * rng_normal(&making->rng);
}

struct heard {
    uint32_t cell;
    double level_dbm;
};

static int strongest_first(const void *a, const void *b)
{
    const struct heard *p = a, *q = b;
    return (p->level_dbm < q->level_dbm) - (p->level_dbm > q->level_dbm);
}

static void add_bin(struct making *making, const struct heard *heard, struct xy at,
                    bool serving)
{
    struct world *world = making->network->world;
    double bin_m = RULE_VALUE(&world->rules, bin_m);
    world->bins = base_grow(world->bins, &making->bin_capacity, world->bin_count + 1,
                            sizeof *world->bins);
    world->bins[world->bin_count++] = (struct bin){.ix = (int32_t)floor(at.x_m / bin_m),
                                                   .iy = (int32_t)floor(at.y_m / bin_m),
                                                   .cell = heard->cell,
                                                   .kind = BIN_REPORTED,
                                                   .samples = 1,
                                                   .serving = serving,
                                                   .mean_dbm = (float)rint(heard->level_dbm),
                                                   .deviation_db = NAN,
                                                   .min_dbm = (float)rint(heard->level_dbm),
                                                   .mean_sinr_db = NAN};
}

/* Is the place within the directions measured, as seen from the nearest mast? */
static bool in_span(const struct making *making, struct xy at)
{
    const struct world *world = making->network->world;
    const struct site *nearest = &world->sites[0];
    for (size_t s = 1; s < world->site_count; s++)
        if (xy_distance_m(world->sites[s].xy, at) < xy_distance_m(nearest->xy, at))
            nearest = &world->sites[s];
    double first_deg = 37.0 * (double)(nearest - world->sites);
    return angle_wrap_deg(xy_bearing_deg(nearest->xy, at) - first_deg) <=
           making->options->span_deg;
}

static struct xy next_place(struct making *making)
{
    struct xy at;
    do {
        at.x_m = (2 * rng_uniform(&making->rng) - 1) * making->half_m;
        at.y_m = (2 * rng_uniform(&making->rng) - 1) * making->half_m;
        if (rng_uniform(&making->rng) < 0.5) /* roads: half of the places lie on a grid */
            at.x_m = 170 * rint(at.x_m / 170);
    } while (!in_span(making, at));
    return at;
}

static void measure(struct making *making, struct heard *heard)
{
    struct world *world = making->network->world;
    struct xy at = next_place(making);
    for (uint32_t c = 0; c < world->cell_count; c++)
        heard[c] = (struct heard){c, level_dbm(making, c, at)};
    qsort(heard, world->cell_count, sizeof *heard, strongest_first);
    bool alone = making->options->reports == 1;
    for (unsigned i = 0; i < making->options->reports && heard[i].level_dbm > -125; i++)
        add_bin(making, &heard[i], at, i == 0 && !alone);
}

static int by_square(const void *a, const void *b)
{
    const struct bin *p = a, *q = b;
    if (p->iy != q->iy)
        return p->iy < q->iy ? -1 : 1;
    if (p->ix != q->ix)
        return p->ix < q->ix ? -1 : 1;
    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    return (p->mean_dbm > q->mean_dbm) - (p->mean_dbm < q->mean_dbm);
}

/* Single measurements to squares, as the world has them. */
static void merge_bins(struct world *world)
{
    if (world->bin_count)
        qsort(world->bins, world->bin_count, sizeof *world->bins, by_square);
    size_t count = 0;
    for (size_t i = 0, end; i < world->bin_count; i = end) {
        struct bin bin = world->bins[i];
        double sum = 0, square = 0;
        bin.serving = 0;
        for (end = i; end < world->bin_count && world->bins[end].ix == bin.ix &&
                      world->bins[end].iy == bin.iy && world->bins[end].cell == bin.cell;
             end++) {
            sum += world->bins[end].mean_dbm;
            square += world->bins[end].mean_dbm * world->bins[end].mean_dbm;
            bin.serving += world->bins[end].serving;
        }
        double n = (double)(end - i);
        bin.samples = (uint32_t)n;
        bin.mean_dbm = (float)(sum / n);
        bin.deviation_db = n > 1 ? (float)sqrt(fmax(0, square - sum * sum / n) / (n - 1)) : NAN;
        world->sample_count += bin.samples;
        world->bins[count++] = bin;
    }
    world->bin_count = count;
}

struct network *network_new(const struct network_options *options)
{
    struct network *network = base_alloc(1, sizeof *network);
    struct world *world = network->world = base_alloc(1, sizeof *world);
    size_t cells = (size_t)options->sites * options->sectors;
    rules_default(&world->rules);
    world->arena = arena_new();
    world->cells = base_alloc(cells, sizeof *world->cells);
    world->sites = base_alloc(options->sites, sizeof *world->sites);
    world->site_cells = base_alloc(cells, sizeof *world->site_cells);
    network->azimuth_deg = base_alloc(cells, sizeof(double));
    network->tilt_turn_deg = base_alloc(cells, sizeof(double));
    struct making making = {.options = options, .network = network};
    making.site = base_alloc(options->sites, sizeof *making.site);
    making.cell = base_alloc(cells, sizeof *making.cell);
    making.power_db = base_alloc(cells, sizeof(double));
    making.ripple_phase = base_alloc(cells, sizeof(double));
    making.half_m = 0.6 * ceil(sqrt(options->sites)) * options->spacing_m;
    rng_seed(&making.rng, options->seed);
    waves_make(&making.common[0], 300, &making.rng);
    waves_make(&making.common[1], 60, &making.rng);
    add_sites(&making);
    add_faults(&making);
    struct heard *heard = base_alloc(cells, sizeof *heard);
    for (unsigned i = 0; i < options->places; i++)
        measure(&making, heard);
    merge_bins(world);
    free(heard);
    free(making.site);
    free(making.cell);
    free(making.power_db);
    free(making.ripple_phase);
    return network;
}

void network_free(struct network *network)
{
    world_free(network->world);
    free(network->azimuth_deg);
    free(network->tilt_turn_deg);
    free(network);
}

/* ---- marks -------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static void mark_cell(const struct network *network, uint32_t c, const struct aim *aim,
                      struct network_marks *marks)
{
    double table_deg = network->world->cells[c].azimuth_deg;
    bool off = fabs(angle_turn_deg(table_deg, network->azimuth_deg[c])) > 30;
    bool called = aim->status == AIM_MISALIGNED || aim->status == AIM_SWAPPED;
    bool tilted = network->tilt_turn_deg[c] >= 7;
    marks->cells++;
    marks->faults += off;
    marks->called += called;
    marks->found += off && called;
    marks->tilt_faults += tilted;
    marks->tilt_called += aim->status == AIM_TILT;
    marks->tilt_found += tilted && aim->status == AIM_TILT;
    if (aim->status == AIM_INSUFFICIENT)
        return;
    marks->judged++;
    marks->held += angle_wrap_deg(network->azimuth_deg[c] - aim->azimuth_lo_deg) <=
                   angle_wrap_deg(aim->azimuth_hi_deg - aim->azimuth_lo_deg);
}

struct network_marks network_mark(const struct network *network)
{
    struct network_marks marks = {.median_deg = NAN};
    struct error error = {0};
    size_t cells = network->world->cell_count;
    struct aim *aims = base_alloc(cells, sizeof *aims);
    double *errors_deg = base_alloc(cells, sizeof *errors_deg);
    aim_audit(network->world, 2, aims, &error);
    for (uint32_t c = 0; c < cells; c++) {
        unsigned before = marks.judged;
        mark_cell(network, c, &aims[c], &marks);
        if (marks.judged > before)
            errors_deg[before] =
                fabs(angle_turn_deg(network->azimuth_deg[c], aims[c].azimuth_est_deg));
    }
    qsort(errors_deg, marks.judged, sizeof *errors_deg, by_number);
    if (marks.judged)
        marks.median_deg = errors_deg[marks.judged / 2];
    free(aims);
    free(errors_deg);
    return marks;
}
