/* Fuzzing of the readers of tables: any bytes as any table. The first byte chooses the table;
 * the rest is the file, read by its path as every command does: CSV in every encoding, gzip,
 * MRO and PM XML, G-NetTrack, NSG, OpenCelliD, the makers' counters and alarms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "models/tables/rule.h"
#include "models/tables/table.h"
#include "tests/fuzz/fuzz.h"

struct counted {
    const struct table_spec *spec;
    uint64_t given;
};

/* What a record may hold: numbers in range or absent, positions on the globe or absent. */
static enum status pass(void *context, const void *record)
{
    struct counted *counted = context;
    counted->given++;
    for (size_t i = 0; i < counted->spec->field_count; i++) {
        const struct field *field = &counted->spec->fields[i];
        const char *at = (const char *)record + field->offset;
        if (field->type == FIELD_TEXT || field->type == FIELD_ID)
            fuzz_check(*(const char *const *)(const void *)at != NULL);
        if (field->type != FIELD_NUMBER)
            continue;
        double value = *(const double *)(const void *)at;
        fuzz_check(!isinf(value));
        if (!isnan(value) && field->min < field->max)
            fuzz_check(value >= field->min && value <= field->max);
    }
    return STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct table_spec *const specs[] = {
        &sample_spec, &counter_spec, &alarm_spec,       &cell_spec,     &complaint_spec,
        &plan_spec,   &place_spec,   &subscribers_spec, &terminal_spec, &rule_spec};
    if (length < 2)
        return 0;
    char path[64];
    int file = fuzz_file(bytes + 1, length - 1, path);
    struct rejects rejects = {0};
    const struct table_options options = {.rejects = &rejects};
    struct table_report report;
    struct error error = {0};
    struct counted counted = {specs[bytes[0] % ARRAY_COUNT(specs)], 0};
    enum status status =
        table_read(path, counted.spec, &options, pass, &counted, &report, &error);
    if (status == STATUS_OK) {
        fuzz_check(report.refused <= report.rows);
        fuzz_check(report.given == counted.given);
    } else {
        fuzz_check(error.text[0] != '\0'); /* whatever is wrong, a sentence says it */
    }
    arena_free(rejects.arena);
    free(rejects.items);
    close(file);
    return 0;
}
