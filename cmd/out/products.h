/* products.h - every file that users open, made from a struct result into one folder. */
#ifndef COVTRIAGE_PRODUCTS_H
#define COVTRIAGE_PRODUCTS_H

#include "cmd/out/result.h"

struct products_options {
    bool worklist, heatmap, kmz, report; /**< which; all false: every one */
    const char
        *basemap_url; /**< tiles behind the report's map, asked for only if given; or NULL */
};

/**
 * Write worklist.xlsx, worklist.csv, heatmap_*.tif, heatmap_*.png, cases.kmz and report.html
 * into `folder`, which exists; files of the same name are replaced. The result is complete
 * (result_complete, orders_choose). Same result, same bytes. Errors: STATUS_IO.
 */
enum status products_write(const struct result *result, const char *folder,
                           const struct products_options *options, struct error *error);

#endif
