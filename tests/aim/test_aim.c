/* aim: what the audit must hold on networks whose antennas are known, its symmetries, when it
 * keeps silent, and the aim that serves best. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/radio/aim_inner.h"
#include "models/radio/link.h"
#include "tests/aim/network.h"

static struct aim *audit(const struct network *network, int threads)
{
    struct error error = {0};
    struct aim *aims = base_alloc(network->world->cell_count, sizeof *aims);
    assert_int_equal(aim_audit(network->world, threads, aims, &error), STATUS_OK);
    return aims;
}

static void assert_near_deg(double a_deg, double b_deg, double within_deg)
{
    assert_true(fabs(angle_turn_deg(a_deg, b_deg)) <= within_deg);
}

/* ---- accuracy ----------------------------------------------------------------------- */

static void wrong_azimuths_are_found_and_sound_ones_left(void **state)
{
    (void)state;
    struct network_marks sum = {0};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct network_options options = network_usual(seed);
        struct network *network = network_new(&options);
        struct network_marks one = network_mark(network);
        network_marks_add(&sum, &one);
        network_free(network);
    }
    assert_true(sum.faults >= 10);
    assert_true(sum.judged >= 0.75 * sum.cells);
    assert_true(sum.found >= 0.90 * sum.faults);
    assert_true(sum.found >= 0.97 * sum.called);
    assert_true(sum.held >= 0.88 * sum.judged);
    assert_true(network_error_deg(&sum, 0.5) < 5);
}

static void records_that_stand_alone_are_judged_with_care(void **state)
{
    (void)state;
    struct network_options options = network_usual(5);
    options.reports = 1;
    options.places = 20000;
    options.azimuth_faults = 0.3;
    struct network *network = network_new(&options);
    struct network_marks marks = network_mark(network);
    assert_true(marks.found >= 0.5 * marks.faults);
    assert_true(marks.found >= 0.9 * marks.called);
    assert_int_equal(marks.tilt_called, 0);
    network_free(network);
}

static void wrong_tilts_are_told_from_wrong_azimuths(void **state)
{
    (void)state;
    struct network_marks sum = {0};
    for (uint64_t seed = 11; seed <= 13; seed++) {
        struct network_options options = network_usual(seed);
        options.azimuth_faults = 0;
        options.swapped_sites = 0;
        options.tilt_faults = 0.1;
        struct network *network = network_new(&options);
        struct network_marks one = network_mark(network);
        network_marks_add(&sum, &one);
        network_free(network);
    }
    assert_true(sum.tilt_faults >= 8);
    assert_true(sum.tilt_found >= 0.5 * sum.tilt_faults);
    assert_true(sum.tilt_found >= 0.8 * sum.tilt_called);
    assert_true(sum.called <= 1);
}

static void without_measurements_nothing_is_said(void **state)
{
    (void)state;
    struct network_options options = network_usual(2);
    options.places = 0;
    struct network *network = network_new(&options);
    struct aim *aims = audit(network, 1);
    for (size_t c = 0; c < network->world->cell_count; c++) {
        assert_int_equal(aims[c].status, AIM_INSUFFICIENT);
        assert_int_equal(aims[c].note, AIM_NOTE_NO_SAMPLES);
        assert_true(isnan(aims[c].azimuth_est_deg));
        assert_true(aims[c].p_fault < 0.5);
    }
    char text[200];
    aim_note_text(&aims[0], LANGUAGE_EN, text, sizeof text);
    assert_string_equal(text, "too few measurements; drive all around the mast");
    free(aims);
    network_free(network);
}

/* ---- symmetries --------------------------------------------------------------------- */

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    struct network_options options = network_usual(3);
    struct network *network = network_new(&options);
    struct aim *one = audit(network, 1), *three = audit(network, 3);
    for (size_t c = 0; c < network->world->cell_count; c++) {
        assert_memory_equal(&one[c].azimuth_est_deg, &three[c].azimuth_est_deg, sizeof(double));
        assert_memory_equal(&one[c].p_fault, &three[c].p_fault, sizeof(double));
        assert_int_equal(one[c].status, three[c].status);
    }
    free(one);
    free(three);
    network_free(network);
}

static int by_square(const void *a, const void *b)
{
    const struct bin *p = a, *q = b;
    if (p->iy != q->iy)
        return p->iy < q->iy ? -1 : 1;
    if (p->ix != q->ix)
        return p->ix < q->ix ? -1 : 1;
    return p->cell < q->cell ? -1 : p->cell > q->cell;
}

