#include "models/tables/value.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/tables/fold.h"

static bool refuse(char why[VALUE_WHY_SIZE], const char *reason)
{
    snprintf(why, VALUE_WHY_SIZE, "%s", reason);
    return false;
}

bool value_absent(const char *text)
{
    static const char *const words[] = {"nil",  "null", "n/a", "na",    "nan", "none",   "#n/a",
                                        "无",   "空",   "\\n", "--",    "---", "/",      "未知",
                                        "暂无", "—",    "-",   "null.", "?",   "#null!", "nul"};
    if (!text[0])
        return true;
    unsigned char c = (unsigned char)text[0];
    if (isdigit(c) || (c == '-' && isdigit((unsigned char)text[1])) || strlen(text) > 6)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

/* ---- units --------------------------------------------------------------------------- */

/* value in the base of its kind = value * factor; dBm is apart. */
struct unit {
    const char *name, *kind;
    double factor;
};

static const struct unit units[] = {
    {"hz", "Hz", 1},
    {"khz", "Hz", 1e3},
    {"mhz", "Hz", 1e6},
    {"ghz", "Hz", 1e9},
    {"兆赫", "Hz", 1e6},
    {"兆", "Hz", 1e6},
    {"m", "m", 1},
    {"米", "m", 1},
    {"meter", "m", 1},
    {"meters", "m", 1},
    {"metre", "m", 1},
    {"metres", "m", 1},
    {"mtr", "m", 1},
    {"km", "m", 1000},
    {"公里", "m", 1000},
    {"千米", "m", 1000},
    {"cm", "m", 0.01},
    {"ft", "m", 0.3048},
    {"feet", "m", 0.3048},
    {"deg", "deg", 1},
    {"degree", "deg", 1},
    {"degrees", "deg", 1},
    {"度", "deg", 1},
    {"01deg", "deg", 0.1},
    {"01degree", "deg", 0.1},
    {"01度", "deg", 0.1},
    {"rad", "deg", 57.29577951308232},
    {"percent", "%", 1},
    {"ratio", "%", 100},
    {"db", "dB", 1},
    {"dbi", "dBi", 1},
    {"dbd", "dBi", 1},
    {"s", "s", 1},
    {"sec", "s", 1},
    {"秒", "s", 1},
    {"seconds", "s", 1},
    {"min", "s", 60},
    {"minutes", "s", 60},
    {"minute", "s", 60},
    {"分钟", "s", 60},
    {"分", "s", 60},
    {"h", "s", 3600},
    {"hour", "s", 3600},
    {"小时", "s", 3600},
    {"dbm", "dBm", 1},
    {"dbmw", "dBm", 1},
    {"01dbm", "dBm", 0.1},
    {"001dbm", "dBm", 0.01},
    {"dbmprb", "dBm", 1},
    {"mw", "W", 1e-3},
    {"w", "W", 1},
    {"毫瓦", "W", 1e-3},
    {"瓦", "W", 1},
};

/* "°" and "%" are not letters, so the fold would lose them. */
static const struct unit *unit_find(const char *name)
{
    while (*name == ' ')
        name++;
    if (strncmp(name, "°", strlen("°")) == 0 || strncmp(name, "º", strlen("º")) == 0)
        name = "deg";
    if (name[0] == '%')
        name = "percent";
    struct buffer folded = {0};
    fold_text(name, &folded, NULL);
    const struct unit *found = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(units) && !found && folded.length; i++)
        if (strcmp(folded.bytes, units[i].name) == 0)
            found = &units[i];
    buffer_free(&folded);
    return found;
}

bool value_unit_known(const char *unit)
{
    return unit_find(unit) != NULL;
}

bool value_convert(const char *from, const char *to, double *value)
{
    const struct unit *a = unit_find(from), *b = unit_find(to);
    if (!a || !b)
        return false;
    if (a == b)
        return true;
    if (strcmp(a->name, "dbd") == 0 && strcmp(b->name, "dbi") == 0) {
        *value += 2.15; /* gain over a half-wave dipole */
        return true;
    }
    if (strcmp(a->kind, "W") == 0 && strcmp(b->kind, "dBm") == 0) {
        *value = *value > 0 ? 10 * log10(*value * a->factor * 1000) : NAN;
        return true;
    }
    bool decibels = strcmp(a->kind, "dBi") == 0 && strcmp(b->kind, "dB") == 0;
    decibels |= strcmp(a->kind, "dB") == 0 && strcmp(b->kind, "dBi") == 0;
    if (strcmp(a->kind, b->kind) != 0 && !decibels)
        return false;
    /* Division by the reciprocal keeps 945000 kHz exactly 945 MHz. */
    *value = a->factor >= b->factor ? *value * (a->factor / b->factor)
                                    : *value / (b->factor / a->factor);
    return true;
}

