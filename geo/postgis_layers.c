/* Runs as rows of tables: the schema made on first use, a run written in one transaction. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "geo/gdal.h"
#include "geo/package_inner.h"
#include "geo/postgis.h"

/* ---- the schema and the run -------------------------------------------------------------- */

/* Another writer is waited for, unless the user's settings say how long; both lock the same. */
static const char WAIT[] = "SELECT set_config('lock_timeout', CASE "
                           "current_setting('lock_timeout') WHEN '0' THEN '300s'"
                           " ELSE current_setting('lock_timeout') END, true),"
                           " set_config('synchronous_commit', 'on', true)";
static const char LOCK[] =
    "SELECT pg_advisory_xact_lock(hashtext('covtriage'), hashtext('@'))::text";

static const char SCHEMA[] =
    "CREATE SCHEMA IF NOT EXISTS @;"
    "CREATE TABLE @.schema_version (version integer NOT NULL, program text NOT NULL,"
    " made_at timestamptz NOT NULL DEFAULT now());"
    "INSERT INTO @.schema_version (version, program) VALUES (1, 'covtriage')";

/* CREATE SCHEMA IF NOT EXISTS asks for a right even where the schema is there. */
static bool make_schema(struct package *package)
{
    const struct postgis *at = package->postgis;
    struct postgis_row row;
    if (!postgis_ask(package->dataset, at,
                     "SELECT (to_regnamespace('@') IS NULL)::int::text AS a,"
                     " (to_regclass('@.schema_version') IS NULL)::int::text AS b",
                     &row))
        return false;
    const char *sql = row.values[0][0] == '1' ? SCHEMA : strchr(SCHEMA, ';') + 1;
    return row.values[1][0] != '1' || postgis_do(package->dataset, at, sql);
}

static enum status next_run(struct package *package, struct error *error)
{
    struct postgis *at = package->postgis;
    struct postgis_row row = {0};
    bool ok = postgis_ask(package->dataset, at,
                          "SELECT (to_regclass('@.runs') IS NOT NULL)::int::text", &row);
    bool more = ok && row.values[0][0] == '1';
    if (more)
        ok = postgis_ask(package->dataset, at,
                         "SELECT coalesce(max(run_id), 0)::text FROM @.runs", &row);
    at->run = more ? strtoll(row.values[0], NULL, 10) + 1 : 1;
    return ok ? STATUS_OK
              : error_set(error, STATUS_IO, "cannot number the run in %s: %s", at->shown,
                          package->failure);
}

enum status postgis_create(struct package *package, struct error *error)
{
    struct postgis *at = package->postgis;
    struct postgis_row row;
    if (postgis_connect(at, true, &package->dataset, error) != STATUS_OK ||
        postgis_fit(package->dataset, at, true, error) != STATUS_OK)
        return error->status;
    package->failure[0] = '\0'; /* the extension was asked for, and may have been refused */
    CPLSetThreadLocalConfigOption("PG_USE_COPY", "YES");
    if (GDALDatasetStartTransaction(package->dataset, FALSE) != OGRERR_NONE ||
        !postgis_ask(package->dataset, at, WAIT, &row))
        return error_set(error, STATUS_IO, "%s does not begin a run: %s", at->shown,
                         package->failure);
    if (!postgis_ask(package->dataset, at, LOCK, &row))
        return error_set(
            error, STATUS_IO,
            "another run is being written to %s for too long: try again when it is "
            "done (%s)",
            at->shown, package->failure);
    if (!make_schema(package))
        return error_set(error, STATUS_IO, "cannot make the schema %s in %s: %s", at->schema,
                         at->shown, package->failure);
    return next_run(package, error);
}

/* ---- tables ------------------------------------------------------------------------------ */

static const char *column_type(enum package_type type)
{
    static const char *const types[] = {
        [PACKAGE_TEXT] = "text",      [PACKAGE_REAL] = "double precision",
        [PACKAGE_INTEGER] = "bigint", [PACKAGE_COUNT] = "bigint",
        [PACKAGE_FLAG] = "boolean",   [PACKAGE_TIME] = "timestamptz"};
    return types[type];
}

static const char *shape_type(enum package_shape shape)
{
    static const char *const types[] = {"", "Point", "LineString", "Polygon"};
    return types[shape];
}

