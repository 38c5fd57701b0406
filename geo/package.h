/* package.h - layers by GDAL, in a GeoPackage or a database (geo/postgis.h): plain records
 * written as rows, rows read back.
 *
 * A layer is declared once as a table of columns, each naming a member of the record by its
 * offset; the same table writes and reads. Texts that are NULL or "", NAN and TIME_ABSENT are
 * stored as NULL and come back as "", NAN and TIME_ABSENT.
 */
#ifndef COVTRIAGE_PACKAGE_H
#define COVTRIAGE_PACKAGE_H

#include "geo/base.h"
#include "geo/point.h"

enum package_type {
    PACKAGE_TEXT = 0, /**< const char *, UTF-8 */
    PACKAGE_REAL,     /**< double */
    PACKAGE_INTEGER,  /**< uint32_t */
    PACKAGE_COUNT,    /**< uint64_t */
    PACKAGE_FLAG,     /**< bool */
    PACKAGE_TIME,     /**< int64_t seconds since 1970, UTC; a DATETIME in the file */
};

enum package_shape { PACKAGE_NO_SHAPE = 0, PACKAGE_POINT, PACKAGE_LINE, PACKAGE_POLYGON };

struct package_column {
    const char *name;
    enum package_type type;
    size_t offset; /**< into the record */
};

struct package_layer {
    const char *name;
    const char *title; /**< gpkg_contents.identifier; NULL: the name */
    const char *crs;   /**< "EPSG:4326"; not used without a shape */
    enum package_shape shape;
    const struct package_column *columns;
    size_t column_count;
    const char *
        style; /**< QML for layer_styles (geo/qml.h), so that QGIS opens it coloured; or NULL */
    /* In a database only, where rows are of a run (its number is their column run_id): */
    bool one_a_run; /**< the table of runs itself, which must be the first layer written */
    bool of_all;    /**< rows of no run; made by package_command and only read */
    bool no_view;   /**< no view latest_NAME is made of it */
};

struct package;

/**
 * Create the GeoPackage at `path`, replacing a file that is there; or begin a new run where
 * `path` names a database (waiting for another writer), making its schema on first use. All of
 * a run becomes visible at once, by package_close. `date_s` is written wherever
 * the format wants a time of change, so that the same rows give the same bytes.
 * Errors: STATUS_IO.
 */
enum status package_create(const char *path, int64_t date_s, struct package **out,
                           struct error *error);

/** Start the next layer; rows go to it until the next call. The declaration is borrowed until
 * then. */
enum status package_begin(struct package *package, const struct package_layer *layer,
                          struct error *error);

/**
 * Append one row to the layer. `points` are its shape in the layer's CRS, x east or lon first:
 * one for a point, the vertices of a line, the outer ring of a polygon (closed by us if open).
 * With count 0 or a NAN point the row has no shape.
 */
enum status package_add(struct package *package, const void *record, const struct xy *points,
                        size_t count, struct error *error);

/**
 * Write everything out and free the package, also when something failed before (`error` then
 * keeps the first failure). NULL is allowed. A package opened for reading is closed alike.
 */
enum status package_close(struct package *package, struct error *error);

/** Open a GeoPackage, or a run in a database, for reading. Errors: STATUS_IO, STATUS_FORMAT;
 * STATUS_MISSING when a database holds no such run. Close with package_close. */
enum status package_open(const char *path, struct package **out, struct error *error);

/** As package_open, of any table that GDAL reads: an XLSX by its sheets, a CSV. The first row
 * of a sheet is its header. */
enum status package_open_any(const char *path, struct package **out, struct error *error);

size_t package_layer_count(struct package *package);
const char *package_layer_name(struct package *package, size_t index); /**< borrowed */
/** Has the layer, by its number, such a column? ASCII case ignored. */
bool package_has_column(struct package *package, size_t index, const char *column);

/** One row read: the record is zeroed before its columns are set; points are borrowed. */
typedef enum status (*package_row)(void *context, const void *record, const struct xy *points,
                                   size_t count);

/**
 * Call `row` for every row of the layer, in the order of writing; record_size <= 1024 bytes,
 * strings live in `arena`; of a database points come only where the declaration has a shape.
 * Columns that the file lacks are absent; so is a whole missing layer STATUS_MISSING. Ends with
 * the first status of `row` that is not OK.
 */
enum status package_read(struct package *package, const struct package_layer *layer,
                         struct arena *arena, package_row row, void *context,
                         struct error *error);

/** The reads that follow give only rows whose `column` is the value, or the one row whose
 * number it is (from 0) where the column is "n"; NULL: all. */
void package_only(struct package *package, const char *column, uint32_t value);
/** Is it a database? */
bool package_is_database(const struct package *package);
/** The number of the run in the database that is written or read; 0 in a file. */
int64_t package_run(const struct package *package);
/** Were tables or columns made since package_create? Then what depends on them must be, too. */
bool package_changed(const struct package *package);
/** Commands in SQL to a database being written: @ is the schema, @RUN the run's number. The
 * text is the program's own, never made of data. Errors: STATUS_IO. */
enum status package_command(struct package *package, const char *sql, struct error *error);

#endif
