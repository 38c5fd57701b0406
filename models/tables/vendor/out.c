#include "models/tables/vendor/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const sample_columns[SAMPLE_COLUMNS] = {
    [SAMPLE_TIME] = "time",     [SAMPLE_LON] = "lon",         [SAMPLE_LAT] = "lat",
    [SAMPLE_CELL] = "cell_id",  [SAMPLE_SERVING] = "serving", [SAMPLE_LEVEL] = "rsrp_dbm",
    [SAMPLE_RSRQ] = "rsrq_db",  [SAMPLE_SINR] = "sinr_db",    [SAMPLE_TA] = "ta",
    [SAMPLE_SOURCE] = "source",
};

const char *const counter_columns[COUNTER_COLUMNS] = {
    [COUNTER_CELL] = "cell_id",
    [COUNTER_START] = "period_start",
    [COUNTER_MINUTES] = "period_minutes",
    [COUNTER_AVAILABILITY] = "availability_pct",
    [COUNTER_INTERFERENCE] = "ul_interference_dbm",
    [COUNTER_PRB] = "prb_dl_util_pct",
    [COUNTER_DROPS] = "drop_rate_pct",
    [COUNTER_SETUP] = "setup_success_pct",
    [COUNTER_HANDOVER] = "ho_success_pct",
    [COUNTER_VSWR] = "vswr",
    [COUNTER_TRAFFIC] = "traffic",
};

const char *const alarm_columns[ALARM_COLUMNS] = {
    [ALARM_ID] = "alarm_id",          [ALARM_OBJECT] = "object_id",
    [ALARM_RAISED] = "raised_at",     [ALARM_CLEARED] = "cleared_at",
    [ALARM_SEVERITY] = "severity",    [ALARM_NAME] = "name",
    [ALARM_CAUSE] = "probable_cause",
};

enum status vendor_out_open(struct vendor_out *out, const struct vendor_request *request,
                            const struct row_sink *sink, struct row_facts *facts,
                            struct error *error)
{
    memset(out, 0, sizeof *out);
    out->request = request;
    out->sink = sink;
    out->facts = facts;
    out->error = error;
    return STATUS_OK;
}

enum status vendor_out_header(struct vendor_out *out, const char *const *columns, size_t count)
{
    out->columns = BASE_MIN(count, (size_t)VENDOR_VALUES);
    out->status = out->sink->header(out->sink->context, 1, columns, out->columns, out->error);
    return out->status;
}

void vendor_out_begin(struct vendor_out *out, uint32_t line)
{
    out->line = line;
    out->taken = out->turned_down = false;
    out->reason = NULL;
    for (size_t i = 0; i < out->columns; i++)
        out->values[i][0] = '\0';
}

/* Not in the middle of a UTF-8 character. */
static size_t cut_length(const char *text, size_t limit)
{
    size_t length = strlen(text);
    if (length <= limit)
        return length;
    length = limit;
    while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

void vendor_out_set(struct vendor_out *out, size_t column, const char *text)
{
    size_t length = cut_length(text, VENDOR_TEXT - 1);
    memmove(out->values[column], text, length);
    out->values[column][length] = '\0';
}

void vendor_out_format(struct vendor_out *out, size_t column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(out->values[column], VENDOR_TEXT, format, args);
    va_end(args);
}

void vendor_out_give(struct vendor_out *out)
{
    if (out->status != STATUS_OK || out->turned_down)
        return;
    const char *values[VENDOR_VALUES];
    for (size_t i = 0; i < out->columns; i++)
        values[i] = out->values[i];
    const struct row_sink *sink = out->sink;
    uint64_t before = sink->refused ? *sink->refused : 0;
    out->status = sink->row(sink->context, out->line, values, out->columns, out->error);
    bool refused = sink->refused && *sink->refused != before;
    out->taken |= !refused;
    out->turned_down |= refused;
}

void vendor_out_refuse(struct vendor_out *out, const char *column, const char *value,
                       const char *reason)
{
    if (out->reason)
        return;
    out->reason = reason;
    out->column = column;
    size_t length = cut_length(value, VENDOR_TEXT - 1);
    memcpy(out->value, value, length);
    out->value[length] = '\0';
}

void vendor_out_settle(struct vendor_out *out)
{
    const struct row_sink *sink = out->sink;
    if (out->taken && out->reason)
        vendor_out_note(out, "parts of rows left out", out->reason);
    else if (!out->taken && !out->turned_down && out->reason)
        sink->refuse(sink->context, out->line, out->column, out->value, out->reason);
    out->reason = NULL;
}

bool vendor_out_end(struct vendor_out *out)
{
    if (!out->taken && !out->turned_down)
        vendor_out_refuse(out, "", "", "holds nothing that the table has a column for");
    vendor_out_settle(out);
    out->facts->present++;
    out->facts->read += out->taken;
    return out->status == STATUS_OK;
}

void vendor_out_note(struct vendor_out *out, const char *text, const char *detail)
{
    struct row_facts *facts = out->facts;
    for (size_t i = 0; i < facts->note_count; i++)
        if (facts->notes[i].text == text &&
            strncmp(facts->notes[i].detail, detail, sizeof facts->notes[i].detail - 1) == 0) {
            facts->notes[i].count++;
            return;
        }
    if (facts->note_count == ROW_NOTES) {
        facts->notes_more++;
        return;
    }
    struct row_note *note = &facts->notes[facts->note_count++];
    *note = (struct row_note){.text = text, .count = 1};
    size_t length = cut_length(detail, sizeof note->detail - 1);
    memcpy(note->detail, detail, length);
}
