#include "geo/terrain.h"

#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>

#include "geo/file.h"
#include "geo/gdal.h"
#include "geo/raster.h"

static const double HEIGHTS_AT_MOST = 64e6;
static const double NORTHERNMOST = 75; /* degrees where there are networks */

struct terrain {
    struct xy corner; /* centre of the north-west height */
    double step_m;
    int width, height;
    float *heights; /* by rows from the north */
};

/* ---- loading ------------------------------------------------------------------------- */

/* What GDAL needs to be told when the file does not say its CRS: degrees look like degrees. */
static const char *assumed_crs(const struct raster_info *info, const char *plane)
{
    double east = info->transform[0] + info->width * info->transform[1];
    double south = info->transform[3] + info->height * info->transform[5];
    bool degrees =
        info->transform[0] >= -181 && east <= 361 && south >= -91 && info->transform[3] <= 91;
    return degrees ? "EPSG:4326" : plane;
}

/* One warp of one tile into memory: `step_m` NAN lets GDAL keep the tile's own resolution. */
static GDALDatasetH warp_tile(const char *path, const char *plane, struct terrain_extent extent,
                              double step_m, struct error *error)
{
    struct raster *raster = NULL;
    if (raster_open(path, &raster, error) != STATUS_OK)
        return NULL;
    struct raster_info info = raster_info(raster);
    const char *assumed = *info.crs ? NULL : assumed_crs(&info, plane);
    raster_close(raster);
    char **args = NULL;
    const char *fixed[] = {"-of",        "MEM", "-ot", "Float32", "-r",     "bilinear",
                           "-dstnodata", "nan", "-et", "0",       "-t_srs", plane};
    for (size_t i = 0; i < ARRAY_COUNT(fixed); i++)
        args = CSLAddString(args, fixed[i]);
    if (assumed) {
        args = CSLAddString(args, "-s_srs");
        args = CSLAddString(args, assumed);
    }
    if (!isnan(step_m)) {
        args = CSLAddString(args, "-tr");
        args = CSLAddString(args, CPLSPrintf("%.6f", step_m));
        args = CSLAddString(args, CPLSPrintf("%.6f", step_m));
        args = CSLAddString(args, "-te");
        args = CSLAddString(args, CPLSPrintf("%.6f", extent.low.x_m));
        args = CSLAddString(args, CPLSPrintf("%.6f", extent.low.y_m));
        args = CSLAddString(args, CPLSPrintf("%.6f", extent.high.x_m));
        args = CSLAddString(args, CPLSPrintf("%.6f", extent.high.y_m));
    }
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(args, NULL);
    CSLDestroy(args);
    GDALDatasetH source = GDALOpenEx(path, GDAL_OF_RASTER, NULL, NULL, NULL);
    CPLErrorReset();
    bool whole = source && !gdal_grid_end(source);
    GDALDatasetH warped = whole ? GDALWarp("", NULL, 1, &source, options, NULL) : NULL;
    if (!warped || CPLGetLastErrorType() >= CE_Failure) { /* also where a part is unreadable */
        error_set(error, STATUS_FORMAT, "%s cannot be brought to %s: %s", path, plane,
                  gdal_reason());
        GDALReleaseDataset(warped);
        warped = NULL;
    }
    GDALWarpAppOptionsFree(options);
    if (source)
        GDALClose(source);
    return warped;
}

/* The resolution that GDAL would choose for the tile in the plane, without warping it. */
static enum status native_step(const char *path, const char *plane, double *step_m,
                               struct error *error)
{
    struct raster *raster = NULL;
    enum status status = raster_open(path, &raster, error);
    if (status != STATUS_OK)
        return status;
    struct raster_info info = raster_info(raster);
    bool degrees = strcmp(assumed_crs(&info, plane), "EPSG:4326") == 0;
    double x = fabs(info.transform[1]), y = fabs(info.transform[5]);
    double north = fmin(info.transform[3], NORTHERNMOST); /* of a model of the whole earth */
    double shrink = degrees ? cos(north * (M_PI / 180)) : 1;
    /* A tenth finer than the tile: GDAL's bilinear kernel is exact only when it refines. */
    *step_m = 0.9 * fmin(x * shrink, y) * (degrees ? 111320 : 1);
    raster_close(raster);
    if (!(*step_m > 0.01 && *step_m < 1e5))
        return error_set(error, STATUS_FORMAT, "%s: pixels of %g m are not a terrain", path,
                         *step_m);
    return STATUS_OK;
}

static struct terrain *terrain_blank(struct terrain_extent extent, double step_m)
{
    double wide = extent.high.x_m - extent.low.x_m, tall = extent.high.y_m - extent.low.y_m;
    double least = sqrt(wide * tall / HEIGHTS_AT_MOST);
    struct terrain *terrain = base_alloc(1, sizeof *terrain);
    terrain->step_m = fmax(step_m, least);
    terrain->width = (int)ceil(wide / terrain->step_m) + 1;
    terrain->height = (int)ceil(tall / terrain->step_m) + 1;
    terrain->corner = (struct xy){extent.low.x_m, extent.high.y_m};
    size_t count = (size_t)terrain->width * (size_t)terrain->height;
    terrain->heights = base_alloc(count, sizeof *terrain->heights);
    for (size_t i = 0; i < count; i++)
        terrain->heights[i] = NAN;
    return terrain;
}

