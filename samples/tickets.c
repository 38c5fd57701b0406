/* Who complained, and the verdict that is true: decided by asking the physics what would cure.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples/county.h"

static const struct {
    const char *verdict, *cause;
} truths[KIND_COUNT] = {
    [KIND_WEAK] = {"weak-coverage", "coverage-hole"},
    [KIND_MISALIGNED] = {"antenna-misalignment", "azimuth"},
    [KIND_OUTAGE] = {"transient-outage", "outage"},
    [KIND_PLANNED] = {"planned-build", "planned-site"},
    [KIND_FINE] = {"undetermined", "other"},
    [KIND_INDOOR] = {"weak-coverage", "indoor-loss"},
    [KIND_TERMINAL] = {"undetermined", "terminal"},
    [KIND_CAPACITY] = {"undetermined", "capacity"},
};

/* What is true at a place and time, for one radio. */
struct state {
    struct hearing hearing;
    struct best now, normal, as_table;
    const struct planned *cure; /**< a plan that comes and would make it good, or NULL */
};

/* Below which the ticket's place is weak. */
static double weak_level_dbm(const struct county *county, const struct ticket *ticket)
{
    return county->laws.weak_dbm[ticket->radio] + ticket->asked_db;
}

static void ask(const struct county *county, const struct ticket *ticket, struct state *state)
{
    struct view usual = {.at_s = TIME_ABSENT}, then = {.at_s = ticket->occurred_s};
    struct view table = {.as_table = true, .at_s = TIME_ABSENT};
    double most = weak_level_dbm(county, ticket) + county->laws.good_db;
    ground_hear(county, ticket->at, &state->hearing);
    state->normal = ground_best(county, &state->hearing, ticket->radio, &usual);
    state->now = ground_best(county, &state->hearing, ticket->radio, &then);
    state->as_table = ground_best(county, &state->hearing, ticket->radio, &table);
    state->normal.level_dbm -= ticket->wall_db;
    state->now.level_dbm -= ticket->wall_db;
    state->as_table.level_dbm -= ticket->wall_db;
    state->cure = NULL;
    for (int i = 0; i < county->plan_count; i++) {
        const struct planned *plan = &county->plans[i];
        if (!plan->comes || plan->radio != ticket->radio ||
            xy_distance_m(plan->at, ticket->at) > 4000)
            continue;
        double level = plan_level_dbm(county, plan, ticket->at) - ticket->wall_db;
        if (level >= most) {
            most = level;
            state->cure = plan;
        }
    }
}

/* Which kind of case the physics makes of it; the kinds of `extras` are drawn from KIND_FINE.
 */
static enum kind judge(const struct county *county, const struct ticket *ticket,
                       const struct state *state)
{
    double weak = weak_level_dbm(county, ticket), good = weak + county->laws.good_db;
    if (state->normal.level_dbm >= weak && state->normal.level_dbm < good)
        return KIND_COUNT; /* neither good nor weak: nobody knows what he complains of */
    if (state->normal.level_dbm >= good) {
        bool noise = event_interferes(county, state->normal.sector, ticket->occurred_s);
        return state->now.level_dbm < weak || noise ? KIND_OUTAGE : KIND_FINE;
    }
    if (state->as_table.level_dbm >= good)
        return county->sectors[state->as_table.sector].fault != FAULT_NONE ? KIND_MISALIGNED
                                                                           : KIND_COUNT;
    return state->cure ? KIND_PLANNED : KIND_WEAK;
}

static int64_t draw_time(struct county *county, int64_t from_s, int64_t to_s)
{
    int64_t at = from_s;
    for (int i = 0; i < 8; i++) {
        at = from_s + (int64_t)(rng_uniform(&county->rng) * (double)(to_s - from_s));
        int hour = (int)((at / 3600 + 8) % 24);
        if (hour >= 7 || draw_chance(&county->rng, 0.15))
            break;
    }
    return at;
}

static struct xy draw_beam(struct county *county, struct xy from, double azimuth_deg)
{
    double away = draw_range(&county->rng, 150, 1000 * sqrt(county->wish.area_km2) + 900);
    double way = (azimuth_deg + 28 * rng_normal(&county->rng)) * M_PI / 180;
    return (struct xy){from.x_m + away * sin(way), from.y_m + away * cos(way)};
}

/* A customer beside a happening that matters: in its time, near its site. */
static void draw_victim(struct county *county, struct ticket *ticket)
{
    const struct event *event;
    do
        event = &county->events[draw_index(&county->rng, county->event_count)];
    while (event->end_s < county->start_s + 3600);
    const struct mast *mast = &county->masts[event->site];
    int k = draw_index(&county->rng, mast->sector_count);
    int sector = event->sector < 0 ? mast->first_sector + k : event->sector;
    ticket->radio = county->sectors[sector].radio;
    ticket->at = draw_beam(county, mast->at, county->sectors[sector].true_azimuth_deg);
    ticket->occurred_s = draw_time(county, BASE_MAX(event->start_s, county->start_s),
                                   BASE_MIN(event->end_s, county->end_s));
}

