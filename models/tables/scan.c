#include "models/tables/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "geo/file.h"
#include "models/tables/lines.h"
#include "models/tables/reader.h"
#include "models/tables/rows.h"
#include "models/tables/scan_stretch.h"

enum {
    PIECE_BYTES = 1 << 19, /* large enough that the misses of a batch overlap, see bins.c */
    HEAD_BYTES = 1 << 20,
    AHEAD = 2,        /* pieces read and not yet in order, for each thread */
    TAKE_ROWS = 4096, /* of a file that is no CSV text, at once */
};

/* ---- files that are no plain CSV text: one thread, through table_read() ----------------- */

struct slow_read {
    const struct scan_options *options;
    struct error *error;
    struct textmap groups;
    struct arena *arena;
    struct scan_sample samples[TAKE_ROWS];
    size_t count;
};

static uint32_t slow_group(struct slow_read *read, const char *cell_id)
{
    uint32_t group = textmap_get(&read->groups, cell_id);
    if (group != TEXTMAP_NONE)
        return group;
    group = read->options->group(read->options->context, cell_id);
    return textmap_put(&read->groups, arena_text(read->arena, cell_id, strlen(cell_id)), group);
}

static enum status slow_take(struct slow_read *read)
{
    size_t count = read->count;
    read->count = 0;
    return read->options->take(read->options->context, 0, read->samples, count, read->error);
}

static enum status slow_row(void *context, const void *record)
{
    struct slow_read *read = context;
    const struct sample *sample = record;
    read->samples[read->count++] = (struct scan_sample){
        .at = sample->at,
        .level_dbm = sample->level_dbm,
        .sinr_db = sample->sinr_db,
        .time_s = sample->time_s,
        .group = slow_group(read, sample->cell_id),
        .serving = (uint8_t)sample->serving,
        .source = (uint8_t)sample->source,
    };
    return read->count == TAKE_ROWS ? slow_take(read) : STATUS_OK;
}

static enum status read_slowly(const char *path, const struct scan_options *options,
                               struct table_report *report, struct error *error)
{
    struct slow_read *read = base_alloc(1, sizeof *read);
    read->options = options;
    read->error = error;
    read->arena = arena_new();
    struct table_options table_options = {.utc_offset_s = options->utc_offset_s,
                                          .rejects = options->rejects,
                                          .stop = options->stop,
                                          .metres = options->metres};
    enum status status =
        table_read(path, &sample_spec, &table_options, slow_row, read, report, error);
    if (status == STATUS_OK)
        status = slow_take(read);
    textmap_free(&read->groups);
    arena_free(read->arena);
    free(read);
    return status;
}

/* ---- the head of a CSV file ------------------------------------------------------------- */

/* The header as it comes out of libcsv; a reader on trial says which row it is. */
struct head {
    struct arena *arena;
    struct reader *trial;
    const char **names;
    size_t count;
    uint32_t line;
    bool found, mixed; /* mixed: better read line by line */
};

static void head_keep(struct head *head, uint32_t line, const char *const *names, size_t count)
{
    head->names = arena_alloc(head->arena, (count + 1) * sizeof *head->names);
    for (size_t i = 0; i < count; i++)
        head->names[i] = arena_text(head->arena, names[i], strlen(names[i]));
    head->count = count;
    head->line = line;
    head->found = !reader_seeking(head->trial);
}

static enum status head_header(void *context, uint32_t line, const char *const *names,
                               size_t count, struct error *error)
{
    struct head *head = context;
    struct row_sink sink = reader_sink(head->trial);
    enum status status = sink.header(sink.context, line, names, count, error);
    head_keep(head, line, names, count);
    return status;
}

static enum status head_row(void *context, uint32_t line, const char *const *values,
                            size_t count, struct error *error)
{
    struct head *head = context;
    struct row_sink sink = reader_sink(head->trial);
    head->mixed |= head->found; /* a row in the header's own line */
    if (head->found)
        return STATUS_OK;
    enum status status = sink.row(sink.context, line, values, count, error);
    head_keep(head, line, values, count);
    return status;
}

static void head_refuse(void *context, uint32_t line, const char *column, const char *value,
                        const char *reason)
{
    (void)line, (void)column, (void)value, (void)reason;
    ((struct head *)context)->mixed = true;
}

static size_t mark_length(const char *bytes, size_t length)
{
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        return 3;
    return length >= 4 && memcmp(bytes, "\x84\x31\x95\x33", 4) == 0 ? 4 : 0;
}

