/* scan.h - sample files at the speed of the machine, with the meaning that table_read() gives
 * them: the same records, the same refusals, whatever the number of threads.
 *
 * Stretches of plain CSV text go through a vectorised path; lines with quotes, odd bytes or
 * values in an unusual form go through libcsv and the readers of table.h, one by one. Threads
 * take pieces of the file; a piece whose beginning turned out not to lie between rows (a
 * newline inside quotes) is read again from the right place. What is no CSV text goes to
 * table_read().
 */
#ifndef COVTRIAGE_SCAN_H
#define COVTRIAGE_SCAN_H

#include "models/tables/table.h"

/** What is needed of a sample to bin it. */
struct scan_sample {
    struct point at;           /**< as in the file */
    double level_dbm, sinr_db; /**< sinr NAN: none */
    int64_t time_s;
    uint32_t group;          /**< what scan_options.group said of its cell */
    uint8_t serving, source; /**< enum answer, enum source */
};

struct scan_options {
    int utc_offset_s;
    int threads;
    struct rejects *rejects;   /**< may be NULL */
    const volatile bool *stop; /**< may be NULL */
    bool metres;               /**< positions may be metres and stay as written */
    bool portable;             /**< leave the vector path unused, for tests */
    uint32_t piece_bytes;      /**< what a thread takes at once; 0: the default; for tests */
    void *context;             /**< of the functions below */
    /** The number of a cell id; asked once per thread and id, from one thread at a time. */
    uint32_t (*group)(void *context, const char *cell_id);
    /** Samples in no certain order, from `threads` threads at once; `worker` is 0 ... */
    enum status (*take)(void *context, int worker, const struct scan_sample *samples,
                        size_t count, struct error *error);
    /** Bytes read so far; from one thread at a time; may be NULL. */
    void (*progress)(void *context, uint64_t bytes);
};

/**
 * Read the samples of one file of any accepted form. Errors: as table_read, or what `take`
 * returned. The report and the rejects are in the order of the file.
 */
enum status scan_file(const char *path, const struct scan_options *options,
                      struct table_report *report, struct error *error);

#endif
