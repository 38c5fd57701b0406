/* file: what changes while it is read is noticed, whoever reads it. */
#include <fcntl.h>
#include <sys/stat.h>

#include "geo/file.h"
#include "geo/terrain.h"
#include "models/tables/table.h"
#include "tests/unit/folder.h"

static const char alarms[] = "alarm_id,object_id,raised_at,name\n"
                             "A1,S1,2026-03-10T10:00:00Z,down\n"
                             "A2,S1,2026-03-10T11:00:00Z,down\n";

/* What is done to the file when its first row is out. */
struct meddler {
    const char *path;
    void (*meddle)(const char *path);
    int rows;
};

static void append(const char *path)
{
    FILE *file = fopen(path, "a");
    fputs("A3,S1,2026-03-10T12:00:00Z,down\n", file);
    fclose(file);
}

static void cut(const char *path)
{
    assert_int_equal(truncate(path, 40), 0);
}

/* The same size and content, a second later: nobody can tell that nothing changed. */
static void touch(const char *path)
{
    struct stat info;
    stat(path, &info);
    struct timespec times[] = {info.st_atim, {info.st_mtim.tv_sec + 1, info.st_mtim.tv_nsec}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void replace(const char *path)
{
    assert_int_equal(rename(write_file("new", alarms), path), 0);
}

static void leave(const char *path)
{
    (void)path;
}

static enum status on_row(void *context, const void *record)
{
    (void)record;
    struct meddler *meddler = context;
    if (meddler->rows++ == 0)
        meddler->meddle(meddler->path);
    return STATUS_OK;
}

static void a_table_that_changes_is_refused(void **state)
{
    (void)state;
    void (*const ways[])(const char *) = {append, cut, touch, replace};
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
        struct meddler meddler = {write_file("alarms.csv", alarms), ways[i], 0};
        struct table_options options = {0};
        struct error error = {0};
        assert_int_equal(
            table_read(meddler.path, &alarm_spec, &options, on_row, &meddler, NULL, &error),
            STATUS_IO);
        assert_non_null(strstr(error.text, "alarms.csv changed while it was read"));
    }
}

static void a_table_that_stays_is_read_and_marked(void **state)
{
    (void)state;
    struct meddler meddler = {write_file("alarms.csv", alarms), leave, 0};
    struct rejects rejects = {0};
    struct table_options options = {.rejects = &rejects};
    struct table_report report = {0};
    struct error error = {0};
    assert_int_equal(
        table_read(meddler.path, &alarm_spec, &options, on_row, &meddler, &report, &error),
        STATUS_OK);
    assert_int_equal(meddler.rows, 2);
    assert_int_equal(file_unchanged(meddler.path, report.mark, &error), STATUS_OK);
    append(meddler.path);
    assert_int_equal(file_unchanged(meddler.path, report.mark, &error), STATUS_IO);
    arena_free(rejects.arena);
    free(rejects.items);
}

/* A .shp is several files, and its attributes are in another than the one that is named. */
static void files_that_belong_together_are_marked_together(void **state)
{
    (void)state;
    const char *path = write_file("cells.shp", "shapes");
    write_file("cells.dbf", "attributes");
    uint64_t mark = file_mark(path);
    struct error error = {0};
    write_file("cells.prj", "another"); /* says where, and is read at once */
    assert_int_equal(file_unchanged(path, mark, &error), STATUS_OK);
    touch(write_file("cells.dbf", "attributes"));
    assert_int_equal(file_unchanged(path, mark, &error), STATUS_IO);
}

static void a_pipe_is_not_compared(void **state)
{
    (void)state;
    struct error error = {0};
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_int_equal(file_mark(in_folder("pipe")), 0);
    assert_int_equal(file_mark(in_folder("nothing")), 0);
    assert_int_equal(file_unchanged(in_folder("pipe"), 0, &error), STATUS_OK);
}

static void a_cut_terrain_is_refused(void **state)
{
    (void)state;
    char text[4096];
    int length = snprintf(text, sizeof text,
                          "ncols 10\nnrows 100\nxllcorner 115\nyllcorner 31\ncellsize 0.01\n");
    for (int i = 0; i < 150; i++) /* of 1000 */
        length += snprintf(text + length, sizeof text - (size_t)length, "%d ", i);
    const char *paths[] = {write_file("dem.asc", text)};
    struct terrain_extent extent = {{300000, 3440000}, {310000, 3530000}};
    struct terrain *terrain = NULL;
    struct error error = {0};
    assert_int_not_equal(terrain_open(paths, 1, "EPSG:32650", extent, &terrain, &error),
                         STATUS_OK);
    assert_non_null(strstr(error.text, "dem.asc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_changes_is_refused),
        cmocka_unit_test(a_table_that_stays_is_read_and_marked),
        cmocka_unit_test(files_that_belong_together_are_marked_together),
        cmocka_unit_test(a_pipe_is_not_compared),
        cmocka_unit_test(a_cut_terrain_is_refused),
    };
    return cmocka_run_group_tests_name("file", tests, folder_setup, folder_teardown);
}