/* Feed lines until the header is complete. false: it is not within these bytes. */
static bool head_feed(struct scan_shape *shape, struct head *head, struct rows_feed *feed,
                      const char *bytes, size_t length)
{
    struct lines_decoder *decoder = lines_decoder_new(shape->encoding);
    size_t at = mark_length(bytes, length);
    const char *newline;
    enum status status = decoder ? STATUS_OK : STATUS_FORMAT;
    while (status == STATUS_OK && !head->found && at < length &&
           (newline = memchr(bytes + at, '\n', length - at))) {
        size_t n = (size_t)(newline - bytes) + 1 - at, decoded;
        uint64_t replaced = 0;
        const char *line = lines_decode(decoder, bytes + at, n, &decoded, &replaced);
        head->mixed |= replaced > 0; /* they would have to be counted */
        at += n;
        status = rows_feed_line(feed, line, decoded, ++shape->body_line);
    }
    shape->body = at;
    shape->separator = rows_feed_separator(feed);
    lines_decoder_free(decoder);
    return status == STATUS_OK && head->found && !head->mixed && !rows_feed_pending(feed);
}

static bool head_read(struct scan_shape *shape, struct head *head, const char *bytes,
                      size_t length)
{
    struct table_options trial = {0};
    struct table_report unused;
    struct row_sink sink = {head, head_header, head_row, head_refuse};
    struct rows_feed_options options = {.path = shape->path, .separator = shape->separator};
    struct error ignored = {0};
    head->trial = reader_open(shape->path, &sample_spec, &trial, NULL, NULL);
    reader_begin(head->trial, &unused);
    struct rows_feed *feed = rows_feed_new(&options, &sink, &ignored);
    bool found = head_feed(shape, head, feed, bytes, length);
    rows_feed_free(feed);
    reader_close(head->trial);
    shape->names = head->names;
    shape->name_count = head->count;
    shape->header_line = head->line;
    return found;
}

static bool has_plain_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return !dot || strchr(dot, '/') || strcasecmp(dot, ".csv") == 0 ||
           strcasecmp(dot, ".txt") == 0 || strcasecmp(dot, ".tsv") == 0 ||
           strcasecmp(dot, ".log") == 0;
}

/* Fill the shape of a file that can be read by pieces; false: table_read() shall have it, also
 * to say what is wrong with it. */
static bool shape_read(struct scan_shape *shape, struct head *head, int utc_offset_s)
{
    struct row_facts facts;
    struct stat info;
    bool newlines;
    struct error ignored = {0};
    if (!has_plain_name(shape->path) || fstat(shape->fd, &info) != 0 ||
        !S_ISREG(info.st_mode) ||
        !reader_takes_csv(shape->path, sample_spec.name, utc_offset_s) ||
        rows_sniff_csv(shape->path, &facts, &newlines, &ignored) != STATUS_OK || !newlines ||
        text_starts(facts.encoding, "UTF-16"))
        return false;
    shape->size = (uint64_t)info.st_size;
    shape->encoding = facts.encoding;
    shape->separator = facts.separator;
    size_t want = (size_t)BASE_MIN(shape->size, (uint64_t)HEAD_BYTES);
    char *bytes = base_alloc(want, 1);
    ssize_t length = pread(shape->fd, bytes, want, 0);
    bool gzip = length > 1 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
    bool ok = length > 0 && !gzip && head_read(shape, head, bytes, (size_t)length);
    free(bytes);
    return ok;
}

/* ---- pieces in order -------------------------------------------------------------------- */

struct piece {
    struct scan_result result;
    bool done;
};

struct scan {
    const struct scan_shape *shape;
    const struct scan_options *options;
    struct scan_options inner; /* with `group` under the lock */
    pthread_mutex_t lock, group_lock;
    pthread_cond_t moved;
    struct piece *pieces; /* a ring; piece i lies at i % ring */
    size_t ring;
    uint64_t piece_bytes, piece_count, claimed, ordered;
    bool ordering; /* a thread reads a piece again */
    /* What is known at the end of the ordered pieces. */
    uint64_t expected;
    uint64_t lines;
    unsigned open_quotes;
    struct table_report *report;
    struct error *error;
    enum status status;
};

static uint64_t piece_limit(const struct scan *scan, uint64_t i)
{
    return BASE_MIN(scan->shape->body + (i + 1) * scan->piece_bytes, scan->shape->size);
}

static uint32_t locked_group(void *context, const char *cell_id)
{
    struct scan *scan = context;
    pthread_mutex_lock(&scan->group_lock);
    uint32_t group = scan->options->group(scan->options->context, cell_id);
    pthread_mutex_unlock(&scan->group_lock);
    return group;
}

static void report_join(struct table_report *into, const struct table_report *from)
{
    into->rows += from->rows;
    into->refused += from->refused;
    into->dropped += from->dropped;
    into->short_rows += from->short_rows;
    into->replaced += from->replaced;
    if (from->first_s != TIME_ABSENT)
        into->first_s = into->first_s == TIME_ABSENT ? from->first_s
                                                     : BASE_MIN(into->first_s, from->first_s);
    into->last_s = BASE_MAX(into->last_s, from->last_s); /* TIME_ABSENT is the least */
    into->west = fmin(into->west, from->west);
    into->south = fmin(into->south, from->south);
    into->east = fmax(into->east, from->east);
    into->north = fmax(into->north, from->north);
}

