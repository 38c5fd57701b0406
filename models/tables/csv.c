/* CSV text as rows of strings: libcsv does the parsing, line by line, so that a quote left
 * open costs one row and not the rest of the file. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/lines.h"
#include "models/tables/rows.h"

enum {
    ROW_LINES_MAX = 200,    /* physical lines in a row of quoted text */
    OPEN_QUOTES_MAX = 1000, /* rows refused for quotes before the file is given up */
    COLUMNS_MAX = 4096,
    SNIFF_LINES = 20,
    BETWEEN_ROWS = 0, /* csv_parser.pstate in libcsv 3.0.3 */
    INSIDE_FIELD = 2,
};

struct rows_feed {
    const char *path;
    const struct row_sink *sink;
    struct error *error;
    struct csv_parser parser;
    char separator;
    struct buffer bytes; /* the fields of the row, each with its NUL */
    size_t *starts;      /* of each field in bytes */
    const char **values;
    size_t count, starts_capacity, values_capacity;
    bool nul; /* a field holds a NUL byte */
    bool has_header;
    uint32_t line;         /* of the row's first byte */
    struct buffer pending; /* the lines of a row that is not finished */
    size_t pending_lines, open_quotes;
    enum status status;
};

static void on_field(void *bytes, size_t length, void *context)
{
    struct rows_feed *csv = context;
    if (csv->count >= COLUMNS_MAX)
        return;
    csv->starts = base_grow(csv->starts, &csv->starts_capacity, csv->count + 1, sizeof(size_t));
    csv->starts[csv->count++] = csv->bytes.length;
    if (length && memchr(bytes, '\0', length))
        csv->nul = true;
    buffer_append(&csv->bytes, length ? bytes : "", length);
    buffer_append(&csv->bytes, "", 1);
}

static bool row_blank(const struct rows_feed *csv)
{
    for (size_t i = 0; i < csv->count; i++)
        if (csv->values[i][0])
            return false;
    return true;
}

static void row_clear(struct rows_feed *csv)
{
    csv->count = 0;
    csv->nul = false;
    buffer_clear(&csv->bytes);
}

static void on_row(int end, void *context)
{
    struct rows_feed *csv = context;
    csv->values = base_grow(csv->values, &csv->values_capacity, csv->count + 1, sizeof(char *));
    for (size_t i = 0; i < csv->count; i++)
        csv->values[i] = csv->bytes.bytes + csv->starts[i];
    if (csv->status != STATUS_OK || row_blank(csv)) {
        row_clear(csv);
        return;
    }
    const struct row_sink *sink = csv->sink;
    if (csv->nul && csv->has_header)
        sink->refuse(sink->context, csv->line, "", csv->values[0], "a NUL byte in the row");
    else if (csv->has_header)
        csv->status = sink->row(sink->context, csv->line, csv->values, csv->count, csv->error);
    else
        csv->status =
            sink->header(sink->context, csv->line, csv->values, csv->count, csv->error);
    csv->has_header = true;
    row_clear(csv);
    (void)end;
}

static void parser_start(struct rows_feed *csv)
{
    csv_init(&csv->parser, 0);
    csv_set_delim(&csv->parser, (unsigned char)csv->separator);
    csv_set_blk_size(&csv->parser, 4096);
}

static void parser_restart(struct rows_feed *csv)
{
    csv_free(&csv->parser);
    parser_start(csv);
    row_clear(csv);
}

/* ---- the separator ------------------------------------------------------------------- */

struct sniff {
    size_t fields, rows;
    size_t width[SNIFF_LINES + 1]; /* of the rows */
};

static void sniff_field(void *bytes, size_t length, void *context)
{
    (void)bytes, (void)length;
    ((struct sniff *)context)->fields++;
}

static void sniff_row(int end, void *context)
{
    struct sniff *sniff = context;
    if (sniff->rows < ARRAY_COUNT(sniff->width))
        sniff->width[sniff->rows++] = sniff->fields;
    sniff->fields = 0;
    (void)end;
}

/* How well a separator explains the head: the columns of the widest row, counted for more when
 * the other rows have as many. Titles above the header are narrow and few. */
