#include "geo/package.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/gdal.h"

enum { RECORD_BYTES = 1024, ROWS_PER_COMMIT = 50000 };

/* A layer's style waits for the end: layer_styles is a layer itself. */
struct style {
    char *table, *geometry, *qml;
};

struct package {
    GDALDatasetH dataset;
    char *path;
    int64_t date_s;
    bool writing;
    char failure[256]; /**< the first that GDAL told while writing, said by its calls or not */
    struct package_layer spec; /**< its columns are borrowed */
    OGRLayerH layer;
    OGRFeatureDefnH definition;
    size_t rows;
    struct style *styles;
    size_t style_count, style_capacity;
};

static void format_date(int64_t date_s, char out[32])
{
    time_t t = (time_t)date_s;
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%S.000Z", &tm);
}

/* Some of the driver's steps (triggers, extensions) fail without a word to the caller. */
static void CPL_STDCALL count_failure(CPLErr class, CPLErrorNum number, const char *text)
{
    (void)number;
    struct package *package = CPLGetErrorHandlerUserData();
    if (class >= CE_Failure && !package->failure[0])
        snprintf(package->failure, sizeof package->failure, "%.*s", (int)strcspn(text, "\n"),
                 text);
}

enum status package_create(const char *path, int64_t date_s, struct package **out,
                           struct error *error)
{
    gdal_start();
    GDALDriverH driver = GDALGetDriverByName("GPKG");
    if (!driver)
        return error_set(error, STATUS_IO, "this GDAL has no GeoPackage driver");
    remove(path);
    char date[32];
    format_date(date_s == TIME_ABSENT ? 0 : date_s, date);
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", date);
    struct package *package = base_alloc(1, sizeof *package);
    CPLPushErrorHandlerEx(count_failure, package);
    package->dataset = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (!package->dataset) {
        CPLPopErrorHandler();
        CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
        free(package);
        return error_set(error, STATUS_IO, "cannot create %s: %s", path, gdal_reason());
    }
    package->path = strdup(path);
    package->date_s = date_s == TIME_ABSENT ? 0 : date_s;
    package->writing = true;
    *out = package;
    return STATUS_OK;
}

static OGRFieldType field_type(enum package_type type, OGRFieldSubType *subtype)
{
    *subtype = OFSTNone;
    switch (type) {
    case PACKAGE_REAL:
        return OFTReal;
    case PACKAGE_INTEGER:
    case PACKAGE_COUNT:
        return OFTInteger64;
    case PACKAGE_FLAG:
        *subtype = OFSTBoolean;
        return OFTInteger;
    case PACKAGE_TIME:
        return OFTDateTime;
    case PACKAGE_TEXT:
        break;
    }
    return OFTString;
}

static OGRwkbGeometryType geometry_type(enum package_shape shape)
{
    static const OGRwkbGeometryType types[] = {wkbNone, wkbPoint, wkbLineString, wkbPolygon};
    return types[shape];
}

static void keep_style(struct package *package, const struct package_layer *layer)
{
    if (!layer->style)
        return;
    package->styles = base_grow(package->styles, &package->style_capacity,
                                package->style_count + 1, sizeof *package->styles);
    package->styles[package->style_count++] = (struct style){
        strdup(layer->name), strdup(layer->shape ? "geom" : ""), strdup(layer->style)};
}

/* The rows since the last commit become permanent; GeoPackage is slow one by one. */
static bool commit(struct package *package, bool again)
{
    bool ok = true;
    if (package->rows)
        ok = GDALDatasetCommitTransaction(package->dataset) == OGRERR_NONE;
    package->rows = 0;
    if (again)
        ok = GDALDatasetStartTransaction(package->dataset, FALSE) == OGRERR_NONE && ok;
    return ok;
}

static OGRLayerH create_layer(struct package *package, const struct package_layer *layer)
{
    OGRSpatialReferenceH srs = NULL;
    if (layer->shape) {
        srs = OSRNewSpatialReference(NULL);
        OSRSetFromUserInput(srs, layer->crs);
        OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    }
    char identifier[256];
    snprintf(identifier, sizeof identifier, "IDENTIFIER=%s",
             layer->title ? layer->title : layer->name);
    char *options[] = {identifier, NULL};
    OGRLayerH made = GDALDatasetCreateLayer(package->dataset, layer->name, srs,
                                            geometry_type(layer->shape), options);
    if (srs)
        OSRRelease(srs);
    for (size_t i = 0; made && i < layer->column_count; i++) {
        OGRFieldSubType subtype;
        OGRFieldDefnH field = OGR_Fld_Create(layer->columns[i].name,
                                             field_type(layer->columns[i].type, &subtype));
        OGR_Fld_SetSubType(field, subtype);
        OGRErr failed = OGR_L_CreateField(made, field, TRUE);
        OGR_Fld_Destroy(field);
        if (failed)
            return NULL;
    }
    return made;
}

