/* A story's case folder: the tables, and a survey of its square by a plain law of radio. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/scenario/story.h"

static const double origin_lon = 113.0, origin_lat = 33.0;

static FILE *table_open(const char *folder, const char *name, struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    return file;
}

static const char *point_text(struct xy at, char text[48])
{
    snprintf(text, 48, "%.6f,%.6f",
             origin_lon + at.x_m / (111194.9 * cos(origin_lat * M_PI / 180)),
             origin_lat + at.y_m / 111194.9);
    return text;
}

static const char *time_text(int64_t at_s, char text[32])
{
    time_t local = (time_t)(at_s + 8 * 3600);
    struct tm tm;
    text[0] = '\0';
    if (at_s == TIME_ABSENT)
        return text;
    gmtime_r(&local, &tm);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%S+08:00", &tm);
    return text;
}

static const char *number_text(double value, char text[24])
{
    snprintf(text, 24, isnan(value) ? "" : "%g", value);
    return text;
}

static void write_cells(const struct story *s, FILE *file)
{
    fputs("site_id,site_name,cell_id,cell_name,rat,band,frequency_mhz,lon,lat,azimuth_deg,"
          "elec_tilt_deg,height_m,rs_power_dbm,antenna_gain_dbi,hbw_deg,vbw_deg,coverage\n",
          file);
    for (int i = 0; i < s->cell_count; i++) {
        const struct story_cell *c = &s->cells[i];
        char point[48], azimuth[24];
        fprintf(file, "%s,%s,%s,%s,%s,%s,%g,%s,%s,%g,%g,%g,17,65,9,%s\n", c->site, c->site,
                c->id, c->id, c->rat, c->band, c->frequency_mhz, point_text(c->at, point),
                number_text(c->azimuth_deg, azimuth), c->tilt_deg, c->height_m, c->power_dbm,
                c->coverage);
    }
}

static void write_complaints(const struct story *s, FILE *file)
{
    fputs("ticket_id,reported_at,occurred_at,lon,lat,address,serving_cell,rat,symptom,"
          "description,customer_level,customer_id,indoor,terminal\n",
          file);
    for (int i = 0; i < s->complaint_count; i++) {
        const struct story_complaint *c = &s->complaints[i];
        char point[48] = ",", reported[32], occurred[32];
        if (c->has_point)
            point_text(c->at, point);
        fprintf(file, "%s,%s,%s,%s,%s,%s,%s,%s,\"%s\",%s,%s,%s,%s\n", c->id,
                time_text(c->reported_s, reported), time_text(c->occurred_s, occurred), point,
                c->address, c->serving, c->rat, c->symptom, c->description, c->level,
                c->customer, c->indoor, c->terminal);
    }
}

static void write_alarms(const struct story *s, FILE *file)
{
    fputs("alarm_id,object_id,raised_at,cleared_at,severity,name,probable_cause\n", file);
    for (int i = 0; i < s->alarm_count; i++) {
        char from[32], to[32];
        fprintf(file, "A%d,%s,%s,%s,major,%s,\n", i + 1, s->alarms[i].object,
                time_text(s->alarms[i].from_s, from), time_text(s->alarms[i].to_s, to),
                s->alarms[i].name);
    }
}

/* The story's value of one counter in one hour, or the usual one. */
static double counter_value(const struct story *s, const char *cell, const char *what,
                            int64_t hour_s, double usual)
{
    for (int i = 0; i < s->counter_count; i++) {
        const struct story_counter *c = &s->counters[i];
        if (text_equal(c->cell, cell) && text_equal(c->what, what) &&
            hour_s + 3600 > c->from_s && hour_s < c->to_s)
            return c->value;
    }
    return usual;
}

