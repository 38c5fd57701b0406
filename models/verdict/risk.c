#include "models/verdict/risk.h"

#include <math.h>

const struct name risk_names[] = {
    {"yellow", RISK_YELLOW}, {"orange", RISK_ORANGE}, {"red", RISK_RED}, {NULL, 0}};

enum risk risk_of(const struct rules *rules, double customers, double vips, double hours)
{
    double others = fmax(0, customers - vips);
    double count = (others + vips * RULE_VALUE(rules, risk_vip_customers)) *
                   (1 + fmin(1, fmax(0, hours) / RULE_VALUE(rules, risk_hours)));
    if (count >= RULE_VALUE(rules, risk_red_customers))
        return RISK_RED;
    return count >= RULE_VALUE(rules, risk_orange_customers) ? RISK_ORANGE : RISK_YELLOW;
}
