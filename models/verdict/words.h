/* words.h - what the ticket's own words say of the cause and of being indoors. */
#ifndef COVTRIAGE_WORDS_H
#define COVTRIAGE_WORDS_H

#include "models/tables/record.h"
#include "models/verdict/verdict.h"

enum { WORDS_MAX = 8 };

/** The words found and what they weigh together. */
struct words {
    const char *found[WORDS_MAX]; /**< borrowed from the table; at most one a group */
    size_t count;
    double weight[VERDICT_COUNT]; /**< natural-log weight of each verdict, the sum over words */
    double p_indoor;              /**< NAN: the words do not say */
};

/**
 * Read symptom, description and address of a ticket. Words are those of words.def; text is
 * searched as bytes of UTF-8, so a word inside another word counts as the first listed.
 */
void words_read(const struct complaint *complaint, struct words *words);

#endif
