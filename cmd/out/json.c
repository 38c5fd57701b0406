#include "cmd/out/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 character at c, 0 when it is none. */
static size_t utf8_length(const unsigned char *c)
{
    size_t length = c[0] < 0x80    ? 1
                    : c[0] >= 0xF5 ? 0
                    : c[0] >= 0xF0 ? 4
                    : c[0] >= 0xE0 ? 3
                    : c[0] >= 0xC2 ? 2
                                   : 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    if (length == 3 && c[0] == 0xED && c[1] >= 0xA0) /* surrogates */
        return 0;
    return length;
}

void json_text(struct buffer *out, const char *text, size_t most)
{
    const unsigned char *c = (const unsigned char *)text, *end = c + most;
    buffer_append(out, "\"", 1);
    while (*c && c < end) {
        size_t length = utf8_length(c);
        if (*c == '"' || *c == '\\')
            buffer_format(out, "\\%c", *c);
        else if (*c < 0x20 || *c == '<' || *c == 0x7F)
            buffer_format(out, "\\u%04x", *c);
        else if (length)
            buffer_append(out, (const char *)c, length);
        c += length ? length : 1;
    }
    buffer_text(out, *c ? "\u2026\"" : "\"");
}

void json_number(struct buffer *out, double value, int decimals)
{
    char text[400];
    if (!isfinite(value)) {
        buffer_text(out, "null");
        return;
    }
    int length = snprintf(text, sizeof text, "%.*f", decimals, value);
    while (decimals > 0 && length > 1 && text[length - 1] == '0')
        text[--length] = '\0';
    if (decimals > 0 && length > 1 && text[length - 1] == '.')
        text[--length] = '\0';
    buffer_text(out, strcmp(text, "-0") == 0 ? "0" : text);
}

void json_time(struct buffer *out, int64_t at_s)
{
    if (at_s == TIME_ABSENT)
        buffer_text(out, "null");
    else
        buffer_format(out, "%" PRId64, at_s);
}
