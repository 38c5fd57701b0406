/* One antenna's loss by turn from the boresight and elevation, tabled once per tilt so that a
 * million directions are looked up instead of computed. */
#include <math.h>
#include <string.h>

#include "models/radio/aim_inner.h"
#include "models/radio/link.h"

#define ELEVATION_MIN_DEG  (-30.0)
#define ELEVATION_STEP_DEG 1.0

void aim_lobes_make(const struct cell *cell, struct aim_lobe lobes[AIM_TILTS])
{
    struct cell lobed = *cell;
    lobed.azimuth_deg = 0; /* a cell without an azimuth in the table still has a lobe */
    struct antenna antenna = link_antenna(&lobed);
    struct antenna_aim aim = link_aim(cell);
    double power = link_power_dbm(cell);
    aim.azimuth_deg = 0;
    for (int e = 0; e < AIM_LOBE_ELEVATIONS; e++)
        for (int s = 0; s < AIM_STEPS; s++) {
            struct antenna_direction to = antenna_direction(
                &aim, s * AIM_STEP_DEG, ELEVATION_MIN_DEG + e * ELEVATION_STEP_DEG);
            for (int t = 0; t < AIM_TILTS; t++)
                lobes[t].level_db[e][s] =
                    (float)(power -
                            antenna_loss_towards_db(&antenna, to,
                                                    aim.elec_tilt_deg + (t - AIM_TILT_TABLE) *
                                                                            AIM_TILT_STEP_DEG));
        }
}

void aim_lobe_row(const struct aim_lobe *lobe, const struct aim_place *place, float *row)
{
    float up = (float)((place->elevation_deg - ELEVATION_MIN_DEG) / ELEVATION_STEP_DEG);
    up = fmaxf(0, fminf(up, AIM_LOBE_ELEVATIONS - 1.001F));
    int e = (int)up;
    float high = up - (float)e;
    float back[2 * AIM_STEPS + 1]; /* the lobe read backwards, twice round */
    for (int t = 0; t < AIM_STEPS; t++)
        back[AIM_STEPS - t] =
            lobe->level_db[e][t] * (1 - high) + lobe->level_db[e + 1][t] * high;
    memcpy(back + AIM_STEPS + 1, back + 1, AIM_STEPS * sizeof *back);
    back[0] = back[AIM_STEPS];
    float turns = place->bearing_deg / AIM_STEP_DEG;
    float part = turns - floorf(turns);
    const float *from = back + AIM_STEPS - (int)turns % AIM_STEPS;
    for (int s = 0; s < AIM_STEPS; s++) /* from[s] is of the turn first - s */
        row[s] = from[s] * (1 - part) + from[s - 1] * part;
}

double aim_tilt_share(const struct rules *rules, int tilt)
{
    double share = RULE_VALUE(rules, aim_tilt_prior), up = RULE_VALUE(rules, aim_tilt_up);
    if (tilt == AIM_TILT_TABLE)
        return 1 - share;
    return tilt < AIM_TILT_TABLE ? share * up / AIM_TILT_TABLE
                                 : share * (1 - up) / (AIM_TILTS - 1 - AIM_TILT_TABLE);
}
