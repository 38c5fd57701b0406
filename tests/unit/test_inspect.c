/* inspect: what `check` says of a folder, and the azimuth 0 that was only filled in. */
#include <math.h>
#include <sys/stat.h>

#include "geo/datum.h"
#include "models/tables/cells.h"
#include "models/tables/inspect.h"
#include "tests/unit/folder.h"

static struct inspect *look(struct error *error)
{
    struct rules rules;
    struct inspect *inspect = NULL;
    rules_default(&rules);
    struct inspect_options options = {.now_s = 1790000000, .rules = &rules};
    inspect_folder(folder, &options, &inspect, error);
    return inspect;
}

static const struct inspection *table_of(const struct inspect *inspect, const char *name)
{
    for (size_t t = 0; t < inspect->table_count; t++)
        if (strcmp(inspect->tables[t].table, name) == 0)
            return &inspect->tables[t];
    fail_msg("no table %s", name);
    return NULL;
}

static void test_folder(void **state)
{
    (void)state;
    write_file("cells.csv", "site_id,cell_id,rat,lon,lat\n"
                            "S1,460-00-300420-3,LTE,113.2,23.1\n"
                            "S1,460-00-300420-3,LTE,113.2,23.1\n");
    write_file("complaints.csv", "ticket_id,reported_at,lon,lat,serving_cell\n"
                                 "T1,2026-03-02T00:00:00Z,113.2,23.1,300420-3\n"
                                 "T2,2036-03-02T00:00:00Z,23.1,113.2,999999-1\n"
                                 "T3,,12,48,\n");
    write_file("places.csv", "name,lon,lat\nA,23.1,13.2\n");
    write_file("plan.csv", "plan_id,lon,lat\nP1,113.2,23.1\nP1,23.1,113.2\n");
    write_file("alarms.csv", "object_id,raised_at,name\nS1,2026-03-02T00:00:00Z,基站断站\n"
                             "S9,2026-03-02T00:00:00Z,widget fell\n");
    write_file("alarm_names.csv", "name,effect\nfell asleep,degraded\n");
    write_file("rules.csv", "rule,value\nweak_rsrp_dbm,-103\nno_such_rule,1\n");
    write_file("counters.csv", "");
    write_file("cell.csv", "x\n");
    struct error error = {0};
    struct inspect *inspect = look(&error);
    assert_non_null(inspect);
    const struct inspection *cells = table_of(inspect, "cells");
    assert_int_equal(cells->duplicates, 1);
    assert_int_equal(cells->duplicate_line, 3);
    const struct inspection *complaints = table_of(inspect, "complaints");
    assert_int_equal(complaints->with_id, 2);
    assert_int_equal(complaints->joined, 1);
    assert_string_equal(complaints->unknown[0].text, "999999-1");
    assert_int_equal(complaints->future, 1);
    assert_int_equal(complaints->far, 2); /* T3, and T2, whose pair is kept as written */
    assert_int_equal(complaints->swapped, 1);
    assert_int_equal(complaints->report.dropped, 0);
    assert_int_equal(table_of(inspect, "plan")->report.refused, 1);
    const struct inspection *alarms = table_of(inspect, "alarms");
    assert_int_equal(alarms->effects[EFFECT_OUTAGE], 1);
    assert_int_equal(alarms->effects[EFFECT_UNKNOWN], 1);
    assert_string_equal(alarms->unclassed[0].text, "widget fell");
    assert_int_equal(alarms->joined, 1);
    assert_int_equal(table_of(inspect, "alarm_names")->status, STATUS_OK);
    assert_int_equal(table_of(inspect, "rules")->report.refused, 1);
    assert_int_equal(table_of(inspect, "counters")->status, STATUS_FORMAT);
    assert_int_equal(inspect->stranger_count, 1);
    assert_string_equal(inspect->strangers[0], "cell.csv");
    inspect_free(inspect);
}

static void test_two_files_of_a_name(void **state)
{
    (void)state;
    struct error error = {0};
    write_file("cells.tsv", "cell_id\tlon\tlat\nA\t113\t23\n");
    struct inspect *inspect = look(&error);
    const struct inspection *cells = table_of(inspect, "cells");
    assert_int_equal(cells->status, STATUS_FORMAT);
    assert_non_null(strstr(cells->problem, "both cells.csv and cells.tsv"));
    inspect_free(inspect);
}

