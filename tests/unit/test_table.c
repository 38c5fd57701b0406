/* table: encodings, separators, headers, refusals, and files made to hurt. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "geo/datum.h"
#include "models/tables/table.h"

/* What one read gave. */
struct outcome {
    enum status status;
    struct error error;
    struct table_report report;
    struct rejects rejects;
    struct arena *arena;
    union {
        struct cell cell;
        struct complaint complaint;
        struct alarm alarm;
        struct sample sample;
        struct counter counter;
        struct plan plan;
    } rows[8]; /* the first ones */
    size_t count, row_size;
};

static enum status take(void *context, const void *record)
{
    struct outcome *outcome = context;
    if (outcome->count < ARRAY_COUNT(outcome->rows))
        memcpy(&outcome->rows[outcome->count], record, outcome->row_size);
    outcome->count++;
    return STATUS_OK;
}

static struct outcome *start(const struct table_spec *spec, struct table_options *options)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    outcome->arena = arena_new();
    outcome->row_size = spec == &cell_spec        ? sizeof(struct cell)
                        : spec == &complaint_spec ? sizeof(struct complaint)
                        : spec == &alarm_spec     ? sizeof(struct alarm)
                        : spec == &sample_spec    ? sizeof(struct sample)
                        : spec == &plan_spec      ? sizeof(struct plan)
                                                  : sizeof(struct counter);
    *options = (struct table_options){
        .utc_offset_s = 28800, .arena = outcome->arena, .rejects = &outcome->rejects};
    return outcome;
}

static struct outcome *read_bytes(const struct table_spec *spec, const char *bytes, size_t n)
{
    struct table_options options;
    struct outcome *outcome = start(spec, &options);
    struct table_text text = {"text.csv", bytes, n};
    outcome->status = table_read_text(&text, spec, &options, take, outcome, &outcome->report,
                                      &outcome->error);
    return outcome;
}

static struct outcome *read_text(const struct table_spec *spec, const char *text)
{
    return read_bytes(spec, text, strlen(text));
}

static struct outcome *read_path(const struct table_spec *spec, const char *path)
{
    struct table_options options;
    struct outcome *outcome = start(spec, &options);
    outcome->status =
        table_read(path, spec, &options, take, outcome, &outcome->report, &outcome->error);
    return outcome;
}

static void drop(struct outcome *outcome)
{
    arena_free(outcome->arena);
    arena_free(outcome->rejects.arena);
    free(outcome->rejects.items);
    free(outcome);
}

static void expect_reject(const struct outcome *outcome, size_t i, uint32_t line,
                          const char *column, const char *reason)
{
    assert_true(i < outcome->rejects.count);
    const struct reject *reject = &outcome->rejects.items[i];
    if (reject->line != line || strcmp(reject->column, column) != 0 ||
        !strstr(reject->reason, reason))
        fail_msg("reject %zu is line %u, column '%s', '%s'", i, reject->line, reject->column,
                 reject->reason);
}

/* ---- encodings and separators -------------------------------------------------------- */

static const char CELLS[] = "cell_id,小区名称,经度,纬度,方位角\n"
                            "460-00-300420-3,\"西关,北\",113.25,23.1,120\n";

static void expect_west_gate(struct outcome *outcome, const char *encoding, char separator)
{
    assert_string_equal(outcome->error.text, "");
    assert_int_equal(outcome->count, 1);
    assert_string_equal(outcome->report.encoding, encoding);
    assert_int_equal(outcome->report.separator, separator);
    assert_string_equal(outcome->rows[0].cell.cell_name, "西关,北");
    assert_string_equal(outcome->rows[0].cell.cell_id, "460-00-300420-3");
    assert_true(fabs(outcome->rows[0].cell.at.lon - 113.25) < 1e-12);
    assert_true(outcome->rows[0].cell.azimuth_deg == 120);
    assert_int_equal(outcome->rows[0].cell.line, 2);
    drop(outcome);
}

