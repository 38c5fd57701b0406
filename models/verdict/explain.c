#include "models/verdict/explain.h"
#include "models/verdict/reply.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* ---- pieces ----------------------------------------------------------------------------- */

static const char *cell_label(const struct account *a, uint32_t cell)
{
    if (cell == INDEX_NONE)
        return "?";
    const struct cell *c = &a->study->world->cells[cell];
    return text_empty(c->cell_name) ? c->cell_id : c->cell_name;
}

static const char *time_text(const struct account *a, int64_t t_s, char text[32])
{
    if (t_s == TIME_ABSENT || t_s == INT64_MAX)
        return strcpy(text, "...");
    time_t local = (time_t)(t_s + a->study->world->utc_offset_s);
    struct tm tm;
    gmtime_r(&local, &tm);
    strftime(text, 32, "%m-%d %H:%M", &tm);
    return text;
}

static const char *date_text(const struct account *a, int64_t t_s, char text[32])
{
    if (t_s == TIME_ABSENT)
        return strcpy(text, "?");
    time_t local = (time_t)(t_s + a->study->world->utc_offset_s);
    struct tm tm;
    gmtime_r(&local, &tm);
    strftime(text, 32, "%Y-%m-%d", &tm);
    return text;
}

/* Whether alarms or counters could have told of an outage. */
static bool watched(const struct account *a)
{
    return a->study->world->alarm_count || a->study->world->counter_count;
}

/* ---- the reason -------------------------------------------------------------------------- */

static void reason_outage(const struct account *a, enum language lang, struct buffer *out)
{
    const struct evidence *e = a->evidence;
    const struct trouble *worst = e->outage.worst;
    char from[32], to[32];
    const char *cell = cell_label(a, a->verdict->cell);
    if (!worst) {
        const char *format =
            watched(a) ? say(lang, "The level here is good when everything works (%.0f dBm) "
                                   "and the ticket speaks of a sudden failure, yet no alarm or "
                                   "counter shows one; ask the county about %s.")
                       : say(lang, "The level here is good when everything works (%.0f dBm) "
                                   "and the ticket speaks of a sudden failure; there are no "
                                   "alarms and no counters to tell, ask the county about %s.");
        buffer_format(out, format, e->normal.level_dbm, cell);
        return;
    }
    int64_t from_s, to_s;
    troubles_extent(a->study->troubles, worst, &from_s, &to_s);
    time_text(a, from_s, from);
    time_text(a, to_s, to);
    if (worst->kind == TROUBLE_INTERFERENCE)
        buffer_format(out,
                      say(lang,
                          "%s, which serves here, suffered uplink interference from %s to "
                          "%s; the level itself is good (%.0f dBm)."),
                      cell, from, to, e->normal.level_dbm);
    else if (worst->kind == TROUBLE_DEGRADED)
        buffer_format(out,
                      say(lang, "%s, which serves here, was degraded from %s to %s; the level "
                                "is good when it works (%.0f dBm)."),
                      cell, from, to, e->normal.level_dbm);
    else
        buffer_format(out,
                      say(lang,
                          "%s was out of service from %s to %s; without it the level here "
                          "falls from %.0f to %.0f dBm."),
                      cell, from, to, e->normal.level_dbm, e->outage.now.level_dbm);
}

/* Is the cure to turn an antenna that stands as its table says? */
static bool re_aimed(const struct account *a)
{
    const struct evidence *e = a->evidence;
    const struct verdict *v = a->verdict;
    return v->action == ACTION_TURN && v->cell != INDEX_NONE && v->cell == e->reaim.cell &&
           v->azimuth_to_deg == e->reaim.best.azimuth_deg;
}

