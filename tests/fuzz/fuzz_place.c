/* Fuzzing of what reads a place's words and a cell's identity: whatever the bytes, the answer
 * is a position with a radius, or none. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "geo/gazetteer.h"
#include "models/tables/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static const struct gazetteer_place fixed[] = {
    {"清溪县", GAZETTEER_COUNTY, {110.2, 30.2}, "望江市", "清溪"},
    {"罗家店村", GAZETTEER_VILLAGE, {110.3, 30.3}, "望江市/清溪县", ""},
    {"解放路10号", GAZETTEER_ADDRESS, {110.20, 30.20}, "望江市/清溪县", ""},
    {"解放路90号", GAZETTEER_ADDRESS, {110.21, 30.20}, "望江市/清溪县", ""},
    {"Hope", GAZETTEER_CITY, {-121.44, 49.38}, "CA/02", ""},
};

struct fuzz_table {
    struct gazetteer *gazetteer;
    struct gazetteer_scratch *scratch;
};

/* Built once. */
static const struct fuzz_table *table_of_places(void)
{
    static struct fuzz_table table;
    if (table.gazetteer)
        return &table;
    table.gazetteer = gazetteer_new();
    for (size_t i = 0; i < ARRAY_COUNT(fixed); i++)
        gazetteer_add(table.gazetteer, &fixed[i]);
    gazetteer_finish(table.gazetteer);
    table.scratch = gazetteer_scratch_new(table.gazetteer);
    return &table;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    const struct fuzz_table *table = table_of_places();
    struct gazetteer_hit hit;
    bool found = gazetteer_find(table->gazetteer, table->scratch, text, &hit);
    check(found == (hit.level != GAZETTEER_UNKNOWN));
    check(!found || (point_valid(hit.at) && hit.radius_m > 0 && isfinite(hit.radius_m)));
    struct identity_key keys[IDENTITY_KEYS];
    check(identity_parse(text, 10, keys) <= IDENTITY_KEYS);
    check(identity_parse(text, 16, keys) <= IDENTITY_KEYS);
    identity_destroyed(text);
    free(text);
    return 0;
}
