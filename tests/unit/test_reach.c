/* How far cells serve: counted on a road before two masts, one behind the other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "geo/index.h"
#include "models/verdict/reach.h"

enum { SQUARES = 20 };

struct road {
    struct world world;
    struct cell cells[2];
    struct site sites[2];
    uint32_t site_cells[2];
    struct bin bins[2 * SQUARES];
};

/* A stands at 0, B two kilometres behind it; both look east, where A is 20 dB stronger. */
static void set_road(struct road *r)
{
    *r = (struct road){0};
    rules_default(&r->world.rules);
    struct xy at[2] = {{0, 25}, {-2000, 25}};
    for (uint32_t i = 0; i < 2; i++) {
        r->cells[i] = (struct cell){.rat = RAT_LTE, .azimuth_deg = 90, .xy = at[i], .site = i};
        r->sites[i] = (struct site){.xy = at[i], .first_cell = i, .cell_count = 1};
        r->site_cells[i] = i;
    }
    for (int i = 0; i < 2 * SQUARES; i++)
        r->bins[i] = (struct bin){.ix = 1 + i / 2,
                                  .cell = (uint32_t)(i % 2),
                                  .samples = 9,
                                  .mean_dbm = i % 2 ? -100 : -80};
    r->world.cells = r->cells;
    r->world.cell_count = r->world.site_count = 2;
    r->world.sites = r->sites;
    r->world.site_cells = r->site_cells;
    r->world.site_index = index_new(at, 2, 1000);
    r->world.bins = r->bins;
    r->world.bin_count = ARRAY_COUNT(r->bins);
}

static void near_cells_serve_and_far_ones_do_not(void **state)
{
    (void)state;
    struct road r;
    set_road(&r);
    struct reach_curve curve = reach_of(&r.world);
    assert_true(reach_share(&curve, 500) > 0.8);
    assert_true(reach_share(&curve, 2500) < 0.1);
    for (double way_m = 0; way_m < 9000; way_m += 50)
        assert_true(reach_share(&curve, way_m + 50) <= reach_share(&curve, way_m));
    index_free(r.world.site_index);
}

static void a_cell_that_looks_away_is_not_counted(void **state)
{
    (void)state;
    struct road r;
    set_road(&r);
    r.cells[1].azimuth_deg = 270;
    struct reach_curve turned = reach_of(&r.world);
    r.cells[1].azimuth_deg = 90;
    struct reach_curve both = reach_of(&r.world);
    assert_true(reach_share(&turned, 2500) > 4 * reach_share(&both, 2500));
    index_free(r.world.site_index);
}

static void without_measurements_every_distance_is_alike(void **state)
{
    (void)state;
    struct road r;
    set_road(&r);
    r.world.bin_count = 0;
    struct reach_curve curve = reach_of(&r.world);
    assert_float_equal(reach_share(&curve, 50), 1, 0);
    assert_float_equal(reach_share(&curve, 9000), 1, 0);
    index_free(r.world.site_index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_cells_serve_and_far_ones_do_not),
        cmocka_unit_test(a_cell_that_looks_away_is_not_counted),
        cmocka_unit_test(without_measurements_every_distance_is_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
