/* worklist.h - which orders to carry out first: a set chosen for what it clears together. */
#ifndef COVTRIAGE_WORKLIST_H
#define COVTRIAGE_WORKLIST_H

#include <stddef.h>
#include <stdint.h>

/** Carrying out `order` cures `ticket` with probability `cure`. */
struct worklist_option {
    uint32_t order, ticket;
    double cure; /**< 0..1 */
};

/** What there is to choose from. All is borrowed. */
struct worklist_input {
    size_t order_count, ticket_count, option_count;
    const double *crew_days;               /**< of each order, > 0 */
    const double *weight;                  /**< of each ticket, >= 0 */
    const struct worklist_option *options; /**< grouped by order, ascending */
    double budget_days;                    /**< crew-days of this round */
};

/** The answer; arrays on the heap, freed by worklist_free. */
struct worklist_choice {
    uint32_t *orders; /**< by rank: those of this round first, then the others; useless ones
                         left out */
    double *gain;     /**< weight that each clears beyond those ranked before it */
    size_t count;
    size_t round_count; /**< of these, so many fit into the round */
    uint32_t *order_of; /**< per ticket: its place in `orders`; UINT32_MAX: none helps it */
    double value;       /**< expected weight that this round clears */
    double bound;       /**< no set of orders within the budget clears more than this */
};

/**
 * Choose orders. A ticket is credited to the best order chosen for it, so a set is worth
 *
 *   f(S) = sum over tickets of weight * max over S of cure
 *
 * which is monotone and submodular. Orders are taken by greatest gain per crew-day (lazily
 * evaluated), skipping those that do not fit into what is left of the budget; if one order
 * alone is worth more than that set, it comes first. The bound: for any S, f(best) <= f(S) +
 * the fractional knapsack of the gains that remain at S, taken at several S and the least kept.
 * Source: L. Wolsey, "Maximising real-valued submodular functions", Math. of OR 7, 1982; M.
 * Minoux, "Accelerated greedy algorithms", 1978; the bound: J. Leskovec et al., "Cost-effective
 * outbreak detection in networks", KDD 2007, section 3.2.
 */
void worklist_choose(const struct worklist_input *input, struct worklist_choice *choice);
void worklist_free(struct worklist_choice *choice);

#endif
