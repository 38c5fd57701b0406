/* fold.h - headers and words brought to one form for comparison. */
#ifndef COVTRIAGE_FOLD_H
#define COVTRIAGE_FOLD_H

#include "geo/base.h"

/**
 * Put the folded text into `out` (cleared first): compatibility forms made one (full width to
 * half width), case folded, everything but letters and digits dropped, what stands in brackets
 * dropped. `unit`, when not NULL, gets the text of the last brackets as it was, "" without.
 * "RSRP（dBm）" gives "rsrp" and "dBm"; "Azimuth_Deg" gives "azimuthdeg".
 */
void fold_text(const char *text, struct buffer *out, struct buffer *unit);

#endif
