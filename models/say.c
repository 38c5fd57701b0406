#include "models/say.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The compiled catalog (msgfmt's .mo) is part of the program: gettext() itself wants an
 * installed zh locale, knows one language per process, and reads files that may not be there.
 */
__asm__(".section .rodata\n"
        ".balign 8\n"
        ".global say_catalog_zh\n"
        "say_catalog_zh:\n"
        ".incbin \"" SAY_CATALOG "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const unsigned char say_catalog_zh[];

/* Header of a .mo file. Source: GNU gettext manual, "The Format of GNU MO Files". */
struct catalog {
    uint32_t magic, revision, count, originals, translations;
};

/* Length and offset of a text, from the table at `table`. */
static const char *catalog_text(const unsigned char *bytes, uint32_t table, uint32_t index)
{
    uint32_t place[2];
    memcpy(place, bytes + table + index * sizeof place, sizeof place);
    return (const char *)bytes + place[1];
}

/* The originals are sorted, so that a binary search finds them. */
static const char *catalog_find(const unsigned char *bytes, const char *english)
{
    struct catalog catalog;
    memcpy(&catalog, bytes, sizeof catalog);
    uint32_t low = 0, high = catalog.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(english, catalog_text(bytes, catalog.originals, middle));
        if (order == 0)
            return catalog_text(bytes, catalog.translations, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *say(enum language language, const char *english)
{
    if (language != LANGUAGE_ZH || !*english)
        return english;
    const char *translation = catalog_find(say_catalog_zh, english);
    return translation && *translation ? translation : english;
}

void say_all(void (*each)(void *context, const char *english, const char *chinese),
             void *context)
{
    struct catalog catalog;
    memcpy(&catalog, say_catalog_zh, sizeof catalog);
    for (uint32_t i = 0; i < catalog.count; i++) {
        const char *english = catalog_text(say_catalog_zh, catalog.originals, i);
        if (*english)
            each(context, english, catalog_text(say_catalog_zh, catalog.translations, i));
    }
}

enum language language_of_locale(void)
{
    const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}
