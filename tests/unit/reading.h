/* reading.h - a text as a file, read through table_read as every command does. */
#ifndef COVTRIAGE_TESTS_READING_H
#define COVTRIAGE_TESTS_READING_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/tables/rows.h"
#include "models/tables/table.h"

/* What one file gave. */
struct reading {
    struct arena *arena;
    struct rejects rejects;
    struct table_report report;
    struct error error;
    enum status status;
    size_t size, count;
    char *records;
    char path[128];
};

static inline enum status keep(void *context, const void *record)
{
    struct reading *reading = context;
    reading->records = realloc(reading->records, (reading->count + 1) * reading->size);
    memcpy(reading->records + reading->count++ * reading->size, record, reading->size);
    return STATUS_OK;
}

/* Write `text` as a file named `name`, read it as the table. */
static inline struct reading *read_text(const struct table_spec *spec, const char *name,
                                        const char *text)
{
    struct reading *reading = calloc(1, sizeof *reading);
    char folder[] = "/tmp/vendor-XXXXXX";
    assert_non_null(mkdtemp(folder));
    snprintf(reading->path, sizeof reading->path, "%s/%s", folder, name);
    FILE *file = fopen(reading->path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    reading->arena = arena_new();
    reading->size = spec->record_size;
    const struct table_options options = {.arena = reading->arena,
                                          .rejects = &reading->rejects};
    reading->status = table_read(reading->path, spec, &options, keep, reading, &reading->report,
                                 &reading->error);
    unlink(reading->path);
    rmdir(folder);
    return reading;
}

static inline void forget(struct reading *reading)
{
    arena_free(reading->arena);
    arena_free(reading->rejects.arena);
    free(reading->rejects.items);
    free(reading->records);
    free(reading);
}

static inline const struct sample *sample_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct sample *)(reading->records + i * reading->size);
}

static inline const struct counter *counter_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct counter *)(reading->records + i * reading->size);
}

static inline const struct alarm *alarm_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct alarm *)(reading->records + i * reading->size);
}

static inline const struct cell *cell_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct cell *)(reading->records + i * reading->size);
}

static inline void expect_rows(const struct reading *reading, uint64_t rows, uint64_t refused)
{
    assert_int_equal(reading->status, STATUS_OK);
    assert_int_equal(reading->report.rows, rows);
    assert_int_equal(reading->report.refused, refused);
}

static inline bool was_refused_for(const struct reading *reading, const char *words)
{
    for (size_t i = 0; i < reading->rejects.count; i++)
        if (strstr(reading->rejects.items[i].reason, words))
            return true;
    return false;
}

static inline bool was_noted(const struct reading *reading, const char *words)
{
    for (size_t i = 0; i < reading->report.note_count; i++)
        if (strstr(reading->report.notes[i].text, words) ||
            strcmp(reading->report.notes[i].detail, words) == 0)
            return true;
    return false;
}

#define MRO_HEAD                                                                               \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bulkPmMrDataFile>\n"                         \
    "<fileHeader period=\"15\"/>\n"

#endif
