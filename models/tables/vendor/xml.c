#include "models/tables/vendor/xml.h"

#include <errno.h>
#include <expat.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "geo/input.h"

enum {
    XML_CHUNK = 1 << 16,
    XML_DEPTH_MAX = 64,      /* PM files nest 6 deep, KML 10 */
    XML_TEXT_MAX = 16 << 20, /* bytes of one text or one tag */
    XML_HEAD_MAX = 1 << 14,  /* what may stand before the XML declaration */
};

struct xml {
    const struct xml_handler *handler;
    const char *name; /* of the file, for messages */
    const volatile bool *stop;
    struct error *error;
    XML_Parser parser;
    struct buffer text;
    int depth;
    bool ended; /* by the handler */
    uint64_t fed;
};

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *xml_attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0)
            return attributes[i + 1];
    return "";
}

static uint32_t line_now(const struct xml *xml)
{
    XML_Size line = XML_GetCurrentLineNumber(xml->parser);
    return line > UINT32_MAX ? UINT32_MAX : (uint32_t)line;
}

static void fail(struct xml *xml, const char *what)
{
    error_set(xml->error, STATUS_FORMAT, "%s, line %u: %s", xml->name, line_now(xml), what);
    XML_StopParser(xml->parser, XML_FALSE);
}

static void after_element(struct xml *xml)
{
    buffer_clear(&xml->text);
    if (xml->stop && *xml->stop) {
        error_set(xml->error, STATUS_INTERRUPTED, "interrupted while reading %s", xml->name);
        XML_StopParser(xml->parser, XML_FALSE);
    } else if (xml->handler->done && xml->handler->done(xml->handler->context)) {
        xml->ended = true;
        XML_StopParser(xml->parser, XML_FALSE);
    }
}

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct xml *xml = user;
    if (++xml->depth > XML_DEPTH_MAX) {
        fail(xml, "elements nested deeper than any such file has them");
        return;
    }
    xml->handler->start(xml->handler->context, local_name(name),
                        (const char *const *)attributes, line_now(xml));
    after_element(xml);
}

static const char *trimmed(struct buffer *text)
{
    static const char white[] = " \t\r\n";
    if (!text->bytes)
        return "";
    while (text->length && strchr(white, text->bytes[text->length - 1]))
        text->bytes[--text->length] = '\0';
    return text->bytes + strspn(text->bytes, white);
}

static void on_end(void *user, const XML_Char *name)
{
    struct xml *xml = user;
    xml->depth--;
    xml->handler->end(xml->handler->context, local_name(name), trimmed(&xml->text),
                      line_now(xml));
    after_element(xml);
}

static void on_text(void *user, const XML_Char *bytes, int length)
{
    struct xml *xml = user;
    if (xml->text.length + (size_t)length > XML_TEXT_MAX)
        fail(xml, "a text longer than any such file has");
    else
        buffer_append(&xml->text, bytes, (size_t)length);
}

/* No maker's file declares entities; the files that do are out for memory or for /etc. */
static void on_entity(void *user, const XML_Char *name, int is_parameter, const XML_Char *value,
                      int value_length, const XML_Char *base, const XML_Char *system_id,
                      const XML_Char *public_id, const XML_Char *notation)
{
    (void)name, (void)is_parameter, (void)value, (void)value_length, (void)base;
    (void)system_id, (void)public_id, (void)notation;
    fail(user, "the file declares entities, which is refused");
}

/* ---- encodings that expat does not know: the double-byte ones of China -------------- */

static int convert_pair(void *data, const char *bytes)
{
    iconv_t to_ucs = data;
    char in[2] = {bytes[0], bytes[1]}, *from = in;
    uint32_t code = 0;
    char *to = (char *)&code;
    size_t in_left = 2, out_left = sizeof code;
    if (iconv(to_ucs, &from, &in_left, &to, &out_left) == (size_t)-1 || out_left) {
        iconv(to_ucs, NULL, NULL, NULL, NULL);
        return 0xfffd;
    }
    return code < 0x10000 ? (int)code : 0xfffd;
}

static void release_pair(void *data)
{
    iconv_close(data);
}

static int on_encoding(void *user, const XML_Char *name, XML_Encoding *info)
{
    (void)user;
    if (!text_starts(name, "GB") && !text_starts(name, "gb"))
        return XML_STATUS_ERROR;
    iconv_t to_ucs = iconv_open("UCS-4LE", "GB18030");
    if (to_ucs == (iconv_t)-1)
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++)
        info->map[i] = i < 0x80 ? i : (i > 0x80 && i < 0xff) ? -2 : -1;
    info->data = to_ucs;
    info->convert = convert_pair;
    info->release = release_pair;
    return XML_STATUS_OK;
}

