/* folder.h - which file of a case folder is which table. */
#ifndef COVTRIAGE_FOLDER_H
#define COVTRIAGE_FOLDER_H

#include "geo/base.h"

/**
 * Find the file of table `name` ("cells") in `folder`: the base name, ASCII case ignored, with
 * an extension that table_read takes (csv, txt, tsv, xlsx, xls, gpkg, shp, tab, kml, xml, each
 * also with .gz where the reader takes it). *path is in `arena`, NULL when there is none.
 * Errors: STATUS_IO when the folder cannot be read, STATUS_FORMAT when two files claim the
 * name.
 */
enum status folder_find(const char *folder, const char *name, struct arena *arena,
                        const char **path, struct error *error);

/** The tiles of one raster, by name; `paths` is heap-allocated, the texts are the arena's. */
struct raster_files {
    const char **paths;
    size_t count;
};

/**
 * As folder_find, for a raster ("dem", "clutter"): a file (tif, tiff, asc, hgt, img, bil; vrt
 * excluded, because it names other files), or a folder of that name that holds the tiles of
 * one. Count 0 when there is neither. Free out->paths. Errors: as folder_find, when both are
 * there, and STATUS_FORMAT when the folder holds no raster.
 */
enum status folder_find_rasters(const char *folder, const char *name, struct arena *arena,
                                struct raster_files *out, struct error *error);

#endif
