/* Phones' logs and makers' tables: small invented files of each kind. */
#include "tests/unit/reading.h"
#include "models/tables/vendor/dates.h"
#include "models/tables/world.h"

/* ---- phones ------------------------------------------------------------------------- */

static void gnettrack_rows_and_neighbours(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &sample_spec, "walk.txt",
        "Timestamp\tLongitude\tLatitude\tOperator\tNode\tCellID\tLAC\tNetworkTech\tLevel\tQual"
        "\tSNR\tTA\tARFCN\tPSC\tNTech1\tNCell1\tNARFCN1\tNRxLev1\tNQual1\tNTech2\tNCell2\t"
        "NARFCN2\tNRxLev2\tNQual2\t\n"
        "2026.03.02_08.24.22\t4.38\t50.82\t20604\t401422\t141\t2124\t4G\t-92\t-10\t1.0\t1\t2850"
        "\t435\t4G\t437\t2850\t-100\t-19\t2G\t7fffffff\t61\t-113\t\t\n"
        "2026.03.02_08.24.23\t4.38\t50.82\t60803\t2\t10624\t3000\t3G\t-71\t-2\t-"
        "\t\t10662\t166\t\n"
        "2026.03.02_08.24.24\t4.38\t50.82\t60801\t8\t2\t9000\t3G\t-24\t-\t-\t\t10662\t70\t\n"
        "2026.03.02_08.24.25\t4.38\t50.82\t\t\t-1\t\t--\t-200\t-2\t-\t\t\t\t\n"
        "2026.03.02_08.24.26\t4.38\t50.82\t60802\t21\t4\t7000\t4G\t-340\t-\t0."
        "0\t\t1464\t174\t\n");
    expect_rows(r, 5, 3);
    assert_int_equal(r->count, 3);
    assert_string_equal(sample_of(r, 0)->cell_id, "401422-141");
    assert_float_equal(sample_of(r, 0)->rsrq_db, -10, 0);
    assert_string_equal(sample_of(r, 1)->cell_id, "pci437@2850");
    assert_float_equal(sample_of(r, 1)->level_dbm, -100, 0);
    assert_string_equal(sample_of(r, 2)->cell_id, "608-03-3000-10624");
    assert_true(isnan(sample_of(r, 2)->rsrq_db)); /* Ec/N0 is no RSRQ */
    assert_true(was_refused_for(r, "no service"));
    assert_true(was_refused_for(r, "what RSCP can be"));
    assert_true(was_noted(r, "neighbours with a level that cannot be"));
    forget(r);
}

static void gnettrack_kml_has_units(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &sample_spec, "walk.kml",
        "<?xml version=\"1.0\"?><kml xmlns=\"http://earth.google.com/kml/2.1\"><Folder>"
        "<Placemark><ExtendedData><Data name=\"CGI\"><value>001010000700000</value></Data>"
        "<Data name=\"TECHNOLOGY\"><value>5G</value></Data><Data name=\"ARFCN\"><value>621408"
        "</value></Data><Data name=\"RSRP\"><value>-72 dBm</value></Data><Data "
        "name=\"BEARING\">"
        "<value>1000deg</value></Data><Data name=\"RAWCELLID\"><value>6733824</value></Data>"
        "<Data name=\"TIME\"><value>2026.05.21_16.26.40</value></Data></ExtendedData>"
        "<Point><coordinates>29.4587,40.7892,0</coordinates></Point></Placemark>"
        "<Placemark><ExtendedData><Data name=\"TECHNOLOGY\"><value>5G</value></Data>"
        "</ExtendedData></Placemark></Folder></kml>");
    expect_rows(r, 2, 1);
    assert_string_equal(sample_of(r, 0)->cell_id, "6733824");
    assert_float_equal(sample_of(r, 0)->level_dbm, -72, 0);
    assert_float_equal(sample_of(r, 0)->at.lat, 40.7892, 1e-9);
    forget(r);
}

static void opencellid_composes_the_cell(void **state)
{
    (void)state;
    struct reading *r =
        read_text(&sample_spec, "log.csv",
                  "mcc,mnc,lac,cellid,lat,lon,signal,measured_at,rating,act,ta,psc,pci\r\n"
                  "740,2,20700,11381762,-1.23,-78.62,-88,1679759680757,4.1,LTE,0,,-1\r\n"
                  "740,2,20700,11381762,-1.23,-78.62,-89,1.68E+12,4.1,LTE,0,,-1\r\n"
                  "740,2,2070,146810911,-1.23,-78.62,-90,1679759680757,4.1,HSPA+,,33,-1\r\n"
                  "740,2,20700,11381762,-1.23,-78.62,31,1679759680757,4.1,LTE,0,,-1\r\n");
    expect_rows(r, 4, 1);
    assert_string_equal(sample_of(r, 0)->cell_id, "44460-2");
    assert_int_equal(sample_of(r, 0)->time_s, 1679759680);
    assert_true(sample_of(r, 1)->time_s == TIME_ABSENT);
    assert_string_equal(sample_of(r, 2)->cell_id, "740-02-2070-10271");
    assert_true(was_noted(r, "times that a spreadsheet rounded"));
    forget(r);
}