/* Lon and lat both possible either way round: only the cells' area tells. */
static void test_swapped(void **state)
{
    (void)state;
    struct error error = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/cells.tsv", folder);
    unlink(path);
    write_file("cells.csv", "cell_id,lon,lat\nA,-0.15,51.0\n");
    write_file("complaints.csv", "ticket_id,lon,lat\nT1,51.01,-0.16\nT2,-0.15,51\n");
    struct inspect *inspect = look(&error);
    const struct inspection *complaints = table_of(inspect, "complaints");
    assert_int_equal(complaints->far, 1);
    assert_int_equal(complaints->swapped, 1);
    assert_int_equal(complaints->far_line, 2);
    assert_true(complaints->report.west == -0.15 && complaints->report.east == -0.15);
    assert_true(complaints->report.south == 51 && complaints->report.north == 51);
    inspect_free(inspect);
}

/* The area is in degrees whatever system the rows or --src-crs name; metres are none. */
static void test_area_of_systems(void **state)
{
    (void)state;
    write_file("cells.csv", "cell_id,lon,lat\nA,111.0,23.0\n");
    write_file("complaints.csv", "ticket_id,lon,lat,coord_sys\n"
                                 "T1,500000,2543500,EPSG:32649\nT2,111.01,23.01,WGS84\n"
                                 "T3,1,2,EPSG:9999999\nT4,510000,2544500,\n");
    for (int declared = 0; declared <= 1; declared++) {
        struct error error = {0};
        struct rules rules;
        struct inspect *inspect = NULL;
        struct datum_reader *datum = NULL;
        rules_default(&rules);
        if (declared)
            datum_reader_open("EPSG:32649", &datum, &error);
        struct inspect_options options = {.now_s = 1790000000, .rules = &rules, .datum = datum};
        assert_int_equal(inspect_folder(folder, &options, &inspect, &error), STATUS_OK);
        const struct table_report *report = &table_of(inspect, "complaints")->report;
        assert_float_equal(report->west, 111, 1e-6);
        assert_float_equal(report->east, declared ? 111.097 : 111.01, 1e-3);
        assert_true(report->south > 22.9 && report->north < 23.1);
        inspect_free(inspect);
        datum_reader_close(datum);
    }
}

static void test_no_folder(void **state)
{
    (void)state;
    struct rules rules;
    struct inspect *inspect = NULL;
    struct error error = {0};
    rules_default(&rules);
    struct inspect_options options = {.rules = &rules};
    assert_int_equal(inspect_folder("/no/such/folder", &options, &inspect, &error), STATUS_IO);
    error = (struct error){0};
    assert_int_equal(inspect_file("/tmp/x.csv", "cell", &options, &inspect, &error),
                     STATUS_USAGE);
}

static struct cell cell_at(double lon, double azimuth_deg)
{
    return (struct cell){.at = {lon, 23}, .azimuth_deg = azimuth_deg};
}

/* 0/120/240 is a plan; a lone 0 is a blank where lone azimuths are mostly 0. */
static void test_blank_azimuths(void **state)
{
    (void)state;
    struct cell filled[] = {cell_at(1, 0), cell_at(1, 120), cell_at(1, 240), cell_at(2, 0),
                            cell_at(3, 0), cell_at(3, 0),   cell_at(4, 75)};
    assert_int_equal(cells_blank_azimuths(filled, ARRAY_COUNT(filled)), 3);
    assert_true(filled[0].azimuth_deg == 0 && isnan(filled[3].azimuth_deg));
    assert_true(isnan(filled[4].azimuth_deg) && isnan(filled[5].azimuth_deg));
    assert_true(filled[6].azimuth_deg == 75);
    struct cell real[] = {cell_at(1, 0), cell_at(2, 40), cell_at(3, 90), cell_at(4, 0),
                          cell_at(5, 310)};
    assert_int_equal(cells_blank_azimuths(real, ARRAY_COUNT(real)), 0);
    assert_int_equal(cells_blank_azimuths(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder),    cmocka_unit_test(test_two_files_of_a_name),
        cmocka_unit_test(test_swapped),   cmocka_unit_test(test_area_of_systems),
        cmocka_unit_test(test_no_folder), cmocka_unit_test(test_blank_azimuths),
    };
    return cmocka_run_group_tests_name("inspect", tests, folder_setup, folder_teardown);
}
