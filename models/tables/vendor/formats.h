/* formats.h - the readers, for the list in vendor.c and for tests. */
#ifndef COVTRIAGE_VENDOR_FORMATS_H
#define COVTRIAGE_VENDOR_FORMATS_H

#include "models/tables/vendor/vendor.h"

extern const struct vendor_reader vendor_mro, vendor_pm_xml, vendor_gnettrack_text,
    vendor_gnettrack_kml, vendor_opencellid, vendor_nsg, vendor_counters, vendor_huawei_alarms,
    vendor_dates;

#endif
