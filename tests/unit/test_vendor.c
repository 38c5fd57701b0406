/* Makers' formats: small invented files of each kind, read through table_read as triage does.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/tables/neighbours.h"
#include "models/tables/rows.h"
#include "models/tables/table.h"
#include "models/tables/vendor/counter_names.h"
#include "models/tables/vendor/dates.h"
#include "models/tables/vendor/fields.h"
#include "models/tables/vendor/level.h"
#include "models/tables/vendor/xml.h"

/* What one file gave. */
struct reading {
    struct arena *arena;
    struct rejects rejects;
    struct table_report report;
    struct error error;
    enum status status;
    size_t size, count;
    char *records;
    char path[128];
};

static enum status keep(void *context, const void *record)
{
    struct reading *reading = context;
    reading->records = realloc(reading->records, (reading->count + 1) * reading->size);
    memcpy(reading->records + reading->count++ * reading->size, record, reading->size);
    return STATUS_OK;
}

/* Write `text` as a file named `name`, read it as the table. */
static struct reading *read_text(const struct table_spec *spec, const char *name,
                                 const char *text)
{
    struct reading *reading = calloc(1, sizeof *reading);
    char folder[] = "/tmp/vendor-XXXXXX";
    assert_non_null(mkdtemp(folder));
    snprintf(reading->path, sizeof reading->path, "%s/%s", folder, name);
    FILE *file = fopen(reading->path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    reading->arena = arena_new();
    reading->size = spec->record_size;
    const struct table_options options = {.arena = reading->arena,
                                          .rejects = &reading->rejects};
    reading->status = table_read(reading->path, spec, &options, keep, reading, &reading->report,
                                 &reading->error);
    unlink(reading->path);
    rmdir(folder);
    return reading;
}

static void forget(struct reading *reading)
{
    arena_free(reading->arena);
    arena_free(reading->rejects.arena);
    free(reading->rejects.items);
    free(reading->records);
    free(reading);
}

static const struct sample *sample_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct sample *)(reading->records + i * reading->size);
}

static const struct counter *counter_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct counter *)(reading->records + i * reading->size);
}

static const struct alarm *alarm_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct alarm *)(reading->records + i * reading->size);
}

static const struct cell *cell_of(const struct reading *reading, size_t i)
{
    assert_true(i < reading->count);
    return (const struct cell *)(reading->records + i * reading->size);
}

static void expect_rows(const struct reading *reading, uint64_t rows, uint64_t refused)
{
    assert_int_equal(reading->status, STATUS_OK);
    assert_int_equal(reading->report.rows, rows);
    assert_int_equal(reading->report.refused, refused);
}

static bool was_refused_for(const struct reading *reading, const char *words)
{
    for (size_t i = 0; i < reading->rejects.count; i++)
        if (strstr(reading->rejects.items[i].reason, words))
            return true;
    return false;
}

static bool was_noted(const struct reading *reading, const char *words)
{
    for (size_t i = 0; i < reading->report.note_count; i++)
        if (strstr(reading->report.notes[i].text, words) ||
            strcmp(reading->report.notes[i].detail, words) == 0)
            return true;
    return false;
}

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

#define MRO_HEAD                                                                               \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bulkPmMrDataFile>\n"                         \
    "<fileHeader period=\"15\"/>\n"

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
        cmocka_unit_test(gnettrack_rows_and_neighbours),
        cmocka_unit_test(gnettrack_kml_has_units),
        cmocka_unit_test(opencellid_composes_the_cell),
        cmocka_unit_test(nsg_cells),
        cmocka_unit_test(huawei_counters_behind_a_banner),
        cmocka_unit_test(huawei_counters_in_chinese_with_the_cell_in_a_sentence),
        cmocka_unit_test(zte_counters_number_node_and_cell),
        cmocka_unit_test(gsm_interference_bands),
        cmocka_unit_test(huawei_alarms_name_the_cell),
        cmocka_unit_test(dates_of_any_table_are_told_by_the_whole_file),
    };
    return cmocka_run_group_tests_name("vendor", tests, NULL, NULL);
}