/* The same table through iconv(1): the oracle of the encodings is not ours. */
static struct outcome *read_converted(const char *text, const char *encoding, const char *bom)
{
    char command[256], *bytes = NULL;
    size_t size = 0;
    FILE *in = fopen("/tmp/test_table_in.csv", "w");
    fputs(text, in);
    fclose(in);
    snprintf(command, sizeof command, "iconv -f UTF-8 -t %s /tmp/test_table_in.csv", encoding);
    FILE *pipe = popen(command, "r"), *memory = open_memstream(&bytes, &size);
    fwrite(bom, 1, strlen(bom), memory);
    for (int c; (c = fgetc(pipe)) != EOF;)
        fputc(c, memory);
    pclose(pipe);
    fclose(memory);
    struct outcome *outcome = read_bytes(&cell_spec, bytes, size);
    free(bytes);
    unlink("/tmp/test_table_in.csv");
    return outcome;
}

static void test_encodings(void **state)
{
    (void)state;
    expect_west_gate(read_text(&cell_spec, CELLS), "UTF-8", ',');
    expect_west_gate(read_converted(CELLS, "UTF-8", "\xEF\xBB\xBF"), "UTF-8 with BOM", ',');
    expect_west_gate(read_converted(CELLS, "GB18030", ""), "GB18030", ',');
    expect_west_gate(read_converted(CELLS, "UTF-16LE", "\xFF\xFE"), "UTF-16LE", ',');
    expect_west_gate(read_converted(CELLS, "UTF-16BE", "\xFE\xFF"), "UTF-16BE", ',');
}

static void test_western_text(void **state)
{
    (void)state;
    struct outcome *outcome =
        read_bytes(&complaint_spec,
                   "ticket_id,address,lat,lon\nT1,Caf\xE9 M\xFCller,23.1\xB0,113.2\xB0\n", 55);
    assert_string_equal(outcome->report.encoding, "windows-1252");
    assert_string_equal(outcome->rows[0].complaint.address, "Café Müller");
    assert_true(fabs(outcome->rows[0].complaint.at.lat - 23.1) < 1e-12);
    drop(outcome);
}

/* A name cut in the middle of a character does not turn a UTF-8 file into another one. */
static void test_broken_character(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_text(&text, "cell_id,cell_name,lon,lat\n");
    for (int i = 0; i < 50; i++)
        buffer_format(&text, "A%d,西关北路,113,23\n", i);
    buffer_text(&text, "B,西\xE5\x85,113,23\n");
    struct outcome *outcome = read_bytes(&cell_spec, text.bytes, text.length);
    assert_string_equal(outcome->report.encoding, "UTF-8");
    assert_int_equal(outcome->count, 51);
    assert_true(outcome->report.replaced > 0);
    drop(outcome);
    buffer_free(&text);
}

/* The first character that is not ASCII may come late. */
static void test_late_encoding(void **state)
{
    (void)state;
    char path[] = "/tmp/test_table_late_XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    fputs("cell_id,cell_name,lon,lat\n", file);
    for (int i = 0; i < 120000; i++)
        fprintf(file, "%07d,plain,113,23\n", i);
    fputs("Z,\xCE\xF7\xB9\xD8,113,23\n", file); /* 西关 in GBK */
    fclose(file);
    struct outcome *outcome = read_path(&cell_spec, path);
    unlink(path);
    assert_string_equal(outcome->report.encoding, "GB18030");
    assert_int_equal(outcome->count, 120001);
    assert_int_equal(outcome->report.replaced, 0);
    drop(outcome);
}

static void test_separators(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char separator;
    } tables[] = {
        {"cell_id;小区名称;经度;纬度;方位角\n460-00-300420-3;西关,北;113,25;23,1;120\n", ';'},
        {"cell_id\t小区名称\t经度\t纬度\t方位角\t\n460-00-300420-3\t西关,北\t113.25\t23."
         "1\t120\t\n",
         '\t'},
        {"cell_id|小区名称|经度|纬度|方位角\n460-00-300420-3|西关,北|113.25|23.1|120\n", '|'},
    };
    for (size_t i = 0; i < ARRAY_COUNT(tables); i++)
        expect_west_gate(read_text(&cell_spec, tables[i].text), "UTF-8", tables[i].separator);
    struct outcome *outcome = read_text(&cell_spec, "sep=;\r\ncell_id;lon;lat\r\nA;113;23\r\n");
    assert_int_equal(outcome->count, 1);
    assert_int_equal(outcome->rows[0].cell.line, 3);
    drop(outcome);
}

