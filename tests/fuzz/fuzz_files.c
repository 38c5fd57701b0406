/* Fuzzing of the small files that users and crews write: antenna patterns, replies, legends,
 * alarm names, worklists with statuses, closed cases, rules, and tables of places that become a
 * gazetteer. The first byte chooses the file, the rest is its content. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/out/base.h"
#include "cmd/out/orders.h"
#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "models/radio/antenna.h"
#include "models/tables/alarm_names.h"
#include "models/tables/gazette.h"
#include "models/tables/table.h"
#include "models/verdict/reply.h"
#include "tests/fuzz/fuzz.h"
#include "tests/products/fake.h"

enum { CASES = 12 };

static void try_pattern(const char *path)
{
    static struct antenna_pattern pattern;
    struct error error = {0};
    if (antenna_read_msi(path, &pattern, &error) != STATUS_OK) {
        fuzz_check(error.text[0] != '\0');
        return;
    }
    struct antenna antenna = antenna_default();
    const struct antenna_aim aim = {30, 2, 4};
    antenna.pattern = &pattern;
    for (int bearing = -180; bearing <= 180; bearing += 15) {
        double loss = antenna_loss_db(&antenna, &aim, bearing, bearing / 4.0);
        fuzz_check(isfinite(loss) && loss >= 0);
    }
}

static void try_replies(const char *folder)
{
    struct arena *arena = arena_new();
    const struct replies *replies = NULL;
    struct error error = {0};
    if (replies_read(folder, arena, &replies, &error) != STATUS_OK)
        fuzz_check(error.text[0] != '\0');
    arena_free(arena);
}

static void try_legends(const char *folder)
{
    struct result result;
    struct error error = {0};
    result_init(&result);
    if (base_read(folder, &result, &error) != STATUS_OK)
        fuzz_check(error.text[0] != '\0');
    result_free(&result);
}

static void try_alarm_names(const char *path)
{
    struct alarm_names *names = alarm_names_new();
    struct rejects rejects = {0};
    struct table_report report;
    const struct table_options options = {.rejects = &rejects};
    struct error error = {0};
    if (alarm_names_extend(names, path, &options, &report, &error) != STATUS_OK)
        fuzz_check(error.text[0] != '\0');
    alarm_names_find(names, "cell unavailable");
    alarm_names_free(names);
    arena_free(rejects.arena);
    free(rejects.items);
}

/* A worklist that came back, beside the result it belongs to. */
static void try_statuses(const char *folder)
{
    static struct result result;
    struct error error = {0};
    if (!result.arena) {
        fake_result(&result, CASES, 1);
        fuzz_check(orders_choose(&result, NULL, &error) == STATUS_OK && result.order_count);
    }
    struct arena *own = result.arena;
    struct result once = result;
    once.arena = arena_new();
    once.orders = base_alloc(result.order_count + 1, sizeof *once.orders);
    memcpy(once.orders, result.orders, result.order_count * sizeof *once.orders);
    if (statuses_keep(&once, folder, &error) != STATUS_OK)
        fuzz_check(error.text[0] != '\0');
    for (size_t i = 0; i < once.order_count; i++)
        fuzz_check(once.orders[i].status && once.orders[i].note);
    free(once.orders);
    arena_free(once.arena);
    result.arena = own;
}

/* Closed cases beside a store, as the command reads them; its output is not looked at. */
static void try_calibrate(const uint8_t *bytes, size_t length)
{
    static char store[256], closed[256];
    struct error error = {0};
    if (!store[0]) {
        struct result result;
        fake_result(&result, CASES, 2);
        snprintf(store, sizeof store, "%s/out", fuzz_folder());
        fuzz_check(mkdir(store, 0700) == 0); /* and it stays: fuzz_empty leaves folders alone */
        snprintf(closed, sizeof closed, "%s/triage.gpkg", store);
        fuzz_check(store_write(&result, closed, &error) == STATUS_OK);
        result_free(&result);
    }
    snprintf(closed, sizeof closed, "%s", fuzz_put("closed.csv", bytes, length));
    char name[] = "calibrate", quiet[] = "-q";
    char *argv[] = {name, quiet, closed, store, NULL};
    command_calibrate(4, argv);
}

static enum status add_place(void *context, const void *record)
{
    const struct place *place = record;
    const struct gazetteer_place row = {place->name, gazette_level(place->kind), place->at,
                                        place->parent, place->aliases};
    gazetteer_add(context, &row);
    return STATUS_OK;
}

static void try_places(const char *path)
{
    static const char *const asked[] = {"解放路10号", "清溪县罗家店村东北900米", "Hope"};
    struct gazetteer *gazetteer = gazetteer_new();
    struct rejects rejects = {0};
    const struct table_options options = {.rejects = &rejects};
    struct error error = {0};
    table_read(path, &place_spec, &options, add_place, gazetteer, NULL, &error);
    if (gazetteer_count(gazetteer) && gazetteer_finish(gazetteer, &error) == STATUS_OK) {
        struct gazetteer_scratch *scratch = gazetteer_scratch_new(gazetteer);
        for (size_t i = 0; i < ARRAY_COUNT(asked); i++) {
            struct gazetteer_hit hit;
            if (gazetteer_find(gazetteer, scratch, asked[i], &hit))
                fuzz_check(point_valid(hit.at) && hit.radius_m > 0 && isfinite(hit.radius_m));
        }
        gazetteer_scratch_free(scratch);
    }
    gazetteer_free(gazetteer);
    arena_free(rejects.arena);
    free(rejects.items);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    fuzz_check(freopen("/dev/null", "w", stdout) != NULL); /* commands print there */
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 2)
        return 0;
    const uint8_t *body = bytes + 1;
    size_t size = length - 1;
    fuzz_empty();
    switch (bytes[0] % 8) {
    case 0:
        try_pattern(fuzz_put("a.msi", body, size));
        break;
    case 1:
        fuzz_put("replies.csv", body, size);
        try_replies(fuzz_folder());
        break;
    case 2:
        fuzz_put("legends.csv", body, size);
        try_legends(fuzz_folder());
        break;
    case 3:
        try_alarm_names(fuzz_put("alarm_names.csv", body, size));
        break;
    case 4:
        fuzz_put("worklist.csv", body, size);
        try_statuses(fuzz_folder());
        break;
    case 5:
        try_calibrate(body, size);
        break;
    case 6:
        try_places(fuzz_put("places.csv", body, size));
        break;
    default: /* borders by name, as the maps read them */
        fuzz_put("borders.geojson", body, size);
        try_legends(fuzz_folder());
    }
    return 0;
}
