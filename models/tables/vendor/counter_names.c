#include "models/tables/vendor/counter_names.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/tables/rows.h"
#include "models/tables/vendor/level.h"

/* The table in the program: the same file that a reader of the tree sees. */
__asm__(".pushsection .rodata\n"
        "counter_names_begin: .incbin \"models/tables/vendor/counter_names.csv\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char counter_names_begin[];

enum { NAME_MAX_LENGTH = 256, NAMES_MAX = 10000 };

struct counter_line {
    char *pattern;
    bool wild;
    struct counter_use use;
};

struct counter_names {
    struct counter_line *lines;
    size_t count, capacity;
    char *groups[COUNTER_GROUPS * KIND_COUNT]; /* names met so far, by kind */
};

static const char *const kind_names[KIND_COUNT] = {
    "availability_pct",
    "ul_interference_dbm",
    "prb_dl_util_pct",
    "drop_rate_pct",
    "setup_success_pct",
    "ho_success_pct",
    "vswr",
    "traffic",
};

static const char *const role_names[] = {
    [ROLE_VALUE] = "value",   [ROLE_SUM] = "sum",     [ROLE_PART] = "part",
    [ROLE_WHOLE] = "whole",   [ROLE_UP_S] = "up_s",   [ROLE_DOWN_S] = "down_s",
    [ROLE_BAND1] = "band1",   [ROLE_BAND2] = "band2", [ROLE_BAND3] = "band3",
    [ROLE_BAND4] = "band4",   [ROLE_BAND5] = "band5", [ROLE_BAND45] = "band45",
    [ROLE_UNUSED] = "unused",
};

static enum counter_kind kind_of(const char *text)
{
    for (int k = 0; k < KIND_COUNT; k++)
        if (strcmp(text, kind_names[k]) == 0)
            return (enum counter_kind)k;
    return KIND_NONE;
}

static enum counter_role role_of(const char *text)
{
    for (size_t r = ROLE_VALUE; r < ARRAY_COUNT(role_names); r++)
        if (strcmp(text, role_names[r]) == 0)
            return (enum counter_role)r;
    return ROLE_NONE;
}

/* -1: a column has more groups than places. */
static int group_of(struct counter_names *names, enum counter_kind kind, const char *text)
{
    for (int g = 0; g < COUNTER_GROUPS; g++) {
        char **place = &names->groups[kind * COUNTER_GROUPS + g];
        if (!*place)
            *place = base_text(text);
        if (strcmp(*place, text) == 0)
            return g;
    }
    return -1;
}

/* A line of the table; NULL or what is wrong with it. */
static const char *add_line(struct counter_names *names, const char *const *values,
                            size_t count)
{
    if (count < 3 || !values[0][0])
        return "has no name, column and role";
    struct counter_use use = {
        .kind = kind_of(values[1]), .role = role_of(values[2]), .scale = 1};
    if (use.role == ROLE_NONE)
        return "has an unknown role";
    if (use.kind == KIND_NONE && use.role != ROLE_UNUSED)
        return "names an unknown column";
    if (use.kind != KIND_NONE)
        use.group = group_of(names, use.kind, count > 3 ? values[3] : "");
    if (use.group < 0)
        return "is of one group too many for its column";
    if (count > 4 && values[4][0] && !level_parse(values[4], &use.scale))
        return "has a scale that is no number";
    if (names->count == NAMES_MAX || strlen(values[0]) > NAME_MAX_LENGTH)
        return "is longer than it can be, or one too many";
    names->lines =
        base_grow(names->lines, &names->capacity, names->count + 1, sizeof *names->lines);
    names->lines[names->count++] = (struct counter_line){
        .pattern = base_text(values[0]), .wild = strpbrk(values[0], "*?[") != NULL, .use = use};
    return NULL;
}

/* The built-in table has neither quotes nor line breaks within a field. */
static void read_builtin(struct counter_names *names)
{
    char *copy = base_text(counter_names_begin);
    char *lines = NULL;
    strtok_r(copy, "\n", &lines); /* the header */
    for (char *line; (line = strtok_r(NULL, "\n", &lines));) {
        const char *values[6] = {line, "", "", "", "", ""};
        size_t count = 1;
        if (*line == '#')
            continue;
        for (char *p = line; count < ARRAY_COUNT(values) && (p = strchr(p, ',')); count++) {
            *p++ = '\0';
            values[count] = p;
        }
        add_line(names, values, count);
    }
    free(copy);
}

/* ---- the user's file ---------------------------------------------------------------- */

struct user_file {
    struct counter_names *names;
    const char *path;
};

static enum status on_header(void *context, uint32_t line, const char *const *names,
                             size_t count, struct error *error)
{
    const struct user_file *file = context;
    (void)line;
    if (count < 3 || strcmp(names[0], "name") != 0 || strcmp(names[1], "column") != 0 ||
        strcmp(names[2], "role") != 0)
        return error_set(error, STATUS_FORMAT,
                         "%s: the header must begin with name,column,role,group,scale",
                         file->path);
    return STATUS_OK;
}

static enum status on_row(void *context, uint32_t line, const char *const *values, size_t count,
                          struct error *error)
{
    const struct user_file *file = context;
    if (values[0][0] == '#')
        return STATUS_OK;
    const char *wrong = add_line(file->names, values, count);
    return wrong ? error_set(error, STATUS_FORMAT, "%s, line %u: '%s' %s", file->path, line,
                             values[0], wrong)
                 : STATUS_OK;
}

static void on_refuse(void *context, uint32_t line, const char *column, const char *value,
                      const char *reason)
{
    (void)context, (void)line, (void)column, (void)value, (void)reason;
}

static enum status read_user(struct counter_names *names, const char *data_path,
                             struct error *error)
{
    const char *slash = strrchr(data_path, '/');
    struct buffer path = {0};
    buffer_append(&path, data_path, slash ? (size_t)(slash - data_path) + 1 : 0);
    buffer_text(&path, "counter_names.csv");
    enum status status = STATUS_OK;
    if (access(path.bytes, R_OK) == 0) {
        struct user_file file = {names, path.bytes};
        const struct row_sink sink = {&file, on_header, on_row, on_refuse, NULL};
        struct row_facts facts = {0};
        status = rows_read_csv(path.bytes, &sink, &facts, error);
    }
    buffer_free(&path);
    return status;
}

enum status counter_names_open(const char *data_path, struct counter_names **out,
                               struct error *error)
{
    struct counter_names *names = base_alloc(1, sizeof *names);
    enum status status = read_user(names, data_path, error);
    if (status != STATUS_OK) {
        counter_names_free(names);
        return status;
    }
    read_builtin(names);
    *out = names;
    return STATUS_OK;
}

void counter_names_free(struct counter_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->count; i++)
        free(names->lines[i].pattern);
    for (size_t i = 0; i < ARRAY_COUNT(names->groups); i++)
        free(names->groups[i]);
    free(names->lines);
    free(names);
}

