#include "cmd/remake.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/out/statuses.h"
#include "cmd/out/store.h"

/* Moves (or removes) every file of the staging folder, then the folder itself. */
static enum status empty_staging(const char *staging, const char *folder, struct error *error)
{
    DIR *directory = opendir(staging);
    char from[4096 + 260], to[4096 + 260];
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(from, sizeof from, "%s/%s", staging, entry->d_name);
        snprintf(to, sizeof to, "%s/%s", folder, entry->d_name);
        if (error->status != STATUS_OK)
            unlink(from);
        else if (rename(from, to) != 0)
            error_set(error, STATUS_IO, "cannot put %s in place: %s", to, strerror(errno));
    }
    if (directory)
        closedir(directory);
    rmdir(staging);
    return error->status;
}

static enum status make(const struct result *result, const char *folder,
                        const struct products_options *which, struct error *error)
{
    char staging[4096];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return error_set(error, STATUS_IO, "cannot make the folder %s: %s", folder,
                         strerror(errno));
    snprintf(staging, sizeof staging, "%s/.partial-%ld", folder, (long)getpid());
    if (mkdir(staging, 0777) != 0)
        return error_set(error, STATUS_IO, "cannot write into %s: %s", folder, strerror(errno));
    products_write(result, staging, which, error);
    return empty_staging(staging, folder, error);
}

int remake(const struct options *options, const struct products_options *which)
{
    struct error error = {0};
    struct result result;
    char path[4096];
    if (options->operand_count != 1) {
        error_set(&error, STATUS_USAGE, "give one folder that covtriage triage wrote");
        return command_fail(&error);
    }
    const char *folder = options->operands[0];
    snprintf(path, sizeof path, "%s/triage.gpkg", folder);
    if (access(path, R_OK) != 0)
        error_set(&error, STATUS_IO, "%s holds no triage.gpkg: give a folder that triage wrote",
                  folder);
    else if (store_read(path, &result, &error) == STATUS_OK) {
        if (options->language_given)
            result.language = options->language;
        if (statuses_keep(&result, folder, &error) == STATUS_OK)
            make(&result, options->output ? options->output : folder, which, &error);
        result_free(&result);
    } else {
        result_free(&result);
    }
    return error.status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
