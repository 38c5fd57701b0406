/* bins, graticule: the same whatever the order, split and memory; the same bin as PROJ. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "geo/bins.h"
#include "geo/graticule.h"

enum { SAMPLES = 60000, CELLS = 7 };

static struct bins_sample *samples_made(uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    struct bins_sample *samples = base_alloc(SAMPLES, sizeof *samples);
    for (int i = 0; i < SAMPLES; i++)
        samples[i] = (struct bins_sample){
            .ix = (int32_t)(rng_next(&rng) % 80) - 40,
            .iy = (int32_t)(rng_next(&rng) % 60) - 30,
            .group = (uint32_t)(rng_next(&rng) % CELLS),
            .level_udb = bins_udb(round((-95 + 12 * rng_normal(&rng)) * 10) / 10),
            .sinr_udb = rng_next(&rng) % 3 ? bins_udb(10 * rng_normal(&rng)) : BINS_ABSENT,
            .weak = rng_next(&rng) % 2,
            .serving = rng_next(&rng) % 4 == 0,
            .time_s = (int64_t)(rng_next(&rng) % 100000),
        };
    return samples;
}

/* Everything a walk says, as bytes. */
static struct buffer walked(const struct bins *bins, const struct bins_rows *rows, size_t count)
{
    struct buffer out = {0};
    struct error error = {0};
    for (size_t i = 0; i < count; i++) {
        struct bins_cursor *cursor = bins_cursor_new(NULL);
        assert_int_equal(bins_cursor_add(cursor, bins, rows[i], &error), STATUS_OK);
        struct bins_square square;
        for (bool found;;) {
            assert_int_equal(bins_cursor_next(cursor, &square, &found, &error), STATUS_OK);
            if (!found)
                break;
            for (size_t g = 0; g < square.count; g++)
                bins_encode(&square.groups[g], true, true, &out);
        }
        bins_cursor_free(cursor);
    }
    return out;
}

static struct bins *filled(const struct bins_sample *samples, size_t step, size_t memory_bytes)
{
    struct error error = {0};
    struct bins *bins = bins_new(&(struct bins_options){true, true, memory_bytes, NULL});
    for (size_t first = 0; first < step; first++)
        for (size_t i = first; i < SAMPLES; i += step)
            assert_int_equal(bins_add(bins, &samples[i], 1, &error), STATUS_OK);
    bins_sort(bins, 2);
    return bins;
}

static void order_split_and_memory_change_nothing(void **state)
{
    (void)state;
    struct bins_sample *samples = samples_made(1);
    struct bins_rows all = BINS_ALL_ROWS, cut[5];
    struct bins *plain = filled(samples, 1, 0), *other = filled(samples, 17, 0),
                *tight = filled(samples, 3, 4 << 20);
    assert_int_equal(bins_runs(plain), 0);
    assert_true(bins_runs(tight) > 0);
    bins_cut(plain, 5, cut);
    struct buffer a = walked(plain, &all, 1), b = walked(other, &all, 1),
                  c = walked(tight, &all, 1), d = walked(plain, cut, 5);
    assert_true(a.length > 1000000);
    assert_int_equal(a.length, b.length);
    assert_memory_equal(a.bytes, b.bytes, a.length);
    assert_int_equal(a.length, c.length);
    assert_memory_equal(a.bytes, c.bytes, a.length);
    assert_int_equal(a.length, d.length);
    assert_memory_equal(a.bytes, d.bytes, a.length);
    buffer_free(&a), buffer_free(&b), buffer_free(&c), buffer_free(&d);
    bins_free(plain), bins_free(other), bins_free(tight);
    free(samples);
}

