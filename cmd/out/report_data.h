/* report_data.h - a result as the JSON that the report's scripts read. */
#ifndef COVTRIAGE_REPORT_DATA_H
#define COVTRIAGE_REPORT_DATA_H

#include "cmd/out/heat.h"

/** Cases whose details are packed together: unpacked when one of them is opened. */
enum { REPORT_BLOCK = 100 };

/** Everything but the cases' details. */
void report_data(const struct result *result, const struct heat *heat, const char *basemap_url,
                 struct buffer *out);

/** The details of cases block * REPORT_BLOCK ...: JSON, deflated (zlib), in base64. */
enum status report_details(const struct result *result, size_t block, struct buffer *out,
                           struct error *error);

#endif