/* A customer at a place of people. */
static void draw_citizen(struct county *county, struct ticket *ticket)
{
    const struct spot *spot = &county->spots[draw_spot(county)];
    ticket->at = draw_near(&county->rng, spot->at, spot->spread_m);
    ticket->occurred_s = draw_time(county, county->start_s, county->end_s - 3600);
    do
        ticket->radio = draw_index(&county->rng, RADIO_COUNT);
    while (!county->wish.has[ticket->radio]);
}

/* A customer who drives. */
static void draw_driver(struct county *county, struct ticket *ticket)
{
    const struct road *road = &county->roads[draw_index(&county->rng, county->road_count)];
    double way = rng_uniform(&county->rng);
    struct xy on = {road->from.x_m + way * (road->to.x_m - road->from.x_m),
                    road->from.y_m + way * (road->to.y_m - road->from.y_m)};
    ticket->at = draw_near(&county->rng, on, 8);
    ticket->on_road = true;
}

/* Rooms and roads are held to more than the street. */
static double asked_more_db(const struct county *county, const struct ticket *ticket)
{
    if (ticket->radio == RADIO_GSM)
        return ticket->inside ? county->laws.rooms_db : 0;
    return ticket->on_road ? county->laws.roads_db : 0;
}

static void draw_place(struct county *county, struct ticket *ticket, enum kind kind)
{
    draw_citizen(county, ticket);
    if (county->laws.on_road > 0 && county->road_count > 0 &&
        draw_chance(&county->rng, county->laws.on_road))
        draw_driver(county, ticket);
    else if (kind == KIND_OUTAGE) {
        draw_victim(county, ticket);
    } else if (kind == KIND_MISALIGNED) {
        int s;
        do
            s = draw_index(&county->rng, county->sector_count);
        while (county->sectors[s].fault == FAULT_NONE);
        ticket->radio = county->sectors[s].radio;
        ticket->at = draw_beam(county, county->masts[county->sectors[s].site].at,
                               county->sectors[s].azimuth_deg);
    } else if (kind == KIND_PLANNED && county->plan_count > 0) {
        const struct planned *plan =
            &county->plans[draw_index(&county->rng, county->plan_count)];
        ticket->radio = plan->radio;
        ticket->at = draw_near(&county->rng, plan->at, 600);
    }
}

static const char *outage_cause(const struct county *county, const struct ticket *ticket,
                                const struct state *state)
{
    if (state->now.level_dbm >= weak_level_dbm(county, ticket))
        return "interference";
    return event_drop_db(county, state->normal.sector, ticket->occurred_s) > 100
               ? "outage"
               : "hidden-fault";
}

static void settle_truth(const struct county *county, struct ticket *ticket,
                         const struct state *state)
{
    static const char *const faults[] = {"", "azimuth", "swapped", "tilt"};
    const char *responsible = county->sectors[state->normal.sector].id;
    ticket->cause = truths[ticket->kind].cause;
    if (ticket->kind == KIND_MISALIGNED) {
        responsible = county->sectors[state->as_table.sector].id;
        ticket->cause = faults[county->sectors[state->as_table.sector].fault];
    } else if (ticket->kind == KIND_PLANNED) {
        responsible = state->cure->id;
    } else if (ticket->kind == KIND_OUTAGE) {
        ticket->cause = outage_cause(county, ticket, state);
    }
    snprintf(ticket->responsible, sizeof ticket->responsible, "%s",
             ticket->kind == KIND_FINE ? "" : responsible);
    ticket->now_dbm = state->now.level_dbm;
    ticket->normal_dbm = state->normal.level_dbm;
    ticket->as_table_dbm = state->as_table.level_dbm;
}

/* The kinds of `extras` are good places with something else wrong. */
static bool suits(const struct county *county, struct ticket *ticket, const struct state *state,
                  enum kind kind)
{
    double weak = weak_level_dbm(county, ticket);
    switch (kind) {
    case KIND_INDOOR:
        return state->normal.level_dbm > weak + 4 && state->normal.level_dbm < weak + 18;
    case KIND_TERMINAL:
        ticket->terminal = "CPE-B593s-58a";
        return ticket->radio == RADIO_LTE && state->normal.level_dbm > weak + 6;
    case KIND_CAPACITY:
        ticket->occurred_s -= (ticket->occurred_s + 8 * 3600) % 86400 - 12 * 3600;
        return sector_busy(county, state->normal.sector) && ticket->radio != RADIO_GSM;
    default:
        return true;
    }
}

