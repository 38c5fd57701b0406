#include "models/tables/scan_stretch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "models/tables/lines.h"
#include "models/tables/reader.h"
#include "models/tables/rows.h"
#include "models/tables/scan_row.h"
#include "models/tables/scan_tokens.h"

enum {
    SLACK = 1 << 10,       /* read behind the limit for the last row */
    WINDOW_MORE = 1 << 16, /* when a row is longer */
};
/* A raw line of that length is over LINES_LIMIT in whatever encoding. */
#define LINE_MAX_RAW (4 * LINES_LIMIT)

struct scan_worker {
    const struct scan_shape *shape;
    const struct scan_options *options;
    scan_tokens_find find;
    bool utf8;
    struct table_options table_options;
    struct table_report unused; /* of the header */
    struct reader *reader;
    struct rows_feed *feed;
    struct scan_row *row;
    struct lines_decoder *decoder;
    uint32_t *groups; /* by cell number; SCAN_ROW_SLOW: not asked */
    size_t group_capacity, group_count;
    struct scan_result *result; /* of the stretch in work */
    /* The window: bytes of the file from `offset`. */
    char *bytes;
    size_t capacity, length;
    uint64_t offset;
    struct scan_tokens tokens;
    size_t token_capacity, token;
};

void scan_result_clear(struct scan_result *result)
{
    struct scan_sample *samples = result->samples;
    size_t capacity = result->sample_capacity;
    if (result->rejects.arena)
        arena_free(result->rejects.arena);
    free(result->rejects.items);
    *result = (struct scan_result){.samples = samples, .sample_capacity = capacity};
}

void scan_result_free(struct scan_result *result)
{
    scan_result_clear(result);
    free(result->samples);
    *result = (struct scan_result){0};
}

/* ---- samples ------------------------------------------------------------------------ */

static uint32_t group_of(struct scan_worker *worker, uint32_t cell)
{
    if (cell >= worker->group_count) {
        worker->groups = base_grow(worker->groups, &worker->group_capacity, cell + 1,
                                   sizeof *worker->groups);
        while (worker->group_count <= cell) {
            const char *id = scan_row_cell_id(worker->row, (uint32_t)worker->group_count);
            worker->groups[worker->group_count++] =
                worker->options->group(worker->options->context, id);
        }
    }
    return worker->groups[cell];
}

static void keep_sample(struct scan_worker *worker, const struct sample *sample, uint32_t cell)
{
    struct scan_result *result = worker->result;
    if (result->sample_count == result->sample_capacity)
        result->samples = base_grow(result->samples, &result->sample_capacity,
                                    result->sample_count + 1, sizeof *result->samples);
    result->samples[result->sample_count++] = (struct scan_sample){
        .at = sample->at,
        .level_dbm = sample->level_dbm,
        .sinr_db = sample->sinr_db,
        .time_s = sample->time_s,
        .group = group_of(worker, cell),
        .serving = (uint8_t)sample->serving,
        .source = (uint8_t)sample->source,
    };
}

/* A row that went the long way. */
static enum status on_slow_row(void *context, const void *record)
{
    struct scan_worker *worker = context;
    const struct sample *sample = record;
    keep_sample(worker, sample, scan_row_cell(worker->row, sample->cell_id));
    return STATUS_OK;
}

/* What table.h writes into the report for a good row. */
static void report_widen(struct table_report *report, const struct sample *sample)
{
    report->rows++;
    if (sample->time_s != TIME_ABSENT) {
        if (report->first_s == TIME_ABSENT || sample->time_s < report->first_s)
            report->first_s = sample->time_s;
        if (report->last_s == TIME_ABSENT || sample->time_s > report->last_s)
            report->last_s = sample->time_s;
    }
    if (!(report->west <= sample->at.lon))
        report->west = sample->at.lon;
    if (!(report->east >= sample->at.lon))
        report->east = sample->at.lon;
    if (!(report->south <= sample->at.lat))
        report->south = sample->at.lat;
    if (!(report->north >= sample->at.lat))
        report->north = sample->at.lat;
}

/* ---- the worker --------------------------------------------------------------------- */

struct scan_worker *scan_worker_new(const struct scan_shape *shape,
                                    const struct scan_options *options)
{
    struct scan_worker *worker = base_alloc(1, sizeof *worker);
    worker->shape = shape;
    worker->options = options;
    worker->find = options->portable ? scan_tokens_portable : scan_tokens_best();
    worker->utf8 = text_starts(shape->encoding, "UTF-8");
    worker->table_options.utc_offset_s = options->utc_offset_s;
    worker->table_options.metres = options->metres;
    worker->reader =
        reader_open(shape->path, &sample_spec, &worker->table_options, on_slow_row, worker);
    struct row_sink sink = reader_sink(worker->reader);
    struct error ignored = {0}; /* scan_file() has tried this header */
    reader_begin(worker->reader, &worker->unused);
    sink.header(sink.context, 1, shape->names, shape->name_count, &ignored);
    size_t columns;
    const struct column *column = reader_columns(worker->reader, &columns);
    worker->row = scan_row_new(column, columns, shape->name_count, options->utc_offset_s);
    worker->decoder = lines_decoder_new(shape->encoding);
    return worker;
}

