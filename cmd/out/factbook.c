#include "cmd/out/factbook.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/file.h"

struct factbook {
    FILE *file;
    uint64_t length;
    struct buffer page; /* a fact while it is written */
};

enum status factbook_new(const char *folder, struct factbook **out, struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/.facts-XXXXXX", folder);
    int file = mkstemp(path);
    if (file < 0)
        return error_set(error, STATUS_IO, "cannot write in %s: %s", folder, strerror(errno));
    unlink(path);
    FILE *stream = fdopen(file, "w+b");
    if (!stream) {
        close(file);
        return error_set(error, STATUS_IO, "cannot write in %s: %s", folder, strerror(errno));
    }
    struct factbook *book = base_alloc(1, sizeof *book);
    book->file = stream;
    *out = book;
    return STATUS_OK;
}

void factbook_free(struct factbook *book)
{
    if (!book)
        return;
    fclose(book->file);
    buffer_free(&book->page);
    free(book);
}

static void put_text(struct buffer *page, const char *text)
{
    buffer_append(page, text ? text : "", text ? strlen(text) + 1 : 1);
}

bool factbook_add(struct factbook *book, struct result_case *of, const struct result_fact *fact)
{
    if (of->fact_count && of->book_at + of->book_bytes != book->length)
        return false;
    buffer_clear(&book->page);
    buffer_append(&book->page, (const char *)&fact->weight, sizeof fact->weight);
    buffer_append(&book->page, (const char *)&fact->line, sizeof fact->line);
    put_text(&book->page, fact->kind);
    put_text(&book->page, fact->text_zh);
    put_text(&book->page, fact->text_en);
    put_text(&book->page, fact->file);
    if (!of->fact_count++)
        of->book_at = book->length;
    of->book = book;
    of->book_bytes += (uint32_t)book->page.length;
    fwrite(book->page.bytes, 1, book->page.length, book->file);
    book->length += book->page.length;
    return true;
}

enum status factbook_finish(struct factbook *book, struct error *error)
{
    if (fflush(book->file) != 0 || ferror(book->file))
        return error_set(error, STATUS_IO, "cannot write the cases' facts: %s",
                         strerror(errno));
    return STATUS_OK;
}

static const char *next_text(const char **at)
{
    const char *text = *at;
    *at += strlen(text) + 1;
    return text;
}

enum status factbook_recall(struct result_case *of, struct arena *arena, struct error *error)
{
    if (of->facts || !of->fact_count)
        return STATUS_OK;
    char *page = arena_alloc(arena, of->book_bytes);
    if (!file_read_at(fileno(of->book->file), page, of->book_bytes, (int64_t)of->book_at))
        return error_set(error, STATUS_IO, "cannot read the cases' facts again: %s",
                         strerror(errno));
    struct result_fact *facts = arena_alloc(arena, of->fact_count * sizeof *facts);
    const char *at = page;
    for (size_t i = 0; i < of->fact_count; i++) {
        memcpy(&facts[i].weight, at, sizeof facts[i].weight);
        memcpy(&facts[i].line, at + sizeof facts[i].weight, sizeof facts[i].line);
        at += sizeof facts[i].weight + sizeof facts[i].line;
        facts[i].kind = next_text(&at);
        facts[i].text_zh = next_text(&at);
        facts[i].text_en = next_text(&at);
        facts[i].file = next_text(&at);
    }
    of->facts = facts;
    return STATUS_OK;
}
