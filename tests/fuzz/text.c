/* Any text as a value, a time, an identity, a rule, an address. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "geo/datum.h"
#include "geo/gazetteer.h"
#include "models/rules.h"
#include "models/tables/identity.h"
#include "models/tables/time.h"
#include "models/tables/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gazetteer *small_gazetteer(void)
{
    static const struct gazetteer_place places[] = {
        {"沛源县", GAZETTEER_COUNTY, {113, 33}, "", ""},
        {"双河镇", GAZETTEER_TOWNSHIP, {113.01, 33}, "沛源县", "双河"},
        {"双河中学", GAZETTEER_POI, {113.011, 33.001}, "沛源县/双河镇", ""},
        {"建设路", GAZETTEER_ROAD, {113.012, 33.002}, "沛源县/双河镇", ""},
    };
    struct error error = {0};
    struct gazetteer *gazetteer = gazetteer_new();
    for (size_t i = 0; i < ARRAY_COUNT(places); i++)
        gazetteer_add(gazetteer, &places[i]);
    gazetteer_finish(gazetteer, &error);
    return gazetteer;
}

static void try_address(const char *text)
{
    static struct gazetteer *gazetteer;
    static struct gazetteer_scratch *scratch;
    if (gazetteer == NULL) {
        gazetteer = small_gazetteer();
        scratch = gazetteer_scratch_new(gazetteer);
    }
    struct gazetteer_hit hit;
    gazetteer_find(gazetteer, scratch, text, &hit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = base_alloc(size + 1, 1), why[VALUE_WHY_SIZE];
    const char *reason = NULL;
    struct identity_key keys[IDENTITY_KEYS];
    struct error error = {0};
    struct rules rules;
    struct point point;
    double number;
    int64_t at_s;
    size_t length;
    memcpy(text, data, size);
    value_number(text, "dBm", &number, why);
    value_degrees(text, true, &number, why);
    value_point(text, false, &point, why);
    value_id(text, &length, why);
    time_parse(text, 8 * 3600, &at_s, &reason);
    identity_parse(text, 10, keys);
    identity_parse(text, 16, keys);
    identity_destroyed(text);
    datum_parse(text);
    rules_default(&rules);
    rules_set_text(&rules, text, "fuzz", &error);
    try_address(text);
    free(text);
    return 0;
}
