#include "cmd/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool memory_parse(const char *text, uint64_t *bytes)
{
    char *end;
    double value = strtod(text, &end);
    const char *units = "KMGT", *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    for (long i = unit ? unit - units + 1 : 0; i > 0; i--)
        value *= 1024;
    if (end == text || !(value >= 1 << 24) || value > 1e15 || (*end && (!unit || end[1])))
        return false;
    *bytes = (uint64_t)value;
    return true;
}

uint64_t memory_of_machine(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes : (uint64_t)4 << 30;
}

uint64_t memory_held(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long long size, resident, shared;
    if (!file)
        return 0;
    int read = fscanf(file, "%llu %llu %llu", &size, &resident, &shared);
    fclose(file);
    return read == 3 ? (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

bool memory_passes(struct memory_bound *bound)
{
    bound->passed = bound->passed || memory_held() > bound->bytes;
    return bound->passed;
}

enum status memory_fail(const struct memory_bound *bound, const char *stage,
                        struct error *error)
{
    return error_set(
        error, STATUS_RANGE,
        "more than the %.0f MB of --max-memory are needed (%s); allow more, or give "
        "fewer tickets or samples at a time; nothing was written",
        (double)bound->bytes / (1 << 20), stage);
}
