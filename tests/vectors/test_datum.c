/* datum: the shifts against published vectors, their inverses, and the places they leave alone.
 *
 * The long tables are read from ../shared/vectors/datum where it is there; the rows written
 * below are of the same two sources: gcoord's test fixture (MIT) and the public formula.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "geo/datum.h"

static void few_vectors_of_gcoord(void **state)
{
    (void)state;
    static const struct point rows[][3] = {
        {{114.0164322, 33.0133556}, {114.022306, 33.0115324}, {114.0287781, 33.0176697}},
        {{111.4622119, 27.242124}, {111.4677938, 27.2388981}, {111.4742271, 27.2451662}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct point gcj = datum_from_wgs84(DATUM_GCJ02, rows[i][0]);
        struct point bd = datum_from_wgs84(DATUM_BD09, rows[i][0]);
        assert_true(point_distance_m(gcj, rows[i][1]) < 1);
        assert_true(point_distance_m(bd, rows[i][2]) < 1);
    }
}

static double worst_deg(struct point a, struct point b)
{
    return fmax(fabs(a.lon - b.lon), fabs(a.lat - b.lat));
}

static void round_trips_over_china(void **state)
{
    (void)state;
    double worst = 0;
    size_t count = 0;
    for (double lon = 73.55; lon < 135; lon += 0.37)
        for (double lat = 18.05; lat < 53.6; lat += 0.37) {
            struct point p = {lon, lat};
            if (!datum_in_china(p))
                continue;
            worst = fmax(worst, worst_deg(p, datum_to_wgs84(DATUM_GCJ02,
                                                            datum_from_wgs84(DATUM_GCJ02, p))));
            worst =
                fmax(worst,
                     worst_deg(p, datum_to_wgs84(DATUM_BD09, datum_from_wgs84(DATUM_BD09, p))));
            count++;
        }
    print_message("%zu points, worst round trip %.2e degree\n", count, worst);
    assert_true(count > 5000);
    assert_true(worst <= 1e-9);
}

static void foreign_cities_stay(void **state)
{
    (void)state;
    static const struct point cities[] = {
        {126.978, 37.567}, /* Seoul */ {105.834, 21.028},        /* Hanoi */
        {77.209, 28.614},  /* Delhi */ {106.906, 47.918},        /* Ulaanbaatar */
        {125.754, 39.032}, /* Pyongyang */ {131.873, 43.115},    /* Vladivostok */
        {85.324, 27.717},  /* Kathmandu */ {76.889, 43.238},     /* Almaty */
        {121.0, 14.6},     /* Manila */ {139.69, 35.69},         /* Tokyo */
        {103.83, 22.34},   /* Lao Cai province */ {2.35, 48.86}, /* Paris */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cities); i++) {
        assert_false(datum_in_china(cities[i]));
        for (int kind = DATUM_GCJ02; kind <= DATUM_BD09; kind++) {
            struct point there = datum_from_wgs84((enum datum_kind)kind, cities[i]);
            struct point back = datum_to_wgs84((enum datum_kind)kind, cities[i]);
            assert_memory_equal(&there, &cities[i], sizeof there);
            assert_memory_equal(&back, &cities[i], sizeof back);
        }
    }
}

static void border_cities_are_inside(void **state)
{
    (void)state;
    static const struct point cities[] = {
        {124.35, 40.12},
        /* Dandong */ {127.50, 50.24},
        /* Heihe */ {117.40, 49.59}, /* Manzhouli */
        {97.85, 24.01},
        /* Ruili */ {103.96, 22.53},
        /* Hekou */ {114.06, 22.54}, /* Shenzhen */
        {109.51, 18.25},
        /* Sanya */ {75.99, 39.47},
        /* Kashgar */ {121.47, 31.23}, /* Shanghai */
        {108.00, 21.55},
        /* Dongxing */ {80.26, 43.95},
        /* Yining west */ {134.29, 48.36}, /* Fuyuan */
    };
    for (size_t i = 0; i + 2 < ARRAY_COUNT(cities); i++)
        assert_true(datum_in_china(cities[i]));
}

static void names_of_datums(void **state)
{
    (void)state;
    assert_int_equal(datum_parse("GCJ-02"), DATUM_GCJ02);
    assert_int_equal(datum_parse("bd09"), DATUM_BD09);
    assert_int_equal(datum_parse("百度"), DATUM_BD09);
    assert_int_equal(datum_parse("WGS 84"), DATUM_WGS84);
    assert_int_equal(datum_parse("EPSG:4490"), DATUM_CRS);
    assert_int_equal(datum_parse(""), DATUM_UNKNOWN);
    assert_int_equal(datum_parse("martian"), DATUM_UNKNOWN);
}

