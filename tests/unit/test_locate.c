/* locate: what each source says, and what they say together. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "geo/index.h"
#include "models/tables/gazette.h"
#include "models/verdict/locate.h"

enum { SITES = 9, CELLS = 3 * SITES };

/* A square of nine masts 2 km apart, three sectors each at 0, 120 and 240 degrees. */
struct scene {
    struct world world;
    struct cell cells[CELLS];
    struct site sites[SITES];
    uint32_t site_cells[CELLS];
    char ids[CELLS][24];
    struct xy xy[SITES];
    struct crs *plane;
    struct locator *locator;
    struct locate_worker *worker;
    struct point village;
};

static struct scene *scene;

static void place_cells(void)
{
    struct xy at = crs_forward(scene->plane, (struct point){115.4, 31.8});
    for (uint32_t s = 0; s < SITES; s++) {
        scene->xy[s] = (struct xy){at.x_m + 2000.0 * (s % 3), at.y_m + 2000.0 * (s / 3)};
        scene->sites[s] = (struct site){.site_id = "",
                                        .site_name = "",
                                        .xy = scene->xy[s],
                                        .at = crs_inverse(scene->plane, scene->xy[s]),
                                        .first_cell = 3 * s,
                                        .cell_count = 3};
        for (uint32_t k = 0; k < 3; k++) {
            uint32_t c = 3 * s + k;
            snprintf(scene->ids[c], sizeof scene->ids[c], "460-00-%u-%u", 500 + s, k);
            scene->site_cells[c] = c;
            scene->cells[c] = (struct cell){.cell_id = scene->ids[c],
                                            .cell_name = "",
                                            .site_id = "",
                                            .site_name = "",
                                            .rat = RAT_LTE,
                                            .at = scene->sites[s].at,
                                            .xy = scene->xy[s],
                                            .azimuth_deg = 120.0 * k,
                                            .hbw_deg = 65,
                                            .site = s};
        }
    }
}

static int setup(void **state)
{
    (void)state;
    struct error error = {0};
    scene = base_alloc(1, sizeof *scene);
    crs_open_utm((struct point){115.4, 31.8}, &scene->plane, &error);
    place_cells();
    scene->village =
        crs_inverse(scene->plane, (struct xy){scene->xy[4].x_m + 100, scene->xy[4].y_m + 600});
    struct place places[] = {{.name = "罗家店村",
                              .kind = PLACE_VILLAGE,
                              .at = scene->village,
                              .parent = "",
                              .aliases = ""},
                             {.name = "余山超市",
                              .kind = PLACE_POI,
                              .at = scene->sites[0].at,
                              .parent = "",
                              .aliases = ""}};
    struct world *w = &scene->world;
    rules_default(&w->rules);
    w->crs_name = crs_name(scene->plane);
    w->cells = scene->cells;
    w->cell_count = CELLS;
    w->sites = scene->sites;
    w->site_count = SITES;
    w->site_cells = scene->site_cells;
    w->site_index = index_new(scene->xy, SITES, 2000);
    w->identity = identity_index_new(scene->cells, CELLS);
    if (gazette_new(places, 2, &w->gazetteer, &error) != STATUS_OK ||
        locator_new(w, &scene->locator, &error) != STATUS_OK ||
        locate_worker_new(scene->locator, &scene->worker, &error) != STATUS_OK)
        return -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    locate_worker_free(scene->worker);
    locator_free(scene->locator);
    gazetteer_free(scene->world.gazetteer);
    index_free(scene->world.site_index);
    identity_index_free(scene->world.identity);
    crs_close(scene->plane);
    free(scene);
    return 0;
}

static struct fix fix_of(struct point at, const char *address, const char *cell)
{
    struct complaint complaint = {.ticket_id = "T",
                                  .given = at,
                                  .at = at,
                                  .coord_sys = "",
                                  .address = address,
                                  .description = "",
                                  .serving_cell = cell};
    struct fix fix;
    locate(scene->worker, &complaint, &fix);
    return fix;
}