/* ---- finding ------------------------------------------------------------------------ */

static bool line_fits(const struct counter_line *line, const char *name)
{
    return line->wild ? fnmatch(line->pattern, name, FNM_CASEFOLD) == 0
                      : strcasecmp(line->pattern, name) == 0;
}

static struct counter_meaning find_exact(const struct counter_names *names, const char *name)
{
    struct counter_meaning meaning = {.count = 0};
    const char *first = NULL;
    for (size_t i = 0; i < names->count && meaning.count < COUNTER_USES; i++) {
        const struct counter_line *line = &names->lines[i];
        if (first ? strcmp(first, line->pattern) != 0 : !line_fits(line, name))
            continue;
        first = line->pattern;
        meaning.uses[meaning.count++] = line->use;
    }
    return meaning;
}

/* "L.UL.Interference.Avg (dBm)" without the unit, "X@AB" without the suffix. */
static bool strip_unit(char *name)
{
    size_t length = strlen(name);
    char *at = strrchr(name, '@'), *open = NULL;
    if (at && length) {
        *at = '\0';
        return true;
    }
    if (length && name[length - 1] == ')')
        open = strrchr(name, '(');
    else if (length >= 3 && strcmp(name + length - 3, "）") == 0)
        open = strstr(name, "（");
    if (!open || open == name)
        return false;
    while (open > name && isspace((unsigned char)open[-1]))
        open--;
    *open = '\0';
    return *name != '\0';
}

struct counter_meaning counter_names_find(const struct counter_names *names, const char *name)
{
    char copy[2 * NAME_MAX_LENGTH];
    snprintf(copy, sizeof copy, "%s", name);
    struct counter_meaning meaning;
    do {
        meaning = find_exact(names, copy);
    } while (!meaning.count && strip_unit(copy));
    return meaning;
}

/* ---- adding up ---------------------------------------------------------------------- */

