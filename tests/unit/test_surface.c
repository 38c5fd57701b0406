/* surface: on a made network whose law is known, the calibrated surface finds it again, is
 * surer near measurements, does not jump, and does not depend on the number of threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "geo/index.h"
#include "models/radio/link.h"
#include "models/radio/surface.h"

enum { SITES = 9, CELLS = SITES * 3, SIDE = 100, LISTED = 4 };

static double wave(double x_m, double y_m, double seed)
{
    return 3 * sin(x_m / 190 + seed) + 3 * cos(y_m / 230 + 2 * seed) +
           2 * sin((x_m + y_m) / 310 + 3 * seed);
}

/* The law: COST 231 at heart, a field common to all masts and one of each mast. */
static double true_dbm(const struct world *world, uint32_t id, struct xy at)
{
    const struct cell *cell = &world->cells[id];
    struct link link = link_between(cell->xy, at, cell->height_m - 1.5);
    struct antenna antenna = link_antenna(cell);
    struct antenna_aim aim = link_aim(cell);
    double km = fmax(link.distance_m, 50) / 1000;
    return 15 + antenna_gain_dbi(&antenna, &aim, link.bearing_deg, link.elevation_deg) - 125 -
           35 * log10(km) + wave(at.x_m, at.y_m, 0) + wave(at.x_m, at.y_m, cell->site + 1);
}

static void make_cells(struct world *world)
{
    static struct cell cells[CELLS];
    static struct site sites[SITES];
    static uint32_t order[CELLS];
    static struct xy places[SITES];
    memset(cells, 0, sizeof cells);
    for (uint32_t s = 0; s < SITES; s++) {
        struct xy at = {1000 + 1500 * (s % 3) + 90 * s, 1000 + 1500 * (s / 3)};
        sites[s] =
            (struct site){.site_id = "S", .xy = at, .first_cell = 3 * s, .cell_count = 3};
        places[s] = at;
        for (uint32_t k = 0; k < 3; k++) {
            order[3 * s + k] = 3 * s + k;
            cells[3 * s + k] = (struct cell){.cell_id = "c",
                                             .rat = RAT_LTE,
                                             .coverage = COVERAGE_MACRO,
                                             .frequency_mhz = 1850,
                                             .azimuth_deg = 30 + 120 * k,
                                             .mech_tilt_deg = 0,
                                             .elec_tilt_deg = 6,
                                             .height_m = 30,
                                             .rs_power_dbm = 15,
                                             .antenna_gain_dbi = 17,
                                             .hbw_deg = 65,
                                             .vbw_deg = 10,
                                             .xy = at,
                                             .site = s};
        }
    }
    world->cells = cells, world->cell_count = CELLS;
    world->sites = sites, world->site_count = SITES;
    world->site_cells = order;
    world->site_index = index_new(places, SITES, 2000);
}

static int strongest_first(const void *a, const void *b)
{
    double p = ((const double *)a)[0], q = ((const double *)b)[0];
    return p < q ? 1 : p > q ? -1 : 0;
}

/* Drive tests on streets: every third column or fourth row, four strongest cells each, as far
 * as they are not drowned by the strongest. */
static void make_bins(struct world *world, double window_db)
{
    struct rng rng;
    rng_seed(&rng, 7);
    world->bins = base_alloc((size_t)SIDE * SIDE * LISTED, sizeof *world->bins);
    for (int32_t iy = 0; iy < SIDE; iy++)
        for (int32_t ix = 0; ix < SIDE; ix++) {
            if (ix % 9 && iy % 12)
                continue;
            double all[CELLS][2];
            struct xy at = {(ix + 0.5) * 50, (iy + 0.5) * 50};
            for (uint32_t c = 0; c < CELLS; c++)
                all[c][0] = true_dbm(world, c, at) + 2 * rng_normal(&rng), all[c][1] = c;
            qsort(all, CELLS, sizeof *all, strongest_first);
            for (int k = 0; k < LISTED && all[k][0] > all[0][0] - window_db; k++)
                world->bins[world->bin_count++] = (struct bin){.ix = ix,
                                                               .iy = iy,
                                                               .cell = (uint32_t)all[k][1],
                                                               .kind = BIN_DRIVE,
                                                               .samples = 1,
                                                               .mean_dbm = (float)all[k][0],
                                                               .deviation_db = NAN};
        }
}

