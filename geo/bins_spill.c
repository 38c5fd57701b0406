/* Runs on disk: how a group is written, and where parts go when memory is short. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "geo/bins_inner.h"

void bins_encode(const struct bins_group *group, bool extra, bool levels, struct buffer *out)
{
    buffer_append(out, (const char *)&group->entry, sizeof group->entry);
    if (extra)
        buffer_append(out, (const char *)&group->extra, sizeof group->extra);
    if (!levels)
        return;
    uint64_t count = group->level_count;
    buffer_append(out, (const char *)&count, sizeof count);
    buffer_append(out, (const char *)group->levels, count * sizeof *group->levels);
}

static enum status write_all(int fd, const char *bytes, size_t length, uint64_t offset,
                             struct error *error)
{
    while (length) {
        ssize_t done = pwrite(fd, bytes, length, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return error_set(error, STATUS_IO,
                             "the temporary file cannot be written: %s; make room or raise "
                             "--max-memory",
                             strerror(done < 0 ? errno : ENOSPC));
        bytes += done;
        offset += (uint64_t)done;
        length -= (size_t)done;
    }
    return STATUS_OK;
}

/* A file without a name: nothing is left behind, however the run ends. */
static enum status spill_open(struct bins *bins, struct error *error)
{
    if (bins->spill_fd >= 0)
        return STATUS_OK;
    const char *prefix = bins->options.spill_path;
    char path[4096];
    snprintf(path, sizeof path, "%s.spill-XXXXXX", prefix ? prefix : "/tmp/covtriage");
    bins->spill_fd = mkostemp(path, O_CLOEXEC);
    if (bins->spill_fd < 0)
        return error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    unlink(path);
    return STATUS_OK;
}

static void encode_part(const struct bins *bins, const struct bins_part *part,
                        struct buffer *out)
{
    struct bins_level *levels = NULL;
    size_t next = 0, capacity = 0;
    for (size_t i = 0; i < part->count; i++) {
        const struct bins_entry *entry = part_entry(bins, part, i);
        struct bins_group group = {.entry = *entry};
        if (bins->options.extra)
            group.extra = *entry_extra(entry);
        while (next < part->level_count && level_entry(part->levels[next]) == i) {
            levels = base_grow(levels, &capacity, group.level_count + 1, sizeof *levels);
            levels[group.level_count++] = level_unpack(part->levels[next++]);
        }
        group.levels = levels;
        bins_encode(&group, bins->options.extra, bins->options.levels, out);
    }
    free(levels);
}

enum status bins_spill(struct bins *bins, const struct bins_part *part, struct error *error)
{
    struct buffer bytes = {0};
    encode_part(bins, part, &bytes);
    pthread_mutex_lock(&bins->spill_lock);
    enum status status = spill_open(bins, error);
    struct bins_stretch stretch = {bins->spill_end, bytes.length};
    bins->spill_end += bytes.length;
    bins->stretches = base_grow(bins->stretches, &bins->stretch_capacity,
                                bins->stretch_count + 1, sizeof *bins->stretches);
    bins->stretches[bins->stretch_count++] = stretch;
    pthread_mutex_unlock(&bins->spill_lock);
    if (status == STATUS_OK)
        status = write_all(bins->spill_fd, bytes.bytes, bytes.length, stretch.offset, error);
    buffer_free(&bytes);
    return status;
}
