/* What kind of fault the flagged azimuths of a mast make together, and the remark for people.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/radio/aim_inner.h"

static bool flagged(const struct aim *aim)
{
    return aim->status == AIM_MISALIGNED || aim->status == AIM_SWAPPED;
}

/* Does `cell` radiate where the table has `other`? */
static bool stands_as(const struct world *world, const struct aim *out, uint32_t cell,
                      uint32_t other)
{
    double off_deg = angle_turn_deg(world->cells[other].azimuth_deg, out[cell].azimuth_est_deg);
    return fabs(off_deg) <= RULE_VALUE(&world->rules, aim_swap_deg);
}

static bool comparable(const struct world *world, uint32_t a, uint32_t b)
{
    const struct cell *p = &world->cells[a], *q = &world->cells[b];
    return a != b && p->site == q->site && p->rat == q->rat && text_equal(p->band, q->band);
}

/* The flagged cell of the mast whose place in the table `cell` has taken, nearest first. */
static uint32_t place_taken(const struct world *world, const struct aim *out, uint32_t cell)
{
    const struct site *site = &world->sites[world->cells[cell].site];
    uint32_t found = INDEX_NONE;
    double nearest_deg = 360;
    for (uint32_t i = 0; i < site->cell_count; i++) {
        uint32_t other = world->site_cells[site->first_cell + i];
        double off_deg =
            fabs(angle_turn_deg(world->cells[other].azimuth_deg, out[cell].azimuth_est_deg));
        if (!comparable(world, cell, other) || !flagged(&out[other]) ||
            !stands_as(world, out, cell, other) || !(off_deg < nearest_deg))
            continue;
        nearest_deg = off_deg;
        found = other;
    }
    return found;
}

/* Feeders are crossed when following "whose place did it take" from cell to cell comes back:
 * after two steps a pair, after more a rotation. Returns the steps, 0 when it does not. */
static int ring_length(const uint32_t *taken, uint32_t start)
{
    uint32_t at = start;
    for (int steps = 1; steps <= 12; steps++) {
        at = taken[at];
        if (at == INDEX_NONE)
            return 0;
        if (at == start)
            return steps;
    }
    return 0;
}

static void name_rings(const struct world *world, const uint32_t *taken, struct aim *out)
{
    for (uint32_t c = 0; c < world->cell_count; c++) {
        int steps = flagged(&out[c]) ? ring_length(taken, c) : 0;
        if (steps < 2)
            continue;
        out[c].status = AIM_SWAPPED;
        out[c].swapped_with = taken[c];
        out[c].note = steps > 2 ? AIM_NOTE_ROTATED : AIM_NOTE_NONE;
    }
}

/* The mean turn of the judged sectors of a site when all are flagged and turned alike. */
static double common_turn_deg(const struct world *world, const struct site *site,
                              const struct aim *out)
{
    double turns_deg[64], north = 0, east = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < site->cell_count && count < ARRAY_COUNT(turns_deg); i++) {
        uint32_t c = world->site_cells[site->first_cell + i];
        if (out[c].status == AIM_INSUFFICIENT)
            continue;
        if (out[c].status != AIM_MISALIGNED)
            return NAN;
        turns_deg[count] = angle_turn_deg(world->cells[c].azimuth_deg, out[c].azimuth_est_deg);
        north += cos(turns_deg[count] * M_PI / 180);
        east += sin(turns_deg[count++] * M_PI / 180);
    }
    double mean_deg = atan2(east, north) * 180 / M_PI;
    for (uint32_t i = 0; i < count; i++)
        if (fabs(angle_turn_deg(mean_deg, turns_deg[i])) >
            RULE_VALUE(&world->rules, aim_swap_deg))
            return NAN;
    return count > 1 ? mean_deg : NAN;
}