static struct surface *make_surface(struct world *world, bool measured, int threads)
{
    struct error error = {0};
    struct surface *surface = NULL;
    memset(world, 0, sizeof *world);
    rules_default(&world->rules);
    make_cells(world);
    if (measured)
        make_bins(world, INFINITY);
    struct surface_options options = {.threads = threads};
    assert_int_equal(surface_new(world, &options, &surface, &error), STATUS_OK);
    return surface;
}

static void drop(struct surface *surface, struct world *world)
{
    surface_free(surface);
    index_free(world->site_index);
    free(world->bins);
}

static void law_is_found_between_the_streets(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    double squares = 0, z = 0;
    int count = 0;
    for (double x = 330; x < 4700; x += 217)
        for (double y = 290; y < 4700; y += 233) {
            struct surface_server best;
            struct xy at = {x, y};
            assert_int_equal(surface_servers(surface, at, RAT_UNKNOWN, &best, 1), 1);
            double error = true_dbm(&world, best.cell, at) - best.level.dbm;
            squares += error * error;
            z += error * error / (best.level.sigma_db * best.level.sigma_db);
            count++;
        }
    assert_true(sqrt(squares / count) < 3.5); /* the fields' own spread is 6.6 dB */
    assert_true(sqrt(z / count) > 0.5 && sqrt(z / count) < 1.3);
    drop(surface, &world);
}

static void sigma_is_small_where_measured(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    struct surface_level on = surface_at(
        surface, world.bins[2000].cell,
        (struct xy){(world.bins[2000].ix + 0.5) * 50, (world.bins[2000].iy + 0.5) * 50});
    struct surface_level far = surface_at(surface, 0, (struct xy){12000, 12000});
    print_message("sigma %.2f dB where measured, %.2f far away\n", on.sigma_db, far.sigma_db);
    assert_true(on.sigma_db < 3.5 && far.sigma_db > 1.8 * on.sigma_db);
    assert_true(isnan(surface_at(surface, 0, (struct xy){NAN, 0}).dbm));
    drop(surface, &world);
}

static void level_does_not_jump(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    double before = NAN;
    for (double x = 300; x < 4600; x += 2) {
        double now = surface_at(surface, 13, (struct xy){x, 2200 + x / 7}).dbm;
        if (!isnan(before))
            assert_true(fabs(now - before) < 1.5);
        before = now;
    }
    drop(surface, &world);
}

static void turning_away_costs_what_the_pattern_says(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    struct xy ahead = {world.cells[12].xy.x_m + 400, world.cells[12].xy.y_m + 700};
    struct surface_level now = surface_at(surface, 12, ahead);
    struct antenna_aim same = surface_standing(surface, 12), away = same;
    away.azimuth_deg += 180;
    assert_float_equal(surface_aimed(surface, 12, &same, ahead, NULL).dbm, now.dbm, 1e-9);
    struct surface_level turned = surface_aimed(surface, 12, &away, ahead, NULL);
    assert_true(turned.dbm < now.dbm - 15 && turned.dbm > now.dbm - 26);
    assert_true(turned.sigma_db > now.sigma_db);
    drop(surface, &world);
}

