/* The audit's power: how many wrong azimuths it finds, and how many of its calls are right,
 * against the number of measurements, the directions they come from, and the shadowing; and on
 * networks that differ from the usual one in a way of their own; and whether the stated gains
 * of new aims hold. Usage: power [NETWORKS [curve|kinds|gains]], default 8 for each line and
 * all. Prints Markdown. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/aim/network.h"

static double percent(unsigned part, unsigned whole)
{
    return whole ? 100.0 * part / whole : NAN;
}

static void print_header(void)
{
    puts(
        "| | samples a cell | judged % | faults | found % | right calls % | error, deg, median "
        "/ 95 % | interval holds % | tilt found / right % | sites elsewhere: called / rightly "
        "/ place in radius |");
    puts("|---|---|---|---|---|---|---|---|---|---|");
}

static void print_line(const char *what, struct network_options options, unsigned networks)
{
    struct network_marks sum = {0};
    double samples = 0;
    for (unsigned n = 0; n < networks; n++) {
        options.seed = 1000 + n;
        struct network *network = network_new(&options);
        struct network_marks one = network_mark(network);
        network_marks_add(&sum, &one);
        samples += (double)network->world->sample_count / (double)network->world->cell_count;
        network_free(network);
    }
    printf(
        "| %s | %.0f | %.0f | %u | %.0f | %.1f | %.1f / %.1f | %.0f | %.0f / %.0f | %u: %u / "
        "%u / %u |\n",
        what, samples / networks, percent(sum.judged, sum.cells), sum.faults,
        percent(sum.found, sum.faults), percent(sum.found, sum.called),
        network_error_deg(&sum, 0.5), network_error_deg(&sum, 0.95),
        percent(sum.held, sum.judged), percent(sum.tilt_found, sum.tilt_faults),
        percent(sum.tilt_found, sum.tilt_called), sum.moved, sum.moved_called, sum.moved_right,
        sum.moved_held);
    fflush(stdout);
}

static void print_curve(unsigned networks)
{
    static const unsigned places[] = {200, 500, 1000, 2000, 4000, 12000};
    static const double spans_deg[] = {30, 60, 120, 240, 360};
    static const double shadows_db[] = {4, 7, 10, 13};
    char what[40];
    print_header();
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        struct network_options options = network_usual(0);
        options.places = places[i];
        snprintf(what, sizeof what, "places %u", places[i]);
        print_line(what, options, networks);
    }
    for (size_t i = 0; i < ARRAY_COUNT(spans_deg); i++) {
        struct network_options options = network_usual(0);
        options.span_deg = spans_deg[i];
        snprintf(what, sizeof what, "directions %g", spans_deg[i]);
        print_line(what, options, networks);
    }
    for (size_t i = 0; i < ARRAY_COUNT(shadows_db); i++) {
        struct network_options options = network_usual(0);
        options.shadow_db = shadows_db[i];
        snprintf(what, sizeof what, "shadowing %g dB", shadows_db[i]);
        print_line(what, options, networks);
    }
}

/* One difference from the usual network: the field at `offset` set to `value`. */
struct kind {
    const char *what;
    size_t offset;
    double value;
    bool whole; /* the field is an unsigned */
};

#define REAL(what, field, value)                                                               \
    {                                                                                          \
        what, offsetof(struct network_options, field), value, false                            \
    }
#define WHOLE(what, field, value)                                                              \
    {                                                                                          \
        what, offsetof(struct network_options, field), value, true                             \
    }

