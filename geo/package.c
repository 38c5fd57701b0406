#include "geo/package.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/gdal.h"
#include "geo/package_inner.h"
#include "geo/postgis.h"

enum { ROWS_PER_COMMIT = 50000 };

static void format_date(int64_t date_s, char out[32])
{
    time_t t = (time_t)date_s;
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%S.000Z", &tm);
}

void package_cause(const char *text, char *out, size_t size)
{
    size_t first = strcspn(text, "\n");
    if (first > 7 && strncmp(text + first - 7, "failed.", 7) == 0 && text[first])
        text += first + 1, first = strcspn(text, "\n");
    snprintf(out, size, "%.*s", (int)first, text);
    for (char *c = out; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
}

/* Some of the driver's steps (triggers, extensions) fail without a word to the caller. */
static void CPL_STDCALL count_failure(CPLErr class, CPLErrorNum number, const char *text)
{
    (void)number;
    struct package *package = CPLGetErrorHandlerUserData();
    if (class >= CE_Failure && !package->failure[0])
        package_cause(text, package->failure, sizeof package->failure);
}

/* From here on what GDAL tells is kept, and its dates are the run's. */
static struct package *begin_writing(const char *path, int64_t date_s)
{
    struct package *package = base_alloc(1, sizeof *package);
    char date[32];
    package->path = base_text(path);
    package->date_s = date_s == TIME_ABSENT ? 0 : date_s;
    package->writing = true;
    format_date(package->date_s, date);
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", date);
    CPLPushErrorHandlerEx(count_failure, package);
    return package;
}

/* GDAL's own again; the first failure of the closing itself is still counted. */
static void end_writing(struct package *package)
{
    if (!package->writing)
        return;
    CPLPopErrorHandler();
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL);
    CPLSetThreadLocalConfigOption("PG_USE_COPY", NULL);
}

static void free_package(struct package *package)
{
    for (size_t i = 0; i < package->style_count; i++) {
        free(package->styles[i].table);
        free(package->styles[i].geometry);
        free(package->styles[i].qml);
    }
    postgis_free(package->postgis);
    free(package->postgis);
    free(package->styles);
    free(package->fields);
    free(package->path);
    free(package);
}

enum status package_name_database(struct package *package, const char *place,
                                  struct error *error)
{
    package->postgis = base_alloc(1, sizeof *package->postgis);
    if (postgis_parse(place, package->postgis, error) != STATUS_OK)
        return error->status;
    free(package->path);
    package->path = base_text(package->postgis->shown);
    return STATUS_OK;
}

enum status package_give_up(struct package *package, struct error *error)
{
    if (package->dataset)
        GDALClose(package->dataset);
    end_writing(package);
    free_package(package);
    return error->status;
}

static enum status create_database(const char *place, int64_t date_s, struct package **out,
                                   struct error *error)
{
    struct package *package = begin_writing(place, date_s);
    if (package_name_database(package, place, error) != STATUS_OK ||
        postgis_create(package, error) != STATUS_OK)
        return package_give_up(package, error);
    *out = package;
    return STATUS_OK;
}

enum status package_create(const char *path, int64_t date_s, struct package **out,
                           struct error *error)
{
    gdal_start();
    if (postgis_named(path))
        return create_database(path, date_s, out, error);
    GDALDriverH driver = GDALGetDriverByName("GPKG");
    if (!driver)
        return error_set(error, STATUS_IO, "this GDAL has no GeoPackage driver");
    remove(path);
    struct package *package = begin_writing(path, date_s);
    package->dataset = GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    if (!package->dataset) {
        error_set(error, STATUS_IO, "cannot create %s: %s", path, gdal_reason());
        return package_give_up(package, error);
    }
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
    package->styles[package->style_count++] = (struct package_style){
        base_text(layer->name), base_text(layer->shape ? "geom" : ""), base_text(layer->style)};
}

/* The rows since the last commit become permanent; GeoPackage is slow one by one. */
static bool commit(struct package *package, bool again)
{
    bool ok = true;
    if (package->postgis) /* one transaction from beginning to end */
        return true;
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

/* The layer is there: which of its fields are our columns? */
static enum status use_layer(struct package *package, const struct package_layer *layer,
                             struct error *error)
{
    package->spec = *layer;
    package->rows = 0;
    package->definition = OGR_L_GetLayerDefn(package->layer);
    free(package->fields);
    package->fields = base_alloc(layer->column_count + 1, sizeof *package->fields);
    for (size_t i = 0; i < layer->column_count; i++) {
        package->fields[i] = OGR_FD_GetFieldIndex(package->definition, layer->columns[i].name);
        if (package->fields[i] < 0)
            return error_set(error, STATUS_FORMAT, "the layer %s of %s has no column %s",
                             layer->name, package->path, layer->columns[i].name);
        if (package->postgis && layer->columns[i].type == PACKAGE_REAL)
            OGR_Fld_SetType(OGR_FD_GetFieldDefn(package->definition, package->fields[i]),
                            OFTString);
    }
    return STATUS_OK;
}

enum status package_begin(struct package *package, const struct package_layer *layer,
                          struct error *error)
{
    bool ok = commit(package, false);
    if (package->postgis)
        package->layer = postgis_layer(package, layer, error);
    else
        package->layer = ok ? create_layer(package, layer) : NULL;
    if (!package->layer)
        return error_set(error, STATUS_IO, "cannot make the layer %s in %s: %s", layer->name,
                         package->path, package->failure[0] ? package->failure : gdal_reason());
    keep_style(package, layer);
    return use_layer(package, layer, error);
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

/* To a database GDAL writes numbers with 15 digits, but texts as they are; see use_layer. */
static void set_real(OGRFeatureH feature, int index, double value)
{
    char text[32];
    if (!isfinite(value))
        return;
    if (OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, index)) == OFTReal) {
        OGR_F_SetFieldDouble(feature, index, value);
        return;
    }
    snprintf(text, sizeof text, "%.17g", value);
    OGR_F_SetFieldString(feature, index, text);
}

