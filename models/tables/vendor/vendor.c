#include "models/tables/vendor/vendor.h"

#include <stddef.h>

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
