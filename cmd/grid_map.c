/* The grid for GIS tools: a raster with one band a statistic, or squares in a GeoPackage. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/grid.h"
#include "geo/crs.h"
#include "geo/graticule.h"
#include "geo/package.h"
#include "geo/raster.h"

/* One bin of one cell, as the layers of a GIS have it. */
struct map_row {
    double x_m, y_m, lon, lat;
    const char *cell_id;
    uint32_t samples;
    double mean_dbm, min_dbm, weak_share;
    double quantiles_dbm[GRID_QUANTILES_MAX];
};

static double from_thousandths(double value)
{
    return rint(value * 1000) / 1000;
}

static struct map_row row_of(const struct grid *grid, const struct bins_group *group)
{
    const struct bins_entry *entry = &group->entry;
    const struct grid_settings *settings = &grid->settings;
    struct map_row row = {
        .x_m = entry->ix * settings->bin_m,
        .y_m = entry->iy * settings->bin_m,
        .cell_id = grid->cells[entry->group],
        .samples = entry->count,
        .mean_dbm = (double)grid_mean_mdb(entry) / 1000,
        .min_dbm = from_thousandths((double)entry->min_udb / BINS_UDB_PER_DB),
        .weak_share = rint(1e4 * entry->weak / entry->count) / 1e4,
    };
    for (int q = 0; q < settings->quantile_count; q++)
        row.quantiles_dbm[q] =
            from_thousandths(bins_quantile_db(group, settings->quantiles[q] / 100));
    return row;
}

/* Calls for every group that the output holds: all, or the best server of each square. */
typedef enum status (*map_each)(void *context, const struct map_row *row, int32_t ix,
                                int32_t iy, struct error *error);

static enum status walk_rows(const struct grid *grid, map_each each, void *context,
                             struct error *error)
{
    struct bins_cursor *cursor;
    enum status status = grid_walk(grid, BINS_ALL_ROWS, &cursor, error);
    for (bool found = true; found && status == STATUS_OK;) {
        struct bins_square square = {0};
        status = bins_cursor_next(cursor, &square, &found, error);
        const struct bins_group *best =
            square.count && !grid->settings.by_cell ? grid_best(&square) : NULL;
        for (size_t g = 0; g < square.count && status == STATUS_OK; g++) {
            if (best && &square.groups[g] != best)
                continue;
            struct map_row row = row_of(grid, &square.groups[g]);
            status = each(context, &row, square.ix, square.iy, error);
        }
        if (status == STATUS_OK && command_stop)
            status = error_set(error, STATUS_INTERRUPTED, "interrupted while writing");
    }
    bins_cursor_free(cursor);
    return status;
}

/* ---- GeoPackage ------------------------------------------------------------------------- */

struct package_out {
    struct package *package;
    struct graticule *graticule;
    double bin_m;
};

static enum status package_row_add(void *context, const struct map_row *row, int32_t ix,
                                   int32_t iy, struct error *error)
{
    struct package_out *out = context;
    struct map_row placed = *row;
    struct point centre = graticule_centre(out->graticule, ix, iy);
    placed.lon = rint(centre.lon * 1e7) / 1e7;
    placed.lat = rint(centre.lat * 1e7) / 1e7;
    double x = row->x_m, y = row->y_m, side = out->bin_m;
    struct xy ring[] = {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}};
    return package_add(out->package, &placed, ring, ARRAY_COUNT(ring), error);
}

#define AT(member) offsetof(struct map_row, member)
enum { FIXED_COLUMNS = 9 };

