/* Fuzzing of the reading of a store: a good triage.gpkg is changed as the input says (values of
 * any type in any column, columns and layers renamed or gone, rows gone, shapes of any bytes),
 * or the input is the whole file. What is read is explained, compared and at times made into
 * products. */
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/out/compare.h"
#include "cmd/out/orders.h"
#include "cmd/out/products.h"
#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "geo/gdal.h"
#include "tests/fuzz/fuzz.h"
#include "tests/products/fake.h"

enum { CASES = 8, EDITS = 12, VALUE = 64, PRODUCTS_EVERY = 64 };

static struct buffer template;
static struct result ours; /* that the template was made of */

static void make_template(void)
{
    struct error error = {0};
    fake_result(&ours, CASES, 3);
    fuzz_check(orders_choose(&ours, NULL, &error) == STATUS_OK && ours.order_count);
    const char *path = fuzz_put("triage.gpkg", NULL, 0);
    fuzz_check(store_write(&ours, path, &error) == STATUS_OK);
    FILE *file = fopen(path, "rb");
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_append(&template, piece, n);
    fclose(file);
}

/* ---- edits --------------------------------------------------------------------------- */

struct reader {
    const uint8_t *at, *end;
};

static uint8_t next(struct reader *reader)
{
    return reader->at < reader->end ? *reader->at++ : 0;
}

/* A value as SQL: a number, text, bytes, nothing. */
static void write_value(struct reader *reader, struct buffer *sql)
{
    static const char *const numbers[] = {
        "0",   "-1",    "1e308",  "-1e308",     "9223372036854775807",
        "1.5", "9e999", "-9e999", "4294967296", "1e-320"};
    uint8_t kind = next(reader);
    size_t n = next(reader) % VALUE;
    switch (kind % 4) {
    case 0:
        buffer_text(sql, numbers[n % ARRAY_COUNT(numbers)]);
        return;
    case 1:
        buffer_text(sql, "NULL");
        return;
    default:
        buffer_text(sql, kind % 4 == 2 ? "X'" : "CAST(X'");
        while (n-- && reader->at < reader->end)
            buffer_format(sql, "%02x", next(reader));
        buffer_text(sql, kind % 4 == 2 ? "'" : "' AS TEXT)");
    }
}

static void write_edit(struct reader *reader, GDALDatasetH dataset, struct buffer *sql)
{
    int layers = GDALDatasetGetLayerCount(dataset);
    if (!layers)
        return;
    uint8_t kind = next(reader);
    OGRLayerH layer = GDALDatasetGetLayer(dataset, next(reader) % layers);
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    const char *name = OGR_L_GetName(layer), *shape = OGR_L_GetGeometryColumn(layer);
    int fields = OGR_FD_GetFieldCount(definition);
    const char *column =
        fields ? OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, next(reader) % fields))
               : "";
    unsigned row = next(reader) % 16;
    bool shaped = shape && *shape && kind % 8 == 7;
    switch (kind % 8) {
    case 0:
        buffer_format(sql, "DELETE FROM \"%s\" WHERE rowid > %u", name, row);
        return;
    case 1:
        buffer_format(sql, "ALTER TABLE \"%s\" RENAME COLUMN \"%s\" TO \"other\"", name,
                      column);
        return;
    case 2:
        buffer_format(sql, "DROP TABLE \"%s\"", name);
        return;
    default:
        buffer_format(sql, "UPDATE \"%s\" SET \"%s\" = ", name, shaped ? shape : column);
        write_value(reader, sql);
        if (row)
            buffer_format(sql, " WHERE rowid = %u", row);
    }
}

static void edit_store(const char *path, const uint8_t *bytes, size_t length)
{
    const char *drivers[] = {"GPKG", NULL};
    gdal_start();
    GDALDatasetH dataset =
        GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, drivers, NULL, NULL);
    fuzz_check(dataset != NULL);
    struct reader reader = {bytes, bytes + length};
    for (int i = 0; i < EDITS && reader.at < reader.end; i++) {
        struct buffer sql = {0};
        write_edit(&reader, dataset, &sql);
        if (sql.length)
            GDALDatasetReleaseResultSet(dataset,
                                        GDALDatasetExecuteSQL(dataset, sql.bytes, NULL, NULL));
        buffer_free(&sql);
    }
    GDALClose(dataset);
}

