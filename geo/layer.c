#include "geo/layer.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <ctype.h>
#include <gdal.h>
#include <iconv.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "geo/gdal.h"
#include "geo/input.h"
#include "geo/sheet_times.h"

static const struct {
    const char *extension, *format, *driver;
    bool sheet;
} formats[] = {
    {".xlsx", "xlsx", "XLSX", true},
    {".xlsm", "xlsx", "XLSX", true},
    {".xls", "xls", "XLS", true},
    {".gpkg", "gpkg", "GPKG", false},
    {".shp", "shp", "ESRI Shapefile", false},
    {".tab", "tab", "MapInfo File", false},
    {".mif", "mif", "MapInfo File", false},
    {".kml", "kml", "LIBKML", false},
    {".kmz", "kmz", "LIBKML", false},
};

struct layer {
    GDALDatasetH dataset;
    char copy[SHEET_NAME_SIZE]; /* the memory file that is read in place of the file */
    OGRLayerH layer;
    OGRCoordinateTransformationH to_wgs84; /* NULL: the coordinates are degrees already */
    OGRFeatureH feature;
    iconv_t decoder;
    size_t format, field_count, count;
    bool has_points, failed;
    const char **names, **values;
    struct buffer *texts; /* of the row, one per column */
    uint32_t line;
};

static size_t find_format(const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
        size_t m = strlen(formats[i].extension);
        if (n > m && strcasecmp(path + n - m, formats[i].extension) == 0)
            return i;
    }
    return ARRAY_COUNT(formats);
}

bool layer_named(const char *path)
{
    return find_format(path) < ARRAY_COUNT(formats);
}

/* ---- opening ------------------------------------------------------------------------- */

static GDALDatasetH open_dataset(const char *path, size_t format, bool raw)
{
    const char *drivers[] = {formats[format].driver, NULL};
    const char *options[] = {raw ? "ENCODING=" : NULL, NULL};
    return GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, options, NULL);
}

/* A .dbf that does not say its encoding would be read as Latin-1; its bytes say more. */
static bool dbf_encoding_unknown(GDALDatasetH dataset)
{
    OGRLayerH layer = GDALDatasetGetLayer(dataset, 0);
    const char *cpg =
        layer ? GDALGetMetadataItem(layer, "ENCODING_FROM_CPG", "SHAPEFILE") : NULL;
    const char *ldid =
        layer ? GDALGetMetadataItem(layer, "ENCODING_FROM_LDID", "SHAPEFILE") : NULL;
    return layer && !cpg && !ldid;
}

static enum status check_file(const char *path, size_t format, struct error *error)
{
    if (text_equal(formats[format].driver, "GPKG"))
        return input_check_package(path, error);
    bool archive =
        text_equal(formats[format].driver, "XLSX") || text_equal(formats[format].format, "kmz");
    return archive ? input_check_archive(path, error) : input_check(path, error);
}

static OGRLayerH choose_layer(GDALDatasetH dataset, const char *want)
{
    int count = GDALDatasetGetLayerCount(dataset);
    for (int i = 0; i < count; i++) {
        OGRLayerH layer = GDALDatasetGetLayer(dataset, i);
        if (strcasecmp(OGR_L_GetName(layer), want) == 0)
            return layer;
    }
    for (int i = 0; i < count; i++) {
        OGRLayerH layer = GDALDatasetGetLayer(dataset, i);
        if (OGR_L_GetFeatureCount(layer, 1) > 0)
            return layer;
    }
    return count ? GDALDatasetGetLayer(dataset, 0) : NULL;
}

static void prepare_points(struct layer *layer)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer->layer);
    layer->has_points =
        !formats[layer->format].sheet && OGR_FD_GetGeomType(definition) != wkbNone;
    OGRSpatialReferenceH from = OGR_L_GetSpatialRef(layer->layer);
    if (!layer->has_points || !from)
        return;
    OGRSpatialReferenceH own = OSRClone(from), to = OSRNewSpatialReference(NULL);
    OSRSetWellKnownGeogCS(to, "WGS84");
    OSRSetAxisMappingStrategy(own, OAMS_TRADITIONAL_GIS_ORDER);
    OSRSetAxisMappingStrategy(to, OAMS_TRADITIONAL_GIS_ORDER);
    layer->to_wgs84 = OCTNewCoordinateTransformation(own, to);
    OSRRelease(own);
    OSRRelease(to);
}

