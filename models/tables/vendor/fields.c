#include "models/tables/vendor/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char separators[] = ",;:/";

/* The value behind `name` where a field of that name begins; NULL: none. */
static const char *find_value(const char *text, const char *name, size_t length)
{
    for (const char *p = text; *p; p += strcspn(p, separators)) {
        p += strspn(p, separators);
        p += strspn(p, " \t\"");
        if (strncasecmp(p, name, length) != 0)
            continue;
        const char *after = p + length + strspn(p + length, " \t");
        if (*after == '=')
            return after + 1 + strspn(after + 1, " \t");
    }
    return NULL;
}

bool text_field(const char *text, const char *names, char *value, size_t size)
{
    value[0] = '\0';
    while (*names) {
        size_t length = strcspn(names, "|");
        const char *found = find_value(text, names, length);
        if (found) {
            size_t end = strcspn(found, ",;\"");
            while (end && isspace((unsigned char)found[end - 1]))
                end--;
            snprintf(value, size, "%.*s", (int)BASE_MIN(end, size), found);
        }
        if (value[0])
            return true;
        names += length + (names[length] == '|');
    }
    return false;
}
