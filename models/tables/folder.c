#include "models/tables/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
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

static bool is_raster(const char *entry)
{
    for (const char *const *extension = raster_extensions; *extension; extension++)
        if (strlen(entry) > strlen(*extension) &&
            strcasecmp(entry + strlen(entry) - strlen(*extension), *extension) == 0)
            return entry[0] != '.';
    return false;
}

static int by_text(const void *one, const void *two)
{
    return strcmp(*(const char *const *)one, *(const char *const *)two);
}

/* The tiles in `folder`, in the order of their names; none where there is no such folder. */
static enum status find_tiles(const char *folder, struct arena *arena, struct raster_files *out,
                              struct error *error)
{
    DIR *directory = opendir(folder);
    if (!directory && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_OK;
    if (!directory)
        return error_set(error, STATUS_IO, "cannot open %s: %s", folder, strerror(errno));
    size_t capacity = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_raster(entry->d_name)) {
            out->paths = base_grow(out->paths, &capacity, out->count + 1, sizeof(const char *));
            out->paths[out->count++] = arena_format(arena, "%s/%s", folder, entry->d_name);
        }
    closedir(directory);
    if (!out->count)
        return error_set(error, STATUS_FORMAT,
                         "%s holds no raster; put the tiles there (.tif, .asc, .hgt, .img, "
                         ".bil)",
                         folder);
    base_sort(out->paths, out->count, sizeof *out->paths, by_text);
    return STATUS_OK;
}

enum status folder_find_rasters(const char *folder, const char *name, struct arena *arena,
                                struct raster_files *out, struct error *error)
{
    const char *file = NULL, *tiles = arena_format(arena, "%s/%s", folder, name);
    *out = (struct raster_files){0};
    enum status status = find(folder, name, raster_extensions, arena, &file, error);
    if (status == STATUS_OK)
        status = find_tiles(tiles, arena, out, error);
    if (status == STATUS_OK && file && out->count)
        status = error_set(error, STATUS_FORMAT,
                           "%s is there and so is the folder %s; leave the one that is meant",
                           file, tiles);
    if (status == STATUS_OK && file) {
        out->paths = base_alloc(1, sizeof *out->paths);
        out->paths[out->count++] = file;
    }
    if (status != STATUS_OK) {
        free(out->paths);
        *out = (struct raster_files){0};
    }
    return status;
}
