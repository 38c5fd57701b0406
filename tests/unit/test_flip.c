/* flip, advice and the terms of a verdict: what is said to change it does, and nothing nearer
 * does. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/verdict/advice.h"
#include "models/verdict/evidence_view.h"
#include "models/verdict/flip.h"

/* One cell that fails from 1000 to 5000 s, and a ticket at the time given. */
struct scene {
    struct world world;
    struct cell cell;
    struct aim aim;
    struct alarm alarm;
    struct trouble trouble;
    uint32_t first[2];
    struct troubles troubles;
    struct study study;
    struct complaint complaint;
    struct evidence evidence;
    struct verdict verdict;
    struct account account;
};

static void set_scene(struct scene *s, double level_dbm, double sigma_db)
{
    *s = (struct scene){0};
    rules_default(&s->world.rules);
    s->cell.cell_id = "A1";
    s->alarm = (struct alarm){.source = 3, .line = 9};
    s->world.cells = &s->cell;
    s->world.cell_count = 1;
    s->world.alarms = &s->alarm;
    s->world.alarm_count = s->world.counter_count = s->world.plan_count = 1;
    s->world.bin_count = 1;
    s->trouble = (struct trouble){1000, 5000, 0, TROUBLE_OUTAGE, 1, 0, INDEX_NONE};
    s->first[1] = 1;
    s->troubles = (struct troubles){.items = &s->trouble, .count = 1, .first = s->first};
    s->aim.status = AIM_OK;
    s->study = (struct study){.world = &s->world,
                              .aims = &s->aim,
                              .troubles = &s->troubles,
                              .usual = {0.3, 0.5, 0.05, 0.05}};
    s->complaint = (struct complaint){.occurred_s = 4000, .reported_s = TIME_ABSENT};
    struct evidence *e = &s->evidence;
    e->fix.method = FIX_COORDINATES;
    e->weak_dbm = -110;
    e->normal =
        (struct outlook){level_dbm, sigma_db, normal_below((level_dbm + 110) / sigma_db)};
    e->p_weak = 1 - e->normal.p_good;
    e->p_good = normal_below((level_dbm + 105) / sigma_db);
    e->time_s = 4000;
    e->load_pct = e->best_height_m = NAN;
    e->antenna.cell = e->reaim.cell = e->build.plan = INDEX_NONE;
    e->overshoot.cell = INDEX_NONE;
    e->serving[0] = (struct serving){0, 1, level_dbm};
    e->serving_count = 1;
    s->account =
        (struct account){&s->study, &s->complaint, &s->evidence, &s->verdict, NULL, 0, NULL};
}

static void decide(struct scene *s)
{
    s->evidence.outage.log_ratio = evidence_outage_ratio(&s->study, &s->evidence, true);
    classify(&s->study, &s->complaint, &s->evidence, &s->verdict);
}

static const struct flip *flip_of(const struct flip *flips, size_t count, enum flip_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (flips[i].kind == kind)
            return &flips[i];
    return NULL;
}

static void a_weak_place_flips_where_its_level_rises(void **state)
{
    (void)state;
    struct scene s;
    struct flip flips[FLIPS_MAX];
    set_scene(&s, -116, 4);
    decide(&s);
    assert_int_equal(s.verdict.kind, VERDICT_WEAK);
    size_t count = flip_find(&s.account, flips);
    const struct flip *rise = flip_of(flips, count, FLIP_LEVEL_RISES);
    assert_non_null(rise);
    assert_int_equal(rise->then, VERDICT_UNDETERMINED);
    /* The same scene at the level said, and a little short of it. */
    struct scene risen;
    set_scene(&risen, -116 + rise->amount + 0.1, 4);
    decide(&risen);
    assert_int_equal(risen.verdict.kind, VERDICT_UNDETERMINED);
    set_scene(&risen, -116 + rise->amount - 0.1, 4);
    decide(&risen);
    assert_int_equal(risen.verdict.kind, VERDICT_WEAK);
}

static void an_outage_flips_when_it_had_been_over(void **state)
{
    (void)state;
    struct scene s;
    struct flip flips[FLIPS_MAX];
    set_scene(&s, -85, 5);
    s.evidence.outage.worst = &s.trouble;
    s.evidence.outage.impact[TROUBLE_OUTAGE] = 0.9;
    decide(&s);
    assert_int_equal(s.verdict.kind, VERDICT_OUTAGE);
    size_t count = flip_find(&s.account, flips);
    const struct flip *back = flip_of(flips, count, FLIP_BACK_EARLIER);
    if (!back)
        back = flip_of(flips, count, FLIP_FAILS_LATER);
    assert_non_null(back);
    assert_int_equal(back->then, VERDICT_UNDETERMINED);
    assert_int_equal(back->line, 9);
    assert_true(back->amount > 0 && back->amount < 120);
    struct buffer text = {0};
    flip_text(&s.account, back, LANGUAGE_EN, &text);
    assert_non_null(strstr(text.bytes, "undetermined if A1 had"));
    buffer_free(&text);
}

