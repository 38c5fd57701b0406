/* xml.h - hostile XML, streamed: expat with entities refused and every size bounded. */
#ifndef COVTRIAGE_VENDOR_XML_H
#define COVTRIAGE_VENDOR_XML_H

#include "geo/base.h"

/** What a format does with elements. Names come without their namespace prefix. */
struct xml_handler {
    void *context;
    void (*start)(void *context, const char *name, const char *const *attributes,
                  uint32_t line);
    /** `text` is what stood after the last child of the element, trimmed; borrowed. */
    void (*end)(void *context, const char *name, const char *text, uint32_t line);
    /** Asked after every element; true ends the read with STATUS_OK. NULL: never. */
    bool (*done)(void *context);
};

/**
 * Read the file (gzip is looked through). Processing instructions and white space that some
 * makers write before the XML declaration are passed over.
 * Errors: STATUS_IO; STATUS_FORMAT with the line for damage, an entity declared, nesting over
 * 64, a text or a tag over 16 MiB; STATUS_INTERRUPTED when *stop (NULL: never) was set.
 */
enum status xml_read_file(const char *path, const struct xml_handler *handler,
                          const volatile bool *stop, struct error *error);

/** As xml_read_file, from memory; `name` stands for the path in messages. */
enum status xml_read_bytes(const char *name, const char *bytes, size_t length,
                           const struct xml_handler *handler, struct error *error);

/** The value of an attribute, "" when it is not there. The prefix of its name is ignored. */
const char *xml_attribute(const char *const *attributes, const char *name);

#endif
