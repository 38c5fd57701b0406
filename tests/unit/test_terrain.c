/* terrain: a model in degrees comes to the plane at the right place; profiles bridge voids. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "geo/crs.h"
#include "geo/terrain.h"

/* Height = metres east of 115 degrees / 10, by the file's own degrees. */
static void write_slope(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "ncols 200\nnrows 200\nxllcorner 115\nyllcorner 31\ncellsize 0.001\n"
                  "NODATA_value -9999\n");
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++)
            fprintf(file, "%d%c", y == 100 && x == 100 ? -9999 : 10 * x, x < 199 ? ' ' : '\n');
    fclose(file);
}

static void degrees_come_to_the_plane(void **state)
{
    (void)state;
    char path[] = "/tmp/covtriage-dem-XXXXXX.asc";
    close(mkstemps(path, 4));
    write_slope(path);
    struct error error = {0};
    struct crs *crs = NULL;
    assert_int_equal(crs_open("EPSG:32650", &crs, &error), STATUS_OK);
    struct xy middle = crs_forward(crs, (struct point){115.1, 31.1});
    struct terrain_extent extent = {{middle.x_m - 6000, middle.y_m - 6000},
                                    {middle.x_m + 6000, middle.y_m + 6000}};
    struct terrain *terrain = NULL;
    const char *paths[] = {path};
    assert_int_equal(terrain_open(paths, 1, "EPSG:32650", extent, &terrain, &error), STATUS_OK);
    assert_true(terrain_step_m(terrain) > 80 && terrain_step_m(terrain) < 95);
    for (double lon = 115.06; lon < 115.15; lon += 0.0123) {
        struct xy at = crs_forward(crs, (struct point){lon, 31.08});
        assert_float_equal(terrain_height_m(terrain, at), ((lon - 115) / 0.001 - 0.5) * 10,
                           0.5);
    }
    double line[50];
    struct xy west = crs_forward(crs, (struct point){115.0805, 31.0995});
    struct xy east = crs_forward(crs, (struct point){115.1205, 31.0995});
    terrain_profile(terrain, west, east, line, 50);
    for (int i = 0; i < 50; i++) /* over the void */
        assert_float_equal(line[i], 800 + 400 * i / 49.0, 3);
    assert_true(isnan(terrain_height_m(terrain, (struct xy){0, 0})));
    terrain_close(terrain);
    crs_close(crs);
    unlink(path);
}

static void elsewhere_is_said(void **state)
{
    (void)state;
    char path[] = "/tmp/covtriage-dem-XXXXXX.asc";
    close(mkstemps(path, 4));
    write_slope(path);
    struct error error = {0};
    struct terrain_extent extent = {{0, 0}, {5000, 5000}};
    struct terrain *terrain = NULL;
    const char *paths[] = {path};
    assert_int_equal(terrain_open(paths, 1, "EPSG:32650", extent, &terrain, &error),
                     STATUS_MISSING);
    assert_non_null(strstr(error.text, "does not cover"));
    unlink(path);
}

static double ridge(void *context, struct xy at)
{
    (void)context;
    return 100 - fabs(at.x_m) / 10;
}

static void made_terrain_is_bilinear(void **state)
{
    (void)state;
    struct terrain_extent extent = {{-1000, -1000}, {1000, 1000}};
    struct terrain *terrain = terrain_new(extent, 50, ridge, NULL);
    assert_float_equal(terrain_height_m(terrain, (struct xy){0, 10}), 100, 1e-5);
    assert_float_equal(terrain_height_m(terrain, (struct xy){475, -333}), 52.5, 1e-4);
    terrain_close(terrain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(degrees_come_to_the_plane),
        cmocka_unit_test(elsewhere_is_said),
        cmocka_unit_test(made_terrain_is_bilinear),
    };
    return cmocka_run_group_tests_name("terrain", tests, NULL, NULL);
}
