/* Public files of the makers, where they are: every row accounted for. The rows present are
 * counted here by other means than the readers': line ends, or the elements of a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/tables/table.h"

static const char folder[] = "../shared/data/";

/* A file, what ends a row of it (NULL: a spreadsheet), rows present and read, records. */
struct data_file {
    const struct table_spec *spec;
    const char *name, *mark;
    unsigned present, read, given;
};

static const struct data_file files[] = {
    {&sample_spec, "gnettrack/belgium/ixelle_1.txt", "\n", 46, 46, 59},
    {&sample_spec, "gnettrack/belgium/ixelle_3.txt", "\n", 46, 46, 90},
    {&sample_spec, "gnettrack/belgium/ixelle_4.txt", "\n", 46, 46, 132},
    {&sample_spec, "gnettrack/belgium/ixelle_5.txt", "\n", 48, 48, 166},
    {&sample_spec, "gnettrack/belgium/lln_1.txt", "\n", 76, 76, 380},
    {&sample_spec, "gnettrack/belgium/lln_2.txt", "\n", 70, 70, 233},
    {&sample_spec, "gnettrack/belgium/lln_3.txt", "\n", 78, 78, 369},
    {&sample_spec, "gnettrack/belgium/lln_4.txt", "\n", 67, 67, 67},
    {&sample_spec, "gnettrack/belgium/lln_5.txt", "\n", 74, 74, 292},
    {&sample_spec, "gnettrack/belgium/waha_1.txt", "\n", 78, 78, 78},
    {&sample_spec, "gnettrack/belgium/waha_2.txt", "\n", 80, 80, 87},
    {&sample_spec, "gnettrack/belgium/waha_3.txt", "\n", 79, 79, 106},
    {&sample_spec, "gnettrack/belgium/waha_4.txt", "\n", 83, 83, 172},
    {&sample_spec, "gnettrack/belgium/waha_5.txt", "\n", 82, 82, 90},
    {&sample_spec, "gnettrack/dakar/Orange_log.txt", "\n", 2625, 1068, 1068},
    {&sample_spec, "gnettrack/dakar/Yas_log.txt", "\n", 2719, 2537, 2537},
    {&sample_spec, "gnettrack/dakar/expresso_log.txt", "\n", 2955, 2684, 2684},
    {&sample_spec, "gnettrack/Open5GS_csirsrp.kml", "<Placemark>", 35, 35, 35},
    {&sample_spec, "ambato/day1/pedestrian_day1_H.csv", "\n", 943, 943, 943},
    {&sample_spec, "ambato/day1/pedestrian_day1_V.csv", "\n", 943, 943, 943},
    {&sample_spec, "ambato/day1/vehicular_day1_H.csv", "\n", 476, 476, 476},
    {&sample_spec, "ambato/day1/vehicular_day1_V.csv", "\n", 582, 582, 582},
    {&sample_spec, "ambato/day2/pedestrian_day2_H.csv", "\n", 742, 742, 742},
    {&sample_spec, "ambato/day2/pedestrian_day2_V.csv", "\n", 742, 742, 742},
    {&sample_spec, "ambato/day2/vehicular_day2_H.csv", "\n", 447, 447, 447},
    {&sample_spec, "ambato/day2/vehicular_day2_V.csv", "\n", 507, 507, 507},
    {&sample_spec, "ambato/day3/pedestrian_day3_H.csv", "\n", 789, 789, 789},
    {&sample_spec, "ambato/day3/pedestrian_day3_V.csv", "\n", 774, 774, 774},
    {&sample_spec, "ambato/day3/vehicular_day3_H.csv", "\n", 525, 525, 525},
    {&sample_spec, "ambato/day3/vehicular_day3_V.csv", "\n", 564, 564, 564},
    {&sample_spec, "ambato/day4/pedestrian_day4_H.csv", "\n", 943, 943, 943},
    {&sample_spec, "ambato/day4/pedestrian_day4_V.csv", "\n", 765, 765, 765},
    {&sample_spec, "ambato/day4/vehicular_day4_H.csv", "\n", 486, 486, 486},
    {&sample_spec, "ambato/day4/vehicular_day4_V.csv", "\n", 573, 573, 573},
    {&sample_spec, "mro/ctc_foshan_mr_01.xml", "<v>", 4, 4, 4},
    {&sample_spec, "mro/ctc_foshan_mr_02.xml", "<v>", 4, 4, 5},
    {&sample_spec, "mro/ctc_foshan_mr_03.xml", "<v>", 4, 4, 5},
    {&sample_spec, "mro/ctc_foshan_mr_04.xml", "<v>", 4, 4, 6},
    {&sample_spec, "mro/ctc_foshan_mr_05.xml", "<v>", 4, 4, 5},
    {&sample_spec, "mro/ctc_foshan_mr_06.xml", "<v>", 2, 2, 3},
    {&sample_spec, "mro/ctc_foshan_mr_07.xml", "<v>", 8, 8, 10},
    {&sample_spec, "mro/ctc_foshan_mr_08.xml", "<v>", 9, 7, 11},
    {&sample_spec, "mro/ctc_foshan_mr_09.xml", "<v>", 0, 0, 0},
    {&sample_spec, "mro/ctc_foshan_mr_10.xml", "<v>", 3, 0, 0},
    {&sample_spec, "mro/ctc_foshan_mr_11.xml", "<v>", 0, 0, 0},
    {&sample_spec, "mro/huawei_mro_2016-11-22_measurement_section.xml", "<v>", 5, 0, 0},
    {&counter_spec, "pm_xml/bodastage_A1.xml", "<measValue ", 3, 0, 0},
    {&counter_spec, "pm_xml/bodastage_A2.xml", "<measValue ", 3, 0, 0},
    {&counter_spec, "pm_xml/bodastage_A3.xml", "<measValue ", 3, 0, 0},
    {&counter_spec, "pm_xml/bodastage_A4.xml", "<measValue ", 3, 0, 0},
    {&counter_spec, "pm_xml/oran_A20230515.0700_0100-0715_0100_GNODEB-0.xml", "<measValue ",
     125, 0, 0},
    {&counter_spec,
     "pm_xml/oran_D20241211.0934+0000-0936+0000_-0_DC=Ke"
     "ysight.com,SubNetwork=Morrisville,ManagedElement=GNB-1_-_1.xml",
     "<measValue ", 166, 26, 2},
    {&counter_spec, "pm_xml/oran_pm.xml", "<measValue ", 125, 0, 0},
    {&cell_spec, "nsg_uk/23410_cells_eutra.csv", "\n", 884, 884, 884},
    {&cell_spec, "nsg_uk/23415_cells_eutra.csv", "\n", 632, 632, 632},
    {&cell_spec, "nsg_uk/23420_cells_eutra.csv", "\n", 715, 715, 715},
    {&cell_spec, "nsg_uk/23430_cells_eutra.csv", "\n", 1006, 1006, 1006},
    {&alarm_spec, "vendor-alarms/zte_history_chancheng.csv", "\n", 307, 307, 307},
    {&alarm_spec, "vendor-alarms/zte_history_test1.csv", "\n", 15, 15, 15},
    {&alarm_spec, "vendor-alarms/zte_history_test4.csv", "\n", 300, 300, 300},
    {&alarm_spec, "vendor-alarms/zte_history_test54.csv", "\n", 120, 120, 120},
    {&cell_spec, "vendor-cells/Bts.xls", NULL, 5, 5, 5},
    {&cell_spec, "vendor-cells/Cell.xlsx", NULL, 5, 5, 5},
    {&cell_spec, "vendor-cells/ENodeb.xlsx", NULL, 5, 5, 5},
    {&cell_spec, "vendor-cells/guangzhou-cell-fdd.xlsx", NULL, 20, 20, 20},
    {&cell_spec, "vendor-cells/guangzhou-enodeb.xlsx", NULL, 10, 10, 10},
};