/* ---- numbers ------------------------------------------------------------------------- */

/* Digits with at most one point: exact for up to 15 digits, as one division of two exact
 * doubles is rounded correctly. NULL: not of this form. */
static const char *read_plain(const char *text, double *out)
{
    static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *p = text + (*text == '-' || *text == '+');
    int64_t digits = 0;
    int count = 0, places = 0;
    for (; *p >= '0' && *p <= '9' && count < 16; p++, count++)
        digits = digits * 10 + (*p - '0');
    if (*p == '.' && count)
        for (p++; *p >= '0' && *p <= '9' && count < 16; p++, count++, places++)
            digits = digits * 10 + (*p - '0');
    if (!count || count > 15 || (*p >= '0' && *p <= '9') || *p == '.' || *p == 'e' || *p == 'E')
        return NULL;
    double value = (double)digits / powers[places];
    *out = *text == '-' ? -value : value;
    return p;
}

/* The number at the start of the text; NULL: there is none. */
static const char *read_number(const char *text, double *out)
{
    const char *end = read_plain(text, out);
    if (end)
        return end;
    const char *p = text + (*text == '-' || *text == '+');
    if (!isdigit((unsigned char)*p) && !(*p == '.' && isdigit((unsigned char)p[1])))
        return NULL; /* strtod would take "inf" and "nan" */
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
        return NULL;
    char *stop;
    *out = strtod(text, &stop);
    return isfinite(*out) ? stop : NULL;
}

/* "113,25" -> "113.25"; "1,234" and "1,234,567.5" are thousands or not: refused. */
static bool read_comma_number(const char *text, double *out, char why[VALUE_WHY_SIZE],
                              const char **end)
{
    char copy[64];
    size_t n = strspn(text, "+-0123456789,");
    const char *comma = memchr(text, ',', n);
    if (!comma || n >= sizeof copy || memchr(comma + 1, ',', n - (size_t)(comma - text) - 1))
        return refuse(why, "not a number");
    size_t places = n - (size_t)(comma - text) - 1;
    if (places == 0)
        return refuse(why, "not a number");
    if (places == 3 && comma - text <= 3 + (*text == '-') && text[*text == '-'] != '0')
        return refuse(why, "the comma may be a decimal sign or stand between thousands");
    memcpy(copy, text, n);
    copy[n] = '\0';
    copy[comma - text] = '.';
    double value;
    const char *stop = read_number(copy, &value);
    if (!stop || *stop)
        return refuse(why, "not a number");
    *out = value;
    *end = text + n;
    return true;
}

static bool convert_suffix(const char *suffix, const char *unit, double *out,
                           char why[VALUE_WHY_SIZE])
{
    while (*suffix == ' ' || *suffix == '\t')
        suffix++;
    if (!*suffix)
        return true;
    if (unit && value_convert(suffix, unit, out) && isfinite(*out))
        return true;
    if (unit && value_unit_known(suffix)) {
        snprintf(why, VALUE_WHY_SIZE, "the unit is not %s and cannot be converted", unit);
        return false;
    }
    return refuse(why, "not a number");
}

bool value_number(const char *text, const char *unit, double *out, char why[VALUE_WHY_SIZE])
{
    double value;
    const char *end = read_plain(text, &value);
    if (end && !*end) {
        *out = value;
        return true;
    }
    if (strncmp(text, "\xE2\x88\x92", 3) == 0 && isdigit((unsigned char)text[3])) {
        bool ok = value_number(text + 3, unit, out, why); /* U+2212, the printed minus */
        *out = -*out;
        return ok;
    }
    if (!end)
        end = read_number(text, &value);
    if (!end)
        return refuse(why, "not a number");
    if (*end == ',' && !read_comma_number(text, &value, why, &end))
        return false;
    if (!convert_suffix(end, unit, &value, why))
        return false;
    *out = value;
    return true;
}

/* ---- angles -------------------------------------------------------------------------- */