/* Four days of hours before the end of the story's day. */
static void write_counters(const struct story *s, FILE *file)
{
    const int64_t day_s = 1772208000 + (int64_t)10 * 86400;
    struct rng rng;
    rng_seed(&rng, 7);
    fputs("cell_id,period_start,period_minutes,availability_pct,ul_interference_dbm,"
          "prb_dl_util_pct,drop_rate_pct,setup_success_pct,vswr,traffic\n",
          file);
    for (int i = 0; i < s->cell_count; i++)
        for (int64_t t = day_s - (int64_t)3 * 86400; t < day_s + 86400; t += 3600) {
            const char *id = s->cells[i].id;
            char start[32];
            double up = counter_value(s, id, "availability_pct", t, 100);
            fprintf(file, "%s,%s,60,%g,", id, time_text(t, start), up);
            if (up > 0)
                fprintf(file, "%.1f,%.1f,%.2f,%.2f,%.2f,%.1f\n",
                        counter_value(s, id, "ul_interference_dbm", t,
                                      -117 + 1.2 * rng_normal(&rng)),
                        counter_value(s, id, "prb_dl_util_pct", t, 20 + 3 * rng_normal(&rng)),
                        counter_value(s, id, "drop_rate_pct", t, 0.2),
                        counter_value(s, id, "setup_success_pct", t, 99.6),
                        counter_value(s, id, "vswr", t, 1.15),
                        counter_value(s, id, "traffic", t, 12));
            else
                fputs(",0,,,,0\n", file);
        }
}

/* 128 dB at 1 km and 2 GHz, the story's exponent, 3GPP's antenna, the story's holes. */
static double level_dbm(const struct story *s, const struct story_cell *c, struct xy at)
{
    double d_m = fmax(xy_distance_m(c->at, at), 20), antenna = 0;
    if (!isnan(c->true_azimuth_deg)) {
        double off = angle_turn_deg(c->true_azimuth_deg, xy_bearing_deg(c->at, at));
        double drop = atan2(c->height_m - 1.5, d_m) * 180 / M_PI - c->true_tilt_deg;
        antenna = fmin(fmin(12 * pow(off / 65, 2), 30) + fmin(12 * pow(drop / 9, 2), 20), 30);
    }
    double loss =
        128 + 21 * log10(c->frequency_mhz / 2000) + 10 * s->exponent * log10(d_m / 1000);
    if (text_equal(c->coverage, "indoor"))
        loss += 20;
    for (int i = 0; i < s->hole_count; i++)
        if (xy_distance_m(s->holes[i].at, at) < s->holes[i].within_m)
            loss += s->holes[i].loss_db;
    return c->power_dbm + 17 - antenna - loss;
}

struct level {
    int cell;
    double dbm;
};

/* What a phone of one technology lists there: the four strongest, the first one serving. */
static int list_cells(const struct story *s, const char *rat, struct xy at,
                      struct level list[4])
{
    int count = 0;
    for (int i = 0; i < s->cell_count; i++) {
        if (!text_equal(s->cells[i].rat, rat))
            continue;
        struct level one = {i, level_dbm(s, &s->cells[i], at)};
        int k = count;
        if (k < 4)
            count++;
        else if (list[--k].dbm >= one.dbm)
            continue;
        for (; k > 0 && list[k - 1].dbm < one.dbm; k--)
            list[k] = list[k - 1];
        list[k] = one;
    }
    return count;
}

static void survey(const struct story *s, FILE *file, const char *rat)
{
    struct rng rng;
    rng_seed(&rng, hash_bytes(rat, strlen(rat)));
    for (double x = -s->survey_m; x <= s->survey_m; x += 45)
        for (double y = -s->survey_m; y <= s->survey_m; y += 45) {
            struct level list[4];
            char point[48];
            int count = list_cells(s, rat, (struct xy){x, y}, list);
            for (int i = 0; i < count; i++)
                if (i == 0 || list[i].dbm > -125)
                    fprintf(file, "2026-03-08T10:00:00+08:00,%s,%s,%d,%.1f,dt\n",
                            point_text((struct xy){x, y}, point), s->cells[list[i].cell].id,
                            i == 0, list[i].dbm + 2 * rng_normal(&rng));
        }
}

