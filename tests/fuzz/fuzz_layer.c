/* Fuzzing of what comes through GDAL's vector doors: the first byte chooses the form, the rest
 * is its files, parted by a line "--part--" where a form has several. A workbook or KMZ can be
 * given by the parts inside, which are then zipped. Read as a table, as base lines, as a
 * worklist. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "geo/outline.h"
#include "geo/package.h"
#include "models/tables/table.h"
#include "tests/fuzz/fuzz.h"

enum { PARTS = 4 };

static const struct {
    const char *names[PARTS]; /* of the files; the first is opened */
    const char *inside[PARTS];
} forms[] = {
    {{"t.kml"}, {0}},
    {{"t.xlsx"},
     {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"}},
    {{"t.kmz"}, {"doc.kml", "other.kml"}},
    {{"t.mif", "t.mid"}, {0}},
    {{"t.shp", "t.dbf", "t.shx", "t.prj"}, {0}},
    {{"t.tab", "t.dat", "t.map", "t.id"}, {0}},
    {{"t.xlsx"}, {0}},
    {{"t.kmz"}, {0}},
    {{"t.gpkg"}, {0}},
    {{"t.xls"}, {0}},
    {{"t.geojson"}, {0}},
};

/* What a workbook has beside its sheet. */
static const char *const fixed[][2] = {
    {"[Content_Types].xml",
     "<?xml version=\"1.0\"?><Types "
     "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
     "PartName=\"/xl/_rels/workbook.xml.rels\" "
     "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override "
     "PartName=\"/xl/worksheets/sheet1.xml\" "
     "ContentType=\"application/"
     "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override "
     "PartName=\"/xl/styles.xml\" "
     "ContentType=\"application/"
     "vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/><Override "
     "PartName=\"/xl/workbook.xml\" "
     "ContentType=\"application/"
     "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override "
     "PartName=\"/xl/sharedStrings.xml\" "
     "ContentType=\"application/"
     "vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/></Types>"},
    {"xl/sharedStrings.xml",
     "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"></sst>"},
    {"_rels/.rels",
     "<?xml version=\"1.0\"?><Relationships "
     "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
     "Id=\"rId1\" "
     "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
     "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
    {"xl/_rels/workbook.xml.rels",
     "<?xml version=\"1.0\"?><Relationships "
     "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
     "Id=\"rId1\" "
     "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" "
     "Target=\"worksheets/sheet1.xml\"/></Relationships>"},
    {"xl/workbook.xml",
     "<?xml version=\"1.0\"?><workbook "
     "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
     "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>"
     "<sheet name=\"complaints\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
};

struct part {
    const uint8_t *bytes;
    size_t length;
};

static size_t split(const uint8_t *bytes, size_t length, struct part parts[PARTS])
{
    static const char mark[] = "\n--part--\n";
    size_t count = 0;
    const uint8_t *at = bytes, *end = bytes + length;
    while (count < PARTS) {
        const uint8_t *hit =
            count + 1 < PARTS ? memmem(at, (size_t)(end - at), mark, sizeof mark - 1) : NULL;
        parts[count++] = (struct part){at, (size_t)((hit ? hit : end) - at)};
        if (!hit)
            break;
        at = hit + sizeof mark - 1;
    }
    return count;
}

static void add(zip_t *zip, const char *name, const void *bytes, size_t length)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, length, 0);
    fuzz_check(source && zip_file_add(zip, name, source, ZIP_FL_OVERWRITE) >= 0);
}

static const char *put_zip(size_t form, const struct part *parts, size_t count)
{
    zip_error_t error;
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = whole ? zip_open_from_source(whole, ZIP_TRUNCATE, &error) : NULL;
    fuzz_check(zip != NULL);
    zip_source_keep(whole);
    bool workbook = strcmp(forms[form].names[0], "t.xlsx") == 0;
    for (size_t i = 0; i < ARRAY_COUNT(fixed) && workbook; i++)
        add(zip, fixed[i][0], fixed[i][1], strlen(fixed[i][1]));
    for (size_t i = 0; i < count && forms[form].inside[i]; i++)
        if (parts[i].length)
            add(zip, forms[form].inside[i], parts[i].bytes, parts[i].length);
    fuzz_check(zip_close(zip) == 0 && zip_source_open(whole) == 0);
    zip_stat_t about;
    zip_source_stat(whole, &about);
    char *bytes = malloc(about.size);
    fuzz_check(zip_source_read(whole, bytes, about.size) == (zip_int64_t)about.size);
    const char *path = fuzz_put(forms[form].names[0], bytes, about.size);
    free(bytes);
    zip_source_close(whole);
    zip_source_free(whole);
    return path;
}

static enum status pass(void *context, const void *record)
{
    (void)record;
    ++*(uint64_t *)context;
    return STATUS_OK;
}

static void try_table(const char *path)
{
    struct rejects rejects = {0};
    const struct table_options options = {.rejects = &rejects};
    struct table_report report;
    struct error error = {0};
    uint64_t given = 0;
    enum status status =
        table_read(path, &complaint_spec, &options, pass, &given, &report, &error);
    fuzz_check(status == STATUS_OK ? report.given == given : error.text[0] != '\0');
    arena_free(rejects.arena);
    free(rejects.items);
}

static void keep_line(void *context, const char *name, const struct point *points, size_t count)
{
    (void)context;
    fuzz_check(name != NULL && count > 0);
    for (size_t i = 0; i < count; i++)
        fuzz_check(isfinite(points[i].lon) && isfinite(points[i].lat));
}

static void try_lines(const char *path)
{
    struct error error = {0};
    const struct outline_box all = {-180, -90, 180, 90};
    outline_read(path, all, 10000, keep_line, NULL, &error);
}

static enum status keep_text(void *context, const void *record, const struct xy *points,
                             size_t count)
{
    (void)context, (void)points, (void)count;
    fuzz_check(*(const char *const *)record != NULL);
    return STATUS_OK;
}

static void try_worklist(const char *path)
{
    static const struct package_column columns[] = {{"status", PACKAGE_TEXT, 0}};
    struct error error = {0};
    struct package *package = NULL;
    if (package_open_any(path, &package, &error) != STATUS_OK)
        return;
    struct arena *arena = arena_new();
    for (size_t l = 0; l < package_layer_count(package); l++) {
        const struct package_layer layer = {package_layer_name(package, l), .columns = columns,
                                            .column_count = 1};
        if (package_has_column(package, l, "status"))
            package_read(package, &layer, arena, keep_text, NULL, &error);
    }
    package_close(package, &error);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 2)
        return 0;
    struct part parts[PARTS];
    size_t form = bytes[0] % ARRAY_COUNT(forms), count = split(bytes + 1, length - 1, parts);
    char path[256];
    fuzz_empty();
    if (forms[form].inside[0])
        put_zip(form, parts, count);
    for (size_t i = 0; i < count && !forms[form].inside[0] && forms[form].names[i]; i++)
        fuzz_put(forms[form].names[i], parts[i].bytes, parts[i].length);
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), forms[form].names[0]);
    if (strcmp(forms[form].names[0], "t.geojson") != 0)
        try_table(path);
    try_lines(path);
    if (strstr(path, ".xlsx") || strstr(path, ".gpkg"))
        try_worklist(path);
    return 0;
}
