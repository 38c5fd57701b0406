/* G-NetTrack Pro: the text log (tab separated, a tab at the end of each line, columns by the
 * app's settings, up to 18 neighbours in ten columns each, lines longer than the header) and
 * the KML of the same points with units in the values ("-72 dBm", "1000deg"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/tables/vendor/adapt.h"
#include "models/tables/vendor/formats.h"
#include "models/tables/vendor/phone.h"
#include "models/tables/vendor/xml.h"

/* ---- the text log ------------------------------------------------------------------- */

enum gnt_column {
    GNT_TIME,
    GNT_LON,
    GNT_LAT,
    GNT_OPERATOR,
    GNT_NODE,
    GNT_CELL,
    GNT_LAC,
    GNT_TECH,
    GNT_LEVEL,
    GNT_QUAL,
    GNT_SNR,
    GNT_TA,
    GNT_ARFCN,
    GNT_PCI,
    GNT_RAW,
    GNT_COLUMNS
};

static const char *const gnt_names[GNT_COLUMNS] = {
    [GNT_TIME] = "Timestamp",    [GNT_LON] = "Longitude",    [GNT_LAT] = "Latitude",
    [GNT_OPERATOR] = "Operator", [GNT_NODE] = "Node",        [GNT_CELL] = "CellID",
    [GNT_LAC] = "LAC|TAC",       [GNT_TECH] = "NetworkTech", [GNT_LEVEL] = "Level",
    [GNT_QUAL] = "Qual",         [GNT_SNR] = "SNR",          [GNT_TA] = "TA",
    [GNT_ARFCN] = "ARFCN",       [GNT_PCI] = "PSC|PCI",      [GNT_RAW] = "RAWCELLID",
};

enum { GNT_NEIGHBOURS = 18 };

/* The columns of one neighbour. */
struct gnt_neighbour {
    int tech, cell_id, lac, code, arfcn, level, quality;
};

struct gnt {
    int column[GNT_COLUMNS];
    struct gnt_neighbour neighbours[GNT_NEIGHBOURS];
    size_t neighbour_count;
};

static bool gnt_match(const char *const *names, size_t count)
{
    return adapt_find(names, count, "Timestamp") >= 0 &&
           adapt_find(names, count, "NetworkTech") >= 0 &&
           adapt_find(names, count, "Level") >= 0;
}

static int numbered_column(const struct adapt *adapt, const char *name, size_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%s%zu", name, number);
    return adapt_column(adapt, text);
}

static enum status gnt_open(struct adapt *adapt)
{
    struct gnt *gnt = adapt->state;
    for (int c = 0; c < GNT_COLUMNS; c++)
        gnt->column[c] = adapt_column(adapt, gnt_names[c]);
    for (size_t n = 1; n <= GNT_NEIGHBOURS; n++) {
        struct gnt_neighbour neighbour = {
            .tech = numbered_column(adapt, "NTech", n),
            .cell_id = numbered_column(adapt, "NCellid", n),
            .lac = numbered_column(adapt, "NLAC", n),
            .code = numbered_column(adapt, "NCell", n),
            .arfcn = numbered_column(adapt, "NARFCN", n),
            .level = numbered_column(adapt, "NRxLev", n),
            .quality = numbered_column(adapt, "NQual", n),
        };
        if (neighbour.tech >= 0 && neighbour.level >= 0)
            gnt->neighbours[gnt->neighbour_count++] = neighbour;
    }
    return STATUS_OK;
}

static const char *gnt_value(const struct adapt *adapt, enum gnt_column column)
{
    return adapt_value(adapt, ((const struct gnt *)adapt->state)->column[column]);
}

static void give_gnt_neighbour(struct adapt *adapt, const struct gnt_neighbour *columns)
{
    if (!adapt_value(adapt, columns->tech)[0])
        return;
    const struct phone_cell cell = {
        .technology = adapt_value(adapt, columns->tech),
        .plmn = gnt_value(adapt, GNT_OPERATOR),
        .mcc = "",
        .mnc = "",
        .node = "",
        .cell = "",
        .lac = adapt_value(adapt, columns->lac),
        .whole = adapt_value(adapt, columns->cell_id),
        .pci = adapt_value(adapt, columns->code),
        .arfcn = adapt_value(adapt, columns->arfcn),
        .level = adapt_value(adapt, columns->level),
        .quality = adapt_value(adapt, columns->quality),
        .snr = "",
        .ta = "",
    };
    phone_give_neighbour(&adapt->out, &cell);
}

