#include "models/verdict/worklist.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base.h"

/* An order in the queue, with the gain it had when last looked at: gains only shrink. */
struct entry {
    double rate; /* gain per crew-day */
    double gain;
    uint32_t order;
};

struct chooser {
    const struct worklist_input *input;
    size_t *first;   /* options of order o: first[o] .. first[o + 1] */
    double *covered; /* per ticket: the best cure so far */
    struct entry *heap;
    size_t heap_count;
    bool *taken;
    double value;
};

/* Ties by number, so that the order does not depend on anything but the input. */
static bool before(const struct entry *a, const struct entry *b)
{
    return a->rate != b->rate ? a->rate > b->rate : a->order < b->order;
}

static void heap_sink(struct chooser *chooser, size_t at)
{
    struct entry *heap = chooser->heap, entry = heap[at];
    for (size_t child; (child = 2 * at + 1) < chooser->heap_count; at = child) {
        if (child + 1 < chooser->heap_count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &entry))
            break;
        heap[at] = heap[child];
    }
    heap[at] = entry;
}

static double gain_of(const struct chooser *chooser, uint32_t order)
{
    const struct worklist_input *input = chooser->input;
    double gain = 0;
    for (size_t i = chooser->first[order]; i < chooser->first[order + 1]; i++) {
        const struct worklist_option *o = &input->options[i];
        if (o->cure > chooser->covered[o->ticket])
            gain += input->weight[o->ticket] * (o->cure - chooser->covered[o->ticket]);
    }
    return gain;
}

static void take(struct chooser *chooser, const struct entry *entry,
                 struct worklist_choice *choice)
{
    const struct worklist_input *input = chooser->input;
    for (size_t i = chooser->first[entry->order]; i < chooser->first[entry->order + 1]; i++) {
        const struct worklist_option *o = &input->options[i];
        if (o->cure > chooser->covered[o->ticket])
            chooser->covered[o->ticket] = o->cure;
    }
    chooser->taken[entry->order] = true;
    chooser->value += entry->gain;
    choice->orders[choice->count] = entry->order;
    choice->gain[choice->count++] = entry->gain;
}

/* All orders not yet taken, with their gains as they are now. */
static void heap_fill(struct chooser *chooser)
{
    chooser->heap_count = 0;
    for (uint32_t o = 0; o < chooser->input->order_count; o++) {
        double gain = chooser->taken[o] ? 0 : gain_of(chooser, o);
        if (gain > 0)
            chooser->heap[chooser->heap_count++] =
                (struct entry){gain / chooser->input->crew_days[o], gain, o};
    }
    for (size_t i = chooser->heap_count / 2; i-- > 0;)
        heap_sink(chooser, i);
}

/* Removes the order of greatest rate; false when none is left that gains anything. */
static bool heap_pop(struct chooser *chooser, struct entry *out)
{
    while (chooser->heap_count) {
        struct entry *top = &chooser->heap[0];
        double gain = gain_of(chooser, top->order);
        if (gain >= top->gain * (1 - 1e-12) && gain > 1e-9) {
            *out =
                (struct entry){gain / chooser->input->crew_days[top->order], gain, top->order};
            *top = chooser->heap[--chooser->heap_count];
            heap_sink(chooser, 0);
            return true;
        }
        top->gain = gain;
        top->rate = gain / chooser->input->crew_days[top->order];
        if (gain <= 1e-9)
            *top = chooser->heap[--chooser->heap_count];
        heap_sink(chooser, 0);
    }
    return false;
}

static int compare_rate(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return before(x, y) ? -1 : before(y, x) ? 1 : 0;
}

/* f(S) + the fractional knapsack of what is left to gain at S = the orders taken so far. */
static double bound_now(const struct chooser *chooser)
{
    const struct worklist_input *input = chooser->input;
    struct entry *rest = base_alloc(input->order_count + 1, sizeof *rest);
    size_t count = 0;
    for (uint32_t o = 0; o < input->order_count; o++) {
        double gain = chooser->taken[o] ? 0 : gain_of(chooser, o);
        if (gain > 0)
            rest[count++] = (struct entry){gain / input->crew_days[o], gain, o};
    }
    base_sort(rest, count, sizeof *rest, compare_rate);
    double left = input->budget_days, bound = chooser->value;
    for (size_t i = 0; i < count && left > 0; i++) {
        double days = BASE_MIN(left, input->crew_days[rest[i].order]);
        bound += rest[i].rate * days;
        left -= days;
    }
    free(rest);
    return bound;
}

