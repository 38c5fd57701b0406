#include "cmd/out/products.h"

#include <stdio.h>

#include "cmd/out/heatmap.h"
#include "cmd/out/kmz.h"
#include "cmd/out/report.h"
#include "cmd/out/worklist.h"

enum status products_write(const struct result *result, const char *folder,
                           const struct products_options *options, struct error *error)
{
    bool all = !options->worklist && !options->heatmap && !options->kmz && !options->report;
    char path[4096];
    if (all || options->worklist) {
        snprintf(path, sizeof path, "%s/worklist.csv", folder);
        if (worklist_write_csv(result, path, error) != STATUS_OK)
            return error->status;
        snprintf(path, sizeof path, "%s/worklist.xlsx", folder);
        if (worklist_write_xlsx(result, path, error) != STATUS_OK)
            return error->status;
    }
    if (all || options->kmz) {
        snprintf(path, sizeof path, "%s/cases.kmz", folder);
        if (kmz_write(result, path, error) != STATUS_OK)
            return error->status;
    }
    if (!all && !options->heatmap && !options->report)
        return STATUS_OK;
    struct heat heat;
    bool placed = heat_compute(result, &heat); /* false: no case has a position, so no map */
    if (placed && (all || options->heatmap))
        heatmap_write(result, &heat, folder, error);
    if (error->status == STATUS_OK && (all || options->report)) {
        snprintf(path, sizeof path, "%s/report.html", folder);
        report_write(result, placed ? &heat : NULL, options->basemap_url, path, error);
    }
    if (placed)
        heat_free(&heat);
    return error->status;
}
