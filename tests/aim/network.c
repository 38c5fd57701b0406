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
    struct network_options drawn;
    const struct network_options *options; /* = &drawn */
    struct network *network;
    struct rng rng;
    struct waves common[2]; /* of every site */
    struct waves *site;     /* per site */
    struct waves *bend;     /* per site: where streets lead */
    struct waves *cell;     /* per cell: reflections */
    double *power_db, *ripple_phase, *width;
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
                                    .swapped_sites = 1,
                                    .bands = 1,
                                    .slope_db = 36};
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

/* The bands of one panel share its azimuth, in the table and in truth. */
static double panel_azimuth_deg(struct making *making, uint32_t cell, unsigned band,
                                double first_deg)
{
    const struct network_options *options = making->options;
    unsigned sector = cell % options->sectors;
    if (band > 0)
        return making->network->world->cells[cell - options->sectors].azimuth_deg;
    return floor(angle_wrap_deg(first_deg + 360.0 * sector / options->sectors +
                                12 * (rng_uniform(&making->rng) - 0.5)));
}

static void add_cell(struct making *making, uint32_t site, unsigned sector, double first_deg)
{
    struct world *world = making->network->world;
    const struct network_options *options = making->options;
    uint32_t c = (uint32_t)world->cell_count++;
    struct cell *cell = &world->cells[c];
    unsigned band = sector / options->sectors;
    double azimuth_deg = panel_azimuth_deg(making, c, band, first_deg);
    const char *id = arena_format(world->arena, "%u-%u", site, sector);
    *cell = (struct cell){.site_id = world->sites[site].site_id,
                          .site_name = "",
                          .cell_id = id,
                          .cell_name = id,
                          .band = band ? "B8" : "B3",
                          .pattern = "",
                          .rat = RAT_LTE,
                          .coverage = COVERAGE_MACRO,
                          .frequency_mhz = band ? 940 : 1850,
                          .arfcn = NAN,
                          .at = {NAN, NAN},
                          .azimuth_deg = azimuth_deg,
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
        band ? making->network->azimuth_deg[c - options->sectors]
             : cell->azimuth_deg + options->install_deg * rng_normal(&making->rng);
    making->width[c] = exp(options->width_error * rng_normal(&making->rng));
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
                              .cell_count = making->options->sectors * making->options->bands};
        making->network->site_xy[s] = site->xy;
        double first_deg = 360 * rng_uniform(&making->rng);
        for (unsigned k = 0; k < site->cell_count; k++)
            add_cell(making, s, k, first_deg);
        waves_make(&making->site[s], 300, &making->rng);
        waves_make(&making->bend[s], 150, &making->rng);
    }
}

/* Antenna k of the site takes the azimuth of antenna k + by, among the first `among`. */
static void move_feeders(struct network *network, const struct site *site, unsigned among)
{
    double *azimuth_deg = network->azimuth_deg + site->first_cell, first_deg = azimuth_deg[0];
    for (unsigned k = 0; k + 1 < among; k++)
        azimuth_deg[k] = azimuth_deg[k + 1];
    azimuth_deg[among - 1] = first_deg;
}

static void turn_site(struct network *network, const struct site *site, double turn_deg)
{
    for (unsigned k = 0; k < site->cell_count; k++)
        network->azimuth_deg[site->first_cell + k] += turn_deg;
}

/* The table's place of a site, away from where it stands. */
static void move_site(struct world *world, struct site *site, double far_m, double bearing_deg)
{
    site->xy.x_m += far_m * sin(bearing_deg * M_PI / 180);
    site->xy.y_m += far_m * cos(bearing_deg * M_PI / 180);
    for (unsigned k = 0; k < site->cell_count; k++)
        world->cells[site->first_cell + k].xy = site->xy;
}

/* Faults of whole sites, each at sites of its own. Returns the first site that has none. */
static unsigned add_site_faults(struct making *making)
{
    struct network *network = making->network;
    const struct network_options *options = making->options;
    struct site *sites = network->world->sites;
    unsigned s = 0, sectors = options->sectors;
    for (unsigned i = 0; i < options->swapped_sites && sectors > 1; i++)
        move_feeders(network, &sites[s++], 2);
    for (unsigned i = 0; i < options->rotated_sites && sectors > 2; i++)
        move_feeders(network, &sites[s++], sectors);
    for (unsigned i = 0; i < options->turned_sites; i++)
        turn_site(network, &sites[s++], 40 + 140 * rng_uniform(&making->rng));
    for (unsigned i = 0; i < options->moved_sites; i++)
        move_site(network->world, &sites[s++], options->moved_m,
                  360 * rng_uniform(&making->rng));
    return s;
}

