/* The choice of orders against every possible choice. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "geo/base.h"
#include "models/verdict/worklist.h"

enum { ORDERS = 12, TICKETS = 25 };

/* A random small input whose best set is found by trying all 4096. */
struct small {
    double crew_days[ORDERS], weight[TICKETS];
    struct worklist_option options[ORDERS * TICKETS];
    struct worklist_input input;
};

static void small_make(struct small *small, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    size_t n = 0;
    for (uint32_t o = 0; o < ORDERS; o++) {
        small->crew_days[o] = 0.25 + 3 * rng_uniform(&rng);
        for (uint32_t t = 0; t < TICKETS; t++)
            if (rng_uniform(&rng) < 0.25)
                small->options[n++] = (struct worklist_option){o, t, rng_uniform(&rng)};
    }
    for (int t = 0; t < TICKETS; t++)
        small->weight[t] = rng_uniform(&rng) < 0.2 ? 3 : 1;
    small->input = (struct worklist_input){ORDERS,        TICKETS,        n, small->crew_days,
                                           small->weight, small->options, 6};
}

static double worth(const struct small *small, unsigned set)
{
    double best[TICKETS] = {0}, total = 0;
    for (size_t i = 0; i < small->input.option_count; i++) {
        const struct worklist_option *o = &small->options[i];
        if (set >> o->order & 1 && o->cure > best[o->ticket])
            best[o->ticket] = o->cure;
    }
    for (int t = 0; t < TICKETS; t++)
        total += small->weight[t] * best[t];
    return total;
}

static double best_worth(const struct small *small)
{
    double best = 0;
    for (unsigned set = 0; set < 1u << ORDERS; set++) {
        double days = 0;
        for (int o = 0; o < ORDERS; o++)
            days += set >> o & 1 ? small->crew_days[o] : 0;
        if (days <= small->input.budget_days)
            best = fmax(best, worth(small, set));
    }
    return best;
}

static void the_round_is_near_the_best_and_the_bound_above_it(void **state)
{
    (void)state;
    double worst = 1;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct small small;
        struct worklist_choice choice;
        small_make(&small, seed);
        double best = best_worth(&small);
        worklist_choose(&small.input, &choice);
        unsigned set = 0;
        double days = 0;
        for (size_t i = 0; i < choice.round_count; i++) {
            set |= 1u << choice.orders[i];
            days += small.crew_days[choice.orders[i]];
        }
        assert_true(days <= small.input.budget_days + 1e-9);
        assert_true(fabs(worth(&small, set) - choice.value) < 1e-9);
        assert_true(choice.bound >= best - 1e-9);
        worst = fmin(worst, choice.value / best);
        worklist_free(&choice);
    }
    assert_true(worst > 0.8);
}

static void every_ticket_that_can_be_helped_has_an_order(void **state)
{
    (void)state;
    struct small small;
    struct worklist_choice choice;
    small_make(&small, 5);
    worklist_choose(&small.input, &choice);
    for (size_t i = 0; i < small.input.option_count; i++)
        assert_int_not_equal(choice.order_of[small.options[i].ticket], UINT32_MAX);
    worklist_free(&choice);
}

static void nothing_to_do_is_an_empty_list(void **state)
{
    (void)state;
    struct worklist_choice choice;
    worklist_choose(&(struct worklist_input){.budget_days = 5}, &choice);
    assert_int_equal(choice.count, 0);
    assert_true(choice.bound == 0);
    worklist_free(&choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_round_is_near_the_best_and_the_bound_above_it),
        cmocka_unit_test(every_ticket_that_can_be_helped_has_an_order),
        cmocka_unit_test(nothing_to_do_is_an_empty_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