/* What may stand behind degrees, minutes, seconds. */
static const char *const degree_marks[] = {"°", "º", "˚", "度", "d", "deg"};
static const char *const minute_marks[] = {"'", "′", "’", "‘", "分", "´"};
static const char *const second_marks[] = {"\"", "″", "”", "''", "′′", "’’", "秒"};

static bool skip_mark(const char **p, const char *const *marks, size_t count)
{
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(marks[i]);
        if (n > best && strncasecmp(*p, marks[i], n) == 0)
            best = n;
    }
    *p += best;
    return best > 0;
}

static void skip_blank(const char **p)
{
    while (**p == ' ' || **p == '\t' || strncmp(*p, "\xC2\xA0", 2) == 0 ||
           strncmp(*p, "\xE3\x80\x80", 3) == 0)
        *p += **p == ' ' || **p == '\t' ? 1 : **p == '\xC2' ? 2 : 3;
}

/* N, S, E, W or the Chinese words; 0 none. */
static char read_letter(const char **p)
{
    static const struct {
        const char *text;
        char letter;
    } words[] = {{"北纬", 'N'}, {"南纬", 'S'}, {"东经", 'E'}, {"西经", 'W'},
                 {"北", 'N'},   {"南", 'S'},   {"东", 'E'},   {"西", 'W'}};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (text_starts(*p, words[i].text)) {
            *p += strlen(words[i].text);
            return words[i].letter;
        }
    char c = (char)toupper((unsigned char)**p);
    if (!c || !strchr("NSEW", c) || isalpha((unsigned char)(*p)[1]))
        return 0;
    (*p)++;
    return c;
}

struct angle {
    double deg;
    char letter; /* 0: none */
    bool sexagesimal;
};

/* Minutes or seconds: a number below 60, unsigned. */
static bool read_sixtieth(const char **p, double *out)
{
    if (!isdigit((unsigned char)**p))
        return false;
    const char *end = read_number(*p, out);
    if (!end || *out >= 60)
        return false;
    *p = end;
    return true;
}

static bool read_angle_body(const char **p, struct angle *angle)
{
    double minutes = 0, seconds = 0;
    const char *end = read_number(*p, &angle->deg);
    if (!end)
        return false;
    bool negative = **p == '-';
    *p = end;
    skip_blank(p);
    bool marked = skip_mark(p, degree_marks, ARRAY_COUNT(degree_marks));
    skip_blank(p);
    const char *back = *p;
    if (marked && read_sixtieth(p, &minutes)) {
        skip_blank(p);
        if (!skip_mark(p, minute_marks, ARRAY_COUNT(minute_marks)) && **p) {
            *p = back;
            return true;
        }
        angle->sexagesimal = true;
        skip_blank(p);
        if (read_sixtieth(p, &seconds)) {
            skip_blank(p);
            skip_mark(p, second_marks, ARRAY_COUNT(second_marks));
        }
    }
    double part = minutes / 60 + seconds / 3600;
    angle->deg += negative ? -part : part;
    return true;
}

/* An angle with a letter before or after it. `*p` moves behind it. */
static bool read_angle(const char **p, struct angle *angle)
{
    *angle = (struct angle){0};
    skip_blank(p);
    angle->letter = read_letter(p);
    skip_blank(p);
    if (**p == ':' || strncmp(*p, "：", 3) == 0)
        *p += **p == ':' ? 1 : 3;
    skip_blank(p);
    if (!read_angle_body(p, angle))
        return false;
    skip_blank(p);
    if (!angle->letter)
        angle->letter = read_letter(p);
    skip_blank(p);
    if (angle->letter == 'S' || angle->letter == 'W')
        angle->deg = -fabs(angle->deg);
    return true;
}

/* "113 15 30.5": the minutes and seconds behind bare degrees. */
static bool read_bare_sixtieths(const char *p, struct angle *angle)
{
    double minutes, seconds = 0;
    bool whole = angle->deg == floor(angle->deg) && !angle->sexagesimal;
    if (!whole || !read_sixtieth(&p, &minutes))
        return false;
    skip_blank(&p);
    bool ok = !*p || read_sixtieth(&p, &seconds);
    skip_blank(&p);
    double part = minutes / 60 + seconds / 3600;
    angle->deg += angle->deg < 0 ? -part : part;
    return ok && !*p && minutes == floor(minutes);
}

