/* covtriage compare BEFORE AFTER: which fixes worked, which cases came back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/out/compare.h"
#include "cmd/out/statuses.h"
#include "cmd/out/store.h"

static const char doc[] =
    "Compare two runs and say of every order of the first whether it worked: the level before "
    "and after where it was to help, against bins nobody touched, and the complaints there per "
    "day. Writes compare.csv, compare.xlsx and compare.html into AFTER, or into --output.\v"
    "BEFORE and AFTER are folders that covtriage triage wrote; give the second run the later "
    "complaints and the later measurements. An order that a crew marked as done and that draws "
    "new complaints is reopened.\n\n"
    "  covtriage compare march/out april/out\n"
    "  covtriage compare march/out april/out --lang zh -o loop";

static enum status read_run(const char *folder, struct result *result, struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/triage.gpkg", folder);
    if (store_read(path, result, error) == STATUS_OK)
        statuses_keep(result, folder, error);
    return error->status;
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

int command_compare(int argc, char **argv)
{
    struct options options;
    struct error error = {0};
    struct result before = {0}, after = {0};
    command_parse(argc, argv, NULL, NULL, "BEFORE AFTER", doc, &options);
    if (options.operand_count != 2) {
        error_set(&error, STATUS_USAGE, "give two folders that covtriage triage wrote");
        return command_fail(&error);
    }
    const char *folder = options.output ? options.output : options.operands[1];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        error_set(&error, STATUS_IO, "cannot make the folder %s: %s", folder, strerror(errno));
    else if (read_run(options.operands[0], &before, &error) == STATUS_OK &&
             read_run(options.operands[1], &after, &error) == STATUS_OK) {
        struct compare compare;
        compare_runs(&before, &after, &compare);
        enum language language = options.language_given ? options.language : after.language;
        if (compare_write(&compare, language, folder, &error) == STATUS_OK)
            print_summary(&compare, &options);
        compare_free(&compare);
    }
    result_free(&before);
    result_free(&after);
    return error.status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
