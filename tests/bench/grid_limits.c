/* grid_limits: what the grid's parts are measured against.
 *
 * usage: grid_limits vector FILE     a bare vector scan, four numbers of every row
 *        grid_limits scanner FILE    the scanner of covtriage, samples thrown away
 *        grid_limits libcsv FILE     libcsv, the same four numbers by strtod
 *        grid_limits cog N           a raster of N x N as a COG, by raster_write() and by GDAL
 *        grid_limits run COMMAND...  "CPU WALL MB" of a command: seconds, peak resident size
 * Prints CPU seconds (user + system) of one thread. */
#include <csv.h>
#include <fcntl.h>
#include <gdal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "geo/raster.h"
#include "models/tables/scan.h"
#include "models/tables/scan_number.h"
#include "models/tables/scan_tokens.h"

enum { PIECE = 1 << 19, COLUMNS = 8 };
static const int wanted[] = {1, 2, 5, 6}; /* lon, lat, rsrp_dbm, sinr_db */

static double cpu_s(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* ---- the bare scan ---------------------------------------------------------------------- */

static double row_sum(const char *bytes, const uint32_t *ends, size_t from)
{
    double sum = 0, value;
    for (int i = 0; i < 4; i++) {
        size_t first = wanted[i] ? ends[wanted[i] - 1] + 1 : from;
        if (scan_number(bytes + first, ends[wanted[i]] - first, &value))
            sum += value;
    }
    return sum;
}

static void run_vector(const char *path)
{
    char *bytes = base_alloc(2 * PIECE + SCAN_PADDING, 1);
    struct scan_tokens tokens = {base_alloc(2 * PIECE + SCAN_PADDING, sizeof(uint32_t)),
                                 base_alloc(2 * PIECE / 4096 + 2, sizeof(uint64_t)), 0};
    int fd = open(path, O_RDONLY);
    size_t held = 0;
    long rows = 0;
    double sum = 0;
    for (ssize_t got; (got = read(fd, bytes + held, PIECE)) > 0;) {
        held += (size_t)got;
        scan_tokens_best()(bytes, held, ',', &tokens);
        size_t token = 0, from = 0;
        for (; token + COLUMNS <= tokens.count; token += COLUMNS, rows++) {
            sum += row_sum(bytes, tokens.at + token, from);
            from = tokens.at[token + COLUMNS - 1] + 1;
        }
        held -= from;
        memmove(bytes, bytes + from, held);
    }
    close(fd);
    printf("%.2f s CPU, %ld rows, sum %.1f\n", cpu_s(), rows, sum);
    free(bytes), free(tokens.at), free(tokens.high);
}

/* ---- libcsv ----------------------------------------------------------------------------- */

struct fields {
    int column;
    long rows;
    double sum;
};

static void on_field(void *bytes, size_t length, void *context)
{
    struct fields *fields = context;
    int column = fields->column++;
    if (column != 1 && column != 2 && column != 5 && column != 6)
        return;
    if (length)
        fields->sum += strtod(bytes, NULL);
}

static void on_row(int end, void *context)
{
    struct fields *fields = context;
    (void)end;
    fields->column = 0;
    fields->rows++;
}

static void run_libcsv(const char *path)
{
    static char bytes[1 << 16];
    struct csv_parser parser;
    struct fields fields = {0};
    FILE *file = fopen(path, "rb");
    if (!file || csv_init(&parser, CSV_APPEND_NULL) != 0)
        exit(2);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        csv_parse(&parser, bytes, n, on_field, on_row, &fields);
    csv_fini(&parser, on_field, on_row, &fields);
    csv_free(&parser);
    fclose(file);
    printf("%.2f s CPU, %ld rows, sum %.1f\n", cpu_s(), fields.rows, fields.sum);
}

/* ---- the scanner ------------------------------------------------------------------------ */

static uint32_t any_group(void *context, const char *cell_id)
{
    (void)context, (void)cell_id;
    return 0;
}

static enum status throw_away(void *context, int worker, const struct scan_sample *samples,
                              size_t count, struct error *error)
{
    (void)worker, (void)samples, (void)error;
    *(uint64_t *)context += count;
    return STATUS_OK;
}

static void run_scanner(const char *path)
{
    uint64_t count = 0;
    struct error error = {0};
    struct scan_options options = {
        .threads = 1, .context = &count, .group = any_group, .take = throw_away};
    if (scan_file(path, &options, NULL, &error) != STATUS_OK)
        fprintf(stderr, "%s\n", error.text);
    printf("%.2f s CPU, %lu rows\n", cpu_s(), (unsigned long)count);
}

/* ---- rasters ---------------------------------------------------------------------------- */

static float *surface(int n)
{
    float *values = base_alloc((size_t)n * (size_t)n, sizeof *values);
    struct rng rng;
    rng_seed(&rng, 1);
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++)
            values[(size_t)y * (size_t)n + (size_t)x] =
                rng_next(&rng) % 4
                    ? (float)(rint(10 * (-95 + 20 * sin(x / 300.0) * cos(y / 200.0) +
                                         2 * rng_normal(&rng))) /
                              10)
                    : NAN;
    return values;
}

