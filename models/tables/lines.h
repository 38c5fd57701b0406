/* lines.h - the physical lines of a text file in UTF-8, whatever its encoding, in bounded
 * memory. The encoding is told from the content: byte order marks, then UTF-8, GB18030 and
 * windows-1252 by which of them the bytes make sense in. */
#ifndef COVTRIAGE_LINES_H
#define COVTRIAGE_LINES_H

#include "geo/base.h"

/** A longer physical line, or a longer row of quoted lines, is refused and skipped. */
#define LINES_LIMIT ((size_t)1 << 20)

struct lines;

enum lines_state {
    LINES_END = 0,
    LINES_LINE,
    LINES_LONG,   /**< a line over LINES_LIMIT; its bytes were skipped */
    LINES_FAILED, /**< the read failed: lines_error() */
};

/**
 * Open a text file. Errors: STATUS_IO when it is missing, a directory, not readable;
 * STATUS_FORMAT when it is empty or looks like a binary file.
 */
enum status lines_open(const char *path, struct lines **out, struct error *error);
/** As lines_open, from memory; the bytes are borrowed until lines_close. */
enum status lines_open_text(const char *name, const char *bytes, size_t length,
                            struct lines **out, struct error *error);
void lines_close(struct lines *lines);

/** "UTF-8", "UTF-8 with BOM", "GB18030", "windows-1252", "UTF-16LE", "UTF-16BE". */
const char *lines_encoding(const struct lines *lines);

/** The beginning of the text, decoded and not yet consumed; valid until lines_next. */
const char *lines_head(struct lines *lines, size_t *length);

/**
 * The next line with its "\n" (absent at the end of the file; lines that end with a lone
 * carriage return, as old spreadsheets write them, get one too); valid until the next
 * call. The bytes are valid UTF-8: what could not be decoded has become U+FFFD.
 */
enum lines_state lines_next(struct lines *lines, const char **line, size_t *length);

/** The number of the line last returned, from 1. */
uint32_t lines_number(const struct lines *lines);

/** '\n', or '\r' in files of old spreadsheets. */
char lines_terminator(const struct lines *lines);

/** How many bytes so far could not be decoded. */
uint64_t lines_replaced(const struct lines *lines);

/** After LINES_FAILED: why. */
const struct error *lines_error(const struct lines *lines);

/** The decoding alone, of whole lines in an encoding named by lines_encoding(). */
struct lines_decoder;

/** NULL: this system cannot decode it. */
struct lines_decoder *lines_decoder_new(const char *encoding);
void lines_decoder_free(struct lines_decoder *decoder);

/** Valid UTF-8 of the bytes, as lines_next() would give it; lives until the next call. */
const char *lines_decode(struct lines_decoder *decoder, const char *bytes, size_t length,
                         size_t *out_length, uint64_t *replaced);

#endif
