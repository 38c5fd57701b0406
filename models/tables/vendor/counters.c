/* Counter exports of element managers (Huawei PRS and M2000 above all) as CSV: banner lines
 * before the header, one column a measurement under its maker's name with the unit in
 * brackets, the cell in one text or in several columns. Names are looked up in
 * counter_names.csv; whatever is not there is listed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/columns.h"
#include "models/tables/vendor/adapt.h"
#include "models/tables/vendor/counter_names.h"
#include "models/tables/vendor/dates.h"
#include "models/tables/vendor/fields.h"
#include "models/tables/vendor/formats.h"
#include "models/tables/vendor/level.h"

static const char time_names[] = "Start Time|开始时间|Result Time|Collection Time|Time|时间|"
                                 "统计时间|Period Start Time|Date Time|Datetime|Hour";
static const char date_names[] = "Date|日期";
static const char period_names[] = "Period(min)|Period (min)|周期 (分钟)|周期(分钟)|"
                                   "Granularity Period|Granularity|粒度|Period";
static const char object_names[] = "Cell|小区|Object Name|对象名称|Whole Name|MeasObjLdn";
static const char cell_names[] = "Cell Name|小区名称|NR Cell Name|CELLNAME|Cell";
static const char node_names[] = "eNodeB ID|eNodeBID|eNodeB标识|gNodeB ID|eNBId|基站标识|"
                                 "网元ID|MEID|网元";
static const char local_names[] = "LocalCell Id|Local Cell ID|Local Cell Id|本地小区标识|"
                                  "Cell ID|CellId|小区标识|小区ID|小区";
static const char not_measured[] =
    "Integrity|完整率|NE Name|网元名称|eNodeB Name|eNodeB Function Name|Cell FDD TDD "
    "Indication|"
    "RNC|GBSC|BSC|NODEBNAME|NodeB ID|Site Name|Band|Frequency band|DL frequency|小区双工模式|"
    "CnOperator|Cell CI|LAC|Cell LAC|CI|Reliability";

enum { HOUR_MINUTES = 60 };

struct counters {
    struct counter_names *names;
    struct counter_meaning *meanings; /* by column; count 0: not a measurement */
    int time, date, period, object, cell, node, local;
    bool dates_known;
    enum date_order dates;
};

/* Enough of the header's names known as measurements, or of Huawei's make, and a time. */
static bool counters_match(const char *const *names, size_t count)
{
    bool time =
        adapt_find(names, count, time_names) >= 0 || adapt_find(names, count, date_names) >= 0;
    bool cell = adapt_find(names, count, object_names) >= 0 ||
                adapt_find(names, count, cell_names) >= 0 ||
                adapt_find(names, count, "Cell CI") >= 0 ||
                adapt_find(names, count, local_names) >= 0;
    return time && cell && count >= 3;
}

static bool is_known_column(const struct counters *counters, int column, const char *name)
{
    const int used[] = {counters->time, counters->date, counters->period, counters->object,
                        counters->cell, counters->node, counters->local};
    for (size_t i = 0; i < ARRAY_COUNT(used); i++)
        if (used[i] == column)
            return true;
    return adapt_find(&name, 1, not_measured) == 0;
}

static void find_columns(struct adapt *adapt)
{
    struct counters *counters = adapt->state;
    counters->time = adapt_column(adapt, time_names);
    counters->date = adapt_column(adapt, date_names);
    counters->period = adapt_column(adapt, period_names);
    counters->object = adapt_column(adapt, object_names);
    counters->cell = adapt_column(adapt, cell_names);
    counters->node = adapt_column(adapt, node_names);
    counters->local = adapt_column(adapt, local_names);
}

/* Names that any table of counters may have are known too. */
static struct counter_meaning find_meaning(const struct counters *counters, const char *name)
{
    struct counter_meaning meaning = counter_names_find(counters->names, name);
    if (meaning.count)
        return meaning;
    struct arena *arena = arena_new();
    struct column *columns;
    struct column_match match = {0};
    size_t count;
    columns_bind(&counter_spec, &name, 1, arena, &columns, &count, &match);
    for (int k = 0; match.field && k < KIND_COUNT; k++)
        if (strcmp(match.field, counter_columns[COUNTER_AVAILABILITY + k]) == 0)
            meaning = (struct counter_meaning){
                {{.kind = (enum counter_kind)k, .role = ROLE_VALUE, .scale = 1}}, 1};
    arena_free(arena);
    return meaning;
}