static double write_ours(const float *values, int n)
{
    struct error error = {0};
    struct raster_band band = {"mean_dbm", values, NULL, NULL};
    struct raster_image image = {.width = n,
                                 .height = n,
                                 .west_m = 500000,
                                 .north_m = 3600000,
                                 .step_m = 50,
                                 .crs_name = "EPSG:32650",
                                 .bands = &band,
                                 .band_count = 1};
    double start = cpu_s();
    if (raster_write("ours.tif", &image, &error) != STATUS_OK)
        fprintf(stderr, "%s\n", error.text);
    return cpu_s() - start;
}

/* The same by GDAL's own driver, from memory, with the same compression. */
static double write_gdal(float *values, int n)
{
    double start = cpu_s(), transform[] = {500000, 50, 0, 3600000, 0, -50};
    GDALDatasetH memory =
        GDALCreate(GDALGetDriverByName("MEM"), "", n, n, 1, GDT_Float32, NULL);
    GDALSetGeoTransform(memory, transform);
    GDALRasterBandH band = GDALGetRasterBand(memory, 1);
    GDALSetRasterNoDataValue(band, NAN);
    if (GDALRasterIO(band, GF_Write, 0, 0, n, n, values, n, n, GDT_Float32, 0, 0) != CE_None)
        exit(1);
    char **settings = NULL;
    static const char *const texts[] = {"COMPRESS=DEFLATE", "PREDICTOR=YES",
                                        "RESAMPLING=NEAREST", NULL};
    settings = (char **)texts;
    GDALDatasetH out = GDALCreateCopy(GDALGetDriverByName("COG"), "gdal.tif", memory, FALSE,
                                      settings, NULL, NULL);
    GDALClose(out);
    GDALClose(memory);
    return cpu_s() - start;
}

static void run_cog(int n)
{
    GDALAllRegister();
    float *values = surface(n);
    for (int round = 0; round < 3; round++) {
        double ours = write_ours(values, n), gdal = write_gdal(values, n);
        printf("%d x %d COG: %.2f s CPU, GDAL's own %.2f s, ratio %.2f\n", n, n, ours, gdal,
               ours / gdal);
    }
    free(values);
}

/* ---- commands --------------------------------------------------------------------------- */

static int run_command(char **argv)
{
    struct timespec start, end;
    struct rusage usage;
    int status = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    double wall =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    printf("%.2f %.2f %.0f\n", cpu, wall, (double)usage.ru_maxrss / 1024);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "run") == 0)
        return run_command(argv + 2);
    const char *mode = argc == 3 ? argv[1] : "";
    if (strcmp(mode, "vector") == 0)
        run_vector(argv[2]);
    else if (strcmp(mode, "libcsv") == 0)
        run_libcsv(argv[2]);
    else if (strcmp(mode, "scanner") == 0)
        run_scanner(argv[2]);
    else if (strcmp(mode, "cog") == 0)
        run_cog(atoi(argv[2]));
    else
        return fputs("usage: grid_limits vector|scanner|libcsv FILE | cog N\n", stderr), 2;
    return 0;
}