/* The warped tile lies on the terrain's own grid; what it knows is copied. */
static enum status lay_tile(struct terrain *terrain, const char *path, const char *plane,
                            bool *any, struct error *error)
{
    double half = terrain->step_m / 2;
    struct terrain_extent extent = {
        {terrain->corner.x_m - half,
         terrain->corner.y_m - (terrain->height - 0.5) * terrain->step_m},
        {terrain->corner.x_m + (terrain->width - 0.5) * terrain->step_m,
         terrain->corner.y_m + half}};
    GDALDatasetH warped = warp_tile(path, plane, extent, terrain->step_m, error);
    if (!warped)
        return error->status;
    int width = BASE_MIN(GDALGetRasterXSize(warped), terrain->width);
    int height = BASE_MIN(GDALGetRasterYSize(warped), terrain->height);
    float *row = base_alloc((size_t)width, sizeof *row);
    GDALRasterBandH band = GDALGetRasterBand(warped, 1);
    enum status status = STATUS_OK;
    for (int y = 0; y < height && status == STATUS_OK; y++) {
        if (GDALRasterIO(band, GF_Read, 0, y, width, 1, row, width, 1, GDT_Float32, 0, 0) !=
            CE_None)
            status = error_set(error, STATUS_IO, "%s: %s", path, gdal_reason());
        float *to = terrain->heights + (size_t)y * (size_t)terrain->width;
        for (int x = 0; x < width && status == STATUS_OK; x++)
            if (isfinite(row[x]) && fabsf(row[x]) < 12000) {
                to[x] = row[x];
                *any = true;
            }
    }
    free(row);
    GDALClose(warped);
    return status;
}

enum status terrain_open(const char *const *paths, size_t count, const char *crs_name,
                         struct terrain_extent extent, struct terrain **out,
                         struct error *error)
{
    gdal_start();
    double step_m = INFINITY;
    for (size_t i = 0; i < count; i++) {
        double own_m;
        enum status status = native_step(paths[i], crs_name, &own_m, error);
        if (status != STATUS_OK)
            return status;
        step_m = fmin(step_m, own_m);
    }
    if (!isfinite(step_m) || !(extent.high.x_m > extent.low.x_m) ||
        !(extent.high.y_m > extent.low.y_m))
        return error_set(error, STATUS_MISSING, "there is no terrain to read");
    struct terrain *terrain = terrain_blank(extent, step_m);
    bool any = false;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        uint64_t mark = file_mark(paths[i]);
        status = lay_tile(terrain, paths[i], crs_name, &any, error);
        if (status == STATUS_OK)
            status = file_unchanged(paths[i], mark, error);
    }
    if (status == STATUS_OK && !any)
        status =
            error_set(error, STATUS_MISSING,
                      "%s does not cover the cells; is its coordinate system right?", paths[0]);
    if (status == STATUS_OK)
        *out = terrain;
    else
        terrain_close(terrain);
    return status;
}

struct terrain *terrain_new(struct terrain_extent extent, double step_m,
                            double (*height)(void *context, struct xy at), void *context)
{
    struct terrain *terrain = terrain_blank(extent, step_m);
    for (int y = 0; y < terrain->height; y++)
        for (int x = 0; x < terrain->width; x++)
            terrain->heights[(size_t)y * (size_t)terrain->width + (size_t)x] =
                (float)height(context, (struct xy){terrain->corner.x_m + x * terrain->step_m,
                                                   terrain->corner.y_m - y * terrain->step_m});
    return terrain;
}

void terrain_close(struct terrain *terrain)
{
    if (!terrain)
        return;
    free(terrain->heights);
    free(terrain);
}

/* ---- sampling ------------------------------------------------------------------------ */

double terrain_step_m(const struct terrain *terrain)
{
    return terrain->step_m;
}

double terrain_height_m(const struct terrain *terrain, struct xy at)
{
    double column = (at.x_m - terrain->corner.x_m) / terrain->step_m;
    double row = (terrain->corner.y_m - at.y_m) / terrain->step_m;
    if (!(column >= 0 && row >= 0 && column < terrain->width - 1 && row < terrain->height - 1))
        return NAN;
    int x = (int)column, y = (int)row;
    double east = column - x, south = row - y;
    const float *north = terrain->heights + (size_t)y * (size_t)terrain->width + (size_t)x;
    const float *below = north + terrain->width;
    return (north[0] * (1 - east) + north[1] * east) * (1 - south) +
           (below[0] * (1 - east) + below[1] * east) * south;
}

/* Unknown heights between two known ones follow the straight line; at the ends, the nearest. */
static void bridge_voids(double *height_m, size_t count)
{
    size_t known = count;
    for (size_t i = 0; i < count; i++) {
        if (isnan(height_m[i]))
            continue;
        for (size_t k = known == count ? 0 : known + 1; k < i; k++)
            height_m[k] = known == count
                              ? height_m[i]
                              : height_m[known] + (height_m[i] - height_m[known]) *
                                                      (double)(k - known) / (double)(i - known);
        known = i;
    }
    for (size_t k = known == count ? 0 : known + 1; k < count; k++)
        height_m[k] = known == count ? 0 : height_m[known];
}

void terrain_profile(const struct terrain *terrain, struct xy from, struct xy to,
                     double *height_m, size_t count)
{
    bool voids = false;
    for (size_t i = 0; i < count; i++) {
        double part = (double)i / (double)(count - 1);
        struct xy at = {from.x_m + (to.x_m - from.x_m) * part,
                        from.y_m + (to.y_m - from.y_m) * part};
        height_m[i] = terrain_height_m(terrain, at);
        voids |= isnan(height_m[i]);
    }
    if (voids)
        bridge_voids(height_m, count);
}