/* ---- feeding ------------------------------------------------------------------------ */

/* Where the document starts: some makers put a stylesheet before the XML declaration. */
static size_t find_document(const char *bytes, size_t length)
{
    static const char bom[] = "\xef\xbb\xbf";
    size_t at = length >= 3 && memcmp(bytes, bom, 3) == 0 ? 3 : 0;
    const char *declaration =
        memmem(bytes, BASE_MIN(length, (size_t)XML_HEAD_MAX), "<?xml ", 6);
    if (!declaration)
        return at;
    const char *p = bytes + at;
    while (p < declaration) {
        if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
            p++;
            continue;
        }
        const char *close =
            p[0] == '<' && p[1] == '?' ? memmem(p, (size_t)(declaration - p), "?>", 2) : NULL;
        if (!close)
            return at;
        p = close + 2;
    }
    return (size_t)(declaration - bytes);
}

static enum status feed(struct xml *xml, const char *bytes, size_t length, bool last)
{
    size_t skip = xml->fed ? 0 : find_document(bytes, length);
    xml->fed += length;
    if (XML_Parse(xml->parser, bytes + skip, (int)(length - skip), last) == XML_STATUS_ERROR) {
        if (xml->ended)
            return STATUS_OK;
        return error_set(xml->error, STATUS_FORMAT, "%s, line %u: damaged XML: %s", xml->name,
                         line_now(xml), XML_ErrorString(XML_GetErrorCode(xml->parser)));
    }
    XML_Index at = XML_GetCurrentByteIndex(xml->parser);
    if (at >= 0 && xml->fed - BASE_MIN((uint64_t)at, xml->fed) > XML_TEXT_MAX) {
        fail(xml, "a tag longer than any such file has");
        return STATUS_FORMAT;
    }
    return xml->error->status;
}

static enum status parser_open(struct xml *xml)
{
    xml->parser = XML_ParserCreate(NULL);
    if (!xml->parser)
        return error_set(xml->error, STATUS_IO, "%s: no memory for the XML parser", xml->name);
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    XML_SetCharacterDataHandler(xml->parser, on_text);
    XML_SetEntityDeclHandler(xml->parser, on_entity);
    XML_SetUnknownEncodingHandler(xml->parser, on_encoding, NULL);
    return STATUS_OK;
}

static void parser_close(struct xml *xml)
{
    XML_ParserFree(xml->parser);
    buffer_free(&xml->text);
}

static enum status feed_file(struct xml *xml, gzFile file)
{
    char *chunk = base_alloc(XML_CHUNK, 1);
    enum status status = STATUS_OK;
    int got;
    do {
        got = gzread(file, chunk, XML_CHUNK);
        if (got < 0) {
            int code = 0;
            status = error_set(xml->error, STATUS_IO, "%s cannot be read: %s", xml->name,
                               gzerror(file, &code));
            break;
        }
        status = feed(xml, chunk, (size_t)got, got == 0);
        if (status == STATUS_OK && !gzdirect(file) &&
            input_stream_grows((uint64_t)gzoffset(file), xml->fed))
            status = error_set(xml->error, STATUS_RANGE,
                               "%s unpacks to over %d times its size, as no such file does",
                               xml->name, INPUT_STREAM_MAX);
    } while (got > 0 && status == STATUS_OK && !xml->ended);
    free(chunk);
    return status;
}

enum status xml_read_file(const char *path, const struct xml_handler *handler,
                          const volatile bool *stop, struct error *error)
{
    gzFile file = gzopen(path, "rb");
    if (!file)
        return error_set(error, STATUS_IO, "%s cannot be opened: %s", path, strerror(errno));
    struct xml xml = {.handler = handler, .name = path, .stop = stop, .error = error};
    enum status status = parser_open(&xml);
    if (status == STATUS_OK)
        status = feed_file(&xml, file);
    parser_close(&xml);
    gzclose(file);
    return status;
}

enum status xml_read_bytes(const char *name, const char *bytes, size_t length,
                           const struct xml_handler *handler, struct error *error)
{
    struct xml xml = {.handler = handler, .name = name, .error = error};
    enum status status = parser_open(&xml);
    for (size_t at = 0; status == STATUS_OK && !xml.ended && at < length; at += XML_CHUNK)
        status = feed(&xml, bytes + at, BASE_MIN(length - at, (size_t)XML_CHUNK), false);
    if (status == STATUS_OK && !xml.ended)
        status = feed(&xml, "", 0, true);
    parser_close(&xml);
    return status;
}