static void reason_reaim(const struct account *a, enum language lang, struct buffer *out)
{
    const struct aim_best *best = &a->evidence->reaim.best;
    double now = a->evidence->normal.level_dbm;
    buffer_format(
        out,
        say(lang, "%s points to %.0f degrees and misses the place; at %.0f degrees with %.0f "
                  "of downtilt the level here goes from %.0f to %.0f dBm, %u weak squares "
                  "around become good and %u good ones weak."),
        cell_label(a, a->verdict->cell), best->from_azimuth_deg, best->azimuth_deg,
        best->tilt_deg, now, now + a->verdict->gain_db, best->cured, best->broken);
}

static void reason_antenna(const struct account *a, enum language lang, struct buffer *out)
{
    const struct verdict *v = a->verdict;
    const char *cell = cell_label(a, v->cell);
    double now = a->evidence->normal.level_dbm, then = now + v->gain_db;
    if (v->cell == INDEX_NONE) {
        buffer_format(out,
                      say(lang, "The place is weak (%.0f dBm) and an antenna is the likeliest "
                                "cause, but nothing tells which; measure around the place."),
                      now);
        return;
    }
    if (v->action == ACTION_TILT)
        buffer_format(out,
                      say(lang,
                          "The downtilt of %s should be %.0f degrees and looks like %.0f; "
                          "set right, the level here goes from %.0f to %.0f dBm."),
                      cell, v->tilt_to_deg, v->tilt_from_deg, now, then);
    else if (v->action == ACTION_SWAP_FEEDERS)
        buffer_format(out,
                      say(lang, "The feeders of %s are swapped: it radiates at %.0f degrees "
                                "instead of %.0f; set right, the level here goes from %.0f to "
                                "%.0f dBm."),
                      cell, v->azimuth_from_deg, v->azimuth_to_deg, now, then);
    else if (re_aimed(a))
        reason_reaim(a, lang, out);
    else if (!isfinite(v->azimuth_from_deg))
        buffer_format(out,
                      say(lang,
                          "Too few measurements tell where %s points, and it seems not to "
                          "stand as its table says; measure it on the mast and turn it "
                          "to %.0f degrees: the level here goes from %.0f to %.0f dBm."),
                      cell, v->azimuth_to_deg, now, then);
    else
        buffer_format(out,
                      say(lang,
                          "%s points to %.0f degrees and should point to %.0f; turned, the "
                          "level here goes from %.0f to %.0f dBm."),
                      cell, v->azimuth_from_deg, v->azimuth_to_deg, now, then);
}

static void reason_plan(const struct account *a, enum language lang, struct buffer *out)
{
    if (a->verdict->plan == INDEX_NONE) {
        buffer_format(out,
                      say(lang, "The place is weak (%.0f dBm) and a site to come is the "
                                "likeliest cure, but no plan is known here; ask the planning "
                                "desk."),
                      a->evidence->normal.level_dbm);
        return;
    }
    const struct plan *plan = &a->study->world->plans[a->verdict->plan];
    char date[32];
    buffer_format(out,
                  say(lang,
                      "The place is weak (%.0f dBm); the planned site %s (on air %s) will "
                      "bring %.0f dBm."),
                  a->evidence->normal.level_dbm,
                  text_empty(plan->site_name) ? plan->plan_id : plan->site_name,
                  date_text(a, plan->on_air_s, date), a->evidence->build.built.level_dbm);
}

static void reason_weak(const struct account *a, enum language lang, struct buffer *out)
{
    const struct evidence *e = a->evidence;
    if (a->verdict->cause == CAUSE_INDOOR_LOSS)
        buffer_format(out,
                      say(lang, "Outdoors the level is %.0f dBm, behind the walls about %.0f "
                                "dBm, give or take %.0f, where %.0f is needed; no fault, no "
                                "antenna and no plan cures it."),
                      e->serving[0].level_dbm, e->normal.level_dbm, e->normal.sigma_db,
                      e->asked_dbm);
    else if (a->verdict->cause == CAUSE_NO_DOMINANT)
        buffer_format(out,
                      say(lang, "%u sites compete here within a few dB and none dominates; the "
                                "level is %.0f dBm."),
                      e->dominance, e->normal.level_dbm);
    else if (e->normal.level_dbm < e->asked_dbm)
        buffer_format(out,
                      say(lang,
                          "The level here is %.0f dBm, below %.0f, with every cell up and "
                          "standing as it should, and no active plan cures it."),
                      e->normal.level_dbm, e->asked_dbm);
    else
        buffer_format(out,
                      say(lang,
                          "The level here is %.0f dBm give or take %.0f and may fall below "
                          "%.0f, with every cell up and standing as it should; no active plan "
                          "cures it."),
                      e->normal.level_dbm, e->normal.sigma_db, e->asked_dbm);
}

