/* The columns of plan. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/tables/table.h"

#define AT(member) offsetof(struct plan, member)

static const struct field fields[] = {
    {"plan_id", FIELD_ID, AT(plan_id),
     "规划编号|规划ID|规划站号|规划编号(设计院)|站点编号|项目编号|编号|plan no|plan "
     "number|planid|"
     "candidate id|search ring|project id|id|序号"},
    {"site_name", FIELD_TEXT, AT(site_name),
     "规划站名|规划站点名称|规划基站名称|站点名称|基站名称|站名|eNodeBName|gNodeBName|site|"
     "site name|planned site|name|名称"},
    {"lon", FIELD_LON, AT(at.lon), "经度|规划经度|站点经度|longitude|long|lng|x",
     .required = true},
    {"lat", FIELD_LAT, AT(at.lat), "纬度|规划纬度|站点纬度|latitude|y", .required = true},
    {"stage", FIELD_NAME, AT(stage),
     "状态|建设状态|规划状态|站点状态|基站状态|工程状态|建设进度|进度|阶段|建站情况|status|"
     "plan status|phase|state|progress",
     .names = stage_names},
    {"on_air_date", FIELD_TIME, AT(on_air_s),
     "计划开通时间|预计开通时间|预计开通日期|计划开通日期|开通时间|开通日期|入网日期|完工时间|"
     "planned date|on air|onair date|on-air|target date|launch date|expected date|eta"},
    {"height_m", FIELD_NUMBER, AT(height_m),
     "挂高|天线挂高|规划挂高|站高|天线高度|塔高|height|antenna height|tower height|agl", "-1|0",
     0.5, 400, .unit = "m"},
    {"azimuths_deg", FIELD_TEXT, AT(azimuths_text),
     "方位角|规划方位角|扇区方位角|azimuth|azimuths|azimuth_deg|sectors"},
    {"rat", FIELD_NAME, AT(rat),
     "制式|网络制式|网络类型|规划制式|technology|tech|system|network", .names = rat_names},
};

/* "0;120;240", also with , / | space or 、 between. */
static bool read_azimuths(struct plan *plan)
{
    const char *p = plan->azimuths_text;
    for (size_t n = 0; n < ARRAY_COUNT(plan->azimuths_deg);) {
        char *end;
        while (*p && !(*p >= '0' && *p <= '9'))
            p++;
        if (!*p)
            return true;
        double value = strtod(p, &end);
        if (!(value >= 0 && value <= 360))
            return false;
        plan->azimuths_deg[n++] = value == 360 ? 0 : value;
        p = end;
    }
    return true;
}

static bool finish(void *record, struct arena *arena, struct refusal *why)
{
    struct plan *plan = record;
    (void)arena;
    for (size_t i = 0; i < ARRAY_COUNT(plan->azimuths_deg); i++)
        plan->azimuths_deg[i] = NAN;
    if (read_azimuths(plan))
        return true;
    why->column = "azimuths_deg";
    snprintf(why->value, sizeof why->value, "%.100s", plan->azimuths_text);
    snprintf(why->reason, sizeof why->reason, "an azimuth outside 0..360 degrees");
    return false;
}

const struct table_spec plan_spec = {
    .name = "plan",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct plan),
    .line_offset = AT(line),
    .finish = finish,
};
