/* Measurement reports and performance files: small invented files of each kind. */
#include "tests/unit/reading.h"
#include "models/tables/neighbours.h"
#include "models/tables/vendor/counter_names.h"
#include "models/tables/vendor/fields.h"
#include "models/tables/vendor/level.h"

/* ---- codes -------------------------------------------------------------------------- */

static void report_codes_are_lower_bounds(void **state)
{
    (void)state;
    /* TS 36.133 table 9.1.4-1: RSRP_97 is -44 dBm and above, RSRP_01 -140..-139. */
    assert_float_equal(level_of_rsrp_code(97), -44, 0);
    assert_float_equal(level_of_rsrp_code(1), -140, 0);
    assert_true(isnan(level_of_rsrp_code(98)));
    assert_true(isnan(level_of_rsrp_code(-1)));
    /* Table 9.1.7-1: RSRQ_34 is -3 dB and above. */
    assert_float_equal(level_of_rsrq_code(34), -3, 0);
}

static void nonsense_levels_are_told(void **state)
{
    (void)state;
    assert_null(level_nonsense(RAT_LTE, -104));
    assert_non_null(level_nonsense(RAT_LTE, -340));
    assert_non_null(level_nonsense(RAT_UMTS, -24));
    assert_non_null(level_nonsense(RAT_UMTS, -113));
    assert_null(level_nonsense(RAT_LTE, -113));
    assert_null(level_nonsense(RAT_NR, -150));
}

static void bands_become_the_level_of_the_rule(void **state)
{
    (void)state;
    /* More than 30 % above -95 is the rule's "high": exactly then the level is above -95. */
    assert_float_equal(counter_band_level((double[]){70, 0, 10, 10, 10}), -95, 1e-9);
    assert_true(counter_band_level((double[]){60, 0, 20, 10, 10}) > -95);
    assert_true(counter_band_level((double[]){60, 20, 10, 10, 0}) < -95);
    assert_float_equal(counter_band_level((double[]){1, 0, 0, 0, 0}), -110, 1e-9);
    assert_float_equal(counter_band_level((double[]){0, 0, 0, 0, 5}), -81.5, 1e-9);
    assert_true(isnan(counter_band_level((double[]){0, 0, 0, 0, 0})));
    assert_float_equal(counter_band45_level(0.30), -90, 1e-9);
    assert_float_equal(counter_band45_level(0), -110, 1e-9);
    assert_true(isnan(counter_band45_level(1.2)));
}

static void names_of_counters_are_found_with_units_and_wildcards(void **state)
{
    (void)state;
    struct counter_names *names = NULL;
    struct error error = {0};
    assert_int_equal(counter_names_open("/nonexistent/x.csv", &names, &error), STATUS_OK);
    struct counter_meaning m = counter_names_find(names, "L.UL.Interference.Avg(dBm)");
    assert_int_equal(m.count, 1);
    assert_int_equal(m.uses[0].kind, KIND_INTERFERENCE);
    m = counter_names_find(names, "L.E-RAB.AbnormRel (None)");
    assert_int_equal(m.count, 2); /* lost, and part of the whole */
    m = counter_names_find(names, "L.HHO.IntraeNB.IntraFreq.ExecAttOut (None)");
    assert_int_equal(m.uses[0].role, ROLE_WHOLE);
    m = counter_names_find(names, "LTE_Availability(%)@AB");
    assert_int_equal(m.uses[0].kind, KIND_AVAILABILITY);
    assert_int_equal(counter_names_find(names, "Cell Unavailability (s)").count, 0);
    assert_int_equal(counter_names_find(names, "pmSomethingElse").count, 0);
    counter_names_free(names);
}

static void fields_of_a_location(void **state)
{
    (void)state;
    const char *text = "eNodeB名称=甲乙, 本地小区标识=2, PCI值=342, 小区名称=甲乙_2, "
                       "eNodeB标识=500628, 小区标识=50";
    char value[64];
    assert_true(text_field(text, "小区标识|本地小区标识", value, sizeof value));
    assert_string_equal(value, "50");
    assert_true(text_field(text, "gNodeB标识|eNodeB标识", value, sizeof value));
    assert_string_equal(value, "500628");
    assert_false(text_field(text, "标识", value, sizeof value));
    assert_string_equal(value, "");
}

