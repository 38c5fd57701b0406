/* Lines of a story to data. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/story.h"

/* The words of a line; "quoted words" are one word, `#` begins a comment. */
static int split(struct arena *arena, const char *line, const char *words[])
{
    int count = 0;
    while (count < MOST_WORDS) {
        while (isspace((unsigned char)*line))
            line++;
        if (*line == '\0' || *line == '#')
            break;
        bool quoted = *line == '"';
        line += quoted;
        size_t length = quoted ? strcspn(line, "\"") : strcspn(line, " \t\n");
        words[count++] = arena_text(arena, line, length);
        line += length + (quoted && line[length] == '"');
    }
    return count;
}

/* The word after `key`, or `fallback`. */
static const char *after(const char *words[], int count, const char *key, const char *fallback)
{
    for (int i = 1; i + 1 < count; i++)
        if (text_equal(words[i], key))
            return words[i + 1];
    return fallback;
}

static double number_after(const char *words[], int count, const char *key, double fallback)
{
    const char *text = after(words, count, key, NULL);
    return text ? strtod(text, NULL) : fallback;
}

static bool place_after(const char *words[], int count, struct xy *at)
{
    const char *text = after(words, count, "at", NULL);
    return text && sscanf(text, "%lf,%lf", &at->x_m, &at->y_m) == 2;
}

/* "11:15" on the story's day, 2026-03-10 in China; "09T22:00": another day of that month. */
static int64_t time_of(const char *text)
{
    int day = 10, hour, minute;
    if (text && strchr(text, 'T') && sscanf(text, "%dT%d:%d", &day, &hour, &minute) != 3)
        return TIME_ABSENT;
    if (text == NULL || (!strchr(text, 'T') && sscanf(text, "%d:%d", &hour, &minute) != 2))
        return TIME_ABSENT;
    return 1772208000 + (int64_t)day * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60;
}

/* "10:00-12:30", "10:00-": still so. */
static bool span_of(const char *text, int64_t *from_s, int64_t *to_s)
{
    const char *dash = text ? strchr(text, '-') : NULL;
    *from_s = time_of(text);
    *to_s = dash && dash[1] ? time_of(dash + 1) : TIME_ABSENT;
    return dash && *from_s != TIME_ABSENT;
}

static bool line_cell(struct story *s, const char *w[], int n)
{
    struct story_cell *c = &s->cells[s->cell_count++];
    const char *rat = after(w, n, "rat", "LTE");
    bool gsm = text_equal(rat, "GSM");
    char *site = arena_text(s->arena, w[1], strlen(w[1]));
    while (*site && isdigit((unsigned char)site[strlen(site) - 1]))
        site[strlen(site) - 1] = '\0';
    *c = (struct story_cell){
        .id = w[1],
        .rat = rat,
        .site = after(w, n, "site", site),
        .band = after(w, n, "band", gsm ? "B8" : "B3"),
        .coverage = after(w, n, "coverage", "macro"),
        .azimuth_deg = number_after(w, n, "azimuth", NAN),
        .tilt_deg = number_after(w, n, "tilt", 6),
        .height_m = number_after(w, n, "height", 30),
        .power_dbm = number_after(w, n, "power", gsm ? 41 : 15.2),
        .frequency_mhz = number_after(w, n, "mhz", gsm ? 945 : 1850),
    };
    c->true_azimuth_deg = number_after(w, n, "truly", c->azimuth_deg);
    c->true_tilt_deg = number_after(w, n, "true-tilt", c->tilt_deg);
    return place_after(w, n, &c->at);
}

static bool line_hole(struct story *s, const char *w[], int n)
{
    struct story_hole *hole = &s->holes[s->hole_count++];
    hole->within_m = number_after(w, n, "within", NAN);
    hole->loss_db = number_after(w, n, "loss", NAN);
    return place_after(w, n, &hole->at) && hole->within_m > 0 && isfinite(hole->loss_db);
}

static bool line_alarm(struct story *s, const char *w[], int n)
{
    struct story_alarm *alarm = &s->alarms[s->alarm_count++];
    if (n < 4)
        return false;
    alarm->object = w[1];
    alarm->name = w[2];
    return span_of(w[3], &alarm->from_s, &alarm->to_s);
}

static bool line_counter(struct story *s, const char *w[], int n)
{
    struct story_counter *counter = &s->counters[s->counter_count++];
    if (n < 5)
        return false;
    counter->cell = w[1];
    counter->what = w[2];
    counter->value = strtod(w[3], NULL);
    return span_of(w[4], &counter->from_s, &counter->to_s) && counter->to_s != TIME_ABSENT;
}

static bool line_plan(struct story *s, const char *w[], int n)
{
    struct story_plan *plan = &s->plans[s->plan_count++];
    plan->id = w[1];
    plan->stage = after(w, n, "stage", "approved");
    plan->on_air = after(w, n, "on-air", "2026-06-01");
    plan->rat = after(w, n, "rat", s->cell_count ? s->cells[0].rat : "LTE");
    return place_after(w, n, &plan->at);
}