void scan_worker_free(struct scan_worker *worker)
{
    if (!worker)
        return;
    reader_close(worker->reader);
    scan_row_free(worker->row);
    lines_decoder_free(worker->decoder);
    free(worker->groups);
    free(worker->bytes);
    free(worker->tokens.at);
    free(worker->tokens.high);
    free(worker);
}

/* ---- the window --------------------------------------------------------------------- */

static enum status window_read(struct scan_worker *worker, size_t want)
{
    while (worker->length < want) {
        ssize_t got = pread(worker->shape->fd, worker->bytes + worker->length,
                            want - worker->length, (off_t)(worker->offset + worker->length));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(&worker->result->error, STATUS_IO, "%s: cannot read on: %s",
                             worker->shape->path, strerror(errno));
        if (got == 0)
            return error_set(&worker->result->error, STATUS_IO,
                             "%s became shorter while it was read", worker->shape->path);
        worker->length += (size_t)got;
    }
    return STATUS_OK;
}

/* Bytes offset .. offset + want (or the end of the file) and their tokens. */
static enum status window_open(struct scan_worker *worker, uint64_t offset, size_t want)
{
    want = (size_t)BASE_MIN((uint64_t)want, worker->shape->size - offset);
    if (want + SCAN_PADDING > worker->capacity) {
        free(worker->bytes);
        worker->capacity = want + want / 4 + SCAN_PADDING;
        worker->bytes = base_alloc(worker->capacity, 1);
        free(worker->tokens.at);
        worker->tokens.at = base_alloc(worker->capacity, sizeof *worker->tokens.at);
        free(worker->tokens.high);
        worker->tokens.high = base_alloc(worker->capacity / 4096 + 2, sizeof(uint64_t));
    }
    worker->offset = offset;
    worker->length = 0;
    enum status status = window_read(worker, want);
    if (status != STATUS_OK)
        return status;
    memset(worker->bytes + want, 0, SCAN_PADDING);
    worker->find(worker->bytes, want, worker->shape->separator, &worker->tokens);
    worker->token = 0;
    return STATUS_OK;
}

/* The newline that ends the line at `from`, moving past its tokens; SIZE_MAX: not here. */
static size_t window_newline(struct scan_worker *worker)
{
    struct scan_tokens *tokens = &worker->tokens;
    while (worker->token < tokens->count) {
        size_t at = tokens->at[worker->token++];
        if (worker->bytes[at] == '\n')
            return at;
    }
    return SIZE_MAX;
}

static bool any_high(const struct scan_worker *worker, size_t from, size_t end)
{
    for (size_t block = from / 64; block <= (end - 1) / 64; block++)
        if (worker->tokens.high[block / 64] >> block % 64 & 1)
            return true;
    return false;
}

static bool utf8_valid(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)bytes + i,
                                                 (utf8proc_ssize_t)(length - i), &code);
        if (used <= 0)
            return false;
        i += (size_t)used;
    }
    return true;
}

/* ---- lines -------------------------------------------------------------------------- */

/* Try the line at `from` as a plain row. On success its tokens are used up; *end is behind it.
 */
static bool fast_line(struct scan_worker *worker, size_t from, size_t *end)
{
    const struct scan_tokens *tokens = &worker->tokens;
    const uint32_t *ends = tokens->at + worker->token;
    size_t values = worker->shape->name_count, used = values;
    if (worker->token + values > tokens->count)
        return false;
    for (size_t i = 0; i + 1 < values; i++)
        if (worker->bytes[ends[i]] != worker->shape->separator)
            return false;
    size_t last = ends[values - 1];
    if (worker->bytes[last] == '\r' && worker->token + values < tokens->count &&
        ends[values] == last + 1)
        last = ends[used++];
    if (worker->bytes[last] != '\n' || last - from >= LINES_LIMIT)
        return false;
    if (any_high(worker, from, last + 1) &&
        !(worker->utf8 && utf8_valid(worker->bytes + from, last - from)))
        return false;
    struct sample sample;
    uint32_t cell =
        scan_row_set(worker->row, worker->bytes + from, ends, (uint32_t)from, &sample);
    if (cell == SCAN_ROW_SLOW)
        return false;
    keep_sample(worker, &sample, cell);
    report_widen(&worker->result->report, &sample);
    worker->token += used;
    *end = last + 1;
    return true;
}

