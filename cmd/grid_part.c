/* Parts: a grid as it is joined later. A text head that anyone can read, then the groups.
 *
 *   covtriage grid part 1
 *   crs EPSG:32650
 *   bin_m 50
 *   ...
 *   cells 2
 *   5:C1-12:C2            (length:bytes, one after the other)
 * then zeros to a multiple of 8, the groups in the order iy, ix, cell id as bins_encode has
 * them, their number and a hash of all words before.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/grid.h"
#include "geo/file.h"

static const char MAGIC[] = "covtriage grid part 1\n";
enum { HEAD_MAX = 1 << 28, FLUSH_BYTES = 1 << 20, TAIL_BYTES = 16 };

static uint64_t words_hash(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        hash = hash_mix(hash ^ word) + 0x9e3779b97f4a7c15u;
    }
    return hash;
}

/* ---- writing ---------------------------------------------------------------------------- */

/* Cells that have bins, in the order of their ids. */
struct used {
    const char **ids;
    uint32_t *number; /* of a grid's cell in the part */
    uint32_t count;
};

static enum status cells_mark(const struct grid *grid, uint32_t *number, struct error *error)
{
    struct bins_cursor *cursor;
    enum status status = grid_walk(grid, BINS_ALL_ROWS, &cursor, error);
    for (bool found = true; found && status == STATUS_OK;) {
        struct bins_square square = {0};
        status = bins_cursor_next(cursor, &square, &found, error);
        for (size_t g = 0; g < square.count; g++)
            number[square.groups[g].entry.group] = 1;
    }
    bins_cursor_free(cursor);
    return status;
}

static enum status cells_used(const struct grid *grid, struct used *used, struct error *error)
{
    used->ids = base_alloc(grid->cell_count, sizeof *used->ids);
    used->number = base_alloc(grid->cell_count, sizeof *used->number);
    uint32_t *by_rank = base_alloc(grid->cell_count, sizeof *by_rank);
    enum status status = cells_mark(grid, used->number, error);
    for (size_t i = 0; i < grid->cell_count; i++)
        by_rank[grid->rank[i]] = (uint32_t)i;
    for (size_t r = 0; r < grid->cell_count; r++)
        if (used->number[by_rank[r]]) {
            used->ids[used->count] = grid->cells[by_rank[r]];
            used->number[by_rank[r]] = used->count++;
        }
    free(by_rank);
    return status;
}

static void head_text(const struct grid *grid, const struct used *used, struct buffer *head)
{
    const struct grid_settings *s = &grid->settings;
    buffer_format(head, "%scrs %s\nbin_m %.17g\n", MAGIC, s->crs_name, s->bin_m);
    buffer_format(head, "weak_rsrp_dbm %.17g\nweak_rxlev_dbm %.17g\n", s->weak_rsrp_dbm,
                  s->weak_rxlev_dbm);
    buffer_format(head, "by_cell %d\nquantiles %d", s->by_cell, s->quantile_count);
    for (int i = 0; i < s->quantile_count; i++)
        buffer_format(head, " %.17g", s->quantiles[i]);
    buffer_format(head, "\nrows %" PRIu64 "\nrefused %" PRIu64 "\ndropped %" PRIu64 "\n",
                  grid->counts.rows, grid->counts.refused, grid->counts.dropped);
    buffer_format(head, "placed %" PRIu64 "\nunplaced %" PRIu64 "\ncells %" PRIu32 "\n",
                  grid->counts.placed, grid->counts.unplaced, used->count);
    for (uint32_t i = 0; i < used->count; i++) {
        buffer_format(head, "%zu:", strlen(used->ids[i]));
        buffer_text(head, used->ids[i]);
    }
    buffer_append(head, "\0\0\0\0\0\0\0", 7 - (head->length + 7) % 8);
}

static enum status flush(struct buffer *out, uint64_t *hash, FILE *file, struct error *error)
{
    *hash = words_hash(*hash, out->bytes, out->length);
    size_t done = fwrite(out->bytes, 1, out->length, file);
    bool whole = done == out->length;
    buffer_clear(out);
    return whole
               ? STATUS_OK
               : error_set(error, STATUS_IO, "the part cannot be written: %s", strerror(errno));
}

static enum status groups_write(const struct grid *grid, const struct used *used,
                                struct buffer *out, FILE *file, struct error *error)
{
    uint64_t hash = 0, count = 0;
    struct bins_cursor *cursor;
    enum status status = grid_walk(grid, BINS_ALL_ROWS, &cursor, error);
    for (bool found = true; found && status == STATUS_OK;) {
        struct bins_square square = {0};
        status = bins_cursor_next(cursor, &square, &found, error);
        for (size_t g = 0; g < square.count && status == STATUS_OK; g++) {
            struct bins_group group = square.groups[g];
            group.entry.group = used->number[group.entry.group];
            bins_encode(&group, false, grid->settings.quantile_count > 0, out);
            count++;
        }
        if (status == STATUS_OK && out->length >= FLUSH_BYTES)
            status = flush(out, &hash, file, error);
        if (status == STATUS_OK && command_stop)
            status = error_set(error, STATUS_INTERRUPTED, "interrupted while writing");
    }
    bins_cursor_free(cursor);
    if (status == STATUS_OK) {
        buffer_append(out, (const char *)&count, sizeof count);
        status = flush(out, &hash, file, error);
    }
    if (status == STATUS_OK && fwrite(&hash, sizeof hash, 1, file) != 1)
        status = error_set(error, STATUS_IO, "the part cannot be written: %s", strerror(errno));
    return status;
}

