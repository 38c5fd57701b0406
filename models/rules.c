#include "models/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct rule rule_table[RULE_COUNT] = {
#define RULE(id, value, unit, min, max, meaning, source)                                       \
    {#id, value, unit, min, max, meaning, source},
#include "models/rules.def"
#undef RULE
};

void rules_default(struct rules *rules)
{
    for (int i = 0; i < RULE_COUNT; i++) {
        rules->value[i] = rule_table[i].value;
        rules->origin[i] = "default";
    }
}

double rules_weak_dbm(const struct rules *rules, enum rat rat)
{
    switch (rat) {
    case RAT_GSM:
        return RULE_VALUE(rules, weak_rxlev_dbm);
    case RAT_UMTS:
        return RULE_VALUE(rules, weak_rscp_dbm);
    default:
        return RULE_VALUE(rules, weak_rsrp_dbm);
    }
}

static const char *nearest_name(const char *name)
{
    const char *best = rule_table[0].name;
    for (int i = 1; i < RULE_COUNT; i++)
        if (text_likeness(name, rule_table[i].name) > text_likeness(name, best))
            best = rule_table[i].name;
    return best;
}

enum status rules_set(struct rules *rules, const char *name, double value, const char *origin,
                      struct error *error)
{
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &rule_table[i];
        if (strcmp(rule->name, name) != 0)
            continue;
        if (!(value >= rule->min && value <= rule->max))
            return error_set(error, STATUS_RANGE, "rule %s takes %g to %g%s%s, not %g", name,
                             rule->min, rule->max, *rule->unit ? " " : "", rule->unit, value);
        rules->value[i] = value;
        rules->origin[i] = origin;
        return STATUS_OK;
    }
    return error_set(error, STATUS_USAGE,
                     "there is no rule '%s'; the nearest is '%s' (see: covtriage rules)", name,
                     nearest_name(name));
}

enum status rules_set_text(struct rules *rules, const char *assignment, const char *origin,
                           struct error *error)
{
    const char *equals = strchr(assignment, '=');
    char name[64], *end = NULL;
    if (!equals || equals == assignment || (size_t)(equals - assignment) >= sizeof name)
        return error_set(error, STATUS_USAGE, "--set takes RULE=VALUE, not '%s'", assignment);
    memcpy(name, assignment, (size_t)(equals - assignment));
    name[equals - assignment] = '\0';
    double value = strtod(equals + 1, &end);
    if (end == equals + 1 || *end || !isfinite(value))
        return error_set(error, STATUS_USAGE, "--set %s: '%s' is not a number", name,
                         equals + 1);
    return rules_set(rules, name, value, origin, error);
}
