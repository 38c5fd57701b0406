/* The walk over squares: tables in memory, runs and parts on disk, merged in order. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "geo/bins_inner.h"

enum { READ_BYTES = 1 << 16, INSERTION_MAX = 24 };

/* One sorted supply of groups. `key` is the square of the group that comes next. */
struct source {
    uint64_t key;
    bool ended;
    /* in memory */
    const struct bins *bins;
    const struct bins_part *part;
    size_t next, end, next_level;
    /* in a file */
    struct bins_stream stream;
    char *bytes;
    size_t held, used, capacity;
};

/* A group gathered for the square; its levels lie in cursor->levels. */
struct gathered {
    struct bins_group group;
    size_t first_level;
};

struct bins_cursor {
    const uint32_t *rank;
    struct source *sources;
    size_t source_count, source_capacity;
    size_t *heap; /* source numbers, the least key first */
    size_t heap_count, heap_capacity;
    bool started;
    struct gathered *gathered;
    size_t gathered_count, gathered_capacity;
    struct bins_level *levels, *joined;
    size_t level_count, level_capacity, joined_capacity;
    struct bins_group *groups;
    size_t group_capacity;
};

struct bins_cursor *bins_cursor_new(const uint32_t *rank)
{
    struct bins_cursor *cursor = base_alloc(1, sizeof *cursor);
    cursor->rank = rank;
    return cursor;
}

void bins_cursor_free(struct bins_cursor *cursor)
{
    if (!cursor)
        return;
    for (size_t i = 0; i < cursor->source_count; i++)
        free(cursor->sources[i].bytes);
    free(cursor->sources);
    free(cursor->heap);
    free(cursor->gathered);
    free(cursor->levels);
    free(cursor->joined);
    free(cursor->groups);
    free(cursor);
}

static struct source *source_new(struct bins_cursor *cursor)
{
    cursor->sources = base_grow(cursor->sources, &cursor->source_capacity,
                                cursor->source_count + 1, sizeof *cursor->sources);
    struct source *source = &cursor->sources[cursor->source_count++];
    *source = (struct source){0};
    return source;
}

/* ---- in memory ---------------------------------------------------------------------- */