static enum status counters_open(struct adapt *adapt)
{
    struct counters *counters = adapt->state;
    struct error *error = adapt->out.error;
    enum status status = counter_names_open(adapt->out.request->path, &counters->names, error);
    if (status != STATUS_OK)
        return status;
    find_columns(adapt);
    counters->meanings = base_alloc(adapt->name_count, sizeof *counters->meanings);
    size_t known = 0;
    for (size_t i = 0; i < adapt->name_count; i++) {
        if (is_known_column(counters, (int)i, adapt->names[i]) || !adapt->names[i][0])
            continue;
        counters->meanings[i] = find_meaning(counters, adapt->names[i]);
        known += counters->meanings[i].count > 0;
        if (!counters->meanings[i].count)
            vendor_out_note(&adapt->out, "measurement without a column", adapt->names[i]);
    }
    if (known)
        return STATUS_OK;
    return error_set(error, STATUS_FORMAT,
                     "%s: no column is a measurement that counter_names.csv knows; put a file "
                     "of that name beside it (see README, Measurement logs and vendor exports)",
                     adapt->out.request->path);
}

static void counters_close(struct adapt *adapt)
{
    struct counters *counters = adapt->state;
    counter_names_free(counters->names);
    free(counters->meanings);
}

/* ---- a row -------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    uint64_t number;
    return level_parse_count(text, &number);
}

static void name_cell(struct adapt *adapt, char *id, size_t size)
{
    const struct counters *counters = adapt->state;
    const char *object = adapt_value(adapt, counters->object);
    char node[64], local[64];
    id[0] = '\0';
    if (text_field(object, "eNodeB标识|eNodeB ID|gNodeB标识|gNodeB ID", node, sizeof node) &&
        text_field(object, "小区标识|Cell ID|本地小区标识|Local Cell ID", local,
                   sizeof local)) {
        snprintf(id, size, "%s-%s", node, local);
        return;
    }
    if (is_number(adapt_value(adapt, counters->node)) &&
        is_number(adapt_value(adapt, counters->local))) {
        snprintf(id, size, "%s-%s", adapt_value(adapt, counters->node),
                 adapt_value(adapt, counters->local));
        return;
    }
    if (text_field(object, "小区名称|Cell Name|NR Cell Name", id, size))
        return;
    const char *lac = adapt_value(adapt, adapt_column(adapt, "LAC|Cell LAC"));
    const char *ci = adapt_value(adapt, adapt_column(adapt, "CI|Cell CI"));
    if (adapt_value(adapt, counters->cell)[0])
        snprintf(id, size, "%s", adapt_value(adapt, counters->cell));
    else if (lac[0] && ci[0])
        snprintf(id, size, "%s-%s", lac, ci);
    else
        snprintf(id, size, "%s", ci[0] ? ci : object);
}

static void set_start(struct adapt *adapt)
{
    struct counters *counters = adapt->state;
    const char *time = adapt_value(adapt, counters->time);
    const char *date = adapt_value(adapt, counters->date);
    char both[128];
    int first, second;
    snprintf(both, sizeof both, "%.60s%s%.60s", counters->date != counters->time ? date : "",
             date[0] && time[0] ? " " : "", time);
    if (!counters->dates_known && dates_slashed(both, &first, &second)) {
        counters->dates = dates_scan(adapt->out.request);
        /* A day's export has one date; Huawei writes the month first (09/19/2015). */
        if (counters->dates == DATES_UNKNOWN)
            counters->dates = DATES_MONTH_FIRST;
        counters->dates_known = true;
    }
    dates_rewrite(both, counters->dates, adapt->out.values[COUNTER_START], VENDOR_TEXT);
}

