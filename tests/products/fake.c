#include "tests/products/fake.h"

#include <math.h>
#include <string.h>

#include "geo/crs.h"

enum { TOWNSHIPS = 12, NOW_S = 1772582400, DAY_S = 86400 };

static const struct point middle = {115.4, 31.8};

static const char *const township_names[TOWNSHIPS] = {
    "城关镇", "余山镇", "鄢坪镇", "苏岗镇", "吕家畈乡", "吴家坪乡",
    "银河镇", "柳林镇", "石桥镇", "大河乡", "青龙镇",   "白云乡"};

const char *const fake_hostile[] = {
    "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://example.invalid\",\"click\")",
    "]]></description></Placemark><script>document.title='broken'</script>",
    "\u202eإشارة ضعيفة في المنزل\u202c 信号差",
    "📶😡 没信号 👨‍👩‍👧 </script>\u2028line",
    "+cmd|' /C calc'!A0",
    "客户电话13812345678，备用 0371-55512345",
    "${jndi:x} {{7*7}} %s%n \\u003c \\\" ' \" & <b>",
    NULL};

struct fake {
    struct result *result;
    struct rng rng;
    struct point townships[TOWNSHIPS];
};

static double between(struct fake *fake, double low, double high)
{
    return low + (high - low) * rng_uniform(&fake->rng);
}

static struct point near(struct fake *fake, struct point from, double deviation_m)
{
    double east = rng_normal(&fake->rng) * deviation_m,
           north = rng_normal(&fake->rng) * deviation_m;
    return (struct point){from.lon + east / (111195.0 * cos(from.lat * M_PI / 180)),
                          from.lat + north / 111195.0};
}

static void fake_places(struct fake *fake)
{
    struct result *r = fake->result;
    r->places = arena_alloc(r->arena, (TOWNSHIPS + 1) * sizeof *r->places);
    r->subscribers = arena_alloc(r->arena, TOWNSHIPS * sizeof *r->subscribers);
    r->places[r->place_count++] =
        (struct place){.name = "清溪县", .kind = PLACE_COUNTY, .at = middle};
    for (int i = 0; i < TOWNSHIPS; i++) {
        double bearing = 30.0 * i, distance = i == 0 ? 0 : between(fake, 6000, 17000);
        fake->townships[i] = point_move(middle, bearing, distance);
        r->places[r->place_count++] = (struct place){
            .name = township_names[i], .kind = PLACE_TOWNSHIP, .at = fake->townships[i]};
        r->subscribers[r->subscriber_count++] =
            (struct result_count){township_names[i], floor(between(fake, 8000, 60000))};
    }
}

static void fake_line(struct fake *fake, const char *kind, const char *name, size_t count)
{
    struct result *r = fake->result;
    r->lines[r->line_count++] = (struct result_line){
        kind, name, arena_alloc(r->arena, count * sizeof(struct point)), count};
}

static void fake_lines(struct fake *fake)
{
    struct result *r = fake->result;
    r->lines = arena_alloc(r->arena, (TOWNSHIPS + 2) * sizeof *r->lines);
    for (int i = 1; i < TOWNSHIPS; i++) {
        fake_line(fake, "road", "县道", 9);
        struct result_line *road = &r->lines[r->line_count - 1];
        for (int p = 0; p < 9; p++)
            road->points[p] =
                near(fake,
                     (struct point){middle.lon + (fake->townships[i].lon - middle.lon) * p / 8,
                                    middle.lat + (fake->townships[i].lat - middle.lat) * p / 8},
                     p % 8 ? 300 : 0);
    }
    fake_line(fake, "border", "清溪县", 37);
    for (int p = 0; p < 37; p++)
        r->lines[r->line_count - 1].points[p] =
            point_move(middle, 10.0 * p, 21000 + 2500 * sin(p % 36 * 0.9));
}

