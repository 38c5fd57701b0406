/* channel: worked examples of the 3GPP tables and of public frequency lists. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/tables/channel.h"

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        enum rat rat;
        double number, mhz;
    } cases[] = {
        {RAT_LTE, 100, 2120},      {RAT_LTE, 1300, 1815},     {RAT_LTE, 1850, 1870},
        {RAT_LTE, 6300, 806},      {RAT_LTE, 38950, 2330},    {RAT_LTE, 40936, 2624.6},
        {RAT_NR, 633984, 3509.76}, {RAT_NR, 621408, 3321.12}, {RAT_NR, 504990, 2524.95},
        {RAT_UMTS, 10637, 2127.4}, {RAT_UMTS, 3011, 942.2},   {RAT_GSM, 62, 947.4},
        {RAT_GSM, 1000, 930.2},    {RAT_GSM, 512, 1805.2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        if (!(fabs(channel_mhz(cases[i].rat, cases[i].number) - cases[i].mhz) < 1e-6))
            fail_msg("%g is %.4f MHz, not %.4f", cases[i].number,
                     channel_mhz(cases[i].rat, cases[i].number), cases[i].mhz);
    assert_true(isnan(channel_mhz(RAT_LTE, 70000)) && isnan(channel_mhz(RAT_LTE, NAN)));
    assert_true(isnan(channel_mhz(RAT_UNKNOWN, 100)) && isnan(channel_mhz(RAT_GSM, 300)));
    assert_int_equal(channel_lte_band(6300), 20);
    assert_int_equal(channel_lte_band(2700), 0);
}

static void test_bands(void **state)
{
    (void)state;
    static const struct {
        const char *band;
        double mhz;
    } cases[] = {{"B3", 1842.5},   {"Band 41", 2593}, {"n78", 3550},     {"2.1G", 2100},
                 {"2.1GHz", 2100}, {"GSM900", 900},   {"1800MHz", 1800}, {"F频段", 1900},
                 {"D", 2593},      {"1", 2140},       {"L7", 2655}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        if (!(fabs(channel_band_mhz(cases[i].band) - cases[i].mhz) < 1e-6))
            fail_msg("%s is %g MHz", cases[i].band, channel_band_mhz(cases[i].band));
    assert_true(isnan(channel_band_mhz("")) && isnan(channel_band_mhz("unknown")));
    assert_true(isnan(channel_band_mhz("B999")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_bands),
    };
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
