/* One antenna's loss by turn from the boresight and elevation, tabled once per tilt so that a
 * million directions are looked up instead of computed. */
#include <math.h>

#include "models/radio/aim_inner.h"
#include "models/radio/link.h"

#define ELEVATION_MIN_DEG  (-30.0)
#define ELEVATION_STEP_DEG 1.0

void aim_lobe_make(const struct cell *cell, double tilt_turn_deg, struct aim_lobe *lobe)
{
    struct cell lobed = *cell;
    lobed.azimuth_deg = 0; /* a cell without an azimuth in the table still has a lobe */
    struct antenna antenna = link_antenna(&lobed);
    struct antenna_aim aim = link_aim(cell);
    double power = link_power_dbm(cell);
    aim.azimuth_deg = 0;
    aim.elec_tilt_deg += tilt_turn_deg;
    for (int e = 0; e < AIM_LOBE_ELEVATIONS; e++)
        for (int t = 0; t < AIM_STEPS; t++)
            lobe->level_db[e][t] =
                (float)(power - antenna_loss_db(&antenna, &aim, t * AIM_STEP_DEG,
                                                ELEVATION_MIN_DEG + e * ELEVATION_STEP_DEG));
}

void aim_lobe_row(const struct aim_lobe *lobe, const struct aim_place *place, float *row)
{
    float up = (float)((place->elevation_deg - ELEVATION_MIN_DEG) / ELEVATION_STEP_DEG);
    up = fmaxf(0, fminf(up, AIM_LOBE_ELEVATIONS - 1.001F));
    int e = (int)up;
    float high = up - (float)e, around[AIM_STEPS + 1];
    for (int t = 0; t < AIM_STEPS; t++)
        around[t] = lobe->level_db[e][t] * (1 - high) + lobe->level_db[e + 1][t] * high;
    around[AIM_STEPS] = around[0];
    float turns = place->bearing_deg / AIM_STEP_DEG;
    int first = (int)turns % AIM_STEPS;
    float part = turns - floorf(turns);
    for (int s = 0; s <= first; s++) /* turns first .. 0, then round the back */
        row[s] = around[first - s] * (1 - part) + around[first - s + 1] * part;
    for (int s = first + 1; s < AIM_STEPS; s++)
        row[s] = around[first - s + AIM_STEPS] * (1 - part) +
                 around[first - s + AIM_STEPS + 1] * part;
}

double aim_tilt_share(const struct rules *rules, int tilt)
{
    double share = RULE_VALUE(rules, aim_tilt_prior), up = RULE_VALUE(rules, aim_tilt_up);
    if (tilt == AIM_TILT_TABLE)
        return 1 - share;
    return tilt < AIM_TILT_TABLE ? share * up / AIM_TILT_TABLE
                                 : share * (1 - up) / (AIM_TILTS - 1 - AIM_TILT_TABLE);
}
