#include "geo/sheet_times.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { STYLES_MAX = 8 << 20, WORKBOOK_MAX = 256 << 20 };

static const char STYLES[] = "xl/styles.xml";

/* ---- the formats --------------------------------------------------------------------- */

/* Does a format code show a day? "[Red]" and quoted text are no parts of it. */
static bool shows_day(const char *code, size_t n)
{
    bool quoted = false, bracket = false, year = false, day = false;
    for (size_t i = 0; i < n; i++) {
        char c = (char)tolower((unsigned char)code[i]);
        if (strncmp(code + i, "&quot;", 6) == 0)
            quoted = !quoted;
        bracket = c == '[' || (bracket && c != ']');
        year |= !quoted && !bracket && c == 'y';
        day |= !quoted && !bracket && c == 'd';
    }
    return year || day;
}

/* Copy up to and with the attribute's quote; NULL when it does not come any more. */
static const char *copy_to_attribute(const char *at, const char *attribute, struct buffer *out)
{
    const char *hit = strstr(at, attribute);
    size_t n = hit ? (size_t)(hit - at) + strlen(attribute) : strlen(at);
    buffer_append(out, at, n);
    return hit ? at + n : NULL;
}

static bool write_codes(const char *styles, struct buffer *out)
{
    bool changed = false;
    for (const char *at = styles; (at = copy_to_attribute(at, "formatCode=\"", out));) {
        size_t n = strcspn(at, "\"");
        if (shows_day(at, n)) {
            buffer_text(out, "yyyy-mm-dd hh:mm:ss");
            changed = true;
        } else {
            buffer_append(out, at, n);
        }
        at += n;
    }
    return changed;
}

/* The built-in formats 14 to 17 show a day, 22 a day with its time; 27 to 36 and 50 to 58 are
 * days in East Asian locales. Source: ECMA-376 part 1, 18.8.30. */
static bool write_numbers(const char *styles, struct buffer *out)
{
    bool changed = false;
    for (const char *at = styles; (at = copy_to_attribute(at, "numFmtId=\"", out));) {
        size_t n = strcspn(at, "\"");
        long id = strtol(at, NULL, 10);
        if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
            (id >= 50 && id <= 54) || id == 57 || id == 58) {
            buffer_text(out, "22");
            changed = true;
        } else {
            buffer_append(out, at, n);
        }
        at += n;
    }
    return changed;
}

static bool patch_styles(const char *styles, struct buffer *out)
{
    struct buffer codes = {0};
    bool changed = write_codes(styles, &codes);
    changed |= write_numbers(codes.bytes, out);
    buffer_free(&codes);
    return changed;
}

/* ---- the copy ------------------------------------------------------------------------ */

static char *read_styles(zip_t *zip)
{
    zip_stat_t info;
    zip_file_t *file = zip_fopen(zip, STYLES, 0);
    if (!file)
        return NULL;
    char *text = NULL;
    if (zip_stat(zip, STYLES, 0, &info) == 0 && info.size < STYLES_MAX) {
        text = base_alloc(info.size + 1, 1);
        zip_int64_t got = zip_fread(file, text, info.size);
        text[got > 0 ? got : 0] = '\0';
    }
    zip_fclose(file);
    return text;
}

/* The whole file in memory; NULL when it cannot be read or is too large. */
static zip_source_t *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *bytes = NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    rewind(file);
    if (size > 0 && size < WORKBOOK_MAX) {
        bytes = base_alloc((size_t)size, 1);
        if (fread(bytes, 1, (size_t)size, file) != (size_t)size) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes ? zip_source_buffer_create(bytes, (zip_uint64_t)size, 1, NULL) : NULL;
}

static bool replace_styles(zip_t *zip)
{
    struct buffer patched = {0};
    char *styles = read_styles(zip);
    bool changed = styles && patch_styles(styles, &patched);
    free(styles);
    if (changed) {
        zip_source_t *source = zip_source_buffer(zip, patched.bytes, patched.length, 1);
        changed = source && zip_file_add(zip, STYLES, source, ZIP_FL_OVERWRITE) >= 0;
        patched = (struct buffer){0}; /* the archive owns the bytes */
    }
    buffer_free(&patched);
    return changed;
}

/* What the source holds after zip_close, as a memory file of GDAL's. */
static void publish(zip_source_t *source, char name[SHEET_NAME_SIZE])
{
    static atomic_uint serial;
    zip_stat_t info;
    if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0)
        return;
    void *bytes = VSIMalloc(info.size);
    if (bytes && zip_source_read(source, bytes, info.size) == (zip_int64_t)info.size) {
        snprintf(name, SHEET_NAME_SIZE, "/vsimem/covtriage-%u.xlsx",
                 atomic_fetch_add(&serial, 1));
        VSIFCloseL(VSIFileFromMemBuffer(name, bytes, info.size, 1));
    } else {
        VSIFree(bytes);
    }
    zip_source_close(source);
}

void sheet_times_copy(const char *path, char name[SHEET_NAME_SIZE])
{
    name[0] = '\0';
    zip_source_t *source = read_file(path);
    zip_t *zip = source ? zip_open_from_source(source, 0, NULL) : NULL;
    if (zip) {
        zip_source_keep(source);
        if (!replace_styles(zip))
            zip_discard(zip);
        else if (zip_close(zip) == 0)
            publish(source, name);
        else
            zip_discard(zip);
    }
    zip_source_free(source);
}

void sheet_times_free(const char *name)
{
    if (name[0])
        VSIUnlink(name);
}
