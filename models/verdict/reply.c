#include "models/verdict/reply.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/tables/folder.h"
#include "models/tables/table.h"

/* ---- the user's file ----------------------------------------------------------------------
 */

enum { MOST_REPLIES = 500, REPLY_TEXT_MAX = 4000 };

static const struct name language_names[] = {{"en", LANGUAGE_EN + 1},
                                             {"英文", LANGUAGE_EN + 1},
                                             {"zh", LANGUAGE_ZH + 1},
                                             {"中文", LANGUAGE_ZH + 1},
                                             {NULL, 0}};

/* One row; the enums are 0 where any will do. */
struct reply {
    const char *verdict_text, *cause_text, *language_text, *text;
    int verdict, cause, language;
    uint32_t line;
};

struct replies {
    struct reply items[MOST_REPLIES];
    size_t count;
};

enum placeholder {
    HOLD_TICKET,
    HOLD_CELL,
    HOLD_SITE,
    HOLD_PLAN,
    HOLD_DATE,
    HOLD_LEVEL,
    HOLD_GAIN,
    HOLD_PLACE,
    HOLD_ADDRESS,
    HOLD_FROM,
    HOLD_TO,
    HOLD_DUE,
    HOLD_COUNT,
};

const char *const reply_placeholders[] = {"ticket", "cell", "site",  "plan",    "date",
                                          "level",  "gain", "place", "address", "from",
                                          "to",     "due",  NULL};

/* The placeholder that begins at `text` ("{cell} ..."); *length of it with its braces. */
static enum placeholder placeholder_at(const char *text, size_t *length)
{
    size_t name = strcspn(text + 1, "{}");
    *length = name + 2;
    for (int i = 0; text[name + 1] == '}' && i < HOLD_COUNT; i++)
        if (strlen(reply_placeholders[i]) == name &&
            memcmp(reply_placeholders[i], text + 1, name) == 0)
            return (enum placeholder)i;
    return HOLD_COUNT;
}

static bool refuse(struct refusal *why, const char *column, const char *value,
                   const char *reason)
{
    why->column = column;
    snprintf(why->value, sizeof why->value, "%.100s", value);
    snprintf(why->reason, sizeof why->reason, "%s", reason);
    return false;
}

static bool check_text(const char *text, struct refusal *why)
{
    for (const char *c = text; *c; c++) {
        size_t length;
        if (*c != '{' && *c != '}')
            continue;
        if (c[1] == *c) {
            c++;
            continue;
        }
        if (*c == '{' && placeholder_at(c, &length) != HOLD_COUNT) {
            c += length - 1;
            continue;
        }
        struct buffer known = {0};
        buffer_text(&known, "there is no such placeholder; there are");
        for (int i = 0; i < HOLD_COUNT; i++)
            buffer_format(&known, " {%s}", reply_placeholders[i]);
        refuse(why, "text", c, known.bytes);
        buffer_free(&known);
        return false;
    }
    return true;
}

static bool finish_reply(void *record, struct arena *arena, struct refusal *why)
{
    struct reply *r = record;
    (void)arena;
    r->verdict = name_value(verdict_names, r->verdict_text);
    r->cause = text_empty(r->cause_text) ? 0 : name_value(cause_names, r->cause_text);
    r->language =
        text_empty(r->language_text) ? 0 : name_value(language_names, r->language_text);
    if (strlen(r->text) > REPLY_TEXT_MAX)
        return refuse(why, "text", "", "a reply is at most 4000 bytes long");
    if (!r->verdict)
        return refuse(why, "verdict", r->verdict_text, "there is no such verdict");
    if (!text_empty(r->cause_text) && !r->cause)
        return refuse(why, "cause", r->cause_text, "there is no such cause");
    if (!text_empty(r->language_text) && !r->language)
        return refuse(why, "language", r->language_text, "a language is zh or en");
    return check_text(r->text, why);
}

#define AT(member) offsetof(struct reply, member)
static const struct field reply_fields[] = {
    {"verdict", FIELD_TEXT, AT(verdict_text), "结论|判定", .required = true},
    {"cause", FIELD_TEXT, AT(cause_text), "原因"},
    {"language", FIELD_TEXT, AT(language_text), "语言|lang"},
    {"text", FIELD_TEXT, AT(text), "回复|回单|内容|reply", .required = true},
};
#undef AT

static const struct table_spec reply_spec = {.name = "replies",
                                             .fields = reply_fields,
                                             .field_count = ARRAY_COUNT(reply_fields),
                                             .record_size = sizeof(struct reply),
                                             .line_offset = offsetof(struct reply, line),
                                             .finish = finish_reply};

static enum status keep_reply(void *context, const void *record)
{
    struct replies *replies = context;
    if (replies->count < MOST_REPLIES)
        replies->items[replies->count++] = *(const struct reply *)record;
    return STATUS_OK;
}

