/* Spreadsheets and vector files as rows of strings. */
#include <stdio.h>
#include <string.h>

#include "geo/gdal.h"
#include "geo/layer.h"
#include "models/tables/rows.h"

static bool row_blank(const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i][0])
            return false;
    return true;
}

/* Sheets are as wide as their widest row; a header ends with its last name. */
static size_t header_width(const char *const *names, size_t count)
{
    while (count && !names[count - 1][0])
        count--;
    return count;
}

static enum status push_rows(struct layer *layer, const struct row_sink *sink, bool has_header,
                             struct error *error)
{
    uint32_t line;
    size_t count;
    const char *const *values;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && layer_next(layer, &line, &values, &count)) {
        if (row_blank(values, count))
            continue;
        if (has_header)
            status = sink->row(sink->context, line, values, count, error);
        else
            status =
                sink->header(sink->context, line, values, header_width(values, count), error);
        has_header = true;
    }
    if (status == STATUS_OK && !has_header)
        status = error_set(error, STATUS_FORMAT, "the sheet '%s' holds no header and no rows",
                           layer_name(layer));
    return status;
}

enum status rows_read_layer(const char *path, const char *table, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    struct layer *layer;
    enum status status = layer_open(path, table, &layer, error);
    if (status != STATUS_OK)
        return status;
    size_t count;
    const char *const *names = layer_header(layer, &count);
    *facts = (struct row_facts){.format = layer_format(layer), .encoding = ""};
    snprintf(facts->part, sizeof facts->part, "%.60s", layer_name(layer));
    if (names)
        status = sink->header(sink->context, 1, names, count, error);
    if (status == STATUS_OK)
        status = push_rows(layer, sink, names != NULL, error);
    if (status == STATUS_OK && layer_failed(layer))
        status = error_set(error, STATUS_IO, "%s cannot be read to its end: %s", path,
                           gdal_reason());
    layer_close(layer);
    return status;
}
