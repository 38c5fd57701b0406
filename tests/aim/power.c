/* The audit's power: how many wrong azimuths it finds, and how many of its calls are right,
 * against the number of measurements, the directions they come from, and the shadowing.
 * Usage: power [NETWORKS], default 8 for each line. Prints Markdown. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/aim/network.h"

static void add(struct network_marks *sum, const struct network_marks *one)
{
    sum->cells += one->cells;
    sum->judged += one->judged;
    sum->faults += one->faults;
    sum->found += one->found;
    sum->called += one->called;
    sum->tilt_faults += one->tilt_faults;
    sum->tilt_found += one->tilt_found;
    sum->tilt_called += one->tilt_called;
    sum->held += one->held;
    sum->median_deg += one->median_deg;
}

static double percent(unsigned part, unsigned whole)
{
    return whole ? 100.0 * part / whole : NAN;
}

static void print_line(const char *what, double value, struct network_options options,
                       unsigned networks)
{
    struct network_marks sum = {0};
    double samples = 0;
    for (unsigned n = 0; n < networks; n++) {
        options.seed = 1000 + n;
        struct network *network = network_new(&options);
        struct network_marks one = network_mark(network);
        add(&sum, &one);
        samples += (double)network->world->sample_count / (double)network->world->cell_count;
        network_free(network);
    }
    printf("| %s %g | %.0f | %.0f | %u | %.0f | %.1f | %.1f | %.0f | %.0f / %.0f |\n", what,
           value, samples / networks, percent(sum.judged, sum.cells), sum.faults,
           percent(sum.found, sum.faults), percent(sum.found, sum.called),
           sum.median_deg / networks, percent(sum.held, sum.judged),
           percent(sum.tilt_found, sum.tilt_faults), percent(sum.tilt_found, sum.tilt_called));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    unsigned networks = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 8;
    static const unsigned places[] = {200, 500, 1000, 2000, 4000, 12000};
    static const double spans_deg[] = {30, 60, 120, 240, 360};
    static const double shadows_db[] = {4, 7, 10, 13};
    puts("| | samples a cell | judged % | faults | found % | right calls % | median error, deg "
         "| interval holds % | tilt found / right % |");
    puts("|---|---|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        struct network_options options = network_usual(0);
        options.places = places[i];
        print_line("places", options.places, options, networks);
    }
    for (size_t i = 0; i < ARRAY_COUNT(spans_deg); i++) {
        struct network_options options = network_usual(0);
        options.span_deg = spans_deg[i];
        print_line("directions", options.span_deg, options, networks);
    }
    for (size_t i = 0; i < ARRAY_COUNT(shadows_db); i++) {
        struct network_options options = network_usual(0);
        options.shadow_db = shadows_db[i];
        print_line("shadowing dB", options.shadow_db, options, networks);
    }
    return 0;
}
