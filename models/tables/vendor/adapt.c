#include "models/tables/vendor/adapt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int adapt_find(const char *const *row, size_t count, const char *names)
{
    for (const char *name = names; *name;) {
        size_t length = strcspn(name, "|");
        for (size_t i = 0; i < count; i++)
            if (strlen(row[i]) == length && strncasecmp(row[i], name, length) == 0)
                return (int)i;
        name += length + (name[length] == '|');
    }
    return -1;
}

int adapt_column(const struct adapt *adapt, const char *names)
{
    return adapt_find((const char *const *)adapt->names, adapt->name_count, names);
}

const char *adapt_value(const struct adapt *adapt, int column)
{
    static const char *const absent[] = {"-", "--", "NIL", "N/A", "NULL", "/0"};
    if (column < 0 || (size_t)column >= adapt->value_count)
        return "";
    const char *text = adapt->values[column];
    text += strspn(text, " \t");
    for (size_t i = 0; i < ARRAY_COUNT(absent); i++)
        if (strcasecmp(text, absent[i]) == 0)
            return "";
    return text;
}

static void take_header(struct adapt *adapt, const char *const *names, size_t count)
{
    adapt->names = base_alloc(count, sizeof *adapt->names);
    adapt->name_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i] + strspn(names[i], " \t\r\n");
        size_t length = strlen(name);
        while (length && isspace((unsigned char)name[length - 1]))
            length--;
        adapt->names[i] = base_text_n(name, length);
    }
    adapt->has_header = true;
}

/* A row that may be the header; banner rows before it are passed over. */
static enum status try_header(struct adapt *adapt, const char *const *names, size_t count,
                              struct error *error)
{
    const struct adapt_format *format = adapt->format;
    if (!format->match(names, count)) {
        if (++adapt->banners <= ADAPT_BANNER_MAX)
            return STATUS_OK;
        return error_set(error, STATUS_FORMAT, "%s: no header of a %s in the first %d rows",
                         adapt->out.request->path, format->name, ADAPT_BANNER_MAX);
    }
    take_header(adapt, names, count);
    adapt->state = base_alloc(1, BASE_MAX(format->state_size, (size_t)1));
    enum status status = vendor_out_header(&adapt->out, format->columns, format->column_count);
    return status == STATUS_OK && format->open ? format->open(adapt) : status;
}

static enum status on_header(void *context, uint32_t line, const char *const *names,
                             size_t count, struct error *error)
{
    (void)line;
    return try_header(context, names, count, error);
}

static enum status on_row(void *context, uint32_t line, const char *const *values, size_t count,
                          struct error *error)
{
    struct adapt *adapt = context;
    if (!adapt->has_header)
        return try_header(adapt, values, count, error);
    adapt->values = values;
    adapt->value_count = count;
    vendor_out_begin(&adapt->out, line);
    adapt->format->row(adapt);
    vendor_out_end(&adapt->out);
    return adapt->out.status;
}

static void on_refuse(void *context, uint32_t line, const char *column, const char *value,
                      const char *reason)
{
    struct adapt *adapt = context;
    vendor_out_begin(&adapt->out, line);
    vendor_out_refuse(&adapt->out, column, value, reason);
    vendor_out_end(&adapt->out);
}

static void adapt_close(struct adapt *adapt)
{
    if (adapt->has_header && adapt->format->close)
        adapt->format->close(adapt);
    for (size_t i = 0; i < adapt->name_count; i++)
        free(adapt->names[i]);
    free(adapt->names);
    free(adapt->state);
}

enum status adapt_read(const struct adapt_format *format, const struct vendor_request *request,
                       const struct row_sink *sink, struct row_facts *facts,
                       struct error *error)
{
    struct adapt adapt = {.format = format};
    vendor_out_open(&adapt.out, request, sink, facts, error);
    const struct row_sink between = {&adapt, on_header, on_row, on_refuse, NULL};
    enum status status = vendor_rows(request, &between, facts, error);
    if (status == STATUS_OK && !adapt.has_header)
        status = error_set(error, STATUS_FORMAT, "%s: no header of a %s", request->path,
                           format->name);
    adapt_close(&adapt);
    return status;
}

bool adapt_head_has(const char *head, const char *words)
{
    for (const char *line = head; *line;) {
        size_t length = strcspn(line, "\r\n");
        bool all = true;
        for (const char *word = words; all && *word;) {
            size_t n = strcspn(word, "|");
            all = memmem(line, length, word, n) != NULL;
            word += n + (word[n] == '|');
        }
        if (all && length)
            return true;
        line += length + strspn(line + length, "\r\n");
    }
    return false;
}