/* Old spreadsheets end lines with a carriage return alone; Windows with two characters. */
static void test_line_ends(void **state)
{
    (void)state;
    static const char *const texts[] = {"cell_id,lon,lat\rA,113,23\rB,113,23\r",
                                        "cell_id,lon,lat\r\nA,113,23\r\nB,113,23\r\n",
                                        "\n\ncell_id,lon,lat\n\nA,113,23\n,,\nB,113,23",
                                        "cell_id,lon,lat\nA,113,23\nB,113,23\n\n\n"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct outcome *outcome = read_text(&cell_spec, texts[i]);
        assert_int_equal(outcome->count, 2);
        assert_int_equal(outcome->report.rows, 2);
        assert_string_equal(outcome->rows[1].cell.cell_id, "B");
        drop(outcome);
    }
}

/* ---- headers ------------------------------------------------------------------------- */

static void test_header_spellings(void **state)
{
    (void)state;
    struct outcome *outcome =
        read_text(&sample_spec, "时间,Longitude [deg],LATITUDE,ＣＧＩ,RSRP（dBm）,CellID\n"
                                "2026/3/2 9:05,113.2,23.1,460-00-1-2,-99.5 dBm,7\n");
    assert_int_equal(outcome->count, 1);
    assert_string_equal(outcome->rows[0].sample.cell_id, "460-00-1-2");
    assert_true(outcome->rows[0].sample.level_dbm == -99.5);
    assert_int_equal(outcome->rows[0].sample.time_s, 1772413500);
    assert_null(outcome->report.columns[5].field);
    assert_non_null(strstr(outcome->report.columns[5].note, "cell_id is taken from"));
    drop(outcome);
}

static void test_header_units(void **state)
{
    (void)state;
    struct outcome *outcome =
        read_text(&cell_spec, "cell_id,lon,lat,frequency (kHz),挂高(cm),rs_power(0.1dBm)\n"
                              "A,113,23,945000,2500,152\n");
    const struct cell *cell = &outcome->rows[0].cell;
    assert_true(cell->frequency_mhz == 945 && cell->height_m == 25);
    assert_true(fabs(cell->rs_power_dbm - 15.2) < 1e-9);
    assert_string_equal(outcome->report.columns[3].note, "kHz read as MHz");
    drop(outcome);
}

static void test_title_above_header(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(
        &cell_spec,
        "Cells of the county\nexported by admin, 2026-03-02\n\ncell_id,lon,lat\nA,113,23\n");
    assert_int_equal(outcome->count, 1);
    assert_int_equal(outcome->report.rows, 1);
    assert_int_equal(outcome->report.header_line, 4);
    drop(outcome);
}

static void test_missing_column(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(&cell_spec, "cell_id,lon\nA,113\n");
    assert_int_equal(outcome->status, STATUS_FORMAT);
    assert_non_null(strstr(outcome->error.text, "no column 'lat'"));
    assert_non_null(strstr(outcome->error.text, "cell_id, lon"));
    drop(outcome);
}

/* ---- rows ---------------------------------------------------------------------------- */

static void test_refused_and_dropped(void **state)
{
    (void)state;
    struct outcome *outcome =
        read_text(&cell_spec, "cell_id,lon,lat,pci,rat,height_m\n"
                              "A,113.2,23.1,abc,6G,30\n"    /* two values dropped, row read */
                              ",113.2,23.1,1,LTE,30\n"      /* no id */
                              "C,23.1,113.2,1,LTE,30\n"     /* swapped */
                              "4.6E+14,113.2,23.1,1,LTE,\n" /* spoilt by a spreadsheet */
                              "E,113.2,23.1,1,LTE,30,,\n"
                              "F,113.2,23.1,1,LTE,30,40\n"); /* a value too many */
    assert_int_equal(outcome->report.rows, 6);
    assert_int_equal(outcome->report.refused, 4);
    assert_int_equal(outcome->report.dropped, 2);
    assert_int_equal(outcome->count, 2);
    expect_reject(outcome, 0, 2, "rat", "GSM, UMTS, LTE, NR");
    expect_reject(outcome, 1, 2, "pci", "not a number");
    assert_true(outcome->rejects.items[0].kept && outcome->rejects.items[1].kept);
    expect_reject(outcome, 2, 3, "cell_id", "absent");
    expect_reject(outcome, 3, 4, "lat", "swapped");
    expect_reject(outcome, 4, 5, "cell_id", "spreadsheet");
    expect_reject(outcome, 5, 7, "", "7 values under 6 headers");
    drop(outcome);
}