enum status package_begin(struct package *package, const struct package_layer *layer,
                          struct error *error)
{
    bool ok = commit(package, false);
    package->layer = ok ? create_layer(package, layer) : NULL;
    if (!package->layer)
        return error_set(error, STATUS_IO, "cannot make the layer %s in %s: %s", layer->name,
                         package->path, gdal_reason());
    package->spec = *layer;
    package->definition = OGR_L_GetLayerDefn(package->layer);
    keep_style(package, layer);
    return STATUS_OK;
}

static void set_time(OGRFeatureH feature, int index, int64_t at_s)
{
    if (at_s == TIME_ABSENT)
        return;
    time_t t = (time_t)at_s;
    struct tm tm;
    gmtime_r(&t, &tm);
    OGR_F_SetFieldDateTimeEx(feature, index, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                             tm.tm_hour, tm.tm_min, (float)tm.tm_sec, 100);
}

static void set_column(OGRFeatureH feature, int index, const struct package_column *column,
                       const void *record)
{
    const char *at = (const char *)record + column->offset;
    switch (column->type) {
    case PACKAGE_TEXT: {
        const char *text = *(const char *const *)at;
        if (!text_empty(text))
            OGR_F_SetFieldString(feature, index, text);
        return;
    }
    case PACKAGE_REAL:
        if (isfinite(*(const double *)at))
            OGR_F_SetFieldDouble(feature, index, *(const double *)at);
        return;
    case PACKAGE_INTEGER:
        OGR_F_SetFieldInteger64(feature, index, *(const uint32_t *)at);
        return;
    case PACKAGE_COUNT:
        OGR_F_SetFieldInteger64(feature, index, (GIntBig) * (const uint64_t *)at);
        return;
    case PACKAGE_FLAG:
        OGR_F_SetFieldInteger(feature, index, *(const bool *)at);
        return;
    case PACKAGE_TIME:
        set_time(feature, index, *(const int64_t *)at);
        return;
    }
}

static OGRGeometryH make_shape(enum package_shape shape, const struct xy *points, size_t count)
{
    if (!shape || !count || !isfinite(points[0].x_m) || !isfinite(points[0].y_m))
        return NULL;
    OGRGeometryH geometry = OGR_G_CreateGeometry(shape == PACKAGE_POINT  ? wkbPoint
                                                 : shape == PACKAGE_LINE ? wkbLineString
                                                                         : wkbLinearRing);
    for (size_t i = 0; i < (shape == PACKAGE_POINT ? 1 : count); i++)
        OGR_G_SetPoint_2D(geometry, (int)i, points[i].x_m, points[i].y_m);
    if (shape != PACKAGE_POLYGON)
        return geometry;
    if (points[0].x_m != points[count - 1].x_m || points[0].y_m != points[count - 1].y_m)
        OGR_G_AddPoint_2D(geometry, points[0].x_m, points[0].y_m);
    OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon);
    OGR_G_AddGeometryDirectly(polygon, geometry);
    return polygon;
}

enum status package_add(struct package *package, const void *record, const struct xy *points,
                        size_t count, struct error *error)
{
    bool ok = true;
    if (package->rows % ROWS_PER_COMMIT == 0)
        ok = commit(package, true);
    package->rows++;
    OGRFeatureH feature = OGR_F_Create(package->definition);
    for (size_t i = 0; i < package->spec.column_count; i++)
        set_column(feature, (int)i, &package->spec.columns[i], record);
    OGRGeometryH shape = make_shape(package->spec.shape, points, count);
    if (shape)
        OGR_F_SetGeometryDirectly(feature, shape);
    ok = OGR_L_CreateFeature(package->layer, feature) == OGRERR_NONE && ok;
    OGR_F_Destroy(feature);
    if (!ok)
        return error_set(error, STATUS_IO, "cannot write the layer %s of %s: %s",
                         package->spec.name, package->path, gdal_reason());
    return STATUS_OK;
}

/* One row of the table in which QGIS keeps styles beside their layers. */
struct style_row {
    const char *table, *geometry, *name, *qml, *empty;
    bool is_default;
    int64_t updated_s;
};

#define STYLE_COLUMN(column, type, member)                                                     \
    {                                                                                          \
        column, type, offsetof(struct style_row, member)                                       \
    }

static const struct package_column style_columns[] = {
    STYLE_COLUMN("f_table_catalog", PACKAGE_TEXT, empty),
    STYLE_COLUMN("f_table_schema", PACKAGE_TEXT, empty),
    STYLE_COLUMN("f_table_name", PACKAGE_TEXT, table),
    STYLE_COLUMN("f_geometry_column", PACKAGE_TEXT, geometry),
    STYLE_COLUMN("styleName", PACKAGE_TEXT, name),
    STYLE_COLUMN("styleQML", PACKAGE_TEXT, qml),
    STYLE_COLUMN("styleSLD", PACKAGE_TEXT, empty),
    STYLE_COLUMN("useAsDefault", PACKAGE_FLAG, is_default),
    STYLE_COLUMN("description", PACKAGE_TEXT, empty),
    STYLE_COLUMN("owner", PACKAGE_TEXT, empty),
    STYLE_COLUMN("ui", PACKAGE_TEXT, empty),
    STYLE_COLUMN("update_time", PACKAGE_TIME, updated_s),
};

