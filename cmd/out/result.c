#include "cmd/out/result.h"

#include <math.h>
#include <string.h>

#include "geo/index.h"

const char *const verdict_words[VERDICT_COUNT] = {
    "",
    "weak-coverage",
    "antenna-misalignment",
    "transient-outage",
    "planned-build",
    "undetermined",
};

enum verdict_kind verdict_of(const char *word)
{
    for (int i = 1; i < VERDICT_COUNT; i++)
        if (text_equal(word, verdict_words[i]))
            return (enum verdict_kind)i;
    return VERDICT_UNKNOWN;
}

void result_init(struct result *result)
{
    *result = (struct result){.arena = arena_new(),
                              .bin_m = NAN,
                              .crs_name = "",
                              .run_json = "",
                              .orders_bound = NAN,
                              .now_s = TIME_ABSENT};
    rules_default(&result->rules);
}

void result_free(struct result *result)
{
    if (result->arena)
        arena_free(result->arena);
    *result = (struct result){0};
}
