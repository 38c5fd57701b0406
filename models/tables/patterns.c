#include "models/tables/patterns.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/antenna.h" /* the pattern itself; it needs nothing but geo/base.h */

/* One file that cells name. */
struct named {
    const char *name;
    const struct antenna_pattern *pattern; /* NULL: cannot be used, for `reason` */
    const char *reason;
    uint32_t line; /* of the first cell */
    size_t cells;
};

struct patterns {
    const char *folder; /* of the cell table, resolved */
    struct arena *arena;
    struct named *items;
    size_t count, capacity;
    struct textmap by_name;
};

/* Why a name is not one of a file below the folder; NULL: it may be. */
static const char *name_fault(const char *name)
{
    if (name[0] == '/' || (isalpha((unsigned char)name[0]) && name[1] == ':'))
        return "an absolute path; put the file into the case folder and name it from there";
    if (strlen(name) >= PATH_MAX / 2)
        return "too long for the name of a file";
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        if (length == 2 && strncmp(part, "..", 2) == 0)
            return "'..' leads out of the case folder";
    }
    return NULL;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 &&
           (path[length] == '/' || text_ends(folder, "/"));
}

/* The file that a name means, links followed; NULL with *reason. */
static char *resolve(const struct patterns *patterns, const char *name, const char **reason)
{
    char *slashed = arena_text(patterns->arena, name, strlen(name));
    for (char *c = slashed; *c; c++)
        *c = *c == '\\' ? '/' : *c;
    *reason = name_fault(slashed);
    if (*reason)
        return NULL;
    const char *endings[] = {"", ".msi", ".MSI"};
    char *path = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(endings) && !path; i++)
        path = realpath(
            arena_format(patterns->arena, "%s/%s%s", patterns->folder, slashed, endings[i]),
            NULL);
    if (!path) {
        *reason = errno == ENOENT || errno == ENOTDIR
                      ? "there is no such file in the case folder"
                      : arena_format(patterns->arena, "cannot be opened: %s", strerror(errno));
    } else if (!is_below(path, patterns->folder)) {
        *reason = "a link that leads out of the case folder";
        free(path);
        path = NULL;
    }
    return path;
}

static void read_named(const struct patterns *patterns, struct named *named)
{
    char *path = resolve(patterns, named->name, &named->reason);
    if (!path)
        return;
    struct antenna_pattern *pattern = arena_alloc(patterns->arena, sizeof *pattern);
    struct error error = {0};
    if (antenna_read_msi(path, pattern, &error) == STATUS_OK) {
        pattern->path = arena_text(patterns->arena, path, strlen(path));
        named->pattern = pattern;
    } else {
        named->reason = arena_text(patterns->arena, error.text, strlen(error.text));
    }
    free(path);
}

static struct named *find_named(struct patterns *patterns, const struct cell *cell)
{
    uint32_t at = textmap_put(&patterns->by_name, cell->pattern, (uint32_t)patterns->count);
    if (at == patterns->count) {
        patterns->items = base_grow(patterns->items, &patterns->capacity, patterns->count + 1,
                                    sizeof *patterns->items);
        patterns->items[patterns->count++] =
            (struct named){.name = cell->pattern, .line = cell->line};
        read_named(patterns, &patterns->items[at]);
    }
    patterns->items[at].cells++;
    return &patterns->items[at];
}

static size_t refuse_unusable(const struct patterns *patterns, const char *cells_path,
                              struct rejects *rejects)
{
    size_t cells = 0;
    for (size_t i = 0; i < patterns->count; i++) {
        const struct named *named = &patterns->items[i];
        if (named->pattern)
            continue;
        cells += named->cells;
        const char *reason = named->cells == 1
                                 ? named->reason
                                 : arena_format(patterns->arena, "%s (named by %zu cells)",
                                                named->reason, named->cells);
        rejects_add(rejects, (struct reject){.file = cells_path,
                                             .line = named->line,
                                             .column = "pattern",
                                             .value = named->name,
                                             .reason = reason,
                                             .kept = true});
    }
    return cells;
}

size_t patterns_read(const char *cells_path, struct cell *cells, size_t count,
                     struct arena *arena, struct rejects *rejects)
{
    const char *slash = strrchr(cells_path, '/');
    const char *folder =
        slash ? arena_text(arena, cells_path, (size_t)(slash - cells_path) + 1) : ".";
    char *resolved = realpath(folder, NULL);
    if (!resolved)
        return 0; /* the table was read from it a moment ago */
    struct patterns patterns = {.folder = resolved, .arena = arena};
    for (size_t i = 0; i < count; i++)
        if (!text_empty(cells[i].pattern))
            cells[i].measured = find_named(&patterns, &cells[i])->pattern;
    size_t unusable = refuse_unusable(&patterns, cells_path, rejects);
    textmap_free(&patterns.by_name);
    free(patterns.items);
    free(resolved);
    return unusable;
}
