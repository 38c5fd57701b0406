/* What a customer says of it: symptom, when, where, inside or not. */
#include <math.h>
#include <string.h>

#include "samples/county.h"

#define PICK(rng, list) (list)[draw_index(rng, (int)ARRAY_COUNT(list))]

static const char *const lasting[] = {"信号弱",   "信号差",   "无信号",       "室内无信号",
                                      "通话断续", "没有网络", "信号时好时差", "信号弱"};
static const char *const sudden[] = {"突然无信号", "今天没信号", "无法接通",
                                     "无信号",     "无法上网",   "没有网络"};
static const char *const noisy[] = {"听不清", "掉话", "通话断续", "上网慢"};
static const char *const dull[] = {"上网慢",     "无法上网", "通话断续",
                                   "信号不稳定", "上网慢",   "无法接通"};
static const char *const since_long[] = {"一直", "长期", "最近几个月", "自从搬来", "好几年了"};
static const char *const since_now[] = {"今天", "今天突然", "刚才", "从昨晚起", "今天上午"};
static const char *const since_days[] = {"这几天", "最近", "", ""};
static const char *const rooms[] = {"家里", "室内", "办公室内", "地下室", "电梯里"};

static const char *const drives[] = {"高速上", "国道上", "回家路上", "开车时", "在车上"};

static const char *draw_symptom(struct rng *rng, const struct ticket *ticket)
{
    switch (ticket->kind) {
    case KIND_OUTAGE:
        return strcmp(ticket->cause, "interference") == 0 ? PICK(rng, noisy)
                                                          : PICK(rng, sudden);
    case KIND_FINE:
    case KIND_TERMINAL:
        return PICK(rng, dull);
    case KIND_CAPACITY:
        return "上网慢";
    case KIND_INDOOR:
        return "室内无信号";
    default:
        return PICK(rng, lasting);
    }
}

static const char *any_symptom(struct rng *rng)
{
    switch (draw_index(rng, 4)) {
    case 0:
        return PICK(rng, lasting);
    case 1:
        return PICK(rng, sudden);
    case 2:
        return PICK(rng, noisy);
    default:
        return PICK(rng, dull);
    }
}

static const char *draw_since(struct rng *rng, enum kind kind, double muddle)
{
    if (draw_chance(rng, 0.35))
        return "";
    if (draw_chance(rng, muddle))
        return PICK(rng, since_days);
    if (kind == KIND_OUTAGE)
        return PICK(rng, since_now);
    if (kind == KIND_FINE && draw_chance(rng, 0.5))
        return PICK(rng, since_days);
    return PICK(rng, since_long);
}

static void describe(struct county *county, struct ticket *ticket, bool inside)
{
    struct rng *rng = &county->rng;
    const char *since = draw_since(rng, ticket->kind, county->laws.muddle);
    const char *where = ticket->address[0] ? ticket->address : "当地";
    if (ticket->on_road)
        snprintf(ticket->description, sizeof ticket->description, "用户反映%s%s手机%s", since,
                 PICK(rng, drives), ticket->symptom);
    else if (ticket->kind == KIND_INDOOR && draw_chance(rng, 0.7))
        snprintf(ticket->description, sizeof ticket->description,
                 "用户反映%s在%s%s，室外信号正常", since, where, ticket->symptom);
    else if (draw_chance(rng, county->laws.wordy))
        snprintf(ticket->description, sizeof ticket->description, "用户反映%s在%s%s手机%s",
                 since, where, inside && !ticket->address[0] ? PICK(rng, rooms) : "",
                 ticket->symptom);
}

/* Coordinates from the app or the map: a median error of 60 m, 90 % within 220 m. */
static void give_position(struct county *county, struct ticket *ticket)
{
    struct rng *rng = &county->rng;
    double error_m = 60 * county->wish.position_error * exp(rng_normal(rng));
    double way = draw_range(rng, 0, 2 * M_PI);
    ticket->said =
        (struct xy){ticket->at.x_m + error_m * sin(way), ticket->at.y_m + error_m * cos(way)};
}

/* The cell of the positioning record: mostly the usual server, sometimes the next. */
static void give_serving(struct county *county, struct ticket *ticket,
                         const struct hearing *hearing)
{
    struct view usual = {.at_s = TIME_ABSENT}, now = {.at_s = ticket->occurred_s};
    bool then = ticket->kind == KIND_OUTAGE && draw_chance(&county->rng, 0.3);
    struct best best[4];
    int count = ground_strongest(county, hearing, ticket->radio, then ? &now : &usual, best, 4);
    int pick = 0;
    for (int i = 1; i < count; i++)
        if (best[i].level_dbm + 4 * rng_normal(&county->rng) > best[pick].level_dbm)
            pick = i;
    if (count > 0)
        snprintf(ticket->serving, sizeof ticket->serving, "%s",
                 county->sectors[best[pick].sector].id);
}

void ticket_speak(struct county *county, struct ticket *ticket, const struct hearing *hearing)
{
    struct rng *rng = &county->rng;
    bool muddled = ticket->kind <= KIND_FINE && draw_chance(rng, county->laws.muddle);
    ticket->symptom = muddled ? any_symptom(rng) : draw_symptom(rng, ticket);
    bool inside = ticket->kind == KIND_INDOOR || draw_chance(rng, 0.5);
    if (county->laws.indoors > 0 || ticket->on_road)
        inside = ticket->inside;
    ticket->indoor = draw_chance(rng, 1 - county->laws.told) ? "" : inside ? "yes" : "no";
    double turn = rng_uniform(rng);
    ticket->has_point = turn < county->laws.pointed;
    if (turn < 0.11 || (!ticket->has_point && turn < 0.97)) {
        size_t room = sizeof ticket->address - 32;
        name_address(county, ticket->at, ticket->address, room);
        if (inside && draw_chance(rng, 0.5))
            strcat(ticket->address, PICK(rng, rooms));
    }
    give_position(county, ticket);
    if (turn >= 0.97 || draw_chance(rng, 0.45))
        give_serving(county, ticket, hearing);
    ticket->has_time = draw_chance(rng, 0.5);
    ticket->vip = draw_chance(rng, 0.1);
    describe(county, ticket, inside);
}
