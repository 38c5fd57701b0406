#include "cmd/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/staging.h"

static bool is_empty_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    int entries = 0;
    while (readdir(folder))
        entries++;
    closedir(folder);
    return entries <= 2;
}

/* Only a result of ours, or nothing, may be replaced: never a user's own folder. */
static enum status check_target(const char *path, bool overwrite, bool *replaces,
                                struct error *error)
{
    struct stat info;
    *replaces = false;
    if (lstat(path, &info) != 0)
        return errno == ENOENT ? STATUS_OK
                               : error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return error_set(error, STATUS_USAGE,
                         "%s is there and is not a folder; choose another -o", path);
    char *record = staging_join(path, "/run.json");
    bool ours = access(record, F_OK) == 0;
    free(record);
    if (!ours && !is_empty_folder(path))
        return error_set(
            error, STATUS_USAGE,
            "%s is not a result of covtriage and is not replaced; choose another -o", path);
    if (ours && !overwrite)
        return error_set(error, STATUS_USAGE,
                         "%s holds an earlier result; add --overwrite to replace it, or choose "
                         "another -o",
                         path);
    *replaces = true;
    return STATUS_OK;
}

enum status outdir_open(const char *path, bool overwrite, struct outdir *out,
                        struct error *error)
{
    *out = (struct outdir){.path = base_text(path), .lock = -1};
    size_t length = strlen(out->path);
    while (length > 1 && out->path[length - 1] == '/')
        out->path[--length] = '\0';
    enum status status = check_target(out->path, overwrite, &out->replaces, error);
    if (status == STATUS_OK)
        /* outdir_close frees the path. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        status = staging_lock(out->path, &out->lock, error);
    if (status == STATUS_OK) /* again: another run may have come between */
        status = check_target(out->path, overwrite, &out->replaces, error);
    if (status != STATUS_OK)
        return status;
    staging_sweep(out->path);
    out->staging = staging_name(out->path, "");
    if (mkdir(out->staging, 0777) != 0)
        return error_set(error, STATUS_IO, "cannot make %s: %s", out->staging, strerror(errno));
    return STATUS_OK;
}

/* On file systems without renameat2 the older results step aside first. */
static int step_aside(const struct outdir *outdir)
{
    char *aside = staging_join(outdir->staging, "-older");
    int failed = outdir->replaces ? rename(outdir->path, aside) : 0;
    if (!failed && rename(outdir->staging, outdir->path) != 0) {
        int why = errno;
        if (outdir->replaces)
            rename(aside, outdir->path);
        errno = why;
        failed = -1;
    }
    if (!failed)
        staging_remove(aside);
    free(aside);
    return failed;
}

static int take_place(const struct outdir *outdir)
{
    unsigned how = outdir->replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (renameat2(AT_FDCWD, outdir->staging, AT_FDCWD, outdir->path, how) == 0)
        return 0;
    return errno == EINVAL || errno == ENOSYS ? step_aside(outdir) : -1;
}

enum status outdir_publish(struct outdir *outdir, struct error *error)
{
    enum status status = staging_sync(outdir->staging, error);
    if (status != STATUS_OK)
        return status;
    if (take_place(outdir) != 0)
        return error_set(error, STATUS_IO, "cannot put the results at %s: %s", outdir->path,
                         strerror(errno));
    staging_sync_name(outdir->path);
    if (outdir->replaces) /* after the exchange the staging name holds the old results */
        staging_remove(outdir->staging);
    free(outdir->staging);
    outdir->staging = NULL;
    return STATUS_OK;
}

/* Every file of `from` that `to` lacks, as a second name of the same file. */
static int link_rest(const char *from, const char *to)
{
    DIR *folder = opendir(from);
    if (!folder)
        return -1;
    int failed = 0;
    for (struct dirent *entry; !failed && (entry = readdir(folder));) {
        char *name = staging_join("/", entry->d_name);
        char *old = staging_join(from, name), *made = staging_join(to, name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            failed = 0;
        else if (entry->d_type == DT_DIR)
            failed = (mkdir(made, 0777) != 0 && errno != EEXIST) || link_rest(old, made);
        else
            failed = link(old, made) != 0 && errno != EEXIST;
        free(made);
        free(old);
        free(name);
    }
    closedir(folder);
    return failed;
}

/* Takes what the older results hold and the staging folder lacks over, without copying. */
static bool carry(const struct outdir *outdir)
{
    struct stat info;
    if (!outdir->replaces)
        return true;
    return stat(outdir->path, &info) == 0 &&
           chmod(outdir->staging, info.st_mode & 07777) == 0 &&
           link_rest(outdir->path, outdir->staging) == 0;
}

void outdir_close(struct outdir *outdir)
{
    if (outdir->staging) {
        staging_remove(outdir->staging);
        free(outdir->staging);
    }
    staging_unlock(outdir->path, outdir->lock);
    free(outdir->path);
    *outdir = (struct outdir){.lock = -1};
}

/* ---- files added to a folder ------------------------------------------------------------ */

/* May the whole folder be exchanged: is it ours or not there, and does no shell stand in it? */
static bool may_exchange(const char *folder)
{
    struct stat info, here;
    if (stat(folder, &info) != 0)
        return errno == ENOENT;
    char *record = staging_join(folder, "/run.json"), *above = staging_join(folder, "/..");
    bool ours = access(record, F_OK) == 0 && access(above, W_OK) == 0;
    free(above);
    free(record);
    return ours && stat(".", &here) == 0 &&
           (info.st_ino != here.st_ino || info.st_dev != here.st_dev);
}

/* Moves every file of the staging folder. */
static enum status move_files(const char *staging, const char *folder, struct error *error)
{
    DIR *directory = opendir(staging);
    enum status status = staging_sync(staging, error);
    for (struct dirent *entry;
         status == STATUS_OK && directory && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        char *name = staging_join("/", entry->d_name);
        char *from = staging_join(staging, name), *to = staging_join(folder, name);
        if (rename(from, to) != 0)
            status =
                error_set(error, STATUS_IO, "cannot put %s in place: %s", to, strerror(errno));
        free(to);
        free(from);
        free(name);
    }
    if (directory)
        closedir(directory);
    return status;
}

/* A folder of the user's own: staged inside, hidden. */
static enum status add_inside(const char *folder, outdir_writer write, void *context,
                              struct error *error)
{
    int lock = -1;
    char *inside = staging_join(folder, "/"), *staging = staging_name(inside, "");
    enum status status = staging_lock(inside, &lock, error);
    if (status == STATUS_OK)
        staging_sweep(inside);
    if (status == STATUS_OK && mkdir(staging, 0777) != 0)
        status =
            error_set(error, STATUS_IO, "cannot write into %s: %s", folder, strerror(errno));
    if (status == STATUS_OK)
        status = write(context, staging, error);
    if (status == STATUS_OK)
        status = move_files(staging, folder, error);
    if (lock >= 0)
        staging_remove(staging);
    staging_unlock(inside, lock);
    free(staging);
    free(inside);
    return status;
}

enum status outdir_add(const char *folder, outdir_writer write, void *context,
                       struct error *error)
{
    if (!may_exchange(folder))
        return add_inside(folder, write, context, error);
    struct outdir outdir;
    enum status status = outdir_open(folder, true, &outdir, error);
    if (status == STATUS_OK)
        status = write(context, outdir.staging, error);
    if (status == STATUS_OK)
        status = carry(&outdir) ? outdir_publish(&outdir, error)
                                : move_files(outdir.staging, outdir.path, error);
    outdir_close(&outdir);
    return status;
}
