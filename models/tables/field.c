#include "models/tables/field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/time.h"

static void *member(const struct field_setter *r, const struct column *column)
{
    return (char *)r->record + column->field->offset;
}

/* White space that libcsv leaves inside quotes, and the wide kinds it does not know. */
static const char *trim(struct arena *scratch, const char *text)
{
    static const char *const blanks[] = {" ",        "\t",           "\r",          "\n",
                                         "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    size_t n = strlen(text), before = n;
    for (size_t i = 0; i < ARRAY_COUNT(blanks);) {
        size_t w = strlen(blanks[i]);
        bool front = n >= w && memcmp(text, blanks[i], w) == 0;
        bool back = !front && n >= w && memcmp(text + n - w, blanks[i], w) == 0;
        text += front ? w : 0;
        n -= front || back ? w : 0;
        before -= front ? w : 0;
        i = front || back ? 0 : i + 1;
    }
    return n == before ? text : arena_text(scratch, text, n);
}

static bool needs_trim(const char *text)
{
    size_t n = strlen(text);
    unsigned char a = (unsigned char)text[0], z = n ? (unsigned char)text[n - 1] : 0;
    return a <= ' ' || z <= ' ' || a == 0xC2 || a == 0xE3 || a == 0xEF || z == 0xA0 ||
           z == 0x80;
}

const char *field_trim(struct arena *scratch, const char *text)
{
    return needs_trim(text) ? trim(scratch, text) : text;
}

/* A text that lives as long as the records do. */
static const char *keep_text(struct field_setter *r, struct column *column, const char *text,
                             size_t length)
{
    struct arena *arena = r->kept;
    if (!arena)
        return text[length] ? arena_text(r->scratch, text, length) : text;
    const char *last = column->last_text;
    if (last && strncmp(last, text, length) == 0 && !last[length])
        return last;
    return column->last_text = arena_text(arena, text, length);
}

static bool set_text(struct field_setter *r, struct column *column, const char *text, char *why)
{
    size_t length = strlen(text);
    if (column->field->type == FIELD_ID && !value_id(text, &length, why))
        return false;
    const char **to = member(r, column);
    if (!**to)
        *to = keep_text(r, column, text, length);
    return true;
}

static bool in_range(const struct field *field, double value, char *why)
{
    bool open = field->min == 0 && field->max == 0;
    if (open || (value >= field->min && value <= field->max))
        return true;
    snprintf(why, VALUE_WHY_SIZE, "outside %g..%g%s%s", field->min, field->max,
             field->unit ? " " : "", field->unit ? field->unit : "");
    return false;
}

static bool set_number(struct field_setter *r, struct column *column, const char *text,
                       char *why)
{
    double value, *to = member(r, column);
    if (!value_number(text, column->field->unit, &value, why))
        return false;
    for (size_t i = 0; i < column->sentinel_count; i++)
        if (value == column->sentinels[i])
            return true;
    if (column->unit && !value_convert(column->unit, column->field->unit, &value))
        return false;
    if (!isfinite(value))
        return true; /* no power at all has no decibels */
    if (!in_range(column->field, value, why))
        return false;
    if (isnan(*to))
        *to = value;
    return true;
}

static bool set_time(struct field_setter *r, struct column *column, const char *text, char *why)
{
    const char *reason = "";
    int64_t value, *to = member(r, column);
    if (strcmp(text, "0") == 0)
        return true;
    if (!time_parse(text, r->utc_offset_s, &value, &reason)) {
        snprintf(why, VALUE_WHY_SIZE, "%s", reason);
        return false;
    }
    if (*to == TIME_ABSENT)
        *to = value;
    if (r->said_offset_s && *r->said_offset_s == TIME_OFFSET_UNSAID)
        time_offset(text, r->said_offset_s);
    return true;
}

static bool set_name(struct field_setter *r, struct column *column, const char *text, char *why)
{
    if (!column->last_name[0] || strcmp(column->last_name, text) != 0) {
        column->last_value = name_value(column->field->names, text);
        bool fits = strlen(text) < sizeof column->last_name;
        strcpy(column->last_name, fits ? text : "");
    }
    int *to = member(r, column);
    if (!*to)
        *to = column->last_value;
    if (column->last_value)
        return true;
    int used = snprintf(why, VALUE_WHY_SIZE, "not one of ");
    for (const struct name *n = column->field->names; n->text && used < VALUE_WHY_SIZE - 1; n++)
        if (strcmp(n->text, name_of(column->field->names, n->value)) == 0)
            used += snprintf(why + used, VALUE_WHY_SIZE - (size_t)used, "%s%s",
                             n == column->field->names ? "" : ", ", n->text);
    return false;
}

/* A longitude or latitude; or both in this cell, when the other one has none. */
static bool set_degrees(struct field_setter *r, struct column *column, const char *text,
                        char *why)
{
    bool is_lon = column->field->type == FIELD_LON;
    double value, *to = member(r, column);
    char pair_why[VALUE_WHY_SIZE];
    struct point both;
    if (!isnan(*to))
        return true;
    if (value_degrees(text, is_lon, &value, why)) {
        *to = value;
        return true;
    }
    char *end;
    double plain = strtod(text, &end);
    static const double WIDEST_M = 1e8; /* zone 60 before its metres; more is a phone number */
    if ((column->field->wide || r->metres) && end > text && !*end && fabs(plain) < WIDEST_M) {
        *to = plain;
        return true;
    }
    if (!strpbrk(text, ", ;/") || !value_point(text, !is_lon, &both, pair_why))
        return false;
    *(is_lon ? to : to - 1) = both.lon;
    *(is_lon ? to + 1 : to) = both.lat;
    return true;
}

static bool set_point(struct field_setter *r, struct column *column, const char *text,
                      char *why)
{
    struct point value, *to = member(r, column);
    if (!value_point(text, column->lat_first, &value, why))
        return false;
    if (isnan(to->lon) && isnan(to->lat))
        *to = value;
    return true;
}

bool field_set(struct field_setter *r, struct column *column, const char *text,
               char why[VALUE_WHY_SIZE])
{
    switch (column->field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        return set_text(r, column, text, why);
    case FIELD_NUMBER:
        return set_number(r, column, text, why);
    case FIELD_TIME:
        return set_time(r, column, text, why);
    case FIELD_NAME:
        return set_name(r, column, text, why);
    case FIELD_LON:
    case FIELD_LAT:
        return set_degrees(r, column, text, why);
    case FIELD_POINT:
        return set_point(r, column, text, why);
    }
    return false;
}

void field_clear(const struct field *field, void *record)
{
    void *to = (char *)record + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        *(const char **)to = "";
        break;
    case FIELD_NUMBER:
    case FIELD_LON:
    case FIELD_LAT:
        *(double *)to = NAN;
        break;
    case FIELD_TIME:
        *(int64_t *)to = TIME_ABSENT;
        break;
    case FIELD_NAME:
        *(int *)to = 0;
        break;
    case FIELD_POINT:
        *(struct point *)to = POINT_ABSENT;
        break;
    }
}

bool field_is_absent(const struct field *field, const void *record)
{
    const void *from = (const char *)record + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_ID:
        return !**(const char *const *)from;
    case FIELD_NUMBER:
    case FIELD_LON:
    case FIELD_LAT:
        return isnan(*(const double *)from);
    case FIELD_TIME:
        return *(const int64_t *)from == TIME_ABSENT;
    case FIELD_NAME:
        return *(const int *)from == 0;
    case FIELD_POINT:
        return isnan(((const struct point *)from)->lon);
    }
    return true;
}

/* "none" is nothing in most columns and a word in some. */
bool field_text_absent(const struct field *field, const char *text)
{
    return value_absent(text) &&
           (!*text || field->type != FIELD_NAME || !name_value(field->names, text));
}
