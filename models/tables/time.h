/* time.h - times in the forms that real exports use. */
#ifndef COVTRIAGE_TIME_H
#define COVTRIAGE_TIME_H

#include <limits.h>

#include "geo/base.h"

/**
 * Seconds since 1970-01-01T00:00:00Z of a text that is not empty. Understood:
 *   2026-03-02T09:05:00+08:00, 2026-03-02 09:05[:00[.123]], 2026/3/2 9:05, 2026.03.02_09.05.00,
 *   2026-03-02, 20260302, 20260302090500, 2026年3月2日 9时5分0秒, 下午 3:05, 3:05 PM,
 *   02-Mar-2026 09:05, 25/12/2025 (a day over 12 tells day from month), 5-digit days of a
 *   spreadsheet (46083.379), seconds, milliseconds and microseconds of the Unix epoch.
 * Offsets: Z, UTC, +08:00, +0800, +08, GMT+8. Without one the time is local at `utc_offset_s`
 * (epochs are UTC always). Fractions of a second are dropped.
 * Not understood, with *why a static sentence: 03/02/2026 (day or month first?), an epoch that
 * a spreadsheet rounded to more than a minute (1.43923E+12), impossible dates, years outside
 * 1970..2199.
 */
bool time_parse(const char *text, int utc_offset_s, int64_t *out_s, const char **why);

/** No time of a table carried an offset. */
#define TIME_OFFSET_UNSAID INT_MIN

/** The offset that a time carries at its end ("+08:00"), s; false and untouched without one. */
bool time_offset(const char *text, int *offset_s);

/** Days since 1970-01-01 of a date of the Gregorian calendar, year -4800.. . Source: H.
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013, days_from_civil. */
int64_t time_days(int year, int month, int day);

enum { TIME_SIZE = 80 };

/** "2026-03-02T09:05:00+08:00" into the buffer; "" for TIME_ABSENT. Returns `text`. */
const char *time_format(int64_t time_s, int utc_offset_s, char text[TIME_SIZE]);

#endif