static void describe_table(const struct package_layer *layer, struct buffer *sql)
{
    buffer_format(sql, "CREATE TABLE @.\"%s\" (", layer->name);
    buffer_text(sql, layer->one_a_run ? "run_id bigint PRIMARY KEY,"
                                        " stored_at timestamptz NOT NULL DEFAULT now(),"
                                        " stored_by text NOT NULL DEFAULT session_user"
                                      : "n bigint NOT NULL, run_id bigint NOT NULL");
    for (size_t i = 0; i < layer->column_count; i++)
        buffer_format(sql, ", \"%s\" %s", layer->columns[i].name,
                      column_type(layer->columns[i].type));
    if (layer->shape)
        buffer_format(sql, ", geom geometry(%s, 4326)", shape_type(layer->shape));
    buffer_text(sql, layer->one_a_run ? ");" : ", PRIMARY KEY (run_id, n));");
    if (layer->shape)
        buffer_format(sql, "CREATE INDEX ON @.\"%s\" USING gist (geom);", layer->name);
}

/* A later program may know more columns. `there` holds the table's: ",a,b,". */
static void describe_columns(const struct package_layer *layer, const char *there,
                             struct buffer *sql)
{
    for (size_t i = 0; i < layer->column_count; i++) {
        char name[80];
        snprintf(name, sizeof name, ",%s,", layer->columns[i].name);
        if (!strstr(there, name))
            buffer_format(sql, "ALTER TABLE @.\"%s\" ADD COLUMN \"%s\" %s;", layer->name,
                          layer->columns[i].name, column_type(layer->columns[i].type));
    }
}

/* The names of the table's columns, ",a,b,"; "" when there is no such table. To be freed. */
static char *columns_there(struct package *package, const char *table)
{
    struct buffer names = {0};
    buffer_text(&names, "");
    char *sql = base_format("SELECT attname::text FROM pg_attribute WHERE attrelid ="
                            " to_regclass('\"%s\".\"%s\"') AND attnum > 0 AND NOT attisdropped",
                            package->postgis->schema, table);
    OGRLayerH rows = GDALDatasetExecuteSQL(package->dataset, sql, NULL, NULL);
    free(sql);
    for (OGRFeatureH f; rows && (f = OGR_L_GetNextFeature(rows));) {
        buffer_format(&names, "%s%s,", names.length ? "" : ",", OGR_F_GetFieldAsString(f, 0));
        OGR_F_Destroy(f);
    }
    if (rows)
        GDALDatasetReleaseResultSet(package->dataset, rows);
    return names.bytes;
}

/* Makes what the table lacks; the view of the latest run shows all of its columns. */
static bool make_table(struct package *package, const struct package_layer *layer)
{
    struct buffer sql = {0};
    char *there = columns_there(package, layer->name);
    if (text_empty(there))
        describe_table(layer, &sql);
    else
        describe_columns(layer, there, &sql);
    free(there);
    bool needed = sql.length > 0, ok = true;
    if (needed && !layer->one_a_run && !layer->no_view)
        buffer_format(&sql,
                      "CREATE OR REPLACE VIEW @.\"latest_%s\" AS SELECT * FROM @.\"%s\""
                      " WHERE run_id = (SELECT max(run_id) FROM @.runs)",
                      layer->name, layer->name);
    if (needed)
        ok = postgis_do(package->dataset, package->postgis, sql.bytes);
    package->postgis->changed |= needed;
    buffer_free(&sql);
    return ok;
}

OGRLayerH postgis_layer(struct package *package, const struct package_layer *layer,
                        struct error *error)
{
    struct postgis *at = package->postgis;
    char name[160];
    crs_close(at->crs);
    at->crs = NULL;
    if (layer->shape && !text_equal(layer->crs, "EPSG:4326") &&
        crs_open(layer->crs, &at->crs, error) != STATUS_OK)
        return NULL;
    if (!make_table(package, layer))
        return NULL;
    at->begun |= layer->one_a_run;
    snprintf(name, sizeof name, "%s.%s", at->schema, layer->name);
    return GDALDatasetGetLayerByName(package->dataset, name);
}

/* ---- rows -------------------------------------------------------------------------------- */

