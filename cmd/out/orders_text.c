#include "cmd/out/orders_text.h"

#include <math.h>
#include <stdbool.h>

#include "cmd/out/orders.h"
#include "cmd/out/sheet.h"

/* The cell's name for people: with its id when the name does not hold it. */
static const char *object_text(struct result *result, const struct result_order *order)
{
    if (!text_empty(order->cell_id)) {
        for (size_t i = 0; i < result->cell_count; i++)
            if (text_equal(result->cells[i].cell_id, order->cell_id) &&
                !text_empty(result->cells[i].cell_name) &&
                !text_equal(result->cells[i].cell_name, order->cell_id))
                return arena_format(result->arena, "%s (%s)", result->cells[i].cell_name,
                                    order->cell_id);
        return order->cell_id;
    }
    if (text_empty(order->site_name) || text_equal(order->site_name, order->site_id))
        return order->site_id;
    return arena_format(result->arena, "%s (%s)", order->site_name, order->site_id);
}

static const char *aim_text(struct result *result, const struct result_order *order,
                            enum language language)
{
    struct arena *arena = result->arena;
    const char *object = object_text(result, order), *turn = "", *tilt = "";
    bool turned = !(fabs(order->azimuth_to_deg - order->azimuth_from_deg) < 1);
    bool tilted = !(fabs(order->tilt_to_deg - order->tilt_from_deg) < 0.5);
    if (turned && isfinite(order->azimuth_to_deg) && isfinite(order->azimuth_from_deg))
        turn = arena_format(arena, say(language, "turn azimuth from %.0f° to %.0f°"),
                            order->azimuth_from_deg, order->azimuth_to_deg);
    else if (turned && isfinite(order->azimuth_to_deg))
        turn =
            arena_format(arena, say(language, "turn azimuth to %.0f°"), order->azimuth_to_deg);
    if (tilted && isfinite(order->tilt_to_deg) && isfinite(order->tilt_from_deg))
        tilt = arena_format(arena, say(language, "set downtilt from %.0f° to %.0f°"),
                            order->tilt_from_deg, order->tilt_to_deg);
    else if (tilted && isfinite(order->tilt_to_deg))
        tilt = arena_format(arena, say(language, "set downtilt to %.0f°"), order->tilt_to_deg);
    if (text_empty(turn) && text_empty(tilt))
        turn = say(language,
                   "measure azimuth and downtilt on the mast and set them as the table says");
    const char *comma = text_empty(turn) || text_empty(tilt) ? "" : say(language, ", ");
    return arena_format(arena, say(language, "%s: %s%s%s"), object, turn, comma, tilt);
}

static const char *swap_text(struct result *result, const struct result_order *order,
                             enum language language)
{
    const char *other = "";
    for (size_t i = 0; i < result->cell_count; i++)
        if (text_equal(result->cells[i].cell_id, order->cell_id))
            other = result->cells[i].swapped_with;
    const char *object = object_text(result, order);
    if (text_empty(other))
        return arena_format(result->arena,
                            say(language, "%s: feeders are swapped, put them right"), object);
    return arena_format(result->arena,
                        say(language, "%s: exchange its feeders with those of %s"), object,
                        other);
}

static const char *repair_text(struct result *result, const struct result_order *order,
                               const struct result_case *best, enum language language)
{
    const char *format = "%s: restore service and ask for the repair time";
    if (text_equal(best->cause, "hidden-fault"))
        format = "%s: hidden fault, check VSWR, output power and transmission";
    if (text_equal(best->cause, "interference"))
        format = "%s: find and clear the uplink interference";
    return arena_format(result->arena, say(language, format), object_text(result, order));
}

static const char *plan_text(struct result *result, const struct result_order *order,
                             enum language language)
{
    char date[32] = "";
    for (size_t i = 0; i < result->plan_count; i++)
        if (text_equal(result->plans[i].plan_id, order->plan_id))
            sheet_format_time(result->plans[i].on_air_s, result->utc_offset_s, date);
    const char *name = text_empty(order->site_name) ? order->plan_id : order->site_name;
    if (!date[0])
        return arena_format(result->arena,
                            say(language, "follow %s until it is on air, tell the customers"),
                            name);
    return arena_format(
        result->arena,
        say(language, "follow %s until it is on air (%.10s), tell the customers"), name, date);
}

static const char *power_text(struct result *result, const struct result_order *order,
                              enum language language)
{
    return arena_format(
        result->arena,
        say(language, "%s: make it dominant: power, combiner, tilt of the others"),
        object_text(result, order));
}

static const char *cover_text(struct result *result, const struct result_case *best,
                              enum language language)
{
    if (text_equal(best->action, "indoor-coverage"))
        return say(language, "survey the building, bring indoor coverage");
    if (text_equal(best->action, "power-dominance"))
        return say(language, "give the place one dominant server: power, combiner, tilt");
    return arena_format(result->arena,
                        say(language, "bring coverage to this place: site, repeater or small "
                                      "cell, within %.0f m"),
                        RULE_VALUE(&result->rules, worklist_cover_m));
}

static const char *answer_text(const struct result_case *best, enum language language)
{
    if (text_equal(best->action, "check-terminal"))
        return say(language,
                   "ask the customers to try another phone and SIM: coverage is good");
    if (text_equal(best->action, "expand-capacity"))
        return say(language, "check the load of the cells, expand or balance");
    if (!point_valid(best->at))
        return say(language, "call the customers: the place is not known");
    return say(language, "call the customers: nothing is found wrong in the network");
}

const char *order_what(struct result *result, const struct result_order *order,
                       const struct result_case *best, enum language language)
{
    if (text_equal(order->kind, "aim"))
        return aim_text(result, order, language);
    if (text_equal(order->kind, "swap"))
        return swap_text(result, order, language);
    if (text_equal(order->kind, "power"))
        return power_text(result, order, language);
    if (text_equal(order->kind, "repair"))
        return repair_text(result, order, best, language);
    if (text_equal(order->kind, "plan"))
        return plan_text(result, order, language);
    if (text_equal(order->kind, "cover"))
        return cover_text(result, best, language);
    if (text_equal(order->kind, "test"))
        return say(language, "measure here, indoors and outdoors: level, server, quality");
    return answer_text(best, language);
}

const char *order_crew_label(const char *crew)
{
    static const char *const labels[][2] = {{"maintenance", "maintenance crew"},
                                            {"antenna", "antenna crew"},
                                            {"planning", "planning and building"},
                                            {"test", "test crew"},
                                            {"desk", "complaint desk"}};
    for (size_t i = 0; i < ARRAY_COUNT(labels); i++)
        if (text_equal(crew, labels[i][0]))
            return labels[i][1];
    return crew;
}
