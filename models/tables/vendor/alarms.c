/* Alarm logs of Huawei's element managers (M2000, U2000). The object that customers feel is a
 * cell or a site, and it stands inside the location:
 *   ,级别,告警ID,名称,网元类型,告警源,MO对象,定位信息,发生时间(NT),清除时间(NT),..,eNodeB ID,..
 *   -,重要,29240,小区不可用告警,..,"eNodeB名称=.., 本地小区标识=3, .., 小区标识=51",09/19/2015
 * .. ZTE's histories are plain tables: alarm.c reads them.
 */
#include <stdio.h>
#include <string.h>

#include "models/tables/vendor/adapt.h"
#include "models/tables/vendor/dates.h"
#include "models/tables/vendor/fields.h"
#include "models/tables/vendor/formats.h"

enum alarm_source_column {
    SRC_ID,
    SRC_SEVERITY,
    SRC_NAME,
    SRC_CODE,
    SRC_RAISED,
    SRC_CLEARED,
    SRC_CAUSE,
    SRC_NE,
    SRC_NE_ID,
    SRC_OBJECT,  /* the location */
    SRC_OBJECT2, /* the managed object */
    SRC_COLUMNS
};

static const char raised_names[] =
    "发生时间(NT)|发生时间(ST)|发生时间|最后发生时间(NT)|Occurred On (NT)|"
    "Occurred On|Last Occurred (NT)|Last Occurred(NT)|First Occurred (NT)|"
    "Occurrence Time|Alarm Raised Time";
static const char cleared_names[] =
    "清除时间(NT)|清除时间(ST)|清除时间|恢复时间|Cleared On (NT)|Cleared On|"
    "Cleared Time|Clearance Time|Clear Time";

static const char *const huawei_names[SRC_COLUMNS] = {
    [SRC_ID] = "日志流水号|流水号|Log Serial Number|Alarm Serial Number",
    [SRC_SEVERITY] = "级别|告警级别|Severity|Alarm Severity|Level",
    [SRC_NAME] = "名称|告警名称|Name|Alarm Name",
    [SRC_CODE] = "告警ID|Alarm ID",
    [SRC_RAISED] = raised_names,
    [SRC_CLEARED] = cleared_names,
    [SRC_CAUSE] = "可能原因|告警原因|Probable Cause|Reason",
    [SRC_NE] = "告警源|网元名称|Alarm Source|NE Name|Source",
    [SRC_NE_ID] = "eNodeB ID|eNodeB标识|gNodeB ID|NE ID",
    [SRC_OBJECT] = "定位信息|Location Information|Location Info",
    [SRC_OBJECT2] = "MO对象|MO名称|MO Name|MO|Object",
};

struct alarms {
    int column[SRC_COLUMNS];
    bool dates_known;
    enum date_order dates;
};

static const char *source_value(const struct adapt *adapt, enum alarm_source_column column)
{
    return adapt_value(adapt, ((const struct alarms *)adapt->state)->column[column]);
}

/* 09/20/2015 alone does not say which is the day: the other rows do. */
static void set_time(struct adapt *adapt, size_t column, enum alarm_source_column from)
{
    struct alarms *alarms = adapt->state;
    const char *text = source_value(adapt, from);
    int first, second;
    if (!alarms->dates_known && dates_slashed(text, &first, &second)) {
        alarms->dates = dates_scan(adapt->out.request);
        if (alarms->dates == DATES_UNKNOWN) /* as this maker writes them */
            alarms->dates = DATES_MONTH_FIRST;
        alarms->dates_known = true;
    }
    dates_rewrite(text, alarms->dates, adapt->out.values[column], VENDOR_TEXT);
}

static void set_id(struct adapt *adapt)
{
    const char *id = source_value(adapt, SRC_ID);
    if (strpbrk(id, "eE+") && strchr(id, '.')) {
        vendor_out_note(&adapt->out, "alarm numbers that a spreadsheet rounded, left empty",
                        "");
        id = "";
    }
    vendor_out_set(&adapt->out, ALARM_ID, id);
}