/* QGIS compares catalog and schema with '' and refuses NULL there. */
static bool blank_catalog(struct package *package)
{
    OGRLayerH result = GDALDatasetExecuteSQL(
        package->dataset,
        "UPDATE layer_styles SET f_table_catalog = '', f_table_schema = '', styleSLD = '', "
        "description = '', owner = '', f_geometry_column = coalesce(f_geometry_column, '')",
        NULL, NULL);
    if (result)
        GDALDatasetReleaseResultSet(package->dataset, result);
    return CPLGetLastErrorType() < CE_Failure;
}

static enum status write_styles(struct package *package, struct error *error)
{
    static const struct package_layer layer = {.name = "layer_styles",
                                               .columns = style_columns,
                                               .column_count = ARRAY_COUNT(style_columns)};
    if (!package->style_count)
        return STATUS_OK;
    enum status status = package_begin(package, &layer, error);
    for (size_t i = 0; i < package->style_count && status == STATUS_OK; i++) {
        struct style *style = &package->styles[i];
        struct style_row row = {.table = style->table,
                                .geometry = style->geometry,
                                .name = style->table,
                                .qml = style->qml,
                                .is_default = true,
                                .updated_s = package->date_s};
        status = package_add(package, &row, NULL, 0, error);
    }
    CPLErrorReset();
    bool ok = commit(package, false) && blank_catalog(package);
    if (status == STATUS_OK && !ok)
        status = error_set(error, STATUS_IO, "cannot store the styles in %s: %s", package->path,
                           gdal_reason());
    return status;
}

enum status package_close(struct package *package, struct error *error)
{
    if (!package)
        return error->status;
    enum status status = error->status;
    if (package->writing && status == STATUS_OK)
        status = write_styles(package, error);
    CPLErrorReset();
    bool ok = commit(package, false);
    GDALClose(package->dataset);
    ok = ok && CPLGetLastErrorType() < CE_Failure && !package->failure[0];
    if (package->writing) {
        CPLPopErrorHandler();
        CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
    }
    if (status == STATUS_OK && package->writing && !ok)
        status = error_set(error, STATUS_IO, "cannot finish %s: %s", package->path,
                           package->failure[0] ? package->failure : gdal_reason());
    for (size_t i = 0; i < package->style_count; i++) {
        free(package->styles[i].table);
        free(package->styles[i].geometry);
        free(package->styles[i].qml);
    }
    free(package->styles);
    free(package->path);
    free(package);
    return status;
}

static enum status open_with(const char *path, const char *const *drivers, struct package **out,
                             struct error *error)
{
    gdal_start();
    GDALDatasetH dataset =
        GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (!dataset)
        return error_set(error, STATUS_IO, "cannot read %s: %s", path, gdal_reason());
    struct package *package = base_alloc(1, sizeof *package);
    *package = (struct package){.dataset = dataset, .path = strdup(path)};
    *out = package;
    return STATUS_OK;
}

enum status package_open(const char *path, struct package **out, struct error *error)
{
    static const char *const drivers[] = {"GPKG", NULL};
    return open_with(path, drivers, out, error);
}

enum status package_open_any(const char *path, struct package **out, struct error *error)
{
    static const char *const drivers[] = {"GPKG", "XLSX", "CSV", NULL};
    CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", "FORCE");
    CPLSetThreadLocalConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
    enum status status = open_with(path, drivers, out, error);
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

bool package_has(struct package *package, const char *layer_name)
{
    return GDALDatasetGetLayerByName(package->dataset, layer_name) != NULL;
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

enum status package_read(struct package *package, const struct package_layer *layer,
                         struct arena *arena, package_row row, void *context,
                         struct error *error)
{
    union {
        char bytes[RECORD_BYTES];
        double align;
    } record;
    OGRLayerH from = GDALDatasetGetLayerByName(package->dataset, layer->name);
    if (!from)
        return error_set(error, STATUS_MISSING, "%s has no layer %s", package->path,
                         layer->name);
    int *indexes = base_alloc(layer->column_count, sizeof *indexes);
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(from);
    for (size_t i = 0; i < layer->column_count; i++)
        indexes[i] = OGR_FD_GetFieldIndex(definition, layer->columns[i].name);
    struct xy *points = NULL;
    size_t capacity = 0;
    enum status status = STATUS_OK;
    OGR_L_ResetReading(from);
    for (OGRFeatureH f; status == STATUS_OK && (f = OGR_L_GetNextFeature(from));) {
        memset(&record, 0, sizeof record);
        for (size_t i = 0; i < layer->column_count; i++)
            get_column(f, indexes[i], &layer->columns[i], &record, arena);
        size_t count = get_shape(f, &points, &capacity);
        status = row(context, &record, points, count);
        OGR_F_Destroy(f);
    }
    free(points);
    free(indexes);
    return status;
}