static void new_site_serves_what_is_near(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    const double azimuths[] = {0, 120, 240};
    struct surface_site site = {.at = {1700, 1800},
                                .height_m = NAN,
                                .azimuths_deg = azimuths,
                                .sectors = 3,
                                .rat = RAT_LTE,
                                .frequency_mhz = NAN,
                                .power_dbm = NAN,
                                .tilt_deg = NAN};
    struct surface_level near = surface_site_at(surface, &site, (struct xy){1750, 2100});
    struct surface_level far = surface_site_at(surface, &site, (struct xy){1900, 4500});
    assert_true(near.dbm > far.dbm + 10);
    assert_true(near.sigma_db > 3);
    site.rat = RAT_NR; /* nothing in the network to take the usual from */
    assert_true(isnan(surface_site_at(surface, &site, (struct xy){1750, 2100}).dbm));
    drop(surface, &world);
}

/* A phone that lists few cells beside a strong one does not say that the others are silent. */
static void short_lists_are_not_silence(void **state)
{
    (void)state;
    struct world world = {0};
    struct error error = {0};
    struct surface *surface = NULL;
    rules_default(&world.rules);
    make_cells(&world);
    make_bins(&world, 14);
    assert_int_equal(
        surface_new(&world, &(struct surface_options){.threads = 1}, &surface, &error),
        STATUS_OK);
    assert_float_equal(surface_summary(surface).slope_db, 35, 4);
    const double azimuths[] = {30, 150, 270};
    struct surface_site site = {{1800, 1700}, 30, azimuths, 3, RAT_LTE, 1850, 15, 6};
    double sum = 0, sigma = 0;
    int count = 0;
    for (double bearing = 0; bearing < 360; bearing += 30, count++) { /* ahead and between */
        struct xy at = {site.at.x_m + 600 * sin(bearing * M_PI / 180),
                        site.at.y_m + 600 * cos(bearing * M_PI / 180)};
        struct cell like = world.cells[0];
        double best = -INFINITY;
        for (int s = 0; s < 3; s++) {
            like.azimuth_deg = azimuths[s];
            struct antenna antenna = link_antenna(&like);
            struct antenna_aim aim = link_aim(&like);
            struct link link = link_between(site.at, at, 28.5);
            best = fmax(best,
                        antenna_gain_dbi(&antenna, &aim, link.bearing_deg, link.elevation_deg));
        }
        struct surface_level level = surface_site_at(surface, &site, at);
        sum += level.dbm - (15 + best - 125 - 35 * log10(0.6) + wave(at.x_m, at.y_m, 0));
        sigma += level.sigma_db;
    }
    assert_true(fabs(sum / count) < 3);
    assert_true(sigma / count > 3 && sigma / count < 9);
    drop(surface, &world);
}

/* Whatever was asked before, of other places, masts or plans; and a plan that cannot matter is
 * never said to be stronger than what matters. */
static void place_says_what_the_surface_says(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    struct surface_place *place = surface_place_new(surface);
    const double azimuths[] = {0, 120, 240};
    assert_true(isnan(surface_place_at(place, 0).dbm));
    for (int i = 0; i < 40; i++) {
        struct xy at = {300 + 110.0 * i, 4700 - 97.0 * (i / 2)};
        uint32_t cell = (uint32_t)(i * 7 % (int)world.cell_count);
        struct antenna_aim aim = {30.0 * i, NAN, 4};
        struct surface_site site = {
            {2000 + 40.0 * i, 2500}, 30, azimuths, 3, RAT_LTE, NAN, NAN, NAN};
        surface_place_move(place, at);
        struct surface_level direct = surface_at(surface, cell, at), before;
        struct surface_level turned = surface_aimed(surface, cell, &aim, at, NULL);
        struct surface_level built = surface_site_at(surface, &site, at);
        assert_true(surface_place_site(place, &site, -INFINITY).dbm == built.dbm);
        assert_true(surface_place_aimed(place, cell, &aim, &before).dbm == turned.dbm);
        assert_true(before.dbm == direct.dbm && before.sigma_db == direct.sigma_db);
        assert_true(surface_place_at(place, cell).dbm == direct.dbm);
        assert_true(surface_place_site(place, &site, built.dbm - 0.1).dbm == built.dbm);
        assert_true(surface_place_site(place, &site, built.dbm + 30).dbm < built.dbm + 30);
    }
    surface_place_free(place);
    drop(surface, &world);
}

