#include "cmd/out/book.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

/* The library does not look whether its temporary files could be written: in memory a write
 * fails only when there is no room, and then what is lacking is the end. */
lxw_workbook *book_open(const char *path)
{
    static char memory[] = "/dev/shm";
    const char *slash = strrchr(path, '/');
    char *folder = slash ? base_text_n(path, (size_t)(slash - path) + 1) : base_text(".");
    char *tmpdir = access(memory, W_OK) == 0 ? memory : folder;
    lxw_workbook *book = workbook_new_opt(path, &(lxw_workbook_options){.tmpdir = tmpdir});
    free(folder);
    return book;
}

/* The descriptor stays, for the one sentence when memory is out. */
static lxw_error close_quietly(lxw_workbook *book)
{
    FILE *kept = stderr, *quiet = fopen("/dev/null", "we");
    if (quiet)
        stderr = quiet;
    lxw_error failed = workbook_close(book);
    stderr = kept;
    if (quiet)
        fclose(quiet);
    return failed;
}

/* Reading to the end also compares the checksum. */
static bool part_whole(zip_t *zip, zip_uint64_t index)
{
    enum { BLOCK = 1 << 16 };
    const char *name = zip_get_name(zip, index, 0);
    size_t length = name ? strlen(name) : 0;
    bool xml = (length > 4 && strcmp(name + length - 4, ".xml") == 0) ||
               (length > 5 && strcmp(name + length - 5, ".rels") == 0);
    zip_file_t *part = zip_fopen_index(zip, index, 0);
    XML_Parser parser = XML_ParserCreate(NULL);
    char *block = base_alloc(BLOCK, 1);
    zip_int64_t got = part ? zip_fread(part, block, BLOCK) : -1;
    bool whole = got >= 0 && (!xml || (got > 5 && memcmp(block, "<?xml", 5) == 0));
    for (bool first = true; whole && (first || got > 0); first = false) {
        got = first ? got : zip_fread(part, block, BLOCK);
        whole =
            got >= 0 && (!xml || XML_Parse(parser, block, (int)got, got == 0) == XML_STATUS_OK);
    }
    free(block);
    XML_ParserFree(parser);
    if (part)
        zip_fclose(part);
    return whole;
}

static bool book_whole(const char *path)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
    if (!zip)
        return false;
    zip_int64_t count = zip_get_num_entries(zip, 0);
    bool whole = count > 0;
    for (zip_int64_t i = 0; whole && i < count; i++)
        whole = part_whole(zip, (zip_uint64_t)i);
    zip_discard(zip);
    return whole;
}

enum status book_close(lxw_workbook *book, const char *path, struct error *error)
{
    lxw_error failed = close_quietly(book);
    if (failed != LXW_NO_ERROR)
        return error_set(error, STATUS_IO, "cannot write %s: %s", path, lxw_strerror(failed));
    if (!book_whole(path))
        return error_set(error, STATUS_IO, "cannot write %s: it is not whole", path);
    return STATUS_OK;
}
