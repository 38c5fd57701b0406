/* json.h - JSON appended to a buffer, safe inside an HTML script element. */
#ifndef COVTRIAGE_OUT_JSON_H
#define COVTRIAGE_OUT_JSON_H

#include "geo/base.h"

/** A quoted string of at most `most` bytes, cut between characters; "<" and controls escaped,
 * what is not UTF-8 left out. */
void json_text(struct buffer *out, const char *text, size_t most);
/** A number with at most that many decimals, without trailing zeros; NAN is null. */
void json_number(struct buffer *out, double value, int decimals);
/** Seconds, or null. */
void json_time(struct buffer *out, int64_t at_s);

#endif