/* ---- tables of makers --------------------------------------------------------------- */

static void nsg_cells(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &cell_spec, "23410_cells_eutra.csv",
        "\"ECellID\",\"CellName\",\"Longitude\",\"Latitude\",\"PCI\",\"EARFCN\",\"Azimuth\"\r\n"
        "129097582,\"Mill Lane | Hill | AB1 2CD\",-0.1455,50.9995,406,6400,277\r\n"
        "129097592,\"Mill Lane | Hill | AB1 2CD\",-0.1455,50.9995,405,6400,0\r\n"
        "17,\"Nowhere\",-0.1455,50.9995,405,6400,90\r\n");
    expect_rows(r, 3, 1);
    assert_string_equal(cell_of(r, 0)->cell_id, "504287-110");
    assert_string_equal(cell_of(r, 0)->site_id, "504287");
    assert_int_equal(cell_of(r, 0)->rat, RAT_LTE);
    assert_float_equal(cell_of(r, 0)->azimuth_deg, 277, 0);
    assert_true(isnan(cell_of(r, 1)->azimuth_deg));
    forget(r);
}

static void huawei_counters_behind_a_banner(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &counter_spec, "export.csv",
        "\n4G Monitoring Hourly\nSave Time :2026-03-03 10:51:53\nUser Name :x\n\n"
        "Time,eNodeB Name,Cell Name,LocalCell Id,eNodeB ID,Integrity,Period(min),"
        "L.UL.Interference.Avg(dBm),L.Cell.Unavail.Dur.Sys(s),L.RRC.ConnReq.Att(None),"
        "L.RRC.ConnReq.Succ(None),L.Odd.Counter(None)\n"
        "2026-03-02 00:00,West,West-1,1,501392,100%,60,-112,900,1000,980,5\n"
        "2026-03-02 01:00,West,West-1,1,501392,100%,60,NIL,0,0,0,5\n"
        "2026-03-02 02:00,West,West-1,1,501392,100%,60,NIL,NIL,NIL,NIL,5\n");
    expect_rows(r, 3, 1);
    const struct counter *counter = counter_of(r, 0);
    assert_string_equal(counter->cell_id, "501392-1");
    assert_float_equal(counter->ul_interference_dbm, -112, 0);
    assert_float_equal(counter->availability_pct, 75, 1e-9);
    assert_float_equal(counter->setup_success_pct, 98, 1e-9);
    assert_float_equal(counter_of(r, 1)->availability_pct, 100, 1e-9);
    assert_true(isnan(counter_of(r, 1)->setup_success_pct));
    assert_true(was_noted(r, "L.Odd.Counter(None)"));
    forget(r);
}

static void huawei_counters_in_chinese_with_the_cell_in_a_sentence(void **state)
{
    (void)state;
    struct reading *r =
        read_text(&counter_spec, "export.csv",
                  "开始时间,周期 (分钟),网元名称,小区,小区可用时长 (秒),"
                  "系统上行每个PRB上检测到的干扰噪声的平均值 (毫瓦分贝)\n"
                  "05/03/2026 00:00:00,60,甲,\"eNodeB名称=甲, 本地小区标识=2, 小区名称=甲_2, "
                  "eNodeB标识=500420, 小区双工模式=CELL_FDD\",3600,-115.5\n");
    expect_rows(r, 1, 0);
    assert_string_equal(counter_of(r, 0)->cell_id, "500420-2");
    assert_int_equal(counter_of(r, 0)->start_s, 1777766400); /* the third of May */
    assert_float_equal(counter_of(r, 0)->availability_pct, 100, 1e-9);
    assert_float_equal(counter_of(r, 0)->ul_interference_dbm, -115.5, 1e-9);
    forget(r);
}

static void zte_counters_number_node_and_cell(void **state)
{
    (void)state;
    struct reading *r = read_text(&counter_spec, "zte.csv",
                                  "开始时间,网元,网元名称,小区,小区上行平均干扰电平(dBm)\n"
                                  "2026-03-02 00:00:00,503660,甲,2,-108.25\n");
    expect_rows(r, 1, 0);
    assert_string_equal(counter_of(r, 0)->cell_id, "503660-2");
    assert_float_equal(counter_of(r, 0)->ul_interference_dbm, -108.25, 1e-9);
    forget(r);
}

static void gsm_interference_bands(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &counter_spec, "gsm.csv",
        "Date,GBSC,Cell CI,Cell Name,Interference Band Proportion (4~5)(%),TCH Drop Rate(%)\n"
        "2026-03-02,B1,1001,North-A,30,0.42\n2026-03-02,B1,1002,North-B,/0,0.1\n");
    expect_rows(r, 2, 0);
    assert_string_equal(counter_of(r, 0)->cell_id, "North-A");
    assert_float_equal(counter_of(r, 0)->ul_interference_dbm, -90, 1e-9);
    assert_float_equal(counter_of(r, 0)->drop_rate_pct, 0.42, 1e-9);
    assert_true(isnan(counter_of(r, 1)->ul_interference_dbm));
    forget(r);
}