static void fake_cell(struct fake *fake, const char *site, struct point at, int sector)
{
    struct result *r = fake->result;
    size_t i = r->cell_count++;
    double azimuth = angle_wrap_deg(120.0 * sector + between(fake, -20, 20));
    static const char *const states[] = {"ok",         "ok",      "ok",   "ok",          "ok",
                                         "misaligned", "swapped", "tilt", "insufficient"};
    const char *status = states[rng_next(&fake->rng) % ARRAY_COUNT(states)];
    bool off = text_equal(status, "misaligned") || text_equal(status, "swapped");
    double estimate =
        angle_wrap_deg(azimuth + (off ? between(fake, 40, 150) : between(fake, -4, 4)));
    r->cells[i] = (struct result_cell){
        .cell_id = arena_format(r->arena, "460-00-%zu-%d", 300000 + i / 3, sector + 1),
        .site_id = site,
        .site_name =
            arena_format(r->arena, "%s基站%zu", township_names[i / 3 % TOWNSHIPS], i / 3),
        .cell_name = arena_format(r->arena, "%s-%zu-%d", township_names[i / 3 % TOWNSHIPS],
                                  i / 3, sector + 1),
        .rat = "LTE",
        .band = "B3",
        .coverage = "macro",
        .at = at,
        .azimuth_deg = floor(azimuth),
        .tilt_deg = floor(between(fake, 2, 10)),
        .height_m = floor(between(fake, 15, 45)),
        .hbw_deg = 65,
        .frequency_mhz = 1850,
        .azimuth_est_deg = estimate,
        .azimuth_lo_deg = angle_wrap_deg(estimate - 9),
        .azimuth_hi_deg = angle_wrap_deg(estimate + 8),
        .tilt_est_deg = between(fake, 1, 12),
        .samples = 100 + rng_next(&fake->rng) % 4000,
        .spread_deg = floor(between(fake, 60, 340)),
        .status = status,
        .p_fault = text_equal(status, "ok") ? 0.02 : 0.93,
    };
}

static void fake_cells(struct fake *fake, size_t sites)
{
    struct result *r = fake->result;
    r->cells = arena_alloc(r->arena, sites * 3 * sizeof *r->cells);
    for (size_t s = 0; s < sites; s++) {
        struct point at = near(fake, fake->townships[s % TOWNSHIPS], 2500);
        const char *site = arena_format(r->arena, "S%zu", 1000 + s);
        for (int sector = 0; sector < 3; sector++)
            fake_cell(fake, site, at, sector);
    }
}

static void fake_plans(struct fake *fake)
{
    struct result *r = fake->result;
    static const char *const stages[] = {"proposed", "approved", "building", "cancelled"};
    r->plans = arena_alloc(r->arena, 16 * sizeof *r->plans);
    for (int i = 0; i < 16; i++)
        r->plans[r->plan_count++] = (struct result_plan){
            .plan_id = arena_format(r->arena, "P%03d", i + 1),
            .site_name =
                arena_format(r->arena, "%s规划%d", township_names[i % TOWNSHIPS], i + 1),
            .stage = stages[i % 4],
            .rat = "LTE",
            .at = near(fake, fake->townships[i % TOWNSHIPS], 3000),
            .on_air_s = NOW_S + (int64_t)(20 + 7 * i) * DAY_S,
            .height_m = 35};
}

static void fake_bins(struct fake *fake, size_t count)
{
    struct result *r = fake->result;
    struct crs *crs;
    struct error error = {0};
    if (crs_open_utm(middle, &crs, &error) != STATUS_OK)
        return;
    r->bin_m = 50;
    r->crs_name = arena_text(r->arena, crs_name(crs), strlen(crs_name(crs)));
    r->bins = arena_alloc(r->arena, count * sizeof *r->bins);
    for (size_t i = 0; i < count; i++) {
        const struct result_cell *cell = &r->cells[rng_next(&fake->rng) % r->cell_count];
        struct point at = near(fake, cell->at, 900);
        struct xy xy = crs_forward(crs, at);
        double level = -62 - 34 * log10(1 + point_distance_m(at, cell->at) / 100) +
                       5 * rng_normal(&fake->rng);
        r->bins[r->bin_count++] = (struct result_bin){floor(xy.x_m / 50) * 50,
                                                      floor(xy.y_m / 50) * 50,
                                                      cell->cell_id,
                                                      1 + (uint32_t)(rng_next(&fake->rng) % 40),
                                                      level,
                                                      level < -110};
    }
    crs_close(crs);
}

