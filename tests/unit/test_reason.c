/* reason: refusals in the reader's language keep what the value was held against. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/tables/reason.h"
#include "models/tables/value.h"

static struct arena *arena;

static const char *chinese(const char *reason)
{
    return reason_say(LANGUAGE_ZH, reason, arena);
}

static void test_whole_and_open_reasons(void **state)
{
    (void)state;
    assert_string_equal(chinese("not a number"), "不是数字");
    assert_string_equal(chinese("outside -160..-20 dBm"), "超出范围 -160..-20 dBm");
    assert_string_equal(chinese("the ticket is already on line 5; the first one counts"),
                        "该工单已在第 5 行；以首次出现为准");
    assert_string_equal(chinese("outside %s%n"), "超出范围 %s%n");
    assert_string_equal(reason_say(LANGUAGE_EN, "outside 0..360", arena), "outside 0..360");
    assert_string_equal(chinese("nobody knows this one"), "nobody knows this one");
}

/* What the readers of values say is in the catalog. */
static void test_values_reasons_are_translated(void **state)
{
    (void)state;
    char why[VALUE_WHY_SIZE];
    double out;
    size_t length;
    assert_false(value_number("12 potatoes", "m", &out, why));
    assert_string_not_equal(chinese(why), why);
    assert_false(value_degrees("104.05", false, &out, why));
    assert_string_not_equal(chinese(why), why);
    assert_false(value_degrees("north of here", false, &out, why));
    assert_string_not_equal(chinese(why), why);
    assert_false(value_id("4.60003E+14", &length, why));
    assert_string_not_equal(chinese(why), why);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_and_open_reasons),
        cmocka_unit_test(test_values_reasons_are_translated),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
