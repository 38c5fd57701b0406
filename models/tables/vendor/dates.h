/* dates.h - dates whose order of day and month only the whole file tells. */
#ifndef COVTRIAGE_VENDOR_DATES_H
#define COVTRIAGE_VENDOR_DATES_H

#include "models/tables/vendor/vendor.h"

enum date_order {
    DATES_UNKNOWN = 0, /**< no date of the file tells */
    DATES_MONTH_FIRST, /**< 12/15/2015 */
    DATES_DAY_FIRST,   /**< 15/12/2015 */
    DATES_MIXED,       /**< both are there: none can be trusted */
};

/** Is the text "a/b/yyyy ..."? The two numbers are returned. */
bool dates_slashed(const char *text, int *first, int *second);

/**
 * The order of all "a/b/yyyy" dates of a table, by those with a number over 12. Reads the file
 * once; DATES_UNKNOWN when it cannot be read.
 */
enum date_order dates_scan(const struct vendor_request *request);

/** "09/19/2015 20:08:17" to "2015-09-19 20:08:17" in that order; other texts are copied. */
void dates_rewrite(const char *text, enum date_order order, char *out, size_t size);

#endif