static void test_sentinels(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(&sample_spec, "lon,lat,cell_id,rsrp_dbm,sinr_db,ta\n"
                                                      "113,23,A,-140.0,1,0\n"
                                                      "113,23,A,NIL,1,0\n"
                                                      "113,23,A,-340,1,0\n"
                                                      "113,23,A,-99,1000,-1\n");
    assert_int_equal(outcome->count, 1);
    assert_true(isnan(outcome->rows[0].sample.sinr_db) && isnan(outcome->rows[0].sample.ta));
    expect_reject(outcome, 0, 2, "rsrp_dbm", "no level");
    assert_string_equal(outcome->rejects.items[0].value, "-140.0");
    assert_int_equal(outcome->report.refused, 3);
    drop(outcome);
}

/* Azimuth 360 with a beam of 360 is an omni or indoor cell; 360 elsewhere is north. */
static void test_cell_antennas(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(
        &cell_spec, "eNodeB ID,CELL_ID,制式,经度,纬度,方位角,水平半功率角,是否接室分\n"
                    "483331,0,FDD,113,23,360,360,室内\n"
                    "483331,1,FDD,113,23,360,65,否\n"
                    "483331,2,FDD,113,23,90,360,否\n"
                    "483331,3,FDD,113,23,0,65,否\n");
    const struct cell *cell = &outcome->rows[0].cell;
    assert_int_equal(outcome->count, 4);
    assert_string_equal(cell->cell_id, "483331-0");
    assert_string_equal(cell->site_id, "483331");
    assert_true(isnan(cell->azimuth_deg) && isnan(cell->hbw_deg));
    assert_int_equal(cell->coverage, COVERAGE_INDOOR);
    assert_int_equal(cell->rat, RAT_LTE);
    assert_true(outcome->rows[1].cell.azimuth_deg == 0);
    assert_int_equal(outcome->rows[1].cell.coverage, COVERAGE_MACRO);
    assert_true(isnan(outcome->rows[2].cell.azimuth_deg));
    assert_true(outcome->rows[3].cell.azimuth_deg == 0);
    drop(outcome);
}

static void test_complaint_words(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(
        &complaint_spec,
        "工单号,投诉时间,经纬度,网络类型,投诉类型,客户级别,室内外\n"
        "G1,2026年3月2日 9:05,\"113.25,23.1\",4G,移动业务-语音-信号时好时差,金卡,室内-商场\n"
        "G2,,\"23.1N, 113.25E\",5G SA,无法上网,普通客户,室外\n"
        "G3,2026-03-02,,TD-LTE,彩铃业务,,\n");
    const struct complaint *first = &outcome->rows[0].complaint;
    assert_int_equal(outcome->count, 3);
    assert_int_equal(first->reported_s, 1772413500);
    assert_true(first->at.lon == 113.25 && first->at.lat == 23.1);
    assert_int_equal(first->rat, RAT_LTE);
    assert_int_equal(first->symptom, SYMPTOM_DROPS);
    assert_int_equal(first->customer, CUSTOMER_VIP);
    assert_int_equal(first->indoor, ANSWER_YES);
    const struct complaint *second = &outcome->rows[1].complaint;
    assert_true(second->at.lon == 113.25 && second->at.lat == 23.1);
    assert_int_equal(second->rat, RAT_NR);
    assert_int_equal(second->symptom, SYMPTOM_DATA);
    assert_int_equal(second->indoor, ANSWER_NO);
    assert_int_equal(outcome->rows[2].complaint.symptom, SYMPTOM_OTHER);
    assert_true(isnan(outcome->rows[2].complaint.at.lon));
    drop(outcome);
}