/* Bytes of the character that stands there; 0: none does. */
static size_t character_length(const char *text, size_t left)
{
    utf8proc_int32_t code;
    if (!(*text & 0x80))
        return 1;
    utf8proc_ssize_t used =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)left, &code);
    return used > 0 ? (size_t)used : 0;
}

const char *postgis_text(struct package *package, const char *text)
{
    struct buffer *kept = &package->postgis->text;
    size_t length = strlen(text), good = 0, used;
    while (good < length && (used = character_length(text + good, length - good)))
        good += used;
    if (good == length)
        return text;
    buffer_clear(kept);
    for (size_t i = 0; i < length; i += used ? used : 1) {
        used = character_length(text + i, length - i);
        buffer_append(kept, used ? text + i : "\xEF\xBF\xBD", used ? used : 3);
    }
    return kept->bytes;
}

const struct xy *postgis_row_of(struct package *package, OGRFeatureH feature,
                                const struct xy *points, size_t count)
{
    struct postgis *at = package->postgis;
    int run = OGR_F_GetFieldIndex(feature, "run_id"), n = OGR_F_GetFieldIndex(feature, "n");
    if (run < 0) /* a key of one column is GDAL's FID */
        OGR_F_SetFID(feature, at->run);
    else
        OGR_F_SetFieldInteger64(feature, run, at->run);
    if (n >= 0)
        OGR_F_SetFieldInteger64(feature, n, (GIntBig)package->rows);
    if (!at->crs || !count)
        return points;
    at->points = base_grow(at->points, &at->point_capacity, count, sizeof *at->points);
    for (size_t i = 0; i < count; i++) {
        struct point p = crs_inverse(at->crs, points[i]);
        at->points[i] = (struct xy){p.lon, p.lat};
    }
    return at->points;
}

/* ---- the end of a run -------------------------------------------------------------------- */

/* QGIS looks for styles in its own table, and makes it as here. */
static const char STYLES[] =
    "CREATE TABLE IF NOT EXISTS public.layer_styles (id serial PRIMARY KEY,"
    " f_table_catalog varchar, f_table_schema varchar, f_table_name varchar,"
    " f_geometry_column varchar, stylename text, styleqml xml, stylesld xml,"
    " useasdefault boolean, description text, owner varchar(63) DEFAULT current_user,"
    " ui xml, update_time timestamp DEFAULT current_timestamp, type varchar)";
static const char MAY_STYLE[] =
    "SELECT (CASE WHEN to_regclass('public.layer_styles') IS NULL"
    " THEN has_schema_privilege('public', 'CREATE')"
    " ELSE has_table_privilege('public.layer_styles', 'INSERT')"
    " AND has_table_privilege('public.layer_styles', 'DELETE') END)::int::text"
    " WHERE to_regnamespace('public') IS NOT NULL";
/* Ours are replaced; one that a user made the default stays it. */
static const char OLD_STYLES[] =
    "DELETE FROM public.layer_styles WHERE f_table_schema = btrim('@', '\"')"
    " AND f_table_catalog = current_database() AND stylename = 'covtriage'";
static const char NEW_STYLES[] =
    "UPDATE public.layer_styles s SET f_table_catalog = current_database(),"
    " f_table_schema = btrim('@', '\"'), f_table_name = 'latest_' || f_table_name,"
    " stylename = 'covtriage', useasdefault = NOT EXISTS (SELECT 1 FROM public.layer_styles o"
    " WHERE o.f_table_schema = btrim('@', '\"') AND o.f_table_name ="
    " 'latest_' || s.f_table_name AND o.useasdefault)"
    " WHERE f_table_catalog IS NULL AND f_table_schema IS NULL AND stylename = f_table_name";

bool postgis_styles(struct package *package, struct error *error)
{
    struct postgis *at = package->postgis;
    struct postgis_row row;
    if (!postgis_ask(package->dataset, at, MAY_STYLE, &row) || row.values[0][0] != '1')
        return true; /* then QGIS opens the layers in its own colours */
    if (!postgis_do(package->dataset, at, STYLES) ||
        !postgis_do(package->dataset, at, OLD_STYLES))
        return false;
    package->layer = GDALDatasetGetLayerByName(package->dataset, "public.layer_styles");
    return package->layer && package_write_styles(package, error) == STATUS_OK &&
           postgis_do(package->dataset, at, NEW_STYLES);
}

