/* kmz.h - cases.kmz for Google Earth and for navigation on a phone: KML 2.2. */
#ifndef COVTRIAGE_KMZ_H
#define COVTRIAGE_KMZ_H

#include "cmd/out/result.h"

/**
 * Cases by verdict, orders, cells as wedges at true scale, flagged antennas, plans; every field
 * also as typed data, so that an import elsewhere keeps it. Errors: STATUS_IO.
 */
enum status kmz_write(const struct result *result, const char *path, struct error *error);

/** The KML text alone, appended to `kml`. */
void kmz_text(const struct result *result, struct buffer *kml);

/** Append a text as XML character data: escaped, without characters that XML 1.0 forbids, cut
 * at `most` bytes between characters. */
void xml_text(struct buffer *out, const char *text, size_t most);

#endif