static const struct kind kinds[] = {
    WHOLE("as usual", sectors, 3),
    WHOLE("2 sectors", sectors, 2),
    WHOLE("4 sectors", sectors, 4),
    WHOLE("6 sectors", sectors, 6),
    WHOLE("2 cells a report", reports, 2),
    WHOLE("7 cells a report", reports, 7),
    REAL("sites 400 m apart", spacing_m, 400),
    REAL("sites 3 km apart", spacing_m, 3000),
    REAL("28 dB a decade", slope_db, 28),
    REAL("45 dB a decade", slope_db, 45),
    REAL("noise 5 dB", noise_db, 5),
    REAL("reflections 5 dB", reflection_db, 5),
    REAL("power off by 4 dB", power_error_db, 4),
    REAL("ripple 3 dB", ripple_db, 3),
    REAL("streets lead 15 degrees astray", bend_deg, 15),
    REAL("streets lead 25 degrees astray", bend_deg, 25),
    REAL("beamwidths off by 20 %", width_error, 0.2),
    REAL("places off by 30 m", place_error_m, 30),
    REAL("sound mounts off by 8 degrees", install_deg, 8),
    REAL("few faults", azimuth_faults, 0.01),
    REAL("many faults", azimuth_faults, 0.25),
    WHOLE("3 sites with feeders moved on", rotated_sites, 3),
    WHOLE("3 turned masts", turned_sites, 3),
    WHOLE("two bands a panel", bands, 2),
};

static void print_kinds(unsigned networks)
{
    print_header();
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct network_options options = network_usual(0);
        void *field = (char *)&options + kinds[i].offset;
        if (kinds[i].whole)
            *(unsigned *)field = (unsigned)kinds[i].value;
        else
            *(double *)field = kinds[i].value;
        print_line(kinds[i].what, options, networks);
    }
    static const double far_m[] = {150, 300, 800, 2000};
    for (size_t i = 0; i < ARRAY_COUNT(far_m); i++) {
        char what[40];
        struct network_options options = network_usual(0);
        options.moved_sites = 2;
        options.moved_m = far_m[i];
        snprintf(what, sizeof what, "2 sites drawn %g m away", far_m[i]);
        print_line(what, options, networks);
    }
    struct network_options options = network_usual(0);
    options.datum_m = 500;
    print_line("all sites drawn 500 m away", options, networks);
    options = network_usual(0);
    options.bands = 2;
    options.apart = 1;
    print_line("two bands, faults of one band", options, networks);
    options = network_usual(0);
    options.bands = 2;
    options.places = 1000;
    print_line("two bands, 1000 places", options, networks);
}

static void print_gain(const char *what, struct network_options options, unsigned networks)
{
    struct network_gains gains = {0};
    for (unsigned n = 0; n < networks; n++) {
        options.seed = 1000 + n;
        struct network *network = network_new(&options);
        network_mark_gains(network, &gains);
        network_free(network);
    }
    printf("| %s | %u | %.1f / %.1f | %.0f | %u / %u | %u / %u |\n", what, gains.asked,
           gains.sum_db / gains.asked, gains.true_sum_db / gains.asked,
           percent(gains.held, gains.asked), gains.cured, gains.true_cured, gains.broken,
           gains.true_broken);
}

static void print_gains(unsigned networks)
{
    puts("| | new aims | mean gain stated / true, dB | 95 % interval holds % | squares cured, "
         "stated / true | broken, stated / true |\n|---|---|---|---|---|---|");
    struct network_options options = network_usual(0);
    print_gain("as usual", options, networks);
    options.places = 1000;
    print_gain("1000 places", options, networks);
    options = network_usual(0);
    options.ripple_db = 3;
    print_gain("ripple 3 dB", options, networks);
    options = network_usual(0);
    options.width_error = 0.2;
    print_gain("beamwidths off by 20 %", options, networks);
    options = network_usual(0);
    options.bend_deg = 15;
    print_gain("streets lead 15 degrees astray", options, networks);
    options = network_usual(0);
    options.slope_db = 45;
    options.spacing_m = 2000;
    print_gain("45 dB a decade, sites 2 km apart", options, networks);
}

int main(int argc, char **argv)
{
    unsigned networks = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 8;
    if (argc < 3 || strcmp(argv[2], "curve") == 0)
        print_curve(networks);
    if (argc < 3)
        puts("");
    if (argc < 3 || strcmp(argv[2], "kinds") == 0)
        print_kinds(networks);
    if (argc < 3)
        puts("");
    if (argc < 3 || strcmp(argv[2], "gains") == 0)
        print_gains(networks);
    return 0;
}
