#include "cmd/out/report_data.h"

#include <glib.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/excerpt.h"
#include "cmd/out/heatmap.h"
#include "cmd/out/json.h"
#include "cmd/out/orders.h"
#include "cmd/out/styles.h"
#include "cmd/out/worklist_cells.h"

enum {
    MAX_WORDS = 400,
    MAX_ADDRESS = 150,
    MAX_REJECTS = 500,
    MAX_PLACES = 1500,
    OVERLAY = 700
};

static void member(struct buffer *out, const char *name)
{
    buffer_format(out, ",\"%s\":", name);
}

static void text_member(struct buffer *out, const char *name, const char *text)
{
    member(out, name);
    json_text(out, text, MAX_WORDS);
}

static void number_member(struct buffer *out, const char *name, double value, int decimals)
{
    member(out, name);
    json_number(out, value, decimals);
}

static void colour_member(struct buffer *out, const char *name, uint32_t colour)
{
    buffer_format(out, ",\"%s\":\"#%06x\"", name, colour);
}

/* ---- cases: one array per column ----------------------------------------------------- */

static void text_column(const struct result *result, const char *name, size_t offset,
                        size_t most, struct buffer *out)
{
    member(out, name);
    for (size_t i = 0; i < result->case_count; i++) {
        const char *record = (const char *)&result->cases[i];
        buffer_text(out, i ? "," : "[");
        json_text(out, *(const char *const *)(const void *)(record + offset), most);
    }
    buffer_text(out, result->case_count ? "]" : "[]");
}

static void number_column(const struct result *result, const char *name, size_t offset,
                          int decimals, struct buffer *out)
{
    member(out, name);
    for (size_t i = 0; i < result->case_count; i++) {
        const char *record = (const char *)&result->cases[i];
        buffer_text(out, i ? "," : "[");
        json_number(out, *(const double *)(const void *)(record + offset), decimals);
    }
    buffer_text(out, result->case_count ? "]" : "[]");
}

static void time_column(const struct result *result, const char *name, size_t offset,
                        struct buffer *out)
{
    member(out, name);
    for (size_t i = 0; i < result->case_count; i++) {
        const char *record = (const char *)&result->cases[i];
        buffer_text(out, i ? "," : "[");
        json_time(out, *(const int64_t *)(const void *)(record + offset));
    }
    buffer_text(out, result->case_count ? "]" : "[]");
}

/* A column of few different words: their numbers here, the words themselves into `words`. */
static void word_column(const struct result *result, const char *name, size_t offset,
                        struct buffer *out, struct buffer *words)
{
    struct textmap map = {0};
    member(out, name);
    buffer_format(words, "%s\"%s\":[", words->length > 1 ? "," : "", name);
    for (size_t i = 0; i < result->case_count; i++) {
        const char *record = (const char *)&result->cases[i];
        const char *word = *(const char *const *)(const void *)(record + offset);
        size_t known = map.count;
        uint32_t at = textmap_put(&map, word, (uint32_t)known);
        if (map.count > known) {
            buffer_text(words, known ? "," : "");
            json_text(words, word, MAX_WORDS);
        }
        buffer_format(out, "%s%u", i ? "," : "[", at);
    }
    buffer_text(out, result->case_count ? "]" : "[]");
    buffer_text(words, "]");
    textmap_free(&map);
}

/* Verdict, importance and order of each case, as numbers. */
static void write_marks(const struct result *result, struct buffer *out)
{
    struct textmap orders = {0};
    for (size_t i = 0; i < result->order_count; i++)
        textmap_put(&orders, result->orders[i].order_id, (uint32_t)i);
    member(out, "v");
    for (size_t i = 0; i < result->case_count; i++)
        buffer_format(out, "%s%d", i ? "," : "[", verdict_of(result->cases[i].verdict));
    buffer_text(out, result->case_count ? "]" : "[]");
    member(out, "vip");
    for (size_t i = 0; i < result->case_count; i++)
        buffer_format(out, "%s%d", i ? "," : "[",
                      text_equal_fold(result->cases[i].customer_level, "vip"));
    buffer_text(out, result->case_count ? "]" : "[]");
    member(out, "order");
    for (size_t i = 0; i < result->case_count; i++) {
        const char *id = result->cases[i].order_id;
        uint32_t at = text_empty(id) ? TEXTMAP_NONE : textmap_get(&orders, id);
        buffer_text(out, i ? "," : "[");
        json_number(out, at == TEXTMAP_NONE ? NAN : (double)at, 0);
    }
    buffer_text(out, result->case_count ? "]" : "[]");
    textmap_free(&orders);
}

