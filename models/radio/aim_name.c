/* What kind of fault the flagged azimuths of a mast make together, and the remark for people.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "models/radio/aim_inner.h"

static bool flagged(const struct aim *aim)
{
    return aim->status == AIM_MISALIGNED || aim->status == AIM_SWAPPED;
}

/* What the mast's arrangement says is of use only where the fault is called. */
static void name_fault(struct aim *aim)
{
    bool ring = aim->arrangement == AIM_RING, pair = aim->arrangement == AIM_PAIR;
    if (!flagged(aim) || aim->arrangement != AIM_TURNED)
        aim->turn_deg = NAN;
    if (!flagged(aim) || !(ring || pair)) {
        aim->swapped_with = INDEX_NONE;
    } else {
        aim->status = AIM_SWAPPED;
        aim->note = ring ? AIM_NOTE_ROTATED : AIM_NOTE_NONE;
    }
    if (flagged(aim) && aim->arrangement == AIM_TURNED)
        aim->note = AIM_NOTE_SITE;
    if (!flagged(aim))
        aim->log_ratio_table = aim->log_ratio_next = NAN;
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
    for (uint32_t c = 0; c < world->cell_count; c++)
        name_fault(&out[c]);
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

/* A remark in parts, joined as the language does. */
struct remark {
    char *text;
    size_t size, used;
    enum language language;
};

__attribute__((format(printf, 2, 3))) static void remark_add(struct remark *remark,
                                                             const char *format, ...)
{
    const char *join = !remark->used ? "" : remark->language == LANGUAGE_ZH ? "；" : "; ";
    char part[300];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(part, sizeof part, format, arguments);
    va_end(arguments);
    size_t left = remark->size - remark->used;
    if (length <= 0 || (size_t)length >= sizeof part || (size_t)length + strlen(join) >= left)
        return;
    remark->used += (size_t)snprintf(remark->text + remark->used, left, "%s%s", join, part);
}

static void remark_place(struct remark *remark, const struct aim_place_found *place)
{
    if (isnan(place->far_m))
        return;
    remark_add(remark,
               say(remark->language,
                   "the mast stands %.0f m from its place in the table, at bearing %.0f° "
                   "(± %.0f m)"),
               place->far_m, place->bearing_deg, place->radius_m);
    if (isfinite(place->at.lon))
        remark_add(remark, "%.5f, %.5f", place->at.lon, place->at.lat);
}

static const char *arrangement_text(enum aim_arrangement arrangement, enum language language)
{
    switch (arrangement) {
    case AIM_PAIR:
        return say(language, "exchanged feeders");
    case AIM_RING:
        return say(language, "feeders moved on");
    case AIM_TURNED:
        return say(language, "a turned mast");
    case AIM_APART:
        break;
    }
    return say(language, "antennas turned one by one");
}

/* Odds as powers of ten: more digits would say more than is known. */
static void remark_odds(struct remark *remark, const struct aim *aim)
{
    double table = aim->log_ratio_table / M_LN10, next = aim->log_ratio_next / M_LN10;
    if (!(table > 0) || aim->arrangement == AIM_APART)
        return;
    remark_add(remark, say(remark->language, "10^%.0f times likelier than the table"), table);
    if (isfinite(next) && next > 0)
        remark_add(remark, say(remark->language, "10^%.0f times likelier than %s"), next,
                   arrangement_text(aim->next, remark->language));
}

static void remark_drive(struct remark *remark, const struct aim *aim)
{
    if (!isfinite(aim->drive_from_deg))
        return;
    if (aim->drive_from_deg == aim->drive_to_deg)
        remark_add(remark, "%s", say(remark->language, "drive all around the mast"));
    else
        remark_add(remark, "%s %.0f..%.0f°",
                   say(remark->language, "to settle it, drive the bearings"),
                   aim->drive_from_deg, aim->drive_to_deg);
}

void aim_note_text(const struct aim *aim, enum language language, char *text, size_t size)
{
    struct remark remark = {text, size, 0, language};
    const char *note = note_text(aim, language);
    text[0] = '\0';
    remark_place(&remark, &aim->elsewhere);
    if (isfinite(aim->turn_deg))
        remark_add(&remark, "%s (%+.0f°)", note, aim->turn_deg);
    else if (*note)
        remark_add(&remark, "%s", note);
    remark_odds(&remark, aim);
    remark_drive(&remark, aim);
}