/* The order that alone is worth most within the budget. */
static bool best_alone(const struct chooser *chooser, struct entry *best)
{
    *best = (struct entry){0};
    for (size_t i = 0; i < chooser->heap_count; i++) {
        const struct entry *e = &chooser->heap[i];
        if (chooser->input->crew_days[e->order] <= chooser->input->budget_days &&
            (e->gain > best->gain || (e->gain == best->gain && e->order < best->order)))
            *best = *e;
    }
    return best->gain > 0;
}

static void choose_round(struct chooser *chooser, struct worklist_choice *choice)
{
    enum { CHECKS = 16 };
    const struct worklist_input *input = chooser->input;
    double left = input->budget_days, next_check = left;
    struct entry entry, alone;
    heap_fill(chooser);
    bool has_alone = best_alone(chooser, &alone);
    choice->bound = bound_now(chooser);
    while (heap_pop(chooser, &entry)) {
        if (input->crew_days[entry.order] > left)
            continue; /* ranked after the round */
        take(chooser, &entry, choice);
        left -= input->crew_days[entry.order];
        if (left > next_check - input->budget_days / CHECKS)
            continue;
        next_check = left;
        choice->bound = BASE_MIN(choice->bound, bound_now(chooser));
    }
    choice->bound = BASE_MIN(choice->bound, bound_now(chooser));
    if (has_alone && alone.gain > chooser->value) {
        memset(chooser->covered, 0, input->ticket_count * sizeof *chooser->covered);
        memset(chooser->taken, 0, input->order_count * sizeof *chooser->taken);
        chooser->value = 0;
        choice->count = 0;
        take(chooser, &alone, choice);
    }
    choice->round_count = choice->count;
    choice->value = chooser->value;
}

/* The best order of each ticket among those ranked; the earlier one on a tie. */
static void assign_tickets(const struct chooser *chooser, struct worklist_choice *choice)
{
    const struct worklist_input *input = chooser->input;
    double *best = base_alloc(input->ticket_count + 1, sizeof *best);
    for (size_t t = 0; t < input->ticket_count; t++)
        choice->order_of[t] = UINT32_MAX;
    for (size_t rank = 0; rank < choice->count; rank++) {
        uint32_t order = choice->orders[rank];
        for (size_t i = chooser->first[order]; i < chooser->first[order + 1]; i++) {
            const struct worklist_option *o = &input->options[i];
            if (o->cure <= best[o->ticket])
                continue;
            best[o->ticket] = o->cure;
            choice->order_of[o->ticket] = (uint32_t)rank;
        }
    }
    free(best);
}

void worklist_choose(const struct worklist_input *input, struct worklist_choice *choice)
{
    struct chooser chooser = {
        .input = input,
        .first = base_alloc(input->order_count + 2, sizeof *chooser.first),
        .covered = base_alloc(input->ticket_count + 1, sizeof *chooser.covered),
        .heap = base_alloc(input->order_count + 1, sizeof *chooser.heap),
        .taken = base_alloc(input->order_count + 1, sizeof *chooser.taken)};
    *choice = (struct worklist_choice){
        .orders = base_alloc(input->order_count + 1, sizeof *choice->orders),
        .gain = base_alloc(input->order_count + 1, sizeof *choice->gain),
        .order_of = base_alloc(input->ticket_count + 1, sizeof *choice->order_of)};
    for (size_t i = 0; i < input->option_count; i++)
        chooser.first[input->options[i].order + 1]++;
    for (size_t o = 0; o < input->order_count; o++)
        chooser.first[o + 1] += chooser.first[o];
    choose_round(&chooser, choice);
    struct entry entry;
    heap_fill(&chooser);
    while (heap_pop(&chooser, &entry))
        take(&chooser, &entry, choice);
    assign_tickets(&chooser, choice);
    free(chooser.first);
    free(chooser.covered);
    free(chooser.heap);
    free(chooser.taken);
}

void worklist_free(struct worklist_choice *choice)
{
    free(choice->orders);
    free(choice->gain);
    free(choice->order_of);
    *choice = (struct worklist_choice){0};
}
