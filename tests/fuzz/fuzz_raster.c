/* Fuzzing of rasters: the first byte chooses the form (GeoTIFF, ASCII grid, HGT, BIL, IMG), the
 * rest is the file; for BIL a header and the values, parted by a line "--part--". */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/raster.h"
#include "geo/terrain.h"
#include "tests/fuzz/fuzz.h"

enum { WINDOW = 64, HGT_BYTES = 1201 * 1201 * 2 };

static void try_raster(const char *path)
{
    struct raster *raster;
    struct error error = {0};
    if (raster_open(path, &raster, &error) != STATUS_OK) {
        fuzz_check(error.text[0] != '\0');
        return;
    }
    struct raster_info info = raster_info(raster);
    fuzz_check(info.width > 0 && info.height > 0 && info.bands > 0 && info.crs);
    static float heights[WINDOW * WINDOW];
    const struct raster_window windows[] = {
        {0, 0, WINDOW, WINDOW},
        {-10, -10, WINDOW, 1},
        {info.width - 3, info.height - 3, WINDOW, WINDOW},
    };
    for (size_t i = 0; i < ARRAY_COUNT(windows); i++)
        if (raster_read(raster, 1, windows[i], heights, &error) == STATUS_OK)
            for (int k = 0; k < windows[i].width * windows[i].height; k++)
                fuzz_check(!isinf(heights[k]));
    raster_band_name(raster, info.bands);
    raster_close(raster);
}

/* As a DEM around cells near 30 N 110 E. */
static void try_terrain(const char *path)
{
    const struct terrain_extent extent = {{495000, 3315000}, {500500, 3320500}};
    struct terrain *terrain;
    struct error error = {0};
    if (terrain_open(&path, 1, "EPSG:32649", extent, &terrain, &error) != STATUS_OK) {
        fuzz_check(error.text[0] != '\0');
        return;
    }
    double profile[32];
    const struct xy from = {495100, 3315100}, to = {500400, 3320400};
    terrain_profile(terrain, from, to, profile, ARRAY_COUNT(profile));
    for (size_t i = 0; i < ARRAY_COUNT(profile); i++)
        fuzz_check(isfinite(profile[i]));
    fuzz_check(!isinf(terrain_height_m(terrain, from)) && terrain_step_m(terrain) > 0);
    terrain_close(terrain);
}

/* A tile is known by its name and size: the bytes are repeated to it. */
static const char *put_hgt(const uint8_t *bytes, size_t length)
{
    static uint8_t tile[HGT_BYTES];
    for (size_t at = 0; at < sizeof tile; at += length)
        memcpy(tile + at, bytes, BASE_MIN(length, sizeof tile - at));
    return fuzz_put("N29E110.hgt", tile, sizeof tile);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const names[] = {"t.tif", "t.asc", "t.img", "t.bil",      "t.bil",
                                        "t.tif", "t.asc", "t.hgt", "N29E110.hgt"};
    static const char mark[] = "\n--part--\n";
    if (length < 2)
        return 0;
    const char *name = names[bytes[0] % ARRAY_COUNT(names)];
    const uint8_t *body = bytes + 1;
    size_t size = length - 1;
    char path[256];
    fuzz_empty();
    const uint8_t *hit =
        strcmp(name, "t.bil") ? NULL : memmem(body, size, mark, sizeof mark - 1);
    if (hit) {
        fuzz_put("t.hdr", body, (size_t)(hit - body));
        size -= (size_t)(hit - body) + sizeof mark - 1;
        body = hit + sizeof mark - 1;
    }
    snprintf(path, sizeof path, "%s",
             strcmp(name, "N29E110.hgt") ? fuzz_put(name, body, size) : put_hgt(body, size));
    try_raster(path);
    try_terrain(path);
    return 0;
}
