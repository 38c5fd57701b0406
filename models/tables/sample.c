/* The columns of samples. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "models/tables/table.h"

#define AT(member) offsetof(struct sample, member)

/* Ranges: TS 36.133 table 9.1.4-1 and TS 38.133 table 10.1.6.1-1 report RSRP from -156 to -31
 * dBm, -140 standing for "not above"; TS 45.008 8.1.4 RxLev -110..-48, TS 25.133 9.1.1.3 RSCP
 * -120..-25. Scanners reach further, so 20 dB are left above. */
static const struct field fields[] = {
    {"time", FIELD_TIME, AT(time_s),
     "测试时间|采样时间|时间|时间戳|日期时间|timestamp|measured_at|date time|datetime|date|"
     "utc time|created|start time|sample time"},
    {"lon", FIELD_LON, AT(at.lon), "经度|longitude|long|lng|x|gps lon|测试经度",
     .required = true},
    {"lat", FIELD_LAT, AT(at.lat), "纬度|latitude|y|gps lat|测试纬度", .required = true},
    {"cell_id", FIELD_ID, AT(cell_id),
     "小区CGI|CGI|ECGI|NCGI|ECI|NCI|cellid|小区ID|小区标识|小区号|小区|cell|ci|serving cell|"
     "serving cell id|cell identity|global cell id|服务小区|主服务小区|cell name|小区名称"},
    {"serving", FIELD_NAME, AT(serving), "是否主服务|主服务|是否服务小区|is serving|registered",
     .names = answer_names},
    {"rsrp_dbm", FIELD_NUMBER, AT(level_dbm),
     "RSRP|服务小区RSRP|主服务小区RSRP|serving rsrp|ss-rsrp|ss rsrp|ssrsrp|lte rsrp|nr rsrp|"
     "serving cell rsrp|pcell rsrp|参考信号接收功率",
     "-140|-141|-1|0|1000|255|-255|2147483647", -156, -11, .unit = "dBm"},
    {"rxlev_dbm", FIELD_NUMBER, AT(level_dbm),
     "RxLev|RxLevel|Rx "
     "Level|RxLevSub|RxLevFull|接收电平|电平|场强|信号强度|RSCP|rscp_dbm|signal|"
     "signal strength|signal dbm|level|level dbm|dbm",
     "-140|-141|-1|0|1000|255|-255|2147483647", -130, -11, .unit = "dBm"},
    {"rsrq_db", FIELD_NUMBER, AT(rsrq_db), "RSRQ|服务小区RSRQ|ss-rsrq|qual|quality|ecno|ec/no",
     "-1|0|1000|255|2147483647", -44, 21, .unit = "dB"},
    {"sinr_db", FIELD_NUMBER, AT(sinr_db), "SINR|RS-SINR|SS-SINR|服务小区SINR|SNR|rssnr|CINR",
     "1000|255|2147483647", -40, 60, .unit = "dB"},
    {"ta", FIELD_NUMBER, AT(ta), "timing advance|TADV|时间提前量", "-1|1000|255|2147483647", 0,
     20512},
    {"source", FIELD_NAME, AT(source), "数据来源|来源|数据源|data source",
     .names = source_names},
};

static bool finish(void *record, struct arena *arena, struct refusal *why)
{
    const struct sample *sample = record;
    (void)arena;
    if (!isnan(sample->level_dbm))
        return true;
    why->column = "rsrp_dbm";
    snprintf(why->reason, sizeof why->reason, "no level was measured");
    return false;
}

const struct table_spec sample_spec = {
    .name = "samples",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct sample),
    .line_offset = AT(line),
    .finish = finish,
};