static void fake_answer(struct fake *fake, struct result_case *c, enum verdict_kind verdict)
{
    static const char *const causes[] = {"",       "coverage-hole", "azimuth",
                                         "outage", "planned-site",  "no-data"};
    static const char *const actions[] = {"",       "new-site",      "turn-antenna",
                                          "repair", "wait-for-plan", "field-test"};
    struct result *r = fake->result;
    const struct result_cell *cell = &r->cells[rng_next(&fake->rng) % r->cell_count];
    c->verdict = verdict_word(verdict);
    c->confidence = between(fake, 0.5, 0.98);
    for (int v = 1; v < VERDICT_COUNT; v++)
        c->p[v] = (int)verdict == v ? c->confidence : (1 - c->confidence) / (VERDICT_COUNT - 2);
    c->cause = causes[verdict];
    c->action = actions[verdict];
    c->azimuth_from_deg = c->azimuth_to_deg = c->tilt_from_deg = c->tilt_to_deg = NAN;
    if (verdict == VERDICT_MISALIGNED || verdict == VERDICT_OUTAGE) {
        c->responsible_cell = cell->cell_id;
        c->responsible_site = cell->site_id;
        c->at = near(fake, point_move(cell->at, cell->azimuth_deg, 700), 300);
    }
    if (verdict == VERDICT_MISALIGNED) {
        c->azimuth_from_deg = round(cell->azimuth_est_deg);
        c->azimuth_to_deg = cell->azimuth_deg;
        c->tilt_from_deg = cell->tilt_deg;
        c->tilt_to_deg = cell->tilt_deg + 3;
    }
    if (verdict == VERDICT_PLANNED) {
        const struct result_plan *plan = &r->plans[rng_next(&fake->rng) % r->plan_count];
        c->responsible_plan = plan->plan_id;
        c->at = near(fake, plan->at, 400);
    }
    c->expected_gain_db = verdict == VERDICT_UNDETERMINED ? NAN : between(fake, 4, 22);
}

static void fake_facts(struct fake *fake, struct result_case *c, size_t i)
{
    struct result *r = fake->result;
    static const char *const kinds[] = {"position", "level",   "serving",
                                        "alarm",    "counter", "antenna"};
    c->facts = arena_alloc(r->arena, ARRAY_COUNT(kinds) * sizeof *c->facts);
    for (size_t f = 0; f < ARRAY_COUNT(kinds); f++)
        c->facts[c->fact_count++] = (struct result_fact){
            .kind = kinds[f],
            .text_zh =
                arena_format(r->arena, "该处实测电平 %.1f dBm，样本 %zu 个，距基站 %.0f 米",
                             c->level_dbm, 20 + i % 80, between(fake, 100, 2500)),
            .text_en = arena_format(
                r->arena, "measured %.1f dBm there, %zu samples, %.0f m from the site",
                c->level_dbm, 20 + i % 80, between(fake, 100, 2500)),
            .file = f ? "samples.csv" : "",
            .line = f ? (uint32_t)(i * 7 + f) : 0,
            .weight = f ? between(fake, -2, 4) : NAN};
    c->whatifs = arena_alloc(r->arena, 4 * sizeof *c->whatifs);
    static const char *const what[] = {"now", "repaired", "re-aimed", "plan-built"};
    for (int w = 0; w < 4; w++)
        c->whatifs[c->whatif_count++] = (struct result_whatif){
            what[w], w ? c->responsible_cell : "", c->level_dbm + 5 * w, 6, 0.1 + 0.25 * w};
}