static void set_common(struct adapt *adapt)
{
    set_id(adapt);
    set_time(adapt, ALARM_RAISED, SRC_RAISED);
    set_time(adapt, ALARM_CLEARED, SRC_CLEARED);
    vendor_out_set(&adapt->out, ALARM_SEVERITY, source_value(adapt, SRC_SEVERITY));
    vendor_out_set(&adapt->out, ALARM_CAUSE, source_value(adapt, SRC_CAUSE));
}

static bool find_field(struct adapt *adapt, const char *names, char *value, size_t size)
{
    return text_field(source_value(adapt, SRC_OBJECT), names, value, size) ||
           text_field(source_value(adapt, SRC_OBJECT2), names, value, size);
}

/* The cell within the eNB of its ECI is the "cell id"; the local one is the board's count. */
static void set_huawei_object(struct adapt *adapt)
{
    char site[VENDOR_TEXT], cell[VENDOR_TEXT];
    if (!find_field(adapt, "eNodeB标识|eNodeB ID|gNodeB标识|gNodeB ID", site, sizeof site))
        snprintf(site, sizeof site, "%s", source_value(adapt, SRC_NE_ID));
    bool has_cell =
        find_field(adapt, "小区标识|Cell ID|NR小区标识|NR Cell ID", cell, sizeof cell) ||
        find_field(adapt, "本地小区标识|Local Cell ID", cell, sizeof cell);
    if (has_cell && site[0])
        vendor_out_format(&adapt->out, ALARM_OBJECT, "%.100s-%.100s", site, cell);
    else if (find_field(adapt, "小区名称|Cell Name", cell, sizeof cell))
        vendor_out_set(&adapt->out, ALARM_OBJECT, cell);
    else
        vendor_out_set(&adapt->out, ALARM_OBJECT, site[0] ? site : source_value(adapt, SRC_NE));
}

static void huawei_row(struct adapt *adapt)
{
    set_common(adapt);
    set_huawei_object(adapt);
    vendor_out_set(&adapt->out, ALARM_NAME, source_value(adapt, SRC_NAME));
    if (!adapt->out.values[ALARM_CAUSE][0])
        vendor_out_set(&adapt->out, ALARM_CAUSE, source_value(adapt, SRC_CODE));
    vendor_out_give(&adapt->out);
}

static bool huawei_match(const char *const *names, size_t count)
{
    return adapt_find(names, count, huawei_names[SRC_NAME]) >= 0 &&
           adapt_find(names, count, huawei_names[SRC_RAISED]) >= 0 &&
           adapt_find(names, count, huawei_names[SRC_OBJECT]) >= 0;
}

static enum status huawei_open(struct adapt *adapt)
{
    struct alarms *alarms = adapt->state;
    for (int c = 0; c < SRC_COLUMNS; c++)
        alarms->column[c] = adapt_column(adapt, huawei_names[c]);
    return STATUS_OK;
}

static const struct adapt_format huawei_format = {
    .name = "Huawei alarm log",
    .columns = alarm_columns,
    .column_count = ALARM_COLUMNS,
    .state_size = sizeof(struct alarms),
    .match = huawei_match,
    .open = huawei_open,
    .row = huawei_row,
};

static bool huawei_recognise(const struct vendor_request *request, const char *head,
                             size_t length)
{
    (void)length;
    return strcmp(request->table, "alarms") == 0 &&
           (adapt_head_has(head, "名称|定位信息|发生时间") ||
            adapt_head_has(head, "Name|Location Info|Occur") ||
            adapt_head_has(head, "Name|Location Info|Time"));
}

static enum status huawei_read(const struct vendor_request *request,
                               const struct row_sink *sink, struct row_facts *facts,
                               struct error *error)
{
    return adapt_read(&huawei_format, request, sink, facts, error);
}

const struct vendor_reader vendor_huawei_alarms = {"Huawei alarm log",
                                                   "columns of name, location and occurrence",
                                                   huawei_recognise, huawei_read};