/* ---- reading ------------------------------------------------------------------------- */

static void check_result(const struct result *result)
{
    for (size_t i = 0; i < result->case_count; i++) {
        const struct result_case *c = &result->cases[i];
        fuzz_check(c->ticket_id && c->verdict && c->cause && c->flags && c->reason_en &&
                   c->reply_zh && c->address && c->district);
        for (size_t f = 0; c->facts && f < c->fact_count; f++)
            fuzz_check(c->facts[f].kind && c->facts[f].text_en && c->facts[f].file);
    }
    for (size_t i = 0; i < result->order_count; i++)
        fuzz_check(result->orders[i].order_id && result->orders[i].status);
}

static void explain(const char *ticket, bool json)
{
    char name[] = "explain", form[] = "--json", set[] = "--quiet", folder[256], id[256];
    snprintf(folder, sizeof folder, "%s", fuzz_folder());
    snprintf(id, sizeof id, "%s", ticket);
    char dashes[] = "--", *argv[] = {name, json ? form : set, dashes, folder, id, NULL};
    command_explain(5, argv);
}

static void use(struct result *result, uint64_t hash)
{
    struct error error = {0};
    for (size_t i = 0; i < result->case_count && i < 3; i++)
        explain(result->cases[i].ticket_id, i & 1);
    struct compare compare;
    compare_runs(result, result, &compare);
    for (size_t i = 0; i < compare.row_count; i++)
        fuzz_check(!(compare.rows[i].probability < 0) && !(compare.rows[i].probability > 1));
    compare_free(&compare);
    if (hash % PRODUCTS_EVERY)
        return;
    const struct products_options all = {0};
    products_write(result, fuzz_folder(), &all, &error);
}

/* ---- what comes back beside a store -------------------------------------------------- */

/* A worklist that a crew has typed into. */
static void try_statuses(const uint8_t *bytes, size_t length)
{
    struct result once = ours;
    struct error error = {0};
    fuzz_put("worklist.csv", bytes, length);
    once.arena = arena_new();
    once.orders = base_alloc(ours.order_count + 1, sizeof *once.orders);
    memcpy(once.orders, ours.orders, ours.order_count * sizeof *once.orders);
    if (statuses_keep(&once, fuzz_folder(), &error) != STATUS_OK)
        fuzz_check(error.text[0] != '\0');
    for (size_t i = 0; i < once.order_count; i++)
        fuzz_check(once.orders[i].status && once.orders[i].note);
    free(once.orders);
    arena_free(once.arena);
}

/* Closed cases, as the command reads them. */
static void try_calibrate(const uint8_t *bytes, size_t length)
{
    char name[] = "calibrate", quiet[] = "-q", closed[256], folder[256];
    fuzz_put("triage.gpkg", template.bytes, template.length);
    snprintf(closed, sizeof closed, "%s", fuzz_put("closed.csv", bytes, length));
    snprintf(folder, sizeof folder, "%s", fuzz_folder());
    char *argv[] = {name, quiet, closed, folder, NULL};
    command_calibrate(4, argv);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    fuzz_check(freopen("/dev/null", "w", stdout) != NULL);
    make_template();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 2)
        return 0;
    fuzz_empty();
    const char *path;
    if (bytes[0] == 'W' || bytes[0] == 'C') {
        (bytes[0] == 'W' ? try_statuses : try_calibrate)(bytes + 1, length - 1);
        return 0;
    }
    if (bytes[0] == 'S') { /* "SQLite format 3": the whole file */
        path = fuzz_put("triage.gpkg", bytes, length);
    } else {
        path = fuzz_put("triage.gpkg", template.bytes, template.length);
        edit_store(path, bytes + 1, length - 1);
    }
    struct result result;
    struct error error = {0};
    if (store_read(path, fuzz_folder(), &result, &error) == STATUS_OK) {
        check_result(&result);
        use(&result, hash_bytes(bytes, length));
    } else {
        fuzz_check(error.text[0] != '\0');
    }
    result_free(&result);
    return 0;
}