static bool line_place(struct story *s, const char *w[], int n)
{
    struct story_place *place = &s->places[s->place_count++];
    if (n < 4)
        return false;
    place->name = w[1];
    place->kind = w[2];
    place->parent = after(w, n, "in", "");
    return place_after(w, n, &place->at);
}

static bool line_complaint(struct story *s, const char *w[], int n)
{
    struct story_complaint *c = &s->complaints[s->complaint_count++];
    *c = (struct story_complaint){
        .id = w[1],
        .address = after(w, n, "address", ""),
        .serving = after(w, n, "serving", ""),
        .symptom = after(w, n, "symptom", "信号弱"),
        .indoor = after(w, n, "indoor", ""),
        .rat = after(w, n, "rat", s->cell_count ? s->cells[0].rat : ""),
        .level = after(w, n, "level", "normal"),
        .customer = after(w, n, "customer", w[1]),
        .terminal = after(w, n, "terminal", ""),
        .description = after(w, n, "says", ""),
        .occurred_s = time_of(after(w, n, "time", NULL)),
        .reported_s = time_of(after(w, n, "reported", NULL)),
    };
    c->has_point = place_after(w, n, &c->at);
    if (c->reported_s == TIME_ABSENT)
        c->reported_s =
            c->occurred_s == TIME_ABSENT ? time_of("12:00") : c->occurred_s + 20 * 60;
    return c->has_point || c->address[0] || c->serving[0];
}

static bool line_measured(struct story *s, const char *w[], int n)
{
    struct story_reading *reading = &s->readings[s->reading_count++];
    reading->cell = w[1];
    reading->level_dbm = number_after(w, n, "level", NAN);
    reading->count = (int)number_after(w, n, "times", 8);
    return place_after(w, n, &reading->at) && isfinite(reading->level_dbm);
}

static bool line_rule(struct story *s, const char *w[], int n)
{
    s->rules[s->rule_count++] = (struct story_pair){w[1], n > 2 ? w[2] : ""};
    return n == 3;
}

static bool line_terminal(struct story *s, const char *w[], int n)
{
    s->terminals[s->terminal_count++] = (struct story_pair){w[1], after(w, n, "bands", "")};
    return n == 4;
}

static bool line_expect(struct story *s, const char *w[], int n)
{
    struct story_expectation *e = &s->expectations[s->expectation_count++];
    e->ticket = w[1];
    e->condition_count = n - 2;
    for (int i = 2; i < n; i++)
        e->conditions[i - 2] = w[i];
    return n > 2;
}

static bool line_survey(struct story *s, const char *w[], int n)
{
    (void)n;
    s->survey_m = text_equal(w[1], "none") ? 0 : strtod(w[1], NULL);
    return s->survey_m > 0 || text_equal(w[1], "none");
}

static bool line_exponent(struct story *s, const char *w[], int n)
{
    (void)n;
    s->exponent = strtod(w[1], NULL);
    return s->exponent > 1.5 && s->exponent < 6;
}

static bool line_counters(struct story *s, const char *w[], int n)
{
    (void)n;
    s->counters_kept = text_equal(w[1], "normal");
    return s->counters_kept;
}

static const struct {
    const char *noun;
    bool (*parse)(struct story *, const char *[], int);
} nouns[] = {
    {"cell", line_cell},           {"hole", line_hole},         {"alarm", line_alarm},
    {"counter", line_counter},     {"plan", line_plan},         {"place", line_place},
    {"complaint", line_complaint}, {"measured", line_measured}, {"rule", line_rule},
    {"terminal", line_terminal},   {"expect", line_expect},     {"survey", line_survey},
    {"exponent", line_exponent},   {"counters", line_counters},
};

/* Every list holds MOST_LINES, and no line adds to two. */
static bool full(const struct story *s)
{
    int most = 0;
    const int counts[] = {s->cell_count,      s->hole_count,       s->alarm_count,
                          s->counter_count,   s->plan_count,       s->place_count,
                          s->complaint_count, s->reading_count,    s->rule_count,
                          s->terminal_count,  s->expectation_count};
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        most = BASE_MAX(most, counts[i]);
    return most == MOST_LINES;
}

enum status story_line(struct story *story, const char *line, struct error *error)
{
    const char *words[MOST_WORDS];
    int count = split(story->arena, line, words);
    if (count == 0)
        return STATUS_OK;
    if (full(story))
        return error_set(error, STATUS_RANGE, "the story is too long");
    for (size_t i = 0; i < ARRAY_COUNT(nouns); i++)
        if (text_equal(words[0], nouns[i].noun))
            return count > 1 && nouns[i].parse(story, words, count)
                       ? STATUS_OK
                       : error_set(error, STATUS_FORMAT, "not understood: %s", line);
    return error_set(error, STATUS_FORMAT, "no line begins with '%s'", words[0]);
}