static void huawei_alarms_name_the_cell(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &alarm_spec, "alarms.csv",
        " ,级别,告警ID,名称,网元类型,告警源,MO对象,定位信息,发生时间(NT),清除时间(NT),eNodeB "
        "ID\n"
        "-,重要,29240,小区不可用告警,BTS3900 LTE,甲,甲,\"eNodeB名称=甲, 本地小区标识=2, "
        "小区名称=甲_2, eNodeB标识=500628, 小区标识=50\",09/19/2025 20:08:17,10/09/2025 "
        "11:27:54,"
        "500628\n"
        "-,重要,26532,射频单元硬件故障告警,BTS3900 LTE,乙,乙,\"柜号=0, 框号=122, 槽号=0\","
        "09/10/2025 23:46:06,-,500264\n");
    expect_rows(r, 2, 0);
    assert_string_equal(alarm_of(r, 0)->object_id, "500628-50");
    assert_string_equal(alarm_of(r, 0)->name, "小区不可用告警");
    assert_int_equal(alarm_of(r, 0)->raised_s, 1758312497);
    assert_string_equal(alarm_of(r, 1)->object_id, "500264");
    assert_int_equal(alarm_of(r, 1)->raised_s,
                     1757547966); /* 10 September, as the file tells */
    assert_true(alarm_of(r, 1)->cleared_s == TIME_ABSENT);
    forget(r);
}

static void dates_of_any_table_are_told_by_the_whole_file(void **state)
{
    (void)state;
    struct reading *r = read_text(&alarm_spec, "alarms.csv",
                                  "object_id,name,raised_at\nA,down,03/02/2026 08:00\n"
                                  "B,down,03/25/2026 08:00\n");
    expect_rows(r, 2, 0);
    assert_int_equal(alarm_of(r, 0)->raised_s, 1772438400); /* 2026-03-02T08:00Z */
    forget(r);
    r = read_text(&alarm_spec, "alarms.csv",
                  "object_id,name,raised_at\nA,down,03/02/2026 08:00\n");
    expect_rows(r, 1, 1); /* day or month first? nobody can tell */
    forget(r);
    char text[64];
    dates_rewrite("15/12/2025 10:41", DATES_DAY_FIRST, text, sizeof text);
    assert_string_equal(text, "2025-12-15 10:41");
}

/* ---- a case folder ------------------------------------------------------------------ */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = text ? fopen(path, "wb") : NULL;
    if (!text) {
        unlink(path);
        return;
    }
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void a_world_reads_makers_files_and_names_neighbours(void **state)
{
    (void)state;
    char folder[] = "/tmp/vendor-XXXXXX";
    assert_non_null(mkdtemp(folder));
    write_file(
        folder, "cells.csv",
        "site_id,cell_id,lon,lat,pci,arfcn,rat\n501392,501392-48,113.10,23.10,120,100,LTE\n"
        "S2,500002-1,113.11,23.10,321,100,LTE\n");
    write_file(folder, "samples.xml",
               MRO_HEAD "<eNB id=\"501392\"><measurement><smr>MR.LteScRSRP MR.LteNcEarfcn "
                        "MR.LteNcPci MR.LteNcRSRP MR.Longitude MR.Latitude</smr>"
                        "<object id=\"128356400\" TimeStamp=\"2026-03-02T04:45:10.465\">"
                        "<v>77 100 321 53 113.105 23.1</v><v>77 100 9 53 113.105 23.1</v>"
                        "</object></measurement></eNB></bulkPmMrDataFile>");
    struct rules rules;
    rules_default(&rules);
    const struct world_options options = {.rules = &rules, .threads = 1};
    struct world *world = NULL;
    struct error error = {0};
    assert_int_equal(world_load(folder, &options, false, &world, &error), STATUS_OK);
    assert_int_equal(world->bin_count, 2);
    assert_int_equal(world->bins[0].cell, 0);
    assert_float_equal(world->bins[0].mean_dbm, -64, 1e-6);
    assert_int_equal(world->bins[1].cell, 1);
    assert_float_equal(world->bins[1].mean_dbm, -88, 1e-6);
    world_free(world);
    write_file(folder, "cells.csv", NULL);
    write_file(folder, "samples.xml", NULL);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gnettrack_rows_and_neighbours),
        cmocka_unit_test(gnettrack_kml_has_units),
        cmocka_unit_test(opencellid_composes_the_cell),
        cmocka_unit_test(nsg_cells),
        cmocka_unit_test(huawei_counters_behind_a_banner),
        cmocka_unit_test(huawei_counters_in_chinese_with_the_cell_in_a_sentence),
        cmocka_unit_test(zte_counters_number_node_and_cell),
        cmocka_unit_test(gsm_interference_bands),
        cmocka_unit_test(huawei_alarms_name_the_cell),
        cmocka_unit_test(a_world_reads_makers_files_and_names_neighbours),
        cmocka_unit_test(dates_of_any_table_are_told_by_the_whole_file),
    };
    return cmocka_run_group_tests_name("vendor tables", tests, NULL, NULL);
}
