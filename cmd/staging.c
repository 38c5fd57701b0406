#include "cmd/staging.h"

#include <ctype.h>
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

char *staging_join(const char *a, const char *b)
{
    return base_format("%s%s", a, b);
}

static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? base_text_n(path, (size_t)(slash - path) + 1) : base_text("./");
}

/* ---- the lock ---------------------------------------------------------------------------- */

/* Its last holder may have removed the file between our opening and our locking of it. */
static bool lock_stands(const char *name, int lock)
{
    struct stat held, named;
    return fstat(lock, &held) == 0 && stat(name, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

static enum status lock_once(const char *path, const char *name, int *lock, struct error *error)
{
    *lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (*lock < 0)
        return error_set(error, STATUS_IO, "cannot write beside %s: %s", path, strerror(errno));
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    if (errno == EWOULDBLOCK)
        error_set(error, STATUS_IO, "another run is writing %s now; wait for it", path);
    else
        error_set(error, STATUS_IO, "cannot lock %s: %s", name, strerror(errno));
    close(*lock);
    *lock = -1;
    return error->status;
}

enum status staging_lock(const char *path, int *lock, struct error *error)
{
    char *name = staging_join(path, ".lock");
    enum status status = lock_once(path, name, lock, error);
    while (status == STATUS_OK && !lock_stands(name, *lock)) {
        close(*lock);
        status = lock_once(path, name, lock, error);
    }
    free(name);
    return status;
}

void staging_unlock(const char *path, int lock)
{
    struct stat info;
    if (lock < 0)
        return;
    char *name = staging_join(path, ".lock");
    if (fstat(lock, &info) == 0 && info.st_size == 0) /* else it is somebody's own file */
        unlink(name);
    free(name);
    close(lock);
}

/* ---- staging ----------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

void staging_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void staging_sweep(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = parent_of(path),
         *prefix = staging_join(slash ? slash + 1 : path, ".partial-");
    DIR *folder = opendir(parent);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (text_starts(entry->d_name, prefix) &&
            isdigit((unsigned char)entry->d_name[strlen(prefix)])) {
            char *old = staging_join(parent, entry->d_name);
            staging_remove(old);
            free(old);
        }
    if (folder)
        closedir(folder);
    free(prefix);
    free(parent);
}

char *staging_name(const char *path, const char *extension)
{
    return base_format("%s.partial-%ld%s", path, (long)getpid(), extension);
}

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

enum status staging_sync(const char *path, struct error *error)
{
    if (nftw(path, sync_one, 16, FTW_PHYS) == 0)
        return STATUS_OK;
    return error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
}

void staging_sync_name(const char *path)
{
    char *parent = parent_of(path);
    int folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder); /* too late to undo: the results are whole under either name */
        close(folder);
    }
    free(parent);
}
