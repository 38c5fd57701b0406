/* datum_detect: whole tables of complaints, read in the wrong system, are recognised; tables in
 * WGS-84 are left alone. The networks and tickets are drawn at random with a fixed seed; the
 * physics is this test's own (log-distance loss, sectors, shadowing). */
#include "models/verdict/datum_detect.h"
#include "tests/unit/masts.h"

enum { SITES = 48, TICKETS = 1000 };

struct scene {
    struct masts masts;
    struct complaint complaints[TICKETS];
    struct source_file source;
};

static const struct point middles[] = {
    {115.4, 31.8}, {121.5, 31.2}, {104.06, 30.66}, {87.6, 43.8}, {126.6, 45.8}, {110.3, 20.0},
};

/* A county of 16 km by 16 km: sites a jittered 2.3 km apart, three sectors each. */
static void place_network(struct masts *masts, struct rng *rng, struct point middle)
{
    masts_open(masts, middle);
    struct xy at = crs_forward(masts->plane, middle);
    for (int s = 0; s < SITES; s++) {
        struct xy xy = {at.x_m + 2300 * (s % 7 - 3) + 700 * rng_normal(rng),
                        at.y_m + 2300 * (s / 7 - 3) + 700 * rng_normal(rng)};
        masts_add(masts, xy, 360 * rng_uniform(rng));
    }
    masts_index(masts);
}

static int serving_cell(const struct scene *scene, struct rng *rng, struct xy at)
{
    int best = 0;
    double strongest = -INFINITY;
    for (int s = 0; s < SITES; s++) {
        double shadow_db = 7 * rng_normal(rng);
        for (int k = 0; k < 3; k++) {
            const struct cell *cell = &scene->masts.cells[3 * s + k];
            double off = angle_turn_deg(cell->azimuth_deg, xy_bearing_deg(cell->xy, at)) / 65;
            double level = shadow_db - 35 * log10(fmax(xy_distance_m(cell->xy, at), 30)) -
                           fmin(12 * off * off, 25) + 2 * rng_normal(rng);
            if (level > strongest) {
                strongest = level;
                best = 3 * s + k;
            }
        }
    }
    return best;
}

/* `with_cell` tickets name their serving cell; coordinates err by 80 m per axis. */
static void place_tickets(struct scene *scene, struct rng *rng, struct point middle,
                          int with_cell)
{
    struct xy at = crs_forward(scene->masts.plane, middle);
    for (int i = 0; i < TICKETS; i++) {
        struct xy xy = {at.x_m + 16000 * (rng_uniform(rng) - 0.5),
                        at.y_m + 16000 * (rng_uniform(rng) - 0.5)};
        const char *cell =
            i < with_cell ? scene->masts.cells[serving_cell(scene, rng, xy)].cell_id : "";
        xy.x_m += 80 * rng_normal(rng);
        xy.y_m += 80 * rng_normal(rng);
        struct point p = crs_inverse(scene->masts.plane, xy);
        scene->complaints[i] = (struct complaint){.ticket_id = "",
                                                  .coord_sys = "",
                                                  .address = "",
                                                  .description = "",
                                                  .serving_cell = cell,
                                                  .given = p,
                                                  .at = p};
    }
}

static struct scene *scene_new(uint64_t seed, int with_cell)
{
    struct scene *scene = base_alloc(1, sizeof *scene);
    struct rng rng;
    rng_seed(&rng, seed);
    struct point middle = middles[seed % ARRAY_COUNT(middles)];
    place_network(&scene->masts, &rng, middle);
    place_tickets(scene, &rng, middle, with_cell);
    struct world *w = &scene->masts.world;
    w->arena = arena_new();
    w->rejects.arena = w->arena;
    w->complaints = scene->complaints;
    w->complaint_count = TICKETS;
    w->sources = &scene->source;
    scene->source.path = "complaints.csv";
    return scene;
}

static void scene_free(struct scene *scene)
{
    free(scene->masts.world.rejects.items);
    arena_free(scene->masts.world.arena);
    masts_close(&scene->masts);
    free(scene);
}

/* Write the tickets' coordinates as another system has them. */
static void shift(struct scene *scene, enum datum_kind kind, bool swapped)
{
    for (int i = 0; i < TICKETS; i++) {
        struct point p = datum_from_wgs84(kind, scene->complaints[i].given);
        scene->complaints[i].given = swapped ? (struct point){p.lat, p.lon} : p;
    }
}

struct tally {
    int right, wrong, unsure;
};

static struct tally try_tables(int trials, int with_cell, enum datum_kind kind, bool swapped)
{
    struct tally tally = {0};
    for (int t = 0; t < trials; t++) {
        struct scene *scene = scene_new((uint64_t)(t + 1000 * with_cell), with_cell);
        struct datum_finding finding;
        struct error error = {0};
        shift(scene, kind, swapped);
        assert_int_equal(datum_examine(&scene->masts.world, "", &finding, &error), STATUS_OK);
        const struct datum_reading *best = &finding.readings[0];
        bool same = best->kind == kind && best->swapped == swapped;
        bool plain = kind == DATUM_WGS84 && !swapped;
        if (plain)
            tally.right += !finding.used;
        else
            tally.right += same && finding.used;
        tally.wrong += finding.used && !same;
        tally.unsure += !finding.used && !plain;
        scene_free(scene);
    }
    return tally;
}