static void fake_words(struct fake *fake, struct result_case *c, size_t i, size_t hostile)
{
    struct arena *arena = fake->result->arena;
    const char *town = township_names[i % TOWNSHIPS];
    c->address = arena_format(arena, "信宁市清溪县%s东方新村%zu栋", town, i % 60);
    c->symptom = i % 3 ? "信号弱" : "无信号";
    c->description =
        arena_format(arena, "用户反映最近几个月在%s手机信号弱，家里打不出电话", c->address);
    c->reason_zh = arena_format(arena, "%s该处电平 %.0f dBm，低于门限；判为%s。", town,
                                c->level_dbm, c->verdict);
    c->reason_en = arena_format(arena, "the level there is %.0f dBm, below the threshold: %s",
                                c->level_dbm, c->verdict);
    c->reply_zh = "尊敬的客户，您反映的位置信号问题已核实，我们将尽快处理。";
    c->reply_en = "We have confirmed the problem you reported and will deal with it soon.";
    if (i >= hostile)
        return;
    c->description = c->address = c->reason_zh = c->reason_en = fake_hostile[i];
    c->reply_zh = c->reply_en = c->symptom = fake_hostile[i];
}

static void fake_case(struct fake *fake, size_t i, size_t hostile)
{
    struct result *r = fake->result;
    struct result_case *c = &r->cases[i];
    static const enum verdict_kind mix[] = {
        VERDICT_WEAK,       VERDICT_WEAK,       VERDICT_WEAK,
        VERDICT_MISALIGNED, VERDICT_MISALIGNED, VERDICT_OUTAGE,
        VERDICT_OUTAGE,     VERDICT_PLANNED,    VERDICT_UNDETERMINED};
    c->ticket_id = arena_format(r->arena, "T%08zu", 10100000 + i);
    c->at = near(fake, fake->townships[i * 7 % TOWNSHIPS], 1800);
    c->level_dbm = between(fake, -125, -90);
    c->level_sigma_db = between(fake, 3, 8);
    fake_answer(fake, c, mix[rng_next(&fake->rng) % ARRAY_COUNT(mix)]);
    c->radius_m = floor(between(fake, 30, 900));
    if (i % 50 == 49)
        c->at = POINT_ABSENT;
    c->location_method = "text";
    c->location_match = "exact";
    c->reported_s = NOW_S - (int64_t)between(fake, 0, 28 * DAY_S);
    c->occurred_s = i % 3 ? TIME_ABSENT : c->reported_s - 3600;
    c->customer_level = i % 17 ? "normal" : "vip";
    c->due_s = c->reported_s + (i % 17 ? DAY_S : DAY_S / 2);
    c->customer_key = arena_format(r->arena, "k%06zx", (i * 2654435761u) & 0xffffff);
    c->rat = "LTE";
    c->repeat_of = i % 23 == 22 ? r->cases[i - 5].ticket_id : "";
    c->group_id = i % 11 == 0 ? arena_format(r->arena, "G%zu", i / 110) : "";
    c->flags = i % 9 ? "" : "vague-position;no-counters";
    fake_words(fake, c, i, hostile);
    fake_facts(fake, c, i);
}

void fake_result(struct result *result, size_t cases, uint64_t seed)
{
    struct fake fake = {.result = result};
    result_init(result);
    rng_seed(&fake.rng, seed);
    result->now_s = NOW_S;
    result->utc_offset_s = 8 * 3600;
    result->language = LANGUAGE_ZH;
    fake_places(&fake);
    fake_lines(&fake);
    fake_cells(&fake, BASE_MIN(BASE_MAX(cases / 40, 24), 400));
    fake_plans(&fake);
    fake_bins(&fake, BASE_MIN(cases * 20, 60000));
    result->cases = arena_alloc(result->arena, cases * sizeof *result->cases + 1);
    result->case_count = cases;
    for (size_t i = 0; i < cases; i++)
        fake_case(&fake, i, BASE_MIN(cases / 2, 8));
    if (cases > 9) { /* a ticket that somebody pasted a log into */
        char *long_text = arena_alloc(result->arena, 100001);
        for (int i = 0; i < 100000; i++)
            long_text[i] = "0123 <b>&]]>"[i % 12];
        result->cases[9].description = long_text;
    }
    result->rejects = arena_alloc(result->arena, sizeof *result->rejects);
    result->rejects[result->reject_count++] =
        (struct result_reject){"complaints.csv", 17, "lon", "=1+1", "longitude out of range"};
    result->run_json = "{\"version\":\"0.1.0\"}";
    result_complete(result, false);
}
