/* flip.h - what would change the verdict: one quantity of the evidence moved until another
 * verdict is the likeliest, everything else as it is. */
#ifndef COVTRIAGE_FLIP_H
#define COVTRIAGE_FLIP_H

#include "models/verdict/explain.h"

enum flip_kind {
    FLIP_UNKNOWN = 0,
    FLIP_LEVEL_RISES,    /**< amount: dB, at the customer */
    FLIP_LEVEL_FALLS,    /**< amount: dB */
    FLIP_BACK_LATER,     /**< amount: minutes; object: the cell out of order */
    FLIP_BACK_EARLIER,   /**< the same */
    FLIP_FAILS_EARLIER,  /**< the same */
    FLIP_FAILS_LATER,    /**< the same */
    FLIP_FAULT_ABOVE,    /**< amount: probability of the antenna's fault; object: its cell */
    FLIP_FAULT_BELOW,    /**< the same */
    FLIP_AIM_LESS,       /**< amount: dB that turning brings less; object: the cell */
    FLIP_PLAN_CANCELLED, /**< object: the plan */
    FLIP_PLAN_STRONGER,  /**< amount: dB that the site brings more; object: the plan */
    FLIP_NO_WORDS,       /**< the ticket's words not heard */
};

/** One way to another verdict. */
struct flip {
    enum flip_kind kind;
    enum verdict_kind then;
    double amount;
    uint32_t object;       /**< index of a cell or plan; INDEX_NONE */
    uint32_t source, line; /**< the row that holds the quantity; INDEX_NONE, 0 */
};

enum { FLIPS_MAX = 8 };

/**
 * Find the nearest change of each quantity that flips the verdict; those that none within its
 * range flips are left out. Levels move as one normal with the outlook's deviation (our choice:
 * the walls' mixture is not laid anew); times are asked of the cells that serve. With
 * account->worker the service that a neighbouring outage would have spoilt is gathered anew;
 * without it times outside an outage are not asked. Returns how many were written to `out`.
 */
size_t flip_find(const struct account *account, struct flip out[FLIPS_MAX]);

/** The flip in words, appended to `out`. */
void flip_text(const struct account *account, const struct flip *flip, enum language language,
               struct buffer *out);

#endif