static double accuracy_of(const char *name, struct xy at, bool *warned)
{
    struct error error = {0};
    struct datum_reader *reader = NULL;
    assert_int_equal(datum_reader_open(name, &reader, &error), STATUS_OK);
    assert_true(point_valid(datum_read(reader, at.x_m, at.y_m)));
    double accuracy_m = datum_reader_accuracy_m(reader);
    *warned = *datum_reader_warning(reader) != '\0';
    datum_reader_close(reader);
    return accuracy_m;
}

static void ballpark_transformations_are_said(void **state)
{
    (void)state;
    bool warned;
    struct xy henan = {115.4, 31.8};
    assert_float_equal(accuracy_of("EPSG:4214", henan, &warned), 150, 1e-9); /* Beijing 1954 */
    assert_true(warned);
    assert_float_equal(accuracy_of("EPSG:4610", henan, &warned), 150, 1e-9); /* Xi'an 1980 */
    assert_true(warned);
    assert_float_equal(accuracy_of("EPSG:4490", henan, &warned), 1, 1e-9); /* CGCS2000 */
    assert_false(warned);
    assert_float_equal(accuracy_of("", henan, &warned), 0, 1e-9);
    assert_false(warned);
    struct xy london = {530000, 180000};
    assert_true(accuracy_of("EPSG:27700", london, &warned) <= 10); /* a Helmert shift */
    assert_false(warned);
    struct error error = {0};
    struct datum_reader *reader = NULL;
    assert_int_equal(datum_reader_open("EPSG:99999999", &reader, &error), STATUS_FORMAT);
}

/* Runs check(row of numbers) over a CSV of vectors; skips when it is not there. */
static size_t each_row(const char *path, size_t columns, void (*check)(const double *row))
{
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("%s is not here: skipped\n", path);
        skip();
    }
    char line[256];
    size_t rows = 0;
    while (fgets(line, sizeof line, file)) {
        double row[6];
        char *p = line;
        for (size_t i = 0; i < columns && p; i++)
            p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL;
        if (!p || sscanf(p, "%lf,%lf,%lf,%lf,%lf,%lf", &row[0], &row[1], &row[2], &row[3],
                         &row[4], &row[5]) != 6)
            continue;
        check(row);
        rows++;
    }
    fclose(file);
    return rows;
}

static void check_city(const double *row)
{
    struct point wgs = {row[0], row[1]}, gcj = {row[2], row[3]}, bd = {row[4], row[5]};
    assert_true(point_distance_m(datum_from_wgs84(DATUM_GCJ02, wgs), gcj) < 1);
    assert_true(point_distance_m(datum_from_wgs84(DATUM_BD09, wgs), bd) < 1);
    assert_true(point_distance_m(datum_to_wgs84(DATUM_GCJ02, gcj), wgs) < 1);
    assert_true(point_distance_m(datum_to_wgs84(DATUM_BD09, bd), wgs) < 1);
}

static void check_formula(const double *row)
{
    struct point gcj = datum_gcj02_formula((struct point){row[0], row[1]});
    assert_true(worst_deg(gcj, (struct point){row[2], row[3]}) < 1e-9);
    assert_true(worst_deg(datum_bd09_formula(gcj), (struct point){row[4], row[5]}) < 1e-9);
}

static void all_cities_of_gcoord(void **state)
{
    (void)state;
    size_t rows =
        each_row("../shared/vectors/datum/gcoord_china_cities_fixture.csv", 1, check_city);
    assert_int_equal(rows, 664);
}

static void all_vectors_of_the_formula(void **state)
{
    (void)state;
    size_t rows =
        each_row("../shared/vectors/datum/formula_vectors_2000.csv", 0, check_formula);
    assert_int_equal(rows, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_vectors_of_gcoord),
        cmocka_unit_test(round_trips_over_china),
        cmocka_unit_test(foreign_cities_stay),
        cmocka_unit_test(border_cities_are_inside),
        cmocka_unit_test(names_of_datums),
        cmocka_unit_test(ballpark_transformations_are_said),
        cmocka_unit_test(all_cities_of_gcoord),
        cmocka_unit_test(all_vectors_of_the_formula),
    };
    return cmocka_run_group_tests_name("datum", tests, NULL, NULL);
}