/* The whole county turned a quarter clockwise: x east becomes y south. */
static void turn_world(struct world *world)
{
    for (size_t c = 0; c < world->cell_count; c++) {
        struct cell *cell = &world->cells[c];
        cell->xy = (struct xy){cell->xy.y_m, -cell->xy.x_m};
        cell->azimuth_deg = angle_wrap_deg(cell->azimuth_deg + 90);
    }
    for (size_t i = 0; i < world->bin_count; i++) {
        struct bin *bin = &world->bins[i];
        int32_t ix = bin->ix;
        bin->ix = bin->iy;
        bin->iy = -ix - 1;
    }
    qsort(world->bins, world->bin_count, sizeof *world->bins, by_square);
}

static void a_turned_county_is_answered_turned(void **state)
{
    (void)state;
    struct network_options options = network_usual(4);
    struct network *network = network_new(&options);
    struct aim *before = audit(network, 2);
    turn_world(network->world);
    struct aim *after = audit(network, 2);
    unsigned alike = 0;
    for (size_t c = 0; c < network->world->cell_count; c++) {
        if (before[c].status == AIM_INSUFFICIENT)
            continue;
        double turn_deg = angle_turn_deg(before[c].azimuth_est_deg, after[c].azimuth_est_deg);
        alike += fabs(turn_deg - 90) < 0.5 && before[c].status == after[c].status;
    }
    assert_true(alike >= 0.97 * (double)network->world->cell_count);
    free(before);
    free(after);
    network_free(network);
}

/* ---- kinds of fault ----------------------------------------------------------------- */

/* A network whose cells all stand as the table says, for a test to make its own fault. */
static struct network_options sound_network(uint64_t seed)
{
    struct network_options options = network_usual(seed);
    options.sites = 7;
    options.places = 4000;
    options.azimuth_faults = options.tilt_faults = 0;
    options.swapped_sites = 0;
    return options;
}

static void exchanged_feeders_are_named_both_ways(void **state)
{
    (void)state;
    struct network_options options = sound_network(21);
    options.swapped_sites = 1;
    struct network *network = network_new(&options);
    struct aim *aims = audit(network, 1);
    assert_int_equal(aims[0].status, AIM_SWAPPED);
    assert_int_equal(aims[0].swapped_with, 1);
    assert_int_equal(aims[1].status, AIM_SWAPPED);
    assert_int_equal(aims[1].swapped_with, 0);
    assert_int_equal(aims[2].status, AIM_OK);
    free(aims);
    network_free(network);
}

/* The table is what is wrong here: its rows of one site are moved on by one. */
static void rotated_feeders_are_a_ring(void **state)
{
    (void)state;
    struct network_options options = sound_network(22);
    struct network *network = network_new(&options);
    struct cell *cells = network->world->cells;
    double first_deg = cells[0].azimuth_deg;
    cells[0].azimuth_deg = cells[1].azimuth_deg;
    cells[1].azimuth_deg = cells[2].azimuth_deg;
    cells[2].azimuth_deg = first_deg;
    struct aim *aims = audit(network, 1);
    for (uint32_t c = 0; c < 3; c++) {
        assert_int_equal(aims[c].status, AIM_SWAPPED);
        assert_int_equal(aims[c].note, AIM_NOTE_ROTATED);
        assert_int_equal(aims[c].swapped_with, (c + 2) % 3);
    }
    free(aims);
    network_free(network);
}

static void a_turned_mast_is_named_once(void **state)
{
    (void)state;
    struct network_options options = sound_network(23);
    struct network *network = network_new(&options);
    struct cell *cells = network->world->cells;
    for (int c = 0; c < 3; c++)
        cells[c].azimuth_deg = angle_wrap_deg(cells[c].azimuth_deg - 60);
    struct aim *aims = audit(network, 1);
    for (int c = 0; c < 3; c++) {
        assert_int_equal(aims[c].status, AIM_MISALIGNED);
        assert_int_equal(aims[c].note, AIM_NOTE_SITE);
        assert_near_deg(aims[c].turn_deg, 60, 10);
    }
    free(aims);
    network_free(network);
}

static double offset_m(const struct network *network, uint32_t site, const struct aim *aims)
{
    const struct aim_place_found *place =
        &aims[network->world->sites[site].first_cell].elsewhere;
    struct xy found = network->world->sites[site].xy;
    found.x_m += place->far_m * sin(place->bearing_deg * M_PI / 180);
    found.y_m += place->far_m * cos(place->bearing_deg * M_PI / 180);
    return xy_distance_m(found, network->site_xy[site]);
}

/* 0.3, 0.8 and 2 km: the mast is found, its antennas are not called turned, and nobody else's.
 */
