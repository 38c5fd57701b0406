/* Packages read back: rows as records. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/gdal.h"
#include "geo/input.h"
#include "geo/package_inner.h"
#include "geo/postgis.h"

enum { RECORD_BYTES = 1024 };

static enum status open_with(const char *path, const char *const *drivers, struct package **out,
                             struct error *error)
{
    gdal_start();
    CPLErrorReset();
    GDALDatasetH dataset =
        GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (!dataset)
        return error_set(error, STATUS_IO, "cannot read %s: %s", path, gdal_open_reason(path));
    struct package *package = base_alloc(1, sizeof *package);
    *package = (struct package){.dataset = dataset, .path = base_text(path)};
    *out = package;
    return STATUS_OK;
}

static enum status open_database(const char *place, struct package **out, struct error *error)
{
    struct package *package = base_alloc(1, sizeof *package);
    if (package_name_database(package, place, error) != STATUS_OK ||
        postgis_open(package, error) != STATUS_OK)
        return package_give_up(package, error);
    *out = package;
    return STATUS_OK;
}

enum status package_open(const char *path, struct package **out, struct error *error)
{
    if (postgis_named(path))
        return open_database(path, out, error);
    static const char *const drivers[] = {"GPKG", NULL};
    enum status status = input_check_package(path, error);
    return status == STATUS_OK ? open_with(path, drivers, out, error) : status;
}

enum status package_open_any(const char *path, struct package **out, struct error *error)
{
    static const char *const drivers[] = {"GPKG", "XLSX", "CSV", NULL};
    enum status status = text_ends(path, ".gpkg") ? input_check_package(path, error)
                                                  : input_check_archive(path, error);
    if (status != STATUS_OK)
        return status;
    CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", "FORCE");
    CPLSetThreadLocalConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
    status = open_with(path, drivers, out, error);
    for (int l = 0; status == STATUS_OK && l < GDALDatasetGetLayerCount((*out)->dataset); l++)
        OGR_L_GetLayerDefn(
            GDALDatasetGetLayer((*out)->dataset, l)); /* reads under these options */
    CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", NULL);
    CPLSetThreadLocalConfigOption("OGR_XLSX_FIELD_TYPES", NULL);
    return status;
}

size_t package_layer_count(struct package *package)
{
    return (size_t)GDALDatasetGetLayerCount(package->dataset);
}

const char *package_layer_name(struct package *package, size_t index)
{
    return OGR_L_GetName(GDALDatasetGetLayer(package->dataset, (int)index));
}

bool package_has_column(struct package *package, size_t index, const char *column)
{
    OGRLayerH layer = GDALDatasetGetLayer(package->dataset, (int)index);
    return OGR_FD_GetFieldIndex(OGR_L_GetLayerDefn(layer), column) >= 0;
}

static int64_t get_time(OGRFeatureH feature, int index)
{
    struct tm tm = {0};
    int year, zone;
    float second;
    if (!OGR_F_GetFieldAsDateTimeEx(feature, index, &year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
                                    &tm.tm_min, &second, &zone))
        return TIME_ABSENT;
    tm.tm_year = year - 1900;
    tm.tm_mon--;
    tm.tm_sec = (int)lrintf(second);
    int64_t offset_s = zone > 1 ? (int64_t)(zone - 100) * 900 : 0;
    return (int64_t)timegm(&tm) - offset_s;
}

static void get_column(OGRFeatureH feature, int index, const struct package_column *column,
                       void *record, struct arena *arena)
{
    char *at = (char *)record + column->offset;
    bool set = index >= 0 && OGR_F_IsFieldSetAndNotNull(feature, index);
    const char *text;
    switch (column->type) {
    case PACKAGE_TEXT:
        text = set ? OGR_F_GetFieldAsString(feature, index) : "";
        *(const char **)at = *text ? arena_text(arena, text, strlen(text)) : "";
        return;
    case PACKAGE_REAL:
        *(double *)at = set ? OGR_F_GetFieldAsDouble(feature, index) : NAN;
        return;
    case PACKAGE_INTEGER:
        *(uint32_t *)at = set ? (uint32_t)OGR_F_GetFieldAsInteger64(feature, index) : 0;
        return;
    case PACKAGE_COUNT:
        *(uint64_t *)at = set ? (uint64_t)OGR_F_GetFieldAsInteger64(feature, index) : 0;
        return;
    case PACKAGE_FLAG:
        *(bool *)at = set && OGR_F_GetFieldAsInteger(feature, index) != 0;
        return;
    case PACKAGE_TIME:
        *(int64_t *)at = set ? get_time(feature, index) : TIME_ABSENT;
        return;
    }
}

