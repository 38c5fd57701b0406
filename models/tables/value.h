/* value.h - one cell of a table as a number, an angle, an id. Every function that can refuse
 * writes the reason, a sentence of the kind "what is wrong with it", into `why`. */
#ifndef COVTRIAGE_VALUE_H
#define COVTRIAGE_VALUE_H

#include "geo/base.h"
#include "geo/point.h"

enum { VALUE_WHY_SIZE = 192 };

/** Does the text mean "nothing here": "", -, --, NIL, NULL, N/A, NA, NaN, none, 无, 空, \N. */
bool value_absent(const char *text);

/**
 * A number, with the unit that may stand behind it ("-72 dBm", "20MHz", "6°") brought to
 * `unit` (NULL: none is expected and any known one is refused). A comma is read as the decimal
 * sign when it cannot stand between thousands. Decimal digits only: no hex, no "inf".
 */
bool value_number(const char *text, const char *unit, double *out, char why[VALUE_WHY_SIZE]);

/**
 * Bring a value from one unit to another: Hz, kHz, MHz, GHz; m, km, cm, ft; mW, W, dBm,
 * 0.1dBm; deg, 0.1deg, rad; %, 1 (ratio); dB, dBi, dBd; s, min, h. false: not convertible.
 * Unit names are compared folded; "°", "度", "米", "分钟" ... are known.
 */
bool value_convert(const char *from, const char *to, double *value);

/** Is the text the name of a unit that value_convert knows? */
bool value_unit_known(const char *unit);

/**
 * Degrees of longitude (`is_lon`) or latitude: 113.25, 113,25, 113.25°, 113.25E, E113°15'30",
 * 113 15 30.5, 113度15分30秒, 23°08.5'N. South and west are negative. Refused out of range,
 * with the hint that the pair may be swapped where a latitude would fit a longitude.
 */
bool value_degrees(const char *text, bool is_lon, double *out, char why[VALUE_WHY_SIZE]);

/**
 * Both in one cell: "23.1, 113.2", "113.2 23.1", "POINT(113.2 23.1)", "23.1N 113.2E". The
 * order is told by letters or by a number over 90; else `lat_first` decides.
 */
bool value_point(const char *text, bool lat_first, struct point *out, char why[VALUE_WHY_SIZE]);

/**
 * Check an id: refuse numbers that a spreadsheet rounded ("4.60003E+14") or failed on
 * ("#REF!", "#####"). "12345.0" is an id with the ".0" of a float column: `*length` is set to
 * the characters that belong to the id.
 */
bool value_id(const char *text, size_t *length, char why[VALUE_WHY_SIZE]);

#endif
