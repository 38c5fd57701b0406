/* make_tables: what the gazetteer knows of Chinese characters, as the file that is built in:
 * struct han_tables, from OpenCC's and ICU's data. They take longer than many a run.
 *
 *   make_tables OUT
 */
#include <opencc/opencc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/utrans.h>
#include <unicode/ustring.h>
#include <utf8proc.h>

#include "geo/gazetteer_text.h"

enum { HAN_COUNT = HAN_LAST - HAN_FIRST + 1 };
/* Characters transliterated at once, and the most that one becomes, its line's end included. */
enum { SOUND_PART = 128, SOUND_UNITS = 12 };

/* One conversion of the whole block, a character a line. */
static bool load_simplified(uint16_t *simple)
{
    opencc_t converter = opencc_open("t2s.json");
    if (converter == (opencc_t)-1)
        return false;
    struct buffer block = {0};
    for (uint32_t r = HAN_FIRST; r <= HAN_LAST; r++) {
        utf8proc_uint8_t bytes[4];
        buffer_append(&block, (const char *)bytes,
                      (size_t)utf8proc_encode_char((utf8proc_int32_t)r, bytes));
        buffer_append(&block, "\n", 1);
    }
    char *converted = opencc_convert_utf8(converter, block.bytes, block.length);
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)converted;
    for (size_t i = 0; converted && i < HAN_COUNT && *p; i++) {
        utf8proc_int32_t r = 0;
        utf8proc_ssize_t n = utf8proc_iterate(p, -1, &r);
        simple[i] =
            n > 0 && r >= HAN_FIRST && r <= HAN_LAST ? (uint16_t)r : (uint16_t)(HAN_FIRST + i);
        while (*p && *p != '\n')
            p++;
        p += *p == '\n';
    }
    bool ok = converted != NULL;
    opencc_convert_utf8_free(converted);
    opencc_close(converter);
    buffer_free(&block);
    return ok;
}

/* Pinyin of the whole block by ICU, then a number per syllable in order of appearance. */
static void number_sounds(const UChar *latin, int32_t length, uint16_t *sound)
{
    struct textmap syllables = {0};
    struct arena *arena = arena_new();
    uint32_t next = 1;
    for (int32_t i = 0, at = 0; i < HAN_COUNT && at < length; i++) {
        char syllable[16];
        size_t n = 0;
        for (; at < length && latin[at] != '\n'; at++)
            if (n + 1 < sizeof syllable && latin[at] < 0x80)
                syllable[n++] = (char)latin[at];
        at++;
        uint32_t class =
            n ? textmap_put(&syllables, arena_text(arena, syllable, n), next) : HAN_NO_SOUND;
        next += class == next;
        sound[i] = (uint16_t)BASE_MIN(class, HAN_SOUNDS - 1);
    }
    textmap_free(&syllables);
    arena_free(arena);
}

static bool load_sounds(uint16_t *sound)
{
    UErrorCode code = U_ZERO_ERROR;
    UChar id[32];
    u_uastrcpy(id, "Han-Latin; Latin-ASCII");
    UTransliterator *transliterator =
        utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    if (U_FAILURE(code))
        return false;
    UChar *text = base_alloc((HAN_COUNT + SOUND_PART) * SOUND_UNITS, sizeof *text);
    int32_t filled = 0;
    /* By parts, because each replacement moves all the text behind it. */
    for (uint32_t r = HAN_FIRST; r <= HAN_LAST && U_SUCCESS(code);) {
        int32_t length = 0;
        UChar *part = text + filled;
        for (int i = 0; i < SOUND_PART && r <= HAN_LAST; i++, r++) {
            part[length++] = (UChar)r;
            part[length++] = '\n';
        }
        int32_t limit = length;
        utrans_transUChars(transliterator, part, &length, SOUND_PART * SOUND_UNITS, 0, &limit,
                           &code);
        filled += length;
    }
    if (U_SUCCESS(code))
        number_sounds(text, filled, sound);
    utrans_close(transliterator);
    free(text);
    return U_SUCCESS(code);
}

int main(int argc, char **argv)
{
    struct han_tables *tables = base_alloc(1, sizeof *tables);
    FILE *file = argc == 2 ? fopen(argv[1], "wb") : NULL;
    bool ok = file && load_simplified(tables->simple) && load_sounds(tables->sound) &&
              fwrite(tables, sizeof *tables, 1, file) == 1;
    if (file)
        ok = fclose(file) == 0 && ok;
    if (!ok)
        fputs("make_tables: no table; it needs OpenCC's data (libopencc-data) and ICU\n",
              stderr);
    free(tables);
    return ok ? 0 : 1;
}