static double sniff_score(const char *head, size_t length, char separator)
{
    struct csv_parser parser;
    struct sniff sniff = {0};
    csv_init(&parser, 0);
    csv_set_delim(&parser, (unsigned char)separator);
    csv_parse(&parser, head, length, sniff_field, sniff_row, &sniff);
    csv_fini(&parser, sniff_field, sniff_row, &sniff);
    csv_free(&parser);
    size_t widest = 0, same = 0;
    for (size_t i = 0; i < sniff.rows; i++)
        widest = BASE_MAX(widest, sniff.width[i]);
    for (size_t i = 0; i < sniff.rows; i++)
        same += sniff.width[i] == widest;
    double agree = sniff.rows ? (double)same / (double)sniff.rows : 1;
    return widest > 1 ? (double)(widest - 1) * (0.25 + agree) : 0;
}

static char sniff_separator(struct lines *lines)
{
    size_t length;
    const char *head = lines_head(lines, &length);
    size_t used = 0;
    for (int n = 0; n < SNIFF_LINES && used < length; n++) {
        const char *hit = memchr(head + used, '\n', BASE_MIN(length, LINES_LIMIT) - used);
        if (!hit)
            break;
        used = (size_t)(hit - head) + 1;
    }
    used = used ? used : BASE_MIN(length, (size_t)1 << 16);
    char best = ',';
    double best_score = 0;
    for (const char *s = ",;\t|"; *s; s++) {
        double score = sniff_score(head, used, *s);
        if (score > best_score) {
            best_score = score;
            best = *s;
        }
    }
    return best;
}

/* Excel's "sep=;" before the header. */
static bool separator_line(const char *line, size_t length, char *separator)
{
    if (length < 5 || length > 9 || strncasecmp(line, "sep=", 4) != 0)
        return false;
    *separator = line[4];
    return true;
}

/* ---- feeding ------------------------------------------------------------------------- */

static void refuse_row(struct rows_feed *csv, const char *reason)
{
    csv->sink->refuse(csv->sink->context, csv->line, "", "", reason);
}

/* Give the parser one physical line. true: it ended a row. */
static bool feed(struct rows_feed *csv, const char *line, size_t length)
{
    csv_parse(&csv->parser, line, length, on_field, on_row, csv);
    return csv->parser.pstate == BETWEEN_ROWS;
}

static void feed_line(struct rows_feed *csv, const char *line, size_t length, uint32_t number);

/* The quote that opened the pending row was never closed: refuse its first line and read the
 * lines behind it again. */
static void recover(struct rows_feed *csv)
{
    struct buffer again = csv->pending;
    const char *newline = memchr(again.bytes, '\n', again.length);
    size_t first = newline ? (size_t)(newline - again.bytes) + 1 : again.length;
    uint32_t number = csv->line;
    csv->pending = (struct buffer){0};
    csv->pending_lines = 0;
    parser_restart(csv);
    refuse_row(csv, "a quote is opened in this line and not closed");
    if (++csv->open_quotes > OPEN_QUOTES_MAX && csv->status == STATUS_OK)
        csv->status =
            error_set(csv->error, STATUS_FORMAT,
                      "%s: quotes are left open in over %d rows, the last in line %u; "
                      "export the file again",
                      csv->path, OPEN_QUOTES_MAX, number);
    for (size_t at = first; at < again.length && csv->status == STATUS_OK;) {
        const char *hit = memchr(again.bytes + at, '\n', again.length - at);
        size_t n = hit ? (size_t)(hit - again.bytes) + 1 - at : again.length - at;
        feed_line(csv, again.bytes + at, n, ++number);
        at += n;
    }
    buffer_free(&again);
}

static void feed_line(struct rows_feed *csv, const char *line, size_t length, uint32_t number)
{
    if (!csv->pending_lines)
        csv->line = number;
    if (feed(csv, line, length)) {
        csv->pending_lines = 0;
        buffer_clear(&csv->pending);
        return;
    }
    buffer_append(&csv->pending, line, length);
    csv->pending_lines++;
    if (csv->pending_lines >= ROW_LINES_MAX || csv->pending.length > LINES_LIMIT)
        recover(csv);
}

/* The last line may lack its terminator; a quote may still be open. */
static void finish(struct rows_feed *csv)
{
    while (csv->pending_lines && csv->status == STATUS_OK) {
        if (csv->parser.quoted && csv->parser.pstate == INSIDE_FIELD) {
            recover(csv);
            continue;
        }
        csv->pending_lines = 0;
        csv_fini(&csv->parser, on_field, on_row, csv);
    }
}