enum { FIELDS_MAX = 64 };

/* Reports without a position are read as `import` reads them. */
static void free_positions(struct table_spec *spec, struct field fields[FIELDS_MAX])
{
    assert_true(spec->field_count <= FIELDS_MAX);
    memcpy(fields, spec->fields, spec->field_count * sizeof *fields);
    for (size_t i = 0; i < spec->field_count; i++)
        if (fields[i].type == FIELD_LON || fields[i].type == FIELD_LAT)
            fields[i].required = false;
    spec->fields = fields;
}

/* How often `mark` stands in the file; line ends without the header's. */
static unsigned count_marks(const char *path, const char *mark)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(size + 1);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    unsigned count = 0;
    for (char *p = bytes; (p = memmem(p, size - (size_t)(p - bytes), mark, strlen(mark)));
         p += strlen(mark))
        count++;
    bool is_line = strcmp(mark, "\n") == 0;
    if (is_line && size && bytes[size - 1] != '\n')
        count++;
    free(bytes);
    return is_line ? count - 1 : count;
}

static enum status count_row(void *context, const void *record)
{
    (void)record;
    ++*(unsigned *)context;
    return STATUS_OK;
}

static void check_file(const struct data_file *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", folder, file->name);
    if (file->mark)
        assert_int_equal(count_marks(path, file->mark), file->present);
    struct field fields[FIELDS_MAX];
    struct table_spec spec = *file->spec;
    if (file->spec == &sample_spec)
        free_positions(&spec, fields);
    struct rejects rejects = {0};
    const struct table_options options = {.rejects = &rejects};
    struct table_report report;
    struct error error = {0};
    unsigned given = 0;
    enum status status = table_read(path, &spec, &options, count_row, &given, &report, &error);
    if (status != STATUS_OK)
        fail_msg("%s", error.text);
    if (report.rows != file->present || report.rows - report.refused != file->read ||
        given != file->given)
        fail_msg("%s: %u rows = %u read + %u refused, %u given; expected %u, %u, %u",
                 file->name, (unsigned)report.rows, (unsigned)(report.rows - report.refused),
                 (unsigned)report.refused, given, file->present, file->read, file->given);
    size_t listed = 0;
    for (size_t i = 0; i < rejects.count; i++)
        listed += !rejects.items[i].kept;
    if (report.refused && !listed)
        fail_msg("%s: rows refused without a reason", file->name);
    arena_free(rejects.arena);
    free(rejects.items);
}

static void every_row_is_accounted_for(void **state)
{
    (void)state;
    if (access(folder, R_OK) != 0) {
        print_message("skipped: ../shared/data is not here\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        check_file(&files[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_is_accounted_for)};
    return cmocka_run_group_tests_name("vendor data", tests, NULL, NULL);
}
