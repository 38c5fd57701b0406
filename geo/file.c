#include "geo/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t mark_one(const char *path, uint64_t before)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return before;
    uint64_t facts[] = {before,
                        (uint64_t)info.st_dev,
                        (uint64_t)info.st_ino,
                        (uint64_t)info.st_size,
                        (uint64_t)info.st_mtim.tv_sec,
                        (uint64_t)info.st_mtim.tv_nsec};
    return hash_bytes(facts, sizeof facts);
}

uint64_t file_mark(const char *path)
{
    static const char *const belong[] = {".shp", ".shx", ".dbf", ".tab", ".dat", ".map", ".id"};
    uint64_t mark = mark_one(path, 0);
    const char *dot = strrchr(path, '.');
    if (!mark || !dot || !(text_equal_fold(dot, ".shp") || text_equal_fold(dot, ".tab")))
        return mark;
    for (size_t i = 0; i < ARRAY_COUNT(belong); i++) {
        char *beside = base_format("%.*s%s", (int)(dot - path), path, belong[i]);
        mark = mark_one(beside, mark);
        free(beside);
    }
    return mark;
}

enum status file_unchanged(const char *path, uint64_t mark, struct error *error)
{
    return !mark || file_mark(path) == mark
               ? STATUS_OK
               : error_set(error, STATUS_IO,
                           "%s changed while it was read; run again when it is whole", path);
}

bool file_read_at(int file, void *bytes, size_t size, int64_t at)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(file, (char *)bytes + done, size - done, at + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}