/* Faults keep clear of one another: one in a site of the first kind, one in a panel. */
static void add_faults(struct making *making)
{
    struct network *network = making->network;
    const struct network_options *options = making->options;
    unsigned all = options->sectors * options->bands;
    for (size_t c = (size_t)add_site_faults(making) * all; c < network->world->cell_count;
         c++) {
        if (c % all >= options->sectors)
            continue;
        double draw = rng_uniform(&making->rng), size = rng_uniform(&making->rng);
        double turn_deg = (draw < options->azimuth_faults / 2 ? 1 : -1) * (40 + 140 * size);
        bool alone = options->bands > 1 && rng_uniform(&making->rng) < options->apart;
        for (unsigned band = 0; band < (alone ? 1 : options->bands); band++)
            if (draw < options->azimuth_faults)
                network->azimuth_deg[c + band * options->sectors] += turn_deg;
        if (draw >= options->azimuth_faults &&
            draw < options->azimuth_faults + options->tilt_faults)
            network->tilt_turn_deg[c] = 8 + 3 * size;
    }
    for (size_t s = 0; s < network->world->site_count && options->datum_m > 0; s++)
        move_site(network->world, &network->world->sites[s], options->datum_m, 45);
}

/* ---- measurements ------------------------------------------------------------------- */

double network_level_dbm(const struct network *network, uint32_t cell, double turn_deg,
                         double tilt_turn_deg, struct xy at)
{
    const struct making *making = network->making;
    const struct network_options *options = making->options;
    const struct cell *record = &network->world->cells[cell];
    struct cell real = *record;
    real.hbw_deg *= making->width[cell];
    struct antenna antenna = link_antenna(&real);
    struct antenna_aim aim = link_aim(record);
    aim.azimuth_deg = network->azimuth_deg[cell] + turn_deg;
    aim.elec_tilt_deg += network->tilt_turn_deg[cell] + tilt_turn_deg;
    struct link link = link_between(network->site_xy[record->site], at, record->height_m - 1.5);
    if (options->bend_deg > 0)
        link.bearing_deg += options->bend_deg * waves_at(&making->bend[record->site], at);
    double ripple_db =
        options->ripple_db *
        sin(3 * (link.bearing_deg - aim.azimuth_deg) * M_PI / 180 + making->ripple_phase[cell]);
    double shadow_db = options->shadow_db * (0.7 * waves_at(&making->site[record->site], at) +
                                             0.5 * waves_at(&making->common[0], at) +
                                             0.5 * waves_at(&making->common[1], at));
    return record->rs_power_dbm + making->power_db[cell] +
           antenna_gain_dbi(&antenna, &aim, link.bearing_deg, link.elevation_deg) + ripple_db -
           (128 + options->slope_db * log10(fmax(link.distance_m, 30) / 1000)) + shadow_db +
           options->reflection_db * waves_at(&making->cell[cell], at);
}

