/* Names of countries by ISO 3166 code, from ICU's CLDR data. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "geo/gazetteer_index.h"

enum { COUNTRY_RUNES = 40, COUNTRY_MAX = 320 };

struct country {
    char code[2];
    uint32_t rune[COUNTRY_RUNES];
    size_t length;
};

struct countries {
    struct country list[COUNTRY_MAX];
    size_t count;
};

struct countries *countries_new(const struct folding *folding)
{
    struct countries *countries = base_alloc(1, sizeof *countries);
    const char *const *codes = uloc_getISOCountries();
    for (size_t i = 0; codes[i] && countries->count < COUNTRY_MAX; i++) {
        char locale[16] = "und_", name[256];
        UChar wide[128];
        UErrorCode code = U_ZERO_ERROR;
        strncat(locale, codes[i], 2);
        int32_t length = uloc_getDisplayCountry(locale, "en", wide, 128, &code);
        u_strToUTF8(name, (int32_t)sizeof name, &length, wide, length, &code);
        if (U_FAILURE(code) || length <= 0 || length >= (int32_t)sizeof name)
            continue;
        struct line line;
        line_fold(folding, name, (size_t)length, &line);
        struct country *country = &countries->list[countries->count++];
        memcpy(country->code, codes[i], 2);
        country->length = BASE_MIN(line.count, (size_t)COUNTRY_RUNES);
        memcpy(country->rune, line.rune, country->length * sizeof *line.rune);
    }
    return countries;
}

void countries_free(struct countries *countries)
{
    free(countries);
}

bool country_find(const struct countries *countries, const uint32_t *runes, size_t count,
                  char *code)
{
    for (size_t i = 0; i < countries->count; i++) {
        const struct country *c = &countries->list[i];
        if (c->length == count && memcmp(c->rune, runes, count * sizeof *runes) == 0) {
            memcpy(code, c->code, 2);
            return true;
        }
    }
    return false;
}

size_t country_name(const struct countries *countries, const char *code, uint32_t *runes,
                    size_t size)
{
    for (size_t i = 0; i < countries->count; i++) {
        const struct country *c = &countries->list[i];
        if (memcmp(c->code, code, 2) == 0) {
            size_t n = BASE_MIN(c->length, size);
            memcpy(runes, c->rune, n * sizeof *runes);
            return n;
        }
    }
    return 0;
}
