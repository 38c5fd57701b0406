/* patterns: the antenna files that the cell table names shape the level; a name that leads
 * elsewhere, or a broken file, is refused. Tiles of a terrain lie side by side. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "geo/crs.h"
#include "geo/terrain.h"
#include "models/radio/link.h"
#include "models/radio/surface.h"

struct folder {
    char path[64];
    struct world *world;
    struct error error;
};

static void write_file(const struct folder *folder, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(struct folder *folder, const char *below)
{
    char path[160];
    *folder = (struct folder){.path = "/tmp/covtriage-pattern-XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
    snprintf(path, sizeof path, "%s/%s", folder->path, below);
    assert_int_equal(mkdir(path, 0700), 0);
}

static enum status load(struct folder *folder)
{
    struct rules rules;
    rules_default(&rules);
    struct world_options options = {.rules = &rules, .threads = 1};
    return world_load(folder->path, &options, false, &folder->world, &folder->error);
}

static void drop_folder(struct folder *folder)
{
    char command[96];
    world_free(folder->world);
    snprintf(command, sizeof command, "rm -r %s", folder->path);
    assert_int_equal(system(command), 0);
}

#define CELLS_HEADER                                                                           \
    "site_id,cell_id,rat,lon,lat,azimuth_deg,elec_tilt_deg,height_m,rs_power_dbm,"             \
    "frequency_mhz,pattern\n"

/* 11 dB down at 60 degrees to the right, 4 to the left, 30 behind: like no formula. */
static void write_lopsided(const struct folder *folder, const char *name)
{
    write_file(folder, name,
               "NAME made up\nFREQUENCY 1850\nGAIN 14.85 dBd\nHORIZONTAL 360\n0 0\n60 11\n"
               "180 30\n300 4\nVERTICAL 360\n0 0\n90 20\n180 30\n270 20\n");
}

static double level_at(const struct folder *folder, const struct surface *surface,
                       double bearing_deg)
{
    struct xy mast = folder->world->cells[0].xy;
    double turn = bearing_deg * (M_PI / 180);
    struct xy at = {mast.x_m + 2000 * sin(turn), mast.y_m + 2000 * cos(turn)};
    return surface_at(surface, 0, at).dbm;
}

static void level_follows_the_pattern(void **state)
{
    (void)state;
    struct folder folder;
    make_folder(&folder, "antennas");
    write_lopsided(&folder, "antennas/made up.msi");
    write_file(&folder, "cells.csv",
               CELLS_HEADER "S1,S1-1,LTE,114,31,90,0,30,15,1850,antennas/made up.msi\n"
                            "S1,S1-2,LTE,114,31,210,0,30,15,1850,antennas\\made up\n"
                            "S1,S1-3,LTE,114,31,330,0,30,15,1850,\n");
    assert_int_equal(load(&folder), STATUS_OK);
    const struct cell *cells = folder.world->cells;
    assert_int_equal(folder.world->rejects.count, 0);
    assert_non_null(cells[0].measured);
    assert_non_null(cells[1].measured);
    assert_null(cells[2].measured);
    assert_float_equal(link_antenna(&cells[0]).gain_dbi, 17, 1e-9);
    struct surface *surface = NULL;
    struct surface_options options = {.threads = 1};
    assert_int_equal(surface_new(folder.world, &options, &surface, &folder.error), STATUS_OK);
    double ahead = level_at(&folder, surface, 90);
    assert_float_equal(ahead - level_at(&folder, surface, 150), 11, 0.1);
    assert_float_equal(ahead - level_at(&folder, surface, 30), 4, 0.1);
    assert_float_equal(ahead - level_at(&folder, surface, 270), 30, 0.4);
    surface_free(surface);
    drop_folder(&folder);
}