static void expect_whole_cloud(const struct fix *fix)
{
    double sum = 0, within = 0;
    for (size_t i = 0; i < fix->cloud_count; i++) {
        assert_true(isfinite(fix->cloud[i].xy.x_m) && fix->cloud[i].weight > 0);
        sum += fix->cloud[i].weight;
        within += xy_distance_m(fix->cloud[i].xy, fix->xy) <= 1.1 * fix->radius_m
                      ? fix->cloud[i].weight
                      : 0;
    }
    assert_float_equal(sum, 1, 1e-9);
    assert_true(within > 0.8);
}

static void coordinates_stand_as_given(void **state)
{
    (void)state;
    struct fix fix = fix_of(scene->village, "", "");
    assert_int_equal(fix.method, FIX_COORDINATES);
    assert_float_equal(point_distance_m(fix.at, scene->village), 0, 0.01);
    assert_float_equal(fix.radius_m, 250, 1);
    expect_whole_cloud(&fix);
}

static void words_alone(void **state)
{
    (void)state;
    struct fix fix = fix_of(POINT_ABSENT, "罗家店村室内无信号", "");
    assert_int_equal(fix.method, FIX_TEXT);
    assert_int_equal(fix.level, GAZETTEER_VILLAGE);
    assert_float_equal(point_distance_m(fix.at, scene->village), 0, 0.01);
    expect_whole_cloud(&fix);
}

static void a_cell_alone_is_where_it_serves(void **state)
{
    (void)state;
    struct fix fix = fix_of(POINT_ABSENT, "", "500-0"); /* mast 0, azimuth 0: north */
    assert_int_equal(fix.method, FIX_CELL);
    assert_int_equal(fix.cell, 0);
    assert_true(fix.xy.y_m > scene->xy[0].y_m + 100);
    assert_true(fix.radius_m > 300 && fix.radius_m < 3500);
    expect_whole_cloud(&fix);
}

static void words_and_cell_together_are_narrower(void **state)
{
    (void)state;
    /* 1,500 m from the village, any direction; cell 504-0 looks north from 600 m south of it.
     */
    struct fix ring = fix_of(POINT_ABSENT, "罗家店村旁边1500米", "");
    struct fix both = fix_of(POINT_ABSENT, "罗家店村旁边1500米", "507-0");
    assert_int_equal(both.method, FIX_TEXT_CELL);
    assert_true(both.radius_m < ring.radius_m);
    assert_true(both.xy.y_m > ring.xy.y_m + 500);
}

static void sources_that_disagree_are_said(void **state)
{
    (void)state;
    struct fix fix = fix_of(scene->village, "余山超市", "");
    assert_true(fix.flags & FIX_FLAG_TEXT_DISAGREES);
    assert_true(fix.radius_m > 1000);
    fix = fix_of(scene->sites[8].at, "", "500-2");
    assert_true(fix.flags & FIX_FLAG_CELL_DISAGREES);
    fix = fix_of(scene->village, "", "4.6E+14");
    assert_true(fix.flags & FIX_FLAG_CELL_ROUNDED);
    fix = fix_of(scene->village, "", "999999-9");
    assert_true(fix.flags & FIX_FLAG_CELL_UNKNOWN);
    char text[128];
    assert_string_equal(fix_flags_text(fix.flags, text, sizeof text), "cell-unknown");
    fix = fix_of((struct point){116.4, 39.9}, "", "");
    assert_true(fix.flags & FIX_FLAG_OUTSIDE);
}

static void nothing_is_nowhere_and_the_same_is_the_same(void **state)
{
    (void)state;
    struct fix none = fix_of(POINT_ABSENT, "", "");
    assert_int_equal(none.method, FIX_NONE);
    assert_true(isnan(none.at.lon) && isnan(none.radius_m));
    struct fix a = fix_of(scene->village, "罗家店村", "504-0");
    struct fix b = fix_of(scene->village, "罗家店村", "504-0");
    assert_int_equal(a.method, FIX_ALL);
    assert_memory_equal(a.cloud, b.cloud, sizeof a.cloud);
    assert_true(a.radius_m <= 260);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_stand_as_given),
        cmocka_unit_test(words_alone),
        cmocka_unit_test(a_cell_alone_is_where_it_serves),
        cmocka_unit_test(words_and_cell_together_are_narrower),
        cmocka_unit_test(sources_that_disagree_are_said),
        cmocka_unit_test(nothing_is_nowhere_and_the_same_is_the_same),
    };
    return cmocka_run_group_tests_name("locate", tests, setup, teardown);
}
