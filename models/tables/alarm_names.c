#include "models/tables/alarm_names.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/fold.h"

__asm__(".section .rodata\n"
        ".global alarm_names_csv\n"
        "alarm_names_csv:\n"
        ".incbin \"models/tables/alarm_names.csv\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char alarm_names_csv[]; /* ends with a NUL */

struct alarm_name {
    const char *name, *vendor, *source;
    enum effect effect;
    uint32_t line;
};

#define AT(member) offsetof(struct alarm_name, member)

static const struct field fields[] = {
    {"name", FIELD_TEXT, AT(name), "告警名称|告警码|alarm name|alarm|pattern",
     .required = true},
    {"vendor", FIELD_TEXT, AT(vendor), "厂家|厂商|manufacturer"},
    {"effect", FIELD_NAME, AT(effect), "影响|效果|class", .names = effect_names,
     .required = true},
    {"source", FIELD_TEXT, AT(source), "来源|说明|备注|note|remark"},
};

static const struct table_spec alarm_name_spec = {
    .name = "alarm_names",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct alarm_name),
    .line_offset = AT(line),
};

/* "*A*B*" as folded pieces that follow each other. */
struct alarm_pattern {
    const char *pieces; /* "a\0b\0" */
    size_t count;
    bool open_start, open_end; /* any text before the first, after the last */
    enum effect effect;
};

/* One table: the user's or the built-in one. */
struct alarm_table {
    struct textmap exact; /* folded name -> effect */
    struct alarm_pattern *patterns;
    size_t count, capacity;
};

struct alarm_names {
    struct arena *arena;
    struct alarm_table own, built_in;
    struct alarm_table *filling;
};

/* ---- filling ------------------------------------------------------------------------- */

static void add_pattern(struct alarm_names *names, const struct alarm_name *row)
{
    struct alarm_table *table = names->filling;
    struct alarm_pattern pattern = {.effect = row->effect, .open_start = row->name[0] == '*'};
    struct buffer pieces = {0}, piece = {0};
    char *copy = base_text(row->name), *rest = copy;
    for (char *part; (part = strsep(&rest, "*"));) {
        fold_text(part, &piece, NULL);
        pattern.open_end = piece.length == 0;
        if (!piece.length)
            continue;
        buffer_append(&pieces, piece.bytes, piece.length + 1);
        pattern.count++;
    }
    pattern.pieces = arena_text(names->arena, pieces.bytes, pieces.length);
    table->patterns =
        base_grow(table->patterns, &table->capacity, table->count + 1, sizeof *table->patterns);
    table->patterns[table->count++] = pattern;
    buffer_free(&pieces);
    buffer_free(&piece);
    free(copy);
}

static enum status add_name(void *context, const void *record)
{
    struct alarm_names *names = context;
    const struct alarm_name *row = record;
    if (strchr(row->name, '*')) {
        add_pattern(names, row);
        return STATUS_OK;
    }
    struct buffer folded = {0};
    fold_text(row->name, &folded, NULL);
    textmap_put(&names->filling->exact, arena_text(names->arena, folded.bytes, folded.length),
                (uint32_t)row->effect);
    buffer_free(&folded);
    return STATUS_OK;
}

struct alarm_names *alarm_names_new(void)
{
    struct alarm_names *names = base_alloc(1, sizeof *names);
    struct table_options options = {0};
    struct error error = {0};
    names->arena = arena_new();
    names->filling = &names->built_in;
    struct table_text text = {"alarm_names.csv", alarm_names_csv, strlen(alarm_names_csv)};
    table_read_text(&text, &alarm_name_spec, &options, add_name, names, NULL, &error);
    return names;
}

void alarm_names_free(struct alarm_names *names)
{
    if (!names)
        return;
    textmap_free(&names->own.exact);
    textmap_free(&names->built_in.exact);
    free(names->own.patterns);
    free(names->built_in.patterns);
    arena_free(names->arena);
    free(names);
}

enum status alarm_names_extend(struct alarm_names *names, const char *path,
                               const struct table_options *options, struct table_report *report,
                               struct error *error)
{
    names->filling = &names->own;
    return table_read(path, &alarm_name_spec, options, add_name, names, report, error);
}

/* ---- asking -------------------------------------------------------------------------- */

static bool pattern_matches(const struct alarm_pattern *pattern, const char *text)
{
    const char *piece = pattern->pieces, *at = text;
    for (size_t i = 0; i < pattern->count; i++, piece += strlen(piece) + 1) {
        size_t n = strlen(piece), left = strlen(at);
        bool last = i + 1 == pattern->count && !pattern->open_end;
        const char *hit = last && left >= n ? at + left - n : strstr(at, piece);
        if (!hit || strncmp(hit, piece, n) != 0 ||
            (i == 0 && !pattern->open_start && hit != text))
            return false;
        at = hit + n;
    }
    return pattern->count > 0;
}

static enum effect find_in(const struct alarm_table *table, const char *whole, const char *bare)
{
    uint32_t effect = textmap_get(&table->exact, whole);
    if (effect == TEXTMAP_NONE)
        effect = textmap_get(&table->exact, bare);
    for (size_t i = 0; i < table->count && effect == TEXTMAP_NONE; i++)
        if (pattern_matches(&table->patterns[i], whole))
            effect = (uint32_t)table->patterns[i].effect;
    return effect == TEXTMAP_NONE ? EFFECT_UNKNOWN : (enum effect)effect;
}

/* "7653 CELL FAULTY", "ALM-29240 Cell Unavailable": the name behind its number. */
static const char *behind_code(const char *name)
{
    const char *p = name + (strncmp(name, "ALM-", 4) == 0 ? 4 : 0);
    size_t digits = strspn(p, "0123456789");
    return digits >= 3 && (p[digits] == ' ' || p[digits] == '_') ? p + digits + 1 : name;
}

enum effect alarm_names_find(const struct alarm_names *names, const char *name)
{
    struct buffer whole = {0}, bare = {0}, code = {0};
    fold_text(name, &whole, NULL);
    fold_text(behind_code(name), &bare, &code);
    enum effect effect = find_in(&names->own, whole.bytes, bare.bytes);
    if (!effect)
        effect = find_in(&names->built_in, whole.bytes, bare.bytes);
    buffer_free(&whole);
    buffer_free(&bare);
    buffer_free(&code);
    return effect;
}

enum effect alarm_names_effect(const struct alarm_names *names, const struct alarm *alarm)
{
    enum effect effect = alarm_names_find(names, alarm->name);
    if (!effect && alarm->probable_cause[0])
        effect = alarm_names_find(names, alarm->probable_cause);
    return effect == EFFECT_OUTAGE && alarm->partial ? EFFECT_DEGRADED : effect;
}
