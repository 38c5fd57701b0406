#include "models/tables/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/fold.h"
#include "models/tables/value.h"

/* A header in the two forms that are compared: with and without what stands in brackets. */
struct folded {
    const char *header, *text, *unit;
};

static struct folded *fold_headers(const char *const *headers, size_t count,
                                   struct arena *arena)
{
    struct buffer text = {0}, unit = {0};
    struct folded *folded = arena_alloc(arena, (count + 1) * sizeof *folded);
    for (size_t i = 0; i < count; i++) {
        fold_text(headers[i], &text, &unit);
        folded[i].header = headers[i];
        folded[i].text = arena_text(arena, text.bytes, text.length);
        folded[i].unit = arena_text(arena, unit.bytes, unit.length);
    }
    buffer_free(&text);
    buffer_free(&unit);
    return folded;
}

static bool find_header(const struct folded *folded, size_t count, const char *name,
                        size_t *index)
{
    struct buffer want = {0};
    struct buffer ignored = {0};
    fold_text(name, &want, &ignored);
    bool found = false;
    for (size_t i = 0; i < count && !found && want.length; i++)
        if (strcmp(folded[i].text, want.bytes) == 0) {
            *index = i;
            found = true;
        }
    buffer_free(&want);
    buffer_free(&ignored);
    return found;
}

/* The canonical name as it is written, the aliases in their order, the name in other
 * spellings: where CGI and CELLID stand side by side, the first says more. */
static bool find_field(const struct field *field, const struct folded *folded, size_t count,
                       size_t *index)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        if (strcmp(folded[i].header, field->name) == 0) {
            *index = i;
            found = true;
        }
    char *list = base_text(field->aliases ? field->aliases : ""), *rest = list;
    for (char *alias; !found && (alias = strsep(&rest, "|"));)
        found = *alias && find_header(folded, count, alias, index);
    free(list);
    return found || find_header(folded, count, field->name, index);
}

static void read_sentinels(struct column *column)
{
    const char *p = column->field->sentinels;
    while (p && *p && column->sentinel_count < COLUMN_SENTINELS_MAX) {
        char *end;
        double value = strtod(p, &end);
        if (end > p)
            column->sentinels[column->sentinel_count++] = value;
        p = strchr(p, '|');
        p = p ? p + 1 : NULL;
    }
}

/* A unit in the header counts where it differs from the field's and converts. */
static const char *header_unit(const struct field *field, const char *unit, const char **note,
                               struct arena *arena)
{
    double one = 1;
    if (field->type != FIELD_NUMBER || !field->unit || !unit[0] ||
        !value_convert(unit, field->unit, &one))
        return NULL;
    if (one == 1)
        return NULL;
    *note = arena_format(arena, "%s read as %s", unit, field->unit);
    return unit;
}

static bool names_lat_first(const char *folded)
{
    const char *lat = strstr(folded, "lat"), *lon = strstr(folded, "lon");
    const char *lng = strstr(folded, "lng"), *wei = strstr(folded, "纬"),
               *jing = strstr(folded, "经");
    if (wei || jing)
        return wei && (!jing || wei < jing);
    lon = lon ? lon : lng;
    return !lat || !lon || lat < lon;
}

static void bind_column(struct column *column, const struct field *field, size_t index,
                        const struct folded *folded, struct column_match *match,
                        struct arena *arena)
{
    *column = (struct column){.field = field,
                              .index = index,
                              .header = match->header,
                              .lat_first = names_lat_first(folded->text)};
    column->unit = header_unit(field, folded->unit, &match->note, arena);
    read_sentinels(column);
    if (!match->field)
        match->field = field->name;
}

/* Say of every header that would have fitted a field which other one was taken. */
static void note_losers(const struct table_spec *spec, const struct folded *folded,
                        size_t count, struct column_match *matches, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        size_t taken, one;
        for (size_t f = 0; f < spec->field_count && !matches[i].field && !*matches[i].note; f++)
            if (find_field(&spec->fields[f], &folded[i], 1, &one) &&
                find_field(&spec->fields[f], folded, count, &taken))
                matches[i].note = arena_format(arena, "%s is taken from \"%s\"",
                                               spec->fields[f].name, matches[taken].header);
    }
}

/* An id is taken from one column; the later fields at its place are only for tables that lack
 * it. A level may stand in two columns, one for each technology. */
static bool fed_already(const struct column *columns, size_t count, const struct field *field)
{
    for (size_t c = 0; c < count; c++)
        if (field->type == FIELD_ID && columns[c].field->offset == field->offset)
            return true;
    return false;
}

void columns_bind(const struct table_spec *spec, const char *const *headers, size_t count,
                  struct arena *arena, struct column **columns, size_t *column_count,
                  struct column_match *matches)
{
    struct folded *folded = fold_headers(headers, count, arena);
    *columns = arena_alloc(arena, (spec->field_count + 1) * sizeof **columns);
    *column_count = 0;
    for (size_t i = 0; i < count; i++)
        matches[i] = (struct column_match){
            arena_text(arena, headers[i], strnlen(headers[i], 200)), NULL, ""};
    for (size_t f = 0; f < spec->field_count; f++) {
        size_t index;
        if (fed_already(*columns, *column_count, &spec->fields[f]))
            continue;
        if (find_field(&spec->fields[f], folded, count, &index))
            bind_column(&(*columns)[(*column_count)++], &spec->fields[f], index, &folded[index],
                        &matches[index], arena);
    }
    note_losers(spec, folded, count, matches, arena);
}
