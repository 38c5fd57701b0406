/* risk.h - how much a group of complaints, or a fault that will bring some, presses. */
#ifndef COVTRIAGE_RISK_H
#define COVTRIAGE_RISK_H

#include "models/rules.h"

enum risk { RISK_UNKNOWN = 0, RISK_YELLOW, RISK_ORANGE, RISK_RED };

extern const struct name risk_names[]; /**< "yellow", "orange", "red" */

/**
 * The colour for so many customers, of whom `vips` are VIPs, over so many hours (>= 0): a VIP
 * counts as risk_vip_customers, and the count grows with the
 * hours, to its double at risk_hours. Yellow is the
 * least that a group has; orange and red start at the rules' counts.
 * Source: complaint-management rules, groups red, orange, yellow; the counts [choice].
 */
enum risk risk_of(const struct rules *rules, double customers, double vips, double hours);

#endif
