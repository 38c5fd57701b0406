#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <zlib.h>

#include "cmd/out/factbook.h"
#include "cmd/out/json.h"
#include "cmd/out/report_data.h"

enum { MAX_WORDS = 1500, MAX_DESCRIPTION = 4000, MAX_FACTS = 40, MAX_WHATIFS = 24 };

static void member(struct buffer *out, const char *name)
{
    buffer_format(out, ",\"%s\":", name);
}

static void text_member(struct buffer *out, const char *name, const char *text, size_t most)
{
    member(out, name);
    json_text(out, text, most);
}

static void number_member(struct buffer *out, const char *name, double value, int decimals)
{
    member(out, name);
    json_number(out, value, decimals);
}

static void write_facts(const struct result_case *c, struct buffer *out)
{
    member(out, "f");
    buffer_text(out, "[");
    for (size_t i = 0; c->facts && i < c->fact_count && i < MAX_FACTS; i++) {
        const struct result_fact *f = &c->facts[i];
        buffer_text(out, i ? ",[" : "[");
        json_text(out, f->kind, MAX_WORDS);
        buffer_text(out, ",");
        json_text(out, f->text_zh, MAX_WORDS);
        buffer_text(out, ",");
        json_text(out, f->text_en, MAX_WORDS);
        buffer_text(out, ",");
        json_text(out, f->file, MAX_WORDS);
        buffer_format(out, ",%u,", f->line);
        json_number(out, f->weight, 2);
        buffer_text(out, "]");
    }
    buffer_text(out, "]");
}

static void write_whatifs(const struct result_case *c, struct buffer *out)
{
    member(out, "w");
    buffer_text(out, "[");
    for (size_t i = 0; i < c->whatif_count && i < MAX_WHATIFS; i++) {
        const struct result_whatif *w = &c->whatifs[i];
        buffer_text(out, i ? ",[" : "[");
        json_text(out, w->what, MAX_WORDS);
        buffer_text(out, ",");
        json_text(out, w->object, MAX_WORDS);
        buffer_text(out, ",");
        json_number(out, w->level_dbm, 1);
        buffer_text(out, ",");
        json_number(out, w->sigma_db, 1);
        buffer_text(out, ",");
        json_number(out, w->p_good, 3);
        buffer_text(out, "]");
    }
    buffer_text(out, "]");
}

static void write_case(const struct result_case *c, struct buffer *out)
{
    buffer_text(out, "{\"p\":[");
    for (int v = 1; v < VERDICT_COUNT; v++) {
        buffer_text(out, v > 1 ? "," : "");
        json_number(out, c->p[v], 4);
    }
    buffer_text(out, "]");
    text_member(out, "address", c->address, MAX_WORDS);
    text_member(out, "symptom", c->symptom, MAX_WORDS);
    text_member(out, "description", c->description, MAX_DESCRIPTION);
    text_member(out, "rz", c->reason_zh, MAX_WORDS);
    text_member(out, "re", c->reason_en, MAX_WORDS);
    text_member(out, "pz", c->reply_zh, MAX_WORDS);
    text_member(out, "pe", c->reply_en, MAX_WORDS);
    text_member(out, "method", c->location_method, MAX_WORDS);
    text_member(out, "match", c->location_match, MAX_WORDS);
    text_member(out, "customer", c->customer_key, MAX_WORDS);
    text_member(out, "flags", c->flags, MAX_WORDS);
    number_member(out, "sigma", c->level_sigma_db, 1);
    number_member(out, "az0", c->azimuth_from_deg, 0);
    number_member(out, "az1", c->azimuth_to_deg, 0);
    number_member(out, "ti0", c->tilt_from_deg, 1);
    number_member(out, "ti1", c->tilt_to_deg, 1);
    member(out, "occurred");
    json_time(out, c->occurred_s);
    write_facts(c, out);
    write_whatifs(c, out);
    buffer_text(out, "}");
}

/* zlib, then base64: as small as a text in a page can be. */
static void pack(const struct buffer *from, struct buffer *out)
{
    uLongf length = compressBound(from->length);
    Bytef *bytes = base_alloc(length, 1);
    compress2(bytes, &length, (const Bytef *)from->bytes, from->length, 6);
    gchar *text = g_base64_encode(bytes, length);
    buffer_text(out, text);
    g_free(text);
    free(bytes);
}

enum status report_details(const struct result *result, size_t block, struct buffer *out,
                           struct error *error)
{
    struct buffer json = {0};
    struct arena *arena = arena_new();
    size_t first = block * REPORT_BLOCK;
    size_t end = BASE_MIN(first + REPORT_BLOCK, result->case_count);
    enum status status = STATUS_OK;
    buffer_text(&json, "[");
    for (size_t i = first; i < end && status == STATUS_OK; i++) {
        struct result_case one = result->cases[i];
        status = factbook_recall(&one, arena, error);
        buffer_text(&json, i > first ? "," : "");
        write_case(&one, &json);
    }
    buffer_text(&json, "]");
    pack(&json, out);
    buffer_free(&json);
    arena_free(arena);
    return status;
}