static void neighbours_by_code_and_distance(void **state)
{
    (void)state;
    struct cell cells[3];
    for (int i = 0; i < 3; i++)
        cells[i] = (struct cell){.pci = 437, .arfcn = 2850, .at = {4.0 + 0.05 * i, 50.8}};
    cells[2].pci = 1;
    struct neighbours *n = neighbours_new(cells, 3);
    double pci, arfcn;
    assert_true(neighbours_parse("pci437@2850", &pci, &arfcn));
    assert_false(neighbours_parse("401422-141", &pci, &arfcn));
    assert_false(neighbours_parse("pci437@2850x", &pci, &arfcn));
    /* 0.05 degrees of longitude are 3.5 km here. */
    assert_int_equal(neighbours_find(n, 437, 2850, (struct point){4.01, 50.8}, 10000, 2), 0);
    assert_int_equal(neighbours_find(n, 437, 2850, (struct point){4.02, 50.8}, 10000, 2),
                     UINT32_MAX); /* 1.4 km and 2.1 km: which? */
    assert_int_equal(neighbours_find(n, 437, 2850, (struct point){3.8, 50.8}, 10000, 1),
                     UINT32_MAX); /* 14 km */
    assert_int_equal(neighbours_find(n, 1, 2850, (struct point){4.02, 50.8}, 10000, 2), 2);
    assert_int_equal(neighbours_find(n, 1, 1300, (struct point){4.02, 50.8}, 10000, 2),
                     UINT32_MAX);
    neighbours_free(n);
}

/* ---- measurement reports ------------------------------------------------------------ */

static void mro_gives_serving_once_and_every_neighbour(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &sample_spec, "mro.xml",
        MRO_HEAD
        "<eNB id=\"501392\"><measurement><smr>MR.LteScEarfcn MR.LteScPci MR.LteScRSRP "
        "MR.LteScRSRQ MR.LteScTadv MR.LteNcEarfcn MR.LteNcPci MR.LteNcRSRP MR.LteNcRSRQ "
        "MR.Longitude MR.Latitude</smr>\n"
        "<object id=\"128356400\" TimeStamp=\"2026-03-02T04:45:10.465\">\n"
        "<v>100 120 77 28 5 100 321 53 0 113.1 23.1</v>\n"
        "<v>100 120 77 28 5 1825 444 22 13 113.1 23.1</v>\n</object>\n"
        "<object id=\"128356401\" TimeStamp=\"2026-03-02T04:45:11\">\n"
        "<v>100 120 NIL NIL NIL NIL NIL NIL NIL 113.1 23.1</v></object>\n"
        "</measurement></eNB></bulkPmMrDataFile>");
    expect_rows(r, 3, 1);
    assert_int_equal(r->count, 3);
    assert_string_equal(sample_of(r, 0)->cell_id, "501392-48");
    assert_float_equal(sample_of(r, 0)->level_dbm, -64, 0);
    assert_float_equal(sample_of(r, 0)->ta, 5, 0);
    assert_int_equal(sample_of(r, 0)->serving, ANSWER_YES);
    assert_int_equal(sample_of(r, 0)->source, SOURCE_MR);
    assert_string_equal(sample_of(r, 1)->cell_id, "pci321@100");
    assert_int_equal(sample_of(r, 1)->serving, ANSWER_NO);
    assert_float_equal(sample_of(r, 2)->level_dbm, -119, 0);
    assert_true(was_refused_for(r, "NIL"));
    forget(r);
}

static void mro_without_positions_is_refused_row_by_row(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &sample_spec, "mro.xml",
        MRO_HEAD
        "<eNB id=\"501392\"><measurement><smr>MR.LteScRSRP MR.LteNcEarfcn MR.LteNcPci "
        "MR.LteNcRSRP</smr><object id=\"128356400\" "
        "TimeStamp=\"2026-03-02T04:45:10.465\"><v>77 100 321 53</v><v>77 100 322 52</v>"
        "</object></measurement></eNB></bulkPmMrDataFile>");
    expect_rows(r, 2, 2);
    assert_int_equal(r->rejects.count, 2);
    assert_int_equal(r->count, 0);
    forget(r);
}

#define MRO_LOCAL                                                                              \
    "<measurement><smr>MR.LteScRSRP MR.Longitude MR.Latitude</smr>\n"                          \
    "<object id=\"3\" TimeStamp=\"2026-03-02T04:45:10\"><v>59 113.1 23.1</v></object>"         \
    "</measurement>"