#define AT(field) offsetof(struct result_case, field)

static void write_cases(const struct result *result, struct buffer *out)
{
    struct buffer words = {0};
    member(out, "cases");
    buffer_text(out, "{\"n\":0");
    buffer_text(&words, "{");
    text_column(result, "id", AT(ticket_id), MAX_WORDS, out);
    text_column(result, "address", AT(address), MAX_ADDRESS, out);
    text_column(result, "cell", AT(responsible_cell), MAX_WORDS, out);
    text_column(result, "site", AT(responsible_site), MAX_WORDS, out);
    text_column(result, "plan", AT(responsible_plan), MAX_WORDS, out);
    text_column(result, "group", AT(group_id), MAX_WORDS, out);
    text_column(result, "repeat", AT(repeat_of), MAX_WORDS, out);
    word_column(result, "cause", AT(cause), out, &words);
    word_column(result, "action", AT(action), out, &words);
    word_column(result, "district", AT(district), out, &words);
    number_column(result, "conf", AT(confidence), 3, out);
    number_column(result, "lon", AT(at.lon), 5, out);
    number_column(result, "lat", AT(at.lat), 5, out);
    number_column(result, "radius", AT(radius_m), 0, out);
    number_column(result, "level", AT(level_dbm), 1, out);
    number_column(result, "gain", AT(expected_gain_db), 1, out);
    time_column(result, "reported", AT(reported_s), out);
    time_column(result, "due", AT(due_s), out);
    write_marks(result, out);
    buffer_text(out, "}");
    member(out, "words");
    buffer_append(out, words.bytes, words.length);
    buffer_text(out, "}");
    buffer_free(&words);
}

/* ---- the rest ------------------------------------------------------------------------ */

static void write_order(const struct result_order *order, size_t index, struct buffer *out)
{
    char link[256];
    buffer_format(out, "%s{\"index\":%zu,\"rank\":%u,\"round\":%s", index ? "," : "", index,
                  order->rank, order->this_round ? "true" : "false");
    worklist_link(order->at, link);
    text_member(out, "id", order->order_id);
    text_member(out, "kind", order->kind);
    text_member(out, "crew", order_crew_label(order->crew));
    text_member(out, "site", order->site_id);
    text_member(out, "site_name", order->site_name);
    text_member(out, "cell", order->cell_id);
    text_member(out, "district", order->district);
    text_member(out, "what_zh", order->what_zh);
    text_member(out, "what_en", order->what_en);
    text_member(out, "why_zh", order->why_zh);
    text_member(out, "why_en", order->why_en);
    text_member(out, "status", order->status);
    text_member(out, "note", order->note);
    text_member(out, "link", link);
    number_member(out, "lon", order->at.lon, 5);
    number_member(out, "lat", order->at.lat, 5);
    number_member(out, "gain", order->gain_db, 1);
    number_member(out, "lo", order->gain_lo_db, 1);
    number_member(out, "hi", order->gain_hi_db, 1);
    number_member(out, "priority", order->priority, 2);
    number_member(out, "weight", order->weight, 2);
    number_member(out, "cure", order->cure, 2);
    number_member(out, "days", order->crew_days, 2);
    member(out, "due");
    json_time(out, order->due_s);
    buffer_format(out, ",\"tickets\":%u,\"customers\":%u,\"vips\":%u}", order->tickets,
                  order->customers, order->vips);
}

