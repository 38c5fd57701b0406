/* words, troubles, groups: the evidence that needs no radio. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/verdict/groups.h"
#include "models/verdict/trouble.h"
#include "models/verdict/words.h"

static void sudden_words_speak_for_an_outage(void **state)
{
    (void)state;
    struct complaint c = {.symptom_text = "突然无信号", .description = "", .address = ""};
    struct words words;
    words_read(&c, &words);
    assert_int_equal(words.count, 2); /* 突然, 无信号 */
    assert_true(words.weight[VERDICT_OUTAGE] > 1);
    assert_true(words.weight[VERDICT_WEAK] < 0);
    assert_true(isnan(words.p_indoor));
}

static void only_the_first_word_of_a_group_counts(void **state)
{
    (void)state;
    struct complaint once = {.symptom_text = "", .description = "一直在地下室", .address = ""};
    struct complaint twice = {
        .symptom_text = "一直", .description = "长期一直在地下室", .address = "地下室"};
    struct words a, b;
    words_read(&once, &a);
    words_read(&twice, &b);
    assert_memory_equal(a.weight, b.weight, sizeof a.weight);
    assert_float_equal(a.p_indoor, 0.99, 1e-9);
}

/* Two cells on one site; a site alarm 1000..2000, counters of cell 1 with one interfered hour.
 */
static struct world *small_world(struct alarm *alarm, struct counter *counters)
{
    static struct site site = {.first_cell = 0, .cell_count = 2};
    static uint32_t site_cells[2] = {0, 1}, counter_first[3] = {0, 0, 4};
    static struct cell cells[2];
    struct world *world = calloc(1, sizeof *world);
    rules_default(&world->rules);
    *alarm = (struct alarm){.site = 0,
                            .cell = INDEX_NONE,
                            .raised_s = 1000,
                            .cleared_s = 2000,
                            .effect = EFFECT_OUTAGE};
    for (int i = 0; i < 4; i++)
        counters[i] = (struct counter){.cell = 1,
                                       .start_s = 3600 * (i + 1),
                                       .period_minutes = 60,
                                       .availability_pct = 100,
                                       .ul_interference_dbm = i == 2 ? -95 : -117,
                                       .drop_rate_pct = 0.2,
                                       .vswr = NAN,
                                       .traffic = NAN};
    world->alarms = alarm;
    world->alarm_count = 1;
    world->counters = counters;
    world->counter_count = 4;
    world->cell_counter_first = counter_first;
    world->sites = &site;
    world->site_count = 1;
    world->site_cells = site_cells;
    world->cells = cells;
    world->cell_count = 2;
    world->now_s = 5 * 3600;
    return world;
}

static void alarms_of_a_site_darken_its_cells_until_they_were_stable(void **state)
{
    (void)state;
    struct alarm alarm;
    struct counter counters[4];
    struct world *world = small_world(&alarm, counters);
    struct troubles *troubles = troubles_new(world);
    const struct trouble *found[4];
    assert_int_equal(troubles_at(troubles, 0, 999, found, 4), 0);
    assert_int_equal(troubles_at(troubles, 0, 1000, found, 4), 1);
    assert_int_equal(found[0]->kind, TROUBLE_OUTAGE);
    assert_int_equal(troubles_at(troubles, 1, 1909, found, 4), 1); /* 90 s before */
    assert_int_equal(troubles_at(troubles, 1, 1910, found, 4), 0);
    troubles_free(troubles);
    free(world);
}

static void interference_counts_only_above_the_cells_own_quiet(void **state)
{
    (void)state;
    struct alarm alarm;
    struct counter counters[4];
    struct world *world = small_world(&alarm, counters);
    const struct trouble *found[4];
    struct troubles *troubles = troubles_new(world);
    assert_int_equal(troubles_at(troubles, 1, 3 * 3600 + 5, found, 4), 1);
    assert_int_equal(found[0]->kind, TROUBLE_INTERFERENCE);
    assert_int_equal(troubles_at(troubles, 1, 4 * 3600 + 5, found, 4), 0);
    troubles_free(troubles);
    for (int i = 0; i < 4; i++) /* always as noisy: that is how the cell is */
        counters[i].ul_interference_dbm = -97;
    troubles = troubles_new(world);
    assert_int_equal(troubles_at(troubles, 1, 3 * 3600 + 5, found, 4), 0);
    troubles_free(troubles);
    free(world);
}

