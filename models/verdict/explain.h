/* explain.h - the answer in words: one sentence of reason, the reply to the customer, the facts
 * with the rows they were read from, the what-ifs. */
#ifndef COVTRIAGE_EXPLAIN_H
#define COVTRIAGE_EXPLAIN_H

#include "models/say.h"
#include "models/verdict/classify.h"

struct advice; /* models/verdict/advice.h */

/** One case with all that was found. Everything is borrowed. */
struct account {
    const struct study *study;
    const struct complaint *complaint;
    const struct evidence *evidence;
    const struct verdict *verdict;
    const struct advice *advice; /**< of advice_find; facts of kind "advice" */
    size_t advice_count;
    /** To gather anew what a moved time would spoil; or NULL. */
    struct evidence_worker *worker;
};

/** Why, in one sentence with the deciding numbers; appended to `out`. */
void explain_reason(const struct account *account, enum language language, struct buffer *out);

/** What to tell the customer (回单), one or two sentences, the user's own words before ours;
 * appended to `out`. */
void explain_reply(const struct account *account, enum language language, struct buffer *out);

/** One fact: its kind ("position", "level" ...), words, and the row it was read from. */
struct fact {
    const char *kind;
    uint32_t source; /**< index into world->sources; INDEX_NONE when derived */
    uint32_t line;   /**< 0 when derived */
    double weight;   /**< log likelihood ratio towards the verdict; NAN: not weighed */
};

/** Called once per fact, in the order in which an engineer asks. `text` per language. */
typedef void (*fact_sink)(void *context, const struct fact *fact,
                          const char *const text[LANGUAGE_COUNT]);

void explain_facts(const struct account *account, fact_sink sink, void *context);

/** One what-if: the level there if `what` were done to `object`. */
struct whatif {
    const char *what; /**< "normal", "now", "as-planned", "re-aimed", "plan-built" */
    const char *object;
    struct outlook outlook;
};

enum { WHATIFS_MAX = 5 };

/** The what-ifs that were asked of the case; returns how many were written to `out`. */
size_t explain_whatifs(const struct account *account, struct whatif out[WHATIFS_MAX]);

#endif
