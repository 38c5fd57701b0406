/* Public operators' tables, when they are here: every row is read or refused with a reason.
 * The row counts are those of Python's csv module and of ogrinfo 3.6.2. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/tables/alarm_names.h"

#define DATA "../shared/data/"

static const struct {
    const char *path;
    const struct table_spec *spec;
    uint64_t rows;
    const char *encoding;
} files[] = {
    {DATA "vendor-alarms/zte_history_chancheng.csv", &alarm_spec, 307, "GB18030"},
    {DATA "vendor-alarms/zte_history_test1.csv", &alarm_spec, 15, "GB18030"},
    {DATA "vendor-alarms/zte_history_test4.csv", &alarm_spec, 300, "GB18030"},
    {DATA "vendor-alarms/zte_history_test54.csv", &alarm_spec, 120, "GB18030"},
    {DATA "vendor-cells/Bts.xls", &cell_spec, 5, ""},
    {DATA "vendor-cells/Cell.xlsx", &cell_spec, 5, ""},
    {DATA "vendor-cells/ENodeb.xlsx", &cell_spec, 5, ""},
    {DATA "vendor-cells/guangzhou-cell-fdd.xlsx", &cell_spec, 20, ""},
    {DATA "vendor-cells/guangzhou-enodeb.xlsx", &cell_spec, 10, ""},
    {DATA "nsg_uk/23410_cells_eutra.csv", &cell_spec, 884, "UTF-8"},
    {DATA "nsg_uk/23415_cells_eutra.csv", &cell_spec, 632, "UTF-8"},
    {DATA "nsg_uk/23420_cells_eutra.csv", &cell_spec, 715, "UTF-8"},
    {DATA "nsg_uk/23430_cells_eutra.csv", &cell_spec, 1006, "UTF-8"},
    {DATA "ambato/day1/pedestrian_day1_V.csv", &sample_spec, 943, "UTF-8"},
};

struct kept {
    struct arena *arena;
    struct rejects rejects;
    struct table_report report;
    const struct table_spec *spec;
    struct cell *cells;
    struct alarm *alarms;
    size_t count, cell_capacity, alarm_capacity;
};

static enum status keep(void *context, const void *record)
{
    struct kept *kept = context;
    if (kept->spec == &cell_spec) {
        kept->cells =
            base_grow(kept->cells, &kept->cell_capacity, kept->count + 1, sizeof *kept->cells);
        kept->cells[kept->count] = *(const struct cell *)record;
    } else if (kept->spec == &alarm_spec) {
        kept->alarms = base_grow(kept->alarms, &kept->alarm_capacity, kept->count + 1,
                                 sizeof *kept->alarms);
        kept->alarms[kept->count] = *(const struct alarm *)record;
    }
    kept->count++;
    return STATUS_OK;
}

static struct kept read_file(const char *path, const struct table_spec *spec)
{
    struct kept kept = {.arena = arena_new(), .spec = spec};
    struct error error = {0};
    struct table_options options = {
        .utc_offset_s = 28800, .arena = kept.arena, .rejects = &kept.rejects};
    if (table_read(path, spec, &options, keep, &kept, &kept.report, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return kept;
}

static void drop(struct kept *kept)
{
    arena_free(kept->arena);
    arena_free(kept->rejects.arena);
    free(kept->rejects.items);
    free(kept->cells);
    free(kept->alarms);
}

static void need_data(void)
{
    if (access(DATA "README.md", R_OK) == 0)
        return;
    puts("skipped: ../shared/data is not here");
    skip();
}

static void test_every_row(void **state)
{
    (void)state;
    need_data();
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        struct kept kept = read_file(files[i].path, files[i].spec);
        if (kept.report.rows != files[i].rows ||
            kept.report.rows != kept.count + kept.report.refused)
            fail_msg("%s: %zu read, %llu refused of %llu", files[i].path, kept.count,
                     (unsigned long long)kept.report.refused,
                     (unsigned long long)files[i].rows);
        assert_string_equal(kept.report.encoding, files[i].encoding);
        assert_int_equal(kept.report.replaced, 0);
        for (size_t r = 0; r < kept.rejects.count; r++)
            assert_true(kept.rejects.items[r].reason[0] && kept.rejects.items[r].line > 1);
        drop(&kept);
    }
}

/* Counted by hand from the exports: cells and sites that left service, sites not reached. */
static void test_alarms(void **state)
{
    (void)state;
    need_data();
    struct alarm_names *names = alarm_names_new();
    size_t outages = 0, cells = 0, unknown = 0;
    for (size_t i = 0; i < 4; i++) {
        struct kept kept = read_file(files[i].path, &alarm_spec);
        for (size_t a = 0; a < kept.count; a++) {
            const struct alarm *alarm = &kept.alarms[a];
            enum effect effect = alarm_names_effect(names, alarm);
            outages += effect == EFFECT_OUTAGE;
            unknown += effect == EFFECT_UNKNOWN;
            cells += strchr(alarm->object_id, '-') != NULL;
            assert_int_equal(strspn(alarm->object_id, "0123456789-"), strlen(alarm->object_id));
            assert_true(alarm->cleared_s >= alarm->raised_s);
        }
        drop(&kept);
    }
    alarm_names_free(names);
    /* 78 LTE小区退出服务, 1 基站退出服务, 6 网元断链告警, 3 RRU链路断 of whole sites */
    assert_int_equal(outages, 78 + 1 + 6 + 3);
    assert_int_equal(cells, 78 + 8); /* and 8 超级小区CP退出服务 */
    assert_int_equal(unknown, 0);
}

static void test_cells(void **state)
{
    (void)state;
    need_data();
    struct kept kept = read_file(DATA "vendor-cells/guangzhou-cell-fdd.xlsx", &cell_spec);
    const struct cell *first = &kept.cells[0];
    assert_string_equal(first->cell_id, "483331-0");
    assert_string_equal(first->site_id, "483331");
    assert_string_equal(first->band, "B1");
    assert_true(first->frequency_mhz == 2120 && first->pci == 495);
    assert_int_equal(first->coverage, COVERAGE_INDOOR);
    for (size_t i = 0; i < kept.count; i++)
        if (kept.cells[i].coverage == COVERAGE_INDOOR)
            assert_true(isnan(kept.cells[i].azimuth_deg) && isnan(kept.cells[i].hbw_deg));
    drop(&kept);
    kept = read_file(DATA "vendor-cells/Cell.xlsx", &cell_spec);
    assert_string_equal(kept.cells[1].cell_id, "499773-1");
    assert_true(kept.cells[0].mech_tilt_deg == 4 && kept.cells[0].elec_tilt_deg == 7);
    assert_true(kept.cells[0].azimuth_deg == 60 && kept.cells[0].rs_power_dbm == 15.2);
    assert_int_equal(kept.cells[0].rat, RAT_LTE);
    drop(&kept);
    kept = read_file(DATA "vendor-cells/Bts.xls", &cell_spec);
    assert_string_equal(kept.cells[0].cell_id, "2");
    assert_true(fabs(kept.cells[0].at.lon - 113.1034722) < 1e-9);
    drop(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
        cmocka_unit_test(test_alarms),
        cmocka_unit_test(test_cells),
    };
    return cmocka_run_group_tests_name("tables_data", tests, NULL, NULL);
}
