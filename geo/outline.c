#include "geo/outline.h"

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdlib.h>

#include "geo/gdal.h"
#include "geo/input.h"

/* What is handed down through the parts of a geometry. */
struct tracing {
    struct outline_box box;
    outline_row row;
    void *context;
    const char *name;
    struct point *points;
    size_t capacity, left; /* points that may still be given */
};

static bool outside(const struct tracing *tracing, OGRGeometryH part)
{
    OGREnvelope e;
    OGR_G_GetEnvelope(part, &e);
    return e.MaxX < tracing->box.west || e.MinX > tracing->box.east ||
           e.MaxY < tracing->box.south || e.MinY > tracing->box.north;
}

/* Lines and rings are leaves; everything else is a collection of them. */
static void trace(struct tracing *tracing, OGRGeometryH part)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(part));
    if (type != wkbLineString) {
        for (int i = 0; i < OGR_G_GetGeometryCount(part); i++)
            trace(tracing, OGR_G_GetGeometryRef(part, i));
        return;
    }
    size_t count = (size_t)OGR_G_GetPointCount(part);
    if (count < 2 || count > tracing->left || outside(tracing, part))
        return;
    tracing->points =
        base_grow(tracing->points, &tracing->capacity, count, sizeof(struct point));
    for (size_t i = 0; i < count; i++)
        OGR_G_GetPoint(part, (int)i, &tracing->points[i].lon, &tracing->points[i].lat, NULL);
    tracing->left -= count;
    tracing->row(tracing->context, tracing->name, tracing->points, count);
}

static OGRCoordinateTransformationH to_wgs84(OGRLayerH layer)
{
    OGRSpatialReferenceH from = OGR_L_GetSpatialRef(layer);
    if (!from)
        return NULL;
    OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(NULL), source = OSRClone(from);
    OSRImportFromEPSG(wgs84, 4326);
    OSRSetAxisMappingStrategy(wgs84, OAMS_TRADITIONAL_GIS_ORDER);
    OSRSetAxisMappingStrategy(source, OAMS_TRADITIONAL_GIS_ORDER);
    OGRCoordinateTransformationH transformation = OCTNewCoordinateTransformation(source, wgs84);
    OSRRelease(wgs84);
    OSRRelease(source);
    return transformation;
}

static void trace_layer(struct tracing *tracing, OGRLayerH layer)
{
    const double thin_deg = 1e-4; /* about 10 m */
    static const char *const names[] = {"name", "Name", "NAME", "名称"};
    OGRCoordinateTransformationH transformation = to_wgs84(layer);
    int field = -1;
    for (size_t i = 0; i < ARRAY_COUNT(names) && field < 0; i++)
        field = OGR_L_FindFieldIndex(layer, names[i], TRUE);
    for (OGRFeatureH f; tracing->left && (f = OGR_L_GetNextFeature(layer));) {
        OGRGeometryH whole = OGR_F_GetGeometryRef(f);
        if (whole && transformation && OGR_G_Transform(whole, transformation) != OGRERR_NONE)
            whole = NULL;
        OGRGeometryH thin = whole ? OGR_G_Simplify(whole, thin_deg) : NULL;
        tracing->name = field >= 0 ? OGR_F_GetFieldAsString(f, field) : "";
        if (thin)
            trace(tracing, thin);
        OGR_G_DestroyGeometry(thin);
        OGR_F_Destroy(f);
    }
    if (transformation)
        OCTDestroyCoordinateTransformation(transformation);
}

enum status outline_read(const char *path, struct outline_box box, size_t most, outline_row row,
                         void *context, struct error *error)
{
    static const char *const drivers[] = {
        "GPKG", "ESRI Shapefile", "MapInfo File", "LIBKML", "KML", "GeoJSON", NULL};
    struct tracing tracing = {.box = box, .row = row, .context = context, .left = most};
    bool package = text_ends(path, ".gpkg"), archive = text_ends(path, ".kmz");
    if ((package   ? input_check_package(path, error)
         : archive ? input_check_archive(path, error)
                   : input_check(path, error)) != STATUS_OK)
        return error->status;
    gdal_start();
    GDALDatasetH dataset =
        GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, NULL, NULL);
    if (!dataset)
        return error_set(error, STATUS_FORMAT, "%s cannot be read as a layer: %s", path,
                         gdal_open_reason(path));
    for (int l = 0; l < GDALDatasetGetLayerCount(dataset); l++)
        trace_layer(&tracing, GDALDatasetGetLayer(dataset, l));
    GDALClose(dataset);
    free(tracing.points);
    return STATUS_OK;
}
