#include "geo/point.h"

#include <math.h>

static const double EARTH_RADIUS_M = 6371008.8;
static const double RAD_PER_DEG = M_PI / 180.0;

bool point_valid(struct point p)
{
    return p.lon >= -180.0 && p.lon <= 180.0 && p.lat >= -90.0 && p.lat <= 90.0;
}

double point_distance_m(struct point a, struct point b)
{
    double dlat = (b.lat - a.lat) * RAD_PER_DEG, dlon = (b.lon - a.lon) * RAD_PER_DEG;
    double sy = sin(dlat / 2), sx = sin(dlon / 2);
    double h = sy * sy + cos(a.lat * RAD_PER_DEG) * cos(b.lat * RAD_PER_DEG) * sx * sx;
    return 2.0 * EARTH_RADIUS_M * asin(sqrt(fmin(1.0, h)));
}

double point_bearing_deg(struct point a, struct point b)
{
    double la = a.lat * RAD_PER_DEG, lb = b.lat * RAD_PER_DEG;
    double dlon = (b.lon - a.lon) * RAD_PER_DEG;
    double east = sin(dlon) * cos(lb);
    double north = cos(la) * sin(lb) - sin(la) * cos(lb) * cos(dlon);
    return angle_wrap_deg(atan2(east, north) / RAD_PER_DEG);
}

struct point point_move(struct point from, double bearing_deg, double distance_m)
{
    double lat = from.lat * RAD_PER_DEG, angle = distance_m / EARTH_RADIUS_M;
    double bearing = bearing_deg * RAD_PER_DEG;
    double to = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing));
    double turn = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(to));
    double lon = from.lon + turn / RAD_PER_DEG;
    return (struct point){lon - 360.0 * floor((lon + 180.0) / 360.0), to / RAD_PER_DEG};
}

double xy_distance_m(struct xy a, struct xy b)
{
    double x = b.x_m - a.x_m, y = b.y_m - a.y_m;
    return sqrt(x * x + y * y); /* metres neither overflow nor vanish: hypot() is not needed */
}

double xy_bearing_deg(struct xy a, struct xy b)
{
    return angle_wrap_deg(atan2(b.x_m - a.x_m, b.y_m - a.y_m) / RAD_PER_DEG);
}

double angle_wrap_deg(double angle_deg)
{
    double wrapped = fmod(angle_deg, 360.0);
    if (wrapped < 0)
        wrapped += 360.0;
    return wrapped >= 360.0 ? 0.0 : wrapped;
}

double angle_turn_deg(double from_deg, double to_deg)
{
    double turn = angle_wrap_deg(to_deg - from_deg);
    return turn > 180.0 ? turn - 360.0 : turn;
}
