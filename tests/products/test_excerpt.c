/* What a page shows of a result that is too large for it; facts recalled from their book. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cmd/out/excerpt.h"
#include "cmd/out/factbook.h"
#include "cmd/out/orders.h"
#include "tests/products/fake.h"

static void a_small_result_is_its_own_excerpt(void **state)
{
    (void)state;
    struct result result;
    struct error error = {0};
    char note[256];
    fake_result(&result, 300, 7);
    assert_int_equal(orders_choose(&result, NULL, &error), STATUS_OK);
    struct result excerpt = excerpt_make(&result);
    assert_ptr_equal(excerpt.cases, result.cases);
    assert_int_equal(excerpt.order_count, result.order_count);
    excerpt_note(&excerpt, LANGUAGE_EN, note);
    assert_string_equal(note, "");
    excerpt_free(&excerpt, &result);
    result_free(&result);
}

static uint32_t rank_of(const struct result *result, const char *order_id)
{
    for (size_t i = 0; i < result->order_count; i++)
        if (text_equal(result->orders[i].order_id, order_id))
            return result->orders[i].rank;
    return UINT32_MAX;
}

/* No ticket left out presses more than one shown; the order of the input stays. */
static void the_most_pressing_are_shown(void **state)
{
    (void)state;
    struct result result;
    struct error error = {0};
    char note[256];
    fake_result(&result, 900, 7);
    assert_int_equal(rules_set(&result.rules, "report_rows", 100, "--set", &error), STATUS_OK);
    assert_int_equal(orders_choose(&result, NULL, &error), STATUS_OK);
    struct result excerpt = excerpt_make(&result);
    assert_int_equal(excerpt.case_count, 100);
    assert_true(excerpt.order_count <= 100);
    uint32_t worst = 0;
    size_t at = 0;
    for (size_t i = 0; i < excerpt.case_count; i++) {
        uint32_t rank = rank_of(&result, excerpt.cases[i].order_id);
        worst = BASE_MAX(worst, rank);
        while (!text_equal(result.cases[at].ticket_id, excerpt.cases[i].ticket_id))
            assert_true(++at < result.case_count);
    }
    size_t above = 0;
    for (size_t i = 0; i < result.case_count; i++)
        above += rank_of(&result, result.cases[i].order_id) < worst;
    assert_true(above < 100);
    excerpt_note(&excerpt, LANGUAGE_EN, note);
    assert_non_null(strstr(note, "100 of 900 tickets"));
    excerpt_free(&excerpt, &result);
    result_free(&result);
}

static void facts_come_back_as_they_were_told(void **state)
{
    (void)state;
    struct factbook *book = NULL;
    struct error error = {0};
    const struct result_fact facts[] = {
        {"level", "电平 -112", "level -112", "", 0, -0.25},
        {"alarm", "", "alarm", "alarms.csv", 4000000000U, 3.5},
    };
    struct result_case cases[3] = {0};
    struct arena *arena = arena_new();
    assert_int_equal(factbook_new("/tmp", &book, &error), STATUS_OK);
    assert_true(factbook_add(book, &cases[0], &facts[0]));
    assert_true(factbook_add(book, &cases[0], &facts[1]));
    assert_true(factbook_add(book, &cases[2], &facts[1]));
    assert_false(factbook_add(book, &cases[0], &facts[0])); /* another's came between */
    assert_int_equal(factbook_finish(book, &error), STATUS_OK);
    for (int i = 2; i >= 0; i--)
        assert_int_equal(factbook_recall(&cases[i], arena, &error), STATUS_OK);
    assert_int_equal(cases[0].fact_count, 2);
    assert_string_equal(cases[0].facts[0].text_zh, "电平 -112");
    assert_string_equal(cases[0].facts[1].file, "alarms.csv");
    assert_int_equal(cases[2].facts[0].line, 4000000000U);
    assert_true(cases[2].facts[0].weight == 3.5);
    assert_null(cases[1].facts);
    factbook_free(book);
    arena_free(arena);
}

static void no_folder_no_book(void **state)
{
    (void)state;
    struct factbook *book = NULL;
    struct error error = {0};
    assert_int_equal(factbook_new("/nowhere/at/all", &book, &error), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_result_is_its_own_excerpt),
        cmocka_unit_test(the_most_pressing_are_shown),
        cmocka_unit_test(facts_come_back_as_they_were_told),
        cmocka_unit_test(no_folder_no_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
