/* base, point: the ground everything stands on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "geo/base.h"
#include "geo/crs.h"
#include "geo/point.h"

static void first_error_is_kept(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(error_set(&error, STATUS_IO, "first %d", 1), STATUS_IO);
    error_set(&error, STATUS_FORMAT, "second");
    assert_int_equal(error.status, STATUS_IO);
    assert_string_equal(error.text, "first 1");
}

static void arena_pieces_are_zeroed_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *a = arena_alloc(arena, 100000), *b = arena_text(arena, "RSRP", 4);
    memset(a, 1, 100000);
    assert_string_equal(b, "RSRP");
    arena_reset(arena);
    const char *again = arena_alloc(arena, 100000);
    assert_int_equal(again[99999], 0);
    arena_free(arena);
}

static void textmap_keeps_the_first_value(void **state)
{
    (void)state;
    struct textmap map = {0};
    struct arena *arena = arena_new();
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(textmap_put(&map, arena_format(arena, "cell-%u", i), i), i);
    assert_int_equal(textmap_put(&map, "cell-7", 99), 7);
    assert_int_equal(textmap_get(&map, "cell-4999"), 4999);
    assert_int_equal(textmap_get(&map, "cell-5000"), TEXTMAP_NONE);
    textmap_free(&map);
    arena_free(arena);
}

static void bearings_run_clockwise_from_north(void **state)
{
    (void)state;
    struct point p = {115.4, 31.8};
    assert_float_equal(point_bearing_deg(p, point_move(p, 90, 1000)), 90, 0.01);
    assert_float_equal(point_distance_m(p, point_move(p, 213, 5000)), 5000, 0.01);
    assert_float_equal(angle_turn_deg(350, 10), 20, 1e-12);
    assert_float_equal(angle_turn_deg(10, 350), -20, 1e-12);
    assert_float_equal(xy_bearing_deg((struct xy){0, 0}, (struct xy){-1, 0}), 270, 1e-12);
}

static void utm_round_trip(void **state)
{
    (void)state;
    struct error error = {0};
    struct crs *crs = NULL;
    assert_int_equal(crs_open_utm((struct point){115.4, 31.8}, &crs, &error), STATUS_OK);
    assert_string_equal(crs_name(crs), "EPSG:32650");
    struct xy at = crs_forward(crs, (struct point){117, 31.8});
    assert_float_equal(at.x_m, 500000, 1e-3); /* the central meridian of zone 50 */
    struct point back = crs_inverse(crs, at);
    assert_float_equal(back.lat, 31.8, 1e-9);
    crs_close(crs);
    assert_int_equal(crs_open("EPSG:nonsense", &crs, &error), STATUS_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_is_kept),
        cmocka_unit_test(arena_pieces_are_zeroed_and_apart),
        cmocka_unit_test(textmap_keeps_the_first_value),
        cmocka_unit_test(bearings_run_clockwise_from_north),
        cmocka_unit_test(utm_round_trip),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