static double level_dbm(struct making *making, uint32_t cell, struct xy at)
{
    return network_level_dbm(making->network, cell, 0, 0, at) +
           making->options->noise_db * rng_normal(&making->rng);
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
    const struct network *network = making->network;
    size_t nearest = 0;
    for (size_t s = 1; s < network->world->site_count; s++)
        if (xy_distance_m(network->site_xy[s], at) <
            xy_distance_m(network->site_xy[nearest], at))
            nearest = s;
    return angle_wrap_deg(xy_bearing_deg(network->site_xy[nearest], at) -
                          37.0 * (double)nearest) <= making->options->span_deg;
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

/* One report: the strongest cells of one carrier, as the phone places it. */
static void measure(struct making *making, struct heard *heard, unsigned band)
{
    struct world *world = making->network->world;
    const struct network_options *options = making->options;
    struct xy at = next_place(making), told = at;
    size_t count = 0;
    for (uint32_t c = 0; c < world->cell_count; c++)
        if (c / options->sectors % options->bands == band)
            heard[count++] = (struct heard){c, level_dbm(making, c, at)};
    qsort(heard, count, sizeof *heard, strongest_first);
    if (options->place_error_m > 0) {
        told.x_m += options->place_error_m * rng_normal(&making->rng);
        told.y_m += options->place_error_m * rng_normal(&making->rng);
    }
    bool alone = options->reports == 1;
    for (size_t i = 0; i < options->reports && i < count && heard[i].level_dbm > -125; i++)
        add_bin(making, &heard[i], told, i == 0 && !alone);
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
    size_t cells = (size_t)options->sites * options->sectors * options->bands;
    rules_default(&world->rules);
    world->arena = arena_new();
    world->cells = base_alloc(cells, sizeof *world->cells);
    world->sites = base_alloc(options->sites, sizeof *world->sites);
    world->site_cells = base_alloc(cells, sizeof *world->site_cells);
    network->site_xy = base_alloc(options->sites, sizeof *network->site_xy);
    network->azimuth_deg = base_alloc(cells, sizeof(double));
    network->tilt_turn_deg = base_alloc(cells, sizeof(double));
    struct making *making = network->making = base_alloc(1, sizeof *making);
    making->drawn = *options;
    making->options = &making->drawn;
    making->network = network;
    making->site = base_alloc(options->sites, sizeof *making->site);
    making->bend = base_alloc(options->sites, sizeof *making->bend);
    making->cell = base_alloc(cells, sizeof *making->cell);
    making->width = base_alloc(cells, sizeof(double));
    making->power_db = base_alloc(cells, sizeof(double));
    making->ripple_phase = base_alloc(cells, sizeof(double));
    making->half_m = 0.6 * ceil(sqrt(options->sites)) * options->spacing_m;
    rng_seed(&making->rng, options->seed);
    waves_make(&making->common[0], 300, &making->rng);
    waves_make(&making->common[1], 60, &making->rng);
    add_sites(making);
    add_faults(making);
    struct heard *heard = base_alloc(cells, sizeof *heard);
    for (unsigned i = 0; i < options->places; i++)
        measure(making, heard, i % options->bands);
    merge_bins(world);
    free(heard);
    return network;
}

void network_free(struct network *network)
{
    struct making *making = network->making;
    free(making->site);
    free(making->bend);
    free(making->cell);
    free(making->width);
    free(making->power_db);
    free(making->ripple_phase);
    free(making);
    world_free(network->world);
    free(network->site_xy);
    free(network->azimuth_deg);
    free(network->tilt_turn_deg);
    free(network);
}

/* ---- marks -------------------------------------------------------------------------- */

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
    double error_deg = fabs(angle_turn_deg(network->azimuth_deg[c], aim->azimuth_est_deg));
    marks->errors[(int)(error_deg * 10)]++;
    marks->held += angle_wrap_deg(network->azimuth_deg[c] - aim->azimuth_lo_deg) <=
                   angle_wrap_deg(aim->azimuth_hi_deg - aim->azimuth_lo_deg);
}

static void mark_site(const struct network *network, uint32_t s, const struct aim *aims,
                      struct network_marks *marks)
{
    const struct site *site = &network->world->sites[s];
    struct xy found = site->xy;
    const struct aim_place_found *place = &aims[site->first_cell].elsewhere;
    marks->moved += xy_distance_m(site->xy, network->site_xy[s]) >= 100;
    if (isnan(place->far_m))
        return;
    found.x_m += place->far_m * sin(place->bearing_deg * M_PI / 180);
    found.y_m += place->far_m * cos(place->bearing_deg * M_PI / 180);
    marks->moved_called++;
    marks->moved_right += xy_distance_m(site->xy, network->site_xy[s]) >= 100;
    marks->moved_held += xy_distance_m(found, network->site_xy[s]) <= place->radius_m;
}

struct network_marks network_mark(const struct network *network)
{
    struct network_marks marks = {0};
    struct error error = {0};
    size_t cells = network->world->cell_count;
    struct aim *aims = base_alloc(cells, sizeof *aims);
    aim_audit(network->world, 2, aims, &error);
    for (uint32_t c = 0; c < cells; c++)
        mark_cell(network, c, &aims[c], &marks);
    for (uint32_t s = 0; s < network->world->site_count; s++)
        mark_site(network, s, aims, &marks);
    free(aims);
    return marks;
}