static void reason_overshoot(const struct account *a, enum language lang, struct buffer *out)
{
    const struct evidence *e = a->evidence;
    buffer_format(
        out,
        say(lang, "The level here is good (%.0f dBm), but %s serves from %.1f km over "
                  "nearer cells such as %s, which would do; set its downtilt from %.0f "
                  "to %.0f degrees."),
        e->normal.level_dbm, cell_label(a, e->overshoot.cell), e->overshoot.way_m / 1000,
        cell_label(a, e->overshoot.nearer), a->verdict->tilt_from_deg, a->verdict->tilt_to_deg);
}

static void reason_undetermined(const struct account *a, enum language lang, struct buffer *out)
{
    const struct evidence *e = a->evidence;
    if (e->fix.method == FIX_NONE)
        buffer_text(out, say(lang, "Nothing places this ticket: no coordinates, no known place "
                                   "name, no known cell; ask the customer where it happened."));
    else if (a->verdict->cause == CAUSE_NO_DATA)
        buffer_format(out,
                      say(lang, "The data cannot tell: the level here is %.0f dBm give or take "
                                "%.0f; measure at the place."),
                      e->normal.level_dbm, e->normal.sigma_db);
    else if (a->verdict->cause == CAUSE_TERMINAL)
        buffer_format(out,
                      say(lang,
                          "The level here is good (%.0f dBm), but the phone (%s) lacks the "
                          "bands that serve."),
                      e->normal.level_dbm, a->complaint->terminal);
    else if (a->verdict->cause == CAUSE_NO_DOMINANT)
        buffer_format(out,
                      say(lang, "%u sites compete here within a few dB and none dominates; the "
                                "level is %.0f dBm."),
                      e->dominance, e->normal.level_dbm);
    else if (a->verdict->cause == CAUSE_CAPACITY)
        buffer_format(out,
                      say(lang, "The level is good (%.0f dBm) but %s is full (PRB %.0f %%)."),
                      e->normal.level_dbm, cell_label(a, a->verdict->cell), e->load_pct);
    else if (a->verdict->cause == CAUSE_OVERSHOOT)
        reason_overshoot(a, lang, out);
    else if (watched(a))
        buffer_format(out,
                      say(lang,
                          "The level here is good (%.0f dBm) and nothing was out of order "
                          "then; check the phone and SIM, or measure at the place."),
                      e->normal.level_dbm);
    else
        buffer_format(out,
                      say(lang,
                          "The level here is good (%.0f dBm); without alarms and counters "
                          "nobody can tell what was out of order then: ask the county."),
                      e->normal.level_dbm);
}

void explain_reason(const struct account *account, enum language language, struct buffer *out)
{
    switch (account->verdict->kind) {
    case VERDICT_OUTAGE:
        reason_outage(account, language, out);
        break;
    case VERDICT_MISALIGNED:
        reason_antenna(account, language, out);
        break;
    case VERDICT_PLANNED:
        reason_plan(account, language, out);
        break;
    case VERDICT_WEAK:
        reason_weak(account, language, out);
        break;
    default:
        reason_undetermined(account, language, out);
    }
}

/* ---- the reply ----------------------------------------------------------------------------
 */

