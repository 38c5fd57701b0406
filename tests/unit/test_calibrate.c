/* The fit finds the weights that the truth was drawn with, and marks tell good from bad. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/verdict/calibrate.h"

enum { CASES = 4000 };

/* Terms at random, the truth drawn from the probabilities under `rules`. */
static struct calibrate_case *draw_cases(const struct rules *rules, uint64_t seed)
{
    struct calibrate_case *cases = calloc(CASES, sizeof *cases);
    struct rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < CASES; i++) {
        double p[VERDICT_COUNT], draw = rng_uniform(&rng);
        for (int v = 1; v < VERDICT_COUNT; v++) {
            cases[i].terms.likelihood[v] = 2 * rng_normal(&rng);
            cases[i].terms.words[v] = rng_normal(&rng);
        }
        cases[i].terms.placed = true;
        cases[i].fold = (unsigned)i % CALIBRATE_FOLDS;
        classify_probabilities(rules, &cases[i].terms, p);
        int v = 1;
        while (v < VERDICT_COUNT - 1 && draw >= p[v])
            draw -= p[v++];
        cases[i].truth = (enum verdict_kind)v;
    }
    return cases;
}

static void the_weights_of_the_truth_are_found(void **state)
{
    (void)state;
    struct rules truth, fitted;
    rules_default(&truth);
    fitted = truth;
    truth.value[RULE_prior_weak] = 0.5;
    truth.value[RULE_prior_misaligned] = 0.05;
    truth.value[RULE_prior_outage] = 0.1;
    truth.value[RULE_prior_planned] = 0.15;
    truth.value[RULE_prior_undetermined] = 0.2;
    truth.value[RULE_sharpness] = 0.5;
    truth.value[RULE_word_weight] = 1.6;
    struct calibrate_case *cases = draw_cases(&truth, 7);
    struct calibrate_marks before = calibrate_mark(cases, CASES, &fitted);
    struct calibrate_choice choice = calibrate_choose(cases, CASES, &fitted);
    struct calibrate_marks after = calibrate_mark(cases, CASES, &fitted);
    assert_float_equal(RULE_VALUE(&fitted, sharpness), 0.5, 0.05);
    assert_float_equal(RULE_VALUE(&fitted, word_weight), 1.6, 0.25);
    assert_float_equal(RULE_VALUE(&fitted, prior_weak), 0.5, 0.06);
    assert_float_equal(RULE_VALUE(&fitted, prior_misaligned), 0.05, 0.03);
    assert_true(after.log_loss < before.log_loss);
    assert_true(choice.better && choice.gain > choice.gain_se);
    assert_true(choice.cross.log_loss >= after.log_loss);
    assert_float_equal(choice.gain, before.log_loss - choice.cross.log_loss, 1e-9);
    assert_true(after.ece < 0.03);
    assert_int_equal(after.cases, CASES);
    free(cases);
}

static void a_few_tickets_move_the_weights_little(void **state)
{
    (void)state;
    struct rules rules, start;
    rules_default(&rules);
    start = rules;
    struct calibrate_case one = {.terms = {.placed = true}, .truth = VERDICT_PLANNED};
    one.terms.likelihood[VERDICT_PLANNED] = 1;
    calibrate_fit(&one, 1, -1, 3, &rules);
    assert_true(RULE_VALUE(&rules, prior_planned) > RULE_VALUE(&start, prior_planned));
    assert_true(RULE_VALUE(&rules, prior_planned) < 2.5 * RULE_VALUE(&start, prior_planned));
}

/* Whatever few tickets happen to be like, weights that the truth was drawn with are seldom
 * left, and never by much. */
static void weights_that_are_right_stay(void **state)
{
    (void)state;
    enum { FEW = 80, TRIALS = 40 };
    struct rules truth;
    rules_default(&truth);
    struct calibrate_case *rest = draw_cases(&truth, 999);
    double loss = calibrate_mark(rest, CASES, &truth).log_loss;
    int taken = 0;
    for (uint64_t seed = 0; seed < TRIALS; seed++) {
        struct rules rules = truth;
        struct calibrate_case *cases = draw_cases(&truth, 1000 + seed);
        struct calibrate_choice choice = calibrate_choose(cases, FEW, &rules);
        taken += choice.better;
        assert_int_equal(choice.better, memcmp(&rules, &truth, sizeof rules) != 0);
        assert_true(calibrate_mark(rest, CASES, &rules).log_loss < loss + 0.03);
        free(cases);
    }
    assert_true(taken < TRIALS / 4);
    free(rest);
}

/* Few tickets are enough where the weights are far off. */
static void weights_far_off_are_moved_by_a_few_tickets(void **state)
{
    (void)state;
    struct rules truth, start, fitted;
    rules_default(&start);
    fitted = truth = start;
    truth.value[RULE_prior_outage] = 0.9;
    truth.value[RULE_sharpness] = 0.4;
    struct calibrate_case *cases = draw_cases(&truth, 11);
    struct calibrate_choice choice = calibrate_choose(cases, 100, &fitted);
    assert_true(choice.better);
    double before = calibrate_mark(cases + 100, CASES - 100, &start).log_loss;
    assert_true(calibrate_mark(cases + 100, CASES - 100, &fitted).log_loss < before - 0.05);
    free(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weights_of_the_truth_are_found),
        cmocka_unit_test(a_few_tickets_move_the_weights_little),
        cmocka_unit_test(weights_that_are_right_stay),
        cmocka_unit_test(weights_far_off_are_moved_by_a_few_tickets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
