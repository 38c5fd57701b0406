#include "models/tables/reason.h"

#include <string.h>

/* Reasons that carry what the value was held against, in place of the %s. */
static const char *const open_reasons[] = {
    "outside %s",
    "not one of %s",
    "the ticket is already on line %s; the first one counts",
    ("not a position in %s; is the pair swapped, or in metres? The ticket's position is left "
     "out"),
    "the unit is not %s and cannot be converted",
    "of %s cells: taken as not given, as it stands where no other azimuth does",
};

/* What stands in the reason where the pattern has its %s; NULL: another reason. */
static const char *held_against(const char *pattern, const char *reason, struct arena *arena)
{
    size_t before = (size_t)(strstr(pattern, "%s") - pattern), length = strlen(reason);
    const char *tail = pattern + before + 2;
    size_t after = strlen(tail);
    if (length < before + after || strncmp(reason, pattern, before) != 0 ||
        strcmp(reason + length - after, tail) != 0)
        return NULL;
    return arena_text(arena, reason + before, length - before - after);
}

/* The translation's own %s is replaced; it is no format, the catalog could be wrong. */
static const char *fill_in(const char *translation, const char *held, struct arena *arena)
{
    const char *hole = strstr(translation, "%s");
    return hole ? arena_format(arena, "%.*s%s%s", (int)(hole - translation), translation, held,
                               hole + 2)
                : translation;
}

const char *reason_say(enum language language, const char *reason, struct arena *arena)
{
    if (language == LANGUAGE_EN)
        return reason;
    for (size_t i = 0; i < ARRAY_COUNT(open_reasons); i++) {
        const char *held = held_against(open_reasons[i], reason, arena);
        if (held)
            return fill_in(say(language, open_reasons[i]), held, arena);
    }
    return say(language, reason);
}
