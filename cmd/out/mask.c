/* Phone numbers in any text, however people group them: 138****1234. */
#include <string.h>

#include "cmd/out/result.h"

enum { MOST_DIGITS = 15, MOST_GROUPS = 6 };

/* The digit at `c`, ASCII or full width, with its length in bytes; -1 when there is none. */
static int digit_at(const char *c, size_t *bytes)
{
    *bytes = 1;
    if (*c >= '0' && *c <= '9')
        return *c - '0';
    *bytes = 3;
    if ((unsigned char)c[0] == 0xEF && (unsigned char)c[1] == 0xBC &&
        (unsigned char)c[2] >= 0x90 && (unsigned char)c[2] <= 0x99)
        return (unsigned char)c[2] - 0x90;
    return -1;
}

/* Digits with single separators between them. */
struct run {
    char digits[MOST_DIGITS + 1];
    size_t count, groups, group[MOST_GROUPS];
    char separator; /* '\0': none, '?': several kinds */
};

/* Reads the run that begins at `c` with at most `groups` groups; returns its end. */
static const char *read_run(const char *c, size_t groups, struct run *run)
{
    *run = (struct run){.groups = 1};
    const char *end = c;
    for (size_t bytes; *c;) {
        int digit = digit_at(c, &bytes);
        if (digit >= 0 && run->count == MOST_DIGITS)
            return NULL;
        if (digit >= 0) {
            run->digits[run->count++] = (char)('0' + digit);
            run->group[run->groups - 1]++;
            end = c += bytes;
        } else if (run->groups < groups && strchr(" -.", *c) && c == end &&
                   digit_at(c + 1, &bytes) >= 0) {
            run->separator = !run->separator || run->separator == *c ? *c : '?';
            run->groups++;
            c++;
        } else {
            break;
        }
    }
    return end;
}

static bool groups_are(const struct run *run, size_t from, size_t a, size_t b, size_t c)
{
    const size_t want[] = {a, b, c};
    size_t count = c ? 3 : b ? 2 : 1;
    for (size_t i = 0; i < count; i++)
        if (from + i >= run->groups || run->group[from + i] != want[i])
            return false;
    return from + count == run->groups;
}

/* A mobile number in groups that ids of cells, dates and coordinates do not have. */
static bool is_mobile(const struct run *run)
{
    size_t country = strncmp(run->digits, "0086", 4) == 0 ? 4
                     : strncmp(run->digits, "86", 2) == 0 ? 2
                                                          : 0;
    const char *number = run->digits + country;
    if (run->count - country != 11 || number[0] != '1' || number[1] < '3')
        return false;
    if (run->groups == 1)
        return true;
    size_t from = country && run->group[0] == country ? 1 : 0;
    if (groups_are(run, from, 11, 0, 0) || groups_are(run, from, 3, 4, 4))
        return true;
    return run->separator != '.' &&
           (groups_are(run, from, 3, 8, 0) || groups_are(run, from, 7, 4, 0));
}

/* 0371-55512345, 037155512345. */
static bool is_landline(const struct run *run)
{
    if (run->digits[0] != '0' || (run->groups > 1 && run->separator == '.'))
        return false;
    if (run->groups == 1)
        return run->count == 11 || run->count == 12;
    size_t area = run->group[0];
    return (area == 3 || area == 4) &&
           (groups_are(run, 0, area, 7, 0) || groups_are(run, 0, area, 8, 0) ||
            groups_are(run, 0, area, 4, 4) || groups_are(run, 0, area, 3, 4));
}

/* The end of a phone number that begins at `c`; NULL when there is none. `plus`: a '+' stands
 * before it. */
static const char *phone_end(const char *c, bool plus)
{
    for (size_t groups = plus ? MOST_GROUPS : 4; groups; groups--) {
        struct run run;
        const char *end = read_run(c, groups, &run);
        if (end && ((plus && run.count >= 9) || is_mobile(&run) || is_landline(&run)))
            return end;
    }
    return NULL;
}

/* Copies `from` up to `end`: the first three digits and the last four stay. */
static char *put_masked(char *out, const char *from, const char *end)
{
    size_t total = 0, at = 0, bytes;
    for (const char *c = from; c < end; c += bytes)
        total += digit_at(c, &bytes) >= 0 ? 1 : (bytes = 1, 0);
    for (const char *c = from; c < end; c += bytes) {
        bool digit = digit_at(c, &bytes) >= 0;
        bytes = digit ? bytes : 1;
        if (digit && at >= 3 && at + 4 < total)
            *out++ = '*';
        else
            for (size_t b = 0; b < bytes; b++)
                *out++ = c[b];
        at += digit;
    }
    return out;
}

/* The next phone number at or behind `c`: where it begins and ends; NULL when there is none. */
static const char *next_phone(const char *text, const char *c, const char **end)
{
    for (size_t bytes; *c;) {
        if (digit_at(c, &bytes) < 0) {
            c++;
            continue;
        }
        *end = phone_end(c, c > text && c[-1] == '+');
        if (*end)
            return c;
        while (digit_at(c, &bytes) >= 0)
            c += bytes; /* no number begins within a longer one */
    }
    return NULL;
}

const char *result_mask_phones(struct arena *arena, const char *text)
{
    const char *end = NULL, *phone = next_phone(text, text, &end);
    if (!phone)
        return text;
    char *copy = arena_text(arena, text, strlen(text)), *out = copy;
    const char *c = text;
    for (; phone; phone = next_phone(text, c, &end)) {
        memcpy(out, c, (size_t)(phone - c));
        out = put_masked(out + (phone - c), phone, end);
        c = end;
    }
    strcpy(out, c);
    return copy;
}

const char *result_mask_value(struct arena *arena, const char *column, const char *value)
{
    if (*value && (text_equal(column, "phone") || text_equal(column, "customer_id")))
        return "***";
    return result_mask_phones(arena, value);
}
