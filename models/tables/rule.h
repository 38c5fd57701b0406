/* rule.h - the columns of rules.csv. */
#ifndef COVTRIAGE_RULE_H
#define COVTRIAGE_RULE_H

#include "models/tables/table.h"

/** One row: a rule's name and the value to put in force. */
struct rule_row {
    const char *rule;
    double value;
    uint32_t line;
};

extern const struct table_spec rule_spec;

#endif
