/* score_county [--confusion] WORLD[=CASES]...: marks of cases.csv against WORLD/truth.csv, one
 * row of a Markdown table a world, and the mean. CASES is WORLD/out/cases.csv unless said. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/point.h"
#include "models/tables/table.h"

enum { KINDS = 5, STEPS = 10 };

static const char *const kinds[KINDS] = {"weak-coverage", "antenna-misalignment",
                                         "transient-outage", "planned-build", "undetermined"};

struct row {
    const char *ticket_id, *verdict, *cell, *plan;
    double confidence;
    struct point at;
};

#define TEXT(column, member)                                                                   \
    {                                                                                          \
        .name = column, .type = FIELD_TEXT, .offset = offsetof(struct row, member)             \
    }
#define NUMBER(column, member)                                                                 \
    {                                                                                          \
        .name = column, .type = FIELD_NUMBER, .offset = offsetof(struct row, member)           \
    }

static const struct field case_fields[] = {
    TEXT("ticket_id", ticket_id),
    TEXT("verdict", verdict),
    TEXT("responsible_cell", cell),
    TEXT("responsible_plan", plan),
    NUMBER("confidence", confidence),
    NUMBER("lon", at.lon),
    NUMBER("lat", at.lat),
};
static const struct field truth_fields[] = {
    TEXT("ticket_id", ticket_id), TEXT("verdict", verdict), TEXT("responsible", cell),
    NUMBER("lon", at.lon),        NUMBER("lat", at.lat),
};
static const struct table_spec case_spec = {.name = "cases",
                                            .fields = case_fields,
                                            .field_count = ARRAY_COUNT(case_fields),
                                            .record_size = sizeof(struct row)};
static const struct table_spec truth_spec = {.name = "truth",
                                             .fields = truth_fields,
                                             .field_count = ARRAY_COUNT(truth_fields),
                                             .record_size = sizeof(struct row)};

struct rows {
    struct row *items;
    size_t count, capacity;
    struct textmap by_id;
};

static enum status keep_row(void *context, const void *record)
{
    struct rows *rows = context;
    rows->items = base_grow(rows->items, &rows->capacity, rows->count + 1, sizeof *rows->items);
    rows->items[rows->count] = *(const struct row *)record;
    textmap_put(&rows->by_id, rows->items[rows->count].ticket_id, (uint32_t)rows->count);
    rows->count++;
    return STATUS_OK;
}

static int kind_of(const char *verdict)
{
    for (int i = 0; i < KINDS; i++)
        if (text_equal(verdict, kinds[i]))
            return i;
    return KINDS - 1; /* what is not said is not determined */
}

struct marks {
    double count, right, macro_f1, calibration_error, bold, bold_wrong, named, name_right;
    double place_median_m, place_p90_m;
};

/* What is added up over the tickets of a world. */
struct sums {
    double table[KINDS][KINDS]; /**< truth, said */
    double step_count[STEPS], step_confidence[STEPS], step_right[STEPS];
    double bold, bold_wrong, named, name_right;
    double *place_m;
    size_t place_count;
};

