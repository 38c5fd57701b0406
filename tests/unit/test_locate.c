/* locate: what each source says, and what they say together. */
#include "models/tables/gazette.h"
#include "models/verdict/locate.h"
#include "tests/unit/masts.h"

/* A square of nine masts 2 km apart, three sectors each at 0, 120 and 240 degrees. */
struct scene {
    struct masts masts;
    struct locator *locator;
    struct locate_worker *worker;
    struct point village;
};

static struct scene *scene;

static void place_masts(void)
{
    struct masts *masts = &scene->masts;
    struct point middle = {115.4, 31.8};
    masts_open(masts, middle);
    struct xy at = crs_forward(masts->plane, middle);
    for (int s = 0; s < 9; s++)
        masts_add(masts, (struct xy){at.x_m + 2000.0 * (s % 3), at.y_m + 2000.0 * (s / 3)}, 0);
    masts_index(masts);
    scene->village =
        crs_inverse(masts->plane, (struct xy){masts->xy[4].x_m + 100, masts->xy[4].y_m + 600});
}

static int setup(void **state)
{
    (void)state;
    struct error error = {0};
    scene = base_alloc(1, sizeof *scene);
    place_masts();
    struct place places[] = {{.name = "罗家店村",
                              .kind = PLACE_VILLAGE,
                              .at = scene->village,
                              .parent = "",
                              .aliases = ""},
                             {.name = "余山超市",
                              .kind = PLACE_POI,
                              .at = scene->masts.sites[0].at,
                              .parent = "",
                              .aliases = ""}};
    struct world *w = &scene->masts.world;
    w->gazetteer = gazette_new(places, 2);
    if (locator_new(w, &scene->locator, &error) != STATUS_OK ||
        locate_worker_new(scene->locator, &scene->worker, &error) != STATUS_OK)
        return -1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    locate_worker_free(scene->worker);
    locator_free(scene->locator);
    gazetteer_free(scene->masts.world.gazetteer);
    masts_close(&scene->masts);
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

/* The radius that coordinates have in a table of tickets that name the village and stand so far
 * from it, all around. */
static double learnt_radius_m(double away_m)
{
    enum { TICKETS = 40 };
    struct complaint table[TICKETS];
    struct error error = {0};
    struct locator *before = scene->locator;
    struct locate_worker *worker = scene->worker;
    for (int i = 0; i < TICKETS; i++)
        table[i] = (struct complaint){.ticket_id = "T",
                                      .at = point_move(scene->village, 9.0 * i, away_m),
                                      .coord_sys = "",
                                      .address = "罗家店村",
                                      .description = "",
                                      .serving_cell = ""};
    scene->masts.world.complaints = table;
    scene->masts.world.complaint_count = TICKETS;
    assert_int_equal(locator_new(&scene->masts.world, &scene->locator, &error), STATUS_OK);
    assert_int_equal(locate_worker_new(scene->locator, &scene->worker, &error), STATUS_OK);
    double radius_m = fix_of(scene->village, "", "").radius_m;
    locate_worker_free(scene->worker);
    locator_free(scene->locator);
    scene->locator = before;
    scene->worker = worker;
    scene->masts.world.complaints = NULL;
    scene->masts.world.complaint_count = 0;
    return radius_m;
}

static void the_table_tells_how_exact_coordinates_are(void **state)
{
    (void)state;
    double exact_m = learnt_radius_m(20), usual_m = learnt_radius_m(300),
           rough_m = learnt_radius_m(2000);
    assert_true(fabs(exact_m - 250) < 1);
    assert_true(exact_m <= usual_m && usual_m < rough_m);
    assert_true(rough_m > 750);
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
    assert_true(fix.xy.y_m > scene->masts.xy[0].y_m + 100);
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
    fix = fix_of(scene->masts.sites[8].at, "", "500-2");
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
        cmocka_unit_test(the_table_tells_how_exact_coordinates_are),
        cmocka_unit_test(words_alone),
        cmocka_unit_test(a_cell_alone_is_where_it_serves),
        cmocka_unit_test(words_and_cell_together_are_narrower),
        cmocka_unit_test(sources_that_disagree_are_said),
        cmocka_unit_test(nothing_is_nowhere_and_the_same_is_the_same),
    };
    return cmocka_run_group_tests_name("locate", tests, setup, teardown);
}
