/* fill.h - from the world and the verdicts to struct result, which all products are made of. */
#ifndef COVTRIAGE_FILL_H
#define COVTRIAGE_FILL_H

#include "cmd/out/factbook.h"
#include "models/verdict/explain.h"

/** Where a worker puts what it says of its cases. */
struct filling {
    struct arena *arena;   /**< what products need of every case */
    struct arena *scratch; /**< reset by every fact */
    struct factbook *book; /**< the facts */
    bool show_phones;
};

/** Fill one case. */
void fill_case(const struct account *account, const struct filling *filling,
               struct result_case *out);

/** Find repeats and groups among the decided cases and write them into the cases. */
void fill_groups(const struct world *world, struct result *result);

/** Everything but the cases: cells with their audit, plans, grid, rejects, names. The strings
 * stay in the world's arena, which must outlive the result. */
void fill_world(const struct study *study, struct result *result);

/** All cases' advice as one list, the most bits a kilometre first. After the cases. */
void fill_tests(struct result *result);

/** The interception list and the squares it darkens. After fill_world and the verdicts. */
void fill_interception(const struct study *study, struct result *result);

#endif