static void gnt_row(struct adapt *adapt)
{
    const struct gnt *gnt = adapt->state;
    const struct phone_line line = {
        .time = gnt_value(adapt, GNT_TIME),
        .lon = gnt_value(adapt, GNT_LON),
        .lat = gnt_value(adapt, GNT_LAT),
        .source = "dt",
        .serving =
            {
                .technology = gnt_value(adapt, GNT_TECH),
                .plmn = gnt_value(adapt, GNT_OPERATOR),
                .mcc = "",
                .mnc = "",
                .node = gnt_value(adapt, GNT_NODE),
                .cell = gnt_value(adapt, GNT_CELL),
                .lac = gnt_value(adapt, GNT_LAC),
                .whole = gnt_value(adapt, GNT_RAW),
                .pci = gnt_value(adapt, GNT_PCI),
                .arfcn = gnt_value(adapt, GNT_ARFCN),
                .level = gnt_value(adapt, GNT_LEVEL),
                .quality = gnt_value(adapt, GNT_QUAL),
                .snr = gnt_value(adapt, GNT_SNR),
                .ta = gnt_value(adapt, GNT_TA),
            },
    };
    phone_give_serving(&adapt->out, &line);
    for (size_t n = 0; n < gnt->neighbour_count; n++)
        give_gnt_neighbour(adapt, &gnt->neighbours[n]);
}

static const struct adapt_format gnt_format = {
    .name = "G-NetTrack text log",
    .columns = sample_columns,
    .column_count = SAMPLE_COLUMNS,
    .state_size = sizeof(struct gnt),
    .match = gnt_match,
    .open = gnt_open,
    .row = gnt_row,
};

static bool gnt_recognise(const struct vendor_request *request, const char *head, size_t length)
{
    (void)length;
    return strcmp(request->table, "samples") == 0 &&
           adapt_head_has(head, "Timestamp\t|NetworkTech|Level");
}

static enum status gnt_read(const struct vendor_request *request, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    return adapt_read(&gnt_format, request, sink, facts, error);
}

const struct vendor_reader vendor_gnettrack_text = {
    "G-NetTrack text log", "columns Timestamp, NetworkTech and Level", gnt_recognise, gnt_read};

/* ---- the KML ------------------------------------------------------------------------ */

enum kml_field {
    KML_TIME,
    KML_CGI,
    KML_NODE,
    KML_CELL,
    KML_TAC,
    KML_TECH,
    KML_MODE,
    KML_LEVEL,
    KML_QUAL,
    KML_SNR,
    KML_ARFCN,
    KML_PCI,
    KML_RAW,
    KML_FIELDS
};

static const char *const kml_names[KML_FIELDS] = {
    [KML_TIME] = "TIME",
    [KML_CGI] = "CGI",
    [KML_NODE] = "RNC|NODE|ENB|GNB",
    [KML_CELL] = "CELLID",
    [KML_TAC] = "TAC|LAC",
    [KML_TECH] = "TECHNOLOGY",
    [KML_MODE] = "MODE",
    [KML_QUAL] = "RSRQ|QUAL|ECNO|RXQUAL|ECIO",
    [KML_SNR] = "SNR",
    [KML_LEVEL] = "RSRP|RSCP|RXLEV|RXL|LEVEL",
    [KML_ARFCN] = "ARFCN",
    [KML_PCI] = "PC|PCI|PSC",
    [KML_RAW] = "RAWCELLID",
};

struct kml {
    struct vendor_out out;
    int field; /* of the Data at hand, -1: not one of ours */
    char values[KML_FIELDS][64];
    char lon[40], lat[40];
    bool in_point;
};

/* A level is a number whatever unit the app wrote behind it; blanks and "-" are nothing. */
static void set_field(char *to, size_t size, const char *text, bool is_number)
{
    size_t length = is_number ? strspn(text, "+-0123456789.eE") : strlen(text);
    snprintf(to, size, "%.*s", (int)BASE_MIN(length, size), text);
    if (strcmp(to, "-") == 0)
        to[0] = '\0';
}

static int kml_find(const char *name)
{
    for (int f = 0; f < KML_FIELDS; f++)
        if (adapt_find((const char *const[]){name}, 1, kml_names[f]) == 0)
            return f;
    return -1;
}