enum status grid_part_write(const struct grid *grid, FILE *file, struct error *error)
{
    struct used used = {0};
    struct buffer out = {0};
    enum status status = cells_used(grid, &used, error);
    if (status == STATUS_OK) {
        head_text(grid, &used, &out);
        status = groups_write(grid, &used, &out, file, error);
    }
    buffer_free(&out);
    free(used.ids);
    free(used.number);
    return status;
}

/* ---- opening ---------------------------------------------------------------------------- */

/* Where the head is being read. */
struct head {
    const char *path;
    char *bytes;
    size_t length, at;
    bool bad;
};

/* The rest of a line "name value"; "" and bad when another line is there. */
static const char *head_line(struct head *head, const char *name)
{
    size_t n = strlen(name);
    char *line = head->bytes + head->at;
    char *newline = memchr(line, '\n', head->length - head->at);
    if (head->bad || !newline || (size_t)(newline - line) <= n || memcmp(line, name, n) != 0 ||
        line[n] != ' ') {
        head->bad = true;
        return "";
    }
    *newline = '\0';
    head->at += (size_t)(newline - line) + 1;
    return line + n + 1;
}

static double head_number(struct head *head, const char *name)
{
    char *end;
    const char *text = head_line(head, name);
    double value = strtod(text, &end);
    head->bad |= end == text || *end;
    return value;
}

static uint64_t head_count(struct head *head, const char *name)
{
    char *end;
    const char *text = head_line(head, name);
    uint64_t value = strtoull(text, &end, 10);
    head->bad |= end == text || *end;
    return value;
}

static void head_quantiles(struct head *head, struct grid_settings *settings)
{
    char *end;
    const char *text = head_line(head, "quantiles");
    long count = strtol(text, &end, 10);
    head->bad |= end == text || count < 0 || count > GRID_QUANTILES_MAX;
    for (long i = 0; i < count && !head->bad; i++) {
        text = end;
        settings->quantiles[i] = strtod(text, &end);
        head->bad |=
            end == text || !(settings->quantiles[i] >= 0) || settings->quantiles[i] > 100;
    }
    settings->quantile_count = (int)count;
}

static void head_settings(struct head *head, struct grid_settings *settings,
                          struct grid_counts *counts)
{
    snprintf(settings->crs_name, sizeof settings->crs_name, "%s", head_line(head, "crs"));
    settings->bin_m = head_number(head, "bin_m");
    settings->weak_rsrp_dbm = head_number(head, "weak_rsrp_dbm");
    settings->weak_rxlev_dbm = head_number(head, "weak_rxlev_dbm");
    settings->by_cell = head_count(head, "by_cell") != 0;
    head_quantiles(head, settings);
    counts->rows += head_count(head, "rows");
    counts->refused += head_count(head, "refused");
    counts->dropped += head_count(head, "dropped");
    counts->placed += head_count(head, "placed");
    counts->unplaced += head_count(head, "unplaced");
}

static void head_cells(struct head *head, struct grid *grid, struct grid_part *part)
{
    uint64_t count = head_count(head, "cells");
    if (head->bad || count > head->length) {
        head->bad = true;
        return;
    }
    part->cell_count = (uint32_t)count;
    part->cells = base_alloc(count, sizeof *part->cells);
    for (uint64_t i = 0; i < count && !head->bad; i++) {
        char *end = NULL;
        size_t n = strtoul(head->bytes + head->at, &end, 10);
        size_t at = (size_t)(end - head->bytes) + 1;
        head->bad = *end != ':' || at > head->length || n > head->length - at;
        if (head->bad)
            return;
        char kept = head->bytes[at + n];
        head->bytes[at + n] = '\0';
        part->cells[i] = grid_cell(grid, head->bytes + at);
        head->bytes[at + n] = kept;
        head->at = at + n;
    }
}

static enum status part_bad(const char *path, struct error *error)
{
    return error_set(error, STATUS_FORMAT,
                     "%s is not a whole part that `covtriage grid --partial` has written",
                     path);
}

