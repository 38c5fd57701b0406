/* Sample files into bins, in the UTM zone of the data's middle. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/grid.h"
#include "geo/crs.h"
#include "geo/datum.h"
#include "geo/file.h"

/* One pass over the files in one plane. */
struct pass {
    const struct grid_input *input;
    struct grid *grid;
    struct rejects *rejects;
    struct progress progress;
    double done_bytes; /* of the files before */
    struct scan_bins_counts counts;
};

static uint32_t pass_cell(void *context, const char *cell_id)
{
    return grid_cell(((struct pass *)context)->grid, cell_id);
}

static void pass_progress(void *context, uint64_t bytes)
{
    struct pass *pass = context;
    progress_step(&pass->progress, pass->done_bytes + (double)bytes);
}

static double file_bytes(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (double)info.st_size : 0;
}

static enum status pass_file(struct pass *pass, const char *path, struct error *error)
{
    const struct options *options = pass->input->options;
    struct scan_bins_options scan = {.crs_name = pass->grid->settings.crs_name,
                                     .bin_m = pass->grid->settings.bin_m,
                                     .src_crs = options->src_crs,
                                     .rules = &options->rules,
                                     .utc_offset_s = options->utc_offset_s,
                                     .threads = options->threads,
                                     .rejects = pass->rejects,
                                     .stop = &command_stop,
                                     .context = pass,
                                     .cell = pass_cell,
                                     .progress = pass_progress};
    struct table_report report = {0};
    enum status status =
        scan_bins(path, &scan, pass->grid->bins, &pass->counts, &report, error);
    pass->grid->counts.rows += report.rows;
    pass->grid->counts.refused += report.refused;
    pass->grid->counts.dropped += report.dropped;
    pass->done_bytes += file_bytes(path);
    return status;
}

static enum status pass_run(struct pass *pass, struct error *error)
{
    const struct options *options = pass->input->options;
    struct bins_options bins = {.levels = pass->grid->settings.quantile_count > 0,
                                .memory_bytes = pass->input->memory_bytes,
                                .spill_path = options->output};
    bins_free(pass->grid->bins);
    pass->grid->bins = bins_new(&bins);
    pass->grid->counts = (struct grid_counts){0};
    double total = 0;
    for (int i = 0; i < options->operand_count; i++)
        total += file_bytes(options->operands[i]);
    progress_start(&pass->progress, options, "reading samples", total);
    enum status status = STATUS_OK;
    for (int i = 0; i < options->operand_count && status == STATUS_OK; i++)
        status = pass_file(pass, options->operands[i], error);
    progress_end(&pass->progress);
    pass->grid->counts.placed = pass->counts.placed;
    pass->grid->counts.unplaced = pass->counts.unplaced;
    return status;
}

/* The zone of the first rows that can be placed: nearly always that of the middle. */
struct first_look {
    struct scan_zones zones;
    uint64_t seen;
};

static enum status look_row(void *context, const void *record)
{
    struct first_look *look = context;
    const struct sample *sample = record;
    int zone = (int)((sample->at.lon + 180.0) / 6.0) % 60;
    look->zones.count[zone]++;
    look->zones.south += sample->at.lat < 0;
    return ++look->seen == 100 ? STATUS_INTERRUPTED : STATUS_OK;
}

static void guess_zone(const struct options *options, char name[16])
{
    struct first_look look = {0};
    for (int i = 0; i < options->operand_count && !look.seen; i++) {
        struct error ignored = {0};
        struct table_options table = {.utc_offset_s = options->utc_offset_s};
        if (!text_empty(options->src_crs) &&
            datum_reader_open(options->src_crs, &table.datum, &ignored) != STATUS_OK)
            continue;
        table_read(options->operands[i], &sample_spec, &table, look_row, &look, NULL, &ignored);
        datum_reader_close(table.datum);
    }
    scan_zones_name(&look.zones, name);
    if (!name[0])
        strcpy(name, "EPSG:32631");
}

static void rejects_clear(struct rejects *rejects)
{
    free(rejects->items);
    if (rejects->arena)
        arena_free(rejects->arena);
    *rejects = (struct rejects){0};
}

/* Reads the files in the plane of their middle, which may take two passes. */
static enum status read_in_plane(const struct grid_input *input, struct grid *grid,
                                 struct rejects *rejects, struct error *error)
{
    char zone[16], middle[16];
    guess_zone(input->options, zone);
    snprintf(grid->settings.crs_name, sizeof grid->settings.crs_name, "%s",
             input->dst_crs ? input->dst_crs : zone);
    struct pass pass = {.input = input, .grid = grid, .rejects = rejects};
    enum status status = pass_run(&pass, error);
    scan_zones_name(&pass.counts.zones, middle);
    if (status != STATUS_OK || input->dst_crs)
        return status;
    if (!middle[0]) {
        grid->settings.crs_name[0] = '\0';
        return STATUS_OK;
    }
    if (strcmp(middle, zone) == 0)
        return STATUS_OK;
    /* The data's middle lies elsewhere than its beginning: once more, in the right plane. */
    snprintf(grid->settings.crs_name, sizeof grid->settings.crs_name, "%s", middle);
    rejects_clear(rejects);
    pass = (struct pass){.input = input, .grid = grid, .rejects = rejects};
    return pass_run(&pass, error);
}

enum status grid_read(const struct grid_input *input, struct grid *grid,
                      struct rejects *rejects, struct error *error)
{
    const struct options *options = input->options;
    size_t count = (size_t)options->operand_count;
    uint64_t *marks = base_alloc(count, sizeof *marks);
    for (size_t i = 0; i < count; i++)
        marks[i] = file_mark(options->operands[i]);
    enum status status = read_in_plane(input, grid, rejects, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = file_unchanged(options->operands[i], marks[i], error);
    free(marks);
    return status;
}
