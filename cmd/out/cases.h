/* cases.h - cases.csv and rejects.csv. */
#ifndef COVTRIAGE_CASES_H
#define COVTRIAGE_CASES_H

#include "cmd/out/result.h"

/** One row per ticket in the order of the input; `reason` and `reply` in the result's language.
 */
enum status cases_write(const struct result *result, const char *path, struct error *error);

/** file, line, column, value, reason of every refused row. */
enum status rejects_write(const struct result *result, const char *path, struct error *error);

/** interception.csv: what lasts at the end of the data, the most pressing first. */
enum status interception_write(const struct result *result, const char *path,
                               struct error *error);

/** tests.csv: what would decide the doubtful cases, the most bits a kilometre first. */
enum status tests_write(const struct result *result, const char *path, struct error *error);

#endif