/* A position that cannot be used costs the ticket its position, not its place in the run. */
static void test_complaint_positions(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(&complaint_spec, "ticket_id,lon,lat\n"
                                                         "A,\"23.1, 113.25\",\n"
                                                         "B,23.1,113.25\n"
                                                         "C,113°15'0\",23°6'0\"\n");
    assert_int_equal(outcome->count, 3);
    assert_true(outcome->rows[0].complaint.at.lon == 113.25);
    assert_true(isnan(outcome->rows[1].complaint.at.lon));
    assert_true(isnan(outcome->rows[1].complaint.at.lat));
    assert_int_equal(outcome->rejects.count, 0); /* kept as written: the table may be swapped */
    assert_true(outcome->rows[1].complaint.given.lon == 23.1);
    assert_true(outcome->rows[1].complaint.given.lat == 113.25);
    assert_true(fabs(outcome->rows[2].complaint.at.lon - 113.25) < 1e-12);
    drop(outcome);
}

static void test_alarm_objects(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(
        &alarm_spec, "网元,告警码,发生时间,告警恢复时间,告警对象类型,告警对象DN\n"
                     "大塘LBBU1(503660),LTE小区退出服务(198094419),2015-09-20 "
                     "16:56:01,2015-09-20 17:10:20,CELL,"
                     "\"SubNetwork=440607,MEID=503660,ENBFunctionFDD=503660,EUtranCellFDD=2\"\n"
                     "大塘LBBU1(503660),设备掉电(198092295),2015-09-20 16:54:51,-,RU,\n"
                     "A1,x,2015-09-20 16:54:51,2015-09-20 16:00:00,,\n");
    assert_int_equal(outcome->count, 2);
    assert_string_equal(outcome->rows[0].alarm.object_id, "503660-2");
    assert_false(outcome->rows[0].alarm.partial);
    assert_string_equal(outcome->rows[1].alarm.object_id, "503660");
    assert_true(outcome->rows[1].alarm.partial);
    assert_int_equal(outcome->rows[1].alarm.cleared_s, TIME_ABSENT);
    expect_reject(outcome, 0, 4, "cleared_at", "before it was raised");
    drop(outcome);
}

static void test_counter_periods(void **state)
{
    (void)state;
    struct outcome *outcome =
        read_text(&counter_spec, "小区名称,开始时间,结束时间,小区可用率\n"
                                 "A-1,2026-03-02 09:00,2026-03-02 09:15,99.8%\n"
                                 "A-1,2026-03-02 09:00,,101\n"
                                 "A-1,2026-03-02 09:00,2026-03-02 08:00,100\n");
    assert_int_equal(outcome->count, 2);
    assert_true(outcome->rows[0].counter.period_minutes == 15);
    assert_true(outcome->rows[0].counter.availability_pct == 99.8);
    assert_true(outcome->rows[1].counter.period_minutes == 60);
    assert_true(isnan(outcome->rows[1].counter.availability_pct));
    assert_int_equal(outcome->report.refused, 1);
    drop(outcome);
}

static void test_plan_azimuths(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(&plan_spec, "规划编号,经度,纬度,建设状态,方位角\n"
                                                    "P1,113,23,在建,0;120;240\n"
                                                    "P2,113,23,已取消,\"360/90\"\n"
                                                    "P3,113,23,立项,400\n");
    const struct plan *plan = &outcome->rows[0].plan;
    assert_int_equal(outcome->count, 2);
    assert_int_equal(plan->stage, STAGE_BUILDING);
    assert_true(plan->azimuths_deg[2] == 240 && isnan(plan->azimuths_deg[3]));
    assert_true(outcome->rows[1].plan.azimuths_deg[0] == 0);
    assert_int_equal(outcome->rows[1].plan.stage, STAGE_CANCELLED);
    expect_reject(outcome, 0, 4, "azimuths_deg", "0..360");
    drop(outcome);
}

/* ---- files made to hurt -------------------------------------------------------------- */

