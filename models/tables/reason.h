/* reason.h - why a row or a value was refused, in the reader's language. */
#ifndef COVTRIAGE_REASON_H
#define COVTRIAGE_REASON_H

#include "geo/base.h"
#include "models/say.h"

/**
 * The reason of a reject in the language asked. Reasons that carry what they were held against
 * ("outside -160..-20 dBm") keep that part; one that the catalog does not know stays English.
 * The text is the catalog's, the reason's own or `arena`'s.
 */
const char *reason_say(enum language language, const char *reason, struct arena *arena);

#endif