static void columns_fill(const struct grid *grid, struct package_column *columns,
                         char names[][32])
{
    static const struct package_column fixed[FIXED_COLUMNS] = {
        {"x_m", PACKAGE_REAL, AT(x_m)},
        {"y_m", PACKAGE_REAL, AT(y_m)},
        {"lon", PACKAGE_REAL, AT(lon)},
        {"lat", PACKAGE_REAL, AT(lat)},
        {"cell_id", PACKAGE_TEXT, AT(cell_id)},
        {"samples", PACKAGE_INTEGER, AT(samples)},
        {"mean_dbm", PACKAGE_REAL, AT(mean_dbm)},
        {"min_dbm", PACKAGE_REAL, AT(min_dbm)},
        {"weak_share", PACKAGE_REAL, AT(weak_share)},
    };
    int quantiles = grid->settings.quantile_count;
    memcpy(columns, fixed, sizeof fixed);
    for (int q = 0; q < quantiles; q++) {
        grid_quantile_name(grid->settings.quantiles[q], names[q]);
        columns[FIXED_COLUMNS - 1 + q] = (struct package_column){
            names[q], PACKAGE_REAL, AT(quantiles_dbm) + (size_t)q * sizeof(double)};
    }
    columns[FIXED_COLUMNS - 1 + quantiles] = fixed[FIXED_COLUMNS - 1];
}

static enum status package_fill(const struct grid *grid, struct package_out *out,
                                struct error *error)
{
    struct package_column columns[FIXED_COLUMNS + GRID_QUANTILES_MAX];
    char names[GRID_QUANTILES_MAX][32];
    columns_fill(grid, columns, names);
    struct package_layer layer = {
        .name = "grid",
        .title = grid->settings.by_cell ? "measurements by bin and cell"
                                        : "measurements by bin, best server",
        .crs = grid->settings.crs_name,
        .shape = PACKAGE_POLYGON,
        .columns = columns,
        .column_count = (size_t)(FIXED_COLUMNS + grid->settings.quantile_count),
    };
    enum status status = package_begin(out->package, &layer, error);
    return status == STATUS_OK ? walk_rows(grid, package_row_add, out, error) : status;
}

enum status grid_gpkg_write(const struct grid *grid, const char *path, struct error *error)
{
    struct package_out out = {.bin_m = grid->settings.bin_m};
    struct crs *crs;
    enum status status = crs_open(grid->settings.crs_name, &crs, error);
    if (status != STATUS_OK)
        return status;
    out.graticule = graticule_new(crs, grid->settings.bin_m);
    status = package_create(path, 0, &out.package, error);
    if (status == STATUS_OK)
        status = package_fill(grid, &out, error);
    if (out.package) {
        enum status closed = package_close(out.package, error);
        status = status == STATUS_OK ? closed : status;
    }
    graticule_free(out.graticule);
    crs_close(crs);
    return status;
}

/* ---- raster ----------------------------------------------------------------------------- */

enum { BAND_SAMPLES = 0, BAND_MEAN, BAND_MIN, BAND_WEAK, BAND_SERVER, FIXED_BANDS };

struct extent {
    int32_t west, east, south, north; /* bins, inclusive */
    bool any;
};

struct raster_out {
    const struct grid *grid;
    struct extent extent;
    size_t width, height;
    float *values; /* band by band */
    int band_count;
};

static float *raster_band_of(const struct raster_out *out, int band)
{
    return out->values + (size_t)band * out->width * out->height;
}

static enum status extent_add(void *context, const struct map_row *row, int32_t ix, int32_t iy,
                              struct error *error)
{
    struct extent *e = context;
    (void)row, (void)error;
    *e = e->any ? (struct extent){BASE_MIN(e->west, ix), BASE_MAX(e->east, ix),
                                  BASE_MIN(e->south, iy), BASE_MAX(e->north, iy), true}
                : (struct extent){ix, ix, iy, iy, true};
    return STATUS_OK;
}

static enum status pixel_set(void *context, const struct map_row *row, int32_t ix, int32_t iy,
                             struct error *error)
{
    struct raster_out *out = context;
    (void)error;
    size_t at = (size_t)(out->extent.north - iy) * out->width + (size_t)(ix - out->extent.west);
    const struct grid *grid = out->grid;
    uint32_t cell = textmap_get(&grid->cell_numbers, row->cell_id);
    raster_band_of(out, BAND_SAMPLES)[at] = (float)row->samples;
    raster_band_of(out, BAND_MEAN)[at] = (float)row->mean_dbm;
    raster_band_of(out, BAND_MIN)[at] = (float)row->min_dbm;
    raster_band_of(out, BAND_WEAK)[at] = (float)row->weak_share;
    raster_band_of(out, BAND_SERVER)[at] = (float)(grid->rank[cell] + 1);
    for (int q = 0; q < grid->settings.quantile_count; q++)
        raster_band_of(out, FIXED_BANDS + q)[at] = (float)row->quantiles_dbm[q];
    return STATUS_OK;
}

