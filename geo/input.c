#include "geo/input.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

/* A name beside `path` that a library would open along with it (t.dbf of t.shp) and that is no
 * file; "" when there is none. */
static void find_odd_sibling(const char *path, char odd[NAME_MAX + 1])
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t stem = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash + 1 - path) : 1,
             slash ? path : ".");
    DIR *directory = opendir(folder);
    odd[0] = '\0';
    for (struct dirent *entry; directory && !odd[0] && (entry = readdir(directory));) {
        struct stat info;
        if (strncmp(entry->d_name, name, stem) == 0 && entry->d_name[stem] == '.' &&
            fstatat(dirfd(directory), entry->d_name, &info, 0) == 0 && !S_ISREG(info.st_mode) &&
            !S_ISDIR(info.st_mode))
            snprintf(odd, NAME_MAX + 1, "%s", entry->d_name);
    }
    if (directory)
        closedir(directory);
}

enum status input_check(const char *path, struct error *error)
{
    char odd[NAME_MAX + 1];
    struct stat info;
    if (text_starts(path, "/vsi"))
        return error_set(error, STATUS_IO, "%s: only files on this machine are read", path);
    if (stat(path, &info) != 0)
        return error_set(error, STATUS_IO, "%s: %s", path,
                         errno == ENOENT ? "no such file" : strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(error, STATUS_IO, "%s is a folder; a file was expected there", path);
    if (!S_ISREG(info.st_mode))
        return error_set(error, STATUS_IO,
                         "%s is a pipe or a device; give a file on a disk instead", path);
    if (info.st_size == 0)
        return error_set(error, STATUS_FORMAT, "%s is empty", path);
    if (access(path, R_OK) != 0)
        return error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    find_odd_sibling(path, odd);
    if (odd[0])
        return error_set(error, STATUS_IO, "%s: beside it, %s is a pipe or a device", path,
                         odd);
    return STATUS_OK;
}

/* ---- archives ------------------------------------------------------------------------ */

/* What the entries say to hold; readers go by the same numbers. */
static uint64_t unpacked_size(zip_t *zip)
{
    uint64_t sum = 0;
    zip_stat_t info;
    for (zip_int64_t i = 0, n = zip_get_num_entries(zip, 0); i < n; i++)
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &info) == 0 && (info.valid & ZIP_STAT_SIZE))
            sum += BASE_MIN(info.size, INPUT_UNPACKED_MAX);
    return sum;
}

enum status input_check_archive(const char *path, struct error *error)
{
    struct stat info;
    if (input_check(path, error) != STATUS_OK)
        return error->status;
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    if (!zip || stat(path, &info) != 0)
        return STATUS_OK;
    uint64_t size = unpacked_size(zip);
    zip_discard(zip);
    if (size >= INPUT_UNPACKED_MAX)
        return error_set(error, STATUS_RANGE,
                         "%s unpacks to over %d MB; export the table as CSV", path,
                         (int)(INPUT_UNPACKED_MAX >> 20));
    if (size > INPUT_GROWTH_FROM && size / INPUT_GROWTH_MAX > (uint64_t)info.st_size)
        return error_set(error, STATUS_RANGE,
                         "%s unpacks to over %d times its size, as no such file does; export "
                         "the table as CSV",
                         path, INPUT_GROWTH_MAX);
    return STATUS_OK;
}

/* ---- GeoPackages --------------------------------------------------------------------- */

/* The name of a view, "" when there is none. */
static void find_view(sqlite3 *database, char name[64])
{
    sqlite3_stmt *query = NULL;
    name[0] = '\0';
    if (sqlite3_prepare_v2(database, "SELECT name FROM sqlite_master WHERE type = 'view'", -1,
                           &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(query, 0);
        snprintf(name, 64, "%.60s", text && *text ? text : "?");
    }
    sqlite3_finalize(query);
}

enum status input_check_package(const char *path, struct error *error)
{
    sqlite3 *database = NULL;
    char view[64] = "";
    if (input_check(path, error) != STATUS_OK)
        return error->status;
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK)
        find_view(database, view);
    sqlite3_close(database);
    if (view[0])
        return error_set(error, STATUS_FORMAT,
                         "%s holds the view '%s'; only tables are read: save it as one", path,
                         view);
    return STATUS_OK;
}
