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

/** As folder_find, for a raster ("dem", "clutter"): tif, asc, hgt, img, vrt excluded. */
enum status folder_find_raster(const char *folder, const char *name, struct arena *arena,
                               const char **path, struct error *error);

#endif
