/* alarm_names: outages told from the rest, by the table that is built in and by the user's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/tables/alarm_names.h"

static const struct {
    const char *name;
    enum effect effect;
} known[] = {
    {"小区不可用告警", EFFECT_OUTAGE},
    {"小区不可用告警(29240)", EFFECT_OUTAGE},
    {"ALM-29240 Cell Unavailable", EFFECT_OUTAGE},
    {"cell unavailable", EFFECT_OUTAGE},
    {"S1接口故障告警", EFFECT_OUTAGE},
    {"网元断链告警(198099803)", EFFECT_OUTAGE},
    {"LTE小区退出服务(198094419)", EFFECT_OUTAGE},
    {"基站退出服务(198094422)", EFFECT_OUTAGE},
    {"【4G】基站退服告警", EFFECT_OUTAGE},
    {"7653 CELL FAULTY", EFFECT_OUTAGE},
    {"BASE STATION CONNECTIVITY LOST", EFFECT_OUTAGE},
    {"UtranCell_ServiceUnavailable", EFFECT_OUTAGE},
    {"超级小区CP退出服务(198094440)", EFFECT_DEGRADED},
    {"天馈驻波比异常(198098465)", EFFECT_DEGRADED},
    {"射频单元驻波告警", EFFECT_DEGRADED},
    {"VswrOverThreshold", EFFECT_DEGRADED},
    {"小区上行干扰过高", EFFECT_INTERFERENCE},
    {"S1断链告警(198094420)", EFFECT_MAYBE},
    {"市电停电", EFFECT_MAYBE},
    {"X2断链告警(198094421)", EFFECT_NONE},
    {"X2接口故障告警", EFFECT_NONE},
    {"外部扩展设备故障(198098468)", EFFECT_NONE},
    {"证书即将过期", EFFECT_NONE},
    {"门禁告警", EFFECT_NONE},
    {"时钟参考源异常告警", EFFECT_NONE},
    {"something nobody has heard of", EFFECT_UNKNOWN},
    {"", EFFECT_UNKNOWN},
    {"((((", EFFECT_UNKNOWN},
};

static void test_built_in(void **state)
{
    (void)state;
    struct alarm_names *names = alarm_names_new();
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (alarm_names_find(names, known[i].name) != known[i].effect)
            fail_msg("'%s' is %s", known[i].name,
                     name_of(effect_names, alarm_names_find(names, known[i].name)));
    alarm_names_free(names);
}

/* The RRU of one sector does not darken the site; the cell's own alarm says what is dark. */
static void test_part_and_cause(void **state)
{
    (void)state;
    struct alarm_names *names = alarm_names_new();
    struct alarm alarm = {.name = "RRU链路断(198097605)", .probable_cause = ""};
    assert_int_equal(alarm_names_effect(names, &alarm), EFFECT_OUTAGE);
    alarm.partial = true;
    assert_int_equal(alarm_names_effect(names, &alarm), EFFECT_DEGRADED);
    alarm = (struct alarm){.name = "Alarm 4711", .probable_cause = "Cell Unavailable"};
    assert_int_equal(alarm_names_effect(names, &alarm), EFFECT_OUTAGE);
    alarm_names_free(names);
}

static void test_users_table(void **state)
{
    (void)state;
    char path[] = "/tmp/test_alarm_names_XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    fputs(
        "name,effect\n门禁告警,outage\nMy *widget* fell,degraded\n全部*,interference\nX,none\n"
        "bad,explosion\n",
        file);
    fclose(file);
    struct rejects rejects = {0};
    struct error error = {0};
    struct table_options options = {.rejects = &rejects};
    struct alarm_names *names = alarm_names_new();
    assert_int_equal(alarm_names_extend(names, path, &options, NULL, &error), STATUS_OK);
    unlink(path);
    assert_int_equal(alarm_names_find(names, "门禁告警"), EFFECT_OUTAGE);
    assert_int_equal(alarm_names_find(names, "my BLUE widget fell"), EFFECT_DEGRADED);
    assert_int_equal(alarm_names_find(names, "my widget fell over"), EFFECT_UNKNOWN);
    assert_int_equal(alarm_names_find(names, "全部小区退服"), EFFECT_INTERFERENCE);
    assert_int_equal(alarm_names_find(names, "x"), EFFECT_NONE);
    assert_int_equal(alarm_names_find(names, "小区退服"), EFFECT_OUTAGE);
    assert_int_equal(rejects.total, 1);
    assert_non_null(strstr(rejects.items[0].reason, "outage, degraded"));
    alarm_names_free(names);
    arena_free(rejects.arena);
    free(rejects.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_part_and_cause),
        cmocka_unit_test(test_users_table),
    };
    return cmocka_run_group_tests_name("alarm_names", tests, NULL, NULL);
}