static void kml_start(void *context, const char *name, const char *const *attributes,
                      uint32_t line)
{
    struct kml *kml = context;
    (void)line;
    if (strcmp(name, "Placemark") == 0) {
        memset(kml->values, 0, sizeof kml->values);
        kml->lon[0] = kml->lat[0] = '\0';
        kml->field = -1;
    } else if (strcmp(name, "Data") == 0 || strcmp(name, "SimpleData") == 0) {
        kml->field = kml_find(xml_attribute(attributes, "name"));
    } else if (strcmp(name, "Point") == 0) {
        kml->in_point = true;
    }
}

static void take_coordinates(struct kml *kml, const char *text)
{
    size_t lon = strcspn(text, ",");
    snprintf(kml->lon, sizeof kml->lon, "%.*s", (int)BASE_MIN(lon, sizeof kml->lon), text);
    const char *rest = text[lon] ? text + lon + 1 : "";
    snprintf(kml->lat, sizeof kml->lat, "%.*s",
             (int)BASE_MIN(strcspn(rest, ", "), sizeof kml->lat), rest);
}

static void give_placemark(struct kml *kml, uint32_t line)
{
    const char *tech = kml->values[KML_TECH];
    const char(*v)[64] = (const char(*)[64])kml->values;
    char plmn[8];
    /* The app writes the CGI without separators: MCC and MNC in front. */
    snprintf(plmn, sizeof plmn, "%.5s", v[KML_CGI]);
    const struct phone_line row = {
        .time = v[KML_TIME],
        .lon = kml->lon,
        .lat = kml->lat,
        .source = "dt",
        .serving = {.technology = phone_rat(tech) ? tech : v[KML_MODE],
                    .plmn = plmn,
                    .mcc = "",
                    .mnc = "",
                    .node = v[KML_NODE],
                    .cell = v[KML_CELL],
                    .lac = v[KML_TAC],
                    .whole = v[KML_RAW],
                    .pci = v[KML_PCI],
                    .arfcn = v[KML_ARFCN],
                    .level = v[KML_LEVEL],
                    .quality = v[KML_QUAL],
                    .snr = v[KML_SNR],
                    .ta = ""},
    };
    vendor_out_begin(&kml->out, line);
    phone_give_serving(&kml->out, &row);
    vendor_out_end(&kml->out);
}

static void kml_end(void *context, const char *name, const char *text, uint32_t line)
{
    struct kml *kml = context;
    if (strcmp(name, "value") == 0 || strcmp(name, "SimpleData") == 0) {
        bool is_number =
            kml->field == KML_LEVEL || kml->field == KML_QUAL || kml->field == KML_SNR;
        if (kml->field >= 0)
            set_field(kml->values[kml->field], sizeof kml->values[0], text, is_number);
        kml->field = -1;
    } else if (strcmp(name, "coordinates") == 0 && kml->in_point) {
        take_coordinates(kml, text);
    } else if (strcmp(name, "Point") == 0) {
        kml->in_point = false;
    } else if (strcmp(name, "Placemark") == 0) {
        give_placemark(kml, line);
    }
}

static bool kml_done(void *context)
{
    return ((struct kml *)context)->out.status != STATUS_OK;
}

static bool kml_recognise(const struct vendor_request *request, const char *head, size_t length)
{
    (void)length;
    return strcmp(request->table, "samples") == 0 && strstr(head, "<kml") &&
           strstr(head, "\"TECHNOLOGY\"") && strstr(head, "\"ARFCN\"");
}

static enum status kml_read(const struct vendor_request *request, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    struct kml *kml = base_alloc(1, sizeof *kml);
    vendor_out_open(&kml->out, request, sink, facts, error);
    kml->field = -1;
    enum status status = vendor_out_header(&kml->out, sample_columns, SAMPLE_COLUMNS);
    const struct xml_handler handler = {kml, kml_start, kml_end, kml_done};
    if (status == STATUS_OK)
        status = xml_read_file(request->path, &handler, request->stop, error);
    if (status == STATUS_OK)
        status = kml->out.status;
    free(kml);
    return status;
}

const struct vendor_reader vendor_gnettrack_kml = {
    "G-NetTrack KML", "KML data fields TECHNOLOGY and ARFCN", kml_recognise, kml_read};
