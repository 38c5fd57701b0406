/* The grid as CSV: slices of rows made by all threads, written in order. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/grid.h"
#include "cmd/out/sheet.h"
#include "geo/crs.h"
#include "geo/graticule.h"

enum { SLICE_ENTRIES = 1 << 16, ROW_MAX = 512, FLUSH_BYTES = 1 << 20 };

struct csv {
    const struct grid *grid;
    FILE *file;
    char **cells; /* by number: as they are written */
    struct bins_rows *slices;
    size_t slice_count, next, written;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    enum status status;
    struct error *error;
};

/* One thread's tools. */
struct pen {
    struct csv *csv;
    struct crs *crs;
    struct graticule *graticule;
    struct buffer text;
    size_t slice;
};

/* ---- numbers ---------------------------------------------------------------------------- */

static int count_digits(uint64_t value)
{
    int n = 1;
    for (uint64_t limit = 10; value >= limit && n < 19; limit *= 10)
        n++;
    return n;
}

/* The decimal digits of `value`, `count` of them, zeros before. Returns behind the last. */
static char *put_digits(char *to, uint64_t value, int count)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    int n = count;
    for (; n >= 2; n -= 2, value /= 100)
        memcpy(to + n - 2, pairs + 2 * (value % 100), 2);
    if (n)
        *to = (char)('0' + value % 10);
    return to + count;
}

/* `value` / 10^places, as %.*f writes it. Returns behind the last digit. */
static char *put_fixed(char *to, int64_t value, int places)
{
    static const uint64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (value < 0)
        *to++ = '-';
    uint64_t whole = size / power[places];
    to = put_digits(to, whole, count_digits(whole));
    if (!places)
        return to;
    *to++ = '.';
    return put_digits(to, size - whole * power[places], places);
}

static char *put_corner(char *to, int32_t index, double bin_m)
{
    double corner_m = index * bin_m;
    if (corner_m == rint(corner_m))
        return put_fixed(to, (int64_t)corner_m, 0);
    return to + sprintf(to, "%.10g", corner_m);
}

/* n / d to the nearest, half away from zero; d > 0. */
static int64_t divide_round(int64_t n, int64_t d)
{
    return (n + (n < 0 ? -d / 2 : d / 2)) / d;
}

int64_t grid_mean_mdb(const struct bins_entry *entry)
{
    return divide_round(entry->sum_udb, (int64_t)entry->count * 1000);
}

/* ---- rows ------------------------------------------------------------------------------- */

static char *put_group(const struct csv *csv, char *to, const struct bins_group *group)
{
    const struct grid_settings *settings = &csv->grid->settings;
    const struct bins_entry *entry = &group->entry;
    to = put_fixed(to, entry->count, 0);
    *to++ = ',';
    to = put_fixed(to, grid_mean_mdb(entry), 3);
    *to++ = ',';
    to = put_fixed(to, divide_round(entry->min_udb, 1000), 3);
    for (int q = 0; q < settings->quantile_count; q++) {
        *to++ = ',';
        double level_db = bins_quantile_db(group, settings->quantiles[q] / 100);
        to = put_fixed(to, llrint(level_db * 1000), 3);
    }
    *to++ = ',';
    to = put_fixed(to, divide_round((int64_t)entry->weak * 10000, entry->count), 4);
    *to++ = '\n';
    return to;
}

static void put_square(struct pen *pen, const struct bins_square *square)
{
    const struct csv *csv = pen->csv;
    char place[160], *to = place;
    struct point centre = graticule_centre(pen->graticule, square->ix, square->iy);
    to = put_corner(to, square->ix, csv->grid->settings.bin_m);
    *to++ = ',';
    to = put_corner(to, square->iy, csv->grid->settings.bin_m);
    *to++ = ',';
    to = put_fixed(to, llrint(centre.lon * 1e7), 7);
    *to++ = ',';
    to = put_fixed(to, llrint(centre.lat * 1e7), 7);
    *to++ = ',';
    const struct bins_group *best = csv->grid->settings.by_cell ? NULL : grid_best(square);
    for (size_t g = 0; g < square->count; g++) {
        const struct bins_group *group = &square->groups[g];
        if (best && group != best)
            continue;
        const char *cell = csv->cells[group->entry.group];
        size_t head = (size_t)(to - place), length = strlen(cell);
        size_t need = pen->text.length + head + length + ROW_MAX;
        pen->text.bytes = base_grow(pen->text.bytes, &pen->text.capacity, need, 1);
        char *row = pen->text.bytes + pen->text.length;
        memcpy(row, place, head);
        memcpy(row + head, cell, length);
        pen->text.length =
            (size_t)(put_group(csv, row + head + length, group) - pen->text.bytes);
    }
}

/* ---- slices ----------------------------------------------------------------------------- */

/* Wait until every slice before is written, then write what there is of this one. */
static enum status pen_flush(struct pen *pen, bool last)
{
    struct csv *csv = pen->csv;
    pthread_mutex_lock(&csv->lock);
    while (csv->written < pen->slice && csv->status == STATUS_OK)
        pthread_cond_wait(&csv->turn, &csv->lock);
    size_t length = pen->text.length;
    if (csv->status == STATUS_OK && length &&
        fwrite(pen->text.bytes, 1, length, csv->file) != length)
        csv->status =
            error_set(csv->error, STATUS_IO, "the grid cannot be written: %s", strerror(errno));
    if (csv->status == STATUS_OK && command_stop)
        csv->status = error_set(csv->error, STATUS_INTERRUPTED, "interrupted while writing");
    if (last)
        csv->written++;
    enum status status = csv->status;
    pthread_cond_broadcast(&csv->turn);
    pthread_mutex_unlock(&csv->lock);
    buffer_clear(&pen->text);
    return status;
}

