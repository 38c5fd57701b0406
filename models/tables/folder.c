#include "models/tables/folder.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

static const char *const table_extensions[] = {".csv",    ".txt",    ".tsv",    ".xlsx", ".xls",
                                               ".gpkg",   ".shp",    ".tab",    ".kml",  ".xml",
                                               ".csv.gz", ".txt.gz", ".xml.gz", NULL};
static const char *const raster_extensions[] = {".tif", ".tiff", ".asc", ".hgt",
                                                ".img", ".bil",  NULL};

/* "cells" + ".csv" against a directory entry, ASCII case ignored. */
static bool is_named(const char *entry, const char *name, const char *const *extensions)
{
    size_t length = strlen(name);
    if (strncasecmp(entry, name, length) != 0)
        return false;
    for (; *extensions; extensions++)
        if (strcasecmp(entry + length, *extensions) == 0)
            return true;
    return false;
}

static enum status find(const char *folder, const char *name, const char *const *extensions,
                        struct arena *arena, const char **path, struct error *error)
{
    *path = NULL;
    DIR *directory = opendir(folder);
    if (!directory)
        return error_set(error, STATUS_IO, "cannot open the case folder %s: %s", folder,
                         strerror(errno));
    enum status status = STATUS_OK;
    struct dirent *entry;
    while (status == STATUS_OK && (entry = readdir(directory))) {
        if (!is_named(entry->d_name, name, extensions))
            continue;
        if (*path) {
            const char *one = strrchr(*path, '/') + 1, *two = entry->d_name;
            bool in_order = strcmp(one, two) < 0; /* the order of readdir is not said */
            status = error_set(error, STATUS_FORMAT,
                               "%s holds both %s and %s; leave the one that is meant", folder,
                               in_order ? one : two, in_order ? two : one);
        } else {
            *path = arena_format(arena, "%s/%s", folder, entry->d_name);
        }
    }
    closedir(directory);
    return status;
}

enum status folder_find(const char *folder, const char *name, struct arena *arena,
                        const char **path, struct error *error)
{
    return find(folder, name, table_extensions, arena, path, error);
}

enum status folder_find_raster(const char *folder, const char *name, struct arena *arena,
                               const char **path, struct error *error)
{
    return find(folder, name, raster_extensions, arena, path, error);
}
