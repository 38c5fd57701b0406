/* covtriage compare BEFORE AFTER: which fixes worked, which cases came back. */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/out/compare.h"
#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "cmd/outdir.h"
#include "geo/postgis.h"

static const char doc[] =
    "Compare two runs and say of every order of the first whether it worked: the level before "
    "and after where it was to help, against bins nobody touched, and the complaints there per "
    "day. Writes compare.csv, compare.xlsx and compare.html into AFTER, or into --output.\v"
    "BEFORE and AFTER are folders that covtriage triage wrote; give the second run the later "
    "complaints and the later measurements. An order that a crew marked as done and that draws "
    "new complaints is reopened.\n\n"
    "  covtriage compare march/out april/out\n"
    "  covtriage compare PG:\"dbname=rf run=-1\" PG:\"dbname=rf\" -o loop\n"
    "  covtriage compare march/out april/out --lang zh -o loop";

static enum status read_run(const char *folder, struct result *result, struct error *error)
{
    char path[4096];
    if (store_read(store_path(folder, path, sizeof path), NULL, result, error) != STATUS_OK)
        return error->status;
    return postgis_named(folder) ? statuses_join(result, folder, error)
                                 : statuses_keep(result, folder, error);
}

static void print_summary(const struct compare *compare, const struct options *options)
{
    static const enum loop_verdict order[] = {LOOP_CURED, LOOP_BETTER, LOOP_UNCHANGED,
                                              LOOP_WORSE, LOOP_UNKNOWN};
    size_t counts[LOOP_WORSE + 1] = {0};
    for (size_t i = 0; i < compare->row_count; i++)
        counts[compare->rows[i].verdict]++;
    if (options->json)
        printf("{\"orders\":%zu", compare->row_count);
    for (size_t i = 0; i < ARRAY_COUNT(order); i++)
        printf(options->json ? ",\"%s\":%zu" : "%-10s %zu\n", loop_word(order[i]),
               counts[order[i]]);
    printf(options->json ? ",\"%s\":%zu}\n" : "%-10s %zu\n", "reopened",
           compare->reopened_count);
}

struct comparing {
    const struct options *options;
    struct result before, after;
    struct compare compare;
};

static enum status compare_folders(void *context, const char *staging, struct error *error)
{
    struct comparing *comparing = context;
    const struct options *options = comparing->options;
    if (read_run(options->operands[0], &comparing->before, error) != STATUS_OK ||
        read_run(options->operands[1], &comparing->after, error) != STATUS_OK)
        return error->status;
    compare_runs(&comparing->before, &comparing->after, &comparing->compare);
    enum language language =
        options->language_given ? options->language : comparing->after.language;
    return compare_write(&comparing->compare, language, staging, error);
}

int command_compare(int argc, char **argv)
{
    struct options options;
    struct error error = {0};
    struct comparing comparing = {.options = &options};
    command_parse(argc, argv, NULL, NULL, "BEFORE AFTER", doc, &options);
    if (options.operand_count != 2) {
        error_set(&error, STATUS_USAGE, "give two folders that covtriage triage wrote");
        return command_fail(&error);
    }
    if (postgis_named(options.operands[1]) && !options.output) {
        error_set(&error, STATUS_USAGE, "AFTER is a database: give -o a folder for the sheets");
        return command_fail(&error);
    }
    const char *folder = options.output ? options.output : options.operands[1];
    if (outdir_add(folder, compare_folders, &comparing, &error) == STATUS_OK)
        print_summary(&comparing.compare, &options);
    compare_free(&comparing.compare);
    result_free(&comparing.before);
    result_free(&comparing.after);
    return error.status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
