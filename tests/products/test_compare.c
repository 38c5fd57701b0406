/* Two runs of one county: where a fix worked, where it did not, and who complained again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cmd/out/compare.h"
#include "cmd/out/orders.h"
#include "geo/crs.h"
#include "tests/products/fake.h"

enum { DAY_S = 86400 };

/* The order with most tickets that changes the network. */
static const struct result_order *largest(const struct result *result, const char *kind)
{
    const struct result_order *best = NULL;
    for (size_t i = 0; i < result->order_count; i++)
        if (text_equal(result->orders[i].kind, kind) &&
            (!best || result->orders[i].tickets > best->tickets))
            best = &result->orders[i];
    return best;
}

static bool near_order(const struct result *before, const struct result_order *order,
                       struct point at, double radius_m)
{
    for (size_t i = 0; i < before->case_count; i++)
        if (text_equal(before->cases[i].order_id, order->order_id) &&
            point_distance_m(before->cases[i].at, at) < radius_m)
            return true;
    return false;
}

/* A month later: the same places complain again, but not around the order that worked, where
 * the level has risen by 12 dB. */
static void later_month(const struct result *before, const struct result_order *worked,
                        struct result *after)
{
    struct crs *crs;
    struct error error = {0};
    assert_int_equal(crs_open(after->crs_name, &crs, &error), STATUS_OK);
    after->now_s += 30 * DAY_S;
    size_t kept = 0;
    for (size_t i = 0; i < after->case_count; i++) {
        after->cases[i].reported_s += 30 * DAY_S;
        if (after->cases[i].reported_s <= before->now_s)
            after->cases[i].reported_s = before->now_s + 3600;
        if (!near_order(before, worked, after->cases[i].at, 900))
            after->cases[kept++] = after->cases[i];
    }
    after->case_count = kept;
    for (size_t i = 0; i < after->bin_count; i++) {
        struct xy at = {after->bins[i].x_m + 25, after->bins[i].y_m + 25};
        if (near_order(before, worked, crs_inverse(crs, at), 500))
            after->bins[i].level_dbm += 12;
    }
    crs_close(crs);
}

static const struct compare_row *row_of(const struct compare *compare, const char *order_id)
{
    for (size_t i = 0; i < compare->row_count; i++)
        if (text_equal(compare->rows[i].order->order_id, order_id))
            return &compare->rows[i];
    return NULL;
}

static void the_fix_that_worked_is_told_from_the_others(void **state)
{
    (void)state;
    struct result before, after;
    struct error error = {0};
    struct compare compare;
    fake_result(&before, 1000, 3);
    fake_result(&after, 1000, 3);
    assert_int_equal(orders_choose(&before, NULL, &error), STATUS_OK);
    const struct result_order *worked = largest(&before, "aim");
    struct result_order *failed = (struct result_order *)largest(&before, "plan");
    failed->status = "done";
    later_month(&before, worked, &after);
    compare_runs(&before, &after, &compare);
    assert_true(compare.levels);
    const struct compare_row *good = row_of(&compare, worked->order_id);
    const struct compare_row *bad = row_of(&compare, failed->order_id);
    assert_true(good->verdict == LOOP_CURED || good->verdict == LOOP_BETTER);
    assert_true(fabs(good->level.effect_db - 12) < 3);
    assert_true(good->level.control_bins > 20);
    assert_true(good->rate.after == 0 && good->rate.before >= worked->tickets);
    assert_true(bad->verdict == LOOP_UNCHANGED || bad->verdict == LOOP_UNKNOWN);
    assert_true(bad->reopened > 0);
    assert_int_equal(good->reopened, 0);
    for (size_t i = 0; i < compare.reopened_count; i++)
        assert_ptr_equal(compare.reopened[i].order, failed);
    compare_free(&compare);
    result_free(&before);
    result_free(&after);
}

static void the_same_run_twice_changes_nothing(void **state)
{
    (void)state;
    struct result run;
    struct error error = {0};
    struct compare compare;
    fake_result(&run, 500, 4);
    assert_int_equal(orders_choose(&run, NULL, &error), STATUS_OK);
    compare_runs(&run, &run, &compare);
    assert_true(compare.row_count > 50);
    for (size_t i = 0; i < compare.row_count; i++) {
        assert_true(compare.rows[i].verdict == LOOP_UNCHANGED ||
                    compare.rows[i].verdict == LOOP_UNKNOWN);
        assert_true(compare.rows[i].rate.after == 0);
    }
    compare_free(&compare);
    result_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fix_that_worked_is_told_from_the_others),
        cmocka_unit_test(the_same_run_twice_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