/* Give one whole line, or the last one of the file, to libcsv. */
static void slow_line(struct scan_worker *worker, const char *line, size_t length)
{
    struct scan_result *result = worker->result;
    uint32_t number = (uint32_t)(result->base_line + result->lines);
    bool high = false;
    for (size_t i = 0; i < length && !high; i++)
        high = (line[i] & 0x80) != 0;
    if (high)
        line = lines_decode(worker->decoder, line, length, &length, &result->report.replaced);
    if (length > LINES_LIMIT)
        result->status = rows_feed_long(worker->feed, number);
    else
        result->status = rows_feed_line(worker->feed, line, length, number);
}

/* A line without end in sight: pass over it. */
static enum status long_line(struct scan_worker *worker, uint64_t *offset)
{
    uint64_t at = *offset;
    for (;;) {
        enum status status = window_open(worker, at, LINES_LIMIT);
        if (status != STATUS_OK)
            return status;
        size_t newline = window_newline(worker);
        at += newline == SIZE_MAX ? worker->length : newline + 1;
        if (newline != SIZE_MAX || at >= worker->shape->size)
            break;
    }
    struct scan_result *result = worker->result;
    result->lines++;
    *offset = at;
    return rows_feed_long(worker->feed, (uint32_t)(result->base_line + result->lines));
}

/* The lines of the window, from its beginning: how many bytes were used. Ends between rows
 * behind `limit`, or where a line is not all there. */
static size_t window_lines(struct scan_worker *worker, uint64_t limit)
{
    struct scan_result *result = worker->result;
    size_t at = 0;
    while (at < worker->length && result->status == STATUS_OK) {
        bool pending = rows_feed_pending(worker->feed);
        if (worker->offset + at >= limit && !pending)
            break;
        size_t token = worker->token;
        if (!pending && fast_line(worker, at, &at)) {
            result->lines++;
            continue;
        }
        size_t newline = window_newline(worker);
        if (newline == SIZE_MAX && worker->offset + worker->length < worker->shape->size) {
            worker->token = token;
            break;
        }
        size_t end = newline == SIZE_MAX ? worker->length : newline + 1;
        result->lines++;
        slow_line(worker, worker->bytes + at, end - at);
        at = end;
    }
    return at;
}

static void read_rows(struct scan_worker *worker, uint64_t limit)
{
    struct scan_result *result = worker->result;
    uint64_t at = result->start, size = worker->shape->size;
    size_t want = (size_t)(limit - at) + SLACK;
    while (at < size && (at < limit || rows_feed_pending(worker->feed)) &&
           result->status == STATUS_OK) {
        result->status = window_open(worker, at, want);
        if (result->status != STATUS_OK)
            break;
        size_t used = window_lines(worker, limit);
        at += used;
        if (!used && want > LINE_MAX_RAW && result->status == STATUS_OK)
            result->status = long_line(worker, &at);
        want = used ? WINDOW_MORE : want * 4;
    }
    if (at >= size && result->status == STATUS_OK)
        result->status = rows_feed_end(worker->feed);
    result->end = at;
}

/* The first line that begins at or after `start`, before `limit`. */
static uint64_t guess_start(struct scan_worker *worker, const struct scan_stretch *stretch)
{
    worker->result->status =
        window_open(worker, stretch->start - 1, (size_t)(stretch->limit - stretch->start) + 1);
    if (worker->result->status != STATUS_OK)
        return UINT64_MAX;
    size_t newline = window_newline(worker);
    uint64_t start = worker->offset + newline + 1;
    return newline == SIZE_MAX || start >= stretch->limit ? UINT64_MAX : start;
}

void scan_worker_read(struct scan_worker *worker, const struct scan_stretch *stretch,
                      struct scan_result *result)
{
    scan_result_clear(result);
    worker->result = result;
    result->base_line = stretch->base_line;
    worker->table_options.rejects = &result->rejects;
    reader_begin(worker->reader, &result->report);
    result->start = stretch->start;
    if (stretch->guess)
        result->start = guess_start(worker, stretch);
    if (result->status != STATUS_OK || result->start == UINT64_MAX)
        return;
    struct row_sink sink = reader_sink(worker->reader);
    struct rows_feed_options feed = {worker->shape->path, worker->shape->separator, true,
                                     stretch->open_quotes};
    worker->feed = rows_feed_new(&feed, &sink, &result->error);
    read_rows(worker, stretch->limit);
    result->open_quotes = (unsigned)rows_feed_open_quotes(worker->feed) - stretch->open_quotes;
    rows_feed_free(worker->feed);
    worker->feed = NULL;
}
