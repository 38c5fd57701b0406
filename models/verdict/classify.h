/* classify.h - from the evidence to the verdict: which cure, how sure, what next.
 *
 * Five hypotheses, each with the likelihood of the evidence under it:
 *   weak         the place is weak, no antenna fault and no plan cures it
 *   misaligned   the place is weak and an antenna standing right cures it
 *   planned      the place is weak, no antenna cures it, an active plan does
 *   outage       the place is good, and something that serves it was out of order then
 *   undetermined the place is good, and nothing was
 * times their priors and the weight of the ticket's words; then the next step.
 */
#ifndef COVTRIAGE_CLASSIFY_H
#define COVTRIAGE_CLASSIFY_H

#include "models/verdict/evidence.h"

struct verdict {
    enum verdict_kind kind;
    double p[VERDICT_COUNT]; /**< of each verdict; p[VERDICT_UNKNOWN] is 0, the sum 1 */
    struct verdict_terms terms;
    enum cause cause;
    uint32_t cell, site, plan; /**< responsible: indexes into the world, INDEX_NONE */
    enum action action;
    double gain_db;                          /**< the action's at the place; NAN */
    double azimuth_from_deg, azimuth_to_deg; /**< of a turn; NAN */
    double tilt_from_deg, tilt_to_deg;       /**< of a tilt; NAN */
    int64_t due_s;                           /**< TIME_ABSENT without a reported time */
};

/** Decide one case. `study` gives world, rules and the audit; the result depends on the
 * evidence and the complaint's customer level and time only. */
void classify(const struct study *study, const struct complaint *complaint,
              const struct evidence *evidence, struct verdict *verdict);

/** The probability of each verdict from its terms: priors, sharpness and the words' weight are
 * rules. p[VERDICT_UNKNOWN] is 0, the sum 1. */
void classify_probabilities(const struct rules *rules, const struct verdict_terms *terms,
                            double p[VERDICT_COUNT]);

/** The verdict that is said: the likeliest, undetermined where none reaches verdict_min_p or
 * nothing places the ticket. */
enum verdict_kind classify_choose(const struct rules *rules, bool placed,
                                  const double p[VERDICT_COUNT]);

#endif