static void write_samples(const struct story *s, FILE *file)
{
    static const char *const rats[] = {"GSM", "UMTS", "LTE", "NR"};
    fputs("time,lon,lat,cell_id,serving,rsrp_dbm,source\n", file);
    for (size_t i = 0; i < ARRAY_COUNT(rats); i++)
        survey(s, file, rats[i]);
    for (int i = 0; i < s->reading_count; i++)
        for (int k = 0; k < s->readings[i].count; k++) {
            const struct story_reading *r = &s->readings[i];
            char point[48];
            struct xy at = {r->at.x_m + 9 * (k % 3 - 1), r->at.y_m + 9 * (k / 3 % 3 - 1)};
            fprintf(file, "2026-03-08T11:00:00+08:00,%s,%s,1,%.1f,cqt\n", point_text(at, point),
                    r->cell, r->level_dbm);
        }
}

static void write_plan(const struct story *s, FILE *file)
{
    fputs("plan_id,site_name,lon,lat,stage,on_air_date,height_m,azimuths_deg,rat\n", file);
    for (int i = 0; i < s->plan_count; i++) {
        const struct story_plan *p = &s->plans[i];
        char point[48];
        fprintf(file, "%s,%s,%s,%s,%s,35,0;120;240,%s\n", p->id, p->id,
                point_text(p->at, point), p->stage, p->on_air, p->rat);
    }
}

static void write_places(const struct story *s, FILE *file)
{
    fputs("name,kind,lon,lat,parent,aliases\n", file);
    for (int i = 0; i < s->place_count; i++) {
        char point[48];
        fprintf(file, "%s,%s,%s,%s,\n", s->places[i].name, s->places[i].kind,
                point_text(s->places[i].at, point), s->places[i].parent);
    }
}

static void write_rules(const struct story *s, FILE *file)
{
    fputs("rule,value\n", file);
    for (int i = 0; i < s->rule_count; i++)
        fprintf(file, "%s,%s\n", s->rules[i].key, s->rules[i].value);
}

static void write_terminals(const struct story *s, FILE *file)
{
    fputs("model,bands\n", file);
    for (int i = 0; i < s->terminal_count; i++)
        fprintf(file, "%s,%s\n", s->terminals[i].key, s->terminals[i].value);
}

enum status story_write(const struct story *story, const char *folder, struct error *error)
{
    const struct {
        const char *name;
        void (*write)(const struct story *, FILE *);
        bool wanted;
    } tables[] = {
        {"cells", write_cells, true},
        {"complaints", write_complaints, true},
        {"alarms", write_alarms, story->alarm_count > 0},
        {"counters", write_counters, story->counter_count > 0 || story->counters_kept},
        {"samples", write_samples, story->survey_m > 0 || story->reading_count > 0},
        {"plan", write_plan, story->plan_count > 0},
        {"places", write_places, story->place_count > 0},
        {"rules", write_rules, story->rule_count > 0},
        {"terminals", write_terminals, story->terminal_count > 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
        FILE *file = tables[i].wanted ? table_open(folder, tables[i].name, error) : NULL;
        if (file == NULL && tables[i].wanted)
            return error->status;
        if (file == NULL)
            continue;
        tables[i].write(story, file);
        if (fclose(file) != 0)
            return error_set(error, STATUS_IO, "%s: %s", folder, strerror(errno));
    }
    return STATUS_OK;
}

void story_show(const struct story *story)
{
    for (int i = 0; i < story->complaint_count; i++) {
        const struct story_complaint *c = &story->complaints[i];
        struct level list[4];
        int count = c->has_point ? list_cells(story, c->rat, c->at, list) : 0;
        printf("     %s hears", c->id);
        for (int k = 0; k < count; k++)
            printf(" %s %.0f", story->cells[list[k].cell].id, list[k].dbm);
        puts("");
    }
}
