#include "cmd/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static char *join(const char *a, const char *b)
{
    char *text = NULL;
    if (asprintf(&text, "%s%s", a, b) < 0)
        abort();
    return text;
}

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
    char *record = join(path, "/run.json");
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

/* Runs that write the same folder exclude each other by a lock on a file beside it. */
static enum status take_lock(const char *path, int *lock, struct error *error)
{
    char *name = join(path, ".lock");
    *lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    enum status status = STATUS_OK;
    if (*lock < 0)
        status =
            error_set(error, STATUS_IO, "cannot write beside %s: %s", path, strerror(errno));
    else if (flock(*lock, LOCK_EX | LOCK_NB) != 0)
        status =
            error_set(error, STATUS_IO, "another run is writing %s now; wait for it", path);
    if (status != STATUS_OK && *lock >= 0) {
        close(*lock);
        *lock = -1;
    }
    free(name);
    return status;
}

/* What runs that were killed left beside `path`; the lock says that none of them lives. */
static void sweep_old_stagings(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("./");
    char *prefix = join(slash ? slash + 1 : path, ".partial-");
    DIR *folder = opendir(parent);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (text_starts(entry->d_name, prefix)) {
            char *old = join(parent, entry->d_name);
            remove_tree(old);
            free(old);
        }
    if (folder)
        closedir(folder);
    free(prefix);
    free(parent);
}

enum status outdir_open(const char *path, bool overwrite, struct outdir *out,
                        struct error *error)
{
    *out = (struct outdir){.path = strdup(path), .lock = -1};
    size_t length = strlen(out->path);
    while (length > 1 && out->path[length - 1] == '/')
        out->path[--length] = '\0';
    enum status status = check_target(out->path, overwrite, &out->replaces, error);
    if (status == STATUS_OK)
        status = take_lock(out->path, &out->lock, error);
    if (status != STATUS_OK)
        return status;
    sweep_old_stagings(out->path);
    char suffix[32];
    snprintf(suffix, sizeof suffix, ".partial-%ld", (long)getpid());
    out->staging = join(out->path, suffix);
    if (mkdir(out->staging, 0777) != 0)
        return error_set(error, STATUS_IO, "cannot make %s: %s", out->staging, strerror(errno));
    return STATUS_OK;
}

/* Data before names: what is renamed must already be on the disk. */
static int sync_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)ftw;
    if (type != FTW_F && type != FTW_D)
        return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    int result = fsync(file);
    close(file);
    return result;
}

enum status outdir_publish(struct outdir *outdir, struct error *error)
{
    if (nftw(outdir->staging, sync_one, 16, FTW_PHYS) != 0)
        return error_set(error, STATUS_IO, "cannot write %s: %s", outdir->staging,
                         strerror(errno));
    unsigned how = outdir->replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (renameat2(AT_FDCWD, outdir->staging, AT_FDCWD, outdir->path, how) != 0)
        return error_set(error, STATUS_IO, "cannot put the results at %s: %s", outdir->path,
                         strerror(errno));
    if (outdir->replaces) /* after the exchange the staging name holds the old results */
        remove_tree(outdir->staging);
    free(outdir->staging);
    outdir->staging = NULL;
    return STATUS_OK;
}

void outdir_close(struct outdir *outdir)
{
    if (outdir->staging) {
        remove_tree(outdir->staging);
        free(outdir->staging);
    }
    if (outdir->lock >= 0) {
        char *name = join(outdir->path, ".lock");
        unlink(name);
        free(name);
        close(outdir->lock);
    }
    free(outdir->path);
    *outdir = (struct outdir){.lock = -1};
}
