/* groups.h - complaints that belong together: repeats of one customer, and many customers with
 * one cause. */
#ifndef COVTRIAGE_GROUPS_H
#define COVTRIAGE_GROUPS_H

#include "geo/base.h"
#include "geo/point.h"
#include "models/rules.h"

/** What grouping needs to know of one decided ticket. Strings are borrowed, never NULL. */
struct group_ticket {
    const char *customer;  /**< id or key; "" when not known */
    const char *cause_key; /**< verdict and responsible object; "" when there is none */
    struct xy xy;          /**< NAN when not placed */
    int64_t time_s;        /**< TIME_ABSENT when not known */
    /* filled */
    uint32_t repeat_of; /**< index of the earlier ticket, UINT32_MAX */
    uint32_t group;     /**< index of the group's first ticket, UINT32_MAX */
};

/**
 * Find repeats (the same customer again within repeat_window_d, at the same place or with the
 * same cause) and groups (group_tickets or more with one cause within group_window_h, or that
 * many within burst_radius_m whatever the cause). The tickets keep their order.
 * Source: complaint-management rules, repeat and group complaints; windows [choice].
 */
void groups_find(const struct rules *rules, struct group_ticket *tickets, size_t count);

#endif