static void test_open_quotes(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_text(&text, "cell_id,cell_name,lon,lat\nA,\"two\nlines\",113,23\n");
    buffer_text(&text, "B,\"never closed,113,23\n");
    for (int i = 0; i < 500; i++)
        buffer_format(&text, "C%d,name,113,23\n", i);
    buffer_text(&text, "D,\"open at the end,113,23\n");
    struct outcome *outcome = read_bytes(&cell_spec, text.bytes, text.length);
    assert_int_equal(outcome->status, STATUS_OK);
    assert_int_equal(outcome->count, 501);
    assert_string_equal(outcome->rows[0].cell.cell_name, "two\nlines");
    assert_int_equal(outcome->report.rows, 503);
    expect_reject(outcome, 0, 4, "", "quote");
    expect_reject(outcome, 1, 505, "", "quote");
    drop(outcome);
    buffer_clear(&text);
    buffer_text(&text, "cell_id,cell_name,lon,lat\n");
    for (int i = 0; i < 20000; i++)
        buffer_text(&text, "\"a,b\n");
    outcome = read_bytes(&cell_spec, text.bytes, text.length);
    assert_int_equal(outcome->status, STATUS_FORMAT);
    assert_non_null(strstr(outcome->error.text, "quotes"));
    drop(outcome);
    buffer_free(&text);
}

static void test_nul_bytes(void **state)
{
    (void)state;
    static const char text[] = "cell_id,lon,lat\nA\0B,113,23\nC,113,23\n";
    struct outcome *outcome = read_bytes(&cell_spec, text, sizeof text - 1);
    assert_int_equal(outcome->count, 1);
    expect_reject(outcome, 0, 2, "", "NUL");
    drop(outcome);
}

/* The address sanitizer keeps what was freed for a while. */
#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_KIB = 280 << 10 };
#else
enum { MEMORY_KIB = 40 << 10 };
#endif

static void write_endless_line(FILE *file, size_t bytes)
{
    static char piece[1 << 16];
    memset(piece, 'x', sizeof piece);
    for (size_t n = 0; n < bytes; n += sizeof piece)
        fwrite(piece, 1, sizeof piece, file);
}

/* Lines of 300 MB do not need 300 MB, in any place. */
static void test_endless_lines(void **state)
{
    (void)state;
    static const char *const befores[] = {"cell_id,lon,lat\nA,113,23\n", "",
                                          "cell_id,lon,lat\nA,113,23\nB,\""};
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    for (size_t i = 0; i < ARRAY_COUNT(befores); i++) {
        char path[] = "/tmp/test_table_XXXXXX";
        FILE *file = fdopen(mkstemp(path), "w");
        fputs(befores[i], file);
        write_endless_line(file, (size_t)300 << 20);
        fputs("\nC,113,23\n", file);
        fclose(file);
        struct outcome *outcome = read_path(&cell_spec, path);
        unlink(path);
        if (i == 1) {
            assert_int_equal(outcome->status, STATUS_FORMAT);
            assert_non_null(strstr(outcome->error.text, "1 MiB"));
        } else {
            assert_int_equal(outcome->count, 2);
            expect_reject(outcome, 0, 3, "", "1 MiB");
        }
        drop(outcome);
    }
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < MEMORY_KIB);
}

