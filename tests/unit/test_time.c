/* time: the forms of real exports, and the ones that must be refused. Expected seconds are
 * from `date -u -d ... +%s` of GNU coreutils. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/tables/time.h"

enum { BEIJING_S = 8 * 3600 };

static const struct {
    const char *text;
    int64_t seconds;
} good[] = {
    {"2026-03-02T09:05:00+08:00", 1772413500},
    {"2026-03-02T01:05:00Z", 1772413500},
    {"2026-03-02T01:05:00.750Z", 1772413500},
    {"2026-03-02 09:05", 1772413500},
    {"2026-03-02 09:05:00", 1772413500},
    {"2026-03-02 09:05:00.000", 1772413500},
    {"2026-03-02 01:05:00 UTC", 1772413500},
    {"2026-03-02 09:05:00 GMT+8", 1772413500},
    {"2026-03-02 09:05:00+0800", 1772413500},
    {"2026/03/02 09:05:00+08", 1772413500},
    {"2026/3/2 9:05", 1772413500},
    {"2026.03.02_09.05.00", 1772413500},
    {"2025.07.18_22.11.08", 1752847868},
    {"2015-12-15 10:41:16", 1450147276},
    {"2026年3月2日", 1772380800},
    {"2026年3月2日 9时5分0秒", 1772413500},
    {"2026年03月02日 上午9:05", 1772413500},
    {"2026年03月02日 下午 9:05", 1772456700},
    {"2026/3/2 9:05:00 AM", 1772413500},
    {"2026/3/2 12:00 AM", 1772380800},
    {"2026-3-2", 1772380800},
    {"2026-03-01 24:00:00", 1772380800},
    {"20260302", 1772380800},
    {"202603020905", 1772413500},
    {"20260302090500", 1772413500},
    {"2026030209", 1772413200},
    {"02-Mar-2026 09:05:00", 1772413500},
    {"2 March 2026 9:05", 1772413500},
    {"25/12/2025 08:00", 1766620800},
    {"12/25/2025 08:00", 1766620800},
    {"03/03/2026", 1772467200},
    {"46083", 1772380800},
    {"46083.378472222", 1772413500},
    {"1772413500", 1772413500},
    {"1772413500000", 1772413500},
    {"1772413500123456", 1772413500},
    {"1.772413500123E+12", 1772413500},
    {"2024-02-29", 1709136000},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        int64_t seconds = -1;
        const char *why = "";
        if (!time_parse(good[i].text, BEIJING_S, &seconds, &why))
            fail_msg("'%s' refused: %s", good[i].text, why);
        if (seconds != good[i].seconds)
            fail_msg("'%s' is %lld, not %lld", good[i].text, (long long)seconds,
                     (long long)good[i].seconds);
    }
}

static const struct {
    const char *text, *why;
} bad[] = {
    {"03/02/2026", "cannot be told apart"},
    {"1.43923E+12", "rounded"},
    {"1.68E+12", "rounded"},
    {"2026-02-30", "calendar"},
    {"2025-02-29", "calendar"},
    {"2026-13-01", "calendar"},
    {"2026-03-02 25:00", "time of the day"},
    {"2026-03-02 09:61", "time of the day"},
    {"1066-10-14", "1970"},
    {"9999-12-31 00:00:00", "1970"},
    {"yesterday", "form"},
    {"2026-03-02 09:05:00 and so on", "form"},
    {"2026-03-02T09:05:00+25:00", "form"},
    {"12", "form"},
    {"-1", "form"},
    {"2026-", "form"},
    {"下午", "form"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        int64_t seconds;
        const char *why = "";
        if (time_parse(bad[i].text, 0, &seconds, &why))
            fail_msg("'%s' was read as %lld", bad[i].text, (long long)seconds);
        if (!strstr(why, bad[i].why))
            fail_msg("'%s' refused with '%s', not '%s'", bad[i].text, why, bad[i].why);
    }
}

/* Every prefix of a good time is read or refused, never a crash; formatting gives it back. */
static void test_prefixes_and_back(void **state)
{
    (void)state;
    char text[TIME_SIZE], part[64];
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        for (size_t n = 1; n <= strlen(good[i].text); n++) {
            int64_t seconds;
            const char *why = NULL;
            snprintf(part, sizeof part, "%.*s", (int)n, good[i].text);
            if (!time_parse(part, 0, &seconds, &why))
                assert_non_null(why);
        }
    for (int64_t t = 86400; t < 7000000000; t += 86399 * 97) {
        int64_t again = 0;
        const char *why = "";
        assert_true(time_parse(time_format(t, -12600, text), 0, &again, &why));
        assert_int_equal(again, t);
    }
    assert_string_equal(time_format(TIME_ABSENT, 0, text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_prefixes_and_back),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
