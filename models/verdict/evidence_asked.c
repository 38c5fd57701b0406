/* Which level a ticket's place is held to: the street's, the road's, the room's, the country's.
 */
#include <math.h>
#include <string.h>

#include "models/verdict/evidence_view.h"

/* ---- on the road ------------------------------------------------------------------------ */

/* Words of somebody who drives. */
static const char *const driving[] = {"路上", "车上", "车里",    "车内",       "开车",
                                      "行车", "驾车", "driving", "on the road"};

/* Words for roads that are only driven on. Beside one people live: what follows tells. */
static const char *const roads[] = {"高速",     "国道",    "省道",       "快速路",
                                    "motorway", "highway", "expressway", "freeway"};
static const char *const beside[] = {
    "旁", "边",   "附近", "对面", "侧", "两侧", "沿线",   "网",    "上网",     "流量",
    "率", "数据", "下载", "铁路", "村", "小区", " speed", " data", " internet"};

static bool any_at(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_starts(text, list[i]))
            return true;
    return false;
}

static bool names_road(const char *text)
{
    for (size_t i = 0; i < ARRAY_COUNT(driving); i++)
        if (strstr(text, driving[i]))
            return true;
    for (size_t i = 0; i < ARRAY_COUNT(roads); i++)
        for (const char *at = strstr(text, roads[i]); at; at = strstr(at + 1, roads[i])) {
            const char *rest = at + strlen(roads[i]);
            rest += text_starts(rest, "公路") ? strlen("公路") : 0;
            if (!any_at(rest, beside, ARRAY_COUNT(beside)))
                return true;
        }
    return false;
}

bool asked_on_road(const struct complaint *complaint, const struct fix *fix, double p_indoor)
{
    if (p_indoor > 0.5)
        return false;
    return names_road(complaint->symptom_text) || names_road(complaint->description) ||
           names_road(complaint->address) ||
           (fix->level == GAZETTEER_ROAD && names_road(fix->matched));
}

/* ---- how densely built ------------------------------------------------------------------ */

static enum asked area_of(const struct world *world, struct xy at)
{
    double suburb_m = RULE_VALUE(&world->rules, suburb_spacing_m);
    double country_m = RULE_VALUE(&world->rules, country_spacing_m);
    if (!(suburb_m > 0 || country_m > 0))
        return ASKED_OUTDOORS;
    double spacing_m = mast_spacing_m(world, at);
    if (country_m > 0 && spacing_m > country_m)
        return ASKED_COUNTRY;
    return suburb_m > 0 && spacing_m > suburb_m ? ASKED_SUBURB : ASKED_OUTDOORS;
}

/* ---- the level -------------------------------------------------------------------------- */

/* Roads and rooms are never held to less than the street, thinly built areas never to more. */
static double level_of(const struct rules *rules, enum rat rat, enum asked asked)
{
    double street = rules_weak_dbm(rules, rat);
    if (rat == RAT_GSM)
        return asked == ASKED_INDOORS ? fmax(street, RULE_VALUE(rules, indoor_rxlev_dbm))
                                      : street;
    if (rat != RAT_LTE && rat != RAT_NR)
        return street;
    switch (asked) {
    case ASKED_ROAD:
        return fmax(street, RULE_VALUE(rules, road_rsrp_dbm));
    case ASKED_SUBURB:
        return fmin(street, RULE_VALUE(rules, suburb_rsrp_dbm));
    case ASKED_COUNTRY:
        return fmin(street, RULE_VALUE(rules, country_rsrp_dbm));
    default:
        return street;
    }
}

struct asked_levels asked_levels(const struct world *world, const struct complaint *complaint,
                                 const struct evidence *evidence)
{
    const struct rules *rules = &world->rules;
    enum rat rat = evidence->rat;
    enum asked area = area_of(world, evidence->fix.xy);
    enum asked outside =
        asked_on_road(complaint, &evidence->fix, evidence->p_indoor) ? ASKED_ROAD : area;
    enum asked inside = rat == RAT_GSM ? ASKED_INDOORS : area;
    enum asked here = evidence->p_indoor > 0.5 ? inside : outside;
    double street = rules_weak_dbm(rules, rat);
    return (struct asked_levels){.asked = here,
                                 .dbm = level_of(rules, rat, here),
                                 .outside_db = level_of(rules, rat, outside) - street,
                                 .inside_db = level_of(rules, rat, inside) - street};
}
