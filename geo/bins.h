/* bins.h - square bins of measurements: exact, mergeable statistics per bin and group.
 *
 * A group is what the caller numbers: a cell, or a cell and a kind of measurement. Every
 * statistic is an integer sum, a minimum or a count, so that the result does not depend on the
 * order or on the split of the samples: levels are kept in units of 1e-6 dB, and for quantiles
 * the count of every level in steps of 0.01 dB.
 * Memory follows the number of bins; past a limit, sorted runs go to a temporary file.
 */
#ifndef COVTRIAGE_BINS_H
#define COVTRIAGE_BINS_H

#include "geo/base.h"

/** Levels are whole micro-decibels, -2147 .. 2147 dB; see bins_udb. */
#define BINS_UDB_PER_DB 1000000
/** The step of the quantiles, 0.01 dB. */
#define BINS_UDB_PER_STEP 10000
/** An absent SINR in struct bins_sample. */
#define BINS_ABSENT INT32_MIN

/** A level in dB to whole micro-decibels, ties to even; values outside are brought to the ends.
 */
int32_t bins_udb(double level_db);

/** One measurement, already placed: floor(x / bin_m), floor(y / bin_m). */
struct bins_sample {
    int32_t ix, iy;
    uint32_t group;
    int32_t level_udb;
    int32_t sinr_udb; /**< BINS_ABSENT: none */
    bool weak, serving;
    int64_t time_s;
};

/** What is always kept of one bin and group. */
struct bins_entry {
    int32_t ix, iy;
    uint32_t group, count;
    int64_t sum_udb;
    int32_t min_udb;
    uint32_t weak; /**< samples that were marked weak */
};

/** What is kept beside it when struct bins_options asks for it. */
struct bins_extra {
    __int128 square_udb2; /**< sum of the squared levels */
    int64_t sinr_sum_udb;
    int64_t last_s;               /**< latest time; TIME_ABSENT: none */
    uint64_t serving, sinr_count; /**< how many; no padding: it goes to disk as it is */
};

/** How often a level occurred: value in steps of 0.01 dB. */
struct bins_level {
    int32_t value;
    uint32_t count;
};

struct bins_options {
    bool extra;             /**< keep struct bins_extra */
    bool levels;            /**< keep the counts of levels, for quantiles */
    size_t memory_bytes;    /**< above it, runs go to disk; 0: no limit */
    const char *spill_path; /**< prefix of the temporary file, "OUT"; used when spilling */
};

struct bins;

/** New, empty bins. Free with bins_free. The strings of `options` are borrowed. */
struct bins *bins_new(const struct bins_options *options);
void bins_free(struct bins *bins);

/**
 * Add `count` samples. Many threads may add at once. Errors: STATUS_IO when a run cannot be
 * written, STATUS_RANGE when one bin would hold more than 2^32 - 1 samples.
 */
enum status bins_add(struct bins *bins, const struct bins_sample *samples, size_t count,
                     struct error *error);

/** Put the bins into their order, with `threads` threads; afterwards nothing may be added. */
void bins_sort(struct bins *bins, int threads);

/** Entries and bytes held in tables now, and runs that went to disk. */
size_t bins_count(const struct bins *bins);
size_t bins_bytes(const struct bins *bins);
size_t bins_runs(const struct bins *bins);

/** One group of a square, with what was asked to be kept. Borrowed from the cursor. */
struct bins_group {
    struct bins_entry entry;
    struct bins_extra extra;
    const struct bins_level *levels; /**< by value */
    size_t level_count;
};

/** All groups of one square, by rank. */
struct bins_square {
    int32_t ix, iy;
    const struct bins_group *groups;
    size_t count;
};

/** A walk over squares in the order iy, ix. */
struct bins_cursor;

/** Squares iy_first <= iy <= iy_last only. */
struct bins_rows {
    int32_t iy_first, iy_last;
};
#define BINS_ALL_ROWS ((struct bins_rows){INT32_MIN, INT32_MAX})

/** A walk over nothing yet. Groups come by rank[group], or by number when rank is NULL. */
struct bins_cursor *bins_cursor_new(const uint32_t *rank);
void bins_cursor_free(struct bins_cursor *cursor);

/** Walk over these sorted bins too; several walks over the same bins may go on at once. */
enum status bins_cursor_add(struct bins_cursor *cursor, const struct bins *bins,
                            struct bins_rows rows, struct error *error);

/** Sorted groups in a file, as bins_encode has written them; the file is borrowed. */
struct bins_stream {
    int fd;
    uint64_t offset, length; /**< bytes, whole groups */
    bool extra, levels;      /**< what each group holds */
    const uint32_t *groups;  /**< the caller's number for each of the file's; NULL: the same */
    uint32_t group_count;    /**< numbers from here on are damage; ignored without `groups` */
    const char *name;        /**< for messages */
};

/** Walk over a stream too. Errors: STATUS_IO, STATUS_FORMAT. */
enum status bins_cursor_add_stream(struct bins_cursor *cursor, const struct bins_stream *stream,
                                   struct error *error);

/** Append a group in the form of struct bins_stream: whole 8-byte words, little-endian. */
void bins_encode(const struct bins_group *group, bool extra, bool levels, struct buffer *out);

/**
 * The next square; *found is false at the end. What it holds is valid until the next call.
 * Errors: STATUS_IO, STATUS_FORMAT when a run or part is damaged, STATUS_RANGE as bins_add.
 */
enum status bins_cursor_next(struct bins_cursor *cursor, struct bins_square *square,
                             bool *found, struct error *error);

/** Cut the sorted bins into `count` ranges of about equal work, in order, without gaps. */
void bins_cut(const struct bins *bins, size_t count, struct bins_rows *out);

/**
 * The quantile p (0..1) of a group in dB, by linear interpolation between order statistics
 * (Hyndman & Fan 1996, type 7: as numpy and pandas have it), exact to the step of 0.01 dB.
 * NAN without levels.
 */
double bins_quantile_db(const struct bins_group *group, double p);

/** Mean and population deviation in dB. The deviation needs struct bins_extra. */
double bins_mean_db(const struct bins_entry *entry);
double bins_deviation_db(const struct bins_group *group);

#endif
