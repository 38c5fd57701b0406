/* Fuzzing of the small files that users and crews write: antenna patterns, replies, legends,
 * alarm names, worklists with statuses, closed cases, rules, and tables of places that become a
 * gazetteer. The first byte chooses the file, the rest is its content. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/base.h"
#include "models/radio/antenna.h"
#include "models/tables/alarm_names.h"
#include "models/tables/gazette.h"
#include "models/tables/table.h"
#include "models/verdict/reply.h"
#include "tests/fuzz/fuzz.h"

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
    if (gazetteer_count(gazetteer)) {
        gazetteer_finish(gazetteer);
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 2)
        return 0;
    const uint8_t *body = bytes + 1;
    size_t size = length - 1;
    fuzz_empty();
    switch (bytes[0] % 6) {
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
        try_places(fuzz_put("places.csv", body, size));
        break;
    default: /* borders by name, as the maps read them */
        fuzz_put("borders.geojson", body, size);
        try_legends(fuzz_folder());
    }
    return 0;
}
