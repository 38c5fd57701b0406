/* fold: words that mean the same become the same, and the quick way equals the general one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/tables/fold.h"
#include "models/tables/record.h"

static void test_headers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded, *unit;
    } cases[] = {
        {"RSRP（dBm）", "rsrp", "dBm"},
        {"Azimuth_Deg", "azimuthdeg", ""},
        {"ＣＧＩ", "cgi", ""},
        {"挂高 (米)", "挂高", "米"},
        {"Tilt [°]", "tilt", "°"},
        {"availability %", "availability", "%"},
        {"power (mW)", "power", "mW"},
        {"小区功率（华为W，中兴DBM）", "小区功率", "华为W,中兴DBM"},
        {"a)b(c", "ab", "c"},
        {"", "", ""},
        {"ﬁeld №1", "fieldno1", ""},
        {"STRASSE straße", "strassestrasse", ""},
    };
    struct buffer folded = {0}, unit = {0};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        fold_text(cases[i].text, &folded, &unit);
        assert_string_equal(folded.bytes, cases[i].folded);
        assert_string_equal(unit.bytes, cases[i].unit);
    }
    buffer_free(&folded);
    buffer_free(&unit);
}

/* Without brackets both ways of folding see the same text. */
static void test_both_ways(void **state)
{
    (void)state;
    struct buffer quick = {0}, general = {0}, unit = {0};
    struct rng rng;
    rng_seed(&rng, 9);
    static const char *const pieces[] = {
        "a",  "Z", "7", " ",  "_",  "-",  "西",           "关", "鿿",
        "一", ".", "é", "Ａ", "，", "㐀", "\xE4\xB7\xBF", "x"};
    for (int round = 0; round < 20000; round++) {
        char text[128] = "";
        for (int n = (int)(rng_uniform(&rng) * 24); n > 0; n--)
            strcat(text, pieces[(size_t)(rng_uniform(&rng) * ARRAY_COUNT(pieces))]);
        fold_text(text, &quick, NULL);
        fold_text(text, &general, &unit);
        assert_string_equal(quick.bytes, general.bytes);
    }
    buffer_free(&quick);
    buffer_free(&general);
    buffer_free(&unit);
}

static void test_words(void **state)
{
    (void)state;
    assert_int_equal(name_value(rat_names, "TD-LTE"), RAT_LTE);
    assert_int_equal(name_value(rat_names, "td lte"), RAT_LTE);
    assert_int_equal(name_value(rat_names, "６G"), RAT_UNKNOWN);
    assert_int_equal(name_value(stage_names, "On-Air"), STAGE_ON_AIR);
    assert_int_equal(name_within(symptom_names, "我家信号特别的差"), SYMPTOM_WEAK);
    assert_int_equal(name_within(symptom_names, "室内无信号"), SYMPTOM_WEAK);
    assert_int_equal(name_within(symptom_names, "手机无信号"), SYMPTOM_NO_SERVICE);
    assert_int_equal(name_within(symptom_names, "Network - Dropped calls (voice)"),
                     SYMPTOM_DROPS);
    assert_int_equal(name_within(symptom_names, "billing"), SYMPTOM_UNKNOWN);
    assert_int_equal(name_within(symptom_names, ""), SYMPTOM_UNKNOWN);
    assert_string_equal(name_of(rat_names, RAT_NR), "NR");
    assert_string_equal(name_of(rat_names, RAT_UNKNOWN), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
