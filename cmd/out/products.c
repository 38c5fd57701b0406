#include "cmd/out/products.h"

#include <stdio.h>

#include "cmd/out/excerpt.h"
#include "cmd/out/heatmap.h"
#include "cmd/out/kmz.h"
#include "cmd/out/report.h"
#include "cmd/out/worklist.h"

static enum status write_worklist(const struct result *result, const struct result *excerpt,
                                  const char *folder, struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/worklist.csv", folder);
    if (worklist_write_csv(result, path, error) != STATUS_OK)
        return error->status;
    snprintf(path, sizeof path, "%s/worklist.xlsx", folder);
    return worklist_write_xlsx(excerpt, path, error);
}

static enum status write_maps(const struct result *result, const struct result *excerpt,
                              const char *folder, const struct products_options *options,
                              struct error *error)
{
    bool all = !options->heatmap && !options->report;
    char path[4096];
    struct heat heat;
    bool placed = heat_compute(result, &heat); /* false: no case has a position, so no map */
    if (placed && (all || options->heatmap))
        heatmap_write(excerpt, &heat, folder, error);
    if (error->status == STATUS_OK && (all || options->report)) {
        snprintf(path, sizeof path, "%s/report.html", folder);
        report_write(excerpt, placed ? &heat : NULL, options->basemap_url, path, error);
    }
    if (placed)
        heat_free(&heat);
    return error->status;
}

enum status products_write(const struct result *result, const char *folder,
                           const struct products_options *options, struct error *error)
{
    bool all = !options->worklist && !options->heatmap && !options->kmz && !options->report;
    struct result excerpt = excerpt_make(result);
    if (all || options->worklist)
        write_worklist(result, &excerpt, folder, error);
    if (error->status == STATUS_OK && (all || options->kmz)) {
        char path[4096];
        snprintf(path, sizeof path, "%s/cases.kmz", folder);
        kmz_write(&excerpt, path, error);
    }
    if (error->status == STATUS_OK && (all || options->heatmap || options->report))
        write_maps(result, &excerpt, folder, options, error);
    excerpt_free(&excerpt, result);
    return error->status;
}