static void test_useless_files(void **state)
{
    (void)state;
    static const struct {
        const char *path, *bytes, *why;
    } files[] = {
        {"/tmp/test_table_empty.csv", "", "empty"},
        {"/tmp/test_table_blank.csv", "\n\n  \n", "no header"},
        {"/tmp/test_table_zip.csv", "PK\x03\x04rest", "another kind of file"},
        {"/tmp/test_table_zip.xlsx", "PK\x03\x04rest", "cannot be read as xlsx"},
        {"/tmp/test_table_vrt.shp", "<OGRVRTDataSource></OGRVRTDataSource>", "cannot be read"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        FILE *file = fopen(files[i].path, "w");
        fputs(files[i].bytes, file);
        fclose(file);
        struct outcome *outcome = read_path(&cell_spec, files[i].path);
        unlink(files[i].path);
        if (outcome->status == STATUS_OK || !strstr(outcome->error.text, files[i].why))
            fail_msg("%s: '%s'", files[i].path, outcome->error.text);
        drop(outcome);
    }
    struct outcome *outcome = read_path(&cell_spec, "/tmp");
    assert_int_equal(outcome->status, STATUS_IO);
    assert_non_null(strstr(outcome->error.text, "folder"));
    drop(outcome);
    outcome = read_path(&cell_spec, "/tmp/test_table_missing.csv");
    assert_int_equal(outcome->status, STATUS_IO);
    drop(outcome);
}

static void test_header_only(void **state)
{
    (void)state;
    struct outcome *outcome = read_text(&cell_spec, "cell_id,lon,lat\n");
    assert_int_equal(outcome->status, STATUS_OK);
    assert_int_equal(outcome->report.rows, 0);
    drop(outcome);
}

/* A million bad rows are counted, ten thousand are listed. */
static void test_rejects_are_capped(void **state)
{
    (void)state;
    struct buffer text = {0};
    buffer_text(&text, "cell_id,lon,lat\n");
    for (int i = 0; i < 30000; i++)
        buffer_text(&text, "A,x,23\n");
    struct outcome *outcome = read_bytes(&cell_spec, text.bytes, text.length);
    assert_int_equal(outcome->report.refused, 30000);
    assert_int_equal(outcome->rejects.total, 30000);
    assert_int_equal(outcome->rejects.count, REJECTS_LISTED);
    drop(outcome);
    buffer_free(&text);
}

/* Whatever bytes come, every row is read or refused. */
static void test_noise(void **state)
{
    (void)state;
    static const char alphabet[] = "\",;\t\r\n\0xE+-.019\xB0\xC4\xE5\x85\xB3\xFF cell_id";
    struct rng rng;
    rng_seed(&rng, 2);
    for (int round = 0; round < 3000; round++) {
        char bytes[200];
        size_t n = 1 + (size_t)(rng_uniform(&rng) * (sizeof bytes - 1));
        for (size_t i = 0; i < n; i++)
            bytes[i] = alphabet[(size_t)(rng_uniform(&rng) * (sizeof alphabet - 1))];
        struct buffer text = {0};
        buffer_text(&text, "cell_id,lon,lat,rat,on_air\n");
        buffer_append(&text, bytes, n);
        struct outcome *outcome = read_bytes(&cell_spec, text.bytes, text.length);
        assert_int_equal(outcome->report.rows, outcome->report.refused + outcome->count);
        drop(outcome);
        buffer_free(&text);
    }
}

/* --src-crs names a projected system: zone 50's middle meridian is 117 degrees. */
static void test_positions_in_metres(void **state)
{
    (void)state;
    static const char rows[] = "site_id,cell_id,lon,lat\nA,1,500000,4000000\nA,2,9e7,4000000\n";
    const struct table_text text = {"text.csv", rows, strlen(rows)};
    struct table_options options;
    struct outcome *outcome = start(&cell_spec, &options);
    struct error error = {0};
    assert_int_equal(datum_reader_open("EPSG:32650", &options.datum, &error), STATUS_OK);
    assert_int_equal(
        table_read_text(&text, &cell_spec, &options, take, outcome, &outcome->report, &error),
        STATUS_OK);
    datum_reader_close(options.datum);
    assert_int_equal(outcome->report.rows, 2);
    assert_int_equal(outcome->report.refused, 1);
    assert_float_equal(outcome->report.west, 117, 1e-9);
    assert_float_equal(outcome->report.north, 36.14, 0.01);
    assert_string_equal(outcome->rejects.items[0].reason,
                        "not a position in the system that --src-crs names");
    drop(outcome);
    outcome = read_text(&cell_spec, rows); /* in degrees they are none */
    assert_int_equal(outcome->report.refused, 2);
    drop(outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_western_text),
        cmocka_unit_test(test_broken_character),
        cmocka_unit_test(test_late_encoding),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_header_spellings),
        cmocka_unit_test(test_header_units),
        cmocka_unit_test(test_title_above_header),
        cmocka_unit_test(test_missing_column),
        cmocka_unit_test(test_refused_and_dropped),
        cmocka_unit_test(test_sentinels),
        cmocka_unit_test(test_cell_antennas),
        cmocka_unit_test(test_complaint_words),
        cmocka_unit_test(test_complaint_positions),
        cmocka_unit_test(test_alarm_objects),
        cmocka_unit_test(test_counter_periods),
        cmocka_unit_test(test_plan_azimuths),
        cmocka_unit_test(test_open_quotes),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_endless_lines),
        cmocka_unit_test(test_useless_files),
        cmocka_unit_test(test_header_only),
        cmocka_unit_test(test_rejects_are_capped),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_positions_in_metres),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