static void a_mast_drawn_elsewhere_is_found_and_its_antennas_left(void **state)
{
    (void)state;
    static const double far_m[] = {300, 800, 2000};
    for (uint64_t i = 0; i < ARRAY_COUNT(far_m); i++) {
        struct network_options options = sound_network(41 + i);
        options.sites = 12;
        options.moved_sites = 1;
        options.moved_m = far_m[i];
        struct network *network = network_new(&options);
        struct aim *aims = audit(network, 1);
        assert_true(fabs(aims[0].elsewhere.far_m - far_m[i]) < 0.3 * far_m[i]);
        assert_true(offset_m(network, 0, aims) <= 2 * aims[0].elsewhere.radius_m);
        assert_true(aims[0].elsewhere.radius_m < 250);
        for (uint32_t c = 0; c < network->world->cell_count; c++) {
            assert_true(aims[c].status != AIM_MISALIGNED && aims[c].status != AIM_SWAPPED);
            assert_true(c < 3 || isnan(aims[c].elsewhere.far_m));
        }
        char text[300];
        aim_note_text(&aims[0], LANGUAGE_EN, text, sizeof text);
        assert_non_null(strstr(text, "the mast stands"));
        free(aims);
        network_free(network);
    }
}

/* One band of a panel turned alone, and a panel turned as a whole. */
static void bands_of_one_panel_are_judged_together(void **state)
{
    (void)state;
    struct network_options options = sound_network(51);
    options.bands = 2;
    struct network *network = network_new(&options);
    struct world *world = network->world;
    world->cells[0].azimuth_deg = angle_wrap_deg(world->cells[0].azimuth_deg + 70);
    world->cells[3].azimuth_deg = world->cells[0].azimuth_deg; /* the second band of it */
    world->cells[6].azimuth_deg = angle_wrap_deg(world->cells[6].azimuth_deg - 80);
    struct aim *aims = audit(network, 1);
    assert_int_equal(aims[0].status, AIM_MISALIGNED);
    assert_int_equal(aims[3].status, AIM_MISALIGNED);
    assert_int_equal(aims[6].status, AIM_MISALIGNED);
    assert_int_equal(aims[9].status, AIM_OK);
    assert_near_deg(aims[0].azimuth_est_deg, network->azimuth_deg[0], 10);
    free(aims);
    network_free(network);
}

/* What the arrangement is held against goes into the remark. */
static void the_arrangement_s_odds_are_told(void **state)
{
    (void)state;
    struct network_options options = sound_network(21);
    options.swapped_sites = 1;
    struct network *network = network_new(&options);
    struct aim *aims = audit(network, 1);
    assert_int_equal(aims[0].arrangement, AIM_PAIR);
    assert_true(aims[0].log_ratio_table > 5 && aims[0].log_ratio_next > 0);
    assert_true(aims[0].log_ratio_table >= aims[0].log_ratio_next);
    assert_true(isnan(aims[2].log_ratio_table));
    char text[300];
    aim_note_text(&aims[0], LANGUAGE_EN, text, sizeof text);
    assert_non_null(strstr(text, "times likelier than the table"));
    free(aims);
    network_free(network);
}

static void what_has_no_azimuth_is_not_accused(void **state)
{
    (void)state;
    struct network_options options = sound_network(24);
    struct network *network = network_new(&options);
    struct cell *cells = network->world->cells;
    cells[0].coverage = COVERAGE_INDOOR;
    cells[3].azimuth_deg = NAN;
    cells[6].azimuth_deg = cells[7].azimuth_deg = cells[8].azimuth_deg = 0;
    struct aim *aims = audit(network, 1);
    assert_int_equal(aims[0].status, AIM_INSUFFICIENT);
    assert_int_equal(aims[0].note, AIM_NOTE_INDOOR);
    for (int c = 6; c < 9; c++) /* three sectors at 0: nobody filled it in */
        assert_int_equal(aims[c].note, AIM_NOTE_NO_TABLE);
    assert_int_equal(aims[3].note, AIM_NOTE_NO_TABLE);
    assert_near_deg(aims[3].azimuth_est_deg, network->azimuth_deg[3], 20);
    assert_true(aims[3].p_fault == 0);
    free(aims);
    network_free(network);
}

/* ---- the table of a lobe ------------------------------------------------------------ */

static void the_lobe_s_table_is_the_antenna(void **state)
{
    (void)state;
    struct cell cell = {.azimuth_deg = 10,
                        .mech_tilt_deg = 3,
                        .elec_tilt_deg = 4,
                        .rs_power_dbm = 15,
                        .antenna_gain_dbi = 17,
                        .hbw_deg = 65,
                        .vbw_deg = 9,
                        .height_m = 30};
    struct aim_lobe *lobes = base_alloc(AIM_TILTS, sizeof *lobes);
    aim_lobes_make(&cell, lobes);
    struct antenna antenna = link_antenna(&cell);
    struct antenna_aim aim = link_aim(&cell);
    aim.elec_tilt_deg += 6;
    for (int i = 0; i < 200; i++) {
        struct aim_place place = {.bearing_deg = (float)(i * 1.8),
                                  .elevation_deg = (float)(-i * 0.07)};
        float row[AIM_STEPS];
        aim_lobe_row(&lobes[AIM_TILT_TABLE + 2], &place, row); /* 6 degrees down */
        aim.azimuth_deg = i % AIM_STEPS * AIM_STEP_DEG;
        double exact =
            15 - antenna_loss_db(&antenna, &aim, place.bearing_deg, place.elevation_deg);
        assert_float_equal(row[i % AIM_STEPS], exact, 0.6);
    }
    free(lobes);
}

