#include "models/tables/lines.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utf8proc.h>
#include <zlib.h>

#include "geo/input.h"

enum { RAW_SIZE = 1 << 18, DETECT_SIZE = 1 << 20, LOOK_AHEAD_MAX = 64 << 20 };

static const char REPLACEMENT[] = "\xEF\xBF\xBD";

struct lines {
    gzFile file;        /* reads what is not compressed as it is; NULL: of the memory */
    const char *memory; /* what is left of it */
    size_t memory_length;
    const char *encoding;
    iconv_t decoder; /* (iconv_t)-1: the file is UTF-8 */
    char *raw;
    size_t raw_length, raw_capacity; /* bytes read and not yet decoded */
    struct buffer text;              /* decoded */
    size_t position;                 /* of the first byte not yet returned */
    char terminator;
    bool ended, failed;
    uint64_t unpacked; /* bytes that came of the file */
    uint32_t number;
    uint64_t replaced;
    struct error error;
};

/* ---- which encoding ------------------------------------------------------------------ */

/* Evidence for each encoding in a piece of text. */
struct encoding_marks {
    size_t utf8_good, utf8_bad; /* multibyte sequences */
    size_t gb_good, gb_bad, gb_hanzi;
    size_t high, lone; /* bytes over 127; those with no such neighbour */
};

static void mark_utf8(const unsigned char *p, size_t n, struct encoding_marks *marks)
{
    for (size_t i = 0; i < n;) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate(p + i, (utf8proc_ssize_t)(n - i), &code);
        if (used < 0 && n - i < 4)
            return; /* cut off by the end of the piece */
        marks->utf8_good += used > 0;
        marks->utf8_bad += used <= 0;
        i += used > 0 ? (size_t)used : 1;
    }
}

/* Lead and trail bytes of GB18030: Source: GB 18030-2005, clause 6 (double byte 81-FE with
 * 40-7E, 80-FE; four bytes 81-FE 30-39 81-FE 30-39). Hanzi of GB 2312: B0-F7 with A1-FE. */
static size_t gb_sequence(const unsigned char *p, size_t left, struct encoding_marks *marks)
{
    bool lead = p[0] >= 0x81 && p[0] <= 0xFE;
    if (lead && left > 1 && p[1] >= 0x40 && p[1] != 0x7F && p[1] != 0xFF) {
        marks->gb_good++;
        marks->gb_hanzi += p[0] >= 0xB0 && p[0] <= 0xF7 && p[1] >= 0xA1;
        return 2;
    }
    if (lead && left > 3 && p[1] >= 0x30 && p[1] <= 0x39 && p[2] >= 0x81 && p[2] <= 0xFE &&
        p[3] >= 0x30 && p[3] <= 0x39) {
        marks->gb_good++;
        return 4;
    }
    marks->gb_bad += left > 3;
    return 1;
}

static void mark_gb(const unsigned char *p, size_t n, struct encoding_marks *marks)
{
    for (size_t i = 0; i < n;) {
        if (p[i] < 0x80)
            i++;
        else
            i += gb_sequence(p + i, n - i, marks);
    }
}

static void mark_lone(const unsigned char *p, size_t n, struct encoding_marks *marks)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 0x80) {
            marks->high++;
            marks->lone += !(i > 0 && p[i - 1] >= 0x80) && !(i + 1 < n && p[i + 1] >= 0x80);
        }
}

/* One broken character in a hundred (a name cut at 20 bytes by some export) does not change
 * what a file is. Western text has its high bytes one by one, Chinese text in pairs. */
static const char *guess_encoding(const unsigned char *p, size_t n)
{
    struct encoding_marks marks = {0};
    mark_utf8(p, n, &marks);
    if (marks.utf8_bad * 20 <= marks.utf8_good)
        return "UTF-8";
    mark_gb(p, n, &marks);
    mark_lone(p, n, &marks);
    bool pairs = marks.lone * 4 <= marks.high || marks.gb_hanzi * 4 > marks.high;
    if (pairs && marks.gb_bad * 20 <= marks.gb_good)
        return "GB18030";
    return "windows-1252";
}

/* Consumes a byte order mark. */
static const char *detect_encoding(struct lines *lines)
{
    static const struct {
        const char *mark, *encoding;
        size_t length;
    } marks[] = {
        {"\xEF\xBB\xBF", "UTF-8 with BOM", 3},
        {"\xFF\xFE", "UTF-16LE", 2},
        {"\xFE\xFF", "UTF-16BE", 2},
        {"\x84\x31\x95\x33", "GB18030", 4},
    };
    for (size_t i = 0; i < ARRAY_COUNT(marks); i++)
        if (lines->raw_length >= marks[i].length &&
            memcmp(lines->raw, marks[i].mark, marks[i].length) == 0) {
            lines->raw_length -= marks[i].length;
            memmove(lines->raw, lines->raw + marks[i].length, lines->raw_length);
            return marks[i].encoding;
        }
    return guess_encoding((const unsigned char *)lines->raw, lines->raw_length);
}