/* "100%", "3600", "-112.4"; NAN for NIL and texts. */
static double measured_value(const char *text)
{
    char copy[64];
    double value;
    snprintf(copy, sizeof copy, "%s", text);
    size_t length = strlen(copy);
    if (length && copy[length - 1] == '%')
        copy[length - 1] = '\0';
    return level_parse(copy, &value) ? value : NAN;
}

/* The length of the period in minutes; NAN when the export does not say it. */
static double period_minutes(const struct adapt *adapt)
{
    const struct counters *counters = adapt->state;
    const char *text = adapt_value(adapt, counters->period);
    char *end = NULL;
    double number = strtod(text, &end);
    return end != text && number > 0 && number <= 60 * 24 * 31 ? number : NAN;
}

static bool set_columns(struct adapt *adapt, const struct counter_sums *sums, double period_s)
{
    bool any = false;
    for (int k = 0; k < KIND_COUNT; k++) {
        const char *why;
        double value = counter_sums_get(sums, (enum counter_kind)k, period_s, &why);
        if (why)
            vendor_out_note(&adapt->out, why, counter_columns[COUNTER_AVAILABILITY + k]);
        if (isnan(value))
            continue;
        vendor_out_format(&adapt->out, COUNTER_AVAILABILITY + (size_t)k, "%.10g", value);
        any = true;
    }
    return any;
}

static void counters_row(struct adapt *adapt)
{
    const struct counters *counters = adapt->state;
    struct counter_sums sums = {0};
    double minutes = period_minutes(adapt);
    if (isnan(minutes)) { /* as counter.c has it */
        minutes = HOUR_MINUTES;
        vendor_out_note(&adapt->out, "periods without a length, taken as an hour", "");
    }
    set_start(adapt);
    name_cell(adapt, adapt->out.values[COUNTER_CELL], VENDOR_TEXT);
    vendor_out_format(&adapt->out, COUNTER_MINUTES, "%g", minutes);
    for (size_t i = 0; i < adapt->name_count; i++) {
        double value =
            counters->meanings[i].count ? measured_value(adapt_value(adapt, (int)i)) : NAN;
        if (!isnan(value))
            counter_sums_add(&sums, &counters->meanings[i], value);
    }
    if (set_columns(adapt, &sums, 60 * minutes))
        vendor_out_give(&adapt->out);
    else
        vendor_out_refuse(&adapt->out, "", adapt->out.values[COUNTER_CELL],
                          "no measurement of it that has a column has a value");
}

static const struct adapt_format counters_format = {
    .name = "counter export",
    .columns = counter_columns,
    .column_count = COUNTER_COLUMNS,
    .state_size = sizeof(struct counters),
    .match = counters_match,
    .open = counters_open,
    .row = counters_row,
    .close = counters_close,
};

/* Any name of the table in a header-like line, or a "Huawei.Counter.Name". */
static bool counters_recognise(const struct vendor_request *request, const char *head,
                               size_t length)
{
    static const char *const signs[] = {
        "L.UL.Interference",
        "L.Cell.",
        "L.E-RAB.",
        "L.RRC.",
        "L.ChMeas.",
        "L.Thrp.",
        "L.HHO.",
        "VS.",
        "N.UL.NI.",
        "N.Cell.",
        "干扰电平",
        "PDCP",
        "Interference Band",
        "干扰带",
        "PRB",
        "K3",
        "R373",
        "Availability Rate",
        "Drop Rate",
        "Success Rate",
        "小区可用时长",
        "干扰噪声",
        "Traffic (Erl)",
        "利用率",
        "掉线率",
        "掉话率",
        "接通率",
    };
    (void)length;
    if (strcmp(request->table, "counters") != 0 || head[0] == '<' ||
        adapt_head_has(head, "cell_id|period_start"))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(signs); i++)
        if (strstr(head, signs[i]))
            return true;
    return false;
}

static enum status counters_read(const struct vendor_request *request,
                                 const struct row_sink *sink, struct row_facts *facts,
                                 struct error *error)
{
    return adapt_read(&counters_format, request, sink, facts, error);
}

const struct vendor_reader vendor_counters = {
    "counter export", "names of measurements in its header", counters_recognise, counters_read};
