/* compare.h - the closed loop: which orders of one run worked, as another run shows. */
#ifndef COVTRIAGE_OUT_COMPARE_H
#define COVTRIAGE_OUT_COMPARE_H

#include "cmd/out/result.h"
#include "models/verdict/closedloop.h"

/** What became of one order. */
struct compare_row {
    const struct result_order *order; /**< of the run before; borrowed */
    const char *status;               /**< as last typed by the crew; "" */
    struct loop_level level;
    struct loop_rate rate;
    double ratio_lo,
        ratio_hi; /**< 90 % interval of the complaints' rate, after / before; NAN */
    enum loop_verdict verdict;
    double probability;
    uint32_t reopened; /**< new tickets at its places though it was said to be done */
};

/** A ticket that came back. */
struct compare_reopened {
    const struct result_order *order;
    const struct result_case *ticket; /**< of the run after; borrowed */
    bool same_customer;
};

struct compare {
    const struct result *before, *after; /**< borrowed */
    struct compare_row *rows;            /**< in the rank of the run before */
    size_t row_count;
    struct compare_reopened *reopened;
    size_t reopened_count;
    bool levels; /**< the measurement grids fit, so levels were compared */
};

/**
 * Compare two runs; both must outlive the result. Complaints after are those reported later
 * than the run before ended. Free with compare_free.
 */
void compare_runs(const struct result *before, const struct result *after,
                  struct compare *compare);
void compare_free(struct compare *compare);

/** Write compare.csv, compare.xlsx and compare.html into the folder. Errors: STATUS_IO. */
enum status compare_write(const struct compare *compare, enum language language,
                          const char *folder, struct error *error);

#endif
