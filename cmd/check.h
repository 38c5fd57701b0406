/* check.h - covtriage check: what the command and its two ways of printing share. */
#ifndef COVTRIAGE_CHECK_H
#define COVTRIAGE_CHECK_H

#include "cmd/command.h"
#include "models/tables/inspect.h"
#include "models/verdict/datum_detect.h"

struct check {
    struct options options;
    const char *as;
    long rejects_shown;
    struct arena *masked;       /* values as they may be shown */
    struct json_object *list;   /* --json */
    struct datum_reader *datum; /* of --src-crs; NULL: WGS-84 */
};

/** The value of a reject as it may be shown: masked, unless phones were asked for. */
const char *check_value(const struct check *check, const struct reject *reject);

/** Print what was understood of every table, in the user's language, to stdout. */
void check_print(const struct check *check, const struct inspect *inspect);

/** Print which system the complaints' coordinates are in, with the evidence. */
void check_print_datum(const struct check *check, const struct datum_finding *finding);

#endif