/* One ticket of the kind, or false when none was found. */
static bool draw_ticket(struct county *county, struct ticket *ticket, enum kind kind)
{
    enum kind base = kind > KIND_FINE ? KIND_FINE : kind;
    for (int tries = 0; tries < 1500; tries++) {
        struct state state;
        *ticket = (struct ticket){.kind = kind, .terminal = ""};
        draw_place(county, ticket, base);
        bool inside =
            fabs(ticket->at.x_m) < county->half_m && fabs(ticket->at.y_m) < county->half_m;
        if (!inside)
            continue;
        ticket->inside = !ticket->on_road && draw_inside_house(county);
        ticket->wall_db = wall_draw_db(county, ticket->inside);
        ticket->asked_db = asked_more_db(county, ticket);
        ask(county, ticket, &state);
        if (state.normal.sector < 0 || judge(county, ticket, &state) != base ||
            !suits(county, ticket, &state, kind))
            continue;
        double lag_s = -3600 * 2.2 * log(1 - rng_uniform(&county->rng)) + 120;
        ticket->reported_s = ticket->occurred_s + (int64_t)BASE_MIN(lag_s, 12 * 3600);
        settle_truth(county, ticket, &state);
        ticket_speak(county, ticket, &state.hearing);
        return true;
    }
    return false;
}

/* How many tickets of each kind: about 30 % weak, 25 % outage, 18 % misaligned ... by seed. */
static void draw_quota(struct county *county, int quota[])
{
    static const double usual[KIND_COUNT] = {0.30, 0.18, 0.25, 0.12, 0.15, 0.03, 0.03, 0.03};
    double share[KIND_COUNT], sum = 0;
    for (int k = 0; k < KIND_COUNT; k++) {
        share[k] = usual[k] * draw_range(&county->rng, 0.75, 1.3);
        if (k > KIND_FINE && !county->wish.extras)
            share[k] = 0;
        sum += share[k];
    }
    for (int k = 0; k < KIND_COUNT; k++)
        quota[k] = (int)(county->wish.tickets * share[k] / sum + 0.5);
}

static int compare_tickets(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    return (x->reported_s > y->reported_s) - (x->reported_s < y->reported_s);
}

static void ticket_row(const struct county *county, FILE *file, const struct ticket *t, int i)
{
    char reported[32], occurred[32] = "", point[48] = ",";
    struct point said = county_point(county, t->said);
    if (t->has_time)
        county_time(t->occurred_s, occurred);
    if (t->has_point)
        snprintf(point, sizeof point, "%.6f,%.6f", said.lon, said.lat);
    fprintf(file, "T%06d,%s,%s,%s,%s,%s,%s,", i, county_time(t->reported_s, reported), occurred,
            point, t->address, t->serving, radio_names[t->radio]);
    fprintf(file, "%s,%s,%s,C%04d,%s,%s\n", t->symptom, t->description,
            t->vip ? "vip" : "normal", 1000 + i, t->indoor, t->terminal);
}

static enum status truth_write(const struct county *county, const struct ticket tickets[],
                               int count, struct error *error)
{
    FILE *file = county_open(
        county, "truth.csv",
        "ticket_id,verdict,cause,responsible,lon,lat,now_dbm,normal_dbm,as_table_dbm", error);
    if (file == NULL)
        return error->status;
    for (int i = 0; i < count; i++) {
        const struct ticket *t = &tickets[i];
        struct point at = county_point(county, t->at);
        fprintf(file, "T%06d,%s,%s,%s,%.6f,%.6f,%.1f,%.1f,%.1f\n", county->first_ticket + i,
                truths[t->kind].verdict, t->cause, t->responsible, at.lon, at.lat, t->now_dbm,
                t->normal_dbm, t->as_table_dbm);
    }
    return county_close(file, error);
}

static enum status complaints_write(struct county *county, const struct ticket tickets[],
                                    int count, struct error *error)
{
    if (county->wish.mess)
        return mess_write(county, tickets, count, error);
    FILE *file = county_open(
        county, "complaints.csv",
        "ticket_id,reported_at,occurred_at,lon,lat,address,serving_cell,rat,symptom,"
        "description,customer_level,customer_id,indoor,terminal",
        error);
    if (file == NULL)
        return error->status;
    for (int i = 0; i < count; i++)
        ticket_row(county, file, &tickets[i], county->first_ticket + i);
    return county_close(file, error);
}

static enum status terminals_write(const struct county *county, struct error *error)
{
    FILE *file = county_open(county, "terminals.csv", "model,bands", error);
    if (file == NULL)
        return error->status;
    fputs("CPE-B593s-58a,B34;B38\nCPE-B593s-58b,B39;B40\n", file);
    return county_close(file, error);
}

enum status tickets_write(struct county *county, struct error *error)
{
    int quota[KIND_COUNT], count = 0;
    draw_quota(county, quota);
    struct ticket *tickets =
        base_alloc((size_t)(county->wish.tickets + KIND_COUNT), sizeof *tickets);
    for (int k = 0; k < KIND_COUNT; k++)
        for (int i = 0; i < quota[k]; i++)
            if (draw_ticket(county, &tickets[count], k))
                count++;
            else
                break;
    qsort(tickets, (size_t)count, sizeof *tickets, compare_tickets);
    enum status status = complaints_write(county, tickets, count, error);
    if (status == STATUS_OK)
        status = truth_write(county, tickets, count, error);
    if (status == STATUS_OK && county->wish.extras && county->number == 0)
        status = terminals_write(county, error);
    county->first_ticket += count;
    free(tickets);
    return status;
}