static void trend_alone_without_measurements(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, false, 1);
    struct surface_server servers[8];
    size_t found = surface_servers(surface, (struct xy){2500, 2500}, RAT_LTE, servers, 8);
    assert_true(found > 0);
    assert_true(isfinite(servers[0].level.dbm) && servers[0].level.sigma_db > 6);
    assert_int_equal(surface_servers(surface, (struct xy){2500, 2500}, RAT_GSM, servers, 8), 0);
    drop(surface, &world);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    struct world world, again;
    struct surface *one = make_surface(&world, true, 1);
    struct surface *four = make_surface(&again, true, 4);
    for (double x = 200; x < 4800; x += 331) {
        struct surface_server a[6], b[6];
        struct xy at = {x, 5000 - x};
        size_t count = surface_servers(one, at, RAT_UNKNOWN, a, 6);
        assert_int_equal(surface_servers(four, at, RAT_UNKNOWN, b, 6), count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(a[i].cell, b[i].cell);
            assert_true(a[i].level.dbm == b[i].level.dbm);
            assert_true(a[i].level.sigma_db == b[i].level.sigma_db);
        }
    }
    drop(one, &world);
    drop(four, &again);
}

/* In the middle of a square of the window nothing is approximate; elsewhere little is. */
static void window_says_what_the_surface_says(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, true, 1);
    struct surface_window *window = surface_window_new(surface);
    double squares = 0, count = 0;
    for (double y = 210; y < 4800; y += 190)
        for (double x = 210; x < 4800; x += 190) {
            struct surface_server direct, by_window;
            struct xy middle = {(floor(x / SURFACE_WINDOW_M) + 0.5) * SURFACE_WINDOW_M,
                                (floor(y / SURFACE_WINDOW_M) + 0.5) * SURFACE_WINDOW_M};
            struct xy places[] = {middle, {x, y}};
            for (int i = 0; i < 2; i++) {
                assert_int_equal(surface_servers(surface, places[i], RAT_LTE, &direct, 1), 1);
                assert_int_equal(
                    surface_window_servers(window, places[i], RAT_LTE, &by_window, 1), 1);
                double apart = by_window.level.dbm - direct.level.dbm;
                if (i == 0)
                    assert_true(apart == 0 && by_window.cell == direct.cell);
                squares += i * apart * apart, count += i;
            }
        }
    assert_true(sqrt(squares / count) < 1);
    surface_window_free(window);
    drop(surface, &world);
}

static void greatest_of_two_by_clark(void **state)
{
    (void)state;
    struct world world;
    struct surface *surface = make_surface(&world, false, 1); /* uncalibrated: no shift */
    struct surface_server two[] = {{0, {-90, 5}}, {1, {-90, 5}}};
    struct surface_level best = surface_best(surface, two, 2);
    /* E max of two normal variables of equal mean: s sqrt((1 - r) / pi); r is 0.4 to 0.5. */
    assert_in_range((long)((best.dbm + 90) * 100), 190, 230);
    assert_true(best.sigma_db < 5);
    assert_float_equal(surface_best(surface, two, 1).dbm, -90, 1e-12);
    assert_true(isnan(surface_best(surface, two, 0).dbm));
    drop(surface, &world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(law_is_found_between_the_streets),
        cmocka_unit_test(sigma_is_small_where_measured),
        cmocka_unit_test(level_does_not_jump),
        cmocka_unit_test(turning_away_costs_what_the_pattern_says),
        cmocka_unit_test(new_site_serves_what_is_near),
        cmocka_unit_test(short_lists_are_not_silence),
        cmocka_unit_test(place_says_what_the_surface_says),
        cmocka_unit_test(trend_alone_without_measurements),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(window_says_what_the_surface_says),
        cmocka_unit_test(greatest_of_two_by_clark),
    };
    return cmocka_run_group_tests_name("surface", tests, NULL, NULL);
}
