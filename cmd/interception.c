/* From the faults that last to the rows of the interception list. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/fill.h"
#include "geo/crs.h"
#include "models/verdict/intercept.h"

static const char *cause_of(enum trouble_kind kind)
{
    return name_of(cause_names, kind == TROUBLE_OUTAGE     ? CAUSE_OUTAGE
                                : kind == TROUBLE_DEGRADED ? CAUSE_HIDDEN_FAULT
                                                           : CAUSE_INTERFERENCE);
}

static const char *cells_text(const struct world *world, const struct interception *item,
                              struct arena *arena)
{
    struct buffer text = {0};
    for (size_t i = 0; i < item->cell_count; i++)
        buffer_format(&text, "%s%s", i ? ";" : "", world->cells[item->cells[i]].cell_id);
    const char *copy = arena_text(arena, text.bytes, text.length);
    buffer_free(&text);
    return copy;
}

static const char *places_text(const struct world *world, const struct interception *item,
                               struct arena *arena)
{
    struct buffer text = {0};
    for (size_t i = 0; i < item->place_count; i++)
        buffer_format(&text, "%s%s", i ? ";" : "", world->places[item->places[i]].name);
    const char *copy = text.length ? arena_text(arena, text.bytes, text.length) : "";
    buffer_free(&text);
    return copy;
}

/* The alarm's name, or what the counter showed; with the row. */
static void prove(const struct world *world, const struct interception *item,
                  struct arena *arena, struct result_interception *out)
{
    const struct trouble *t = item->trouble;
    uint32_t source = INDEX_NONE;
    out->evidence = "";
    if (t->alarm != INDEX_NONE) {
        const struct alarm *alarm = &world->alarms[t->alarm];
        out->evidence = alarm->name;
        source = alarm->source;
        out->line = alarm->line;
    } else if (t->counter != INDEX_NONE) {
        const struct counter *c = &world->counters[t->counter];
        if (item->kind == TROUBLE_INTERFERENCE)
            out->evidence =
                arena_format(arena, "ul_interference_dbm %.1f", c->ul_interference_dbm);
        else if (c->vswr > RULE_VALUE(&world->rules, vswr_fault))
            out->evidence = arena_format(arena, "vswr %.2f", c->vswr);
        else
            out->evidence = arena_format(arena, "availability_pct %.1f", c->availability_pct);
        source = c->source;
        out->line = c->line;
    }
    const char *path = source == INDEX_NONE ? "" : world->sources[source].path;
    const char *slash = strrchr(path, '/');
    out->file = slash ? slash + 1 : path;
}

/* What the call centre is told. */
static const char *notice(const struct world *world, const struct result_interception *row,
                          enum language language, struct arena *arena)
{
    char since[32];
    time_t local = (time_t)(row->since_s + world->utc_offset_s);
    struct tm tm;
    gmtime_r(&local, &tm);
    strftime(since, sizeof since, "%m-%d %H:%M", &tm);
    const char *site = text_empty(row->site_name) ? row->site_id : row->site_name;
    const char *places = *row->places ? row->places : site;
    return arena_format(arena,
                        say(language, "%s: %s since %s; around %s, %.1f km2 without good "
                                      "service; about %.1f more tickets within %.0f hours."),
                        site, say(language, row->kind), since, places,
                        isfinite(row->area_km2) ? row->area_km2 : 0, row->expected_tickets,
                        RULE_VALUE(&world->rules, intercept_ahead_h));
}

static void fill_row(const struct world *world, const struct interception *item,
                     struct arena *arena, struct result_interception *out)
{
    const struct site *site = &world->sites[item->site];
    *out = (struct result_interception){.site_id = site->site_id,
                                        .site_name = site->site_name,
                                        .cells = cells_text(world, item, arena),
                                        .kind = cause_of(item->kind),
                                        .since_s = item->since_s,
                                        .at = site->at,
                                        .area_km2 = item->area_km2,
                                        .places = places_text(world, item, arena),
                                        .tickets = item->tickets,
                                        .expected_tickets = item->expected,
                                        .risk = name_of(risk_names, item->risk)};
    prove(world, item, arena, out);
    out->notice_zh = notice(world, out, LANGUAGE_ZH, arena);
    out->notice_en = notice(world, out, LANGUAGE_EN, arena);
}

static void fill_squares(const struct world *world, const struct interceptions *found,
                         struct result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++)
        count += found->items[i].square_count;
    result->dark = arena_alloc(result->arena, count * sizeof *result->dark + 1);
    for (size_t i = 0; i < found->count; i++)
        for (size_t k = 0; k < found->items[i].square_count; k++) {
            struct xy at = found->items[i].squares[k];
            result->dark[result->dark_count++] = (struct result_dark){
                world->sites[found->items[i].site].site_id, cause_of(found->items[i].kind),
                at.x_m - found->square_m / 2, at.y_m - found->square_m / 2, found->square_m};
        }
}

/* The index of the site that a case holds responsible. */
static uint32_t site_of(const struct world *world, const struct result_case *c)
{
    return text_empty(c->responsible_site)
               ? INDEX_NONE
               : textmap_get(&world->site_by_id, c->responsible_site);
}

void fill_interception(const struct study *study, struct result *result)
{
    const struct world *world = study->world;
    struct interceptions found;
    struct intercept_ticket *tickets = base_alloc(result->case_count, sizeof *tickets);
    for (size_t i = 0; i < result->case_count; i++) {
        const struct result_case *c = &result->cases[i];
        tickets[i] = (struct intercept_ticket){site_of(world, c), c->reported_s,
                                               verdict_of(c->verdict) == VERDICT_OUTAGE};
    }
    interceptions_find(study, tickets, result->case_count, &found);
    result->interception_count = found.count;
    result->interceptions =
        arena_alloc(result->arena, found.count * sizeof *result->interceptions + 1);
    for (size_t i = 0; i < found.count; i++)
        fill_row(world, &found.items[i], result->arena, &result->interceptions[i]);
    fill_squares(world, &found, result);
    interceptions_free(&found);
    free(tickets);
}