static void name_turned_masts(const struct world *world, struct aim *out)
{
    for (size_t s = 0; s < world->site_count; s++) {
        const struct site *site = &world->sites[s];
        double turn_deg = common_turn_deg(world, site, out);
        for (uint32_t i = 0; i < site->cell_count && !isnan(turn_deg); i++) {
            struct aim *aim = &out[world->site_cells[site->first_cell + i]];
            if (aim->status != AIM_MISALIGNED)
                continue;
            aim->note = AIM_NOTE_SITE;
            aim->turn_deg = turn_deg;
        }
    }
}

/* What would settle an open case: the directions never measured, or those between the table's
 * azimuth and the estimated one. */
static void name_drives(const struct world *world, const struct aim_belief *beliefs,
                        struct aim *out)
{
    for (uint32_t c = 0; c < world->cell_count; c++) {
        struct aim *aim = &out[c];
        if (aim->status != AIM_INSUFFICIENT || aim->note == AIM_NOTE_INDOOR)
            continue;
        aim->drive_from_deg = beliefs[c].gap_from_deg;
        aim->drive_to_deg = beliefs[c].gap_to_deg;
        double table_deg = world->cells[c].azimuth_deg;
        if (aim->note != AIM_NOTE_DOUBTFUL || isnan(table_deg))
            continue;
        double turn_deg = angle_turn_deg(table_deg, aim->azimuth_est_deg);
        double from_deg = turn_deg > 0 ? table_deg : aim->azimuth_est_deg;
        aim->drive_from_deg = angle_wrap_deg(from_deg - 30);
        aim->drive_to_deg = angle_wrap_deg(from_deg + fabs(turn_deg) + 30);
    }
}

void aim_name_faults(const struct world *world, const struct aim_belief *beliefs,
                     struct aim *out)
{
    uint32_t *taken = base_alloc(world->cell_count + 1, sizeof *taken);
    for (uint32_t c = 0; c < world->cell_count; c++)
        taken[c] = flagged(&out[c]) ? place_taken(world, out, c) : INDEX_NONE;
    name_rings(world, taken, out);
    free(taken);
    name_turned_masts(world, out);
    name_drives(world, beliefs, out);
}

/* ---- the remark --------------------------------------------------------------------- */

static const char *note_text(const struct aim *aim, enum language language)
{
    switch (aim->note) {
    case AIM_NOTE_INDOOR:
        return say(language, "indoor or omnidirectional: no azimuth to judge");
    case AIM_NOTE_NO_TABLE:
        return say(language, "the table gives no azimuth; estimated only");
    case AIM_NOTE_NO_SAMPLES:
        return say(language, "too few measurements");
    case AIM_NOTE_SPAN:
        return say(language, "measured from too few directions");
    case AIM_NOTE_DOUBTFUL:
        return say(language, "the measurements do not decide");
    case AIM_NOTE_SITE:
        return say(language, "all sectors of the mast are turned alike");
    case AIM_NOTE_POSITION:
        return say(language, "measured only far away in one direction: check the coordinates");
    case AIM_NOTE_ROTATED:
        return say(language, "feeders rotated: it radiates as the cell in swapped_with should");
    case AIM_NOTE_NONE:
    case AIM_NOTE_COUNT:
        break;
    }
    return aim->status == AIM_SWAPPED ? say(language, "feeders of two sectors exchanged") : "";
}

void aim_note_text(const struct aim *aim, enum language language, char *text, size_t size)
{
    int used = snprintf(text, size, "%s", note_text(aim, language));
    if (used < 0 || (size_t)used >= size)
        return;
    char *rest = text + used;
    size_t left = size - (size_t)used;
    const char *join = !used ? "" : language == LANGUAGE_ZH ? "；" : "; ";
    bool around = aim->drive_from_deg == aim->drive_to_deg;
    if (isfinite(aim->turn_deg))
        snprintf(rest, left, " (%+.0f°)", aim->turn_deg);
    else if (isfinite(aim->drive_from_deg) && around)
        snprintf(rest, left, "%s%s", join, say(language, "drive all around the mast"));
    else if (isfinite(aim->drive_from_deg))
        snprintf(rest, left, "%s%s %.0f..%.0f°", join,
                 say(language, "to settle it, drive the bearings"), aim->drive_from_deg,
                 aim->drive_to_deg);
}
