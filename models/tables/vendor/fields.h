/* fields.h - "name=value, name=value" texts, as element managers describe an object. */
#ifndef COVTRIAGE_VENDOR_FIELDS_H
#define COVTRIAGE_VENDOR_FIELDS_H

#include "geo/base.h"

/**
 * Copy the value of the first of `names` ("eNodeB ID|eNodeB标识", in order of preference) that
 * stands in `text`, trimmed; ends at ",", ";" or the end. White space around "=" is ignored.
 * false: none is there, or its value is empty; `value` is then "".
 */
bool text_field(const char *text, const char *names, char *value, size_t size);

#endif
