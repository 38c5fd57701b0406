/* The columns of counters. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "models/tables/table.h"

struct counter_row {
    struct counter counter;
    int64_t end_s;
};

#define AT(member) offsetof(struct counter_row, counter.member)

static const struct field fields[] = {
    {"cell_id", FIELD_ID, AT(cell_id),
     "小区CGI|CGI|ECGI|NCGI|ECI|小区ID|小区标识|小区号|cellid|cell|ci|cell identity|"
     "eutrancell|小区|小区名称|cell name|object|object name|对象名称|测量对象",
     .required = true},
    {"period_start", FIELD_TIME, AT(start_s),
     "开始时间|起始时间|统计时间|采集时间|数据时间|时间|日期|start time|begin "
     "time|start|period|"
     "result time|time|datetime|date|timestamp",
     .required = true},
    {"period_end", FIELD_TIME, offsetof(struct counter_row, end_s),
     "结束时间|终止时间|end time|stop time|end"},
    {"period_minutes", FIELD_NUMBER, AT(period_minutes),
     "统计周期|周期|粒度|时间粒度|粒度周期|granularity|granularity period|period "
     "length|gp|duration",
     NULL, 1, 44640, .unit = "min"},
    {"availability_pct", FIELD_NUMBER, AT(availability_pct),
     "可用率|小区可用率|小区在线率|无线可用率|无线网络可用率|availability|cell availability|"
     "cell availability rate|cell avail rate|radio network availability rate|avail",
     "-1", 0, 100, .unit = "%"},
    {"ul_interference_dbm", FIELD_NUMBER, AT(ul_interference_dbm),
     "上行干扰|上行平均干扰|上行PRB平均干扰电平|上行每PRB平均干扰|小区上行平均干扰|"
     "平均干扰电平|"
     "上行干扰电平|系统上行每个PRB上检测到的干扰噪声的平均值|L.UL.Interference.Avg|ul "
     "interference|"
     "uplink interference|ul rssi|rtwp|avg rtwp|ni",
     "-1|0|1000|-140", -140, -20, .unit = "dBm"},
    {"prb_dl_util_pct", FIELD_NUMBER, AT(prb_dl_util_pct),
     "下行PRB利用率|下行PRB平均利用率|下行利用率|PRB利用率|无线利用率|dl prb utilization|"
     "dl prb usage|prb utilization dl|downlink prb utilization|prb usage",
     "-1", 0, 100, .unit = "%"},
    {"drop_rate_pct", FIELD_NUMBER, AT(drop_rate_pct),
     "掉线率|掉话率|无线掉线率|无线掉话率|E-RAB掉线率|drop rate|call drop rate|erab drop rate|"
     "e-rab drop rate|cdr|dcr",
     "-1", 0, 100, .unit = "%"},
    {"setup_success_pct", FIELD_NUMBER, AT(setup_success_pct),
     "建立成功率|接通率|无线接通率|RRC建立成功率|RRC连接建立成功率|E-RAB建立成功率|setup "
     "success|"
     "setup success rate|cssr|rrc setup success rate|erab setup success rate",
     "-1", 0, 100, .unit = "%"},
    {"ho_success_pct", FIELD_NUMBER, AT(ho_success_pct),
     "切换成功率|系统内切换成功率|handover success|handover success rate|ho success rate|hosr",
     "-1", 0, 100, .unit = "%"},
    {"vswr", FIELD_NUMBER, AT(vswr), "驻波比|驻波|VSWR值|max vswr", "-1|0", 1, 100},
    {"traffic", FIELD_NUMBER, AT(traffic),
     "流量|话务量|业务量|数据流量|下行流量|traffic volume|dl traffic|traffic gb|traffic "
     "mb|erlang",
     "-1", 0, 1e15},
};

/* An export that does not say its period is hourly, as the contract of the tables has it. */
static bool finish(void *record, struct arena *arena, struct refusal *why)
{
    struct counter_row *row = record;
    struct counter *counter = &row->counter;
    (void)arena;
    if (row->end_s != TIME_ABSENT && row->end_s <= counter->start_s) {
        why->column = "period_end";
        snprintf(why->reason, sizeof why->reason, "the period ends before it begins");
        return false;
    }
    if (isnan(counter->period_minutes) && row->end_s != TIME_ABSENT)
        counter->period_minutes = (double)(row->end_s - counter->start_s) / 60;
    if (isnan(counter->period_minutes))
        counter->period_minutes = 60;
    return true;
}

const struct table_spec counter_spec = {
    .name = "counters",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct counter_row),
    .line_offset = AT(line),
    .finish = finish,
};