static void feed_all(struct rows_feed *csv, struct lines *lines)
{
    const char *line;
    size_t length;
    enum lines_state state = LINES_LINE;
    while (csv->status == STATUS_OK &&
           (state = lines_next(lines, &line, &length)) != LINES_END) {
        uint32_t number = lines_number(lines);
        if (state == LINES_FAILED) {
            csv->status =
                error_set(csv->error, STATUS_IO, "%s: %s", csv->path, lines_error(lines)->text);
        } else if (state == LINES_LONG && !csv->has_header) {
            csv->status = error_set(csv->error, STATUS_FORMAT,
                                    "%s: line %u, where the header should be, is longer than "
                                    "1 MiB",
                                    csv->path, number);
        } else if (state == LINES_LONG) {
            rows_feed_long(csv, number);
        } else {
            rows_feed_line(csv, line, length, number);
        }
    }
    finish(csv);
}

struct rows_feed *rows_feed_new(const struct rows_feed_options *options,
                                const struct row_sink *sink, struct error *error)
{
    struct rows_feed *csv = base_alloc(1, sizeof *csv);
    csv->path = options->path;
    csv->separator = options->separator;
    csv->has_header = options->has_header;
    csv->open_quotes = options->open_quotes;
    csv->sink = sink;
    csv->error = error;
    parser_start(csv);
    return csv;
}

void rows_feed_free(struct rows_feed *csv)
{
    if (!csv)
        return;
    csv_free(&csv->parser);
    buffer_free(&csv->bytes);
    buffer_free(&csv->pending);
    free(csv->starts);
    free(csv->values);
    free(csv);
}

enum status rows_feed_line(struct rows_feed *csv, const char *line, size_t length,
                           uint32_t number)
{
    if (number == 1 && !csv->has_header && separator_line(line, length, &csv->separator))
        csv_set_delim(&csv->parser, (unsigned char)csv->separator);
    else if (csv->status == STATUS_OK)
        feed_line(csv, line, length, number);
    return csv->status;
}

enum status rows_feed_long(struct rows_feed *csv, uint32_t number)
{
    csv->line = number;
    refuse_row(csv, "the line is longer than 1 MiB");
    return csv->status;
}

enum status rows_feed_end(struct rows_feed *csv)
{
    finish(csv);
    return csv->status;
}

bool rows_feed_pending(const struct rows_feed *csv)
{
    return csv->pending_lines > 0;
}

size_t rows_feed_open_quotes(const struct rows_feed *csv)
{
    return csv->open_quotes;
}

char rows_feed_separator(const struct rows_feed *csv)
{
    return csv->separator;
}

enum status rows_sniff_csv(const char *path, struct row_facts *facts, bool *newlines,
                           struct error *error)
{
    struct lines *lines;
    enum status status = lines_open(path, &lines, error);
    if (status != STATUS_OK)
        return status;
    *facts = (struct row_facts){.format = "csv",
                                .encoding = lines_encoding(lines),
                                .separator = sniff_separator(lines)};
    *newlines = lines_terminator(lines) == '\n';
    lines_close(lines);
    return STATUS_OK;
}

static enum status read_csv(const char *path, struct lines *lines, const struct row_sink *sink,
                            struct row_facts *facts, struct error *error)
{
    struct rows_feed_options options = {.path = path, .separator = sniff_separator(lines)};
    struct rows_feed *csv = rows_feed_new(&options, sink, error);
    *facts = (struct row_facts){
        .format = "csv", .encoding = lines_encoding(lines), .separator = csv->separator};
    feed_all(csv, lines);
    if (csv->status == STATUS_OK && !csv->has_header)
        csv->status = error_set(error, STATUS_FORMAT, "%s holds no header and no rows", path);
    enum status status = csv->status;
    facts->separator = csv->separator;
    facts->replaced = lines_replaced(lines);
    rows_feed_free(csv);
    lines_close(lines);
    return status;
}

enum status rows_read_csv(const char *path, const struct row_sink *sink,
                          struct row_facts *facts, struct error *error)
{
    struct lines *lines;
    enum status status = lines_open(path, &lines, error);
    return status == STATUS_OK ? read_csv(path, lines, sink, facts, error) : status;
}

enum status rows_read_csv_text(const char *name, const char *bytes, size_t length,
                               const struct row_sink *sink, struct row_facts *facts,
                               struct error *error)
{
    struct lines *lines;
    enum status status = lines_open_text(name, bytes, length, &lines, error);
    return status == STATUS_OK ? read_csv(name, lines, sink, facts, error) : status;
}
