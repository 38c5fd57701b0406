/* The store gives back what it was given, in the same bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cmd/out/cases.h"
#include "cmd/out/columns.h"
#include "cmd/out/factbook.h"
#include "cmd/out/store.h"
#include "tests/products/fake.h"

static char *slurp(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = '\0';
    fclose(file);
    return bytes;
}

static void assert_same_files(const char *a, const char *b)
{
    size_t na, nb;
    char *bytes_a = slurp(a, &na), *bytes_b = slurp(b, &nb);
    assert_int_equal(na, nb);
    assert_memory_equal(bytes_a, bytes_b, na);
    free(bytes_a);
    free(bytes_b);
}

static int folder_new(void **state)
{
    char name[] = "/tmp/covtriage-store-XXXXXX";
    *state = strdup(mkdtemp(name));
    return *state == NULL;
}

static int folder_gone(void **state)
{
    char command[256];
    snprintf(command, sizeof command, "%s/a.gpkg", (char *)*state);
    remove(command);
    snprintf(command, sizeof command, "%s/b.gpkg", (char *)*state);
    remove(command);
    snprintf(command, sizeof command, "%s/c.csv", (char *)*state);
    remove(command);
    rmdir(*state);
    free(*state);
    return 0;
}

static void store_gives_back_what_it_got(void **state)
{
    struct result fake, back;
    struct error error = {0};
    char a[256], b[256];
    snprintf(a, sizeof a, "%s/a.gpkg", (char *)*state);
    snprintf(b, sizeof b, "%s/b.gpkg", (char *)*state);
    fake_result(&fake, 120, 7);
    assert_int_equal(store_write(&fake, a, &error), STATUS_OK);
    assert_int_equal(store_read(a, *state, &back, &error), STATUS_OK);
    assert_int_equal(back.case_count, 120);
    assert_int_equal(back.bin_count, fake.bin_count);
    assert_int_equal(back.line_count, fake.line_count);
    assert_string_equal(back.cases[0].description, fake.cases[0].description);
    struct result_case recalled = back.cases[33];
    assert_int_equal(factbook_recall(&recalled, back.arena, &error), STATUS_OK);
    assert_string_equal(recalled.facts[2].text_zh, fake.cases[33].facts[2].text_zh);
    assert_true(back.cases[33].level_dbm == fake.cases[33].level_dbm);
    assert_true(isnan(back.cases[49].at.lon));
    assert_int_equal(back.cases[5].reported_s, fake.cases[5].reported_s);
    assert_int_equal(back.cases[5].occurred_s, TIME_ABSENT);
    assert_int_equal(back.utc_offset_s, 8 * 3600);
    assert_int_equal(store_write(&back, b, &error), STATUS_OK);
    assert_same_files(a, b);
    result_free(&fake);
    result_free(&back);
}

static void a_strange_file_is_refused(void **state)
{
    struct result back;
    struct error error = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/c.csv", (char *)*state);
    FILE *file = fopen(path, "w");
    fputs("not a store", file);
    fclose(file);
    assert_int_not_equal(store_read(path, NULL, &back, &error), STATUS_OK);
    assert_true(strlen(error.text) > 10);
    result_free(&back);
}

static void cases_have_the_contract_columns_and_no_formula(void **state)
{
    struct result fake;
    struct error error = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/c.csv", (char *)*state);
    fake_result(&fake, 120, 7);
    assert_int_equal(cases_write(&fake, path, &error), STATUS_OK);
    size_t length;
    char *text = slurp(path, &length);
    static const char header[] =
        "ticket_id,verdict,confidence,p_weak_coverage,p_antenna_misalignment,p_transient_"
        "outage,"
        "p_planned_build,p_undetermined,cause,responsible_cell,responsible_site,responsible_"
        "plan,"
        "lon,lat,radius_m,location_method,location_match,level_dbm,level_sigma_db,action,"
        "expected_gain_db,due_at,group_id,repeat_of,flags,reason,";
    assert_memory_equal(text, header, strlen(header));
    assert_null(strstr(text, ",=HYPERLINK"));
    assert_null(strstr(text, "\"=HYPERLINK"));
    assert_null(strstr(text, "13812345678"));
    assert_non_null(strstr(text, "138****5678"));
    free(text);
    result_free(&fake);
}

static void phones_are_masked_and_ids_are_not(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"电话13812345678。", "电话138****5678。"},
        {"8613812345678", "861******5678"},
        {"0371-55512345, 037155512345", "037*-****2345, 037*****2345"},
        {"138 1234 5678 / 138-1234-5678", "138 **** 5678 / 138-****-5678"},
        {"13812345678/13912345678", "138****5678/139****5678"},
        {"１３８１２３４５６７８", "１３８****５６７８"},
        {"+86 138 1234 5678, 0086-13812345678, +44 7911 123456",
         "+86 1** **** 5678, 008*-*******5678, +44 7*** **3456"},
        {"138.1234.5678 1381234-5678 138 12345678", "138.****.5678 138****-5678 138 ****5678"},
        {"135.12345678 34.7 2026-03-10 11:30 46000-76907523",
         "135.12345678 34.7 2026-03-10 11:30 46000-76907523"},
        {"460-00-501001-3 1889101 112.454794 2026-03-02",
         "460-00-501001-3 1889101 112.454794 2026-03-02"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        assert_string_equal(result_mask_phones(arena, texts[i][0]), texts[i][1]);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(store_gives_back_what_it_got, folder_new, folder_gone),
        cmocka_unit_test_setup_teardown(a_strange_file_is_refused, folder_new, folder_gone),
        cmocka_unit_test_setup_teardown(cases_have_the_contract_columns_and_no_formula,
                                        folder_new, folder_gone),
        cmocka_unit_test(phones_are_masked_and_ids_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