/* The first entry of the sorted part whose row is at least iy. */
static size_t row_first(const struct bins *bins, const struct bins_part *part, int64_t iy)
{
    size_t low = 0, high = part->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (part_entry(bins, part, middle)->iy < iy)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t level_at_entry(const struct bins_part *part, size_t entry)
{
    size_t low = 0, high = part->level_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (level_entry(part->levels[middle]) < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void memory_peek(struct source *source)
{
    source->ended = source->next >= source->end;
    if (source->ended)
        return;
    const struct bins_entry *entry = part_entry(source->bins, source->part, source->next);
    source->key = square_key(entry->ix, entry->iy);
    if (source->next + 8 < source->end)
        __builtin_prefetch(part_entry(source->bins, source->part, source->next + 8));
}

static void levels_append(struct bins_cursor *cursor, struct gathered *g,
                          struct bins_level level)
{
    cursor->levels = base_grow(cursor->levels, &cursor->level_capacity, cursor->level_count + 1,
                               sizeof *cursor->levels);
    cursor->levels[cursor->level_count++] = level;
    g->group.level_count++;
}

static void memory_take(struct bins_cursor *cursor, struct source *source, struct gathered *g)
{
    const struct bins_entry *entry = part_entry(source->bins, source->part, source->next);
    g->group.entry = *entry;
    if (source->bins->options.extra)
        g->group.extra = *entry_extra(entry);
    const struct bins_part *part = source->part;
    while (source->next_level < part->level_count &&
           level_entry(part->levels[source->next_level]) == source->next)
        levels_append(cursor, g, level_unpack(part->levels[source->next_level++]));
    source->next++;
    memory_peek(source);
}

/* ---- in a file ---------------------------------------------------------------------- */

/* Have `need` bytes at hand. Errors: STATUS_IO, STATUS_FORMAT when the stream ends before. */
static enum status file_need(struct source *source, size_t need, struct error *error)
{
    struct bins_stream *stream = &source->stream;
    if (source->held - source->used >= need)
        return STATUS_OK;
    if (source->used)
        memmove(source->bytes, source->bytes + source->used, source->held - source->used);
    source->held -= source->used;
    source->used = 0;
    if (need - source->held > stream->length)
        return error_set(error, STATUS_FORMAT, "%s is damaged: a bin is cut off", stream->name);
    source->bytes = base_grow(source->bytes, &source->capacity, BASE_MAX(need, READ_BYTES), 1);
    while (source->held < need) {
        size_t want = BASE_MIN(source->capacity - source->held, stream->length);
        ssize_t got =
            pread(stream->fd, source->bytes + source->held, want, (off_t)stream->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return error_set(error, STATUS_IO, "%s: %s", stream->name,
                             got < 0 ? strerror(errno) : "the file ends too early");
        source->held += (size_t)got;
        stream->offset += (uint64_t)got;
        stream->length -= (uint64_t)got;
    }
    return STATUS_OK;
}

/* Could `count` whole numbers of 32 bits add up to it? Then no joining overflows. */
static bool sum_fits(int64_t sum_udb, uint64_t count)
{
    return (sum_udb < 0 ? -(__int128)sum_udb : sum_udb) <= (__int128)count << 31;
}

static bool entry_sound(const struct bins_entry *entry)
{
    return entry->count && entry->weak <= entry->count &&
           sum_fits(entry->sum_udb, entry->count);
}

static bool extra_sound(const struct bins_extra *extra, uint64_t count)
{
    return extra->serving <= count && extra->sinr_count <= count &&
           sum_fits(extra->sinr_sum_udb, extra->sinr_count) && extra->square_udb2 >= 0 &&
           extra->square_udb2 <= (__int128)count << 62;
}

static enum status file_peek(struct source *source, struct error *error)
{
    source->ended = source->stream.length == 0 && source->held == source->used;
    if (source->ended)
        return STATUS_OK;
    enum status status = file_need(source, sizeof(struct bins_entry), error);
    if (status != STATUS_OK)
        return status;
    struct bins_entry entry;
    memcpy(&entry, source->bytes + source->used, sizeof entry);
    uint64_t key = square_key(entry.ix, entry.iy);
    if (key < source->key || !entry_sound(&entry) ||
        (source->stream.groups && entry.group >= source->stream.group_count))
        return error_set(error, STATUS_FORMAT, "%s is damaged: a bin is not as it was written",
                         source->stream.name);
    source->key = key;
    return STATUS_OK;
}

static enum status file_copy(struct source *source, void *out, size_t size, struct error *error)
{
    enum status status = file_need(source, size, error);
    if (status != STATUS_OK)
        return status;
    memcpy(out, source->bytes + source->used, size);
    source->used += size;
    return STATUS_OK;
}

static enum status file_levels(struct bins_cursor *cursor, struct source *source,
                               struct gathered *g, struct error *error)
{
    uint64_t count = 0, sum = 0;
    enum status status = file_copy(source, &count, sizeof count, error);
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        struct bins_level level;
        status = file_copy(source, &level, sizeof level, error);
        if (status != STATUS_OK)
            break;
        levels_append(cursor, g, level);
        sum += level.count;
    }
    if (status == STATUS_OK && sum != g->group.entry.count)
        return error_set(error, STATUS_FORMAT, "%s is damaged: levels do not add up",
                         source->stream.name);
    return status;
}

static enum status file_take(struct bins_cursor *cursor, struct source *source,
                             struct gathered *g, struct error *error)
{
    enum status status = file_copy(source, &g->group.entry, sizeof g->group.entry, error);
    if (status == STATUS_OK && source->stream.extra)
        status = file_copy(source, &g->group.extra, sizeof g->group.extra, error);
    if (status == STATUS_OK && source->stream.extra &&
        !extra_sound(&g->group.extra, g->group.entry.count))
        status =
            error_set(error, STATUS_FORMAT, "%s is damaged: a bin's sums are not as written",
                      source->stream.name);
    if (status == STATUS_OK && source->stream.levels)
        status = file_levels(cursor, source, g, error);
    if (status != STATUS_OK)
        return status;
    if (source->stream.groups)
        g->group.entry.group = source->stream.groups[g->group.entry.group];
    return file_peek(source, error);
}

enum status bins_cursor_add_stream(struct bins_cursor *cursor, const struct bins_stream *stream,
                                   struct error *error)
{
    struct source *source = source_new(cursor);
    source->stream = *stream;
    return file_peek(source, error);
}

enum status bins_cursor_add(struct bins_cursor *cursor, const struct bins *bins,
                            struct bins_rows rows, struct error *error)
{
    for (int p = 0; p < BINS_PARTS; p++) {
        const struct bins_part *part = &bins->parts[p];
        struct source *source = source_new(cursor);
        source->bins = bins;
        source->part = part;
        source->next = row_first(bins, part, rows.iy_first);
        source->end = row_first(bins, part, (int64_t)rows.iy_last + 1);
        source->next_level = level_at_entry(part, source->next);
        memory_peek(source);
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < bins->stretch_count && status == STATUS_OK; i++) {
        struct bins_stream stream = {.fd = bins->spill_fd,
                                     .offset = bins->stretches[i].offset,
                                     .length = bins->stretches[i].length,
                                     .extra = bins->options.extra,
                                     .levels = bins->options.levels,
                                     .name = "the temporary file"};
        status = bins_cursor_add_stream(cursor, &stream, error);
    }
    return status;
}

/* ---- merging ------------------------------------------------------------------------ */

static bool heap_before(const struct bins_cursor *cursor, size_t a, size_t b)
{
    uint64_t x = cursor->sources[a].key, y = cursor->sources[b].key;
    return x < y || (x == y && a < b);
}

static void heap_sink(struct bins_cursor *cursor, size_t at)
{
    size_t *heap = cursor->heap, moving = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= cursor->heap_count)
            break;
        if (child + 1 < cursor->heap_count && heap_before(cursor, heap[child + 1], heap[child]))
            child++;
        if (!heap_before(cursor, heap[child], moving))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void heap_build(struct bins_cursor *cursor)
{
    cursor->heap = base_grow(cursor->heap, &cursor->heap_capacity, cursor->source_count,
                             sizeof *cursor->heap);
    for (size_t i = 0; i < cursor->source_count; i++)
        if (!cursor->sources[i].ended)
            cursor->heap[cursor->heap_count++] = i;
    for (size_t i = cursor->heap_count; i-- > 0;)
        heap_sink(cursor, i);
    cursor->started = true;
}

/* Take every group of the square from the source at the top of the heap. */
static enum status top_take(struct bins_cursor *cursor, uint64_t key, struct error *error)
{
    struct source *source = &cursor->sources[cursor->heap[0]];
    enum status status = STATUS_OK;
    while (!source->ended && source->key == key && status == STATUS_OK) {
        cursor->gathered = base_grow(cursor->gathered, &cursor->gathered_capacity,
                                     cursor->gathered_count + 1, sizeof *cursor->gathered);
        struct gathered *g = &cursor->gathered[cursor->gathered_count++];
        *g = (struct gathered){.first_level = cursor->level_count};
        if (source->bins)
            memory_take(cursor, source, g);
        else
            status = file_take(cursor, source, g, error);
    }
    if (source->ended)
        cursor->heap[0] = cursor->heap[--cursor->heap_count];
    if (cursor->heap_count)
        heap_sink(cursor, 0);
    return status;
}

static int compare_rank(const void *a, const void *b, void *context)
{
    const struct gathered *x = a, *y = b;
    const uint32_t *rank = context;
    uint32_t i = x->group.entry.group, j = y->group.entry.group;
    if (rank)
        i = rank[i], j = rank[j];
    return (i > j) - (i < j);
}

/* Mostly a handful: by insertion; qsort_r for a square that many cells reach. */
static void gathered_order(struct bins_cursor *cursor)
{
    struct gathered *g = cursor->gathered;
    void *rank = (void *)cursor->rank;
    if (cursor->gathered_count > INSERTION_MAX) {
        qsort_r(g, cursor->gathered_count, sizeof *g, compare_rank, rank);
        return;
    }
    for (size_t i = 1; i < cursor->gathered_count; i++) {
        struct gathered moving = g[i];
        size_t at = i;
        for (; at > 0 && compare_rank(&moving, &g[at - 1], rank) < 0; at--)
            g[at] = g[at - 1];
        g[at] = moving;
    }
}

static bool group_join(struct bins_group *into, const struct bins_group *from)
{
    if (from->entry.count > UINT32_MAX - into->entry.count)
        return false;
    into->entry.count += from->entry.count;
    into->entry.sum_udb += from->entry.sum_udb;
    into->entry.min_udb = BASE_MIN(into->entry.min_udb, from->entry.min_udb);
    into->entry.weak += from->entry.weak;
    into->extra.square_udb2 += from->extra.square_udb2;
    into->extra.sinr_sum_udb += from->extra.sinr_sum_udb;
    into->extra.last_s = BASE_MAX(into->extra.last_s, from->extra.last_s);
    into->extra.serving += from->extra.serving;
    into->extra.sinr_count += from->extra.sinr_count;
    return true;
}

static int compare_level(const void *a, const void *b)
{
    const struct bins_level *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* The levels of gathered[first .. end), one line a value, at cursor->joined + at. */
static size_t levels_join(struct bins_cursor *cursor, size_t first, size_t end, size_t at)
{
    size_t n = at;
    for (size_t i = first; i < end; i++) {
        const struct gathered *g = &cursor->gathered[i];
        if (g->group.level_count)
            memcpy(cursor->joined + n, cursor->levels + g->first_level,
                   g->group.level_count * sizeof *cursor->joined);
        n += g->group.level_count;
    }
    if (end - first > 1)
        base_sort(cursor->joined + at, n - at, sizeof *cursor->joined, compare_level);
    size_t kept = at;
    for (size_t i = at; i < n; i++) {
        if (kept > at && cursor->joined[kept - 1].value == cursor->joined[i].value)
            cursor->joined[kept - 1].count += cursor->joined[i].count;
        else
            cursor->joined[kept++] = cursor->joined[i];
    }
    return kept - at;
}

/* Gathered groups, in order, into cursor->groups, the same ones joined. */
static enum status groups_join(struct bins_cursor *cursor, size_t *count, struct error *error)
{
    cursor->groups = base_grow(cursor->groups, &cursor->group_capacity, cursor->gathered_count,
                               sizeof *cursor->groups);
    cursor->joined = base_grow(cursor->joined, &cursor->joined_capacity, cursor->level_count,
                               sizeof *cursor->joined);
    size_t n = 0, level = 0;
    for (size_t i = 0; i < cursor->gathered_count;) {
        struct bins_group *group = &cursor->groups[n++];
        *group = cursor->gathered[i].group;
        size_t end = i + 1;
        for (; end < cursor->gathered_count &&
               cursor->gathered[end].group.entry.group == group->entry.group;
             end++)
            if (!group_join(group, &cursor->gathered[end].group))
                return error_set(
                    error, STATUS_RANGE,
                    "one bin holds more than 4294967295 samples; use smaller bins");
        group->levels = cursor->joined + level;
        group->level_count = levels_join(cursor, i, end, level);
        level += group->level_count;
        i = end;
    }
    *count = n;
    return STATUS_OK;
}

enum status bins_cursor_next(struct bins_cursor *cursor, struct bins_square *square,
                             bool *found, struct error *error)
{
    if (!cursor->started)
        heap_build(cursor);
    *found = cursor->heap_count > 0;
    if (!*found)
        return STATUS_OK;
    cursor->gathered_count = cursor->level_count = 0;
    uint64_t key = cursor->sources[cursor->heap[0]].key;
    while (cursor->heap_count && cursor->sources[cursor->heap[0]].key == key) {
        enum status status = top_take(cursor, key, error);
        if (status != STATUS_OK)
            return status;
    }
    gathered_order(cursor);
    square->ix = cursor->gathered[0].group.entry.ix;
    square->iy = cursor->gathered[0].group.entry.iy;
    enum status status = groups_join(cursor, &square->count, error);
    square->groups = cursor->groups;
    return status;
}