/* ---- decoding ------------------------------------------------------------------------ */

static void copy_more(struct lines *lines, size_t want)
{
    size_t got = BASE_MIN(want, lines->memory_length);
    memcpy(lines->raw + lines->raw_length, lines->memory, got);
    lines->raw_length += got;
    lines->memory += got;
    lines->memory_length -= got;
    lines->ended = got < want;
}

static void read_more(struct lines *lines, size_t want)
{
    lines->raw = base_grow(lines->raw, &lines->raw_capacity, lines->raw_length + want, 1);
    if (!lines->file) {
        copy_more(lines, want);
        return;
    }
    size_t got = gzfread(lines->raw + lines->raw_length, 1, want, lines->file);
    lines->raw_length += got;
    lines->unpacked += got;
    if (!gzdirect(lines->file) &&
        input_stream_grows((uint64_t)gzoffset(lines->file), lines->unpacked)) {
        lines->failed = lines->ended = true;
        error_set(&lines->error, STATUS_RANGE,
                  "it unpacks to over %d times its size, as no such file does",
                  INPUT_STREAM_MAX);
    } else if (got < want) {
        int code = Z_OK;
        const char *message = gzerror(lines->file, &code);
        lines->ended = true;
        if (code != Z_OK && code != Z_STREAM_END) {
            lines->failed = true;
            error_set(&lines->error, STATUS_IO, "cannot read on: %s",
                      code == Z_ERRNO ? strerror(errno) : message);
        }
    }
}

static void replace_byte(struct lines *lines)
{
    buffer_append(&lines->text, REPLACEMENT, sizeof REPLACEMENT - 1);
    lines->replaced++;
}

/* The length of the piece without the character that its end cuts off, if any. */
static size_t whole_utf8(const char *bytes, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)bytes[n - back];
        if (c < 0x80)
            return n;
        if (c >= 0xC0) {
            size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            return need > back ? n - back : n;
        }
    }
    return n;
}

static size_t ascii_run(const char *bytes, size_t n)
{
    size_t i = 0;
    for (uint64_t word; i + 8 <= n; i += 8) {
        memcpy(&word, bytes + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < n && !(bytes[i] & 0x80))
        i++;
    return i;
}

static size_t copy_utf8(struct lines *lines, const char *bytes, size_t n)
{
    size_t whole = lines->ended ? n : whole_utf8(bytes, n), start = 0;
    for (size_t i = 0; i < whole;) {
        i += ascii_run(bytes + i, whole - i);
        if (i >= whole)
            break;
        utf8proc_int32_t code;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)bytes + i,
                                                 (utf8proc_ssize_t)(whole - i), &code);
        if (used > 0) {
            i += (size_t)used;
            continue;
        }
        buffer_append(&lines->text, bytes + start, i - start);
        replace_byte(lines);
        start = ++i;
    }
    buffer_append(&lines->text, bytes + start, whole - start);
    return whole;
}

static size_t convert_bytes(struct lines *lines, const char *bytes, size_t n)
{
    char *in = (char *)bytes; /* iconv reads only */
    size_t in_left = n;
    while (in_left) {
        char out[1 << 14], *to = out;
        size_t out_left = sizeof out;
        size_t done = iconv(lines->decoder, &in, &in_left, &to, &out_left);
        int why = errno;
        buffer_append(&lines->text, out, sizeof out - out_left);
        if (done != (size_t)-1 || why == E2BIG)
            continue;
        if (why == EINVAL && !lines->ended)
            break; /* the rest comes with the next piece */
        replace_byte(lines);
        in++;
        in_left--;
    }
    return n - in_left;
}

/* Decode one more piece of the file behind what is left of the last. */
static void decode_more(struct lines *lines)
{
    if (lines->position) {
        memmove(lines->text.bytes, lines->text.bytes + lines->position,
                lines->text.length - lines->position);
        lines->text.length -= lines->position;
        lines->position = 0;
    }
    if (lines->raw_length < RAW_SIZE && !lines->ended)
        read_more(lines, RAW_SIZE - lines->raw_length);
    size_t n = BASE_MIN(lines->raw_length, (size_t)RAW_SIZE);
    bool ended = lines->ended;
    lines->ended = ended && n == lines->raw_length;
    size_t used = lines->decoder == (iconv_t)-1 ? copy_utf8(lines, lines->raw, n)
                                                : convert_bytes(lines, lines->raw, n);
    lines->ended = ended;
    lines->raw_length -= used;
    memmove(lines->raw, lines->raw + used, lines->raw_length);
}