static void mro_local_cell_needs_its_enb(void **state)
{
    (void)state;
    struct reading *r = read_text(&sample_spec, "part.xml", MRO_LOCAL);
    expect_rows(r, 1, 1);
    assert_true(was_refused_for(r, "which eNB"));
    forget(r);
    r = read_text(&sample_spec, "FDD-LTE_MRO_HUAWEI_010203_501392_20260302044500.xml",
                  MRO_LOCAL);
    expect_rows(r, 1, 0);
    assert_string_equal(sample_of(r, 0)->cell_id, "501392-3");
    forget(r);
    r = read_text(&sample_spec, "part.xml", "<eNB id=\"777777\">" MRO_LOCAL "</eNB>");
    assert_string_equal(sample_of(r, 0)->cell_id, "777777-3");
    forget(r);
}

static void mrs_counts_are_refused_and_empty_files_are_no_failure(void **state)
{
    (void)state;
    struct reading *r = read_text(&sample_spec, "mrs.xml",
                                  MRO_HEAD "<eNB id=\"501392\"><measurement mrName=\"MR.RSRP\">"
                                           "<smr>MR.RSRP.00 MR.RSRP.01 MR.RSRP.02</smr>"
                                           "<object id=\"128356400\"><v>0 7 2 </v></object>"
                                           "</measurement></eNB></bulkPmMrDataFile>");
    expect_rows(r, 1, 1);
    assert_string_equal(r->rejects.items[0].value, "9 reports");
    forget(r);
    r = read_text(&sample_spec, "none.xml", MRO_HEAD "</bulkPmMrDataFile>");
    expect_rows(r, 0, 0);
    forget(r);
}

static void hostile_xml_is_refused_with_a_sentence(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &sample_spec, "bomb.xml",
        "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
        "<bulkPmMrDataFile>&b;</bulkPmMrDataFile>");
    assert_int_equal(r->status, STATUS_FORMAT);
    assert_non_null(strstr(r->error.text, "entities"));
    forget(r);
    struct buffer deep = {0};
    buffer_text(&deep, "<bulkPmMrDataFile>");
    for (int i = 0; i < 200; i++)
        buffer_text(&deep, "<a>");
    r = read_text(&sample_spec, "deep.xml", deep.bytes);
    assert_int_equal(r->status, STATUS_FORMAT);
    assert_non_null(strstr(r->error.text, "deeper"));
    forget(r);
    buffer_free(&deep);
    r = read_text(&sample_spec, "cut.xml", MRO_HEAD "<eNB id=\"5");
    assert_int_equal(r->status, STATUS_FORMAT);
    assert_non_null(strstr(r->error.text, "damaged XML"));
    forget(r);
}

/* ---- performance files -------------------------------------------------------------- */

static void pm_new_form_adds_up_over_blocks(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &counter_spec, "pm.xml",
        "<?xml-stylesheet type=\"text/xsl\" href=\"x.xsl\"?>\n<?xml version=\"1.0\"?>\n"
        "<m:measCollecFile xmlns:m=\"http://x#measCollec\"><m:measData>\n"
        "<m:managedElement localDn=\"SubNetwork=1,ManagedElement=GNB-7\"/>\n"
        "<m:measInfo><m:granPeriod duration=\"PT15M\" endTime=\"2026-03-02T08:15:00+08:00\"/>\n"
        "<m:measType p=\"1\">DRB.EstabAtt</m:measType><m:measType p=\"2\">X.Y</m:measType>\n"
        "<m:measValue measObjLdn=\"GNBCUCPFunction=1,NRCellCU=2\"><m:r p=\"1\">200</m:r>"
        "<m:suspect>false</m:suspect></m:measValue>\n"
        "<m:measValue measObjLdn=\"GNBCUCPFunction=1,NRCellCU=3\"><m:r p=\"1\">9</m:r>"
        "<m:suspect>true</m:suspect></m:measValue>\n"
        "<m:measValue measObjLdn=\"GNBCUCPFunction=1\"><m:r p=\"1\">9</m:r></m:measValue>\n"
        "</m:measInfo>\n"
        "<m:measInfo><m:granPeriod duration=\"PT900S\" "
        "endTime=\"2026-03-02T08:15:00+08:00\"/>\n"
        "<m:measType p=\"1\">DRB.EstabSucc</m:measType>\n"
        "<m:measType p=\"2\">RRU.PrbTotDl</m:measType>\n"
        "<m:measValue measObjLdn=\"GNBDUFunction=1,NRCellDU=2\">"
        "<m:r p=\"2\">37.5</m:r><m:r p=\"1\">190</m:r></m:measValue></m:measInfo>\n"
        "</m:measData></m:measCollecFile>");
    expect_rows(r, 4, 2);
    assert_int_equal(r->count, 1);
    const struct counter *counter = counter_of(r, 0);
    assert_string_equal(counter->cell_id, "GNB-7-2");
    assert_int_equal(counter->start_s, 1772409600); /* 2026-03-02T00:00:00Z */
    assert_float_equal(counter->period_minutes, 15, 1e-9);
    assert_float_equal(counter->setup_success_pct, 95, 1e-9);
    assert_float_equal(counter->prb_dl_util_pct, 37.5, 1e-9);
    assert_true(was_refused_for(r, "suspect"));
    assert_true(was_refused_for(r, "not a cell"));
    assert_true(was_noted(r, "X.Y"));
    forget(r);
}