static void prepare_columns(struct layer *layer)
{
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer->layer);
    layer->field_count = (size_t)OGR_FD_GetFieldCount(definition);
    layer->count = layer->field_count + (layer->has_points ? 2 : 0);
    layer->names = base_alloc(layer->count + 1, sizeof *layer->names);
    layer->values = base_alloc(layer->count + 1, sizeof *layer->values);
    layer->texts = base_alloc(layer->count + 1, sizeof *layer->texts);
    for (size_t i = 0; i < layer->field_count; i++)
        layer->names[i] = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, (int)i));
    if (layer->has_points) {
        layer->names[layer->field_count] = "lon";
        layer->names[layer->field_count + 1] = "lat";
    }
}

enum status layer_open(const char *path, const char *want, struct layer **out,
                       struct error *error)
{
    gdal_start();
    enum status status = check_file(path, find_format(path), error);
    if (status != STATUS_OK)
        return status;
    struct layer *layer = base_alloc(1, sizeof *layer);
    layer->format = find_format(path);
    layer->decoder = iconv_open("UTF-8", "GB18030");
    if (strcmp(formats[layer->format].driver, "XLSX") == 0)
        sheet_times_copy(path, layer->copy);
    layer->dataset = open_dataset(layer->copy[0] ? layer->copy : path, layer->format, false);
    if (layer->dataset && strcmp(formats[layer->format].format, "shp") == 0 &&
        dbf_encoding_unknown(layer->dataset)) {
        GDALClose(layer->dataset);
        layer->dataset = open_dataset(path, layer->format, true);
    }
    layer->layer = layer->dataset ? choose_layer(layer->dataset, want) : NULL;
    if (!layer->layer) {
        layer_close(layer);
        return error_set(error, STATUS_FORMAT, "%s cannot be read as %s: %s", path,
                         formats[find_format(path)].format, gdal_open_reason(path));
    }
    prepare_points(layer);
    prepare_columns(layer);
    OGR_L_ResetReading(layer->layer);
    *out = layer;
    return STATUS_OK;
}

void layer_close(struct layer *layer)
{
    if (!layer)
        return;
    for (size_t i = 0; i < layer->count; i++)
        buffer_free(&layer->texts[i]);
    OGR_F_Destroy(layer->feature);
    if (layer->to_wgs84)
        OCTDestroyCoordinateTransformation(layer->to_wgs84);
    if (layer->dataset)
        GDALClose(layer->dataset);
    sheet_times_free(layer->copy);
    if (layer->decoder != (iconv_t)-1)
        iconv_close(layer->decoder);
    free(layer->names);
    free(layer->values);
    free(layer->texts);
    free(layer);
}

const char *layer_format(const struct layer *layer)
{
    return formats[layer->format].format;
}

const char *layer_name(const struct layer *layer)
{
    return OGR_L_GetName(layer->layer);
}

const char *const *layer_header(const struct layer *layer, size_t *count)
{
    bool sheet = formats[layer->format].sheet;
    *count = sheet ? 0 : layer->count;
    return sheet ? NULL : layer->names;
}

/* ---- rows ---------------------------------------------------------------------------- */

static bool valid_utf8(const char *text, size_t n)
{
    utf8proc_int32_t code;
    for (size_t i = 0; i < n;) {
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                                 (utf8proc_ssize_t)(n - i), &code);
        if (used <= 0)
            return false;
        i += (size_t)used;
    }
    return true;
}

