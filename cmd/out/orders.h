/* orders.h - the orders of a run: which fixes its verdicts ask for, merged and ranked. */
#ifndef COVTRIAGE_ORDERS_H
#define COVTRIAGE_ORDERS_H

#include "cmd/out/result.h"

/**
 * Fill result->orders and every case's order_id from the verdicts, what-ifs and rules. Statuses
 * and notes that crews typed into the worklist of `previous` (an OUT folder; NULL: none) are
 * kept by order_id. Call after result_complete and before store_write. Errors: STATUS_FORMAT
 * when a worklist is there but cannot be read.
 */
enum status orders_choose(struct result *result, const char *previous, struct error *error);

/** The kinds of orders: "repair", "aim" ...; ends with NULL. */
extern const char *const order_kinds[];

/** The English name of an order's kind for people, to be said in a language: "re-aim antenna".
 */
const char *order_label(const char *kind);
/** Same for the crew: "antenna crew". */
const char *order_crew_label(const char *crew);

#endif
