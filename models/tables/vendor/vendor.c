#include "models/tables/vendor/vendor.h"

#include <string.h>

#include "geo/layer.h"
#include "models/tables/lines.h"
#include "models/tables/vendor/formats.h"

const struct vendor_reader *const vendor_readers[] = {
    &vendor_mro,
    &vendor_pm_xml,
    &vendor_gnettrack_text,
    &vendor_gnettrack_kml,
    &vendor_opencellid,
    &vendor_nsg,
    &vendor_huawei_alarms,
    &vendor_counters,
    &vendor_dates, /* any other table whose dates need all of it to be read */
    NULL,
};

enum { HEAD_BYTES = 1 << 16, HEAD_ROWS = 40 };

enum status vendor_rows(const struct vendor_request *request, const struct row_sink *sink,
                        struct row_facts *facts, struct error *error)
{
    if (layer_named(request->path))
        return rows_read_layer(request->path, request->table, sink, facts, error);
    return rows_read_csv(request->path, sink, facts, error);
}

/* ---- the beginning of a file -------------------------------------------------------- */

/* The first rows of a sheet as text. */
struct head {
    struct buffer text;
    size_t rows;
};

static enum status head_row(void *context, uint32_t line, const char *const *values,
                            size_t count, struct error *error)
{
    struct head *head = context;
    (void)line;
    for (size_t i = 0; i < count && head->text.length < HEAD_BYTES; i++) {
        buffer_text(&head->text, values[i]);
        buffer_append(&head->text, i + 1 < count ? "\t" : "\n", 1);
    }
    return ++head->rows < HEAD_ROWS ? STATUS_OK
                                    : error_set(error, STATUS_INTERRUPTED, "enough");
}

static void head_refuse(void *context, uint32_t line, const char *column, const char *value,
                        const char *reason)
{
    (void)context, (void)line, (void)column, (void)value, (void)reason;
}

static void head_of_layer(const struct vendor_request *request, struct buffer *text)
{
    struct head head = {.rows = 0};
    const struct row_sink sink = {&head, head_row, head_row, head_refuse, NULL};
    struct row_facts facts = {0};
    struct error ignored = {0};
    rows_read_layer(request->path, request->table, &sink, &facts, &ignored);
    *text = head.text;
}

static void head_of_text(const char *path, struct buffer *text)
{
    struct lines *lines = NULL;
    struct error ignored = {0};
    if (lines_open(path, &lines, &ignored) != STATUS_OK)
        return;
    size_t length;
    const char *head = lines_head(lines, &length);
    buffer_append(text, head, BASE_MIN(length, (size_t)HEAD_BYTES));
    lines_close(lines);
}

const struct vendor_reader *vendor_find(const struct vendor_request *request)
{
    struct buffer head = {0};
    if (layer_named(request->path) && !strcasestr(request->path, ".kml"))
        head_of_layer(request, &head);
    else /* a KML may be a phone's log */
        head_of_text(request->path, &head);
    const struct vendor_reader *found = NULL;
    for (size_t i = 0; head.length && vendor_readers[i] && !found; i++)
        if (vendor_readers[i]->recognise(request, head.bytes, head.length))
            found = vendor_readers[i];
    buffer_free(&head);
    return found;
}
