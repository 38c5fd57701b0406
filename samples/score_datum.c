/* score_datum TRIALS TICKETS FOLDER...: of each case folder, draw TRIALS tables of TICKETS
 * tickets that carry coordinates and a serving cell, write their coordinates in another system
 * and count how often the table is recognised, with the tickets' words and without. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/verdict/datum_detect.h"

static const struct {
    const char *name;
    enum datum_kind kind;
    bool swapped;
} systems[] = {
    {"WGS84", DATUM_WGS84, false},
    {"GCJ02", DATUM_GCJ02, false},
    {"BD09", DATUM_BD09, false},
    {"WGS84 swapped", DATUM_WGS84, true},
};

/* A table drawn from the world's tickets, without replacement while there are enough. */
static size_t draw_table(const struct world *world, const size_t *from, size_t count,
                         size_t tickets, struct rng *rng, struct complaint *out)
{
    size_t *order = base_alloc(count, sizeof *order);
    memcpy(order, from, count * sizeof *order);
    for (size_t i = 0; i < tickets && i < count; i++) {
        size_t k = i + rng_next(rng) % (count - i), swap = order[i];
        order[i] = order[k];
        order[k] = swap;
        out[i] = world->complaints[order[i]];
    }
    free(order);
    return BASE_MIN(tickets, count);
}

static void write_as(struct complaint *complaint, size_t system, bool words)
{
    struct point p = datum_from_wgs84(systems[system].kind, complaint->at);
    complaint->given = systems[system].swapped ? (struct point){p.lat, p.lon} : p;
    if (!words)
        complaint->address = complaint->description = "";
}

static void try_system(struct world *world, const size_t *from, size_t count, size_t tickets,
                       int trials)
{
    struct complaint *all = world->complaints;
    size_t all_count = world->complaint_count;
    struct complaint *table = base_alloc(tickets, sizeof *table);
    for (size_t k = 0; k < 2 * ARRAY_COUNT(systems); k++) {
        size_t system = k / 2;
        int right = 0, wrong = 0;
        struct rng rng;
        rng_seed(&rng, 7);
        for (int t = 0; t < trials; t++) {
            struct error error = {0};
            struct datum_finding finding;
            world->complaints = all;
            size_t n = draw_table(world, from, count, tickets, &rng, table);
            for (size_t i = 0; i < n; i++)
                write_as(&table[i], system, k % 2 == 0);
            world->complaints = table;
            world->complaint_count = n;
            datum_examine(world, "", &finding, &error);
            bool same = finding.readings[0].kind == systems[system].kind &&
                        finding.readings[0].swapped == systems[system].swapped;
            right += system == 0 ? !finding.used : finding.used && same;
            wrong += finding.used && !same;
            world->complaint_count = all_count;
        }
        printf("  %-14s %-13s right %4d  wrong %3d  undecided %3d  of %d\n",
               systems[system].name, k % 2 ? "without words" : "with words", right, wrong,
               trials - right - wrong, trials);
    }
    world->complaints = all;
    free(table);
}

int main(int argc, char **argv)
{
    for (int a = 3; a < argc; a++) {
        struct rules rules;
        struct error error = {0};
        struct world *world = NULL;
        rules_default(&rules);
        const struct world_options options = {.rules = &rules, .threads = 1};
        if (world_load(argv[a], &options, true, &world, &error) != STATUS_OK) {
            fprintf(stderr, "score_datum: %s\n", error.text);
            return 1;
        }
        size_t *from = base_alloc(world->complaint_count, sizeof *from), count = 0;
        for (size_t i = 0; i < world->complaint_count; i++)
            if (point_valid(world->complaints[i].at) &&
                !text_empty(world->complaints[i].serving_cell))
                from[count++] = i;
        printf("%s: tables of %s of its %zu tickets with coordinates and a cell\n", argv[a],
               argv[2], count);
        try_system(world, from, count, (size_t)atol(argv[2]), atoi(argv[1]));
        free(from);
        world_free(world);
    }
    return 0;
}