static void decode_text(struct layer *layer, const char *text, struct buffer *out)
{
    size_t left = strlen(text);
    if (valid_utf8(text, left) || layer->decoder == (iconv_t)-1) {
        buffer_append(out, text, left);
        return;
    }
    char *in = (char *)text;
    iconv(layer->decoder, NULL, NULL, NULL, NULL);
    while (left) {
        char piece[512], *to = piece;
        size_t room = sizeof piece;
        size_t done = iconv(layer->decoder, &in, &left, &to, &room);
        buffer_append(out, piece, sizeof piece - room);
        if (done == (size_t)-1 && room >= 4) { /* not for want of room: a broken character */
            buffer_text(out, "\xEF\xBF\xBD");
            in++;
            left--;
        }
    }
}

/* 4.6003123456789E14 and 12345.0 are how a sheet stores 460031234567890 and 12345; 4.6E+14 is
 * what is left of an id once it was shown rounded and copied, and stays as it is. */
static bool write_whole(const char *text, struct buffer *out)
{
    char *end;
    if (!isdigit((unsigned char)text[0]) || !strpbrk(text, ".Ee"))
        return false;
    if (strpbrk(text, "Ee") && strcspn(text, "Ee") < 11)
        return false;
    double value = strtod(text, &end);
    if (*end || value != floor(value) || fabs(value) > 9007199254740992.0)
        return false;
    buffer_format(out, "%.0f", value);
    return true;
}

static void read_fields(struct layer *layer)
{
    bool sheet = formats[layer->format].sheet;
    for (size_t i = 0; i < layer->field_count; i++) {
        struct buffer *text = &layer->texts[i];
        buffer_clear(text);
        buffer_append(text, "", 0);
        if (!OGR_F_IsFieldSetAndNotNull(layer->feature, (int)i))
            continue;
        const char *value = OGR_F_GetFieldAsString(layer->feature, (int)i);
        if (!sheet || !write_whole(value, text))
            decode_text(layer, value, text);
    }
}

static void read_point(struct layer *layer)
{
    struct buffer *lon = &layer->texts[layer->field_count], *lat = lon + 1;
    buffer_clear(lon);
    buffer_append(lon, "", 0);
    buffer_clear(lat);
    buffer_append(lat, "", 0);
    OGRGeometryH shape = OGR_F_GetGeometryRef(layer->feature);
    if (!shape || OGR_G_IsEmpty(shape))
        return;
    OGRGeometryH centre = OGR_G_CreateGeometry(wkbPoint);
    bool is_point = wkbFlatten(OGR_G_GetGeometryType(shape)) == wkbPoint;
    bool ok = is_point || OGR_G_Centroid(shape, centre) == OGRERR_NONE;
    const OGRGeometryH at = is_point ? shape : centre;
    double x = OGR_G_GetX(at, 0), y = OGR_G_GetY(at, 0), z = 0;
    if (ok && layer->to_wgs84)
        ok = OCTTransform(layer->to_wgs84, 1, &x, &y, &z);
    if (ok && isfinite(x) && isfinite(y)) {
        buffer_format(lon, "%.9f", x);
        buffer_format(lat, "%.9f", y);
    }
    OGR_G_DestroyGeometry(centre);
}

bool layer_next(struct layer *layer, uint32_t *line, const char *const **values, size_t *count)
{
    OGR_F_Destroy(layer->feature);
    CPLErrorReset();
    layer->feature = OGR_L_GetNextFeature(layer->layer);
    layer->failed = !layer->feature && CPLGetLastErrorType() >= CE_Failure;
    if (!layer->feature)
        return false;
    layer->line++;
    GIntBig row = OGR_F_GetFID(layer->feature);
    *line = formats[layer->format].sheet && row > 0 ? (uint32_t)row : layer->line + 1;
    read_fields(layer);
    if (layer->has_points)
        read_point(layer);
    for (size_t i = 0; i < layer->count; i++)
        layer->values[i] = layer->texts[i].bytes;
    *values = layer->values;
    *count = layer->count;
    return true;
}

bool layer_failed(const struct layer *layer)
{
    return layer->failed;
}