void network_marks_add(struct network_marks *sum, const struct network_marks *one)
{
    unsigned *to = (unsigned *)sum;
    const unsigned *from = (const unsigned *)one;
    for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
        to[i] += from[i]; /* all of them are counts */
}

double network_error_deg(const struct network_marks *marks, double share)
{
    double below = 0;
    for (size_t i = 0; i < ARRAY_COUNT(marks->errors) && marks->judged; i++)
        if ((below += marks->errors[i]) >= share * marks->judged)
            return (double)i / 10;
    return NAN;
}

/* ---- gains -------------------------------------------------------------------------- */

/* The best server's true level at a place, one cell of it turned. */
static double best_dbm(const struct network *network, uint32_t cell, double turn_deg,
                       double tilt_turn_deg, struct xy at)
{
    double best = -INFINITY;
    for (uint32_t c = 0; c < network->world->cell_count; c++) {
        bool turned = c == cell;
        best = fmax(best, network_level_dbm(network, c, turned ? turn_deg : 0,
                                            turned ? tilt_turn_deg : 0, at));
    }
    return best;
}

static void mark_squares(const struct network *network, uint32_t cell,
                         const struct aim_best *best, struct network_gains *gains)
{
    const struct world *world = network->world;
    double bin_m = RULE_VALUE(&world->rules, bin_m);
    double weak_dbm = RULE_VALUE(&world->rules, weak_rsrp_dbm);
    double turn_deg = angle_turn_deg(best->from_azimuth_deg, best->azimuth_deg);
    double tilt_deg = best->tilt_deg - best->from_tilt_deg;
    for (size_t i = 0; i < world->bin_count; i++) {
        const struct bin *bin = &world->bins[i];
        bool same = i > 0 && bin[-1].ix == bin->ix && bin[-1].iy == bin->iy;
        struct xy at = {(bin->ix + 0.5) * bin_m, (bin->iy + 0.5) * bin_m};
        if (same || xy_distance_m(at, world->cells[cell].xy) >
                        RULE_VALUE(&world->rules, aim_best_reach_m))
            continue;
        bool before = best_dbm(network, cell, 0, 0, at) < weak_dbm;
        bool after = best_dbm(network, cell, turn_deg, tilt_deg, at) < weak_dbm;
        gains->true_cured += before && !after;
        gains->true_broken += !before && after;
    }
}

void network_mark_gains(const struct network *network, struct network_gains *gains)
{
    struct error error = {0};
    const struct world *world = network->world;
    struct aim *aims = base_alloc(world->cell_count, sizeof *aims);
    aim_audit(world, 2, aims, &error);
    struct aim_scene scene = {.world = world, .aims = aims};
    for (uint32_t c = 0; c < world->cell_count; c += 4) {
        double aside = (c % 2 ? 1 : -1) * (40.0 + 7 * (c % 11)), far_m = 250 + 90 * (c % 9);
        double bearing = (world->cells[c].azimuth_deg + aside) * M_PI / 180;
        struct xy at = world->cells[c].xy;
        at.x_m += far_m * sin(bearing);
        at.y_m += far_m * cos(bearing);
        struct aim_wish wish = {&at, 1};
        struct aim_choices choices;
        struct aim_best best;
        aim_choices_make(&scene, c, &choices);
        if (!aim_best(&scene, &choices, &wish, &best) || !best.better)
            continue;
        double turn_deg = angle_turn_deg(best.from_azimuth_deg, best.azimuth_deg);
        double gain_db =
            network_level_dbm(network, c, turn_deg, best.tilt_deg - best.from_tilt_deg, at) -
            network_level_dbm(network, c, 0, 0, at);
        gains->asked++;
        gains->held += gain_db >= best.gain_lo_db && gain_db <= best.gain_hi_db;
        gains->sum_db += best.gain_db;
        gains->true_sum_db += gain_db;
        gains->cured += best.cured;
        gains->broken += best.broken;
        mark_squares(network, c, &best, gains);
    }
    free(aims);
}
