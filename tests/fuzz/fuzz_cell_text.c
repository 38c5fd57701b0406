/* Fuzzing of what reads one text: times, numbers, angles, ids, words, alarm names, a rule of
 * the command line, and of what masks phone numbers in it. Whatever the text, a value is finite
 * and in range, or there is a reason. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/result.h"
#include "geo/datum.h"
#include "models/rules.h"
#include "models/tables/alarm_names.h"
#include "models/tables/channel.h"
#include "models/tables/fold.h"
#include "models/tables/identity.h"
#include "models/tables/neighbours.h"
#include "models/tables/time.h"
#include "models/tables/value.h"
#include "tests/fuzz/fuzz.h"

static void try_values(const char *text)
{
    static const char *const units[] = {NULL, "dBm", "MHz", "m", "deg", "%", "min", "dBi"};
    char why[VALUE_WHY_SIZE];
    double value;
    struct point at;
    size_t kept;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++)
        fuzz_check(!value_number(text, units[i], &value, why) || isfinite(value));
    fuzz_check(!value_degrees(text, true, &value, why) || fabs(value) <= 180);
    fuzz_check(!value_degrees(text, false, &value, why) || fabs(value) <= 90);
    fuzz_check(!value_point(text, true, &at, why) || point_valid(at));
    fuzz_check(!value_point(text, false, &at, why) || point_valid(at));
    fuzz_check(!value_id(text, &kept, why) || kept <= strlen(text));
    value = channel_band_mhz(text);
    fuzz_check(isnan(value) || value > 0);
}

static void try_time(const char *text)
{
    const char *why = NULL;
    int64_t seconds = -1;
    char out[TIME_SIZE];
    if (time_parse(text, 28800, &seconds, &why))
        fuzz_check(seconds >= -28800 && seconds < 7258204800 &&
                   time_format(seconds, 0, out)[0]);
    else
        fuzz_check(why != NULL);
}

static void try_identity(const char *text)
{
    struct identity_key keys[IDENTITY_KEYS];
    double pci, arfcn;
    fuzz_check(identity_parse(text, 10, keys) <= IDENTITY_KEYS);
    fuzz_check(identity_parse(text, 16, keys) <= IDENTITY_KEYS);
    identity_destroyed(text);
    neighbours_parse(text, &pci, &arfcn);
    datum_parse(text);
}

static void try_rule(const char *text)
{
    struct rules rules;
    struct error error = {0};
    rules_default(&rules);
    enum status status = rules_set_text(&rules, text, "fuzz", &error);
    fuzz_check((status == STATUS_OK) == (error.text[0] == '\0'));
    for (int i = 0; i < RULE_COUNT; i++)
        fuzz_check(rules.value[i] >= rule_table[i].min && rules.value[i] <= rule_table[i].max);
}

/* No mobile number stays: eleven digits of which the first is 1 and the second 3 to 9, alone.
 */
static void check_masked(const char *text)
{
    if (strstr(text, "\xEF")) /* full-width digits make a number longer */
        return;
    for (const char *c = text; *c; c++) {
        size_t n = strspn(c, "0123456789");
        fuzz_check(n != 11 || c[0] != '1' || c[1] < '3');
        c += n ? n - 1 : 0;
    }
}

static void try_mask(const char *text)
{
    struct arena *arena = arena_new();
    check_masked(result_mask_phones(arena, text));
    result_mask_value(arena, "phone", text);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct alarm_names *names;
    if (!names)
        names = alarm_names_new();
    char *text = fuzz_text(bytes, length);
    struct buffer folded = {0}, unit = {0};
    fold_text(text, &folded, &unit);
    fold_text(text, &folded, NULL);
    buffer_free(&folded);
    buffer_free(&unit);
    try_values(text);
    try_time(text);
    try_identity(text);
    try_rule(text);
    try_mask(text);
    name_within(symptom_names, text);
    alarm_names_find(names, text);
    free(text);
    return 0;
}