static void write_cell(const struct result_cell *cell, bool first, struct buffer *out)
{
    bool directed = wedge_directed(cell);
    buffer_text(out, first ? "{\"id\":" : ",{\"id\":");
    json_text(out, cell->cell_id, MAX_WORDS);
    text_member(out, "status", cell->status);
    number_member(out, "lon", cell->at.lon, 5);
    number_member(out, "lat", cell->at.lat, 5);
    number_member(out, "az", directed ? cell->azimuth_deg : NAN, 0);
    number_member(out, "w", isfinite(cell->hbw_deg) && cell->hbw_deg > 0 ? cell->hbw_deg : 65,
                  0);
    number_member(out, "r", wedge_radius_m(cell), 0);
    number_member(out, "est", cell->azimuth_est_deg, 0);
    buffer_text(out, "}");
}

static void write_network(const struct result *result, struct buffer *out)
{
    member(out, "orders");
    buffer_text(out, "[");
    for (size_t i = 0; i < result->order_count; i++)
        write_order(&result->orders[i], i, out);
    buffer_text(out, "]");
    member(out, "cells");
    buffer_text(out, "[");
    bool first = true;
    for (size_t i = 0; i < result->cell_count; i++) {
        if (!point_valid(result->cells[i].at))
            continue;
        write_cell(&result->cells[i], first, out);
        first = false;
    }
    buffer_text(out, "]");
}

static void write_ground(const struct result *result, struct buffer *out)
{
    size_t count = 0;
    member(out, "lines");
    buffer_text(out, "[");
    for (size_t i = 0; i < result->line_count; i++) {
        const struct result_line *line = &result->lines[i];
        buffer_text(out, i ? ",{\"kind\":" : "{\"kind\":");
        json_text(out, line->kind, MAX_WORDS);
        buffer_text(out, ",\"at\":[");
        for (size_t p = 0; p < line->count; p++)
            buffer_format(out, "%s%.5f,%.5f", p ? "," : "", line->points[p].lon,
                          line->points[p].lat);
        buffer_text(out, "]}");
    }
    buffer_text(out, "]");
    member(out, "places");
    buffer_text(out, "[");
    for (int kind = PLACE_COUNTY; kind <= PLACE_VILLAGE; kind++)
        for (size_t i = 0; i < result->place_count && count < MAX_PLACES; i++) {
            const struct place *place = &result->places[i];
            if ((int)place->kind != kind || !point_valid(place->at))
                continue;
            buffer_text(out, count++ ? ",{\"name\":" : "{\"name\":");
            json_text(out, place->name, MAX_WORDS);
            buffer_format(out, ",\"kind\":%d,\"lon\":%.5f,\"lat\":%.5f}", kind, place->at.lon,
                          place->at.lat);
        }
    buffer_text(out, "]");
}

static void write_overlay(const struct result *result, const struct heat *heat, enum heat_id id,
                          bool first, struct buffer *out)
{
    const struct heat_map *map = &heat->maps[id];
    struct heatmap_overlay overlay;
    if (!heatmap_overlay(heat, id, OVERLAY, &overlay))
        return;
    buffer_text(out, first ? "{\"id\":" : ",{\"id\":");
    json_text(out, map->file, MAX_WORDS);
    text_member(out, "title", map->title);
    text_member(out, "unit", map->unit);
    buffer_format(out, ",\"bounds\":[%.6f,%.6f,%.6f,%.6f],\"legend\":[", overlay.west,
                  overlay.south, overlay.east, overlay.north);
    for (size_t b = 0; b < map->band_count; b++) {
        char label[96];
        palette_label(result, map->bands, map->band_count, b, label);
        buffer_format(out, "%s[\"#%06x\",", b ? "," : "", map->bands[b].colour);
        json_text(out, label, MAX_WORDS);
        buffer_text(out, "]");
    }
    gchar *text = g_base64_encode((const guchar *)overlay.png.bytes, overlay.png.length);
    buffer_format(out, "],\"png\":\"data:image/png;base64,%s\"}", text);
    g_free(text);
    buffer_free(&overlay.png);
}

