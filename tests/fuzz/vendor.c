/* Fuzzing of the readers: any bytes as any table. The first byte chooses the table; the rest is
 * the file, read by its path as every command does. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/tables/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static enum status pass(void *context, const void *record)
{
    (void)record;
    ++*(uint64_t *)context;
    return STATUS_OK;
}

/* A memory file has a path under /proc: nothing touches the disk. */
static int make_file(const uint8_t *bytes, size_t length, char path[64])
{
    int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, bytes, length) != (ssize_t)length)
        abort();
    snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct table_spec *const specs[] = {&sample_spec, &counter_spec, &alarm_spec,
                                                     &cell_spec};
    if (length < 2)
        return 0;
    char path[64];
    int file = make_file(bytes + 1, length - 1, path);
    struct rejects rejects = {0};
    const struct table_options options = {.rejects = &rejects};
    struct table_report report;
    struct error error = {0};
    uint64_t given = 0;
    enum status status = table_read(path, specs[bytes[0] % ARRAY_COUNT(specs)], &options, pass,
                                    &given, &report, &error);
    if (status == STATUS_OK && report.refused > report.rows)
        abort();
    arena_free(rejects.arena);
    free(rejects.items);
    close(file);
    return 0;
}