static bool decoded_all(const struct lines *lines)
{
    return lines->ended && lines->raw_length == 0;
}

/* ---- opening ------------------------------------------------------------------------- */

static enum status open_file(const char *path, gzFile *file, struct error *error)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(error, STATUS_IO, "%s is a folder; a file was expected there", path);
    if (!S_ISREG(info.st_mode)) /* files are read twice: what they are, then what they hold */
        return error_set(error, STATUS_IO,
                         "%s is a pipe or a device; give a file on a disk instead", path);
    *file = gzopen(path, "rb");
    if (!*file)
        return error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    return STATUS_OK;
}

static bool looks_binary(const struct lines *lines)
{
    static const char *const magics[] = {
        "PK\x03\x04", "\xD0\xCF\x11\xE0", "SQLite format 3", "\x1F\x8B", "%PDF", "\x89PNG"};
    for (size_t i = 0; i < ARRAY_COUNT(magics); i++) {
        size_t n = strlen(magics[i]);
        if (lines->raw_length >= n && memcmp(lines->raw, magics[i], n) == 0)
            return true;
    }
    return false;
}

/* The encoding of a file whose beginning is ASCII, by the first piece of it that is not; of
 * compressed files only the beginning is looked at. */
static const char *late_encoding(const char *path)
{
    const char *encoding = "UTF-8";
    FILE *file = fopen(path, "rb");
    char *piece = base_alloc(DETECT_SIZE, 1);
    size_t n = 0, looked = 0;
    while (file && looked < LOOK_AHEAD_MAX && (n = fread(piece, 1, DETECT_SIZE, file)) > 0) {
        looked += n;
        size_t start = ascii_run(piece, n);
        if (start == n)
            continue;
        memmove(piece, piece + start, n - start);
        n -= start;
        n += fread(piece + n, 1, DETECT_SIZE - n, file);
        encoding = guess_encoding((const unsigned char *)piece, n);
        break;
    }
    free(piece);
    if (file)
        fclose(file);
    return encoding;
}

static enum status start_decoder(struct lines *lines, const char *path, struct error *error)
{
    lines->encoding = detect_encoding(lines);
    bool plain = lines->file && gzdirect(lines->file) && strcmp(lines->encoding, "UTF-8") == 0;
    if (plain && !lines->ended && ascii_run(lines->raw, lines->raw_length) == lines->raw_length)
        lines->encoding = late_encoding(path);
    if (text_starts(lines->encoding, "UTF-8"))
        return STATUS_OK;
    lines->decoder = iconv_open("UTF-8", lines->encoding);
    if (lines->decoder == (iconv_t)-1)
        return error_set(error, STATUS_FORMAT, "%s is in %s, which this system cannot decode",
                         path, lines->encoding);
    return STATUS_OK;
}

static enum status start_lines(struct lines *lines, const char *path, struct error *error)
{
    read_more(lines, DETECT_SIZE);
    if (lines->failed)
        return error_set(error, STATUS_IO, "%s: %s", path, lines->error.text);
    if (lines->raw_length == 0)
        return error_set(error, STATUS_FORMAT, "%s is empty", path);
    if (looks_binary(lines))
        return error_set(error, STATUS_FORMAT,
                         "%s is not a text table: its content is that of another kind of file",
                         path);
    enum status status = start_decoder(lines, path, error);
    if (status != STATUS_OK)
        return status;
    decode_more(lines);
    lines->terminator = '\n';
    if (lines->text.length && !memchr(lines->text.bytes, '\n', lines->text.length) &&
        memchr(lines->text.bytes, '\r', lines->text.length))
        lines->terminator = '\r';
    return STATUS_OK;
}

static enum status start_or_close(struct lines *lines, const char *name, struct lines **out,
                                  struct error *error)
{
    lines->decoder = (iconv_t)-1;
    enum status status = start_lines(lines, name, error);
    if (status == STATUS_OK)
        *out = lines;
    else
        lines_close(lines);
    return status;
}

enum status lines_open(const char *path, struct lines **out, struct error *error)
{
    gzFile file = NULL;
    enum status status = open_file(path, &file, error);
    if (status != STATUS_OK)
        return status;
    struct lines *lines = base_alloc(1, sizeof *lines);
    lines->file = file;
    return start_or_close(lines, path, out, error);
}