static void write_overlays(const struct result *result, const struct heat *heat,
                           struct buffer *out)
{
    member(out, "overlays");
    buffer_text(out, "[");
    bool first = true;
    for (int m = 0; heat && m < HEAT_COUNT; m++) {
        write_overlay(result, heat, (enum heat_id)m, first, out);
        first = first && !heat->maps[m].values;
    }
    buffer_text(out, "]");
}

/* How often each word of a text column occurs; words joined by ";" count one by one. */
static void write_counts(const struct result *result, const char *name, size_t offset,
                         struct buffer *out)
{
    struct textmap map = {0};
    struct arena *arena = arena_new();
    const char **words = NULL;
    size_t *counts = NULL, words_capacity = 0, counts_capacity = 0;
    for (size_t i = 0; i < result->case_count; i++) {
        const char *record = (const char *)&result->cases[i];
        const char *text = *(const char *const *)(const void *)(record + offset);
        for (size_t length; *text; text += length + (text[length] == ';')) {
            length = strcspn(text, ";");
            const char *word = arena_text(arena, text, length);
            uint32_t at = textmap_put(&map, word, (uint32_t)map.count);
            words = base_grow(words, &words_capacity, at + 1, sizeof *words);
            counts = base_grow(counts, &counts_capacity, at + 1, sizeof *counts);
            words[at] = word;
            counts[at]++;
        }
    }
    member(out, name);
    buffer_text(out, "[");
    for (size_t i = 0; i < map.count; i++) {
        buffer_text(out, i ? ",[" : "[");
        json_text(out, words[i], MAX_WORDS);
        buffer_format(out, ",%zu]", counts[i]);
    }
    buffer_text(out, "]");
    textmap_free(&map);
    arena_free(arena);
    free(words);
    free(counts);
}

/* The input files of the run's record: path, rows, refused rows. */
static void write_inputs(const struct result *result, struct buffer *out)
{
    member(out, "inputs");
    buffer_text(out, "[");
    struct json_object *run = json_tokener_parse(result->run_json), *inputs = NULL;
    if (run && json_object_object_get_ex(run, "inputs", &inputs) &&
        json_object_is_type(inputs, json_type_array))
        for (size_t i = 0; i < json_object_array_length(inputs); i++) {
            struct json_object *input = json_object_array_get_idx(inputs, i), *value = NULL;
            const char *path = json_object_object_get_ex(input, "file", &value)
                                   ? json_object_get_string(value)
                                   : "";
            const char *slash = strrchr(path, '/');
            int64_t rows = json_object_object_get_ex(input, "rows", &value)
                               ? json_object_get_int64(value)
                               : 0;
            int64_t refused = json_object_object_get_ex(input, "refused", &value)
                                  ? json_object_get_int64(value)
                                  : 0;
            buffer_text(out, i ? ",[" : "[");
            json_text(out, slash ? slash + 1 : path, MAX_WORDS);
            buffer_format(out, ",%lld,%lld]", (long long)rows, (long long)refused);
        }
    if (run)
        json_object_put(run);
    buffer_text(out, "]");
}

static void write_quality(const struct result *result, struct buffer *out)
{
    write_counts(result, "methods", offsetof(struct result_case, location_method), out);
    write_counts(result, "flags", offsetof(struct result_case, flags), out);
    write_inputs(result, out);
    buffer_format(out, ",\"reject_total\":%zu,\"rejects\":[", result->reject_count);
    for (size_t i = 0; i < result->reject_count && i < MAX_REJECTS; i++) {
        const struct result_reject *r = &result->rejects[i];
        buffer_text(out, i ? ",[" : "[");
        json_text(out, r->file, MAX_WORDS);
        buffer_format(out, ",%u,", r->line);
        json_text(out, r->column, MAX_WORDS);
        buffer_text(out, ",");
        json_text(out, r->value, MAX_WORDS);
        buffer_text(out, ",");
        json_text(out, r->reason, MAX_WORDS);
        buffer_text(out, "]");
    }
    buffer_text(out, "],\"subscribers\":{");
    for (size_t i = 0; i < result->subscriber_count; i++) {
        buffer_text(out, i ? "," : "");
        json_text(out, result->subscribers[i].area, MAX_WORDS);
        buffer_text(out, ":");
        json_number(out, result->subscribers[i].subscribers, 0);
    }
    buffer_text(out, "}");
}

