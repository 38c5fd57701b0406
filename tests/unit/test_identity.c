/* identity: every spelling of a cell leads to the same row of the cell table. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "models/tables/identity.h"

/* Worked by hand: ECI = eNodeB * 256 + cell, TS 23.003 19.6; NCI = gNodeB * 2^12 + cell for a
 * gNodeB of 24 bits, 19.6A; UTRAN cell id = RNC * 65536 + CI. */
static const struct cell cells[] = {
    {.site_id = "S1",
     .site_name = "西关",
     .cell_id = "460-00-300420-3",
     .cell_name = "西关-3",
     .rat = RAT_LTE}, /* ECI 76907523, hex 4958403 */
    {.site_id = "S1",
     .site_name = "西关",
     .cell_id = "460-00-300420-4",
     .cell_name = "西关-4",
     .rat = RAT_LTE},
    {.site_id = "G7",
     .site_name = "Gym",
     .cell_id = "460-00-9361-4660",
     .cell_name = "dup",
     .rat = RAT_GSM}, /* LAC 9361 = 0x2491, CI 4660 = 0x1234 */
    {.site_id = "N9",
     .site_name = "Nine",
     .cell_id = "460-00-8388610-17",
     .cell_name = "dup",
     .rat = RAT_NR}, /* NCI 34359746577 with 24 bits */
    {.site_id = "U3",
     .site_name = "Three",
     .cell_id = "262-5001",
     .cell_name = "U3-1",
     .rat = RAT_UMTS}, /* 262 * 65536 + 5001 = 17175433 */
    {.site_id = "CD1",
     .site_name = "CD1",
     .cell_id = "1209901",
     .cell_name = "1209901",
     .rat = RAT_LTE},
};

static struct identity_index *index_of_cells;

static int setup(void **state)
{
    (void)state;
    index_of_cells = identity_index_new(cells, ARRAY_COUNT(cells));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    identity_index_free(index_of_cells);
    return 0;
}

static void every_spelling_finds_its_cell(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t cell;
    } cases[] = {
        {"460-00-300420-3", 0},   {"46000-300420-3", 0},
        {"460/00/300420/3", 0},   {"300420-3", 0},
        {"300420_4", 1},          {"76907523", 0},
        {"76907523.0", 0},        {"460-00-76907523", 0},
        {"46000-76907523", 0},    {"4958403", INDEX_NONE},
        {"0x4958403", 0},         {"460-00-9361-4660", 2},
        {"9361-4660", 2},         {"8388610-17", 3},
        {"34359746577", 3},       {"460-00-34359746577", 3},
        {"262-5001", 4},          {"17175433", 4},
        {"1209901", 5},           {"西关-4", 1},
        {"dup", INDEX_NONE},      {"", INDEX_NONE},
        {"300420-9", INDEX_NONE}, {"😀", INDEX_NONE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint32_t got = identity_find(index_of_cells, cases[i].text);
        if (got != cases[i].cell)
            print_error("'%s': cell %u, not %u\n", cases[i].text, got, cases[i].cell);
        assert_int_equal(got, cases[i].cell);
    }
}

static void sites_are_found_by_id_name_and_number(void **state)
{
    (void)state;
    assert_int_equal(identity_find_site(index_of_cells, "S1"), 0);
    assert_int_equal(identity_find_site(index_of_cells, "西关"), 0);
    assert_int_equal(identity_find_site(index_of_cells, "300420"), 0);
    assert_int_equal(identity_find_site(index_of_cells, "460-00-300420"), 0);
    assert_int_equal(identity_find_site(index_of_cells, "西关局(300420)"), 0);
    assert_int_equal(identity_find_site(index_of_cells, "西关（999999）"), 0);
    assert_int_equal(identity_find_site(index_of_cells, "8388610"), 3);
    assert_int_equal(identity_find_site(index_of_cells, "999999"), INDEX_NONE);
}

static void a_column_in_hexadecimal_is_seen_by_its_joins(void **state)
{
    (void)state;
    const char *hex[] = {"4958403", "4958404", "", NULL, "2491-1234"};
    const char *decimal[] = {"76907523", "9361-4660", "5"};
    assert_int_equal(identity_base(index_of_cells, hex, ARRAY_COUNT(hex)), 16);
    assert_int_equal(identity_base(index_of_cells, decimal, ARRAY_COUNT(decimal)), 10);
    assert_int_equal(identity_find_base(index_of_cells, "4958403", 16), 0);
    assert_int_equal(identity_find_base(index_of_cells, "2491-1234", 16), 2);
}

static void rounded_floats_are_refused(void **state)
{
    (void)state;
    assert_true(identity_destroyed("4.6E+14"));
    assert_true(identity_destroyed("7.69075E+07"));
    assert_false(identity_destroyed("76907523"));
    assert_false(identity_destroyed("4958E03"));
    assert_false(identity_destroyed("460-00-300420-3"));
    assert_false(identity_destroyed(""));
}

static void two_cells_of_one_number_are_none(void **state)
{
    (void)state;
    const struct cell pair[] = {
        {.site_id = "A", .cell_id = "460-00-1-77", .rat = RAT_GSM},
        {.site_id = "B", .cell_id = "460-11-1-77", .rat = RAT_GSM},
    };
    struct identity_index *index = identity_index_new(pair, 2);
    assert_int_equal(identity_find(index, "1-77"), INDEX_NONE);
    assert_int_equal(identity_find(index, "460-11-1-77"), 1);
    assert_int_equal(identity_find_site(index, "1"), INDEX_NONE);
    identity_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_finds_its_cell),
        cmocka_unit_test(sites_are_found_by_id_name_and_number),
        cmocka_unit_test(a_column_in_hexadecimal_is_seen_by_its_joins),
        cmocka_unit_test(rounded_floats_are_refused),
        cmocka_unit_test(two_cells_of_one_number_are_none),
    };
    return cmocka_run_group_tests_name("identity", tests, setup, teardown);
}
