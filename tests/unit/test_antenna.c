/* antenna: the 3GPP pattern's defining points, tilts told apart, MSI files as vendors write. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "models/radio/antenna.h"

static const struct antenna_aim LEVEL_NORTH = {0, 0, 0};

static void half_power_points_are_3_db_down(void **state)
{
    (void)state;
    struct antenna antenna = antenna_default();
    assert_float_equal(antenna_loss_db(&antenna, &LEVEL_NORTH, 0, 0), 0, 1e-12);
    assert_float_equal(antenna_loss_db(&antenna, &LEVEL_NORTH, 32.5, 0), 3, 1e-9);
    assert_float_equal(antenna_loss_db(&antenna, &LEVEL_NORTH, 327.5, 0), 3, 1e-9);
    assert_float_equal(antenna_loss_db(&antenna, &LEVEL_NORTH, 0, -5), 3, 1e-9);
    assert_float_equal(antenna_loss_db(&antenna, &LEVEL_NORTH, 0, -60), 20, 1e-9);
    assert_float_equal(antenna_loss_db(&antenna, &LEVEL_NORTH, 180, -60), 25, 1e-9);
}

static void mechanical_tilt_lifts_the_back(void **state)
{
    (void)state;
    struct antenna antenna = antenna_default();
    antenna.front_back_db = antenna.side_lobe_db = 1e6; /* the bare parabola */
    struct antenna_aim mech = {0, 8, 0}, elec = {0, 0, 8};
    /* Ahead both put the peak 8 degrees down. */
    assert_float_equal(antenna_loss_db(&antenna, &mech, 0, -8), 0, 1e-9);
    assert_float_equal(antenna_loss_db(&antenna, &elec, 0, -8), 0, 1e-9);
    /* Across, mechanical tilt leaves the horizon where it was; electrical lowers it. */
    double across = antenna_loss_db(&antenna, &mech, 90, 0);
    assert_float_equal(across, 12 * pow(90 / 65.0, 2), 1e-6);
    assert_float_equal(antenna_loss_db(&antenna, &elec, 90, 0) - across, 12 * 0.64, 1e-6);
    /* Behind, the mechanically tilted lobe looks 8 degrees up. */
    double up = antenna_loss_db(&antenna, &mech, 180, 8);
    assert_true(up < antenna_loss_db(&antenna, &mech, 180, 0));
    assert_true(up < antenna_loss_db(&antenna, &mech, 180, -8));
}

static void pattern_is_continuous_around_the_circle(void **state)
{
    (void)state;
    struct antenna antenna = antenna_default();
    struct antenna_aim aim = {213, 4, 3};
    double before = antenna_loss_db(&antenna, &aim, 0, -3);
    for (int i = 1; i <= 7200; i++) {
        double now = antenna_loss_db(&antenna, &aim, i * 0.05, -3);
        assert_true(fabs(now - before) < 0.06);
        before = now;
    }
    assert_float_equal(before, antenna_loss_db(&antenna, &aim, 0, -3), 1e-9);
}

static void omni_has_no_azimuth(void **state)
{
    (void)state;
    struct antenna antenna = antenna_default();
    struct antenna_aim aim = {NAN, 0, 0};
    for (int bearing = 0; bearing < 360; bearing += 45)
        assert_float_equal(antenna_loss_db(&antenna, &aim, bearing, 0), 0, 1e-12);
}

/* A 3GPP shape written down as a vendor's file: no NAME, lower case, dBd, rows backward and
 * one missing. */
static void write_msi(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "make nobody\r\nfrequency 1850\r\ngain 15.0 dBd\r\nelectrical_tilt 6\r\n"
                  "horizontal 360\r\n");
    for (int i = 359; i >= 0; i--) {
        double turn = i > 180 ? i - 360 : i;
        if (i != 91)
            fprintf(file, "%.1f\t%.3f\r\n", (double)i, fmin(12 * pow(turn / 65, 2), 25));
    }
    fprintf(file, "Vertical 360\r\n");
    for (int i = 0; i < 360; i++) {
        double down = i > 180 ? i - 360 : i;
        fprintf(file, "%d %.3f\n", i, fmin(12 * pow((down - 6) / 10, 2), 20));
    }
    fclose(file);
}

static void msi_file_is_read_and_turned(void **state)
{
    (void)state;
    char path[] = "/tmp/covtriage-msi-XXXXXX";
    close(mkstemp(path));
    write_msi(path);
    struct antenna_pattern pattern;
    struct error error = {0};
    assert_int_equal(antenna_read_msi(path, &pattern, &error), STATUS_OK);
    assert_string_equal(pattern.name, "");
    assert_float_equal(pattern.gain_dbi, 17.15, 1e-6);
    assert_float_equal(pattern.elec_tilt_deg, 6, 0);
    assert_float_equal(pattern.horizontal_db[91], 12 * 91 * 91 / 4225.0, 0.01);
    struct antenna antenna = antenna_default();
    antenna.pattern = &pattern;
    struct antenna_aim aim = {120, 0, 6};
    assert_float_equal(antenna_loss_db(&antenna, &aim, 120, -6), 0, 0.01);
    assert_float_equal(antenna_loss_db(&antenna, &aim, 152.5, -6), 3, 0.05);
    aim.elec_tilt_deg = 9; /* three degrees more than the file's */
    assert_float_equal(antenna_loss_db(&antenna, &aim, 120, -9), 0, 0.01);
    unlink(path);
}

static void msi_without_a_cut_is_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/covtriage-msi-XXXXXX";
    close(mkstemp(path));
    FILE *file = fopen(path, "w");
    fputs("NAME x\nHORIZONTAL 360\n0 0\n180 25\n", file);
    fclose(file);
    struct antenna_pattern pattern;
    struct error error = {0};
    assert_int_equal(antenna_read_msi(path, &pattern, &error), STATUS_FORMAT);
    assert_non_null(strstr(error.text, "VERTICAL"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_power_points_are_3_db_down),
        cmocka_unit_test(mechanical_tilt_lifts_the_back),
        cmocka_unit_test(pattern_is_continuous_around_the_circle),
        cmocka_unit_test(omni_has_no_azimuth),
        cmocka_unit_test(msi_file_is_read_and_turned),
        cmocka_unit_test(msi_without_a_cut_is_refused),
    };
    return cmocka_run_group_tests_name("antenna", tests, NULL, NULL);
}