/* The vertices of a feature's shape into *points, grown as needed; their count. */
static size_t get_shape(OGRFeatureH feature, struct xy **points, size_t *capacity)
{
    OGRGeometryH shape = OGR_F_GetGeometryRef(feature);
    if (shape && wkbFlatten(OGR_G_GetGeometryType(shape)) == wkbPolygon)
        shape = OGR_G_GetGeometryRef(shape, 0);
    int count = shape ? OGR_G_GetPointCount(shape) : 0;
    *points = base_grow(*points, capacity, (size_t)count + 1, sizeof **points);
    for (int i = 0; i < count; i++)
        OGR_G_GetPoint(shape, i, &(*points)[i].x_m, &(*points)[i].y_m, NULL);
    return (size_t)count;
}

/* The rows of a file's layer that are asked for come next; returns how many at most. */
static size_t select_rows(const struct package *package, OGRLayerH from)
{
    bool one = package->only && text_equal(package->only, "n");
    char filter[128];
    if (package->only && !one)
        snprintf(filter, sizeof filter, "\"%s\" = %" PRIu32, package->only,
                 package->only_value);
    OGR_L_SetAttributeFilter(from, package->only && !one ? filter : NULL);
    OGR_L_ResetReading(from);
    if (one)
        OGR_L_SetNextByIndex(from, package->only_value);
    return one ? 1 : SIZE_MAX;
}

/* Are these all rows that were asked for? By the file's own count, else by a look at all. */
static bool rows_are(struct package *package, const char *layer_name, OGRLayerH from,
                     GIntBig rows)
{
    char query[256];
    if (package->only && text_equal(package->only, "n"))
        return rows == 1;
    if (OGR_L_GetFeatureCount(from, TRUE) == rows)
        return true;
    if (package->only)
        return false;
    snprintf(query, sizeof query, "SELECT count(*) FROM \"%s\"", layer_name);
    OGRLayerH result = GDALDatasetExecuteSQL(package->dataset, query, NULL, NULL);
    OGRFeatureH count = result ? OGR_L_GetNextFeature(result) : NULL;
    bool same = count && OGR_F_GetFieldAsInteger64(count, 0) == rows;
    OGR_F_Destroy(count);
    if (result)
        GDALDatasetReleaseResultSet(package->dataset, result);
    return same;
}

enum status package_read(struct package *package, const struct package_layer *layer,
                         struct arena *arena, package_row row, void *context,
                         struct error *error)
{
    union {
        char bytes[RECORD_BYTES];
        double align;
    } record;
    CPLErrorReset(); /* a failure from here on means that something was left out */
    OGRLayerH from = package->postgis
                         ? postgis_select(package, layer)
                         : GDALDatasetGetLayerByName(package->dataset, layer->name);
    if (!from)
        return error_set(error, STATUS_MISSING, "%s has no layer %s", package->path,
                         layer->name);
    int *indexes = base_alloc(layer->column_count, sizeof *indexes);
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(from);
    for (size_t i = 0; i < layer->column_count; i++)
        indexes[i] = OGR_FD_GetFieldIndex(definition, layer->columns[i].name);
    struct xy *points = NULL;
    size_t capacity = 0;
    GIntBig rows = 0;
    enum status status = STATUS_OK;
    size_t most = package->postgis ? SIZE_MAX : select_rows(package, from);
    for (OGRFeatureH f;
         status == STATUS_OK && most-- > 0 && (f = OGR_L_GetNextFeature(from));) {
        memset(&record, 0, sizeof record);
        for (size_t i = 0; i < layer->column_count; i++)
            get_column(f, indexes[i], &layer->columns[i], &record, arena);
        size_t count = get_shape(f, &points, &capacity);
        status = row(context, &record, points, count);
        OGR_F_Destroy(f);
        rows++;
    }
    bool failed = CPLGetLastErrorType() >= CE_Failure;
    bool whole = failed || package->postgis || rows_are(package, layer->name, from, rows);
    if (status == STATUS_OK && (failed || !whole))
        status = error_set(error, STATUS_IO, "cannot read %s of %s to its end: %s", layer->name,
                           package->path,
                           failed ? gdal_reason() : "it gives fewer rows than it has");
    if (package->postgis)
        GDALDatasetReleaseResultSet(package->dataset, from);
    free(points);
    free(indexes);
    return status;
}

void package_only(struct package *package, const char *column, uint32_t value)
{
    package->only = column;
    package->only_value = value;
}
