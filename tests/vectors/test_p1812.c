/* p1812: every intermediate value of the reference implementation's validation results (ITU-R
 * Study Group 3, eeveetza/p1812), to 0.01 dB, where ../shared is at hand; two of them always;
 * and what must hold for any path. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "models/radio/p1812.h"

#define FOLDER "../shared/vectors/p1812/"

/* A result's line by its name, and where it is in the struct. */
static const struct {
    const char *line;
    size_t offset;
} expected_lines[] = {
#define LINE(text, field)                                                                      \
    {                                                                                          \
        text, offsetof(struct p1812_result, field)                                             \
    }
    LINE("d (km),", d_km),
    LINE("dlt (km),", dlt_km),
    LINE("dlr (km),", dlr_km),
    LINE("th_t (mrad),", theta_t_mrad),
    LINE("th_r (mrad),", theta_r_mrad),
    LINE("th (mrad),", theta_mrad),
    LINE("hts (m),", hts_m),
    LINE("hrs (m),", hrs_m),
    LINE("w,", omega),
    LINE("dtm (km),", dtm_km),
    LINE("dlm (km),", dlm_km),
    LINE("b0 (%),", b0_pct),
    LINE("ae (km),", ae_km),
    LINE("hst (m),Eq (85)", hst_n_m),
    LINE("hsr (m),Eq (86)", hsr_n_m),
    LINE("hstd (m),", hstd_m),
    LINE("hsrd (m),", hsrd_m),
    LINE("hte (m),", hte_m),
    LINE("hre (m),", hre_m),
    LINE("hm (m),", hm_m),
    LINE("Fi,", fi),
    LINE("Fj,", fj),
    LINE("Fk,", fk),
    LINE("Lbfs,", lbfs_db),
    LINE("Lb0p,", lb0p_db),
    LINE("Lb0b,", lb0b_db),
    LINE("Lbulla (dB),", lbulla_db),
    LINE("Lbulls (dB),", lbulls_db),
    LINE("Ldsph (dB),", ldsph_db),
    LINE("Ld50 (dB),", ld50_db),
    LINE("Ldb (dB),", ldb_db),
    LINE("Ldp (dB),", ldp_db),
    LINE("Lbd50 (dB),", lbd50_db),
    LINE("Lbd (dB),", lbd_db),
    LINE("Lminb0p (dB),", lminb0p_db),
    LINE("Lba (dB),", lba_db),
    LINE("Lminbap (dB),", lminbap_db),
    LINE("Lbda (dB),", lbda_db),
    LINE("Lbam (dB),", lbam_db),
    LINE("Lbs (dB),", lbs_db),
    LINE("Lbc (dB),", lbc_db),
    LINE("Lb (dB),", loss_db),
    LINE("Ep (dBuV/m),", field_dbuv_m),
#undef LINE
};

enum { POINTS = 4096 };

/* A validation profile: its arrays, owned by the test. */
struct validation {
    double distance_km[POINTS], ground_m[POINTS], clutter_m[POINTS];
    unsigned char zone[POINTS];
    struct p1812_path path;
};

static void read_profile(const char *path, struct validation *v)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[1024];
    size_t count = 0, wanted = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "Number of Points:", 17) == 0) {
            wanted = strtoul(line + 18, NULL, 10);
            assert_in_range(wanted, 5, POINTS);
        } else if (count < wanted) {
            int code, zone;
            assert_int_equal(sscanf(line, "%lf,%lf,%d,%lf,%d", &v->distance_km[count],
                                    &v->ground_m[count], &code, &v->clutter_m[count], &zone),
                             5);
            v->zone[count++] = (unsigned char)zone;
        }
    }
    fclose(file);
    assert_int_equal(count, wanted);
    /* The method leaves the ends without clutter; clause 3.2. */
    v->path.count = count;
    v->path.distance_km = v->distance_km;
    v->path.ground_m = v->ground_m;
    v->path.clutter_m = v->clutter_m;
    v->path.zone = v->zone;
}

