#include "models/verdict/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/index.h"

/* A ticket's place in an order by key, then time: neighbours there are candidates. */
struct entry {
    const char *key;
    int64_t time_s;
    uint32_t ticket;
};

static int by_key_and_time(const void *a, const void *b)
{
    const struct entry *p = a, *q = b;
    int order = strcmp(p->key, q->key);
    if (order)
        return order;
    if (p->time_s != q->time_s)
        return p->time_s < q->time_s ? -1 : 1;
    return p->ticket < q->ticket ? -1 : p->ticket > q->ticket;
}

/* The tickets that have both the key (at `offset`) and a time, in order. */
static struct entry *order_by(const struct group_ticket *tickets, size_t count, size_t offset,
                              size_t *kept)
{
    struct entry *entries = base_alloc(count, sizeof *entries);
    *kept = 0;
    for (size_t i = 0; i < count; i++) {
        const char *key = *(const char *const *)((const char *)&tickets[i] + offset);
        if (*key && tickets[i].time_s != TIME_ABSENT)
            entries[(*kept)++] = (struct entry){key, tickets[i].time_s, (uint32_t)i};
    }
    base_sort(entries, *kept, sizeof *entries, by_key_and_time);
    return entries;
}

static void find_repeats(const struct rules *rules, struct group_ticket *tickets, size_t count)
{
    size_t kept;
    struct entry *entries =
        order_by(tickets, count, offsetof(struct group_ticket, customer), &kept);
    double window_s = RULE_VALUE(rules, repeat_window_d) * 86400;
    for (size_t i = 1; i < kept; i++) {
        struct group_ticket *now = &tickets[entries[i].ticket];
        const struct group_ticket *then = &tickets[entries[i - 1].ticket];
        bool known = strcmp(entries[i].key, entries[i - 1].key) == 0 &&
                     (double)(entries[i].time_s - entries[i - 1].time_s) <= window_s;
        bool here = xy_distance_m(now->xy, then->xy) <= RULE_VALUE(rules, repeat_radius_m);
        bool same = *now->cause_key && strcmp(now->cause_key, then->cause_key) == 0;
        if (known && (here || same))
            now->repeat_of = entries[i - 1].ticket;
    }
    free(entries);
}

/* Runs of one cause in which each ticket follows the last within the window. */
static void find_causes(const struct rules *rules, struct group_ticket *tickets, size_t count)
{
    size_t kept;
    struct entry *entries =
        order_by(tickets, count, offsetof(struct group_ticket, cause_key), &kept);
    double window_s = RULE_VALUE(rules, group_window_h) * 3600;
    for (size_t first = 0, end; first < kept; first = end) {
        for (end = first + 1; end < kept; end++)
            if (strcmp(entries[end].key, entries[first].key) != 0 ||
                (double)(entries[end].time_s - entries[end - 1].time_s) > window_s)
                break;
        if ((double)(end - first) < RULE_VALUE(rules, group_tickets))
            continue;
        for (size_t i = first; i < end; i++)
            tickets[entries[i].ticket].group = entries[first].ticket;
    }
    free(entries);
}

enum { BURST_LIMIT = 256 };

/* Bursts: enough tickets around one, within the radius and the hours before it. */
static void find_bursts(const struct rules *rules, struct group_ticket *tickets, size_t count)
{
    double radius_m = RULE_VALUE(rules, burst_radius_m);
    double window_s = RULE_VALUE(rules, burst_window_h) * 3600;
    struct xy *at = base_alloc(count, sizeof *at);
    for (size_t i = 0; i < count; i++)
        at[i] = tickets[i].time_s == TIME_ABSENT ? (struct xy){NAN, NAN} : tickets[i].xy;
    struct index *index = index_new(at, count, radius_m);
    for (size_t i = 0; i < count; i++) {
        struct neighbour near[BURST_LIMIT];
        uint32_t members[BURST_LIMIT], first = (uint32_t)i;
        size_t found = index_near(index, at[i], radius_m, near, BURST_LIMIT), n = 0;
        for (size_t k = 0; k < found; k++) {
            int64_t before_s = tickets[i].time_s - tickets[near[k].id].time_s;
            if (before_s < 0 || (double)before_s > window_s)
                continue;
            members[n++] = near[k].id;
            first = BASE_MIN(first, near[k].id);
        }
        if ((double)n < RULE_VALUE(rules, group_tickets))
            continue;
        for (size_t k = 0; k < n; k++)
            if (tickets[members[k]].group == UINT32_MAX)
                tickets[members[k]].group = first;
    }
    index_free(index);
    free(at);
}

void groups_find(const struct rules *rules, struct group_ticket *tickets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tickets[i].repeat_of = tickets[i].group = UINT32_MAX;
    find_repeats(rules, tickets, count);
    find_causes(rules, tickets, count);
    find_bursts(rules, tickets, count);
}
