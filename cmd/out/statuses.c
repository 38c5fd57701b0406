#include "cmd/out/statuses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/out/store_runs.h"
#include "geo/package.h"
#include "geo/postgis.h"

struct keeping {
    struct result *result;
    struct textmap by_id; /* order_id -> order */
    bool typed;           /* rows come from a sheet, not from the store */
    const char **old_status, **old_note;
};

static void start_keeping(struct keeping *keeping, struct result *result)
{
    size_t count = result->order_count;
    *keeping = (struct keeping){.result = result,
                                .old_status = base_alloc(count + 1, sizeof(char *)),
                                .old_note = base_alloc(count + 1, sizeof(char *))};
    for (size_t i = 0; i < count; i++) {
        textmap_put(&keeping->by_id, result->orders[i].order_id, (uint32_t)i);
        keeping->old_status[i] = keeping->old_note[i] = "";
    }
}

static void end_keeping(struct keeping *keeping)
{
    textmap_free(&keeping->by_id);
    free(keeping->old_status);
    free(keeping->old_note);
}

static enum status keep_row(void *context, const void *record, const struct xy *points,
                            size_t count)
{
    struct keeping *keeping = context;
    const struct store_status *row = record;
    (void)points;
    (void)count;
    uint32_t i =
        text_empty(row->order_id) ? TEXTMAP_NONE : textmap_get(&keeping->by_id, row->order_id);
    if (i == TEXTMAP_NONE)
        return STATUS_OK;
    struct result_order *order = &keeping->result->orders[i];
    if (!keeping->typed) {
        order->status = keeping->old_status[i] = row->status;
        order->note = keeping->old_note[i] = row->note;
        return STATUS_OK;
    }
    if (!text_empty(row->status) && !text_equal(row->status, keeping->old_status[i]))
        order->status = row->status, order->typed = true;
    if (!text_empty(row->note) && !text_equal(row->note, keeping->old_note[i]))
        order->note = row->note, order->typed = true;
    return STATUS_OK;
}

/* The headers of one layer: the store's, or those of the language that a sheet was made in. */
static bool read_layer(struct keeping *keeping, struct package *package, size_t index,
                       const char *const header[3], struct error *error)
{
    const struct package_column columns[] = {
        {header[0], PACKAGE_TEXT, offsetof(struct store_status, order_id)},
        {header[1], PACKAGE_TEXT, offsetof(struct store_status, status)},
        {header[2], PACKAGE_TEXT, offsetof(struct store_status, note)},
    };
    const struct package_layer layer = {.name = package_layer_name(package, index),
                                        .columns = columns,
                                        .column_count = ARRAY_COUNT(columns)};
    if (!package_has_column(package, index, header[0]) ||
        !package_has_column(package, index, header[1]))
        return true;
    return package_read(package, &layer, keeping->result->arena, keep_row, keeping, error) ==
           STATUS_OK;
}

static enum status read_file(struct keeping *keeping, const char *path, struct error *error)
{
    const char *const headers[][3] = {
        {"order_id", "status", "note"},
        {"Order", "Status", "Note"},
        {say(LANGUAGE_ZH, "Order"), say(LANGUAGE_ZH, "Status"), say(LANGUAGE_ZH, "Note")}};
    struct package *package = NULL;
    if (package_open_any(path, &package, error) != STATUS_OK)
        return error->status;
    bool ok = true;
    for (size_t l = 0; ok && l < package_layer_count(package); l++)
        for (size_t h = 0; ok && h < ARRAY_COUNT(headers); h++)
            ok = read_layer(keeping, package, l, headers[h], error);
    return package_close(package, error);
}

static bool there(const char *folder, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", folder, name);
    return access(path, R_OK) == 0;
}

/* ---- the statuses of a team's database --------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return text_equal(a ? a : "", b ? b : "");
}

/* What was typed into a sheet since stays, and is news to the database. */
static enum status join_row(void *context, const void *record, const struct xy *points,
                            size_t count)
{
    struct keeping *keeping = context;
    const struct store_status *row = record;
    (void)points;
    (void)count;
    uint32_t i = textmap_get(&keeping->by_id, row->order_id);
    if (i == TEXTMAP_NONE)
        return STATUS_OK;
    struct result_order *order = &keeping->result->orders[i];
    keeping->old_status[i] = row->status;
    keeping->old_note[i] = row->note;
    if (!order->typed)
        order->status = row->status, order->note = row->note;
    return STATUS_OK;
}

enum status statuses_join(struct result *result, const char *database, struct error *error)
{
    struct keeping keeping;
    struct package *package = NULL;
    struct error none = {0};
    start_keeping(&keeping, result);
    if (package_open(database, &package, &none) == STATUS_OK) {
        store_runs_statuses(package, result->arena, join_row, &keeping, error);
        package_close(package, error);
    } else if (none.status != STATUS_MISSING) /* else no run is there yet */
        error_set(error, none.status, "%s", none.text);
    for (size_t i = 0; i < result->order_count; i++) {
        struct result_order *order = &result->orders[i];
        order->typed = !same_text(order->status, keeping.old_status[i]) ||
                       !same_text(order->note, keeping.old_note[i]);
    }
    end_keeping(&keeping);
    return error->status;
}

/* ---- the sheets in a folder -------------------------------------------------------------- */

enum status statuses_keep(struct result *result, const char *folder, struct error *error)
{
    char path[4096];
    struct keeping keeping;
    start_keeping(&keeping, result);
    struct error no_store = {
        0}; /* an unreadable old store only means that nothing was stored */
    if (there(folder, "triage.gpkg", path, sizeof path) ||
        (there(folder, "worklist.xlsx", path, sizeof path) &&
         there(folder, "worklist.csv", path,
               sizeof path))) /* made with it, seldom typed into */
        read_file(&keeping, path, &no_store);
    keeping.typed = true;
    enum status status = STATUS_OK;
    if (there(folder, "worklist.xlsx", path, sizeof path) ||
        there(folder, "worklist.csv", path, sizeof path))
        status = read_file(&keeping, path, error);
    end_keeping(&keeping);
    return status;
}
