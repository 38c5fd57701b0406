/* layer: the same table through spreadsheets and vector files, written by libxlsxwriter and by
 * GDAL. */
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <xlsxwriter.h>

#include "geo/gdal.h"
#include "geo/layer.h"
#include "models/tables/table.h"
#include "tests/unit/folder.h"

/* ---- reading back -------------------------------------------------------------------- */

struct seen {
    struct table_report report;
    struct rejects rejects;
    struct arena *arena;
    struct cell cells[4];
    size_t count;
};

static enum status take(void *context, const void *record)
{
    struct seen *seen = context;
    if (seen->count < ARRAY_COUNT(seen->cells))
        seen->cells[seen->count] = *(const struct cell *)record;
    seen->count++;
    return STATUS_OK;
}

static void read_cells(const char *path, struct seen *seen)
{
    struct error error = {0};
    *seen = (struct seen){.arena = arena_new()};
    struct table_options options = {
        .utc_offset_s = 28800, .arena = seen->arena, .rejects = &seen->rejects};
    if (table_read(path, &cell_spec, &options, take, seen, &seen->report, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static void drop(struct seen *seen)
{
    arena_free(seen->arena);
    arena_free(seen->rejects.arena);
    free(seen->rejects.items);
}

/* ---- spreadsheets -------------------------------------------------------------------- */

static void write_sheet(const char *path)
{
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *notes = workbook_add_worksheet(book, "notes");
    lxw_worksheet *sheet = workbook_add_worksheet(book, "cells");
    lxw_format *date = workbook_add_format(book);
    format_set_num_format(date, "yyyy/m/d\\ h:mm;@");
    worksheet_write_string(notes, 0, 0, "read me", NULL);
    worksheet_write_string(sheet, 0, 0, "County cells, March", NULL);
    static const char *const header[] = {"CGI",  "小区名称", "经度",
                                         "纬度", "方位角",   "开通时间"};
    for (lxw_col_t c = 0; c < 6; c++)
        worksheet_write_string(sheet, 2, c, header[c], NULL);
    worksheet_write_number(sheet, 3, 0, 460031234567890.0, NULL);
    worksheet_write_string(sheet, 3, 1, "西关=\"北\"", NULL);
    worksheet_write_number(sheet, 3, 2, 113.25, NULL);
    worksheet_write_number(sheet, 3, 3, 23.1, NULL);
    worksheet_write_number(sheet, 3, 4, 120, NULL);
    worksheet_write_number(sheet, 3, 5, 46083.378472222, date);
    worksheet_write_string(sheet, 5, 0, "4.60003E+14", NULL);
    worksheet_write_number(sheet, 5, 2, 113.25, NULL);
    worksheet_write_number(sheet, 5, 3, 23.1, NULL);
    workbook_close(book);
}

static void test_sheet(void **state)
{
    (void)state;
    struct seen seen;
    const char *path = in_folder("any.xlsx");
    write_sheet(path);
    read_cells(path, &seen);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.report.format, "xlsx");
    assert_string_equal(seen.report.part, "cells");
    assert_int_equal(seen.report.header_line, 3);
    assert_string_equal(seen.cells[0].cell_id, "460031234567890");
    assert_string_equal(seen.cells[0].cell_name, "西关=\"北\"");
    assert_true(seen.cells[0].azimuth_deg == 120);
    assert_int_equal(seen.cells[0].on_air_s, 1772413500);
    assert_int_equal(seen.cells[0].line, 4);
    assert_int_equal(seen.rejects.count, 1);
    assert_int_equal(seen.rejects.items[0].line, 6);
    drop(&seen);
}

/* ---- vector files -------------------------------------------------------------------- */

static void write_point(OGRLayerH layer, double x, double y)
{
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
    OGR_G_SetPoint_2D(point, 0, x, y);
    OGR_F_SetGeometryDirectly(feature, point);
    OGR_F_SetFieldString(feature, OGR_F_GetFieldIndex(feature, "cell_id"), "460-00-1-2");
    OGR_F_SetFieldString(feature, OGR_F_GetFieldIndex(feature, "cell_name"), "西关");
    OGR_F_SetFieldDouble(feature, OGR_F_GetFieldIndex(feature, "azimuth"), 120);
    assert_int_equal(OGR_L_CreateFeature(layer, feature), OGRERR_NONE);
    OGR_F_Destroy(feature);
}

static void write_vector(const char *path, const char *driver, int epsg, double x, double y)
{
    gdal_start();
    GDALDatasetH dataset =
        GDALCreate(GDALGetDriverByName(driver), path, 0, 0, 0, GDT_Unknown, NULL);
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, epsg);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    char encoding[] = "ENCODING=UTF-8", *shape_options[] = {encoding, NULL};
    bool shape = strcmp(driver, "ESRI Shapefile") == 0;
    OGRLayerH layer =
        GDALDatasetCreateLayer(dataset, "cells", srs, wkbPoint, shape ? shape_options : NULL);
    static const char *const texts[] = {"cell_id", "cell_name"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        OGRFieldDefnH field = OGR_Fld_Create(texts[i], OFTString);
        OGR_Fld_SetWidth(field, 60);
        OGR_L_CreateField(layer, field, 1);
        OGR_Fld_Destroy(field);
    }
    OGRFieldDefnH azimuth = OGR_Fld_Create("azimuth", OFTReal);
    OGR_L_CreateField(layer, azimuth, 1);
    OGR_Fld_Destroy(azimuth);
    write_point(layer, x, y);
    OSRRelease(srs);
    GDALClose(dataset);
}

/* The plane of UTM zone 49 comes back as degrees; PROJ's cs2cs gives these coordinates. */
static void test_vector_files(void **state)
{
    (void)state;
    static const struct {
        const char *name, *driver, *format;
        int epsg;
        double x, y;
    } files[] = {
        {"cells.gpkg", "GPKG", "gpkg", 4326, 113.25, 23.1},
        {"utm.gpkg", "GPKG", "gpkg", 32649, 730454.509, 2556365.738},
        {"cells.shp", "ESRI Shapefile", "shp", 4326, 113.25, 23.1},
        {"cells.tab", "MapInfo File", "tab", 4326, 113.25, 23.1},
        {"cells.kml", "LIBKML", "kml", 4326, 113.25, 23.1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        struct seen seen;
        const char *path = in_folder(files[i].name);
        write_vector(path, files[i].driver, files[i].epsg, files[i].x, files[i].y);
        read_cells(path, &seen);
        assert_int_equal(seen.count, 1);
        assert_string_equal(seen.report.format, files[i].format);
        assert_string_equal(seen.cells[0].cell_id, "460-00-1-2");
        if (strcmp(files[i].format, "tab") != 0) /* GDAL writes .tab without an encoding */
            assert_string_equal(seen.cells[0].cell_name, "西关");
        assert_true(seen.cells[0].azimuth_deg == 120);
        if (fabs(seen.cells[0].at.lon - 113.25) > 2e-5 ||
            fabs(seen.cells[0].at.lat - 23.1) > 2e-5)
            fail_msg("%s: %.6f %.6f", path, seen.cells[0].at.lon, seen.cells[0].at.lat);
        drop(&seen);
    }
}

/* The middle of the file is damaged: the rows before it are not taken for all of them. */
static void test_damaged_layer(void **state)
{
    (void)state;
    const char *path = in_folder("damaged.gpkg");
    write_vector(path, "GPKG", 4326, 113.25, 23.1);
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    OGRLayerH layer = GDALDatasetGetLayerByName(dataset, "cells");
    assert_int_equal(GDALDatasetStartTransaction(dataset, FALSE), OGRERR_NONE);
    for (int i = 0; i < 3000; i++)
        write_point(layer, 113 + i * 1e-4, 23);
    assert_int_equal(GDALDatasetCommitTransaction(dataset), OGRERR_NONE);
    GDALClose(dataset);
    struct seen seen = {.arena = arena_new()};
    struct error error = {0};
    struct table_options options = {.arena = seen.arena, .rejects = &seen.rejects};
    assert_int_equal(table_read(path, &cell_spec, &options, take, &seen, NULL, &error),
                     STATUS_OK);
    assert_int_equal(seen.count, 3001);
    FILE *file = fopen(path, "r+b");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fseek(file, size * 2 / 5, SEEK_SET);
    for (long i = 0; i < size / 5; i++)
        fputc(0xFF, file);
    fclose(file);
    assert_int_not_equal(table_read(path, &cell_spec, &options, take, &seen, NULL, &error),
                         STATUS_OK);
    assert_non_null(strstr(error.text, "damaged.gpkg"));
    drop(&seen);
}

/* Text of a .dbf that does not say its encoding is GB18030 when it is not UTF-8. */
static void test_dbf_without_encoding(void **state)
{
    (void)state;
    struct seen seen;
    char cpg[128];
    const char *path = in_folder("gbk.shp");
    write_vector(path, "ESRI Shapefile", 4326, 113.25, 23.1);
    snprintf(cpg, sizeof cpg, "%s/gbk.dbf", folder);
    FILE *dbf = fopen(cpg, "r+b");
    char bytes[4096];
    size_t n = fread(bytes, 1, sizeof bytes, dbf);
    char *hit = memmem(bytes, n, "\xE8\xA5\xBF\xE5\x85\xB3", 6); /* 西关 in UTF-8 */
    if (hit)
        memcpy(hit, "\xCE\xF7\xB9\xD8  ", 6); /* in GBK */
    bytes[29] = 0;                            /* language driver id: none */
    rewind(dbf);
    fwrite(bytes, 1, n, dbf);
    fclose(dbf);
    snprintf(cpg, sizeof cpg, "%s/gbk.cpg", folder);
    unlink(cpg);
    assert_non_null(hit);
    read_cells(in_folder("gbk.shp"), &seen);
    assert_string_equal(seen.cells[0].cell_name, "西关");
    drop(&seen);
}

static void test_refused_files(void **state)
{
    (void)state;
    struct layer *layer;
    struct error error = {0};
    assert_true(layer_named("a/b.XLSX") && layer_named("x.kml") && !layer_named("x.vrt"));
    assert_int_equal(layer_open("/vsicurl/http://localhost/x.gpkg", "cells", &layer, &error),
                     STATUS_IO);
    error = (struct error){0};
    FILE *file = fopen(in_folder("trick.gpkg"), "w");
    fputs("<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource>"
          "</OGRVRTLayer></OGRVRTDataSource>",
          file);
    fclose(file);
    assert_int_equal(layer_open(in_folder("trick.gpkg"), "cells", &layer, &error),
                     STATUS_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sheet),         cmocka_unit_test(test_vector_files),
        cmocka_unit_test(test_damaged_layer), cmocka_unit_test(test_dbf_without_encoding),
        cmocka_unit_test(test_refused_files),
    };
    return cmocka_run_group_tests_name("layer", tests, folder_setup, folder_teardown);
}
