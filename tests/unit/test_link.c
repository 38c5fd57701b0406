/* link: geometry, what a cell's table leaves out, and P.1812 over terrain and clutter. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "geo/terrain.h"
#include "models/radio/link.h"
#include "models/radio/pathloss.h"

static const struct terrain_extent SQUARE = {{-1000, -1000}, {11000, 11000}};

static double flat(void *context, struct xy at)
{
    (void)at;
    return *(const double *)context;
}

/* A ridge across x = 3 km, as high as the context says. */
static double ridge(void *context, struct xy at)
{
    return *(const double *)context * exp(-pow((at.x_m - 3000) / 400, 2));
}

static struct link_ground ground_of(const struct terrain *terrain)
{
    return (struct link_ground){
        .terrain = terrain, .dn = P1812_DN, .n0 = P1812_N0, .latitude_deg = 31};
}

static const struct link_path PATH = {{0, 500}, {8000, 500}, 35, 1.5, 1850};

static void place_is_seen_below_the_horizon(void **state)
{
    (void)state;
    struct link link = link_between((struct xy){0, 0}, (struct xy){1000, 0}, 30);
    assert_float_equal(link.bearing_deg, 90, 1e-9);
    assert_float_equal(link.elevation_deg, -atan2(30.0588, 1000) * 180 / M_PI, 1e-4);
}

static void ridge_loses_and_both_ways_the_same(void **state)
{
    (void)state;
    double before = 0;
    for (double high = 0; high <= 200; high += 50) {
        struct terrain *terrain = terrain_new(SQUARE, 50, ridge, &high);
        struct link_ground ground = ground_of(terrain);
        struct link_path back = {PATH.to, PATH.from, PATH.to_m, PATH.from_m, 1850};
        struct p1812_result there = link_p1812(&ground, &PATH);
        assert_int_equal(there.flags, 0);
        assert_float_equal(there.loss_db, link_p1812(&ground, &back).loss_db, 0.01);
        double hill = link_hill_db(&ground, &PATH);
        assert_float_equal(hill, there.loss_db - there.lbfs_db, 1e-3);
        assert_true(hill >= before);
        before = hill;
        terrain_close(terrain);
    }
    assert_true(before > 20);
}

static void clutter_loses_more(void **state)
{
    (void)state;
    double level = 100, trees = 20, codes = 5000;
    struct terrain *terrain = terrain_new(SQUARE, 50, flat, &level);
    struct terrain *wood = terrain_new(SQUARE, 50, flat, &trees);
    struct terrain *nonsense = terrain_new(SQUARE, 50, flat, &codes);
    struct link_ground bare = ground_of(terrain), among = bare, wrong = bare;
    among.clutter = wood, wrong.clutter = nonsense;
    assert_true(link_hill_db(&among, &PATH) > link_hill_db(&bare, &PATH) + 10);
    assert_float_equal(link_hill_db(&wrong, &PATH), link_hill_db(&bare, &PATH), 1e-9);
    terrain_close(terrain);
    terrain_close(wood);
    terrain_close(nonsense);
}

/* Below 250 m P.1812 is not valid; what takes over meets it there. */
static void near_and_far_meet(void **state)
{
    (void)state;
    double high = 60;
    struct terrain *terrain = terrain_new(SQUARE, 20, ridge, &high);
    struct link_ground ground = ground_of(terrain);
    struct link_path path = PATH;
    path.from = (struct xy){2800, 0};
    path.to = (struct xy){2800 + 249.9, 0};
    double near = link_hill_db(&ground, &path);
    path.to.x_m += 0.3;
    assert_float_equal(link_hill_db(&ground, &path), near, 1.0);
    path.to = path.from;
    assert_float_equal(link_hill_db(&ground, &path), 0, 0);
    terrain_close(terrain);
}

static void absent_numbers_have_usual_ones(void **state)
{
    (void)state;
    struct cell cell = {.rat = RAT_GSM,
                        .frequency_mhz = NAN,
                        .height_m = NAN,
                        .rs_power_dbm = NAN,
                        .antenna_gain_dbi = NAN,
                        .hbw_deg = NAN,
                        .vbw_deg = NAN,
                        .azimuth_deg = NAN};
    assert_float_equal(link_frequency_mhz(&cell), 945, 0);
    assert_float_equal(link_power_dbm(&cell), 43, 0);
    assert_float_equal(link_height_m(&cell), 30, 0);
    assert_true(isnan(link_antenna(&cell).hbw_deg)); /* no azimuth: no lobe */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_is_seen_below_the_horizon),
        cmocka_unit_test(ridge_loses_and_both_ways_the_same),
        cmocka_unit_test(clutter_loses_more),
        cmocka_unit_test(near_and_far_meet),
        cmocka_unit_test(absent_numbers_have_usual_ones),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
