/* crs.h - coordinate reference systems by PROJ. One struct crs per thread. */
#ifndef COVTRIAGE_CRS_H
#define COVTRIAGE_CRS_H

#include "geo/base.h"
#include "geo/point.h"

/** A transformation between WGS-84 lon, lat and another CRS. Not for use by two threads. */
struct crs;

/**
 * Open the CRS named `name` ("EPSG:4490", "EPSG:32650", a PROJ string or WKT).
 * Lon before lat, east before north, whatever the authority says. Errors: STATUS_FORMAT.
 */
enum status crs_open(const char *name, struct crs **out, struct error *error);

/**
 * Open the UTM zone that holds `middle` on WGS-84 (EPSG:326zz north, 327zz south), the
 * zones of Norway and Svalbard not treated specially.
 */
enum status crs_open_utm(struct point middle, struct crs **out, struct error *error);
void crs_close(struct crs *crs);

/** "EPSG:32650", or the name it was opened by. Borrowed from the crs. */
const char *crs_name(const struct crs *crs);

/** Is it a plane whose both axes count metres? */
bool crs_in_metres(const struct crs *crs);

/** WGS-84 -> plane; both NAN where the projection has no answer. */
struct xy crs_forward(struct crs *crs, struct point p);
/** Plane -> WGS-84; both NAN where the projection has no answer. */
struct point crs_inverse(struct crs *crs, struct xy at);

/**
 * PROJ's accuracy of the way from the plane point `at` to WGS-84 in metres, NAN when it states
 * none. *ballpark: PROJ has no parameters there and leaves latitude and longitude unchanged
 * without a warning (PROJ 9.1: Beijing 1954 and Xi'an 1980 over most of China, CGCS2000).
 */
double crs_accuracy_m(struct crs *crs, struct xy at, bool *ballpark);
/** Is the datum China Geodetic Coordinate System 2000? */
bool crs_is_cgcs2000(const struct crs *crs);

#endif
