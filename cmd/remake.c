#include "cmd/remake.h"

#include <stdio.h>
#include <unistd.h>

#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "cmd/outdir.h"

struct remaking {
    const struct options *options;
    const struct products_options *which;
};

static enum status make(void *context, const char *staging, struct error *error)
{
    const struct remaking *remaking = context;
    const char *folder = remaking->options->operands[0];
    struct result result;
    char path[4096];
    snprintf(path, sizeof path, "%s/triage.gpkg", folder);
    enum status status = store_read(path, &result, error);
    if (remaking->options->language_given)
        result.language = remaking->options->language;
    if (status == STATUS_OK)
        status = statuses_keep(&result, folder, error);
    if (status == STATUS_OK)
        status = products_write(&result, staging, remaking->which, error);
    result_free(&result);
    return status;
}

int remake(const struct options *options, const struct products_options *which)
{
    struct error error = {0};
    char path[4096];
    if (options->operand_count != 1) {
        error_set(&error, STATUS_USAGE, "give one folder that covtriage triage wrote");
        return command_fail(&error);
    }
    const char *folder = options->operands[0];
    struct remaking remaking = {options, which};
    snprintf(path, sizeof path, "%s/triage.gpkg", folder);
    if (access(path, R_OK) != 0)
        error_set(&error, STATUS_IO, "%s holds no triage.gpkg: give a folder that triage wrote",
                  folder);
    else
        outdir_add(options->output ? options->output : folder, make, &remaking, &error);
    return error.status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