static enum status raster_room(struct raster_out *out, size_t memory_bytes, struct error *error)
{
    const struct extent *e = &out->extent;
    out->width = (size_t)((int64_t)e->east - e->west + 1);
    out->height = (size_t)((int64_t)e->north - e->south + 1);
    out->band_count = FIXED_BANDS + out->grid->settings.quantile_count;
    double bytes = (double)out->width * (double)out->height * out->band_count * sizeof(float);
    if (bytes > (double)memory_bytes || out->width > INT32_MAX || out->height > INT32_MAX)
        return error_set(error, STATUS_RANGE,
                         "the samples lie %zu x %zu bins apart, %.1f GB as a raster: write "
                         ".gpkg or .csv, larger --bin-m, or raise --max-memory",
                         out->width, out->height, bytes / 1e9);
    size_t count = out->width * out->height * (size_t)out->band_count;
    out->values = base_alloc(count, sizeof *out->values);
    for (size_t i = 0; i < count; i++)
        out->values[i] = NAN;
    return STATUS_OK;
}

/* "SERVER_1=cell id": what the values of the band `server` mean. */
static const char **server_names(const struct grid *grid, struct arena *arena)
{
    const char **names = arena_alloc(arena, (grid->cell_count + 1) * sizeof *names);
    for (size_t i = 0; i < grid->cell_count; i++)
        names[grid->rank[i]] =
            arena_format(arena, "SERVER_%u=%s", grid->rank[i] + 1, grid->cells[i]);
    return names;
}

static enum status raster_put(const struct raster_out *out, const char *path,
                              struct error *error)
{
    static const char *const fixed[FIXED_BANDS] = {"samples", "mean_dbm", "min_dbm",
                                                   "weak_share", "server"};
    struct raster_band bands[FIXED_BANDS + GRID_QUANTILES_MAX] = {0};
    char names[GRID_QUANTILES_MAX][32];
    for (int b = 0; b < out->band_count; b++) {
        if (b >= FIXED_BANDS)
            grid_quantile_name(out->grid->settings.quantiles[b - FIXED_BANDS],
                               names[b - FIXED_BANDS]);
        bands[b].name = b < FIXED_BANDS ? fixed[b] : names[b - FIXED_BANDS];
        bands[b].values = raster_band_of(out, b);
    }
    double bin_m = out->grid->settings.bin_m;
    struct arena *arena = arena_new();
    struct raster_image image = {.width = (int)out->width,
                                 .height = (int)out->height,
                                 .west_m = out->extent.west * bin_m,
                                 .north_m = (out->extent.north + 1.0) * bin_m,
                                 .step_m = bin_m,
                                 .crs_name = out->grid->settings.crs_name,
                                 .bands = bands,
                                 .band_count = out->band_count,
                                 .metadata = server_names(out->grid, arena)};
    enum status status = raster_write(path, &image, error);
    arena_free(arena);
    return status;
}

enum status grid_tif_write(const struct grid *grid, size_t memory_bytes, const char *path,
                           struct error *error)
{
    struct raster_out out = {.grid = grid};
    enum status status = walk_rows(grid, extent_add, &out.extent, error);
    if (status == STATUS_OK && !out.extent.any)
        status = error_set(error, STATUS_MISSING, "there is no sample to make a raster of");
    if (status == STATUS_OK)
        status = raster_room(&out, memory_bytes, error);
    if (status == STATUS_OK)
        status = walk_rows(grid, pixel_set, &out, error);
    if (status == STATUS_OK)
        status = raster_put(&out, path, error);
    free(out.values);
    return status;
}