static void a_faulty_antenna_flips_by_its_probability(void **state)
{
    (void)state;
    struct scene s;
    struct flip flips[FLIPS_MAX];
    set_scene(&s, -116, 4);
    s.evidence.antenna.cell = 0;
    s.evidence.antenna.p_fault = 0.95;
    s.evidence.antenna.p_cures = 0.9;
    struct aim aim = {.p_fault = 0.95};
    s.study.aims = &aim;
    decide(&s);
    assert_int_equal(s.verdict.kind, VERDICT_MISALIGNED);
    const struct flip *less = flip_of(flips, flip_find(&s.account, flips), FLIP_FAULT_BELOW);
    assert_non_null(less);
    assert_int_equal(less->then, VERDICT_WEAK);
    assert_true(less->amount < 0.95 && less->amount > 0);
    s.evidence.antenna.p_cures *= (less->amount - 0.01) / 0.95;
    decide(&s);
    assert_int_equal(s.verdict.kind, VERDICT_WEAK);
}

static void terms_make_the_probabilities_again(void **state)
{
    (void)state;
    struct scene s;
    set_scene(&s, -109, 6);
    decide(&s);
    double p[VERDICT_COUNT], sum = 0;
    classify_probabilities(&s.world.rules, &s.verdict.terms, p);
    for (int v = 0; v < VERDICT_COUNT; v++) {
        assert_float_equal(p[v], s.verdict.p[v], 1e-12);
        sum += p[v];
    }
    assert_float_equal(sum, 1, 1e-12);
    assert_int_equal(classify_choose(&s.world.rules, true, p), s.verdict.kind);
    assert_int_equal(classify_choose(&s.world.rules, false, p), VERDICT_UNDETERMINED);
}

static const struct advice *advice_of(const struct advice *advice, size_t count,
                                      enum advice_kind kind)
{
    for (size_t i = 0; i < count; i++)
        if (advice[i].kind == kind)
            return &advice[i];
    return NULL;
}

static void place(struct scene *s)
{
    struct fix *fix = &s->evidence.fix;
    fix->at = (struct point){112, 33};
    fix->cloud[0] = (struct fix_point){{0, 0}, 0.7};
    fix->cloud[1] = (struct fix_point){{0, 400}, 0.3};
    fix->cloud_count = 2;
}

static void a_doubtful_level_is_to_be_measured_and_a_sure_one_not(void **state)
{
    (void)state;
    struct scene doubtful, sure;
    struct advice a[ADVICES_MAX], b[ADVICES_MAX];
    set_scene(&doubtful, -106, 7);
    set_scene(&sure, -80, 2);
    place(&doubtful);
    place(&sure);
    decide(&doubtful);
    decide(&sure);
    const struct advice *measure = advice_of(a, advice_find(&doubtful.account, a), ADVICE_CQT);
    assert_non_null(measure);
    assert_true(measure->bits > 0.2 && measure->bits < log2(5));
    assert_float_equal(measure->bits_per_km, measure->bits / measure->length_km, 1e-9);
    assert_float_equal(measure->points[0].lat, 33, 1e-6);
    assert_null(advice_of(b, advice_find(&sure.account, b), ADVICE_CQT));
    /* What no table tells of an outage, the desk can ask, without a kilometre. */
    const struct advice *desk = advice_of(b, advice_find(&sure.account, b), ADVICE_DESK);
    assert_non_null(desk);
    assert_true(isinf(desk->bits_per_km) && desk->bits > 0);
}

static void nowhere_is_asked_for(void **state)
{
    (void)state;
    struct scene s;
    struct advice a[ADVICES_MAX];
    set_scene(&s, -109, 7);
    s.evidence.fix.method = FIX_NONE;
    decide(&s);
    assert_int_equal(advice_find(&s.account, a), 1);
    assert_int_equal(a[0].kind, ADVICE_ASK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weak_place_flips_where_its_level_rises),
        cmocka_unit_test(an_outage_flips_when_it_had_been_over),
        cmocka_unit_test(a_faulty_antenna_flips_by_its_probability),
        cmocka_unit_test(a_doubtful_level_is_to_be_measured_and_a_sure_one_not),
        cmocka_unit_test(nowhere_is_asked_for),
        cmocka_unit_test(terms_make_the_probabilities_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
