/* package_inner.h - what package.c and the two files of postgis share. Not for others. */
#ifndef COVTRIAGE_PACKAGE_INNER_H
#define COVTRIAGE_PACKAGE_INNER_H

#include <gdal.h>
#include <ogr_api.h>

#include "geo/crs.h"
#include "geo/package.h"

/** A database that a user named, taken apart; and the run of it that is written or read. */
struct postgis {
    char *connection;   /**< "PG:..." for GDAL */
    char *shown;        /**< the same for people */
    char schema[64];    /**< a plain identifier */
    int64_t run;        /**< asked for: 0 the latest, -1 the one before; then the one at work */
    bool changed;       /**< tables or columns were made */
    bool begun;         /**< the run has its row, which must be there after the commit */
    struct crs *crs;    /**< of the layer being written; NULL: WGS-84 */
    struct buffer text; /**< of a row, where it is not UTF-8 */
    struct xy *points;  /**< its shapes in WGS-84 */
    size_t point_capacity;
};

/** A layer's style waits for the end: layer_styles is a layer itself. */
struct package_style {
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
    int *fields; /**< of the layer, by column */
    size_t rows; /**< of the layer; in a GeoPackage those since the last commit */
    struct package_style *styles;
    size_t style_count, style_capacity;
    const char *only; /**< a column that must be only_value in what is read; NULL: none */
    uint32_t only_value;
    struct postgis *postgis; /**< NULL: a file */
};

/** The cause in what GDAL told, one line: "COPY statement failed.\nERROR:  disk full". */
void package_cause(const char *text, char *out, size_t size);

/** A database as the place of a package: its path is what may be shown. */
enum status package_name_database(struct package *package, const char *place,
                                  struct error *error);
/** Close and free a package that could not be opened or begun; the status of the error. */
enum status package_give_up(struct package *package, struct error *error);

/** The kept styles as rows of package->layer, a table layer_styles. */
enum status package_write_styles(struct package *package, struct error *error);

/** Connect. The first line of the failure is said. */
enum status postgis_connect(const struct postgis *at, bool writing, GDALDatasetH *out,
                            struct error *error);
enum status postgis_parse(const char *place, struct postgis *out, struct error *error);
void postgis_free(struct postgis *at);

enum { POSTGIS_VALUES = 16, POSTGIS_VALUE_BYTES = 160 };
struct postgis_row {
    char values[POSTGIS_VALUES][POSTGIS_VALUE_BYTES];
};

/** The first row of a query, each @ being the schema. false: it failed, or there is none. */
bool postgis_ask(GDALDatasetH dataset, const struct postgis *at, const char *sql,
                 struct postgis_row *row);
/** A command, each @ being the schema. false: it failed. */
bool postgis_do(GDALDatasetH dataset, const struct postgis *at, const char *sql);

/** Is the database fit to write to or to read from? Makes PostGIS's extension where it may. */
enum status postgis_fit(GDALDatasetH dataset, const struct postgis *at, bool writing,
                        struct error *error);

/** The parts of package_create, package_begin and so on that a database does in its own way. */
enum status postgis_create(struct package *package, struct error *error);
enum status postgis_open(struct package *package, struct error *error);
OGRLayerH postgis_layer(struct package *package, const struct package_layer *layer,
                        struct error *error);
/** The text, with U+FFFD for what is not UTF-8 and would be refused. Valid until the next. */
const char *postgis_text(struct package *package, const char *text);
const struct xy *postgis_row_of(struct package *package, OGRFeatureH feature,
                                const struct xy *points, size_t count);
OGRLayerH postgis_select(struct package *package, const struct package_layer *layer);
bool postgis_styles(struct package *package, struct error *error);
enum status postgis_finish(struct package *package, struct error *error);

#endif
