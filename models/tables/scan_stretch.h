/* scan_stretch.h - the rows of a stretch of a CSV file, by one thread. */
#ifndef COVTRIAGE_SCAN_STRETCH_H
#define COVTRIAGE_SCAN_STRETCH_H

#include "models/tables/scan.h"

/** What all threads know of the file. */
struct scan_shape {
    const char *path;
    int fd;
    uint64_t size, body; /**< bytes of the file; where the row after the header begins */
    uint32_t body_line;  /**< the number of the line before that one */
    const char *encoding;
    char separator;
    const char *const *names; /**< the header */
    size_t name_count;
    uint32_t header_line;
};

/** What a stretch held. Start it zeroed; scan_result_clear keeps its memory. */
struct scan_result {
    uint64_t start, end; /**< of the rows that were read; `end` is between rows */
    uint32_t base_line;  /**< lines are numbered from base_line + 1 */
    uint64_t lines;
    unsigned open_quotes; /**< rows refused because a quote was left open */
    struct table_report report;
    struct rejects rejects;
    struct scan_sample *samples;
    size_t sample_count, sample_capacity;
    enum status status;
    struct error error;
};

void scan_result_clear(struct scan_result *result);
void scan_result_free(struct scan_result *result);

/** One thread's readers and buffers. */
struct scan_worker;

struct scan_worker *scan_worker_new(const struct scan_shape *shape,
                                    const struct scan_options *options);
void scan_worker_free(struct scan_worker *worker);

/** Which bytes to read, and what is known of what lies before them. */
struct scan_stretch {
    uint64_t start, limit; /**< rows that begin in start <= offset < limit */
    bool guess;            /**< begin behind the next newline at or after start - 1 */
    uint32_t base_line;
    unsigned open_quotes;
};

/**
 * Read the rows of a stretch into `result`; failures are kept in it. With `guess` and no
 * newline before the limit, result->start is UINT64_MAX.
 */
void scan_worker_read(struct scan_worker *worker, const struct scan_stretch *stretch,
                      struct scan_result *result);

#endif