static void pm_old_forms_read_lists(void **state)
{
    (void)state;
    struct reading *r =
        read_text(&counter_spec, "pm.xml",
                  "<measCollecFile><measData><measInfo>"
                  "<granPeriod duration=\"PT900S\" endTime=\"2026-03-02T00:15:00Z\"/>\n"
                  "<measTypes>attTCHSeizures succTCHSeizures\n other</measTypes>\n"
                  "<measValue measObjLdn=\"RncFunction=RF-1,UtranCell=Gbg-997\">"
                  "<measResults>400 300 NIL</measResults></measValue></measInfo></measData>"
                  "</measCollecFile>");
    expect_rows(r, 1, 0);
    assert_string_equal(counter_of(r, 0)->cell_id, "Gbg-997");
    assert_float_equal(counter_of(r, 0)->setup_success_pct, 75, 1e-9);
    forget(r);
    r = read_text(&counter_spec, "pm.xml",
                  "<mdc><md><neid><nedn>ManagedElement=BSC1</nedn></neid><mi>"
                  "<mts>20260302001500Z</mts><gp>900</gp>"
                  "<mt>L.Cell.Unavail.Dur.Sys</mt><mt>L.UL.Interference.Avg</mt>"
                  "<mv><moid>ENBFunctionFDD=503660,EUtranCellFDD=2</moid>"
                  "<r>90</r><r>-101.5</r><sf>FALSE</sf></mv></mi></md></mdc>");
    expect_rows(r, 1, 0);
    assert_string_equal(counter_of(r, 0)->cell_id, "503660-2");
    assert_float_equal(counter_of(r, 0)->availability_pct, 90, 1e-9);
    assert_float_equal(counter_of(r, 0)->ul_interference_dbm, -101.5, 1e-9);
    forget(r);
}

static void pm_contradictions_are_refused(void **state)
{
    (void)state;
    struct reading *r = read_text(
        &counter_spec, "pm.xml",
        "<measCollecFile><measData><measInfo>"
        "<granPeriod duration=\"PT900S\" endTime=\"2026-03-02T00:15:00Z\"/>"
        "<measTypes>attTCHSeizures succTCHSeizures</measTypes>"
        "<measValue measObjLdn=\"UtranCell=A\"><measResults>234 345</measResults></measValue>"
        "</measInfo></measData></measCollecFile>");
    expect_rows(r, 1, 1);
    assert_true(was_refused_for(r, "more successes than attempts"));
    forget(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_codes_are_lower_bounds),
        cmocka_unit_test(nonsense_levels_are_told),
        cmocka_unit_test(bands_become_the_level_of_the_rule),
        cmocka_unit_test(names_of_counters_are_found_with_units_and_wildcards),
        cmocka_unit_test(fields_of_a_location),
        cmocka_unit_test(neighbours_by_code_and_distance),
        cmocka_unit_test(mro_gives_serving_once_and_every_neighbour),
        cmocka_unit_test(mro_without_positions_is_refused_row_by_row),
        cmocka_unit_test(mro_local_cell_needs_its_enb),
        cmocka_unit_test(mrs_counts_are_refused_and_empty_files_are_no_failure),
        cmocka_unit_test(hostile_xml_is_refused_with_a_sentence),
        cmocka_unit_test(pm_new_form_adds_up_over_blocks),
        cmocka_unit_test(pm_old_forms_read_lists),
        cmocka_unit_test(pm_contradictions_are_refused),
    };
    return cmocka_run_group_tests_name("vendor", tests, NULL, NULL);
}