static void what_is_no_pattern_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *value, *reason;
    } bad[] = {
        {"/etc/passwd", "absolute path"},
        {"C:\\antennas\\a.msi", "absolute path"},
        {"../outside.msi", "leads out"},
        {"antennas/../../outside.msi", "leads out"},
        {"antennas/link.msi", "a link that leads out"},
        {"antennas/missing.msi", "no such file"},
        {"antennas/broken.msi", "broken.msi:4"},
        {"antennas", "cannot be opened"},
        {"antennas/pipe", "cannot be opened"},
    };
    struct folder folder;
    make_folder(&folder, "antennas");
    char link[160], text[4096] = CELLS_HEADER;
    snprintf(link, sizeof link, "%s/antennas/link.msi", folder.path);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    snprintf(link, sizeof link, "%s/antennas/pipe", folder.path);
    assert_int_equal(mkfifo(link, 0600), 0);
    write_file(&folder, "antennas/broken.msi", "NAME x\nHORIZONTAL 360\n0 0\n1 much\n");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        for (int k = 0; k < 2; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text),
                     "S%zu,S%zu-%d,LTE,114,31,90,0,30,15,1850,%s\n", i, i, k, bad[i].value);
    write_file(&folder, "cells.csv", text);
    assert_int_equal(load(&folder), STATUS_OK);
    assert_int_equal(folder.world->cell_count, 2 * ARRAY_COUNT(bad));
    assert_int_equal(folder.world->rejects.count, ARRAY_COUNT(bad));
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        const struct reject *reject = &folder.world->rejects.items[i];
        assert_null(folder.world->cells[2 * i].measured);
        assert_string_equal(reject->column, "pattern");
        assert_string_equal(reject->value, bad[i].value);
        assert_int_equal(reject->line, 2 + 2 * i);
        assert_true(reject->kept);
        assert_non_null(strstr(reject->reason, bad[i].reason));
        assert_non_null(strstr(reject->reason, "named by 2 cells"));
    }
    drop_folder(&folder);
}

/* Height = metres by degrees east of 114, the same law in both tiles. */
static void write_tile(const struct folder *folder, const char *name, double west)
{
    char *text = malloc(200000), *p = text;
    p += sprintf(p, "ncols 100\nnrows 200\nxllcorner %.3f\nyllcorner 30.9\ncellsize 0.001\n",
                 west);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 100; x++)
            p += sprintf(p, "%.0f ", ((west - 114) / 0.001 + x + 0.5) * 10 + 2000);
    write_file(folder, name, text);
    free(text);
}

static void tiles_join_without_a_seam(void **state)
{
    (void)state;
    struct folder folder;
    make_folder(&folder, "dem");
    write_tile(&folder, "dem/east.asc", 114.0);
    write_tile(&folder, "dem/west.asc", 113.9);
    write_tile(&folder, "dem/of another county.asc", 100.0);
    write_file(&folder, "dem/read me.txt", "not a tile");
    write_file(&folder, "cells.csv", CELLS_HEADER "S1,S1-1,LTE,114,31,90,0,30,15,1850,\n");
    assert_int_equal(load(&folder), STATUS_OK);
    assert_non_null(folder.world->terrain);
    struct crs *crs = NULL;
    assert_int_equal(crs_open(folder.world->crs_name, &crs, &folder.error), STATUS_OK);
    for (double lon = 113.95; lon < 114.05; lon += 0.00037) {
        struct xy at = crs_forward(crs, (struct point){lon, 31.0});
        assert_float_equal(terrain_height_m(folder.world->terrain, at),
                           (lon - 114) / 0.001 * 10 + 2000, 6);
    }
    crs_close(crs);
    drop_folder(&folder);
}

static void one_terrain_only(void **state)
{
    (void)state;
    struct folder folder;
    make_folder(&folder, "dem");
    write_file(&folder, "cells.csv", CELLS_HEADER "S1,S1-1,LTE,114,31,90,0,30,15,1850,\n");
    assert_int_equal(load(&folder), STATUS_FORMAT);
    assert_non_null(strstr(folder.error.text, "holds no raster"));
    folder.error = (struct error){0};
    write_tile(&folder, "dem/east.asc", 114.0);
    write_tile(&folder, "dem.asc", 113.9);
    assert_int_equal(load(&folder), STATUS_FORMAT);
    assert_non_null(strstr(folder.error.text, "leave the one that is meant"));
    drop_folder(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_follows_the_pattern),
        cmocka_unit_test(what_is_no_pattern_is_refused),
        cmocka_unit_test(tiles_join_without_a_seam),
        cmocka_unit_test(one_terrain_only),
    };
    return cmocka_run_group_tests_name("patterns", tests, NULL, NULL);
}
