/* rules.h - the thresholds as data: one table feeds help, --set, rules.csv and explain. */
#ifndef COVTRIAGE_RULES_H
#define COVTRIAGE_RULES_H

#include <stddef.h>

#include "geo/base.h"
#include "models/tables/record.h"

enum rule_id {
#define RULE(id, value, unit, min, max, meaning, source) RULE_##id,
#include "models/rules.def"
#undef RULE
    RULE_COUNT
};

/** One line of the table; see rules.def. */
struct rule {
    const char *name;
    double value;
    const char *unit;
    double min, max;
    const char *meaning, *source;
};

extern const struct rule rule_table[RULE_COUNT];

/** The values in force for one run. */
struct rules {
    double value[RULE_COUNT];
    const char *origin[RULE_COUNT]; /**< "default", "rules.csv", "--set" */
};

/** The value in force, written RULE_VALUE(rules, weak_rsrp_dbm) at the point of use. */
#define RULE_VALUE(rules, id) ((rules)->value[RULE_##id])

void rules_default(struct rules *rules);

/** The level in force below which a place is weak for a technology, dBm; unknown: as LTE. */
double rules_weak_dbm(const struct rules *rules, enum rat rat);

/**
 * Put a value in force. `origin` is a static string. Errors: STATUS_USAGE for an unknown
 * name (the nearest name is suggested), STATUS_RANGE outside min..max.
 */
enum status rules_set(struct rules *rules, const char *name, double value, const char *origin,
                      struct error *error);

/** As rules_set, from "name=value". */
enum status rules_set_text(struct rules *rules, const char *assignment, const char *origin,
                           struct error *error);

#endif