static void add_ticket(struct sums *sums, const struct row *truth, const struct row *said)
{
    int t = kind_of(truth->verdict), s = said ? kind_of(said->verdict) : KINDS - 1;
    double confidence = said && said->confidence >= 0 ? said->confidence : 0.2;
    int step = (int)fmin(confidence * STEPS, STEPS - 1);
    sums->table[t][s]++;
    sums->step_count[step]++;
    sums->step_confidence[step] += confidence;
    sums->step_right[step] += t == s;
    sums->bold += confidence >= 0.9;
    sums->bold_wrong += confidence >= 0.9 && t != s;
    if (said && t == s && (t == 1 || t == 3)) {
        sums->named++;
        sums->name_right +=
            text_equal(truth->cell, said->cell) || text_equal(truth->cell, said->plan);
    }
    if (said && point_valid(said->at))
        sums->place_m[sums->place_count++] = point_distance_m(truth->at, said->at);
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double macro_f1(const struct sums *sums)
{
    double f1 = 0;
    for (int k = 0; k < KINDS; k++) {
        double truth = 0, said = 0;
        for (int i = 0; i < KINDS; i++) {
            truth += sums->table[k][i];
            said += sums->table[i][k];
        }
        if (truth + said > 0)
            f1 += 2 * sums->table[k][k] / (truth + said) / KINDS;
    }
    return f1;
}

static struct marks sums_mark(struct sums *sums)
{
    struct marks m = {.macro_f1 = macro_f1(sums), .named = sums->named};
    for (int k = 0; k < STEPS; k++) {
        m.count += sums->step_count[k];
        m.right += sums->step_right[k];
        m.calibration_error += fabs(sums->step_confidence[k] - sums->step_right[k]);
    }
    m.calibration_error /= m.count;
    m.right /= m.count;
    m.bold = sums->bold / m.count;
    m.bold_wrong = sums->bold > 0 ? sums->bold_wrong / sums->bold : 0;
    m.name_right = sums->named > 0 ? sums->name_right / sums->named : NAN;
    qsort(sums->place_m, sums->place_count, sizeof(double), compare_numbers);
    size_t n = sums->place_count;
    m.place_median_m = n ? sums->place_m[n / 2] : NAN;
    m.place_p90_m = n ? sums->place_m[n * 9 / 10] : NAN;
    return m;
}

static void print_confusion(const struct sums *sums)
{
    printf("%-22s", "truth \\ said");
    for (int k = 0; k < KINDS; k++)
        printf("%11.10s", kinds[k]);
    puts("");
    for (int t = 0; t < KINDS; t++) {
        printf("%-22s", kinds[t]);
        for (int s = 0; s < KINDS; s++)
            printf("%11.0f", sums->table[t][s]);
        puts("");
    }
}

static void print_head(void)
{
    puts("| world | tickets | macro-F1 | right | calibration error | said >= 0.9 | of these "
         "wrong "
         "| cell or plan right | place error p50/p90 m "
         "|\n|---|---|---|---|---|---|---|---|---|");
}

static void print_marks(const char *name, const struct marks *m)
{
    printf("| %s | %.0f | %.3f | %.3f | %.3f | %.0f %% | %.1f %% | %.0f %% | %.0f / %.0f |\n",
           name, m->count, m->macro_f1, m->right, m->calibration_error, 100 * m->bold,
           100 * m->bold_wrong, 100 * m->name_right, m->place_median_m, m->place_p90_m);
}

static enum status score_world(const char *world, const char *cases, bool confusion,
                               struct marks *marks, struct error *error)
{
    char path[4096];
    struct arena *arena = arena_new();
    struct rejects rejects = {.arena = arena};
    struct table_options options = {.arena = arena, .rejects = &rejects};
    struct rows truth = {0}, said = {0};
    snprintf(path, sizeof path, "%s/truth.csv", world);
    enum status status = table_read(path, &truth_spec, &options, keep_row, &truth, NULL, error);
    if (status == STATUS_OK)
        status = table_read(cases, &case_spec, &options, keep_row, &said, NULL, error);
    struct sums sums = {.place_m = base_alloc(truth.count + 1, sizeof(double))};
    for (size_t i = 0; i < truth.count && status == STATUS_OK; i++) {
        uint32_t k = textmap_get(&said.by_id, truth.items[i].ticket_id);
        add_ticket(&sums, &truth.items[i], k == TEXTMAP_NONE ? NULL : &said.items[k]);
    }
    *marks = sums_mark(&sums);
    if (confusion && status == STATUS_OK)
        print_confusion(&sums);
    free(sums.place_m);
    free(truth.items);
    free(said.items);
    free(rejects.items);
    textmap_free(&truth.by_id);
    textmap_free(&said.by_id);
    arena_free(arena);
    return status;
}

static void add_mean(struct marks *mean, const struct marks *m, double worlds)
{
    mean->count += m->count;
    mean->macro_f1 += m->macro_f1 / worlds;
    mean->right += m->right / worlds;
    mean->calibration_error += m->calibration_error / worlds;
    mean->bold += m->bold / worlds;
    mean->bold_wrong += m->bold_wrong / worlds;
    mean->name_right += m->name_right / worlds;
    mean->place_median_m += m->place_median_m / worlds;
    mean->place_p90_m += m->place_p90_m / worlds;
}

int main(int argc, char **argv)
{
    bool confusion = argc > 1 && text_equal(argv[1], "--confusion");
    int first = 1 + confusion, worlds = argc - first;
    struct marks mean = {0};
    if (worlds < 1) {
        fputs("usage: score_county [--confusion] WORLD[=CASES]...\n", stderr);
        return 2;
    }
    print_head();
    for (int i = first; i < argc; i++) {
        char world[2048], cases[4096];
        const char *equal = strchr(argv[i], '=');
        struct error error = {0};
        struct marks marks;
        snprintf(world, sizeof world, "%.*s", (int)strcspn(argv[i], "="), argv[i]);
        snprintf(cases, sizeof cases, "%s%s", equal ? equal + 1 : world,
                 equal ? "" : "/out/cases.csv");
        if (score_world(world, cases, confusion, &marks, &error) != STATUS_OK) {
            fprintf(stderr, "score_county: %s\n", error.text);
            return 1;
        }
        const char *slash = strrchr(world, '/');
        print_marks(slash ? slash + 1 : world, &marks);
        add_mean(&mean, &marks, worlds);
    }
    if (worlds > 1)
        print_marks("**mean**", &mean);
    return 0;
}
