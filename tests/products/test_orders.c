/* The orders of a run: what they ask for, whom they answer, and what crews typed comes back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cmd/out/orders.h"
#include "cmd/out/store.h"
#include "cmd/out/worklist.h"
#include "tests/products/fake.h"

static const struct result_order *order_of(const struct result *result, const char *id)
{
    for (size_t i = 0; i < result->order_count; i++)
        if (text_equal(result->orders[i].order_id, id))
            return &result->orders[i];
    return NULL;
}

static void every_verdict_has_its_order(void **state)
{
    (void)state;
    struct result result;
    struct error error = {0};
    size_t tickets = 0;
    fake_result(&result, 500, 9);
    assert_int_equal(orders_choose(&result, NULL, &error), STATUS_OK);
    for (size_t i = 0; i < result.case_count; i++) {
        const struct result_order *order = order_of(&result, result.cases[i].order_id);
        assert_non_null(order);
        if (text_equal(result.cases[i].verdict, "planned-build"))
            assert_string_equal(order->kind, "plan");
    }
    double days = 0;
    for (size_t i = 0; i < result.order_count; i++) {
        const struct result_order *order = &result.orders[i];
        tickets += order->tickets;
        days += order->this_round ? order->crew_days : 0;
        assert_int_equal(order->rank, i + 1);
        assert_true(order->tickets > 0 && order->cure > 0 && order->cure <= 1);
        assert_true(strlen(order->what_zh) > 6 && strlen(order->what_en) > 6);
    }
    assert_int_equal(tickets, 500);
    assert_true(days <= 20 + 1e-9);
    assert_true(result.orders_bound > 0.9 && result.orders_bound <= 1);
    result_free(&result);
}

/* The verdict's own numbers are what the crew reads. */
static void the_order_says_it_in_numbers(void **state)
{
    (void)state;
    struct result result;
    struct error error = {0};
    fake_result(&result, 20, 9);
    struct result_case *c = &result.cases[0];
    for (size_t i = 0; i < result.case_count; i++)
        result.cases[i].verdict = "undetermined";
    c->verdict = "antenna-misalignment";
    c->responsible_cell = result.cells[4].cell_id;
    c->azimuth_from_deg = 120, c->azimuth_to_deg = 205;
    c->tilt_from_deg = 3, c->tilt_to_deg = 8;
    assert_int_equal(orders_choose(&result, NULL, &error), STATUS_OK);
    const struct result_order *order = order_of(&result, c->order_id);
    assert_non_null(
        strstr(order->what_en, "turn azimuth from 120° to 205°, set downtilt from 3° to 8°"));
    assert_non_null(strstr(order->what_zh, "方位角由 120° 调至 205°，下倾角由 3° 调至 8°"));
    assert_string_equal(order->crew, "antenna");
    assert_true(order->at.lon == result.cells[4].at.lon);
    result_free(&result);
}

static void remove_in(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    remove(path);
}

/* A run, then a crew that types into the sheet `name`, then the next run. */
static void type_and_run_again(enum status (*write)(const struct result *, const char *,
                                                    struct error *),
                               const char *name, enum language language)
{
    char folder[] = "/tmp/covtriage-orders-XXXXXX", path[256];
    struct result first, next;
    struct error error = {0};
    assert_non_null(mkdtemp(folder));
    fake_result(&first, 200, 5);
    first.language = language;
    assert_int_equal(orders_choose(&first, NULL, &error), STATUS_OK);
    snprintf(path, sizeof path, "%s/triage.gpkg", folder);
    assert_int_equal(store_write(&first, path, &error), STATUS_OK);
    first.orders[3].status = "已派单";
    first.orders[3].note = "下午上站";
    first.orders[7].status = "done";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(write(&first, path, &error), STATUS_OK);
    fake_result(&next, 200, 5);
    assert_int_equal(orders_choose(&next, folder, &error), STATUS_OK);
    assert_string_equal(order_of(&next, first.orders[3].order_id)->status, "已派单");
    assert_string_equal(order_of(&next, first.orders[3].order_id)->note, "下午上站");
    assert_string_equal(order_of(&next, first.orders[7].order_id)->status, "done");
    assert_string_equal(order_of(&next, first.orders[8].order_id)->status, "");
    remove_in(folder, "triage.gpkg");
    remove_in(folder, name);
    rmdir(folder);
    result_free(&first);
    result_free(&next);
}

static void typed_statuses_come_back(void **state)
{
    (void)state;
    type_and_run_again(worklist_write_xlsx, "worklist.xlsx", LANGUAGE_ZH);
    type_and_run_again(worklist_write_xlsx, "worklist.xlsx", LANGUAGE_EN);
    type_and_run_again(worklist_write_csv, "worklist.csv", LANGUAGE_ZH);
}

static void a_broken_sheet_is_said(void **state)
{
    (void)state;
    char folder[] = "/tmp/covtriage-orders-XXXXXX", path[256];
    struct result result;
    struct error error = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/worklist.xlsx", folder);
    FILE *file = fopen(path, "w");
    fputs("PK but not a workbook", file);
    fclose(file);
    fake_result(&result, 20, 5);
    assert_int_not_equal(orders_choose(&result, folder, &error), STATUS_OK);
    assert_non_null(strstr(error.text, "worklist.xlsx"));
    remove_in(folder, "worklist.xlsx");
    rmdir(folder);
    result_free(&result);
}

static void no_case_is_no_order(void **state)
{
    (void)state;
    struct result result;
    struct error error = {0};
    fake_result(&result, 0, 1);
    assert_int_equal(orders_choose(&result, NULL, &error), STATUS_OK);
    assert_int_equal(result.order_count, 0);
    result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verdict_has_its_order),
        cmocka_unit_test(the_order_says_it_in_numbers),
        cmocka_unit_test(typed_statuses_come_back),
        cmocka_unit_test(a_broken_sheet_is_said),
        cmocka_unit_test(no_case_is_no_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