/* ---- words and colours --------------------------------------------------------------- */

static void write_translation(void *context, const char *english, const char *chinese)
{
    struct buffer *out = context;
    buffer_text(out, ",");
    json_text(out, english, MAX_WORDS);
    buffer_text(out, ":");
    json_text(out, chinese, MAX_WORDS);
}

static void write_palette(struct buffer *out)
{
    static const char *const states[] = {"ok", "misaligned", "swapped", "tilt", "insufficient"};
    member(out, "verdicts");
    for (int v = 0; v < VERDICT_COUNT; v++) {
        buffer_text(out, v ? ",{\"word\":" : "[{\"word\":");
        json_text(out, verdict_word((enum verdict_kind)v), MAX_WORDS);
        colour_member(out, "colour", palette_verdict((enum verdict_kind)v));
        colour_member(out, "dark", palette_verdict_dark((enum verdict_kind)v));
        buffer_text(out, "}");
    }
    buffer_text(out, "]");
    member(out, "kinds");
    for (size_t i = 0; order_kinds[i]; i++) {
        buffer_format(out, "%s\"%s\":{\"label\":\"%s\"", i ? "," : "{", order_kinds[i],
                      order_label(order_kinds[i]));
        colour_member(out, "colour", palette_order(order_kinds[i]));
        colour_member(out, "dark", palette_verdict_dark(palette_order_verdict(order_kinds[i])));
        buffer_text(out, "}");
    }
    buffer_text(out, "}");
    member(out, "audit");
    buffer_text(out, "{\"\":\"#808080\"");
    for (size_t i = 0; i < ARRAY_COUNT(states); i++)
        colour_member(out, states[i], palette_audit(states[i]));
    buffer_text(out, "}");
}

/* What this round is and how good it is, in both languages. */
static void write_note(const struct result *result, enum language language, struct buffer *out)
{
    char text[1024];
    double cleared = 0;
    size_t round = 0;
    for (size_t i = 0; i < result->order_count; i++)
        if (result->orders[i].this_round) {
            round++;
            cleared += result->orders[i].weight * result->orders[i].cure;
        }
    excerpt_note(result, language, text);
    size_t shown = strlen(text);
    int length =
        (int)shown +
        snprintf(text + shown, sizeof text - shown,
                 say(language, "This round: %zu of %zu orders, %g crew-days; expected to "
                               "clear %.1f weighted complaints."),
                 round, result->order_count, RULE_VALUE(&result->rules, worklist_crew_days),
                 cleared);
    if (isfinite(result->orders_bound) && length > 0 && (size_t)length < sizeof text)
        snprintf(
            text + length, sizeof text - (size_t)length,
            say(language, " No other choice within them could clear more than %.1f %% more."),
            100 * (1 / BASE_MAX(result->orders_bound, 0.01) - 1));
    text_member(out, language == LANGUAGE_ZH ? "note_zh" : "note_en", text);
}

void report_data(const struct result *result, const struct heat *heat, const char *basemap_url,
                 struct buffer *out)
{
    buffer_format(out, "{\"block\":%d,\"offset\":%d", REPORT_BLOCK, result->utc_offset_s);
    text_member(out, "language", result->language == LANGUAGE_ZH ? "zh" : "en");
    text_member(out, "version", COVTRIAGE_VERSION);
    member(out, "now");
    json_time(out, result->now_s == TIME_ABSENT ? 0 : result->now_s);
    if (basemap_url)
        text_member(out, "basemap", basemap_url);
    write_note(result, LANGUAGE_ZH, out);
    write_note(result, LANGUAGE_EN, out);
    member(out, "zh");
    buffer_text(out, "{\"\":\"\"");
    say_all(write_translation, out);
    buffer_text(out, "}");
    write_palette(out);
    write_cases(result, out);
    write_network(result, out);
    write_ground(result, out);
    write_overlays(result, heat, out);
    write_quality(result, out);
    buffer_text(out, "}");
}
