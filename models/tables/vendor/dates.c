#include "models/tables/vendor/dates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/vendor/formats.h"

enum { DATES_TEXT = 64 };

bool dates_slashed(const char *text, int *first, int *second)
{
    int year = 0, used = 0;
    return sscanf(text, "%2d/%2d/%4d%n", first, second, &year, &used) == 3 && used >= 8 &&
           year >= 1970 && (text[used] == '\0' || text[used] == ' ');
}

static enum status on_header(void *context, uint32_t line, const char *const *names,
                             size_t count, struct error *error)
{
    (void)context, (void)line, (void)names, (void)count, (void)error;
    return STATUS_OK;
}

static enum status on_row(void *context, uint32_t line, const char *const *values, size_t count,
                          struct error *error)
{
    enum date_order *order = context;
    (void)line, (void)error;
    for (size_t i = 0; i < count; i++) {
        int first, second;
        if (!dates_slashed(values[i], &first, &second))
            continue;
        enum date_order here = first > 12    ? DATES_DAY_FIRST
                               : second > 12 ? DATES_MONTH_FIRST
                                             : DATES_UNKNOWN;
        if (here != DATES_UNKNOWN && *order != DATES_UNKNOWN && here != *order)
            here = DATES_MIXED;
        if (here != DATES_UNKNOWN && *order != DATES_MIXED)
            *order = here;
    }
    return STATUS_OK;
}

static void on_refuse(void *context, uint32_t line, const char *column, const char *value,
                      const char *reason)
{
    (void)context, (void)line, (void)column, (void)value, (void)reason;
}

enum date_order dates_scan(const struct vendor_request *request)
{
    enum date_order order = DATES_UNKNOWN;
    const struct row_sink sink = {&order, on_header, on_row, on_refuse, NULL};
    struct row_facts facts = {0};
    struct error error = {0};
    return vendor_rows(request, &sink, &facts, &error) == STATUS_OK ? order : DATES_UNKNOWN;
}

void dates_rewrite(const char *text, enum date_order order, char *out, size_t size)
{
    int first, second, year = 0, used = 0;
    bool known = order == DATES_MONTH_FIRST || order == DATES_DAY_FIRST;
    if (!known || !dates_slashed(text, &first, &second) ||
        sscanf(text, "%*d/%*d/%d%n", &year, &used) != 1) {
        snprintf(out, size, "%s", text);
        return;
    }
    int month = order == DATES_MONTH_FIRST ? first : second;
    int day = order == DATES_MONTH_FIRST ? second : first;
    snprintf(out, size, "%04d-%02d-%02d%.40s", year, month, day, text + used);
}

/* ---- any table with such dates ------------------------------------------------------ */

/* Between the CSV and the table: every such date of the row rewritten. */
struct rewriter {
    const struct row_sink *sink;
    enum date_order order;
    const char **values;
    char (*texts)[DATES_TEXT];
    size_t capacity, text_capacity;
};

static enum status pass_header(void *context, uint32_t line, const char *const *names,
                               size_t count, struct error *error)
{
    const struct row_sink *sink = ((struct rewriter *)context)->sink;
    return sink->header(sink->context, line, names, count, error);
}

static void pass_refuse(void *context, uint32_t line, const char *column, const char *value,
                        const char *reason)
{
    const struct row_sink *sink = ((struct rewriter *)context)->sink;
    sink->refuse(sink->context, line, column, value, reason);
}

static enum status rewrite_row(void *context, uint32_t line, const char *const *values,
                               size_t count, struct error *error)
{
    struct rewriter *r = context;
    r->values = base_grow(r->values, &r->capacity, count, sizeof *r->values);
    r->texts = base_grow(r->texts, &r->text_capacity, count, sizeof *r->texts);
    for (size_t i = 0; i < count; i++) {
        int first, second;
        r->values[i] = values[i];
        if (!dates_slashed(values[i], &first, &second))
            continue;
        dates_rewrite(values[i], r->order, r->texts[i], DATES_TEXT);
        r->values[i] = r->texts[i];
    }
    return r->sink->row(r->sink->context, line, r->values, count, error);
}

static bool dates_recognise(const struct vendor_request *request, const char *head,
                            size_t length)
{
    (void)request, (void)length;
    if (head[0] == '<')
        return false;
    for (const char *p = head; (p = strchr(p, '/')); p++) {
        const char *start = p;
        int first, second;
        while (start > head && start[-1] >= '0' && start[-1] <= '9')
            start--;
        char text[DATES_TEXT];
        snprintf(text, sizeof text, "%.10s", start);
        text[strspn(text, "0123456789/")] = '\0';
        if (dates_slashed(text, &first, &second))
            return true;
    }
    return false;
}

static enum status dates_read(const struct vendor_request *request, const struct row_sink *sink,
                              struct row_facts *facts, struct error *error)
{
    struct rewriter r = {.sink = sink, .order = dates_scan(request)};
    const struct row_sink between = {&r, pass_header, rewrite_row, pass_refuse, NULL};
    enum status status = vendor_rows(request, &between, facts, error);
    free(r.values);
    free(r.texts);
    return status;
}

const struct vendor_reader vendor_dates = {NULL, NULL, dates_recognise, dates_read};