/* A COMMIT of what the server gave up is answered as if it were done. */
static bool run_is_there(struct package *package)
{
    struct postgis_row row;
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*)::text FROM @.runs WHERE run_id = %" PRId64,
             package->postgis->run);
    return postgis_ask(package->dataset, package->postgis, sql, &row) &&
           text_equal(row.values[0], "1");
}

enum status postgis_finish(struct package *package, struct error *error)
{
    struct postgis *at = package->postgis;
    if (error->status == STATUS_OK && package->failure[0])
        error_set(error, STATUS_IO, "cannot write the run to %s: %s; nothing of it was stored",
                  at->shown, package->failure);
    if (error->status != STATUS_OK) {
        GDALDatasetRollbackTransaction(package->dataset);
        return error->status;
    }
    bool ok = GDALDatasetCommitTransaction(package->dataset) == OGRERR_NONE;
    if (ok && (!at->begun || run_is_there(package)))
        return STATUS_OK;
    return error_set(error, STATUS_IO,
                     "the server of %s did not confirm run %" PRId64
                     " (%s): it is there whole or not at all; see the table runs, then repeat",
                     at->shown, at->run, package->failure);
}

/* ---- reading ----------------------------------------------------------------------------- */

static enum status find_run(struct package *package, struct error *error)
{
    struct postgis *at = package->postgis;
    char sql[160];
    struct postgis_row row;
    if (at->run > 0)
        snprintf(sql, sizeof sql, "SELECT run_id::text FROM @.runs WHERE run_id = %" PRId64,
                 at->run);
    else
        snprintf(sql, sizeof sql,
                 "SELECT run_id::text FROM @.runs ORDER BY run_id DESC OFFSET %d LIMIT 1",
                 at->run == 0 ? 0 : 1);
    if (!postgis_ask(package->dataset, at, sql, &row))
        return error_set(error, STATUS_MISSING,
                         at->run > 0    ? "%s holds no run %" PRId64 "; see its table runs"
                         : at->run == 0 ? "%s holds no runs yet"
                                        : "%s holds only one run",
                         at->shown, at->run);
    at->run = strtoll(row.values[0], NULL, 10);
    return STATUS_OK;
}

enum status postgis_open(struct package *package, struct error *error)
{
    struct postgis *at = package->postgis;
    if (postgis_connect(at, false, &package->dataset, error) != STATUS_OK)
        return error->status;
    /* What is read belongs together, whatever others write or delete meanwhile. */
    if (GDALDatasetStartTransaction(package->dataset, FALSE) != OGRERR_NONE ||
        !postgis_do(package->dataset, at,
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        return error_set(error, STATUS_IO, "cannot read %s: %s", at->shown, gdal_reason());
    if (postgis_fit(package->dataset, at, false, error) != STATUS_OK)
        return error->status;
    return find_run(package, error);
}

/* The columns that are asked for, as far as the table has them. */
static void select_columns(const struct package_layer *layer, const char *there,
                           struct buffer *sql)
{
    buffer_text(sql, "SELECT run_id");
    for (size_t i = 0; i < layer->column_count; i++) {
        char name[80];
        snprintf(name, sizeof name, ",%s,", layer->columns[i].name);
        if (strstr(there, name))
            buffer_format(sql, ", \"%s\"", layer->columns[i].name);
    }
    if (layer->shape)
        buffer_text(sql, ", geom");
}

OGRLayerH postgis_select(struct package *package, const struct package_layer *layer)
{
    const struct postgis *at = package->postgis;
    struct buffer sql = {0};
    char *there = columns_there(package, layer->name);
    OGRLayerH rows = NULL;
    if (layer->of_all)
        buffer_format(&sql, "SELECT * FROM \"%s\".\"%s\"", at->schema, layer->name);
    else {
        select_columns(layer, there, &sql);
        buffer_format(&sql, " FROM \"%s\".\"%s\" WHERE run_id = %" PRId64, at->schema,
                      layer->name, at->run);
        if (package->only)
            buffer_format(&sql, " AND \"%s\" = %" PRIu32, package->only, package->only_value);
        buffer_text(&sql, layer->one_a_run ? "" : " ORDER BY n");
    }
    if (!text_empty(there))
        rows = GDALDatasetExecuteSQL(package->dataset, sql.bytes, NULL, NULL);
    buffer_free(&sql);
    free(there);
    return rows;
}
