/* raster: files that GDAL or a text editor wrote come back as they are, voids as NAN; what we
 * write is a COG that says what its bands are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "geo/raster.h"

static void write_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void ascii_grid_voids_are_nan(void **state)
{
    (void)state;
    char path[] = "/tmp/covtriage-raster-XXXXXX.asc";
    close(mkstemps(path, 4));
    const char *text = "ncols 3\nnrows 2\nxllcorner 115.0\nyllcorner 31.0\ncellsize 0.001\n"
                       "NODATA_value -9999\n10 20 30\n40 -9999 60\n";
    write_file(path, text, strlen(text));
    struct error error = {0};
    struct raster *raster = NULL;
    assert_int_equal(raster_open(path, &raster, &error), STATUS_OK);
    assert_int_equal(raster_info(raster).width, 3);
    assert_float_equal(raster_info(raster).transform[3], 31.002, 1e-9);
    float got[8]; /* one column and one row outside */
    struct raster_window window = {1, 0, 3, 2};
    assert_int_equal(raster_read(raster, 1, window, got, &error), STATUS_OK);
    assert_float_equal(got[0], 20, 0);
    assert_float_equal(got[1], 30, 0);
    assert_true(isnan(got[2]) && isnan(got[3]) && isnan(got[5]));
    assert_float_equal(got[4], 60, 0);
    raster_close(raster);
    unlink(path);
}

static void srtm_tile_is_big_endian(void **state)
{
    (void)state;
    char folder[] = "/tmp/covtriage-hgt-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/N31E115.hgt", folder);
    static unsigned char tile[1201 * 1201 * 2];
    tile[0] = 0x01, tile[1] = 0x02; /* 258 m */
    tile[2] = 0x80, tile[3] = 0x00; /* -32768: void */
    write_file(path, tile, sizeof tile);
    struct error error = {0};
    struct raster *raster = NULL;
    assert_int_equal(raster_open(path, &raster, &error), STATUS_OK);
    float got[2];
    struct raster_window window = {0, 0, 2, 1};
    assert_int_equal(raster_read(raster, 1, window, got, &error), STATUS_OK);
    assert_float_equal(got[0], 258, 0);
    assert_true(isnan(got[1]));
    raster_close(raster);
    unlink(path);
    rmdir(folder);
}

static void written_cog_reads_back(void **state)
{
    (void)state;
    char path[] = "/tmp/covtriage-cog-XXXXXX.tif";
    close(mkstemps(path, 4));
    static float level[600 * 700], sigma[600 * 700];
    for (int i = 0; i < 600 * 700; i++)
        level[i] = i % 7 ? -80.5f - (float)(i % 40) : NAN, sigma[i] = 6;
    const struct raster_band bands[] = {{"level_dbm", level, NULL}, {"sigma_db", sigma, NULL}};
    const char *metadata[] = {"SERVER_1=460-00-1-1", NULL};
    struct raster_image image = {600,          700,   500000, 3520000, 50,
                                 "EPSG:32650", bands, 2,      metadata};
    struct error error = {0};
    assert_int_equal(raster_write(path, &image, &error), STATUS_OK);
    struct raster *raster = NULL;
    assert_int_equal(raster_open(path, &raster, &error), STATUS_OK);
    assert_int_equal(raster_info(raster).bands, 2);
    assert_string_equal(raster_band_name(raster, 2), "sigma_db");
    assert_non_null(strstr(raster_info(raster).crs, "zone 50N"));
    float got[14];
    struct raster_window window = {0, 0, 14, 1};
    assert_int_equal(raster_read(raster, 1, window, got, &error), STATUS_OK);
    assert_true(isnan(got[0]) && isnan(got[7]));
    assert_float_equal(got[8], -88.5, 0);
    raster_close(raster);
    unlink(path);
}

static void failures_are_said(void **state)
{
    (void)state;
    struct error error = {0};
    struct raster *raster = NULL;
    assert_int_equal(raster_open("/nowhere/dem.tif", &raster, &error), STATUS_IO);
    assert_non_null(strstr(error.text, "/nowhere/dem.tif"));
    memset(&error, 0, sizeof error);
    const float value = 1;
    const struct raster_band band = {"x", &value, NULL};
    struct raster_image image = {1, 1, 0, 0, 1, "EPSG:32650", &band, 1, NULL};
    assert_int_equal(raster_write("/nowhere/x.tif", &image, &error), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_grid_voids_are_nan),
        cmocka_unit_test(srtm_tile_is_big_endian),
        cmocka_unit_test(written_cog_reads_back),
        cmocka_unit_test(failures_are_said),
    };
    return cmocka_run_group_tests_name("raster", tests, NULL, NULL);
}
