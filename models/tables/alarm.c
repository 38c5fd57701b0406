/* The columns of alarms: canonical, and the histories of the element managers. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/tables/table.h"

struct alarm_row {
    struct alarm alarm;
    const char *object_dn, *object_type;
};

#define AT(member) offsetof(struct alarm_row, alarm.member)

static const struct field fields[] = {
    {"alarm_id", FIELD_ID, AT(alarm_id),
     "告警编号|告警流水号|告警序列号|流水号|告警ID|告警标识|log serial number|alarm serial "
     "number|"
     "serial number|alarm no|alarm number|notification id|event id|id|编号"},
    {"object_id", FIELD_ID, AT(object_id),
     "网元|网元名称|告警源|告警源名称|告警对象|告警对象名称|对象|对象名称|基站名称|站点名称|"
     "小区名称|ne|ne name|mo name|me|managed object|source|alarm source|object|object name|"
     "node|node name|site|site id|cell|cell id|cell name|distinguished name|dn",
     .required = true},
    {"object_dn", FIELD_TEXT, offsetof(struct alarm_row, object_dn),
     "告警对象DN|DN|distinguished name|对象DN"},
    {"object_type", FIELD_TEXT, offsetof(struct alarm_row, object_type),
     "告警对象类型|对象类型|MO type|object class"},
    {"raised_at", FIELD_TIME, AT(raised_s),
     "发生时间|告警发生时间|告警时间|首次发生时间|产生时间|告警产生时间|开始时间|occurred on|"
     "occurred on nt|occurrence time|first occurred|first occurrence|last occurred|last "
     "occurred nt|"
     "alarm time|event time|raised|raise time|raised time|start time|time",
     .required = true},
    {"cleared_at", FIELD_TIME, AT(cleared_s),
     "告警恢复时间|恢复时间|清除时间|告警清除时间|告警结束时间|结束时间|消除时间|cleared on|"
     "cleared on nt|clear time|cleared time|cleared|recovery time|cease time|cancel time|"
     "cancelled time|end time"},
    {"severity", FIELD_TEXT, AT(severity),
     "告警级别|级别|告警等级|严重级别|perceived severity|alarm severity|alarm level|level"},
    {"name", FIELD_TEXT, AT(name),
     "告警码|告警名称|告警标题|名称|告警内容|alarm name|alarm title|alarm text|alarm|"
     "specific problem|alarm description|alarm code|supplementary information|description",
     .required = true},
    {"probable_cause", FIELD_TEXT, AT(probable_cause),
     "可能原因|告警原因|原因|标准告警码|probable cause|cause|reason"},
};

/* The value of "key=" in a distinguished name, up to the next comma. */
static const char *dn_value(const char *dn, const char *key, size_t *length)
{
    const char *p = strstr(dn, key);
    if (!p)
        return NULL;
    p += strlen(key);
    *length = strcspn(p, ", ");
    return *length ? p : NULL;
}

/* "SubNetwork=440607,MEID=503660,ENBFunctionFDD=503660,EUtranCellFDD=2" is cell 503660-2. */
static const char *object_of_dn(const char *dn, struct arena *arena)
{
    size_t me_length, cell_length = 0;
    const char *me = dn_value(dn, "MEID=", &me_length);
    const char *cell = dn_value(dn, "EUtranCellFDD=", &cell_length);
    cell = cell ? cell : dn_value(dn, "EUtranCellTDD=", &cell_length);
    cell = cell ? cell : dn_value(dn, "NRCellDU=", &cell_length);
    if (!me)
        return NULL;
    return cell ? arena_format(arena, "%.*s-%.*s", (int)me_length, me, (int)cell_length, cell)
                : arena_text(arena, me, me_length);
}

/* "大塘电信LBBU1(503660)": the number in the last brackets is the site's id. */
static const char *object_in_brackets(const char *name, struct arena *arena)
{
    size_t n = strlen(name);
    const char *open = strrchr(name, '(');
    if (!open || n < 3 || name[n - 1] != ')')
        return NULL;
    size_t digits = strspn(open + 1, "0123456789");
    bool whole = digits >= 2 && open + 1 + digits == name + n - 1;
    return whole ? arena_text(arena, open + 1, digits) : NULL;
}

static bool finish(void *record, struct arena *arena, struct refusal *why)
{
    struct alarm_row *row = record;
    struct alarm *alarm = &row->alarm;
    const char *object = object_of_dn(row->object_dn, arena);
    object = object ? object : object_in_brackets(alarm->object_id, arena);
    if (object)
        alarm->object_id = object;
    alarm->partial =
        strcmp(row->object_type, "RU") == 0 || strcmp(row->object_type, "RRU") == 0;
    if (alarm->cleared_s != TIME_ABSENT && alarm->cleared_s < alarm->raised_s) {
        why->column = "cleared_at";
        snprintf(why->reason, sizeof why->reason, "the alarm was cleared before it was raised");
        return false;
    }
    return true;
}

const struct table_spec alarm_spec = {
    .name = "alarms",
    .fields = fields,
    .field_count = ARRAY_COUNT(fields),
    .record_size = sizeof(struct alarm_row),
    .line_offset = AT(line),
    .finish = finish,
};
