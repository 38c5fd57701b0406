/* score_positions FOLDER...: place every ticket of case folders that hold a truth.csv
 * (ticket_id, lon, lat) and print, by method, the error and how often the stated 90 % radius
 * holds, beside the plain answer: the ticket's coordinates, else the first place its words
 * match. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tables/rows.h"
#include "models/verdict/locate.h"

struct truth {
    struct textmap tickets;
    struct arena *arena;
    struct point *at;
    size_t count, capacity, id, lon, lat;
};

static enum status truth_header(void *context, uint32_t line, const char *const *names,
                                size_t count, struct error *error)
{
    struct truth *truth = context;
    (void)line;
    (void)error;
    for (size_t i = 0; i < count; i++) {
        if (text_equal(names[i], "ticket_id"))
            truth->id = i;
        if (text_equal(names[i], "lon"))
            truth->lon = i;
        if (text_equal(names[i], "lat"))
            truth->lat = i;
    }
    return STATUS_OK;
}

static enum status truth_row(void *context, uint32_t line, const char *const *values,
                             size_t count, struct error *error)
{
    struct truth *truth = context;
    (void)line;
    (void)error;
    if (count <= truth->lat || count <= truth->lon)
        return STATUS_OK;
    truth->at = base_grow(truth->at, &truth->capacity, truth->count + 1, sizeof *truth->at);
    truth->at[truth->count] =
        (struct point){strtod(values[truth->lon], NULL), strtod(values[truth->lat], NULL)};
    textmap_put(&truth->tickets,
                arena_text(truth->arena, values[truth->id], strlen(values[truth->id])),
                (uint32_t)truth->count++);
    return STATUS_OK;
}

static void truth_refuse(void *context, uint32_t line, const char *column, const char *value,
                         const char *reason)
{
    (void)context;
    (void)column;
    (void)value;
    fprintf(stderr, "truth.csv line %u: %s\n", line, reason);
}

/* ---- marks -------------------------------------------------------------------------- */

struct marks {
    double *error_m;
    size_t count, capacity, held, asked;
    double *plain_m; /* the baseline's error of the same tickets */
    size_t plain_count, plain_capacity;
};

static void mark_plain(struct marks *marks, double error_m)
{
    if (!isfinite(error_m))
        return;
    marks->plain_m = base_grow(marks->plain_m, &marks->plain_capacity, marks->plain_count + 1,
                               sizeof(double));
    marks->plain_m[marks->plain_count++] = error_m;
}

static void mark(struct marks *marks, double error_m, double radius_m)
{
    marks->asked++;
    if (!isfinite(error_m))
        return;
    marks->error_m =
        base_grow(marks->error_m, &marks->capacity, marks->count + 1, sizeof(double));
    marks->error_m[marks->count++] = error_m;
    marks->held += error_m <= radius_m;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_marks(const char *name, struct marks *marks)
{
    if (!marks->asked)
        return;
    if (marks->count)
        qsort(marks->error_m, marks->count, sizeof(double), by_double);
    if (marks->plain_count)
        qsort(marks->plain_m, marks->plain_count, sizeof(double), by_double);
    size_t n = marks->count, m = marks->plain_count;
    printf(
        "  %-22s tickets %4zu  placed %4zu  median %5.0f m (plain %5.0f)  p90 %5.0f m (plain "
        "%5.0f)  in the 90 %% radius %.3f\n",
        name, marks->asked, n, n ? marks->error_m[n / 2] : NAN, m ? marks->plain_m[m / 2] : NAN,
        n ? marks->error_m[n * 9 / 10] : NAN, m ? marks->plain_m[m * 9 / 10] : NAN,
        n ? (double)marks->held / (double)n : NAN);
    free(marks->error_m);
    free(marks->plain_m);
}

/* The ticket's coordinates, else the first match of its address: what a script would do. */
static double plain_error_m(const struct world *world, struct gazetteer_scratch *scratch,
                            const struct complaint *complaint, struct point truth)
{
    struct gazetteer_hit hit = {.at = complaint->at};
    if (!point_valid(hit.at) && world->gazetteer) {
        gazetteer_find(world->gazetteer, scratch, complaint->address, &hit);
        hit.at = hit.candidate_count ? hit.candidates[0].at : hit.at;
    }
    return point_valid(hit.at) ? point_distance_m(hit.at, truth) : NAN;
}

static void score_world(const struct world *world, const struct locator *locator,
                        struct locate_worker *worker, const struct truth *truth)
{
    struct marks all = {0}, method[FIX_METHOD_COUNT] = {{0}};
    struct gazetteer_scratch *scratch =
        world->gazetteer ? gazetteer_scratch_new(world->gazetteer) : NULL;
    (void)locator;
    for (size_t i = 0; i < world->complaint_count; i++) {
        const struct complaint *complaint = &world->complaints[i];
        uint32_t row = textmap_get(&truth->tickets, complaint->ticket_id);
        struct fix fix;
        if (row == TEXTMAP_NONE)
            continue;
        locate(worker, complaint, &fix);
        double error_m =
            fix.method == FIX_NONE ? NAN : point_distance_m(fix.at, truth->at[row]);
        mark(&all, error_m, fix.radius_m);
        mark(&method[fix.method], error_m, fix.radius_m);
        double plain_m = plain_error_m(world, scratch, complaint, truth->at[row]);
        mark_plain(&all, plain_m);
        mark_plain(&method[fix.method], plain_m);
    }
    print_marks("all", &all);
    for (int m = 0; m < FIX_METHOD_COUNT; m++)
        print_marks(m ? fix_method_name((enum fix_method)m) : "not placed", &method[m]);
    gazetteer_scratch_free(scratch);
}

static enum status score_folder(const char *folder, struct error *error)
{
    char path[4096];
    struct world *world = NULL;
    struct locator *locator = NULL;
    struct locate_worker *worker = NULL;
    struct rules rules;
    rules_default(&rules);
    const struct world_options options = {.rules = &rules, .threads = 1};
    struct truth truth = {.arena = arena_new()};
    const struct row_sink sink = {&truth, truth_header, truth_row, truth_refuse};
    struct row_facts facts = {0};
    snprintf(path, sizeof path, "%s/truth.csv", folder);
    enum status status = rows_read_csv(path, &sink, &facts, error);
    if (status == STATUS_OK)
        status = world_load(folder, &options, true, &world, error);
    if (status == STATUS_OK)
        status = locator_new(world, &locator, error);
    if (status == STATUS_OK)
        status = locate_worker_new(locator, &worker, error);
    if (status == STATUS_OK) {
        printf("%s\n", folder);
        score_world(world, locator, worker, &truth);
    }
    locate_worker_free(worker);
    locator_free(locator);
    world_free(world);
    textmap_free(&truth.tickets);
    free(truth.at);
    arena_free(truth.arena);
    return status;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct error error = {0};
        if (score_folder(argv[i], &error) != STATUS_OK) {
            fprintf(stderr, "score_positions: %s\n", error.text);
            return 1;
        }
    }
    return 0;
}
