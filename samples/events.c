/* What broke, when, and what the alarm list and the counters said of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples/county.h"

static int64_t draw_length_s(struct rng *rng, double middle_h, double spread)
{
    double hours = middle_h * exp(spread * rng_normal(rng));
    return (int64_t)(BASE_MIN(BASE_MAX(hours, 0.7), 96) * 3600);
}

static struct event event_draw(struct county *county, enum happening what, int64_t from_s)
{
    struct rng *rng = &county->rng;
    struct event event = {.what = what, .site = draw_index(rng, county->mast_count)};
    const struct mast *mast = &county->masts[event.site];
    bool whole = what == HAPPENING_OUTAGE && draw_chance(rng, 0.7);
    event.sector = whole ? -1 : mast->first_sector + draw_index(rng, mast->sector_count);
    event.start_s = from_s + (int64_t)(rng_uniform(rng) * (double)(county->end_s - from_s));
    event.silent = draw_chance(rng, what == HAPPENING_OUTAGE ? 0.2 : 0.4);
    switch (what) {
    case HAPPENING_OUTAGE:
        event.drop_db = 300;
        event.end_s = event.start_s + draw_length_s(rng, 6, 0.7);
        break;
    case HAPPENING_HIDDEN:
        event.drop_db = draw_range(rng, 10, 22);
        event.end_s = event.start_s + draw_length_s(rng, 40, 0.5);
        break;
    case HAPPENING_INTERFERENCE:
        event.end_s = event.start_s + draw_length_s(rng, 30, 0.6);
        break;
    }
    return event;
}

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

void events_draw(struct county *county)
{
    int64_t before_s = county->start_s - (int64_t)25 * 86400;
    int outages = BASE_MAX(county->wish.sites * 2 / 3, 4);
    int hidden = BASE_MAX(county->wish.sites / 12, 2);
    int noisy = BASE_MAX(county->wish.sites / 7, 2);
    for (int i = 0; i < outages + hidden + noisy + outages / 2; i++) {
        enum happening what = i < outages || i >= outages + hidden + noisy ? HAPPENING_OUTAGE
                              : i < outages + hidden                       ? HAPPENING_HIDDEN
                                                     : HAPPENING_INTERFERENCE;
        bool early = i >= outages + hidden + noisy;
        struct event event = event_draw(county, what, early ? before_s : county->start_s);
        if (county->wish.mess && i < 2)
            event.silent = i == 0;
        if (county->event_count < MOST_EVENTS)
            county->events[county->event_count++] = event;
    }
    qsort(county->events, (size_t)county->event_count, sizeof county->events[0],
          compare_events);
}

static bool event_covers(const struct county *county, const struct event *event, int sector,
                         int64_t at_s)
{
    return at_s >= event->start_s && at_s < event->end_s &&
           (event->sector == sector ||
            (event->sector < 0 && event->site == county->sectors[sector].site));
}

double event_drop_db(const struct county *county, int sector, int64_t at_s)
{
    double drop = 0;
    for (int i = 0; i < county->event_count; i++)
        if (event_covers(county, &county->events[i], sector, at_s))
            drop = fmax(drop, county->events[i].drop_db);
    return drop;
}

bool event_interferes(const struct county *county, int sector, int64_t at_s)
{
    for (int i = 0; i < county->event_count; i++)
        if (county->events[i].what == HAPPENING_INTERFERENCE &&
            event_covers(county, &county->events[i], sector, at_s))
            return true;
    return false;
}

bool sector_busy(const struct county *county, int sector)
{
    return county->wish.extras && hash_mix(county->wish.seed ^ (uint64_t)sector) % 20 == 0;
}

/* ---- alarms -------------------------------------------------------------------------- */

struct phrase {
    const char *name, *cause;
};

static const struct phrase site_down[] = {{"基站断站", "site down"},
                                          {"网元断链告警", "NE link broken"},
                                          {"电源中断", "power failure"},
                                          {"基站退出服务", "site out of service"},
                                          {"S1接口故障告警", "transmission failure"}};
static const struct phrase cell_down[] = {{"小区退服告警", "cell unavailable"},
                                          {"小区退出服务", "cell out of service"},
                                          {"射频单元链路断", "RRU link failure"}};
static const struct phrase harmless[] = {
    {"单板温度异常", "temperature"}, {"风扇故障", "fan failure"},
    {"门禁告警", "door open"},       {"用户登录告警", "login"},
    {"证书即将过期", "certificate"}, {"时钟参考源异常告警", "clock reference"},
    {"环境湿度过高", "humidity"},    {"license即将到期", "license"}};

enum { MOST_LINES = MOST_EVENTS + 3 * MOST_SITES };

struct line {
    int64_t raised_s, cleared_s;
    const char *object, *severity;
    struct phrase phrase;
};

static struct line event_alarm(struct county *county, const struct event *event)
{
    struct rng *rng = &county->rng;
    struct line line = {.raised_s = event->start_s + draw_index(rng, 120),
                        .cleared_s = event->end_s + 60 + draw_index(rng, 360),
                        .severity = draw_chance(rng, 0.85) ? "critical" : "major",
                        .object = event->sector < 0 ? county->masts[event->site].id
                                                    : county->sectors[event->sector].id};
    if (event->what == HAPPENING_HIDDEN)
        line.phrase = (struct phrase){"射频单元驻波告警", "VSWR threshold crossed"};
    else if (event->sector < 0)
        line.phrase = site_down[draw_index(rng, ARRAY_COUNT(site_down))];
    else
        line.phrase = cell_down[draw_index(rng, ARRAY_COUNT(cell_down))];
    return line;
}