enum status lines_open_text(const char *name, const char *bytes, size_t length,
                            struct lines **out, struct error *error)
{
    if (length == 0)
        return error_set(error, STATUS_FORMAT, "%s is empty", name);
    struct lines *lines = base_alloc(1, sizeof *lines);
    lines->memory = bytes;
    lines->memory_length = length;
    return start_or_close(lines, name, out, error);
}

void lines_close(struct lines *lines)
{
    if (!lines)
        return;
    if (lines->file)
        gzclose(lines->file);
    if (lines->decoder != (iconv_t)-1)
        iconv_close(lines->decoder);
    buffer_free(&lines->text);
    free(lines->raw);
    free(lines);
}

/* ---- lines --------------------------------------------------------------------------- */

const char *lines_encoding(const struct lines *lines)
{
    return lines->encoding;
}

const char *lines_head(struct lines *lines, size_t *length)
{
    *length = lines->text.length - lines->position;
    return *length ? lines->text.bytes + lines->position : "";
}

/* The terminator's place at or after `from`, reading on as needed; NULL: none before the end
 * or the limit. Offsets are from lines->position, which moves. */
static const char *find_terminator(struct lines *lines)
{
    size_t seen = 0;
    for (;;) {
        size_t left = lines->text.length - lines->position;
        const char *start = left ? lines->text.bytes + lines->position : "";
        const char *hit = memchr(start + seen, lines->terminator, left - seen);
        if (hit || left > LINES_LIMIT || decoded_all(lines))
            return hit;
        seen = left;
        decode_more(lines);
    }
}

/* Drop bytes up to the next terminator or the end. */
static void skip_long_line(struct lines *lines)
{
    for (;;) {
        const char *start = lines->text.bytes + lines->position;
        const char *hit =
            memchr(start, lines->terminator, lines->text.length - lines->position);
        if (hit) {
            lines->position += (size_t)(hit - start) + 1;
            return;
        }
        lines->position = lines->text.length;
        if (decoded_all(lines))
            return;
        decode_more(lines);
    }
}

enum lines_state lines_next(struct lines *lines, const char **line, size_t *length)
{
    const char *hit = find_terminator(lines);
    size_t left = lines->text.length - lines->position;
    if (lines->failed)
        return LINES_FAILED;
    if (!hit && !left)
        return LINES_END;
    lines->number++;
    const char *start = lines->text.bytes + lines->position;
    size_t n = hit ? (size_t)(hit - start) + 1 : left;
    if (n > LINES_LIMIT) {
        skip_long_line(lines);
        return LINES_LONG;
    }
    if (hit)
        lines->text.bytes[lines->position + n - 1] = '\n';
    *line = start;
    *length = n;
    lines->position += n;
    return LINES_LINE;
}

uint32_t lines_number(const struct lines *lines)
{
    return lines->number;
}

char lines_terminator(const struct lines *lines)
{
    return lines->terminator;
}

uint64_t lines_replaced(const struct lines *lines)
{
    return lines->replaced;
}

const struct error *lines_error(const struct lines *lines)
{
    return &lines->error;
}

/* ---- decoding alone ------------------------------------------------------------------ */

/* A file of one line, ended. */
struct lines_decoder {
    struct lines lines;
};

struct lines_decoder *lines_decoder_new(const char *encoding)
{
    struct lines_decoder *decoder = base_alloc(1, sizeof *decoder);
    decoder->lines.ended = true;
    decoder->lines.decoder = (iconv_t)-1;
    if (text_starts(encoding, "UTF-8"))
        return decoder;
    decoder->lines.decoder = iconv_open("UTF-8", encoding);
    if (decoder->lines.decoder != (iconv_t)-1)
        return decoder;
    free(decoder);
    return NULL;
}

void lines_decoder_free(struct lines_decoder *decoder)
{
    if (!decoder)
        return;
    if (decoder->lines.decoder != (iconv_t)-1)
        iconv_close(decoder->lines.decoder);
    buffer_free(&decoder->lines.text);
    free(decoder);
}

const char *lines_decode(struct lines_decoder *decoder, const char *bytes, size_t length,
                         size_t *out_length, uint64_t *replaced)
{
    struct lines *lines = &decoder->lines;
    buffer_clear(&lines->text);
    lines->replaced = 0;
    if (lines->decoder == (iconv_t)-1)
        copy_utf8(lines, bytes, length);
    else
        convert_bytes(lines, bytes, length);
    *replaced += lines->replaced;
    *out_length = lines->text.length;
    return lines->text.bytes ? lines->text.bytes : "";
}
