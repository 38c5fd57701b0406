/* datum.h - the coordinate systems complaints come in: WGS-84, China's shifted GCJ-02 and
 * BD-09, and any CRS that PROJ knows.
 *
 * GCJ-02 and BD-09 are shifts that apply inside China's outline only: Seoul, Hanoi, Delhi and
 * Ulaanbaatar stay where they are.
 * Source of the formulas: the public reverse engineering of 2010-2014 (wgtochina_lb;
 * eviltransform, gcoord); checked against gcoord's city fixture, see tests/vectors.
 */
#ifndef COVTRIAGE_DATUM_H
#define COVTRIAGE_DATUM_H

#include "geo/base.h"
#include "geo/crs.h"
#include "geo/point.h"

enum datum_kind {
    DATUM_UNKNOWN = 0,
    DATUM_WGS84,
    DATUM_GCJ02, /**< Amap, Tencent, Google in China */
    DATUM_BD09,  /**< Baidu */
    DATUM_CRS,   /**< by PROJ */
    DATUM_KIND_COUNT,
};

/** "WGS84", "GCJ02", "BD09", "EPSG"; "" for unknown. */
const char *datum_name(enum datum_kind kind);

/**
 * The datum a table names: "GCJ-02", "gcj02", "高德", "BD09", "百度", "EPSG:4490" ...
 * DATUM_UNKNOWN for "" and for what is not known; any "EPSG:n" is DATUM_CRS.
 */
enum datum_kind datum_parse(const char *text);

/** Inside China's outline (simplified, about 10 km; our drawing, see README). */
bool datum_in_china(struct point p);

/** The formula without regard to the outline; degrees. */
struct point datum_gcj02_formula(struct point wgs84);
struct point datum_bd09_formula(struct point gcj02);

/** WGS-84 -> the datum; unchanged outside China and for kinds other than GCJ02 and BD09. */
struct point datum_from_wgs84(enum datum_kind kind, struct point wgs84);

/**
 * The datum -> WGS-84, by iteration to 1e-10 degree; unchanged where the result would lie
 * outside China and for kinds other than GCJ02 and BD09.
 */
struct point datum_to_wgs84(enum datum_kind kind, struct point p);

/** Reads coordinates of one declared system. Not for use by two threads. */
struct datum_reader;

/**
 * Open the system `name`: what datum_parse knows, or any CRS by PROJ. "" is WGS-84.
 * Errors: STATUS_FORMAT when PROJ does not know it.
 */
enum status datum_reader_open(const char *name, struct datum_reader **out, struct error *error);
void datum_reader_close(struct datum_reader *reader);

/** The systems that the rows of a table declare, each opened once: begins as {0}. */
enum { DATUM_READERS_MAX = 32 };
struct datum_readers {
    struct {
        char *name;
        struct datum_reader *reader; /**< NULL: PROJ does not know the name */
    } items[DATUM_READERS_MAX];
    size_t count;
};

/** The reader of the system `name`; NULL when it is not known, or one too many. Owned by
 * `readers`. */
struct datum_reader *datum_readers_find(struct datum_readers *readers, const char *name);
void datum_readers_close(struct datum_readers *readers);

/** first, second as in the table (lon lat, or east north) -> WGS-84; both NAN: no answer. */
struct point datum_read(struct datum_reader *reader, double first, double second);

/**
 * How far the results may be from the truth because of the datum alone, metres, as judged at
 * the first coordinates read: 0 for WGS-84,
 * 1 for GCJ-02 and BD-09, PROJ's own figure where it has one. Where PROJ 9.1 knows no
 * parameters and returns coordinates unchanged ("ballpark": Beijing 1954, Xi'an 1980), 150;
 * for CGCS2000, whose ellipsoid and frame agree with WGS-84, 1.
 */
double datum_reader_accuracy_m(const struct datum_reader *reader);

/** One sentence when the accuracy is poor ("ballpark"), else "". Borrowed from the reader. */
const char *datum_reader_warning(const struct datum_reader *reader);

#endif
