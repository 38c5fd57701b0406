#include "models/tables/time.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const NOT_A_TIME = "not a date and time in a form that is understood";
static const char *const ROUNDED =
    "an epoch that a spreadsheet rounded: too few digits are left to tell the minute";

struct moment {
    int year, month, day, hour, minute, second;
    bool has_offset;
    int offset_s;
};

int64_t time_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    of_year += day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097,
            of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

const char *time_format(int64_t time_s, int utc_offset_s, char text[TIME_SIZE])
{
    text[0] = '\0';
    if (time_s == TIME_ABSENT)
        return text;
    int64_t local = time_s + utc_offset_s, days = local / 86400 - (local % 86400 < 0);
    int year, month, day, rest = (int)(local - days * 86400), zone = abs(utc_offset_s) / 60;
    civil_from_days(days, &year, &month, &day);
    snprintf(text, TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month, day,
             rest / 3600, rest / 60 % 60, rest % 60, utc_offset_s < 0 ? '-' : '+', zone / 60,
             zone % 60);
    return text;
}

static int month_length(int year, int month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : length[month - 1];
}

static bool moment_seconds(const struct moment *m, int utc_offset_s, int64_t *out_s,
                           const char **why)
{
    *why = "not a date of the calendar";
    if (m->month < 1 || m->month > 12 || m->day < 1 || m->day > month_length(m->year, m->month))
        return false;
    *why = "not a time of the day";
    bool midnight = m->hour == 24 && m->minute == 0 && m->second == 0;
    if ((m->hour > 23 && !midnight) || m->minute > 59 || m->second > 60)
        return false;
    *why = "the year is outside 1970..2199";
    if (m->year < 1970 || m->year > 2199)
        return false;
    *out_s = time_days(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60 +
             m->second - (m->has_offset ? m->offset_s : utc_offset_s);
    return true;
}

/* ---- numbers: epochs, serial days, digits without separators --------------------------- */

static int digits_at(const char *text, int from, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (text[from + i] - '0');
    return value;
}

/* yyyymmdd[hh[mm[ss]]] */
static bool parse_packed(const char *text, size_t n, struct moment *m)
{
    *m = (struct moment){.year = digits_at(text, 0, 4),
                         .month = digits_at(text, 4, 2),
                         .day = digits_at(text, 6, 2)};
    if (n >= 10)
        m->hour = digits_at(text, 8, 2);
    if (n >= 12)
        m->minute = digits_at(text, 10, 2);
    if (n >= 14)
        m->second = digits_at(text, 12, 2);
    return m->year >= 1970 && m->year < 2200 && m->month >= 1 && m->month <= 12 &&
           m->day >= 1 && m->day <= 31 && m->hour < 24;
}

/* The smallest step that the digits of a number can tell: 1e7 for 1.43923E+12. */
static double number_resolution(const char *text)
{
    const char *e = strpbrk(text, "eE"), *dot = strchr(text, '.');
    long exponent = e ? strtol(e + 1, NULL, 10) : 0;
    long places = dot ? (long)((e ? e : text + strlen(text)) - dot) - 1 : 0;
    return pow(10, (double)(exponent - places));
}

static bool parse_epoch(double value, double resolution, int64_t *out_s, const char **why)
{
    double unit = value >= 1e14 ? 1e6 : value >= 1e11 ? 1e3 : 1;
    *why = ROUNDED;
    if (resolution / unit > 60)
        return false;
    *why = "the year is outside 1970..2199";
    if (value / unit >= 7258118400) /* 2200-01-01 */
        return false;
    *out_s = (int64_t)floor(value / unit);
    return true;
}

/* Days since 1899-12-30, as spreadsheets count from March 1900 on (ECMA-376 part 1, 18.17.4).
 */
static int64_t serial_seconds(double days, int utc_offset_s)
{
    return llround((days - 25569) * 86400) - utc_offset_s;
}

static bool parse_number(const char *text, int utc_offset_s, int64_t *out_s, const char **why)
{
    size_t n = strlen(text);
    struct moment m;
    bool digits = strspn(text, "0123456789") == n;
    bool packed = digits && (n == 8 || n == 10 || n == 12 || n == 14) && text[0] != '1';
    if (packed && parse_packed(text, n, &m))
        return moment_seconds(&m, utc_offset_s, out_s, why);
    double value = strtod(text, NULL);
    *why = NOT_A_TIME;
    if (value >= 25570 && value < 100000) { /* from 1970-01-02 on */
        *out_s = serial_seconds(value, utc_offset_s);
        return true;
    }
    if (value < 1e8)
        return false;
    return parse_epoch(value, digits ? 1 : number_resolution(text), out_s, why);
}

/* ---- dates with separators ------------------------------------------------------------ */

struct reader {
    const char *at;
};

static bool read_int(struct reader *r, int max_digits, int *value)
{
    int n = 0, v = 0;
    while (n < max_digits && isdigit((unsigned char)r->at[n]))
        v = v * 10 + (r->at[n++] - '0');
    r->at += n;
    *value = v;
    return n > 0;
}

static bool skip_text(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if (strncasecmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

static void skip_space(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '_' || skip_text(r, "\xE3\x80\x80"))
        r->at += *r->at == ' ' || *r->at == '\t' || *r->at == '_';
}

static bool skip_one(struct reader *r, const char *set)
{
    if (!*r->at || !strchr(set, *r->at))
        return false;
    r->at++;
    return true;
}

static int read_month_name(struct reader *r)
{
    static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (skip_text(r, names[i])) {
            while (isalpha((unsigned char)*r->at))
                r->at++;
            return i + 1;
        }
    return 0;
}

/* 02-Mar-2026, 2 March 26 */
static bool read_named_date(struct reader *r, int day, struct moment *m)
{
    m->day = day;
    m->month = read_month_name(r);
    skip_one(r, ".");
    bool ok = m->month && (skip_one(r, "-/ ,") || isdigit((unsigned char)*r->at));
    skip_space(r);
    const char *year = r->at;
    ok = ok && read_int(r, 4, &m->year);
    if (ok && r->at - year == 2)
        m->year += 2000;
    return ok;
}

/* 25/12/2025, 12/25/2025; both parts up to 12 cannot be told apart unless they are equal. */
static bool order_parts(int first, int second, struct moment *m, const char **why)
{
    *why = "day and month cannot be told apart; write 2026-03-02";
    bool day_first = first > 12;
    if (!day_first && second <= 12 && first != second)
        return false;
    m->day = day_first ? first : second;
    m->month = day_first ? second : first;
    return true;
}

static bool read_year_last(struct reader *r, int first, struct moment *m, const char **why)
{
    int second;
    *why = NOT_A_TIME;
    skip_space(r);
    if (isalpha((unsigned char)*r->at))
        return read_named_date(r, first, m);
    if (!read_int(r, 2, &second) || !skip_one(r, "-/.") || !read_int(r, 4, &m->year) ||
        m->year < 1000)
        return false;
    return order_parts(first, second, m, why);
}

static bool read_date(struct reader *r, struct moment *m, const char **why)
{
    const char *start = r->at;
    int first;
    *why = NOT_A_TIME;
    if (!read_int(r, 4, &first))
        return false;
    if (r->at - start < 4) {
        if (!skip_one(r, "-/. "))
            return false;
        return read_year_last(r, first, m, why);
    }
    m->year = first;
    if (!skip_one(r, "-/.") && !skip_text(r, "年"))
        return false;
    skip_space(r);
    if (isalpha((unsigned char)*r->at))
        m->month = read_month_name(r);
    else if (!read_int(r, 2, &m->month))
        return false;
    if (!skip_one(r, "-/.") && !skip_text(r, "月"))
        return false;
    skip_space(r);
    bool ok = read_int(r, 2, &m->day);
    skip_text(r, "日");
    return ok;
}

/* 1 morning, 2 afternoon, 0 not said */
static int read_half(struct reader *r)
{
    skip_space(r);
    int half = skip_text(r, "上午") || skip_text(r, "am")   ? 1
               : skip_text(r, "下午") || skip_text(r, "pm") ? 2
                                                            : 0;
    skip_space(r);
    return half;
}

static bool read_clock(struct reader *r, struct moment *m)
{
    int half = read_half(r), fraction;
    if (!read_int(r, 2, &m->hour))
        return false;
    if (skip_one(r, ":.") || skip_text(r, "时") || skip_text(r, "点") || skip_text(r, "：")) {
        if (read_int(r, 2, &m->minute) &&
            (skip_one(r, ":.") || skip_text(r, "分") || skip_text(r, "：")) &&
            read_int(r, 2, &m->second)) {
            skip_text(r, "秒");
            if (skip_one(r, ".,") && !read_int(r, 9, &fraction))
                return false;
        }
    } else {
        return false;
    }
    half = half ? half : read_half(r);
    if (half && (m->hour < 1 || m->hour > 12))
        return false;
    if (half)
        m->hour = m->hour % 12 + (half == 2 ? 12 : 0);
    return true;
}

static bool read_offset(struct reader *r, struct moment *m)
{
    skip_space(r);
    bool named = skip_text(r, "utc") || skip_text(r, "gmt") || skip_text(r, "z");
    m->has_offset = named;
    if (*r->at != '+' && *r->at != '-')
        return true;
    int sign = *r->at++ == '-' ? -1 : 1, hours, minutes = 0;
    const char *start = r->at;
    if (!read_int(r, 2, &hours))
        return false;
    if (skip_one(r, ":") || r->at - start == 2)
        read_int(r, 2, &minutes);
    m->has_offset = true;
    m->offset_s = sign * (hours * 3600 + minutes * 60);
    return hours <= 14 && minutes < 60;
}

static bool parse_calendar(const char *text, struct moment *m, const char **why)
{
    struct reader r = {text};
    if (!read_date(&r, m, why))
        return false;
    *why = NOT_A_TIME;
    skip_one(&r, "Tt");
    skip_space(&r);
    if (!*r.at)
        return true;
    if (!read_clock(&r, m) || !read_offset(&r, m))
        return false;
    skip_space(&r);
    return *r.at == '\0';
}

/* 2026-03-02T09:05:00+08:00, the form of large tables, without the general reader. */
static bool parse_plain(const char *t, struct moment *m)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd+dd:dd";
    for (int i = 0; form[i]; i++) {
        bool ok = form[i] == 'd'   ? t[i] >= '0' && t[i] <= '9'
                  : form[i] == '+' ? t[i] == '+' || t[i] == '-'
                                   : t[i] == form[i];
        if (!ok)
            return false;
    }
    int offset = digits_at(t, 20, 2) * 3600 + digits_at(t, 23, 2) * 60;
    *m = (struct moment){digits_at(t, 0, 4),
                         digits_at(t, 5, 2),
                         digits_at(t, 8, 2),
                         digits_at(t, 11, 2),
                         digits_at(t, 14, 2),
                         digits_at(t, 17, 2),
                         true,
                         t[19] == '-' ? -offset : offset};
    return t[25] == '\0' && offset <= 14 * 3600;
}

static bool is_number(const char *text)
{
    char *end;
    if (!isdigit((unsigned char)text[0]))
        return false;
    strtod(text, &end);
    return *end == '\0' && !strpbrk(text, "xXpP");
}

bool time_offset(const char *text, int *offset_s)
{
    size_t n = strlen(text);
    const char *t = n >= 16 ? text + n - 6 : "";
    bool shaped = (t[0] == '+' || t[0] == '-') && t[3] == ':' && isdigit((unsigned char)t[1]) &&
                  isdigit((unsigned char)t[2]) && isdigit((unsigned char)t[4]) &&
                  isdigit((unsigned char)t[5]);
    if (!shaped)
        return false;
    int seconds =
        ((t[1] - '0') * 10 + t[2] - '0') * 3600 + ((t[4] - '0') * 10 + t[5] - '0') * 60;
    *offset_s = t[0] == '-' ? -seconds : seconds;
    return true;
}

bool time_parse(const char *text, int utc_offset_s, int64_t *out_s, const char **why)
{
    struct moment m = {0};
    if (parse_plain(text, &m))
        return moment_seconds(&m, utc_offset_s, out_s, why);
    if (is_number(text))
        return parse_number(text, utc_offset_s, out_s, why);
    m = (struct moment){0};
    return parse_calendar(text, &m, why) && moment_seconds(&m, utc_offset_s, out_s, why);
}