static void set_text(struct package *package, OGRFeatureH feature, int index, const char *text)
{
    if (!text_empty(text))
        OGR_F_SetFieldString(feature, index,
                             package->postgis ? postgis_text(package, text) : text);
}

static void set_column(struct package *package, OGRFeatureH feature, int index,
                       const struct package_column *column, const void *record)
{
    const char *at = (const char *)record + column->offset;
    switch (column->type) {
    case PACKAGE_TEXT:
        set_text(package, feature, index, *(const char *const *)at);
        return;
    case PACKAGE_REAL:
        set_real(feature, index, *(const double *)at);
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

enum status package_add(struct package *package, const void *record, const struct xy *points,
                        size_t count, struct error *error)
{
    bool ok = true;
    if (package->rows % ROWS_PER_COMMIT == 0)
        ok = commit(package, true);
    OGRFeatureH feature = OGR_F_Create(package->definition);
    for (size_t i = 0; i < package->spec.column_count; i++)
        set_column(package, feature, package->fields[i], &package->spec.columns[i], record);
    if (package->postgis && package->spec.columns != style_columns)
        points = postgis_row_of(package, feature, points, count);
    OGRGeometryH shape = make_shape(package->spec.shape, points, count);
    if (shape)
        OGR_F_SetGeometryDirectly(feature, shape);
    ok = OGR_L_CreateFeature(package->layer, feature) == OGRERR_NONE && ok;
    OGR_F_Destroy(feature);
    package->rows++;
    if (!ok)
        return error_set(error, STATUS_IO, "cannot write the layer %s of %s: %s",
                         package->spec.name, package->path,
                         package->failure[0] ? package->failure : gdal_reason());
    return STATUS_OK;
}

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

static const struct package_layer style_layer = {.name = "layer_styles",
                                                 .columns = style_columns,
                                                 .column_count = ARRAY_COUNT(style_columns)};

static enum status add_styles(struct package *package, struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < package->style_count && status == STATUS_OK; i++) {
        struct package_style *style = &package->styles[i];
        struct style_row row = {.table = style->table,
                                .geometry = style->geometry,
                                .name = style->table,
                                .qml = style->qml,
                                .is_default = true,
                                .updated_s = package->date_s};
        status = package_add(package, &row, NULL, 0, error);
    }
    return status;
}

enum status package_write_styles(struct package *package, struct error *error)
{
    if (use_layer(package, &style_layer, error) == STATUS_OK)
        add_styles(package, error);
    return error->status;
}

static enum status write_styles(struct package *package, struct error *error)
{
    if (!package->style_count)
        return STATUS_OK;
    bool ok = true;
    if (package->postgis)
        ok = postgis_styles(package, error);
    else if (package_begin(package, &style_layer, error) == STATUS_OK &&
             add_styles(package, error) == STATUS_OK) {
        CPLErrorReset();
        ok = commit(package, false) && blank_catalog(package);
    }
    if (error->status == STATUS_OK && !ok)
        error_set(error, STATUS_IO, "cannot store the styles in %s: %s", package->path,
                  package->failure[0] ? package->failure : gdal_reason());
    return error->status;
}

enum status package_close(struct package *package, struct error *error)
{
    if (!package)
        return error->status;
    enum status status = error->status;
    if (package->writing && status == STATUS_OK)
        status = write_styles(package, error);
    if (package->writing && package->postgis)
        status = postgis_finish(package, error);
    CPLErrorReset();
    bool ok = commit(package, false);
    GDALClose(package->dataset);
    ok = ok && CPLGetLastErrorType() < CE_Failure && !package->failure[0];
    end_writing(package);
    if (status == STATUS_OK && package->writing && !package->postgis && !ok)
        status = error_set(error, STATUS_IO, "cannot finish %s: %s", package->path,
                           package->failure[0] ? package->failure : gdal_reason());
    free_package(package);
    return status;
}

bool package_is_database(const struct package *package)
{
    return package->postgis != NULL;
}

int64_t package_run(const struct package *package)
{
    return package->postgis ? package->postgis->run : 0;
}

bool package_changed(const struct package *package)
{
    return package->postgis && package->postgis->changed;
}

enum status package_command(struct package *package, const char *sql, struct error *error)
{
    struct buffer text = {0};
    for (const char *at; (at = strstr(sql, "@RUN")); sql = at + 4) {
        buffer_append(&text, sql, (size_t)(at - sql));
        buffer_format(&text, "%" PRId64, package->postgis->run);
    }
    buffer_text(&text, sql);
    if (!postgis_do(package->dataset, package->postgis, text.bytes))
        error_set(error, STATUS_IO, "cannot write the run to %s: %s", package->path,
                  package->failure);
    buffer_free(&text);
    return error->status;
}