/* "name,reference,,value," -> value; NAN when the line does not start so. */
static double value_of(const char *line, const char *name)
{
    if (strncmp(line, name, strlen(name)) != 0)
        return NAN;
    const char *comma = strstr(line, ",,");
    const char *value = strncmp(name, "pol", 3) == 0 ? strchr(line, ',') + 1 : comma + 2;
    while (*value == ',')
        value++;
    return strtod(value, NULL);
}

static void set_if(double *field, double value)
{
    if (!isnan(value))
        *field = value;
}

static void read_inputs(FILE *file, struct p1812_path *p)
{
    char line[512];
    double pol = NAN, south = NAN, north = NAN;
    rewind(file);
    while (fgets(line, sizeof line, file)) {
        set_if(&p->frequency_ghz, value_of(line, "f (GHz)"));
        set_if(&p->time_pct, value_of(line, "p (%)"));
        set_if(&p->places_pct, value_of(line, "pL (%)"));
        set_if(&p->places_sigma_db, value_of(line, "sigmaL (dB)"));
        set_if(&p->from_m, value_of(line, "htg (m)"));
        set_if(&p->to_m, value_of(line, "hrg (m)"));
        set_if(&p->dn, value_of(line, "DN "));
        set_if(&p->n0, value_of(line, "N0 "));
        set_if(&p->from_coast_km, value_of(line, "dct (km)"));
        set_if(&p->to_coast_km, value_of(line, "dcr (km)"));
        set_if(&p->latitude_deg, value_of(line, "phi (deg)"));
        set_if(&south, value_of(line, "phi_t"));
        set_if(&north, value_of(line, "phi_r"));
        set_if(&pol, value_of(line, "pol,"));
    }
    p->vertical = pol == 2;
}

static int compare(FILE *file, const char *name, const struct p1812_result *got)
{
    char line[512];
    int compared = 0;
    rewind(file);
    while (fgets(line, sizeof line, file))
        for (size_t i = 0; i < sizeof expected_lines / sizeof *expected_lines; i++) {
            double want = value_of(line, expected_lines[i].line);
            double have = *(const double *)((const char *)got + expected_lines[i].offset);
            if (isnan(want))
                continue;
            compared++;
            if (!(fabs(want - have) <= 0.01))
                fail_msg("%s: %s %.6f is not %.6f", name, expected_lines[i].line, have, want);
        }
    return compared;
}

static void validate(const char *name)
{
    static struct validation v;
    char profile[512], stem[256], result[512];
    snprintf(stem, sizeof stem, "%s", name);
    *strrchr(stem, '_') = '\0';
    snprintf(profile, sizeof profile, FOLDER "validation_profiles/%s.csv", stem);
    snprintf(result, sizeof result, FOLDER "validation_results/%s", name);
    read_profile(profile, &v);
    FILE *file = fopen(result, "r");
    assert_non_null(file);
    read_inputs(file, &v.path);
    v.clutter_m[0] = v.clutter_m[v.path.count - 1] = 0;
    struct p1812_result got = p1812_loss(&v.path);
    assert_int_equal(got.flags, 0);
    assert_int_equal(compare(file, name, &got), 43);
    fclose(file);
}

static void reference_implementation_agrees(void **state)
{
    (void)state;
    DIR *folder = opendir(FOLDER "validation_results");
    if (!folder) {
        print_message("skipped: ../shared/vectors/p1812 is not here\n");
        skip();
    }
    int files = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "combined_results.csv") != 0) {
            validate(entry->d_name);
            files++;
        }
    closedir(folder);
    print_message("%d paths, 43 values each\n", files);
    assert_in_range(files, 60, 70);
}

/* ---- always ---------------------------------------------------------------------------- */