static bool angle_in_range(const struct angle *angle, bool is_lon, char why[VALUE_WHY_SIZE])
{
    if (angle->letter && (strchr("EW", angle->letter) != NULL) != is_lon)
        return refuse(why, is_lon ? "a latitude where the longitude should be; swapped?"
                                  : "a longitude where the latitude should be; swapped?");
    if (!is_lon && fabs(angle->deg) > 90 && fabs(angle->deg) <= 180)
        return refuse(why, "a latitude is at most 90 degrees; is the pair swapped?");
    if (fabs(angle->deg) > (is_lon ? 180 : 90))
        return refuse(why, is_lon ? "a longitude is at most 180 degrees"
                                  : "a latitude is at most 90 degrees");
    return true;
}

bool value_degrees(const char *text, bool is_lon, double *out, char why[VALUE_WHY_SIZE])
{
    struct angle angle = {0};
    const char *p = read_plain(text, &angle.deg), *end;
    if (!p || *p) {
        p = text;
        if (!read_angle(&p, &angle))
            return refuse(why, "not an angle");
        if (*p == ',' && angle.deg == floor(angle.deg) && isdigit((unsigned char)p[1])) {
            if (!read_comma_number(text, &angle.deg, why, &end) || *end)
                return refuse(why, "not an angle");
        } else if (*p && !read_bare_sixtieths(p, &angle)) {
            return refuse(why, "not an angle");
        }
    }
    if (!angle_in_range(&angle, is_lon, why))
        return false;
    *out = angle.deg;
    return true;
}

/* Which of the two is the latitude: 1 the first, 2 the second, 0 not told. */
static int latitude_of(const struct angle *a, const struct angle *b)
{
    bool a_lat = a->letter && strchr("NS", a->letter),
         b_lat = b->letter && strchr("NS", b->letter);
    bool a_lon = a->letter && strchr("EW", a->letter),
         b_lon = b->letter && strchr("EW", b->letter);
    if (a_lat || b_lon || fabs(b->deg) > 90)
        return 1;
    return b_lat || a_lon || fabs(a->deg) > 90 ? 2 : 0;
}

bool value_point(const char *text, bool lat_first, struct point *out, char why[VALUE_WHY_SIZE])
{
    struct angle a, b;
    const char *p = text;
    if (strncasecmp(p, "point", 5) == 0) {
        p += 5;
        lat_first = false; /* well-known text: x before y */
    }
    p += strspn(p, " ([");
    bool ok = read_angle(&p, &a);
    if (ok && (strncmp(p, "，", 3) == 0 || strncmp(p, "、", 3) == 0))
        p += 3;
    else
        p += strspn(p, " ,;/|");
    ok = ok && read_angle(&p, &b);
    p += strspn(p, " )]");
    if (!ok || *p)
        return refuse(why, "not a pair of coordinates");
    int which = latitude_of(&a, &b);
    bool first = which ? which == 1 : lat_first;
    const struct angle *lat = first ? &a : &b, *lon = first ? &b : &a;
    if (!angle_in_range(lat, false, why) || !angle_in_range(lon, true, why))
        return false;
    *out = (struct point){lon->deg, lat->deg};
    return true;
}

/* ---- ids ----------------------------------------------------------------------------- */

/* "4.60003E+14": digits are lost unless as many stand there as the exponent wants. */
static bool rounded_float(const char *text)
{
    const char *p = text + strspn(text, "0123456789");
    if (p == text || p - text > 2 || *p != '.')
        return strspn(text, "0123456789") == 1 && (text[1] == 'E' || text[1] == 'e') &&
               text[2] == '+' && strspn(text + 3, "0123456789") == strlen(text + 3);
    p += 1 + strspn(p + 1, "0123456789");
    return (*p == 'E' || *p == 'e') && (p[1] == '+' || isdigit((unsigned char)p[1])) && p[1] &&
           strspn(p + 2, "0123456789") == strlen(p + 2);
}

bool value_id(const char *text, size_t *length, char why[VALUE_WHY_SIZE])
{
    *length = strlen(text);
    if (!isdigit((unsigned char)text[0]) && text[0] != '#')
        return true;
    if (rounded_float(text))
        return refuse(why, "a spreadsheet turned this id into a rounded number; export the "
                           "column as text");
    if (text[0] == '#' && (text_starts(text, "#REF") || text_starts(text, "#NAME") ||
                           text_starts(text, "#VALUE") || text_starts(text, "##")))
        return refuse(why, "a spreadsheet's error in place of the id");
    size_t digits = strspn(text, "0123456789");
    if (digits && digits <= 15 && strcmp(text + digits, ".0") == 0)
        *length = digits;
    return true;
}
