#include "cmd/remake.h"

#include <stdio.h>
#include <unistd.h>

#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "cmd/out/store_runs.h"
#include "cmd/outdir.h"
#include "geo/postgis.h"

struct remaking {
    const struct options *options;
    const struct products_options *which;
};

/* What was typed into the folder's sheets goes to the database, if this user may write there.
 */
static enum status join_database(const struct options *options, struct result *result,
                                 const char *place, struct error *error)
{
    struct error refused = {0};
    size_t typed = 0;
    if (statuses_join(result, place, error) != STATUS_OK)
        return error->status;
    for (size_t i = 0; i < result->order_count; i++)
        typed += result->orders[i].typed;
    if (typed && store_set_statuses(result, place, &refused) != STATUS_OK)
        command_say(options,
                    say(result->language, "statuses typed into the sheet stay there only: %s"),
                    refused.text);
    return STATUS_OK;
}

static enum status make(void *context, const char *staging, struct error *error)
{
    const struct remaking *remaking = context;
    const char *place = remaking->options->operands[0];
    bool database = postgis_named(place);
    struct result result;
    char path[4096];
    enum status status = store_read(store_path(place, path, sizeof path),
                                    remaking->which->report ? staging : NULL, &result, error);
    if (remaking->options->language_given)
        result.language = remaking->options->language;
    if (status == STATUS_OK)
        status = statuses_keep(&result, database ? remaking->options->output : place, error);
    if (status == STATUS_OK && database)
        status = join_database(remaking->options, &result, place, error);
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
        error_set(&error, STATUS_USAGE,
                  "give one folder, or PG:..., that covtriage triage wrote");
        return command_fail(&error);
    }
    const char *folder = options->operands[0];
    struct remaking remaking = {options, which};
    bool database = postgis_named(folder);
    if (database && !options->output)
        error_set(&error, STATUS_USAGE, "OUT is a database: give -o a folder for the files");
    else if (!database && access(store_path(folder, path, sizeof path), R_OK) != 0)
        error_set(&error, STATUS_IO, "%s holds no triage.gpkg: give a folder that triage wrote",
                  folder);
    else
        outdir_add(options->output ? options->output : folder, make, &remaking, &error);
    return error.status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
