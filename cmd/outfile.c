#include "cmd/outfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/staging.h"

enum status outfile_check(const char *path, bool overwrite, const char *form,
                          struct error *error)
{
    if (!path)
        return error_set(error, STATUS_USAGE, "give the output: -o %s", form);
    if (!overwrite && access(path, F_OK) == 0)
        return error_set(error, STATUS_USAGE, "%s is there already; --overwrite replaces it",
                         path);
    return STATUS_OK;
}

enum status outfile_open(const char *path, const char *extension, struct outfile *out,
                         struct error *error)
{
    struct stat info;
    *out = (struct outfile){.path = base_text(path), .lock = -1};
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return error_set(error, STATUS_USAGE,
                         "%s is there and is not a file; choose another -o", path);
    enum status status = staging_lock(path, &out->lock, error);
    if (status != STATUS_OK)
        return status;
    staging_sweep(path);
    out->staging = staging_name(path, extension);
    return STATUS_OK;
}

enum status outfile_publish(struct outfile *file, struct error *error)
{
    enum status status = staging_sync(file->staging, error);
    if (status != STATUS_OK)
        return status;
    if (rename(file->staging, file->path) != 0)
        return error_set(error, STATUS_IO, "cannot put the result at %s: %s", file->path,
                         strerror(errno));
    staging_sync_name(file->path);
    free(file->staging);
    file->staging = NULL;
    return STATUS_OK;
}

void outfile_close(struct outfile *file)
{
    if (file->staging) {
        staging_sweep(file->path); /* with what libraries wrote beside it */
        free(file->staging);
    }
    staging_unlock(file->path, file->lock);
    free(file->path);
    *file = (struct outfile){.lock = -1};
}