static struct line harmless_alarm(struct county *county)
{
    static const char *const severities[] = {"minor", "warning", "major"};
    struct rng *rng = &county->rng;
    int64_t span_s = county->end_s - county->start_s + (int64_t)7 * 86400;
    int64_t raised_s = county->end_s - (int64_t)(rng_uniform(rng) * (double)span_s);
    bool cell = draw_chance(rng, 0.3);
    return (struct line){.raised_s = raised_s,
                         .cleared_s = raised_s + draw_length_s(rng, 8, 0.9),
                         .severity = severities[draw_index(rng, 3)],
                         .object =
                             cell ? county->sectors[draw_index(rng, county->sector_count)].id
                                  : county->masts[draw_index(rng, county->mast_count)].id,
                         .phrase = harmless[draw_index(rng, ARRAY_COUNT(harmless))]};
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return (x->raised_s > y->raised_s) - (x->raised_s < y->raised_s);
}

enum status alarms_write(struct county *county, struct error *error)
{
    FILE *file = county_open(
        county, "alarms.csv",
        "alarm_id,object_id,raised_at,cleared_at,severity,name,probable_cause", error);
    if (file == NULL)
        return error->status;
    struct line lines[MOST_LINES];
    int count = 0, extra = 3 * county->mast_count;
    for (int i = 0; i < county->event_count; i++)
        if (!county->events[i].silent && county->events[i].what != HAPPENING_INTERFERENCE)
            lines[count++] = event_alarm(county, &county->events[i]);
    for (int i = 0; i < extra; i++)
        lines[count++] = harmless_alarm(county);
    qsort(lines, (size_t)count, sizeof lines[0], compare_lines);
    int64_t slip_s = (int64_t)(60 * county->wish.clock_slip_min);
    for (int i = 0; i < count; i++) {
        const struct line *l = &lines[i];
        char raised[32], cleared[32];
        fprintf(file, "A%06d,%s,%s,%s,%s,%s,%s\n", county->number * MOST_LINES + i, l->object,
                county_time(l->raised_s + slip_s, raised),
                l->cleared_s < county->end_s ? county_time(l->cleared_s + slip_s, cleared) : "",
                l->severity, l->phrase.name, l->phrase.cause);
    }
    return county_close(file, error);
}

/* ---- counters ------------------------------------------------------------------------ */

/* Share of the hour that an outage of this sector left, 0..1. */
static double hour_left(const struct county *county, int sector, int64_t hour_s)
{
    int64_t lost = 0;
    for (int i = 0; i < county->event_count; i++) {
        const struct event *e = &county->events[i];
        if (e->what != HAPPENING_OUTAGE ||
            (e->sector != sector &&
             !(e->sector < 0 && e->site == county->sectors[sector].site)))
            continue;
        int64_t from = BASE_MAX(e->start_s, hour_s), to = BASE_MIN(e->end_s, hour_s + 3600);
        lost += BASE_MAX(to - from, 0);
    }
    return 1 - (double)BASE_MIN(lost, 3600) / 3600;
}

static void counter_write(struct county *county, FILE *file, int sector, int64_t hour_s,
                          double floor_dbm)
{
    struct rng *rng = &county->rng;
    char start[32];
    double left = hour_left(county, sector, hour_s);
    fprintf(file, "%s,%s,60,", county->sectors[sector].id, county_time(hour_s, start));
    if (left <= 0) {
        fputs("0,,0,,\n", file);
        return;
    }
    bool noisy = event_interferes(county, sector, hour_s + 1800);
    bool hidden = event_drop_db(county, sector, hour_s + 1800) > 0 && left >= 1;
    double day = 1 + sin(((double)((hour_s / 3600 + 8) % 24) - 14) * M_PI / 12);
    double load = BASE_MIN(98, (6 + 12 * day) * exp(0.35 * rng_normal(rng)) *
                                   (sector_busy(county, sector) ? 4 : 1));
    double level = floor_dbm + 1.5 * rng_normal(rng) + 0.05 * load +
                   (noisy ? 15 + 4 * rng_normal(rng) : 0);
    double drops = fabs(0.25 + 0.12 * rng_normal(rng)) + (noisy ? 1.8 : 0) + (hidden ? 0.9 : 0);
    double setup = 99.5 + 0.35 * rng_normal(rng) - (noisy ? 2.0 : 0) - (hidden ? 1.0 : 0);
    fprintf(file, "%.1f,%.1f,%.1f,%.2f,%.2f\n", 100 * left, level, load, drops,
            BASE_MIN(100, setup));
}

enum status counters_write(struct county *county, struct error *error)
{
    FILE *file = county_open(county, "counters.csv",
                             "cell_id,period_start,period_minutes,availability_pct,"
                             "ul_interference_dbm,prb_dl_util_pct,drop_rate_pct,"
                             "setup_success_pct",
                             error);
    if (file == NULL)
        return error->status;
    for (int s = 0; s < county->sector_count; s++) {
        double floor_dbm = -118 + 1.2 * rng_normal(&county->rng);
        for (int64_t hour = county->start_s; hour < county->end_s; hour += 3600)
            counter_write(county, file, s, hour, floor_dbm);
    }
    return county_close(file, error);
}
