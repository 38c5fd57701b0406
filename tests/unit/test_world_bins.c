/* Samples to bins, and a place's bins among many. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/tables/world_load.h"

/* `count` samples at random places of a square of `side` bins; one bin may lie far away. */
static struct bin *some_bins(size_t count, int side, int32_t outlier, size_t *bins,
                             struct bin_rows *rows)
{
    struct bin_sums *sums = bin_sums_new();
    struct rng rng;
    rng_seed(&rng, 11);
    for (size_t i = 0; i < count; i++) {
        int32_t ix = (int32_t)(rng_uniform(&rng) * side) - side / 2;
        int32_t iy = (int32_t)(rng_uniform(&rng) * side) - side / 2;
        if (i == 0 && outlier)
            iy = outlier;
        struct bin key = {.ix = ix, .iy = iy, .cell = (uint32_t)(i % 3)};
        struct sample sample = {.level_dbm = -90, .sinr_db = NAN, .time_s = TIME_ABSENT};
        bin_sums_add(sums, key, &sample);
    }
    return bin_sums_finish(sums, bins, rows);
}

static size_t sought(const struct bin *bins, size_t count, int32_t ix, int32_t iy)
{
    size_t i = 0;
    while (i < count && (bins[i].iy < iy || (bins[i].iy == iy && bins[i].ix < ix)))
        i++;
    return i;
}

static void check_places(size_t count, int side, int32_t outlier, bool has_rows)
{
    size_t n;
    struct bin_rows rows;
    struct bin *bins = some_bins(count, side, outlier, &n, &rows);
    assert_int_equal(rows.count > 0, has_rows);
    for (int32_t iy = -side; iy <= side; iy++)
        for (int32_t ix = -side; ix <= side; ix++)
            assert_int_equal(bin_lower(bins, n, &rows, ix, iy), sought(bins, n, ix, iy));
    assert_int_equal(bin_lower(bins, n, &rows, 0, INT32_MAX), n);
    assert_int_equal(bin_lower(bins, n, &rows, 0, INT32_MIN), 0);
    free(bins);
    free(rows.first);
}

static void places_are_found_as_by_looking_through(void **state)
{
    (void)state;
    check_places(400, 30, 0, true);  /* crowded */
    check_places(40, 60, 0, true);   /* rows without a bin */
    check_places(40, 30, 900, true); /* a far row, still fewer rows than would cost */
}

static void an_outlier_costs_no_rows(void **state)
{
    (void)state;
    check_places(200, 30, 2000000000, false);
    check_places(200, 30, -2000000000, false);
}

static void no_bins_no_rows(void **state)
{
    (void)state;
    size_t n;
    struct bin_rows rows;
    struct bin *bins = bin_sums_finish(bin_sums_new(), &n, &rows);
    assert_int_equal(n, 0);
    assert_int_equal(bin_lower(bins, n, &rows, 3, 4), 0);
    free(bins);
    free(rows.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found_as_by_looking_through),
        cmocka_unit_test(an_outlier_costs_no_rows),
        cmocka_unit_test(no_bins_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