enum status replies_read(const char *folder, struct arena *arena, const struct replies **out,
                         struct error *error)
{
    const char *path = NULL;
    struct rejects rejects = {.arena = arena};
    const struct table_options options = {.arena = arena, .rejects = &rejects, .whole = true};
    *out = NULL;
    if (folder_find(folder, "replies", arena, &path, error) != STATUS_OK || !path)
        return error->status;
    struct replies *replies = arena_alloc(arena, sizeof *replies);
    replies->count = 0;
    enum status status =
        table_read(path, &reply_spec, &options, keep_reply, replies, NULL, error);
    free(rejects.items);
    *out = status == STATUS_OK ? replies : NULL;
    return status;
}

/* ---- filling ------------------------------------------------------------------------------
 */

static void write_time(const struct account *a, int64_t t_s, const char *format,
                       struct buffer *out)
{
    char text[32];
    time_t local = (time_t)(t_s + a->study->world->utc_offset_s);
    struct tm tm;
    if (t_s == TIME_ABSENT || t_s == INT64_MAX) {
        buffer_text(out, "?");
        return;
    }
    gmtime_r(&local, &tm);
    strftime(text, sizeof text, format, &tm);
    buffer_text(out, text);
}

static void write_number(double value, struct buffer *out)
{
    if (isfinite(value))
        buffer_format(out, "%.0f", value);
    else
        buffer_text(out, "?");
}

static void write_word(const char *word, struct buffer *out)
{
    buffer_text(out, text_empty(word) ? "?" : word);
}

/* When what was out of order failed, or came back; TIME_ABSENT when nothing was. */
static int64_t trouble_time(const struct account *a, bool back)
{
    int64_t from_s, to_s;
    if (!a->evidence->outage.worst)
        return TIME_ABSENT;
    troubles_extent(a->study->troubles, a->evidence->outage.worst, &from_s, &to_s);
    return back ? to_s : from_s;
}

static const char *site_label(const struct account *a)
{
    const struct site *site =
        a->verdict->site == INDEX_NONE ? NULL : &a->study->world->sites[a->verdict->site];
    return !site ? "" : text_empty(site->site_name) ? site->site_id : site->site_name;
}

static const char *cell_label(const struct account *a)
{
    const struct cell *cell =
        a->verdict->cell == INDEX_NONE ? NULL : &a->study->world->cells[a->verdict->cell];
    return !cell ? "" : text_empty(cell->cell_name) ? cell->cell_id : cell->cell_name;
}

static void write_placeholder(const struct account *a, enum placeholder which,
                              struct buffer *out)
{
    const struct plan *plan =
        a->verdict->plan == INDEX_NONE ? NULL : &a->study->world->plans[a->verdict->plan];
    switch (which) {
    case HOLD_TICKET:
        write_word(a->complaint->ticket_id, out);
        break;
    case HOLD_CELL:
        write_word(cell_label(a), out);
        break;
    case HOLD_SITE:
        write_word(site_label(a), out);
        break;
    case HOLD_PLAN:
        write_word(!plan                         ? ""
                   : text_empty(plan->site_name) ? plan->plan_id
                                                 : plan->site_name,
                   out);
        break;
    case HOLD_DATE:
        write_time(a, plan ? plan->on_air_s : TIME_ABSENT, "%Y-%m-%d", out);
        break;
    case HOLD_LEVEL:
        write_number(a->evidence->fix.method == FIX_NONE ? NAN : a->evidence->normal.level_dbm,
                     out);
        break;
    case HOLD_GAIN:
        write_number(a->verdict->gain_db, out);
        break;
    case HOLD_PLACE:
        write_word(a->evidence->fix.matched, out);
        break;
    case HOLD_ADDRESS:
        write_word(a->complaint->address, out);
        break;
    case HOLD_DUE:
        write_time(a, a->verdict->due_s, "%Y-%m-%d %H:%M", out);
        break;
    default:
        write_time(a, trouble_time(a, which == HOLD_TO), "%m-%d %H:%M", out);
    }
}

static const struct reply *find_reply(const struct replies *replies, const struct verdict *v,
                                      enum language language)
{
    const struct reply *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; i < replies->count; i++) {
        const struct reply *r = &replies->items[i];
        bool fits = r->verdict == (int)v->kind && (!r->cause || r->cause == (int)v->cause) &&
                    (!r->language || r->language == (int)language + 1);
        int rank = 1 + 2 * (r->cause != 0) + (r->language != 0);
        if (fits && rank > best_rank) {
            best = r;
            best_rank = rank;
        }
    }
    return best;
}

bool reply_write(const struct replies *replies, const struct account *account,
                 enum language language, struct buffer *out)
{
    const struct reply *reply =
        replies ? find_reply(replies, account->verdict, language) : NULL;
    if (!reply)
        return false;
    for (const char *c = reply->text; *c;) {
        size_t length = strcspn(c, "{}");
        buffer_append(out, c, length);
        c += length;
        if (!*c)
            break;
        if (c[1] == *c) {
            buffer_append(out, c, 1);
            c += 2;
            continue;
        }
        write_placeholder(account, placeholder_at(c, &length), out);
        c += length;
    }
    return true;
}
