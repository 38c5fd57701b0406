/* value: numbers with units, angles in every notation, ids that spreadsheets spoil. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/tables/value.h"

static const struct {
    const char *text, *unit;
    double value;
} numbers[] = {
    {"-104.9", "dBm", -104.9},
    {"-72 dBm", "dBm", -72},
    {"-72dbm", "dBm", -72},
    {"1000deg", "deg", 1000},
    {"6°", "deg", 6},
    {"30米", "m", 30},
    {"30 m", "m", 30},
    {"1.2 km", "m", 1200},
    {"20MHz", "MHz", 20},
    {"2.1GHz", "MHz", 2100},
    {"945000 kHz", "MHz", 945},
    {"40W", "dBm", 46.020599913279625},
    {"40000mW", "dBm", 46.020599913279625},
    {"15 dBd", "dBi", 17.15},
    {"99.8%", "%", 99.8},
    {"113,25", NULL, 113.25},
    {"-0,5", NULL, -0.5},
    {"0,125", NULL, 0.125},
    {"1e3", NULL, 1000},
    {"+7", NULL, 7},
    {".5", NULL, 0.5},
    {"\xE2\x88\x92"
     "85",
     "dBm", -85},
    {"22.841944000000002", NULL, 22.841944000000002},
    {"123456789012345678", NULL, 123456789012345678.0},
};

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        double value = NAN;
        char why[VALUE_WHY_SIZE] = "";
        if (!value_number(numbers[i].text, numbers[i].unit, &value, why))
            fail_msg("'%s' refused: %s", numbers[i].text, why);
        if (fabs(value - numbers[i].value) > 1e-12 * fabs(numbers[i].value))
            fail_msg("'%s' is %.17g", numbers[i].text, value);
    }
}

static void test_not_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"abc",   "1.2.3", "--5",       "inf",      "nan",
                                        "0x10",  "1,234", "1,234,567", "5 apples", "12-13",
                                        "1e999", "-",     "7 m",       ",5",       "5,"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        double value;
        char why[VALUE_WHY_SIZE] = "";
        if (value_number(texts[i], "dBm", &value, why))
            fail_msg("'%s' was read as %g", texts[i], value);
        assert_true(why[0]);
    }
}

static const struct {
    const char *text;
    bool is_lon;
    double deg;
} angles[] = {
    {"113.25", true, 113.25},
    {"-0.1455683986639542", true, -0.1455683986639542},
    {"113.25°", true, 113.25},
    {"113.25E", true, 113.25},
    {"78.63 W", true, -78.63},
    {"E113°15'30\"", true, 113.25833333333333},
    {"113°15′30″E", true, 113.25833333333333},
    {"113 15 30", true, 113.25833333333333},
    {"113度15分30秒", true, 113.25833333333333},
    {"东经113度15分30秒", true, 113.25833333333333},
    {"北纬23.5", false, 23.5},
    {"23°08.5'N", false, 23.141666666666667},
    {"S1°14'46.9\"", false, -1.2463611111111112},
    {"-1°14'46.9\"", false, -1.2463611111111112},
    {"23º", false, 23},
    {"113,25", true, 113.25},
};

static void test_angles(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(angles); i++) {
        double deg = NAN;
        char why[VALUE_WHY_SIZE] = "";
        if (!value_degrees(angles[i].text, angles[i].is_lon, &deg, why))
            fail_msg("'%s' refused: %s", angles[i].text, why);
        if (fabs(deg - angles[i].deg) > 1e-9)
            fail_msg("'%s' is %.12f", angles[i].text, deg);
    }
}

static void test_not_angles(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_lon;
        const char *why;
    } bad[] = {
        {"113.25", false, "swapped"},
        {"113.25E", false, "swapped"},
        {"23.1N", true, "swapped"},
        {"1132500", true, "180"},
        {"181", true, "180"},
        {"91.5", false, "swapped"},
        {"113 75 00", true, "angle"},
        {"north", false, "angle"},
        {"", true, "angle"},
        {"113.2, 23.1", true, "angle"},
        {"113.5 15 30", true, "angle"},
        {"12°x", false, "angle"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        double deg;
        char why[VALUE_WHY_SIZE] = "";
        if (value_degrees(bad[i].text, bad[i].is_lon, &deg, why))
            fail_msg("'%s' was read as %g", bad[i].text, deg);
        if (!strstr(why, bad[i].why))
            fail_msg("'%s' refused with '%s'", bad[i].text, why);
    }
}

static const struct {
    const char *text;
    bool lat_first;
    double lon, lat;
} points[] = {
    {"23.1, 113.2", true, 113.2, 23.1},
    {"23.1, 113.2", false, 113.2, 23.1}, /* a latitude cannot be 113 */
    {"113.2 23.1", true, 113.2, 23.1},
    {"113.2，23.1", false, 113.2, 23.1},
    {"(23.1; 113.2)", true, 113.2, 23.1},
    {"POINT(13.2 23.1)", true, 13.2, 23.1},
    {"-1.2463594, -78.6296855", true, -78.6296855, -1.2463594},
    {"23.1N 13.2E", false, 13.2, 23.1},
    {"E13°12'0\" N23°6'0\"", true, 13.2, 23.1},
    {"51.0,-0.1", true, -0.1, 51.0},
};

static void test_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(points); i++) {
        struct point p = {NAN, NAN};
        char why[VALUE_WHY_SIZE] = "";
        if (!value_point(points[i].text, points[i].lat_first, &p, why))
            fail_msg("'%s' refused: %s", points[i].text, why);
        if (fabs(p.lon - points[i].lon) > 1e-9 || fabs(p.lat - points[i].lat) > 1e-9)
            fail_msg("'%s' is %g %g", points[i].text, p.lon, p.lat);
    }
}

static void test_ids(void **state)
{
    (void)state;
    static const char *const lost[] = {"4.60003E+14", "4.6E+14",  "1.93E+08",   "5E+14",
                                       "#REF!",       "########", "4.60003e+14"};
    static const char *const kept[] = {"460-00-300420-3", "76003E1", "193000", "12E4AB", "5G-1",
                                       "A1.5E+3",         "#7"};
    char why[VALUE_WHY_SIZE];
    size_t length;
    for (size_t i = 0; i < ARRAY_COUNT(lost); i++)
        if (value_id(lost[i], &length, why))
            fail_msg("'%s' was taken for an id", lost[i]);
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++)
        if (!value_id(kept[i], &length, why) || length != strlen(kept[i]))
            fail_msg("'%s' refused or cut", kept[i]);
    assert_true(value_id("12345.0", &length, why));
    assert_int_equal(length, 5);
}

static void test_absent(void **state)
{
    (void)state;
    static const char *const absent[] = {"",    "-",    "--", "NIL", "nil",
                                         "N/A", "NULL", "无", "NaN", "?"};
    static const char *const present[] = {"0", "-1", "-140", "no", "A", "无信号", "nilson"};
    for (size_t i = 0; i < ARRAY_COUNT(absent); i++)
        assert_true(value_absent(absent[i]));
    for (size_t i = 0; i < ARRAY_COUNT(present); i++)
        assert_false(value_absent(present[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_not_numbers),
        cmocka_unit_test(test_angles),  cmocka_unit_test(test_not_angles),
        cmocka_unit_test(test_points),  cmocka_unit_test(test_ids),
        cmocka_unit_test(test_absent),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