static void rejects_join(struct scan *scan, const struct scan_result *result, uint64_t shift)
{
    struct rejects *into = scan->options->rejects;
    if (!into)
        return;
    for (size_t i = 0; i < result->rejects.count; i++) {
        struct reject reject = result->rejects.items[i];
        reject.file = scan->report->path;
        reject.line += (uint32_t)shift;
        rejects_add(into, reject);
    }
    into->total += result->rejects.total - result->rejects.count;
}

/* The next piece in order is `piece`: is it what lies there? If not, read it again, without the
 * lock. */
static void piece_settle(struct scan *scan, struct scan_worker *worker, struct piece *piece,
                         uint64_t i)
{
    struct scan_result *result = &piece->result;
    uint64_t limit = piece_limit(scan, i);
    if (scan->expected >= limit) {
        scan_result_clear(result); /* the row before went on to the end of it */
        result->report.first_s = result->report.last_s = TIME_ABSENT;
        result->report.west = result->report.south = NAN;
        result->report.east = result->report.north = NAN;
        result->end = scan->expected;
        return;
    }
    bool told = result->open_quotes && scan->open_quotes; /* how many may be too many */
    if (result->start == scan->expected && !told)
        return;
    struct scan_stretch stretch = {.start = scan->expected,
                                   .limit = limit,
                                   .base_line = (uint32_t)scan->lines,
                                   .open_quotes = scan->open_quotes};
    scan->ordering = true;
    pthread_mutex_unlock(&scan->lock);
    scan_worker_read(worker, &stretch, result);
    pthread_mutex_lock(&scan->lock);
    scan->ordering = false;
}

static void piece_join(struct scan *scan, struct scan_result *result)
{
    if (result->status != STATUS_OK && scan->status == STATUS_OK) {
        scan->status = error_set(scan->error, result->status, "%s", result->error.text);
        return;
    }
    rejects_join(scan, result, scan->lines - result->base_line);
    report_join(scan->report, &result->report);
    scan->lines += result->lines;
    scan->open_quotes += result->open_quotes;
    scan->expected = result->end;
    if (scan->options->progress)
        scan->options->progress(scan->options->context, result->end);
}

/* Bring finished pieces into order; what they hold is handed out one by one. NULL: nothing is
 * ready. The result is the caller's until it gives the memory back. */
static bool piece_next(struct scan *scan, struct scan_worker *worker, struct scan_result *out)
{
    if (scan->ordering || scan->status != STATUS_OK || scan->ordered == scan->claimed)
        return false;
    struct piece *piece = &scan->pieces[scan->ordered % scan->ring];
    if (!piece->done)
        return false;
    piece_settle(scan, worker, piece, scan->ordered);
    piece_join(scan, &piece->result);
    struct scan_result swap = *out;
    *out = piece->result;
    piece->result = swap;
    piece->done = false;
    scan->ordered++;
    pthread_cond_broadcast(&scan->moved);
    return scan->status == STATUS_OK;
}

static bool stopped(struct scan *scan)
{
    if (scan->options->stop && *scan->options->stop && scan->status == STATUS_OK)
        scan->status = error_set(scan->error, STATUS_INTERRUPTED,
                                 "interrupted while reading %s", scan->shape->path);
    return scan->status != STATUS_OK;
}

/* Wait for room and claim a piece; false: there is nothing more to read. */
static bool piece_claim(struct scan *scan, uint64_t *i)
{
    while (!stopped(scan) && scan->claimed < scan->piece_count &&
           scan->claimed - scan->ordered >= scan->ring)
        pthread_cond_wait(&scan->moved, &scan->lock);
    if (stopped(scan) || scan->claimed == scan->piece_count)
        return false;
    *i = scan->claimed++;
    return true;
}

struct scan_thread {
    struct scan *scan;
    int number;
    pthread_t id;
};

/* Hand out what is in order. Called with the lock, which is let go meanwhile. */
static void take_ready(struct scan_thread *thread, struct scan_worker *worker,
                       struct scan_result *spare)
{
    struct scan *scan = thread->scan;
    while (piece_next(scan, worker, spare)) {
        struct error error = {0};
        pthread_mutex_unlock(&scan->lock);
        enum status status =
            spare->sample_count
                ? scan->options->take(scan->options->context, thread->number, spare->samples,
                                      spare->sample_count, &error)
                : STATUS_OK;
        pthread_mutex_lock(&scan->lock);
        if (status != STATUS_OK && scan->status == STATUS_OK)
            scan->status = error_set(scan->error, status, "%s", error.text);
    }
    pthread_cond_broadcast(&scan->moved);
}