/* ---- the best aim ------------------------------------------------------------------- */

static void an_antenna_is_turned_to_the_people_it_misses(void **state)
{
    (void)state;
    struct network_options options = sound_network(31);
    struct network *network = network_new(&options);
    struct aim *aims = audit(network, 1);
    const struct cell *cell = &network->world->cells[4];
    double aside = (network->azimuth_deg[4] + 50) * M_PI / 180;
    struct xy place = {cell->xy.x_m + 400 * sin(aside), cell->xy.y_m + 400 * cos(aside)};
    struct aim_scene scene = {.world = network->world, .aims = aims};
    struct aim_wish wish = {.places = &place, .place_count = 1};
    struct aim_choices choices;
    struct aim_best best;
    aim_choices_make(&scene, 4, &choices);
    assert_true(aim_best(&scene, &choices, &wish, &best));
    assert_true(best.better);
    assert_true(best.gain_db >= 3);
    assert_true(best.gain_lo_db <= best.gain_db && best.gain_db <= best.gain_hi_db);
    double turn_deg = angle_turn_deg(best.from_azimuth_deg, best.azimuth_deg);
    assert_true(turn_deg > 10 && turn_deg <= 60);
    assert_true(best.broken <= 0.02 * best.squares);
    assert_int_equal(best.helped, 1);
    assert_int_equal(best.weak_after, best.weak_before - best.cured + best.broken);
    free(aims);
    network_free(network);
}

static void an_antenna_that_serves_is_left_alone(void **state)
{
    (void)state;
    struct network_options options = sound_network(32);
    struct network *network = network_new(&options);
    network->world->rules.value[RULE_weak_rsrp_dbm] = -140; /* nothing is weak */
    struct aim *aims = audit(network, 1);
    struct aim_scene scene = {.world = network->world, .aims = aims};
    struct aim_wish wish = {.place_count = 0};
    struct aim_choices choices;
    struct aim_best best;
    aim_choices_make(&scene, 2, &choices);
    assert_true(aim_best(&scene, &choices, &wish, &best));
    assert_false(best.better);
    assert_near_deg(best.azimuth_deg, network->world->cells[2].azimuth_deg, 1e-9);
    assert_true(isnan(best.gain_db));
    network->world->cells[2].azimuth_deg = NAN;
    aim_choices_make(&scene, 2, &choices);
    assert_false(aim_best(&scene, &choices, &wish, &best));
    free(aims);
    network_free(network);
}

/* The stated interval of the gain against what turning the true antenna does. */
static void the_gain_s_interval_holds(void **state)
{
    (void)state;
    struct network_gains gains = {0};
    struct network_options options = network_usual(61);
    options.places = 2000;
    struct network *network = network_new(&options);
    network_mark_gains(network, &gains);
    network_free(network);
    assert_true(gains.asked > 10);
    assert_true(gains.held >= 0.9 * gains.asked);
    assert_true(fabs(gains.sum_db - gains.true_sum_db) < 1.0 * gains.asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_azimuths_are_found_and_sound_ones_left),
        cmocka_unit_test(records_that_stand_alone_are_judged_with_care),
        cmocka_unit_test(wrong_tilts_are_told_from_wrong_azimuths),
        cmocka_unit_test(without_measurements_nothing_is_said),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(a_turned_county_is_answered_turned),
        cmocka_unit_test(exchanged_feeders_are_named_both_ways),
        cmocka_unit_test(rotated_feeders_are_a_ring),
        cmocka_unit_test(a_turned_mast_is_named_once),
        cmocka_unit_test(a_mast_drawn_elsewhere_is_found_and_its_antennas_left),
        cmocka_unit_test(bands_of_one_panel_are_judged_together),
        cmocka_unit_test(the_arrangement_s_odds_are_told),
        cmocka_unit_test(what_has_no_azimuth_is_not_accused),
        cmocka_unit_test(the_lobe_s_table_is_the_antenna),
        cmocka_unit_test(an_antenna_is_turned_to_the_people_it_misses),
        cmocka_unit_test(an_antenna_that_serves_is_left_alone),
        cmocka_unit_test(the_gain_s_interval_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
