/* orders_text.h - what a crew is told to do, in words and numbers. */
#ifndef COVTRIAGE_ORDERS_TEXT_H
#define COVTRIAGE_ORDERS_TEXT_H

#include "cmd/out/result.h"

/** The instruction of an order, of which `best` is the surest case; in the result's arena. */
const char *order_what(struct result *result, const struct result_order *order,
                       const struct result_case *best, enum language language);

#endif
