/* The closed loop's arithmetic against published numbers and against simulation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "geo/base.h"
#include "models/verdict/closedloop.h"

/* I_x(a, b) of whole a, b is a sum of binomial terms (Abramowitz & Stegun 26.5.24). */
static void beta_is_the_binomial_tail(void **state)
{
    (void)state;
    for (int a = 1; a <= 9; a++)
        for (double x = 0.05; x < 1; x += 0.15) {
            double tail = 0, n = 9;
            for (int k = a; k <= 9; k++)
                tail += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) * pow(x, k) *
                        pow(1 - x, n - k);
            assert_true(fabs(loop_beta(x, a, n - a + 1) - tail) < 1e-12);
        }
    assert_true(fabs(loop_beta(0.3, 0.5, 0.5) - 2 / M_PI * asin(sqrt(0.3))) < 1e-12);
}

static void equal_rates_are_even_odds(void **state)
{
    (void)state;
    const struct loop_rate rate = {12, 30, 12, 30}, fall = {20, 30, 2, 30};
    assert_true(fabs(loop_rate_below(&rate, 1) - 0.5) < 1e-9);
    assert_true(loop_rate_below(&fall, 1) > 0.999);
    double median = loop_rate_quantile(&fall, 0.5);
    assert_true(median > 0.08 && median < 0.16);
    assert_true(isnan(loop_rate_below(&(struct loop_rate){3, 0, 1, 5}, 1)));
}

/* 1,000 worlds in which a fix brings 8 dB and everything else drifts by -3: the 95 % interval
 * holds the truth about as often as it says. */
static void the_effect_is_found_with_its_doubt(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 11);
    int held = 0;
    double sum = 0;
    for (int world = 0; world < 1000; world++) {
        struct loop_bin bins[40], control[60];
        for (int side = 0; side < 2; side++)
            for (int i = 0; i < (side ? 60 : 40); i++) {
                struct loop_bin *bin = side ? &control[i] : &bins[i];
                bin->block = (uint64_t)(i / 5);
                double shared = 0;
                if (i % 5 == 0)
                    shared = 3 * rng_normal(&rng);
                else
                    shared = bin[-1].after_dbm - bin[-1].before_dbm - (side ? -3 : 5);
                bin->before_dbm = -110 + 4 * rng_normal(&rng);
                bin->after_dbm = bin->before_dbm + (side ? -3 : 5) + shared;
            }
        struct loop_level level = loop_level_change(bins, 40, control, 60);
        sum += level.effect_db;
        held += fabs(level.effect_db - 8) < 1.96 * level.sigma_db;
    }
    assert_true(fabs(sum / 1000 - 8) < 0.2);
    assert_true(held > 930 && held < 1000);
}

static void verdicts_follow(void **state)
{
    (void)state;
    const struct loop_rules rules = {3, 0.9, 0.3};
    double p;
    struct loop_level good = {-112, -98, 12, 1.5, 20, 60}, none = {NAN, NAN, NAN, NAN, 0, 0};
    struct loop_level flat = {-112, -112, 0.1, 0.9, 40, 60}, bad = {-100, -112, -11, 2, 20, 60};
    const struct loop_rate ended = {20, 30, 0, 30}, same = {1, 30, 1, 30},
                           empty = {0, 30, 0, 30};
    assert_int_equal(loop_judge(&good, &ended, &rules, &p), LOOP_CURED);
    assert_true(p > 0.9);
    assert_int_equal(loop_judge(&good, &same, &rules, &p), LOOP_BETTER);
    assert_int_equal(loop_judge(&flat, &same, &rules, &p), LOOP_UNCHANGED);
    assert_int_equal(loop_judge(&bad, &ended, &rules, &p), LOOP_WORSE);
    assert_int_equal(loop_judge(&none, &empty, &rules, &p), LOOP_UNKNOWN);
    assert_true(isnan(p));
    assert_int_equal(loop_judge(&none, &(struct loop_rate){2, 30, 20, 30}, &rules, &p),
                     LOOP_WORSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beta_is_the_binomial_tail),
        cmocka_unit_test(equal_rates_are_even_odds),
        cmocka_unit_test(the_effect_is_found_with_its_doubt),
        cmocka_unit_test(verdicts_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