static const char *reply_outage(const struct account *a, enum language lang)
{
    if (!a->evidence->outage.worst)
        return say(lang,
                   "A fault of the network near you is being looked for; you will be told "
                   "what was found. Thank you for telling us.");
    return say(lang, "A fault of the network near you affected the service; it is being "
                     "repaired or has been repaired. Thank you for telling us.");
}

static const char *reply_undetermined(const struct account *a, enum language lang)
{
    switch (a->verdict->cause) {
    case CAUSE_TERMINAL:
        return say(lang, "Your phone lacks the bands of the network at your place; another "
                         "phone, or another setting of this one, will help.");
    case CAUSE_CAPACITY:
        return say(lang, "The network near you is full at busy hours; more capacity has been "
                         "asked for.");
    case CAUSE_OTHER:
        if (watched(a))
            return say(lang, "The network near you is in order; please restart the phone and "
                             "check the SIM card. If it stays bad, we will measure at your "
                             "place.");
        break;
    default:
        break;
    }
    return say(lang, "What we know does not tell the cause yet; we will measure at your place "
                     "and tell you what was found.");
}

static const char *reply_fixed(const struct account *a, enum language lang)
{
    switch (a->verdict->kind) {
    case VERDICT_OUTAGE:
        return reply_outage(a, lang);
    case VERDICT_MISALIGNED:
        if (a->verdict->cell == INDEX_NONE)
            return reply_undetermined(a, lang);
        return say(lang, "An antenna near you needs adjusting; a crew has been asked to do it "
                         "and you will be told when it is done.");
    case VERDICT_WEAK:
        return say(lang, "The signal at your place is weak; it has been entered for new "
                         "coverage.");
    default:
        return reply_undetermined(a, lang);
    }
}

static void reply_planned(const struct account *a, enum language lang, struct buffer *out)
{
    if (a->verdict->plan == INDEX_NONE) {
        buffer_text(out, say(lang, "The signal at your place is weak; it has been entered for "
                                   "new coverage."));
        return;
    }
    const struct plan *plan = &a->study->world->plans[a->verdict->plan];
    char date[32];
    const char *format = plan->stage == STAGE_BUILDING
                             ? say(lang, "A new site is being built near you and is due on %s.")
                             : say(lang, "A new site is planned near you and is due on %s.");
    if (plan->on_air_s == TIME_ABSENT)
        buffer_text(out, say(lang, "A new site is planned near you; its date is not set yet."));
    else
        buffer_format(out, format, date_text(a, plan->on_air_s, date));
}

void explain_reply(const struct account *account, enum language language, struct buffer *out)
{
    if (reply_write(account->study->replies, account, language, out))
        return;
    if (account->verdict->kind == VERDICT_PLANNED)
        reply_planned(account, language, out);
    else
        buffer_text(out, reply_fixed(account, language));
}

/* ---- the what-ifs --------------------------------------------------------------------------
 */

size_t explain_whatifs(const struct account *account, struct whatif out[WHATIFS_MAX])
{
    const struct evidence *e = account->evidence;
    const struct world *world = account->study->world;
    size_t count = 0;
    if (e->fix.method == FIX_NONE)
        return 0;
    out[count++] = (struct whatif){"normal", "", e->normal};
    if (e->outage.worst)
        out[count++] =
            (struct whatif){"now", world->cells[e->outage.worst->cell].cell_id, e->outage.now};
    if (e->antenna.cell != INDEX_NONE)
        out[count++] = (struct whatif){"as-planned", world->cells[e->antenna.cell].cell_id,
                                       e->antenna.planned};
    if (e->reaim.cell != INDEX_NONE)
        out[count++] =
            (struct whatif){"re-aimed", world->cells[e->reaim.cell].cell_id, e->reaim.aimed};
    if (e->build.plan != INDEX_NONE)
        out[count++] =
            (struct whatif){"plan-built", world->plans[e->build.plan].plan_id, e->build.built};
    return count;
}