static void availability_tells_an_outage_that_no_alarm_told(void **state)
{
    (void)state;
    struct alarm alarm;
    struct counter counters[4];
    struct world *world = small_world(&alarm, counters);
    world->alarm_count = 0;
    counters[1].availability_pct = 25;
    struct troubles *troubles = troubles_new(world);
    const struct trouble *found[4];
    assert_int_equal(troubles_at(troubles, 1, 2 * 3600 + 1, found, 4), 1);
    assert_int_equal(found[0]->kind, TROUBLE_OUTAGE);
    assert_float_equal(found[0]->severity, 0.75, 1e-9);
    troubles_free(troubles);
    free(world);
}

static struct group_ticket ticket(const char *customer, const char *cause, double x_m,
                                  int64_t time_s)
{
    return (struct group_ticket){
        .customer = customer, .cause_key = cause, .xy = {x_m, 0}, .time_s = time_s};
}

static void the_same_customer_again_is_a_repeat(void **state)
{
    (void)state;
    struct rules rules;
    rules_default(&rules);
    int64_t day = 86400;
    struct group_ticket t[] = {
        ticket("A", "", 0, 0),
        ticket("A", "", 100, 29 * day),         /* near, in time: repeats 0 */
        ticket("A", "", 200, 60 * day),         /* too late after 1 */
        ticket("B", "", 0, day),                /* somebody else */
        ticket("A", "", 90000, 61 * day),       /* far, cause not known */
        ticket("A", "outage/S1", 0, 62 * day),  /* far from 4 */
        ticket("A", "outage/S1", 9e4, 63 * day) /* far, the same cause */
    };
    groups_find(&rules, t, ARRAY_COUNT(t));
    const uint32_t none = UINT32_MAX, want[] = {none, 0, none, none, none, none, 5};
    for (size_t i = 0; i < ARRAY_COUNT(t); i++)
        assert_int_equal(t[i].repeat_of, want[i]);
}

static void five_with_one_cause_are_a_group_and_four_are_not(void **state)
{
    (void)state;
    struct rules rules;
    rules_default(&rules);
    struct group_ticket t[9];
    for (int i = 0; i < 5; i++)
        t[i] = ticket("", "outage/S1", 10000.0 * i, 3600 * i);
    for (int i = 5; i < 9; i++)
        t[i] = ticket("", "outage/S2", -10000.0 * i, 3600 * i);
    groups_find(&rules, t, 9);
    for (int i = 0; i < 5; i++)
        assert_int_equal(t[i].group, 0);
    for (int i = 5; i < 9; i++)
        assert_int_equal(t[i].group, UINT32_MAX);
}

static void a_burst_needs_no_cause(void **state)
{
    (void)state;
    struct rules rules;
    rules_default(&rules);
    struct group_ticket t[6];
    for (int i = 0; i < 5; i++)
        t[i] = ticket("", "", 100.0 * i, 600 * i);
    t[5] = ticket("", "", 50, 86400); /* the next day */
    groups_find(&rules, t, 6);
    for (int i = 0; i < 5; i++)
        assert_int_equal(t[i].group, 0);
    assert_int_equal(t[5].group, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sudden_words_speak_for_an_outage),
        cmocka_unit_test(only_the_first_word_of_a_group_counts),
        cmocka_unit_test(alarms_of_a_site_darken_its_cells_until_they_were_stable),
        cmocka_unit_test(interference_counts_only_above_the_cells_own_quiet),
        cmocka_unit_test(availability_tells_an_outage_that_no_alarm_told),
        cmocka_unit_test(the_same_customer_again_is_a_repeat),
        cmocka_unit_test(five_with_one_cause_are_a_group_and_four_are_not),
        cmocka_unit_test(a_burst_needs_no_cause),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
