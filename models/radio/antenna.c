#include "models/radio/antenna.h"

#include <math.h>

#define RADIANS (M_PI / 180)

struct antenna antenna_default(void)
{
    return (struct antenna){
        .gain_dbi = 17, .hbw_deg = 65, .vbw_deg = 10, .front_back_db = 25, .side_lobe_db = 20};
}

/* Mechanical downtilt turns the frame about its horizontal axis, so that behind the mast the
 * lobe points upward. */
static struct antenna_direction direction_in_frame(const struct antenna_aim *aim,
                                                   double bearing_deg, double elevation_deg)
{
    double turn_deg = isnan(aim->azimuth_deg) ? 0 : bearing_deg - aim->azimuth_deg;
    turn_deg -= 360 * rint(turn_deg / 360);
    if (aim->mech_tilt_deg == 0)
        return (struct antenna_direction){turn_deg, -elevation_deg};
    double tilt = aim->mech_tilt_deg * RADIANS, up = elevation_deg * RADIANS;
    double ahead = cos(up) * cos(turn_deg * RADIANS), z = sin(up);
    double x = ahead * cos(tilt) - z * sin(tilt);
    double y = cos(up) * sin(turn_deg * RADIANS);
    z = ahead * sin(tilt) + z * cos(tilt);
    return (struct antenna_direction){atan2(y, x) / RADIANS,
                                      -asin(fmax(-1, fmin(1, z))) / RADIANS};
}

static double loss_3gpp_db(const struct antenna *antenna, struct antenna_direction to,
                           double elec_tilt_deg)
{
    double across = to.azimuth_deg / antenna->hbw_deg;
    double down = (to.downward_deg - elec_tilt_deg) / antenna->vbw_deg;
    double horizontal = isnan(across) ? 0 : fmin(12 * across * across, antenna->front_back_db);
    double vertical = isnan(down) ? 0 : fmin(12 * down * down, antenna->side_lobe_db);
    return fmin(horizontal + vertical, antenna->front_back_db);
}

static double cut_at(const float *cut_db, double angle_deg)
{
    double wrapped = angle_deg - 360 * floor(angle_deg / 360);
    int low = (int)wrapped % 360;
    double part = wrapped - floor(wrapped);
    return cut_db[low] * (1 - part) + cut_db[(low + 1) % 360] * part;
}

static double loss_measured_db(const struct antenna_pattern *pattern,
                               struct antenna_direction to, double elec_tilt_deg)
{
    double within = isnan(pattern->elec_tilt_deg) ? 0 : pattern->elec_tilt_deg;
    double shift_deg = elec_tilt_deg - within;
    double side = fabs(to.azimuth_deg) / 180; /* 0 ahead, 1 behind */
    const float *cut = pattern->vertical_db;
    /* Each half of the vertical cut counts from its value on the cone of the lobe, where the
     * horizontal cut was measured. Behind, the cut goes on past the zenith. */
    double ahead = cut_at(cut, to.downward_deg - shift_deg) - cut_at(cut, within);
    double behind = cut_at(cut, 180 - to.downward_deg + shift_deg) - cut_at(cut, 180 - within);
    double loss =
        cut_at(pattern->horizontal_db, to.azimuth_deg) + (1 - side) * ahead + side * behind;
    return fmax(loss, 0);
}

struct antenna_direction antenna_direction(const struct antenna_aim *aim, double bearing_deg,
                                           double elevation_deg)
{
    struct antenna_direction to = direction_in_frame(aim, bearing_deg, elevation_deg);
    if (isnan(aim->azimuth_deg))
        to.azimuth_deg = 0;
    return to;
}

double antenna_loss_towards_db(const struct antenna *antenna, struct antenna_direction to,
                               double elec_tilt_deg)
{
    return antenna->pattern ? loss_measured_db(antenna->pattern, to, elec_tilt_deg)
                            : loss_3gpp_db(antenna, to, elec_tilt_deg);
}

double antenna_loss_db(const struct antenna *antenna, const struct antenna_aim *aim,
                       double bearing_deg, double elevation_deg)
{
    return antenna_loss_towards_db(antenna, antenna_direction(aim, bearing_deg, elevation_deg),
                                   aim->elec_tilt_deg);
}

double antenna_gain_dbi(const struct antenna *antenna, const struct antenna_aim *aim,
                        double bearing_deg, double elevation_deg)
{
    return antenna->gain_dbi - antenna_loss_db(antenna, aim, bearing_deg, elevation_deg);
}
