#include "models/verdict/words.h"

#include <math.h>
#include <string.h>

enum group { GROUP_onset, GROUP_place, GROUP_symptom, GROUP_terminal, GROUP_COUNT };

struct word {
    enum group group;
    const char *text;
    double indoor;
    double weight[VERDICT_COUNT];
};

static const struct word word_table[] = {
#define WORD(group, text, indoor, weak, misaligned, outage, planned, undetermined)             \
    {GROUP_##group, text, indoor, {0, weak, misaligned, outage, planned, undetermined}},
#include "models/verdict/words.def"
#undef WORD
};

static bool is_said(const struct complaint *complaint, const char *word)
{
    return strstr(complaint->symptom_text, word) || strstr(complaint->description, word) ||
           strstr(complaint->address, word);
}

void words_read(const struct complaint *complaint, struct words *words)
{
    *words = (struct words){.p_indoor = NAN};
    bool seen[GROUP_COUNT] = {false};
    for (size_t i = 0; i < ARRAY_COUNT(word_table); i++) {
        const struct word *word = &word_table[i];
        if (seen[word->group] || !is_said(complaint, word->text))
            continue;
        seen[word->group] = true;
        words->found[words->count++] = word->text;
        if (isfinite(word->indoor))
            words->p_indoor = word->indoor;
        for (int v = 0; v < VERDICT_COUNT; v++)
            words->weight[v] += word->weight[v];
    }
}
