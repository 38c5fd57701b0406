/* fake.h - a seeded invented result, to test and time the products without a triage. */
#ifndef COVTRIAGE_FAKE_H
#define COVTRIAGE_FAKE_H

#include "cmd/out/result.h"

/**
 * Fill `result` (initialised here; free with result_free) with `cases` tickets of an invented
 * county: 12 townships, a site per 40 cases (24..400) with 3 cells, roads, a border, bins,
 * plans. The first tickets carry hostile text. Chinese and English alike.
 */
void fake_result(struct result *result, size_t cases, uint64_t seed);

/** What the hostile tickets say; ends with NULL. */
extern const char *const fake_hostile[];

#endif