static void *scan_thread(void *argument)
{
    struct scan_thread *thread = argument;
    struct scan *scan = thread->scan;
    struct scan_worker *worker = scan_worker_new(scan->shape, &scan->inner);
    struct scan_result spare = {0};
    uint64_t i;
    pthread_mutex_lock(&scan->lock);
    while (piece_claim(scan, &i)) {
        struct piece *piece = &scan->pieces[i % scan->ring];
        struct scan_stretch stretch = {.start =
                                           i ? piece_limit(scan, i - 1) : scan->shape->body,
                                       .limit = piece_limit(scan, i),
                                       .guess = i > 0,
                                       .base_line = i ? 0 : scan->shape->body_line};
        pthread_mutex_unlock(&scan->lock);
        scan_worker_read(worker, &stretch, &piece->result);
        pthread_mutex_lock(&scan->lock);
        piece->done = true;
        take_ready(thread, worker, &spare);
    }
    pthread_mutex_unlock(&scan->lock);
    scan_result_free(&spare);
    scan_worker_free(worker);
    return NULL;
}

static void run_threads(struct scan *scan, int count)
{
    struct scan_thread *threads = base_alloc((size_t)count, sizeof *threads);
    int started = 1;
    for (int i = 0; i < count; i++)
        threads[i] = (struct scan_thread){.scan = scan, .number = i};
    while (started < count &&
           pthread_create(&threads[started].id, NULL, scan_thread, &threads[started]) == 0)
        started++;
    scan_thread(&threads[0]);
    while (started > 1)
        pthread_join(threads[--started].id, NULL);
    free(threads);
}

static enum status read_pieces(const struct scan_shape *shape,
                               const struct scan_options *options, struct table_report *report,
                               struct error *error)
{
    struct scan scan = {.shape = shape,
                        .options = options,
                        .inner = *options,
                        .expected = shape->body,
                        .lines = shape->body_line,
                        .report = report,
                        .error = error};
    scan.inner.group = locked_group;
    scan.inner.context = &scan;
    scan.piece_bytes = options->piece_bytes ? options->piece_bytes : PIECE_BYTES;
    scan.piece_count = (shape->size - shape->body + scan.piece_bytes - 1) / scan.piece_bytes;
    int threads =
        (int)BASE_MIN((uint64_t)BASE_MAX(options->threads, 1), BASE_MAX(scan.piece_count, 1));
    scan.ring = (size_t)threads * AHEAD;
    scan.pieces = base_alloc(scan.ring, sizeof *scan.pieces);
    pthread_mutex_init(&scan.lock, NULL);
    pthread_mutex_init(&scan.group_lock, NULL);
    pthread_cond_init(&scan.moved, NULL);
    run_threads(&scan, threads);
    pthread_cond_destroy(&scan.moved);
    pthread_mutex_destroy(&scan.group_lock);
    pthread_mutex_destroy(&scan.lock);
    for (size_t i = 0; i < scan.ring; i++)
        scan_result_free(&scan.pieces[i].result);
    free(scan.pieces);
    return scan.status;
}

/* The report and the header's columns are those of one reader, as in table_read(). */
static enum status read_shape(const struct scan_shape *shape,
                              const struct scan_options *options, struct table_report *report,
                              struct error *error)
{
    struct table_options table_options = {.utc_offset_s = options->utc_offset_s,
                                          .rejects = options->rejects};
    struct reader *reader = reader_open(shape->path, &sample_spec, &table_options, NULL, NULL);
    struct row_sink sink = reader_sink(reader);
    reader_begin(reader, report);
    enum status status =
        sink.header(sink.context, shape->header_line, shape->names, shape->name_count, error);
    report->format = "csv";
    report->encoding = shape->encoding;
    report->separator = shape->separator;
    if (status == STATUS_OK)
        status = read_pieces(shape, options, report, error);
    if (!options->rejects) /* the report's strings go with the reader */
        report->column_count = 0;
    reader_close(reader);
    return status;
}

enum status scan_file(const char *path, const struct scan_options *options,
                      struct table_report *report, struct error *error)
{
    struct table_report unused = {0};
    report = report ? report : &unused;
    struct head head = {.arena = arena_new()};
    struct scan_shape shape = {.path = path, /* pipes do not wait: they are refused */
                               .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    uint64_t mark = file_mark(path);
    enum status status = shape.fd >= 0 && shape_read(&shape, &head, options->utc_offset_s)
                             ? read_shape(&shape, options, report, error)
                             : read_slowly(path, options, report, error);
    if (shape.fd >= 0)
        close(shape.fd);
    arena_free(head.arena);
    report->mark = mark;
    return status == STATUS_OK ? file_unchanged(path, mark, error) : status;
}