static bool my_turn(struct pen *pen)
{
    pthread_mutex_lock(&pen->csv->lock);
    bool mine = pen->csv->written == pen->slice || pen->csv->status != STATUS_OK;
    pthread_mutex_unlock(&pen->csv->lock);
    return mine;
}

static enum status slice_write(struct pen *pen, struct error *error)
{
    struct bins_cursor *cursor;
    enum status status =
        grid_walk(pen->csv->grid, pen->csv->slices[pen->slice], &cursor, error);
    for (bool found = true; found && status == STATUS_OK;) {
        struct bins_square square;
        status = bins_cursor_next(cursor, &square, &found, error);
        if (status == STATUS_OK && found)
            put_square(pen, &square);
        if (status == STATUS_OK && pen->text.length > FLUSH_BYTES && my_turn(pen))
            status = pen_flush(pen, false);
    }
    bins_cursor_free(cursor);
    return status;
}

static void *pen_run(void *argument)
{
    struct csv *csv = argument;
    struct pen pen = {.csv = csv};
    struct error error = {0};
    enum status status = crs_open(csv->grid->settings.crs_name, &pen.crs, &error);
    if (status == STATUS_OK)
        pen.graticule = graticule_new(pen.crs, csv->grid->settings.bin_m);
    while (status == STATUS_OK) {
        pen.slice = __atomic_fetch_add(&csv->next, 1, __ATOMIC_RELAXED);
        if (pen.slice >= csv->slice_count)
            break;
        status = slice_write(&pen, &error);
        if (status == STATUS_OK)
            status = pen_flush(&pen, true);
    }
    pthread_mutex_lock(&csv->lock);
    if (status != STATUS_OK && csv->status == STATUS_OK)
        csv->status = error_set(csv->error, status, "%s", error.text);
    pthread_cond_broadcast(&csv->turn);
    pthread_mutex_unlock(&csv->lock);
    graticule_free(pen.graticule);
    crs_close(pen.crs);
    buffer_free(&pen.text);
    return NULL;
}

static void pens_run(struct csv *csv, int threads)
{
    pthread_t *ids = base_alloc((size_t)threads, sizeof *ids);
    int started = 0;
    while (started < threads - 1 && pthread_create(&ids[started], NULL, pen_run, csv) == 0)
        started++;
    pen_run(csv);
    while (started)
        pthread_join(ids[--started], NULL);
    free(ids);
}

/* ---- the file --------------------------------------------------------------------------- */

/* A cell id between commas: ",id," quoted where CSV or a spreadsheet needs it. */
static char *cell_text(const char *id)
{
    struct buffer text = {0};
    bool formula = sheet_is_formula(id), quoted = formula || id[strcspn(id, ",\"\r\n")];
    buffer_text(&text, quoted ? "\"" : "");
    buffer_text(&text, formula ? "'" : "");
    for (const char *p = id; *p; p++)
        buffer_append(&text, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
    buffer_text(&text, quoted ? "\"," : ",");
    return text.bytes;
}

static void header_write(const struct grid *grid, FILE *file)
{
    fputs("x_m,y_m,lon,lat,cell_id,samples,mean_dbm,min_dbm", file);
    for (int q = 0; q < grid->settings.quantile_count; q++) {
        char name[32];
        grid_quantile_name(grid->settings.quantiles[q], name);
        fprintf(file, ",%s", name);
    }
    fputs(",weak_share\n", file);
}

static void slices_cut(struct csv *csv)
{
    const struct bins *bins = csv->grid->bins;
    bool memory = bins && !bins_runs(bins) && !csv->grid->part_count;
    csv->slice_count = memory ? bins_count(bins) / SLICE_ENTRIES + 1 : 1;
    csv->slices = base_alloc(csv->slice_count, sizeof *csv->slices);
    csv->slices[0] = BINS_ALL_ROWS;
    if (csv->slice_count > 1)
        bins_cut(bins, csv->slice_count, csv->slices);
}

enum status grid_csv_write(const struct grid *grid, int threads, FILE *file,
                           struct error *error)
{
    struct csv csv = {.grid = grid, .file = file, .error = error};
    csv.cells = base_alloc(grid->cell_count, sizeof *csv.cells);
    for (size_t i = 0; i < grid->cell_count; i++)
        csv.cells[i] = cell_text(grid->cells[i]);
    pthread_mutex_init(&csv.lock, NULL);
    pthread_cond_init(&csv.turn, NULL);
    header_write(grid, file);
    slices_cut(&csv);
    if (grid->settings.crs_name[0])
        pens_run(&csv, (int)BASE_MIN((size_t)BASE_MAX(threads, 1), csv.slice_count));
    pthread_cond_destroy(&csv.turn);
    pthread_mutex_destroy(&csv.lock);
    for (size_t i = 0; i < grid->cell_count; i++)
        free(csv.cells[i]);
    free(csv.cells);
    free(csv.slices);
    return csv.status;
}
