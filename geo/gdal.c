#include "geo/gdal.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <errno.h>
#include <geos_c.h>
#include <libpq-fe.h>
#include <proj.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/base.h"

/* What tables, layers and terrain may come in, and what is written. Everything else, with what
 * runs code, unpacks or asks a server, is not there at all. */
static const char *const drivers[] = {
    "MEM",     "GTiff", "COG", "AAIGrid", "SRTMHGT",        "HFA",          "EHdr",   "ENVI",
    "GPKG",    "XLSX",  "XLS", "CSV",     "ESRI Shapefile", "MapInfo File", "LIBKML", "KML",
    "GeoJSON", "Memory"};

static bool is_needed(GDALDriverH driver)
{
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strcmp(GDALGetDriverShortName(driver), drivers[i]) == 0)
            return true;
    return false;
}

static GDALDriverH database; /* set once, by gdal_register */

static void gdal_register(void)
{
    CPLSetConfigOption("GDAL_VRT_ENABLE_PYTHON", "NO");
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO"); /* no .aux.xml beside the user's files */
    /* Sheets come as they are: every cell a text, the header a row like the others. */
    CPLSetConfigOption("OGR_XLSX_HEADERS", "DISABLE");
    CPLSetConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
    CPLSetConfigOption("OGR_XLS_HEADERS", "DISABLE");
    CPLSetConfigOption("OGR_XLS_FIELD_TYPES", "STRING");
    CPLSetErrorHandler(CPLQuietErrorHandler);
    CPLSetConfigOption("GDAL_DRIVER_PATH", "disable"); /* no plugins */
    GDALAllRegister();
    for (int i = GDALGetDriverCount() - 1; i >= 0; i--) {
        GDALDriverH driver = GDALGetDriver(i);
        if (is_needed(driver))
            continue;
        GDALDeregisterDriver(driver);
        if (strcmp(GDALGetDriverShortName(driver), "PostgreSQL") == 0)
            database = driver;
        else
            GDALDestroyDriver(driver); /* what is not registered any more is ours to destroy */
    }
}

void gdal_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, gdal_register);
}

bool gdal_database(bool known)
{
    if (database && known)
        GDALRegisterDriver(database);
    else if (database)
        GDALDeregisterDriver(database);
    return database != NULL;
}

const char *gdal_reason(void)
{
    static _Thread_local char line[512];
    size_t length = 0;
    for (const char *c = CPLGetLastErrorMsg(); *c && length + 1 < sizeof line; c++)
        if (*c != '\n')
            line[length++] = *c;
        else if (length && line[length - 1] != ' ')
            line[length++] = ' ';
    line[length] = '\0';
    return line;
}

const char *gdal_open_reason(const char *path)
{
    const char *reason = gdal_reason();
    if (*reason)
        return reason;
    return access(path, R_OK) != 0 ? strerror(errno) : "its content is of another kind";
}

int gdal_grid_end(void *dataset)
{
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    if (!driver || !text_equal(GDALGetDriverShortName(driver), "AAIGrid"))
        return 0;
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    int width = GDALGetRasterXSize(dataset), height = GDALGetRasterYSize(dataset), end = 0;
    float *row = base_alloc((size_t)width, sizeof *row);
    for (int y = 0; y < height && !end; y++)
        if (GDALRasterIO(band, GF_Read, 0, y, width, 1, row, width, 1, GDT_Float32, 0, 0) !=
            CE_None)
            end = y + 1;
    free(row);
    return end;
}

char *gdal_temporary_name(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path);
    snprintf(out, size, "%.*s.%ld-part%s", stem, path, (long)getpid(), dot ? dot : "");
    return out;
}

char *gdal_versions(char *out, size_t size)
{
    const char *geos = GEOSversion(); /* "3.11.1-CAPI-1.17.1" */
    int libpq = PQlibVersion();       /* 150020 */
    snprintf(out, size, "GDAL %s, PROJ %s, GEOS %.*s, libpq %d.%d",
             GDALVersionInfo("RELEASE_NAME"), proj_info().version, (int)strcspn(geos, "-"),
             geos, libpq / 10000, libpq % 10000);
    return out;
}