/* The head's bytes: at first a piece, more when the cells need it. */
static enum status head_read(struct grid_part *part, struct head *head, uint64_t size,
                             size_t want, struct error *error)
{
    free(head->bytes);
    want = (size_t)BASE_MIN((uint64_t)want, size);
    *head = (struct head){.path = part->path, .bytes = base_alloc(want + 1, 1)};
    while (head->length < want) {
        ssize_t got = pread(part->fd, head->bytes + head->length, want - head->length,
                            (off_t)head->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return error_set(error, STATUS_IO, "%s: %s", part->path,
                             got < 0 ? strerror(errno) : "cannot be read");
        head->length += (size_t)got;
    }
    if (want < sizeof MAGIC - 1 || memcmp(head->bytes, MAGIC, sizeof MAGIC - 1) != 0)
        return part_bad(part->path, error);
    head->at = sizeof MAGIC - 1;
    return STATUS_OK;
}

static enum status tail_read(struct grid_part *part, uint64_t size, struct error *error)
{
    uint64_t tail[2];
    if (size < part->offset + TAIL_BYTES || (size - part->offset) % 8 ||
        !file_read_at(part->fd, tail, sizeof tail, (int64_t)(size - TAIL_BYTES)))
        return part_bad(part->path, error);
    part->length = size - TAIL_BYTES - part->offset;
    part->groups = tail[0];
    part->hash = tail[1];
    return STATUS_OK;
}

/* Is the part as it was written? */
static enum status part_check(const struct grid_part *part, struct error *error)
{
    char bytes[1 << 16];
    uint64_t hash = 0, at = 0, end = part->offset + part->length + TAIL_BYTES - 8;
    while (at < end) {
        size_t want = (size_t)BASE_MIN(end - at, sizeof bytes);
        if (!file_read_at(part->fd, bytes, want, (int64_t)at))
            return part_bad(part->path, error);
        hash = words_hash(hash, bytes, want);
        at += want;
    }
    return hash == part->hash ? STATUS_OK : part_bad(part->path, error);
}

static enum status part_open(struct grid *grid, struct grid_part *part,
                             struct grid_settings *settings, struct error *error)
{
    struct stat info;
    part->fd = open(part->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* pipes do not wait */
    if (part->fd < 0 || fstat(part->fd, &info) != 0)
        return error_set(error, STATUS_IO, "%s: %s", part->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return part_bad(part->path, error);
    struct head head = {0};
    enum status status = STATUS_OK;
    struct grid_counts counts;
    for (size_t want = 1 << 16;; want *= 16) {
        counts = grid->counts;
        free(part->cells);
        part->cells = NULL;
        status = head_read(part, &head, (uint64_t)info.st_size, want, error);
        if (status != STATUS_OK)
            break;
        head_settings(&head, settings, &counts);
        head_cells(&head, grid, part);
        if (!head.bad || want >= (uint64_t)info.st_size || want > HEAD_MAX)
            break;
    }
    bool bad = head.bad;
    part->offset = (head.at + 7) / 8 * 8;
    free(head.bytes);
    grid->counts = counts;
    if (status != STATUS_OK || bad)
        return status != STATUS_OK ? status : part_bad(part->path, error);
    status = tail_read(part, (uint64_t)info.st_size, error);
    return status == STATUS_OK ? part_check(part, error) : status;
}

/* ---- joining ---------------------------------------------------------------------------- */

static bool same_quantiles(const struct grid_settings *a, const struct grid_settings *b)
{
    bool same = a->quantile_count == b->quantile_count;
    for (int i = 0; same && i < a->quantile_count; i++)
        same = a->quantiles[i] == b->quantiles[i];
    return same;
}

/* What keeps two parts apart, NULL when nothing does. */
static const char *difference(const struct grid_settings *a, const struct grid_settings *b)
{
    if (a->crs_name[0] && b->crs_name[0] && strcmp(a->crs_name, b->crs_name) != 0)
        return "coordinate systems; make all parts with the same --dst-crs";
    if (a->bin_m != b->bin_m)
        return "bin sizes; make all parts with the same --bin-m";
    if (a->weak_rsrp_dbm != b->weak_rsrp_dbm || a->weak_rxlev_dbm != b->weak_rxlev_dbm)
        return "rules of what is weak; make all parts with the same --set";
    return same_quantiles(a, b) ? NULL : "--quantiles; make all parts with the same";
}

enum status grid_parts_open(const struct options *options, struct grid *grid,
                            struct error *error)
{
    grid->parts = base_alloc((size_t)options->operand_count, sizeof *grid->parts);
    for (int i = 0; i < options->operand_count; i++) {
        struct grid_part *part = &grid->parts[grid->part_count++];
        *part = (struct grid_part){.path = options->operands[i], .fd = -1};
        struct grid_settings settings = {0};
        enum status status = part_open(grid, part, &settings, error);
        if (status != STATUS_OK)
            return status;
        const char *why = i ? difference(&grid->settings, &settings) : NULL;
        if (why)
            return error_set(error, STATUS_USAGE, "%s and %s differ in their %s",
                             options->operands[0], part->path, why);
        settings.by_cell |= grid->settings.by_cell;
        if (!grid->settings.crs_name[0])
            grid->settings = settings;
        grid->settings.by_cell = settings.by_cell;
    }
    return STATUS_OK;
}
