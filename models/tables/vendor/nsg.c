/* The cell database of Network Signal Guru's community: "ECellID","CellName","Longitude",
 * "Latitude","PCI","EARFCN","Azimuth". The id is the whole ECI, the address is in the name
 * ("Milton Road | Haywards Heath | RH16 1ES"), an azimuth of 0 stands for blank. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/vendor/adapt.h"
#include "models/tables/vendor/formats.h"
#include "models/tables/vendor/level.h"

enum nsg_out {
    NSG_SITE,
    NSG_SITE_NAME,
    NSG_CELL,
    NSG_CELL_NAME,
    NSG_RAT,
    NSG_ARFCN,
    NSG_PCI,
    NSG_LON,
    NSG_LAT,
    NSG_AZIMUTH,
    NSG_OUTS
};

static const char *const nsg_columns[NSG_OUTS] = {
    "site_id", "site_name", "cell_id", "cell_name", "rat",
    "arfcn",   "pci",       "lon",     "lat",       "azimuth_deg",
};

static const char *nsg_value(const struct adapt *adapt, const char *name)
{
    return adapt_value(adapt, adapt_column(adapt, name));
}

static bool nsg_match(const char *const *names, size_t count)
{
    return adapt_find(names, count, "ECellID") >= 0 &&
           adapt_find(names, count, "EARFCN") >= 0 && adapt_find(names, count, "Azimuth") >= 0;
}

static void nsg_row(struct adapt *adapt)
{
    struct vendor_out *out = &adapt->out;
    const char *id = nsg_value(adapt, "ECellID"), *name = nsg_value(adapt, "CellName");
    uint64_t eci;
    if (!level_parse_count(id, &eci) || eci >> 28 || !(eci >> 8)) {
        vendor_out_refuse(out, "cell_id", id, "is no ECI of 28 bits (eNB * 256 + cell)");
        return;
    }
    vendor_out_format(out, NSG_SITE, "%llu", (unsigned long long)(eci >> 8));
    vendor_out_format(out, NSG_CELL, "%llu-%llu", (unsigned long long)(eci >> 8),
                      (unsigned long long)(eci & 255));
    vendor_out_set(out, NSG_SITE_NAME, name);
    vendor_out_set(out, NSG_CELL_NAME, name);
    vendor_out_set(out, NSG_RAT, "LTE");
    vendor_out_set(out, NSG_ARFCN, nsg_value(adapt, "EARFCN"));
    vendor_out_set(out, NSG_PCI, nsg_value(adapt, "PCI"));
    vendor_out_set(out, NSG_LON, nsg_value(adapt, "Longitude"));
    vendor_out_set(out, NSG_LAT, nsg_value(adapt, "Latitude"));
    double azimuth_deg;
    bool blank = !level_parse(nsg_value(adapt, "Azimuth"), &azimuth_deg) || azimuth_deg == 0;
    if (blank)
        vendor_out_note(out, "azimuths of 0, which stands for blank", "");
    else
        vendor_out_set(out, NSG_AZIMUTH, nsg_value(adapt, "Azimuth"));
    vendor_out_give(out);
}

static const struct adapt_format nsg_format = {
    .name = "NSG cell database",
    .columns = nsg_columns,
    .column_count = NSG_OUTS,
    .match = nsg_match,
    .row = nsg_row,
};

static bool nsg_recognise(const struct vendor_request *request, const char *head, size_t length)
{
    (void)length;
    return strcmp(request->table, "cells") == 0 &&
           adapt_head_has(head, "ECellID|EARFCN|Azimuth");
}

static enum status nsg_read(const struct vendor_request *request, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    return adapt_read(&nsg_format, request, sink, facts, error);
}

const struct vendor_reader vendor_nsg = {
    "NSG cell database", "columns ECellID, EARFCN and Azimuth", nsg_recognise, nsg_read};
