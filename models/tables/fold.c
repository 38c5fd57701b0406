#include "models/tables/fold.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static bool keeps(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

static void put_code(struct buffer *out, utf8proc_int32_t code)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t n = utf8proc_encode_char(code, bytes);
    buffer_append(out, (const char *)bytes, (size_t)n);
}

static bool opens(utf8proc_int32_t code)
{
    return code == '(' || code == '[' || code == '{' || code == 0x3010;
}

static bool closes(utf8proc_int32_t code)
{
    return code == ')' || code == ']' || code == '}' || code == 0x3011;
}

/* A "%" is the only sign that names a unit without brackets. */
static void fold_codes(const utf8proc_uint8_t *text, struct buffer *out, struct buffer *unit)
{
    int depth = 0;
    utf8proc_int32_t code;
    for (utf8proc_ssize_t n; *text && (n = utf8proc_iterate(text, -1, &code)) > 0; text += n) {
        if (opens(code) && unit) {
            if (depth++ == 0)
                buffer_clear(unit);
        } else if (closes(code) && unit && depth > 0) {
            depth--;
        } else if (depth > 0) {
            put_code(unit, code);
        } else if (keeps(code)) {
            put_code(out, code);
        } else if (code == '%' && unit && !unit->length) {
            buffer_text(unit, "%");
        }
    }
}

static utf8proc_uint8_t *normal_form(const char *text, utf8proc_option_t more)
{
    utf8proc_uint8_t *normal = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, 0, &normal,
                                      UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                          UTF8PROC_COMPAT | UTF8PROC_IGNORE | more);
    if (n >= 0)
        return normal;
    free(normal);
    if (n == UTF8PROC_ERROR_NOMEM)
        base_out_of_memory(strlen(text));
    return (utf8proc_uint8_t *)base_text("");
}

/* ASCII and CJK ideographs (U+4E00..9FFF, E4 B8 80..E9 BF BF) have no other form: no tables are
 * needed for them. false: something else is in the text. */
static bool fold_plain(const char *text, struct buffer *out)
{
    char piece[256];
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p && n < sizeof piece - 4;
         p++) {
        if (*p >= 0xE4 && *p <= 0xE9 && p[1] >= 0x80 && p[2] >= 0x80 &&
            (*p > 0xE4 || p[1] >= 0xB8)) {
            memcpy(piece + n, p, 3);
            n += 3;
            p += 2;
        } else if (*p >= 0x80) {
            return false;
        } else if (isalnum(*p)) {
            piece[n++] = (char)tolower(*p);
        }
    }
    if (n >= sizeof piece - 4)
        return false;
    buffer_append(out, piece, n);
    return true;
}

void fold_text(const char *text, struct buffer *out, struct buffer *unit)
{
    buffer_clear(out);
    buffer_append(out, "", 0);
    if (!unit && fold_plain(text, out))
        return;
    utf8proc_uint8_t *normal = normal_form(text, UTF8PROC_CASEFOLD);
    if (!unit) {
        fold_codes(normal, out, NULL);
    } else { /* units keep their case: mW is not MW */
        buffer_clear(unit);
        buffer_append(unit, "", 0);
        fold_codes(normal, out, unit);
        free(normal);
        struct buffer ignored = {0};
        normal = normal_form(text, 0);
        buffer_clear(unit);
        fold_codes(normal, &ignored, unit);
        buffer_free(&ignored);
    }
    free(normal);
}