/* 1,000 by `tests/bench/datum.sh`; a few here. */
static int trials(void)
{
    const char *text = getenv("DATUM_TRIALS");
    return text ? atoi(text) : 12;
}

static void expect_tally(int with_cell, enum datum_kind kind, bool swapped, double least)
{
    struct tally tally = try_tables(trials(), with_cell, kind, swapped);
    print_message("%3d tickets with a cell, %s%s: right %d, wrong %d, undecided %d of %d\n",
                  with_cell, datum_name(kind), swapped ? " swapped" : "", tally.right,
                  tally.wrong, tally.unsure, trials());
    assert_true(tally.right >= least * trials());
    assert_true(tally.wrong <= 0.01 * trials());
}

static void wgs84_is_left_alone(void **state)
{
    (void)state;
    expect_tally(20, DATUM_WGS84, false, 0.999);
    expect_tally(300, DATUM_WGS84, false, 0.999);
}

/* A shift of half a kilometre is hard to see by twenty tickets on masts 2.3 km apart. */
static void shifted_tables_are_recognised(void **state)
{
    (void)state;
    expect_tally(20, DATUM_GCJ02, false, 0.5);
    expect_tally(60, DATUM_GCJ02, false, 0.9);
    expect_tally(300, DATUM_GCJ02, false, 0.99);
    expect_tally(20, DATUM_BD09, false, 0.95);
    expect_tally(60, DATUM_BD09, false, 0.99);
}

static void swapped_tables_are_recognised(void **state)
{
    (void)state;
    struct tally tally = try_tables(trials(), 20, DATUM_WGS84, true);
    print_message(" 20 tickets with a cell, WGS84 swapped: right %d, wrong %d of %d\n",
                  tally.right, tally.wrong, trials());
    assert_int_equal(tally.unsure, 0);
    assert_true(tally.right >= 0.9 * trials()); /* the others: swapped GCJ-02 */
    expect_tally(60, DATUM_WGS84, true, 0.99);
}

static void settling_brings_tickets_home(void **state)
{
    (void)state;
    struct error error = {0};
    struct datum_finding finding;
    struct scene *scene = scene_new(1, 200);
    struct point truth = scene->complaints[7].given;
    shift(scene, DATUM_BD09, true);
    assert_int_equal(datum_settle(&scene->masts.world, "", &finding, &error), STATUS_OK);
    assert_true(finding.used);
    assert_string_equal(finding.readings[0].name, "BD09 swapped");
    assert_true(point_distance_m(scene->complaints[7].at, truth) < 0.01);
    scene_free(scene);
}

static void metres_are_read_in_the_networks_zone(void **state)
{
    (void)state;
    struct error error = {0};
    struct datum_finding finding;
    struct scene *scene = scene_new(2, 100);
    struct point truth = scene->complaints[3].given;
    for (int i = 0; i < TICKETS; i++) {
        struct xy xy = crs_forward(scene->masts.plane, scene->complaints[i].given);
        scene->complaints[i].given = (struct point){xy.x_m, xy.y_m};
    }
    assert_int_equal(datum_settle(&scene->masts.world, "", &finding, &error), STATUS_OK);
    assert_string_equal(finding.readings[0].name, scene->masts.world.crs_name);
    assert_true(point_distance_m(scene->complaints[3].at, truth) < 0.01);
    scene_free(scene);
}

static void what_is_declared_goes_first(void **state)
{
    (void)state;
    struct error error = {0};
    struct datum_finding finding;
    struct scene *scene = scene_new(3, 100);
    struct point truth = scene->complaints[0].given;
    scene->complaints[0].given = datum_from_wgs84(DATUM_GCJ02, truth);
    scene->complaints[0].coord_sys = "gcj-02";
    scene->complaints[1].coord_sys = "martian";
    scene->complaints[2].given = (struct point){31.8, 115.4}; /* swapped, alone */
    assert_int_equal(datum_settle(&scene->masts.world, "", &finding, &error), STATUS_OK);
    assert_false(finding.used);
    assert_true(point_distance_m(scene->complaints[0].at, truth) < 0.01);
    assert_false(point_valid(scene->complaints[1].at));
    assert_false(point_valid(scene->complaints[2].at));
    assert_int_equal(scene->masts.world.rejects.total, 2);
    assert_int_equal(datum_settle(&scene->masts.world, "EPSG:99999999", &finding, &error),
                     STATUS_FORMAT);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wgs84_is_left_alone),
        cmocka_unit_test(shifted_tables_are_recognised),
        cmocka_unit_test(swapped_tables_are_recognised),
        cmocka_unit_test(settling_brings_tickets_home),
        cmocka_unit_test(metres_are_read_in_the_networks_zone),
        cmocka_unit_test(what_is_declared_goes_first),
    };
    return cmocka_run_group_tests_name("datum_detect", tests, NULL, NULL);
}
