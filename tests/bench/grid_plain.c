/* grid_plain: the grid as a plain program makes it, to be compared with `covtriage grid`.
 *
 * usage: grid_plain SAMPLES.csv EPSG:n BIN_M WEAK_DBM GRID.csv
 *
 * libcsv, strtod, PROJ point by point, one hash table, doubles; nothing of covtriage. GRID.csv
 * is what `covtriage grid --by-cell --quantiles 50` wrote; every bin and number of it is
 * checked. Exit 0: equal; the last line says how many. */
#include <csv.h>
#include <math.h>
#include <proj.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 16, TEXT = 96 };

struct bin {
    char key[TEXT]; /* "ix iy cell" */
    long count, weak;
    double sum, min;
    double *levels;
    long capacity;
    bool seen;
};

struct plain {
    PJ *transform;
    double bin_m, weak_dbm;
    char fields[COLUMNS][TEXT];
    int count;
    long rows, used, bins_count;
    bool header;
    struct bin *bins; /* open addressing */
    size_t slots;
};

static void on_field(void *bytes, size_t length, void *context)
{
    struct plain *plain = context;
    if (plain->count < COLUMNS)
        snprintf(plain->fields[plain->count++], TEXT, "%.*s", (int)length, (char *)bytes);
}

static size_t slot_of(const struct bin *bins, size_t slots, const char *key)
{
    size_t hash = 5381;
    for (const char *p = key; *p; p++)
        hash = hash * 33 ^ (unsigned char)*p;
    hash ^= hash >> 15;
    size_t at = hash * 2654435761u % slots;
    while (bins[at].key[0] && strcmp(bins[at].key, key) != 0)
        at = (at + 1) % slots;
    return at;
}

static void grow(struct plain *plain)
{
    size_t slots = plain->slots * 2;
    struct bin *bins = calloc(slots, sizeof *bins);
    if (!bins)
        abort();
    for (size_t i = 0; i < plain->slots; i++)
        if (plain->bins[i].key[0])
            bins[slot_of(bins, slots, plain->bins[i].key)] = plain->bins[i];
    free(plain->bins);
    plain->bins = bins;
    plain->slots = slots;
}

static struct bin *bin_at(struct plain *plain, const char *key)
{
    if ((size_t)plain->bins_count * 2 > plain->slots)
        grow(plain);
    struct bin *bin = &plain->bins[slot_of(plain->bins, plain->slots, key)];
    if (!bin->key[0]) {
        snprintf(bin->key, sizeof bin->key, "%s", key);
        bin->min = INFINITY;
        plain->bins_count++;
    }
    return bin;
}

static bool number(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end;
}

static void add(struct plain *plain)
{
    double lon, lat, level;
    char key[TEXT + 64];
    if (!number(plain->fields[1], &lon) || !number(plain->fields[2], &lat) ||
        !number(plain->fields[5], &level) || level == -140)
        return;
    PJ_COORD at = proj_trans(plain->transform, PJ_FWD, proj_coord(lon, lat, 0, 0));
    snprintf(key, sizeof key, "%.0f %.0f %.60s", floor(at.xy.x / plain->bin_m),
             floor(at.xy.y / plain->bin_m), plain->fields[3]);
    struct bin *bin = bin_at(plain, key);
    if (bin->count == bin->capacity) {
        bin->capacity = bin->capacity ? bin->capacity * 2 : 4;
        bin->levels = realloc(bin->levels, (size_t)bin->capacity * sizeof *bin->levels);
    }
    bin->levels[bin->count++] = level;
    bin->weak += level < plain->weak_dbm;
    bin->sum += level;
    bin->min = fmin(bin->min, level);
    plain->used++;
}

static void on_row(int end, void *context)
{
    struct plain *plain = context;
    (void)end;
    if (plain->header && plain->count > 1) {
        plain->rows++;
        add(plain);
    }
    plain->header = true;
    for (int i = 0; i < COLUMNS; i++)
        plain->fields[i][0] = '\0';
    plain->count = 0;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One row of the grid against the bin. */
static void on_grid_row(int end, void *context)
{
    struct plain *plain = context;
    (void)end;
    if (plain->header && plain->count > 1) {
        char key[TEXT + 64];
        snprintf(key, sizeof key, "%.0f %.0f %.60s",
                 floor(strtod(plain->fields[0], NULL) / plain->bin_m + 0.5),
                 floor(strtod(plain->fields[1], NULL) / plain->bin_m + 0.5), plain->fields[4]);
        struct bin *bin = &plain->bins[slot_of(plain->bins, plain->slots, key)];
        bool ok = bin->key[0] && !bin->seen && strtol(plain->fields[5], NULL, 10) == bin->count;
        if (ok) {
            qsort(bin->levels, (size_t)bin->count, sizeof *bin->levels, compare_double);
            double middle =
                (bin->levels[(bin->count - 1) / 2] + bin->levels[bin->count / 2]) / 2;
            ok = fabs(strtod(plain->fields[6], NULL) - bin->sum / (double)bin->count) <
                     0.0005001 &&
                 fabs(strtod(plain->fields[7], NULL) - bin->min) < 1e-9 &&
                 fabs(strtod(plain->fields[8], NULL) - middle) < 0.0005001 &&
                 fabs(strtod(plain->fields[9], NULL) - (double)bin->weak / (double)bin->count) <
                     0.00005001;
            bin->seen = true;
        }
        if (!ok) {
            printf("differs: %s: %s samples, mean %s, against %ld, %.4f\n", key,
                   plain->fields[5], plain->fields[6], bin->count,
                   bin->sum / (double)bin->count);
            exit(1);
        }
        plain->rows++;
    }
    plain->header = true;
    for (int i = 0; i < COLUMNS; i++)
        plain->fields[i][0] = '\0';
    plain->count = 0;
}

static void parse(struct plain *plain, const char *path, void (*row)(int, void *))
{
    static char bytes[1 << 16];
    struct csv_parser parser;
    FILE *file = fopen(path, "rb");
    if (!file || csv_init(&parser, 0) != 0) {
        perror(path);
        exit(2);
    }
    plain->header = false;
    plain->rows = 0;
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        csv_parse(&parser, bytes, n, on_field, row, plain);
    csv_fini(&parser, on_field, row, plain);
    csv_free(&parser);
    fclose(file);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: grid_plain SAMPLES.csv EPSG:n BIN_M WEAK_DBM GRID.csv\n", stderr);
        return 2;
    }
    struct plain *plain = calloc(1, sizeof *plain);
    PJ_CONTEXT *proj = proj_context_create();
    PJ *raw = proj_create_crs_to_crs(proj, "EPSG:4326", argv[2], NULL);
    plain->transform = raw ? proj_normalize_for_visualization(proj, raw) : NULL;
    plain->bin_m = strtod(argv[3], NULL);
    plain->weak_dbm = strtod(argv[4], NULL);
    plain->slots = 1 << 16;
    plain->bins = calloc(plain->slots, sizeof *plain->bins);
    if (!plain->transform)
        return 2;
    parse(plain, argv[1], on_row);
    long rows = plain->rows, used = plain->used;
    parse(plain, argv[5], on_grid_row);
    if (plain->rows != plain->bins_count) {
        printf("differs: %ld bins, against %ld\n", plain->rows, plain->bins_count);
        return 1;
    }
    printf("equal: %ld rows, %ld used, %ld bins\n", rows, used, plain->bins_count);
    proj_destroy(raw);
    proj_destroy(plain->transform);
    proj_context_destroy(proj);
    return 0;
}
