/* point.h - positions and the plane geometry of short distances. */
#ifndef COVTRIAGE_POINT_H
#define COVTRIAGE_POINT_H

#include <stdbool.h>

/** WGS-84 degrees, lon before lat. Absent: both NAN. */
struct point {
    double lon, lat;
};

/** Metres in the plane of a struct crs: x east, y north. */
struct xy {
    double x_m, y_m;
};

#define POINT_ABSENT ((struct point){NAN, NAN})

bool point_valid(struct point p); /**< finite, lon -180..180, lat -90..90 */

/**
 * Great-circle distance in metres on the mean sphere, haversine; within 0.6 % of the
 * geodesic anywhere. Source: R. W. Sinnott, "Virtues of the Haversine", 1984; mean radius
 * 6371008.8 m, IUGG.
 */
double point_distance_m(struct point a, struct point b);

/** Initial great-circle bearing from a to b, degrees clockwise from north, [0, 360). */
double point_bearing_deg(struct point a, struct point b);

/** The point `distance_m` along the great circle that leaves `from` at `bearing_deg`. */
struct point point_move(struct point from, double bearing_deg, double distance_m);

double xy_distance_m(struct xy a, struct xy b);
/** Plane bearing from a to b, degrees clockwise from grid north, [0, 360). */
double xy_bearing_deg(struct xy a, struct xy b);

/** An angle brought to [0, 360). */
double angle_wrap_deg(double angle_deg);
/** The turn from `from` to `to`, (-180, 180], positive clockwise. */
double angle_turn_deg(double from_deg, double to_deg);

#endif
