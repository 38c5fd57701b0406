/* Fuzzing of what reads one cell of a table: times, numbers, angles, ids, words, alarm names.
 * Whatever the text, a value is finite and in range, or there is a reason. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/alarm_names.h"
#include "models/tables/channel.h"
#include "models/tables/fold.h"
#include "models/tables/time.h"
#include "models/tables/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void try_values(const char *text)
{
    static const char *const units[] = {NULL, "dBm", "MHz", "m", "deg", "%", "min", "dBi"};
    char why[VALUE_WHY_SIZE];
    double value;
    struct point at;
    size_t kept;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++)
        check(!value_number(text, units[i], &value, why) || !isnan(value));
    check(!value_degrees(text, true, &value, why) || fabs(value) <= 180);
    check(!value_degrees(text, false, &value, why) || fabs(value) <= 90);
    check(!value_point(text, true, &at, why) || point_valid(at));
    check(!value_point(text, false, &at, why) || point_valid(at));
    check(!value_id(text, &kept, why) || kept <= strlen(text));
    value = channel_band_mhz(text);
    check(isnan(value) || value > 0);
}

static void try_time(const char *text)
{
    const char *why = NULL;
    int64_t seconds = -1;
    char out[TIME_SIZE];
    if (time_parse(text, 28800, &seconds, &why))
        check(seconds >= -28800 && seconds < 7258204800 && time_format(seconds, 0, out)[0]);
    else
        check(why != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct alarm_names *names;
    if (!names)
        names = alarm_names_new();
    char *text = malloc(length + 1);
    memcpy(text, bytes, length);
    text[length] = '\0';
    struct buffer folded = {0}, unit = {0};
    fold_text(text, &folded, &unit);
    fold_text(text, &folded, NULL);
    buffer_free(&folded);
    buffer_free(&unit);
    try_values(text);
    try_time(text);
    name_within(symptom_names, text);
    alarm_names_find(names, text);
    free(text);
    return 0;
}