static int compare_int(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* One square and cell, counted plainly. Levels are whole tenths of a dB. */
static void check_group(const struct bins_group *group, const struct bins_sample *samples)
{
    int tenths[SAMPLES / CELLS], n = 0;
    double sum = 0, square = 0;
    uint32_t weak = 0;
    for (int i = 0; i < SAMPLES; i++)
        if (samples[i].ix == group->entry.ix && samples[i].iy == group->entry.iy &&
            samples[i].group == group->entry.group) {
            tenths[n++] = samples[i].level_udb / 100000;
            sum += samples[i].level_udb * 1e-6;
            square += samples[i].level_udb * 1e-6 * samples[i].level_udb * 1e-6;
            weak += samples[i].weak;
        }
    assert_int_equal(group->entry.count, n);
    assert_int_equal(group->entry.weak, weak);
    qsort(tenths, (size_t)n, sizeof tenths[0], compare_int);
    assert_int_equal(group->entry.min_udb, tenths[0] * 100000);
    assert_float_equal(bins_mean_db(&group->entry), sum / n, 1e-9);
    assert_float_equal(bins_deviation_db(group),
                       sqrt(fmax(0, square / n - sum / n * (sum / n))), 1e-5);
    assert_float_equal(bins_quantile_db(group, 0), tenths[0] / 10.0, 1e-9);
    assert_float_equal(bins_quantile_db(group, 1), tenths[n - 1] / 10.0, 1e-9);
    double middle = n % 2 ? tenths[n / 2] : (tenths[n / 2 - 1] + tenths[n / 2]) / 2.0;
    assert_float_equal(bins_quantile_db(group, 0.5), middle / 10, 1e-9);
}

static void statistics_equal_a_plain_count(void **state)
{
    (void)state;
    struct error error = {0};
    struct bins_sample *samples = samples_made(2);
    struct bins *bins = filled(samples, 1, 0);
    struct bins_cursor *cursor = bins_cursor_new(NULL);
    assert_int_equal(bins_cursor_add(cursor, bins, (struct bins_rows){3, 4}, &error),
                     STATUS_OK);
    struct bins_square square;
    uint64_t seen = 0;
    for (bool found;;) {
        assert_int_equal(bins_cursor_next(cursor, &square, &found, &error), STATUS_OK);
        if (!found)
            break;
        for (size_t g = 0; g < square.count; g++)
            check_group(&square.groups[g], samples), seen += square.groups[g].entry.count;
    }
    uint64_t there = 0;
    for (int i = 0; i < SAMPLES; i++)
        there += samples[i].iy == 3 || samples[i].iy == 4;
    assert_int_equal(seen, there);
    bins_cursor_free(cursor);
    bins_free(bins);
    free(samples);
}

/* The quantiles of numpy.percentile([-100.5, -97.3, -90, -90], [5, 25, 50, 95]). */
static void quantiles_interpolate_as_numpy_does(void **state)
{
    (void)state;
    struct bins_level levels[] = {{-10050, 1}, {-9730, 1}, {-9000, 2}};
    struct bins_group group = {.entry.count = 4, .levels = levels, .level_count = 3};
    assert_float_equal(bins_quantile_db(&group, 0.05), -100.02, 1e-9);
    assert_float_equal(bins_quantile_db(&group, 0.25), -98.1, 1e-9);
    assert_float_equal(bins_quantile_db(&group, 0.5), -93.65, 1e-9);
    assert_float_equal(bins_quantile_db(&group, 0.95), -90, 1e-9);
}

static void damage_in_a_stream_is_found(void **state)
{
    (void)state;
    struct error error = {0};
    struct buffer bytes = {0};
    struct bins_group group = {.entry = {.ix = 5, .iy = 5, .count = 2}};
    bins_encode(&group, false, false, &bytes);
    group.entry.ix = 4; /* out of order */
    bins_encode(&group, false, false, &bytes);
    FILE *file = tmpfile();
    assert_int_equal(fwrite(bytes.bytes, 1, bytes.length, file), bytes.length);
    fflush(file);
    struct bins_cursor *cursor = bins_cursor_new(NULL);
    struct bins_stream stream = {.fd = fileno(file), .length = bytes.length, .name = "part"};
    assert_int_equal(bins_cursor_add_stream(cursor, &stream, &error), STATUS_OK);
    struct bins_square square;
    bool found;
    assert_int_equal(bins_cursor_next(cursor, &square, &found, &error), STATUS_FORMAT);
    bins_cursor_free(cursor);
    fclose(file);
    buffer_free(&bytes);
}

/* Random points, and points put onto edges of bins, fall where PROJ says. */
static void graticule_equals_proj(void **state)
{
    (void)state;
    static const char *const names[] = {"EPSG:32650", "EPSG:3857", "EPSG:32719", "EPSG:3035"};
    static const struct point middles[] = {{115.4, 31.8}, {8, 48}, {-70.7, -33.4}, {12, 55}};
    for (size_t c = 0; c < ARRAY_COUNT(names); c++) {
        struct error error = {0};
        struct crs *crs;
        struct rng rng;
        rng_seed(&rng, c + 9);
        assert_int_equal(crs_open(names[c], &crs, &error), STATUS_OK);
        struct graticule *graticule = graticule_new(crs, 50);
        for (int i = 0; i < 100000; i++) {
            struct point at = {middles[c].lon + 0.1 * rng_normal(&rng),
                               middles[c].lat + 0.1 * rng_normal(&rng)};
            if (i % 10 == 0) { /* onto an edge, as near as 1e-9 degrees can be */
                struct xy xy = crs_forward(crs, at);
                at = crs_inverse(crs, (struct xy){50 * floor(xy.x_m / 50), xy.y_m});
                at.lon = round(at.lon * 1e9) / 1e9;
            }
            struct xy xy = crs_forward(crs, at);
            int32_t ix, iy;
            assert_true(graticule_bin(graticule, at, &ix, &iy));
            assert_int_equal(ix, (int32_t)floor(xy.x_m / 50));
            assert_int_equal(iy, (int32_t)floor(xy.y_m / 50));
            if (i % 20)
                continue;
            struct point centre = graticule_centre(graticule, ix, iy);
            struct point exact =
                crs_inverse(crs, (struct xy){(ix + 0.5) * 50, (iy + 0.5) * 50});
            assert_float_equal(centre.lon, exact.lon, 1e-9);
            assert_float_equal(centre.lat, exact.lat, 1e-9);
        }
        struct graticule_counts counts = graticule_counts(graticule);
        assert_true(counts.exact < counts.total / 3);
        int32_t none;
        assert_false(graticule_bin(graticule, POINT_ABSENT, &none, &none));
        graticule_free(graticule);
        crs_close(crs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_split_and_memory_change_nothing),
        cmocka_unit_test(statistics_equal_a_plain_count),
        cmocka_unit_test(quantiles_interpolate_as_numpy_does),
        cmocka_unit_test(damage_in_a_stream_is_found),
        cmocka_unit_test(graticule_equals_proj),
    };
    return cmocka_run_group_tests_name("bins", tests, NULL, NULL);
}