static bool add_use(struct counter_sums *sums, const struct counter_use *use, double value)
{
    uint8_t bit = (uint8_t)(1u << use->group);
    switch (use->role) {
    case ROLE_VALUE:
        if (!sums->has_value[use->kind])
            sums->value[use->kind] = value * use->scale;
        sums->has_value[use->kind] = true;
        return true;
    case ROLE_SUM:
        sums->sum[use->kind] += value * use->scale;
        sums->has_sum[use->kind] = true;
        return true;
    case ROLE_PART:
        sums->part[use->kind][use->group] += value * use->scale;
        sums->has_part[use->kind] |= bit;
        return true;
    case ROLE_WHOLE:
        sums->whole[use->kind][use->group] += value * use->scale;
        sums->has_whole[use->kind] |= bit;
        return true;
    case ROLE_UP_S:
        sums->up_s += value * use->scale;
        sums->has_up = true;
        return true;
    case ROLE_DOWN_S:
        sums->down_s += value * use->scale;
        sums->has_down = true;
        return true;
    case ROLE_BAND45:
        sums->band45 = value * use->scale;
        sums->has_band |= 1u << COUNTER_BANDS;
        return true;
    case ROLE_BAND1:
    case ROLE_BAND2:
    case ROLE_BAND3:
    case ROLE_BAND4:
    case ROLE_BAND5:
        sums->band[use->role - ROLE_BAND1] += value * use->scale;
        sums->has_band |= (uint8_t)(1u << (use->role - ROLE_BAND1));
        return true;
    default:
        return false;
    }
}

bool counter_sums_add(struct counter_sums *sums, const struct counter_meaning *meaning,
                      double value)
{
    bool used = false;
    for (size_t i = 0; i < meaning->count; i++)
        used |= add_use(sums, &meaning->uses[i], value);
    return used;
}

/* Groups multiplied; a group without attempts says nothing. */
static double ratio_pct(const struct counter_sums *sums, enum counter_kind kind,
                        const char **why)
{
    double ratio = 1;
    bool any = false;
    for (int g = 0; g < COUNTER_GROUPS; g++) {
        bool both = (sums->has_part[kind] & sums->has_whole[kind]) >> g & 1;
        double part = sums->part[kind][g], whole = sums->whole[kind][g];
        if (!both || !(whole > 0))
            continue;
        if (part > whole || part < 0) {
            *why = "counts more successes than attempts";
            return NAN;
        }
        ratio *= part / whole;
        any = true;
    }
    return any ? 100 * ratio : NAN;
}

static double availability_pct(const struct counter_sums *sums, double period_s)
{
    if (!(period_s > 0))
        return NAN;
    double up_s = sums->has_up ? sums->up_s : period_s - sums->down_s;
    if (!sums->has_up && !sums->has_down)
        return NAN;
    return fmin(100, fmax(0, 100 * up_s / period_s));
}

static double band_level(const struct counter_sums *sums)
{
    enum { ALL_BANDS = (1 << COUNTER_BANDS) - 1 };
    if ((sums->has_band & ALL_BANDS) == ALL_BANDS)
        return counter_band_level(sums->band);
    /* Shares are printed in per cent. */
    if (sums->has_band >> COUNTER_BANDS & 1)
        return counter_band45_level(sums->band45 / 100);
    return NAN;
}

double counter_sums_get(const struct counter_sums *sums, enum counter_kind kind,
                        double period_s, const char **why)
{
    const char *ignored = NULL;
    why = why ? why : &ignored;
    *why = NULL;
    if (sums->has_value[kind])
        return sums->value[kind];
    if (sums->has_sum[kind])
        return sums->sum[kind];
    if (kind == KIND_AVAILABILITY)
        return availability_pct(sums, period_s);
    if (kind == KIND_INTERFERENCE)
        return band_level(sums);
    return ratio_pct(sums, kind, why);
}

/* ---- GSM interference bands --------------------------------------------------------- */

/* Limits between the bands, dBm: 1 is -110..-100, 5 is -85..-80. Operator rule. */
static const double band_limits_dbm[COUNTER_BANDS + 1] = {-110, -100, -95, -90, -85, -80};
static const double rule_share = 0.30; /* of time, in the same rule */

static double below_first_limit(double share, double limit_dbm)
{
    return band_limits_dbm[0] + (limit_dbm - band_limits_dbm[0]) * share / rule_share;
}

double counter_band_level(const double share[COUNTER_BANDS])
{
    double total = 0, above = 0;
    for (int b = 0; b < COUNTER_BANDS; b++)
        total += fmax(0, share[b]);
    if (!(total > 0))
        return NAN;
    for (int b = COUNTER_BANDS - 1; b > 0; b--) {
        double here = fmax(0, share[b]) / total;
        if (above + here >= rule_share) {
            double within = (rule_share - above) / here;
            return band_limits_dbm[b + 1] -
                   within * (band_limits_dbm[b + 1] - band_limits_dbm[b]);
        }
        above += here;
    }
    return below_first_limit(above, band_limits_dbm[1]);
}

double counter_band45_level(double share)
{
    const double limit_dbm = band_limits_dbm[3], top_dbm = band_limits_dbm[COUNTER_BANDS];
    if (!(share >= 0 && share <= 1))
        return NAN;
    if (share < rule_share)
        return below_first_limit(share, limit_dbm);
    /* Both bands as one, linear within. */
    return top_dbm - rule_share / share * (top_dbm - limit_dbm);
}
