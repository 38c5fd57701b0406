/* Phone logs in the columns of OpenCelliD and Tower Collector: mcc, mnc, lac, cellid, lat, lon,
 * signal, measured_at, act and so on; the cell is four columns, times are milliseconds that a
 * spreadsheet may have rounded to 1.68E+12. */
#include <string.h>

#include "models/tables/time.h"
#include "models/tables/vendor/adapt.h"
#include "models/tables/vendor/formats.h"
#include "models/tables/vendor/phone.h"

enum oci_column {
    OCI_MCC,
    OCI_MNC,
    OCI_LAC,
    OCI_CELL,
    OCI_LAT,
    OCI_LON,
    OCI_SIGNAL,
    OCI_TIME,
    OCI_ACT,
    OCI_TA,
    OCI_PSC,
    OCI_PCI,
    OCI_NEIGHBOUR,
    OCI_COLUMNS
};

static const char *const oci_names[OCI_COLUMNS] = {
    [OCI_MCC] = "mcc",
    [OCI_MNC] = "mnc|net",
    [OCI_LAC] = "lac|area|tac",
    [OCI_CELL] = "cellid|cell_id|cell",
    [OCI_LAT] = "lat|latitude",
    [OCI_LON] = "lon|longitude|lng",
    [OCI_SIGNAL] = "dbm|signal",
    [OCI_TIME] = "measured_at|measured",
    [OCI_ACT] = "act|net_type|radio",
    [OCI_TA] = "ta",
    [OCI_PSC] = "psc",
    [OCI_PCI] = "pci",
    [OCI_NEIGHBOUR] = "neighboring",
};

struct oci {
    int column[OCI_COLUMNS];
};

static bool oci_match(const char *const *names, size_t count)
{
    static const enum oci_column needed[] = {OCI_MCC, OCI_MNC, OCI_CELL, OCI_SIGNAL, OCI_TIME};
    for (size_t i = 0; i < ARRAY_COUNT(needed); i++)
        if (adapt_find(names, count, oci_names[needed[i]]) < 0)
            return false;
    return true;
}

static enum status oci_open(struct adapt *adapt)
{
    struct oci *oci = adapt->state;
    for (int c = 0; c < OCI_COLUMNS; c++)
        oci->column[c] = adapt_column(adapt, oci_names[c]);
    return STATUS_OK;
}

static const char *oci_value(const struct adapt *adapt, enum oci_column column)
{
    return adapt_value(adapt, ((const struct oci *)adapt->state)->column[column]);
}

/* The measurement stands without its time where a spreadsheet destroyed that. */
static const char *usable_time(struct adapt *adapt)
{
    const char *text = oci_value(adapt, OCI_TIME), *why;
    int64_t time_s;
    if (!text[0] || time_parse(text, adapt->out.request->utc_offset_s, &time_s, &why) ||
        !strpbrk(text, "eE"))
        return text;
    vendor_out_note(&adapt->out, "times that a spreadsheet rounded, left empty", "");
    return "";
}

static void oci_row(struct adapt *adapt)
{
    const char *code = oci_value(adapt, OCI_PCI);
    bool neighbour = strcasecmp(oci_value(adapt, OCI_NEIGHBOUR), "true") == 0 ||
                     strcmp(oci_value(adapt, OCI_NEIGHBOUR), "1") == 0;
    const struct phone_line line = {
        .time = usable_time(adapt),
        .lon = oci_value(adapt, OCI_LON),
        .lat = oci_value(adapt, OCI_LAT),
        .source = "dt",
        .serving = {.technology = oci_value(adapt, OCI_ACT),
                    .plmn = "",
                    .mcc = oci_value(adapt, OCI_MCC),
                    .mnc = oci_value(adapt, OCI_MNC),
                    .node = "",
                    .cell = "",
                    .lac = oci_value(adapt, OCI_LAC),
                    .whole = oci_value(adapt, OCI_CELL),
                    .pci = code[0] == '-' ? "" : code,
                    .arfcn = "",
                    .level = oci_value(adapt, OCI_SIGNAL),
                    .quality = "",
                    .snr = "",
                    .ta = oci_value(adapt, OCI_TA)},
    };
    phone_give_cell(&adapt->out, &line, !neighbour);
}

static const struct adapt_format oci_format = {
    .name = "OpenCelliD style CSV",
    .columns = sample_columns,
    .column_count = SAMPLE_COLUMNS,
    .state_size = sizeof(struct oci),
    .match = oci_match,
    .open = oci_open,
    .row = oci_row,
};

static bool oci_recognise(const struct vendor_request *request, const char *head, size_t length)
{
    (void)length;
    return strcmp(request->table, "samples") == 0 &&
           (adapt_head_has(head, "mcc|mnc|cellid|signal|measured") ||
            adapt_head_has(head, "mcc|mnc|cell_id|dbm|measured") ||
            adapt_head_has(head, "mcc|net|cell|signal|measured"));
}

static enum status oci_read(const struct vendor_request *request, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    return adapt_read(&oci_format, request, sink, facts, error);
}

const struct vendor_reader vendor_opencellid = {
    "OpenCelliD style CSV", "columns mcc, mnc, the cell, signal and measured_at", oci_recognise,
    oci_read};