/* b2iseac_rural_land_1km, result 3, of the same validation data. */
static void one_kilometre_by_the_reference(void **state)
{
    (void)state;
    const double km[] = {0, 0.2, 0.4, 0.6, 0.8, 1};
    const double ground[] = {754.4, 754.4, 729.9, 685.3, 634.3, 610.3};
    const double clutter[] = {0, 10, 10, 10, 10, 0};
    struct p1812_path path = {.distance_km = km,
                              .ground_m = ground,
                              .clutter_m = clutter,
                              .count = 6,
                              .frequency_ghz = 0.0953,
                              .time_pct = 50,
                              .places_pct = 50,
                              .from_m = 60,
                              .to_m = 7,
                              .latitude_deg = 53.18551669,
                              .dn = 45,
                              .n0 = 326.079979,
                              .from_coast_km = 500,
                              .to_coast_km = 500};
    struct p1812_result got = p1812_loss(&path);
    assert_float_equal(got.loss_db, 87.48987104, 1e-6);
    assert_float_equal(got.lbs_db, 111.2989308, 1e-5);
    assert_float_equal(got.lba_db, 187.2264202, 1e-5);
    assert_float_equal(got.b0_pct, 7.244912027, 1e-7);
}

enum { STEPS = 61 };
static double steps_km[STEPS], hills_m[STEPS];

/* A made path of 30 km over rolling hills. */
static struct p1812_path made_path(double hill_m)
{
    for (int i = 0; i < STEPS; i++) {
        steps_km[i] = 0.5 * i;
        hills_m[i] = 200 + hill_m * pow(sin(i * 0.21), 2);
    }
    return (struct p1812_path){.distance_km = steps_km,
                               .ground_m = hills_m,
                               .count = STEPS,
                               .frequency_ghz = 1.8,
                               .time_pct = 50,
                               .places_pct = 50,
                               .from_m = 40,
                               .to_m = 10,
                               .latitude_deg = 31,
                               .dn = P1812_DN,
                               .n0 = P1812_N0,
                               .from_coast_km = 500,
                               .to_coast_km = 500};
}

/* The path seen from the other end loses as much at the median time. */
static void both_ways_lose_the_same(void **state)
{
    (void)state;
    struct p1812_path there = made_path(150), back = there;
    double turned_m[STEPS];
    for (int i = 0; i < STEPS; i++)
        turned_m[i] = hills_m[STEPS - 1 - i];
    back.ground_m = turned_m;
    back.from_m = there.to_m, back.to_m = there.from_m;
    for (double p = 1; p <= 50; p += 7) {
        there.time_pct = back.time_pct = p;
        assert_float_equal(p1812_loss(&there).loss_db, p1812_loss(&back).loss_db, 0.01);
    }
}

static void less_time_loses_less(void **state)
{
    (void)state;
    struct p1812_path path = made_path(150);
    double before = 0;
    for (double p = 1; p <= 50; p += 0.5) {
        path.time_pct = p;
        double loss = p1812_loss(&path).loss_db;
        assert_true(loss >= before - 1e-9);
        before = loss;
    }
}

static void higher_hills_lose_more_and_smoothly(void **state)
{
    (void)state;
    double before = NAN;
    for (double hill = 0; hill <= 300; hill += 0.25) {
        struct p1812_path path = made_path(hill);
        double loss = p1812_loss(&path).loss_db;
        if (!isnan(before))
            assert_true(loss > before - 0.35 && loss < before + 0.35);
        before = loss;
    }
    struct p1812_path low = made_path(20);
    double little = p1812_loss(&low).loss_db;
    struct p1812_path high = made_path(300); /* over the same arrays */
    assert_true(p1812_loss(&high).loss_db > little + 20);
}

static void outside_the_range_is_flagged(void **state)
{
    (void)state;
    struct p1812_path path = made_path(50);
    path.frequency_ghz = 28;
    assert_int_equal(p1812_loss(&path).flags, P1812_FREQUENCY);
    assert_true(isnan(p1812_loss(&path).loss_db));
    path.frequency_ghz = 1.8, path.time_pct = 80;
    assert_int_equal(p1812_loss(&path).flags, P1812_PERCENT);
    path.time_pct = 50, path.count = 3;
    assert_int_equal(p1812_loss(&path).flags, P1812_PROFILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_implementation_agrees),
        cmocka_unit_test(one_kilometre_by_the_reference),
        cmocka_unit_test(both_ways_lose_the_same),
        cmocka_unit_test(less_time_loses_less),
        cmocka_unit_test(higher_hills_lose_more_and_smoothly),
        cmocka_unit_test(outside_the_range_is_flagged),
    };
    return cmocka_run_group_tests_name("p1812", tests, NULL, NULL);
}
