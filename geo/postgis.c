/* The way to a database: what the user wrote, the connection, and why there is none. */
#include "geo/postgis.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <ctype.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "geo/gdal.h"
#include "geo/package_inner.h"

static const char SECRET[] =
    "a password does not belong on a command line, where others can read it: put it into "
    "PGPASSWORD, ~/.pgpass or a service file";

bool postgis_named(const char *place)
{
    return place && (strncasecmp(place, "PG:", 3) == 0);
}

/* ---- what the user wrote ----------------------------------------------------------------- */

/* Takes the word `key`=value out of the text, where it stands outside quotes. */
static bool take_word(char *text, const char *key, char *value, size_t size)
{
    bool quoted = false;
    size_t length = strlen(key);
    for (char *c = text; *c; c++) {
        quoted ^= *c == '\'';
        if (quoted || (c > text && c[-1] != ' ') || strncmp(c, key, length) != 0 ||
            c[length] != '=')
            continue;
        size_t end = length + 1 + strcspn(c + length + 1, " ");
        snprintf(value, size, "%.*s", (int)(end - length - 1), c + length + 1);
        memset(c, ' ', end);
        return true;
    }
    return false;
}

static bool is_identifier(const char *text)
{
    if (!islower((unsigned char)*text) && *text != '_')
        return false;
    for (const char *c = text; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return false;
    return strlen(text) < sizeof((struct postgis *)0)->schema && !text_starts(text, "pg_");
}

static enum status take_own_words(char *text, struct postgis *out, struct error *error)
{
    char schema[128] = "covtriage", run[32] = "0", *end;
    take_word(text, "schema", schema, sizeof schema);
    take_word(text, "run", run, sizeof run);
    if (!is_identifier(schema))
        return error_set(error, STATUS_USAGE,
                         "schema= takes a name of small letters, digits and _, such as "
                         "schema=county7");
    snprintf(out->schema, sizeof out->schema, "%s", schema);
    out->run = strtoll(run, &end, 10);
    if (end == run || *end || out->run < -1)
        return error_set(error, STATUS_USAGE,
                         "run= takes the number of a run, or -1 for the one before the latest");
    return STATUS_OK;
}

static void append_quoted(struct buffer *to, const char *key, const char *value)
{
    buffer_format(to, "%s%s='", to->length && !text_ends(to->bytes, ":") ? " " : "", key);
    for (const char *c = value; *c; c++) {
        if (*c == '\'' || *c == '\\')
            buffer_text(to, "\\");
        buffer_append(to, c, 1);
    }
    buffer_text(to, "'");
}

/* People see where it is, nothing else. */
static bool is_shown(const char *key)
{
    static const char *const keys[] = {"dbname", "host", "port", "user", "service"};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        if (text_equal(key, keys[i]))
            return true;
    return false;
}

static void spell_out(const PQconninfoOption *options, struct postgis *out)
{
    static const struct {
        const char *key, *value;
    } ours[] = {{"client_encoding", "UTF8"},
                {"application_name", "covtriage"},
                {"connect_timeout", "10"}};
    struct buffer connection = {0}, shown = {0};
    buffer_text(&connection, "PG:");
    buffer_text(&shown, "PG:");
    for (const PQconninfoOption *o = options; o->keyword; o++) {
        const char *value = o->val;
        for (size_t i = 0; i < ARRAY_COUNT(ours); i++)
            if (text_equal(o->keyword, ours[i].key) && (!value || i == 0))
                value = ours[i].value;
        if (value)
            append_quoted(&connection, o->keyword, value);
        if (value && is_shown(o->keyword))
            buffer_format(&shown, "%s%s=%s", shown.length > 3 ? " " : "", o->keyword, value);
    }
    if (!text_equal(out->schema, "covtriage"))
        buffer_format(&shown, "%sschema=%s", shown.length > 3 ? " " : "", out->schema);
    out->connection = connection.bytes;
    out->shown = shown.bytes;
}

enum status postgis_parse(const char *place, struct postgis *out, struct error *error)
{
    *out = (struct postgis){0};
    char *text = base_text(place + 3);
    enum status status = take_own_words(text, out, error);
    char *message = NULL; /* repeats what was typed, which may be a password */
    PQconninfoOption *options = status == STATUS_OK ? PQconninfoParse(text, &message) : NULL;
    PQfreemem(message);
    if (status == STATUS_OK && !options)
        status = error_set(error, STATUS_USAGE,
                           "what follows PG: is not understood; write PG:\"dbname=NAME "
                           "host=HOST user=USER\", with words that libpq knows");
    for (const PQconninfoOption *o = options; status == STATUS_OK && o && o->keyword; o++)
        if (o->val && (text_ends(o->keyword, "password") || strstr(o->val, "://")))
            status = error_set(error, STATUS_USAGE, "%s", SECRET);
    if (status == STATUS_OK)
        spell_out(options, out);
    PQconninfoFree(options);
    free(text);
    return status;
}

void postgis_free(struct postgis *at)
{
    if (!at)
        return;
    crs_close(at->crs);
    free(at->points);
    buffer_free(&at->text);
    free(at->connection);
    free(at->shown);
    *at = (struct postgis){0};
}

char *postgis_shown(const char *place)
{
    struct postgis at;
    struct error error = {0};
    char *shown = base_text("PG:...");
    if (postgis_parse(place, &at, &error) == STATUS_OK) {
        free(shown);
        shown = base_text(at.shown);
    }
    postgis_free(&at);
    return shown;
}

/* ---- the connection ---------------------------------------------------------------------- */

/* libpq's reason in one line: its lines joined, without "FATAL:" and the like in front. */
static void one_line(const char *text, char *out, size_t size)
{
    size_t length = 0;
    for (const char *c = text; *c && length + 1 < size; c++)
        if ((unsigned char)*c > ' ')
            out[length++] = *c;
        else if (length && out[length - 1] != ' ')
            out[length++] = ' ';
    while (length && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
}

/* Why is there no connection? Asked of libpq, whose answers do not depend on the language. */
static enum status say_refusal(const struct postgis *at, struct error *error)
{
    const char *connection = at->connection + 3;
    char reason[400];
    PGPing ping = PQping(connection);
    PGconn *again = PQconnectdb(connection);
    bool wanted = PQconnectionNeedsPassword(again);
    one_line(PQstatus(again) == CONNECTION_OK ? gdal_reason() : PQerrorMessage(again), reason,
             sizeof reason);
    PQfinish(again);
    if (ping == PQPING_NO_RESPONSE)
        return error_set(error, STATUS_IO, "no PostgreSQL server answers for %s: %s", at->shown,
                         reason);
    if (ping == PQPING_REJECT)
        return error_set(error, STATUS_IO,
                         "the server of %s is starting, stopping or recovering; try again: %s",
                         at->shown, reason);
    if (wanted)
        return error_set(error, STATUS_IO,
                         "%s wants a password: put it into PGPASSWORD, ~/.pgpass or a service "
                         "file",
                         at->shown);
    return error_set(error, STATUS_IO, "%s refuses: %s", at->shown, reason);
}

enum status postgis_connect(const struct postgis *at, bool writing, GDALDatasetH *out,
                            struct error *error)
{
    static const char *const drivers[] = {"PostgreSQL", NULL};
    char schemas[96];
    snprintf(schemas, sizeof schemas, "SCHEMAS=%s", at->schema);
    const char *const options[] = {schemas, NULL};
    unsigned flags = GDAL_OF_VECTOR | (writing ? GDAL_OF_UPDATE : GDAL_OF_READONLY);
    gdal_start();
    if (!gdal_database(true))
        return error_set(error, STATUS_IO, "this GDAL has no PostgreSQL driver");
    *out = GDALOpenEx(at->connection, flags, drivers, options, NULL);
    gdal_database(false);
    return *out ? STATUS_OK : say_refusal(at, error);
}

/* ---- questions and commands -------------------------------------------------------------- */

static char *with_schema(const struct postgis *at, const char *sql)
{
    struct buffer text = {0};
    for (const char *c = sql; *c; c++)
        if (*c == '@')
            buffer_format(&text, "\"%s\"", at->schema);
        else
            buffer_append(&text, c, 1);
    return text.bytes;
}

bool postgis_ask(GDALDatasetH dataset, const struct postgis *at, const char *sql,
                 struct postgis_row *row)
{
    char *text = with_schema(at, sql);
    OGRLayerH result = GDALDatasetExecuteSQL(dataset, text, NULL, NULL);
    free(text);
    OGRFeatureH feature = result ? OGR_L_GetNextFeature(result) : NULL;
    memset(row, 0, sizeof *row);
    for (int i = 0; feature && i < BASE_MIN(OGR_F_GetFieldCount(feature), POSTGIS_VALUES); i++)
        snprintf(row->values[i], sizeof row->values[i], "%s",
                 OGR_F_GetFieldAsString(feature, i));
    bool found = feature != NULL;
    OGR_F_Destroy(feature);
    if (result)
        GDALDatasetReleaseResultSet(dataset, result);
    return found;
}

bool postgis_do(GDALDatasetH dataset, const struct postgis *at, const char *sql)
{
    char *text = with_schema(at, sql);
    CPLErrorReset();
    OGRLayerH result = GDALDatasetExecuteSQL(dataset, text, NULL, NULL);
    free(text);
    if (result)
        GDALDatasetReleaseResultSet(dataset, result);
    return CPLGetLastErrorType() < CE_Failure;
}

/* ---- is the database fit? ---------------------------------------------------------------- */

enum fact {
    FACT_DATABASE = 0,
    FACT_USER,
    FACT_ENCODING,
    FACT_READ_ONLY,
    FACT_POSTGIS,
    FACT_AVAILABLE,
    FACT_SUPERUSER,
    FACT_MAKES_SCHEMAS,
    FACT_SCHEMA,
    FACT_VERSIONED,
    FACT_EMPTY,
    FACT_USES,
    FACT_MAKES_TABLES,
    FACT_WRITES,
};

/* GDAL tells columns apart by their names. */
static const char FACTS[] =
    "SELECT current_database()::text AS a, current_user::text AS b,"
    " getdatabaseencoding()::text AS c, current_setting('transaction_read_only') AS d,"
    " (SELECT count(*) FROM pg_extension WHERE extname = 'postgis')::text AS e,"
    " (SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis')::text AS f,"
    " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)::int::text AS g,"
    " has_database_privilege(current_database(), 'CREATE')::int::text AS h,"
    " (to_regnamespace('@') IS NOT NULL)::int::text AS i,"
    " (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('@')"
    " AND relname = 'schema_version')::text AS j,"
    " (NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('@')))"
    "::int::text AS k,"
    " coalesce(has_schema_privilege(to_regnamespace('@')::oid, 'USAGE'), false)::int::text"
    " AS l,"
    " coalesce(has_schema_privilege(to_regnamespace('@')::oid, 'CREATE'), false)::int::text"
    " AS m,"
    " coalesce((SELECT has_table_privilege(oid, 'INSERT') FROM pg_class"
    " WHERE relnamespace = to_regnamespace('@') AND relname = 'runs'), false)::int::text AS n";

enum { LAYOUT = 1 }; /* of the tables; columns are added without a new one */

static bool yes(const struct postgis_row *facts, enum fact fact)
{
    return facts->values[fact][0] == '1';
}

static enum status need_postgis(GDALDatasetH dataset, const struct postgis *at,
                                const struct postgis_row *facts, struct error *error)
{
    const char *database = facts->values[FACT_DATABASE];
    if (yes(facts, FACT_POSTGIS))
        return STATUS_OK;
    if (!yes(facts, FACT_AVAILABLE))
        return error_set(error, STATUS_IO,
                         "the server of %s has no PostGIS; install it there (Debian: "
                         "postgresql-15-postgis-3)",
                         at->shown);
    if (yes(facts, FACT_SUPERUSER) && postgis_do(dataset, at, "CREATE EXTENSION postgis"))
        return STATUS_OK;
    return error_set(
        error, STATUS_IO,
        "the database %s lacks PostGIS and %s may not add it: let an administrator "
        "run CREATE EXTENSION postgis there once",
        database, facts->values[FACT_USER]);
}

/* Nothing is there yet. */
static enum status need_rights(const struct postgis *at, const struct postgis_row *facts,
                               struct error *error)
{
    bool there = yes(facts, FACT_SCHEMA);
    if (there ? yes(facts, FACT_MAKES_TABLES) : yes(facts, FACT_MAKES_SCHEMAS))
        return STATUS_OK;
    const char *user = facts->values[FACT_USER];
    return error_set(error, STATUS_IO,
                     "%s may not make %s in the database %s: let its owner run %s SCHEMA %s "
                     "%s %s",
                     user, there ? "tables" : "a schema", facts->values[FACT_DATABASE],
                     there ? "ALTER" : "CREATE", at->schema,
                     there ? "OWNER TO" : "AUTHORIZATION", user);
}

/* Are the tables ours, and does this program know them? */
static enum status know_layout(GDALDatasetH dataset, const struct postgis *at,
                               struct error *error)
{
    struct postgis_row row;
    if (!postgis_ask(dataset, at,
                     "SELECT max(version)::text AS a, min(program) AS b FROM @.schema_version",
                     &row) ||
        !text_equal(row.values[1], "covtriage"))
        return error_set(error, STATUS_FORMAT,
                         "the tables in the schema %s of %s were not made by covtriage; name "
                         "another with schema=NAME",
                         at->schema, at->shown);
    if (atoi(row.values[0]) > LAYOUT)
        return error_set(error, STATUS_FORMAT,
                         "the schema %s of %s was made by a newer covtriage (layout %s; this "
                         "one knows %d): update this program",
                         at->schema, at->shown, row.values[0], LAYOUT);
    return STATUS_OK;
}

static enum status fit_to_write(GDALDatasetH dataset, const struct postgis *at,
                                const struct postgis_row *facts, struct error *error)
{
    if (text_equal(facts->values[FACT_READ_ONLY], "on"))
        return error_set(error, STATUS_IO,
                         "the server of %s only lets read (a standby, or set so): name the one "
                         "that is written to",
                         at->shown);
    if (!text_equal(facts->values[FACT_ENCODING], "UTF8"))
        return error_set(error, STATUS_IO,
                         "the database %s keeps texts in %s, which cannot hold every ticket; "
                         "make it with ENCODING 'UTF8'",
                         facts->values[FACT_DATABASE], facts->values[FACT_ENCODING]);
    if (need_postgis(dataset, at, facts, error) != STATUS_OK)
        return error->status;
    if (!yes(facts, FACT_VERSIONED) && yes(facts, FACT_EMPTY))
        return need_rights(at, facts, error);
    if (know_layout(dataset, at, error) == STATUS_OK && !yes(facts, FACT_WRITES))
        error_set(error, STATUS_IO,
                  "%s may only read the runs of %s: let the owner of the tables run GRANT "
                  "INSERT, or make it a member of the owner's role",
                  facts->values[FACT_USER], at->shown);
    return error->status;
}

enum status postgis_fit(GDALDatasetH dataset, const struct postgis *at, bool writing,
                        struct error *error)
{
    struct postgis_row facts;
    if (!postgis_ask(dataset, at, FACTS, &facts))
        return error_set(error, STATUS_IO, "%s does not answer: %s", at->shown, gdal_reason());
    if (writing)
        return fit_to_write(dataset, at, &facts, error);
    if (!yes(&facts, FACT_SCHEMA) || yes(&facts, FACT_EMPTY))
        return error_set(error, STATUS_MISSING,
                         "%s holds no runs yet; `covtriage triage DIR -o PG:...` writes one",
                         at->shown);
    if (!yes(&facts, FACT_USES))
        return error_set(error, STATUS_IO, "%s may not read the schema %s of %s: GRANT USAGE",
                         facts.values[FACT_USER], at->schema, at->shown);
    return know_layout(dataset, at, error);
}

enum status postgis_check(const char *place, struct error *error)
{
    struct postgis at;
    GDALDatasetH dataset = NULL;
    if (postgis_parse(place, &at, error) == STATUS_OK &&
        postgis_connect(&at, true, &dataset, error) == STATUS_OK)
        postgis_fit(dataset, &at, true, error);
    if (dataset)
        GDALClose(dataset);
    postgis_free(&at);
    return error->status;
}
