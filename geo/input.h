/* input.h - what is asked of a file before a library opens it: that it is a file, and that it
 * cannot grow without bound. */
#ifndef COVTRIAGE_INPUT_H
#define COVTRIAGE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base.h"

/** An archive (.xlsx, .kmz) that unpacks to more is refused: libraries hold it in memory. Our
 * choice: a sheet of a million rows and 13 columns is as large. */
#define INPUT_UNPACKED_MAX ((uint64_t)512 << 20)

/** ... or that unpacks to over INPUT_GROWTH_MAX times its size once it is larger than
 * INPUT_GROWTH_FROM. Source: Apache POI 5.2, ZipSecureFile (MIN_INFLATE_RATIO 0.01); the second
 * number is our choice. */
#define INPUT_GROWTH_MAX  100
#define INPUT_GROWTH_FROM ((uint64_t)32 << 20)

/** Packed text (.csv.gz, .xml.gz) is streamed, so that only its growth is held against it: logs
 * grow by 5 to 50, nothing by more than 1032 (deflate). Our choice. */
#define INPUT_STREAM_MAX  200
#define INPUT_STREAM_FROM ((uint64_t)256 << 20)

/** Did so many bytes of a packed stream become so many that no real file does that? */
static inline bool input_stream_grows(uint64_t packed, uint64_t unpacked)
{
    return unpacked > INPUT_STREAM_FROM && unpacked / INPUT_STREAM_MAX > packed;
}

/**
 * Is `path` a regular file that holds anything, and is what stands beside it under the same
 * name (t.dbf of t.shp)? A pipe would wait for ever, a device never end. Errors: STATUS_IO,
 * STATUS_FORMAT for an empty file, with one sentence.
 */
enum status input_check(const char *path, struct error *error);

/** As input_check, and an archive must keep within the limits above. What is no archive passes:
 * its reader says so. Errors: also STATUS_RANGE. */
enum status input_check_archive(const char *path, struct error *error);

/** As input_check, and a GeoPackage must hold its rows itself: a view can be endless. Errors:
 * also STATUS_FORMAT. */
enum status input_check_package(const char *path, struct error *error);

#endif
