#include "cmd/out/result.h"

#include <math.h>
#include <string.h>

#include "cmd/out/columns.h"
#include "cmd/out/factbook.h"
#include "geo/index.h"

const char *verdict_word(enum verdict_kind verdict)
{
    for (const struct name *n = verdict_names; n->text; n++)
        if (n->value == (int)verdict)
            return n->text;
    return "";
}

enum verdict_kind verdict_of(const char *word)
{
    for (const struct name *n = verdict_names; n->text; n++)
        if (text_equal(word, n->text))
            return (enum verdict_kind)n->value;
    return VERDICT_UNKNOWN;
}

void result_init(struct result *result)
{
    *result = (struct result){.arena = arena_new(),
                              .bin_m = NAN,
                              .crs_name = "",
                              .run_json = "",
                              .orders_bound = NAN,
                              .now_s = TIME_ABSENT};
    rules_default(&result->rules);
}

void result_free(struct result *result)
{
    factbook_free(result->book);
    if (result->arena)
        arena_free(result->arena);
    *result = (struct result){0};
}

/* Counties and townships, by which the cases without a district are named. */
struct districts {
    uint32_t *places;
    struct xy *at;
    size_t count;
    double east_m_per_deg;
};

static struct xy flat(const struct districts *districts, struct point p)
{
    return (struct xy){p.lon * districts->east_m_per_deg, p.lat * 111195.0};
}

static void districts_find(const struct result *result, struct districts *districts)
{
    static const enum place_kind kinds[] = {PLACE_TOWNSHIP, PLACE_COUNTY, PLACE_CITY};
    for (size_t k = 0; k < ARRAY_COUNT(kinds) && !districts->count; k++)
        for (size_t i = 0; i < result->place_count; i++) {
            const struct place *place = &result->places[i];
            if (place->kind != kinds[k] || !point_valid(place->at))
                continue;
            if (!districts->count)
                districts->east_m_per_deg = 111195.0 * cos(place->at.lat * M_PI / 180);
            districts->places[districts->count] = (uint32_t)i;
            districts->at[districts->count++] = flat(districts, place->at);
        }
}

/* A township's centre lies within tens of kilometres; further away the name would mislead. */
static void name_districts(struct result *result)
{
    enum { REACH_M = 30000 };
    struct districts districts = {
        .places = arena_alloc(result->arena, (result->place_count + 1) * sizeof(uint32_t)),
        .at = arena_alloc(result->arena, (result->place_count + 1) * sizeof(struct xy))};
    districts_find(result, &districts);
    if (!districts.count)
        return;
    struct index *index = index_new(districts.at, districts.count, 5000);
    for (size_t i = 0; i < result->case_count; i++) {
        struct result_case *c = &result->cases[i];
        struct neighbour near;
        if (text_empty(c->district) && point_valid(c->at) &&
            index_nearest(index, flat(&districts, c->at), &near, 1) &&
            near.distance_m < REACH_M)
            c->district = result->places[districts.places[near.id]].name;
    }
    index_free(index);
}

static void fill_case(struct result *result, struct result_case *c, bool show_phones)
{
    columns_fill(&case_columns, c);
    for (size_t w = 0; w < c->whatif_count; w++) {
        struct whatif_row row = {0, c->whatifs[w]};
        columns_fill(&whatif_columns, &row);
        c->whatifs[w] = row.whatif;
    }
    if (show_phones)
        return;
    const char **texts[] = {&c->address,   &c->symptom,  &c->description, &c->reply_zh,
                            &c->reason_zh, &c->reply_en, &c->reason_en,   &c->customer_key};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        *texts[i] = result_mask_phones(result->arena, *texts[i]);
}

void result_complete(struct result *result, bool show_phones)
{
    for (size_t i = 0; i < result->case_count; i++)
        fill_case(result, &result->cases[i], show_phones);
    for (size_t i = 0; i < result->cell_count; i++)
        columns_fill(&cell_columns, &result->cells[i]);
    for (size_t i = 0; i < result->interception_count; i++)
        columns_fill(&interception_columns, &result->interceptions[i]);
    for (size_t i = 0; i < result->test_count; i++)
        columns_fill(&test_columns, &result->tests[i]);
    for (size_t i = 0; i < result->dark_count; i++)
        columns_fill(&dark_columns, &result->dark[i]);
    for (size_t i = 0; i < result->plan_count; i++)
        columns_fill(&plan_columns, &result->plans[i]);
    for (size_t i = 0; i < result->bin_count; i++)
        columns_fill(&bin_columns, &result->bins[i]);
    for (size_t i = 0; i < result->reject_count; i++) {
        columns_fill(&reject_columns, &result->rejects[i]);
        if (!show_phones)
            result->rejects[i].value = result_mask_value(
                result->arena, result->rejects[i].column, result->rejects[i].value);
    }
    for (size_t i = 0; i < result->place_count; i++)
        columns_fill(&place_columns, &result->places[i]);
    for (size_t i = 0; i < result->subscriber_count; i++)
        columns_fill(&count_columns, &result->subscribers[i]);
    if (!result->crs_name)
        result->crs_name = "";
    if (!result->run_json)
        result->run_json = "";
    name_districts(result);
}
