/* covtriage grid: measurements in square bins, for GIS tools and for joining later. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cmd/grid.h"
#include "cmd/memory.h"
#include "cmd/out/sheet.h"
#include "cmd/outfile.h"
#include "geo/crs.h"

static const char doc[] =
    "Put samples (drive tests, CQT, MR, MDT) into square bins: samples, mean, minimum, "
    "quantiles "
    "and the share below the level that the rules call weak, for each bin's best server or for "
    "each cell. OUT is .csv, .gpkg, or .tif (a Cloud-Optimized GeoTIFF, one band a "
    "statistic).\v"
    "The bins are squares of --bin-m metres in the UTM zone of the data's middle, or in "
    "--dst-crs, aligned to multiples of their size. The best server of a bin is the cell with "
    "the highest mean level there.\n\n"
    "Many machines: `covtriage grid --partial SHARD -o SHARD.part` for each shard, then "
    "`covtriage grid --merge *.part -o OUT`. The result is byte for byte that of one run, "
    "whatever the split and the order. Parts must lie in the same zone: give them the same "
    "--dst-crs when the data straddles two.\n\n"
    "Examples:\n"
    "  covtriage grid drive.csv -o drive.tif\n"
    "  covtriage grid mr/*.csv --by-cell --quantiles 5,50,95 -o mr.gpkg\n"
    "  covtriage grid mr.csv --set weak_rsrp_dbm=-105 --bin-m 20 -o mr.csv";

enum { KEY_BIN = 0x300, KEY_BY_CELL, KEY_QUANTILES, KEY_DST_CRS, KEY_PARTIAL, KEY_MERGE };
enum { KEY_MEMORY = 0x340, KEY_REJECTS };

struct own_options {
    double bin_m;
    bool by_cell, partial, merge;
    double quantiles[GRID_QUANTILES_MAX];
    int quantile_count;
    const char *dst_crs, *rejects;
    uint64_t memory_bytes;
};

static const struct argp_option own_argp_options[] = {
    {"bin-m", KEY_BIN, "METRES", 0, "side of a bin (default: the rule bin_m)", 0},
    {"by-cell", KEY_BY_CELL, NULL, 0, "a row for each bin and cell, not the best server", 0},
    {"quantiles", KEY_QUANTILES, "5,50,95", 0, "quantiles of the levels, in percent", 0},
    {"dst-crs", KEY_DST_CRS, "CRS", 0, "plane of the bins, in metres (default: UTM)", 0},
    {"partial", KEY_PARTIAL, NULL, 0, "write a part that --merge can join", 0},
    {"merge", KEY_MERGE, NULL, 0, "join parts instead of reading samples", 0},
    {"max-memory", KEY_MEMORY, "SIZE", 0,
     "of the bins, such as 8G; beyond it they go to disk beside OUT (default: half of the RAM)",
     0},
    {"rejects", KEY_REJECTS, "FILE.csv", 0, "list the refused rows there", 0},
    {0},
};

/* ---- options ---------------------------------------------------------------------------- */

static void parse_quantiles(const char *arg, struct own_options *own, struct argp_state *state)
{
    own->quantile_count = 0;
    for (const char *p = arg; *p;) {
        char *end;
        double value = strtod(p, &end);
        if (end == p || !(value >= 0 && value <= 100) || (*end && *end != ','))
            argp_error(state, "--quantiles takes percentages such as 5,50,95, not '%s'", arg);
        if (own->quantile_count == GRID_QUANTILES_MAX)
            argp_error(state, "--quantiles takes at most %d", GRID_QUANTILES_MAX);
        own->quantiles[own->quantile_count++] = value;
        p = *end ? end + 1 : end;
    }
}

static void parse_bin(const char *arg, struct own_options *own, struct argp_state *state)
{
    char *end;
    own->bin_m = strtod(arg, &end);
    const struct rule *rule = &rule_table[RULE_bin_m];
    if (end == arg || *end || !(own->bin_m >= rule->min && own->bin_m <= rule->max))
        argp_error(state, "--bin-m takes %g to %g metres, not '%s'", rule->min, rule->max, arg);
}

static error_t parse_own(int key, char *arg, struct argp_state *state)
{
    struct own_options *own = state->input;
    switch (key) {
    case KEY_BIN:
        parse_bin(arg, own, state);
        return 0;
    case KEY_BY_CELL:
        own->by_cell = true;
        return 0;
    case KEY_QUANTILES:
        parse_quantiles(arg, own, state);
        return 0;
    case KEY_DST_CRS:
        own->dst_crs = arg;
        return 0;
    case KEY_PARTIAL:
        own->partial = true;
        return 0;
    case KEY_MERGE:
        own->merge = true;
        return 0;
    case KEY_MEMORY:
        if (!memory_parse(arg, &own->memory_bytes))
            argp_error(state, "--max-memory takes at least 16M, such as 500M or 8G, not '%s'",
                       arg);
        return 0;
    case KEY_REJECTS:
        own->rejects = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp own_argp = {own_argp_options, parse_own, NULL, NULL, NULL, NULL, NULL};

/* ---- the grid --------------------------------------------------------------------------- */

uint32_t grid_cell(struct grid *grid, const char *cell_id)
{
    uint32_t number = textmap_get(&grid->cell_numbers, cell_id);
    if (number != TEXTMAP_NONE)
        return number;
    const char *id = arena_text(grid->arena, cell_id, strlen(cell_id));
    grid->cells =
        base_grow(grid->cells, &grid->cell_capacity, grid->cell_count + 1, sizeof *grid->cells);
    grid->cells[grid->cell_count] = id;
    return textmap_put(&grid->cell_numbers, id, (uint32_t)grid->cell_count++);
}

static int compare_cells(const void *a, const void *b, void *context)
{
    const struct grid *grid = context;
    return strcmp(grid->cells[*(const uint32_t *)a], grid->cells[*(const uint32_t *)b]);
}

void grid_rank(struct grid *grid)
{
    uint32_t *order = base_alloc(grid->cell_count, sizeof *order);
    for (size_t i = 0; i < grid->cell_count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, grid->cell_count, sizeof *order, compare_cells, grid);
    grid->rank = base_alloc(grid->cell_count, sizeof *grid->rank);
    for (size_t r = 0; r < grid->cell_count; r++)
        grid->rank[order[r]] = (uint32_t)r;
    free(order);
}

void grid_free(struct grid *grid)
{
    for (size_t i = 0; i < grid->part_count; i++) {
        if (grid->parts[i].fd >= 0)
            close(grid->parts[i].fd);
        free(grid->parts[i].cells);
    }
    free(grid->parts);
    free(grid->rank);
    free(grid->cells);
    textmap_free(&grid->cell_numbers);
    bins_free(grid->bins);
    arena_free(grid->arena);
}

enum status grid_walk(const struct grid *grid, struct bins_rows rows, struct bins_cursor **out,
                      struct error *error)
{
    struct bins_cursor *cursor = *out = bins_cursor_new(grid->rank);
    enum status status =
        grid->bins ? bins_cursor_add(cursor, grid->bins, rows, error) : STATUS_OK;
    for (size_t i = 0; i < grid->part_count && status == STATUS_OK; i++) {
        const struct grid_part *part = &grid->parts[i];
        struct bins_stream stream = {.fd = part->fd,
                                     .offset = part->offset,
                                     .length = part->length,
                                     .levels = grid->settings.quantile_count > 0,
                                     .groups = part->cells,
                                     .group_count = part->cell_count,
                                     .name = part->path};
        status = bins_cursor_add_stream(cursor, &stream, error);
    }
    return status;
}

/* Is the mean of `a` above that of `b`? Exactly, and then by samples. */
static bool is_better(const struct bins_entry *a, const struct bins_entry *b)
{
    __int128 x = (__int128)a->sum_udb * b->count, y = (__int128)b->sum_udb * a->count;
    return x != y ? x > y : a->count > b->count;
}

const struct bins_group *grid_best(const struct bins_square *square)
{
    const struct bins_group *best = square->groups;
    for (size_t g = 1; g < square->count; g++)
        if (is_better(&square->groups[g].entry, &best->entry))
            best = &square->groups[g];
    return best;
}

void grid_quantile_name(double percent, char name[32])
{
    bool small = percent < 10 && percent == floor(percent);
    snprintf(name, 32, small ? "q0%g_dbm" : "q%g_dbm", percent);
}

/* ---- the output ------------------------------------------------------------------------- */

enum form { FORM_UNKNOWN = 0, FORM_CSV, FORM_GPKG, FORM_TIF, FORM_PART };

static enum form form_of(const char *path, bool partial)
{
    static const struct {
        const char *ending;
        enum form form;
    } forms[] = {
        {".csv", FORM_CSV}, {".gpkg", FORM_GPKG}, {".tif", FORM_TIF}, {".tiff", FORM_TIF}};
    size_t n = strlen(path);
    for (size_t i = 0; i < ARRAY_COUNT(forms) && !partial; i++) {
        size_t m = strlen(forms[i].ending);
        if (n > m && strcasecmp(path + n - m, forms[i].ending) == 0)
            return forms[i].form;
    }
    return partial ? FORM_PART : FORM_UNKNOWN;
}

static enum status check_output(const struct options *options, const struct own_options *own,
                                struct error *error)
{
    if (!options->operand_count)
        return error_set(error, STATUS_USAGE, "grid needs %s; see: covtriage grid --help",
                         own->merge ? "parts to join" : "sample files");
    if (text_empty(options->output))
        return error_set(error, STATUS_USAGE, "grid needs -o OUT.csv, .gpkg or .tif");
    enum form form = form_of(options->output, own->partial);
    if (form == FORM_UNKNOWN)
        return error_set(error, STATUS_USAGE,
                         "%s: grid writes .csv, .gpkg or .tif, or a part with --partial",
                         options->output);
    if (form == FORM_TIF && own->by_cell)
        return error_set(error, STATUS_USAGE,
                         "a raster holds one cell for each bin: leave --by-cell, or write "
                         ".gpkg or .csv");
    if (own->merge && (own->dst_crs || own->bin_m > 0))
        return error_set(error, STATUS_USAGE,
                         "the parts decide --dst-crs and --bin-m; give them with --partial");
    return outfile_check(options->output, options->overwrite, "OUT.csv", error);
}

static enum status write_text(const struct grid *grid, enum form form, int threads,
                              const char *path, struct error *error)
{
    FILE *file = fopen(path, "wbx");
    if (!file)
        return error_set(error, STATUS_IO, "%s: %s", path, strerror(errno));
    enum status status = form == FORM_CSV ? grid_csv_write(grid, threads, file, error)
                                          : grid_part_write(grid, file, error);
    bool failed = ferror(file) != 0;
    if ((fclose(file) != 0 || failed) && status == STATUS_OK)
        status = error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    return status;
}

static enum status write_form(const struct grid *grid, const struct options *options,
                              const struct own_options *own, const char *path,
                              struct error *error)
{
    enum form form = form_of(options->output, own->partial);
    if (form == FORM_TIF)
        return grid_tif_write(grid, own->memory_bytes, path, error);
    return form == FORM_GPKG ? grid_gpkg_write(grid, path, error)
                             : write_text(grid, form, options->threads, path, error);
}

/* Under a name of its own first, so that OUT is whole or not there. */
static enum status write_output(const struct grid *grid, const struct options *options,
                                const struct own_options *own, struct error *error)
{
    enum form form = form_of(options->output, own->partial);
    if (form != FORM_CSV && form != FORM_PART && !grid->settings.crs_name[0])
        return error_set(error, STATUS_MISSING, "there is no sample that could be placed");
    struct outfile file;
    enum status status = outfile_open(options->output,
                                      form == FORM_GPKG  ? ".gpkg"
                                      : form == FORM_TIF ? ".tif"
                                                         : "",
                                      &file, error);
    if (status == STATUS_OK)
        status = write_form(grid, options, own, file.staging, error);
    if (status == STATUS_OK)
        status = outfile_publish(&file, error);
    outfile_close(&file);
    return status;
}

/* ---- the report ------------------------------------------------------------------------- */

static enum status write_rejects(const char *path, const struct rejects *rejects,
                                 struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, 0, error) != STATUS_OK)
        return error->status;
    static const char *const names[] = {"file", "line", "column", "value", "reason"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        sheet_text(&sheet, names[i]);
    sheet_end(&sheet);
    for (size_t i = 0; i < rejects->count; i++) {
        const struct reject *reject = &rejects->items[i];
        char line[16];
        snprintf(line, sizeof line, "%" PRIu32, reject->line);
        const char *texts[] = {reject->file, line, reject->column, reject->value,
                               reject->reason};
        for (size_t t = 0; t < ARRAY_COUNT(texts); t++)
            sheet_text(&sheet, texts[t]);
        sheet_end(&sheet);
    }
    return sheet_close(&sheet, error);
}

static void print_json(const struct grid *grid, const struct options *options)
{
    const struct grid_counts *counts = &grid->counts;
    struct json_object *out = json_object_new_object();
    json_object_object_add(out, "output", json_object_new_string(options->output));
    json_object_object_add(out, "crs", json_object_new_string(grid->settings.crs_name));
    json_object_object_add(out, "bin_m", json_object_new_double(grid->settings.bin_m));
    json_object_object_add(out, "rows", json_object_new_uint64(counts->rows));
    json_object_object_add(out, "refused", json_object_new_uint64(counts->refused));
    json_object_object_add(out, "dropped_values", json_object_new_uint64(counts->dropped));
    json_object_object_add(out, "placed", json_object_new_uint64(counts->placed));
    json_object_object_add(out, "unplaced", json_object_new_uint64(counts->unplaced));
    json_object_object_add(out, "cells", json_object_new_uint64(grid->cell_count));
    puts(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PRETTY));
    json_object_put(out);
}

static void print_rejects(const struct options *options, const struct rejects *rejects)
{
    size_t shown = BASE_MIN(rejects->count, 3);
    for (size_t i = 0; i < shown; i++) {
        const struct reject *reject = &rejects->items[i];
        command_say(options, "%s:%" PRIu32 ": %s '%s': %s", reject->file, reject->line,
                    reject->column, reject->value, reject->reason);
    }
    if (rejects->total > shown)
        command_say(options, "... and %zu more; --rejects FILE.csv lists them",
                    rejects->total - shown);
}

static void print_report(const struct grid *grid, const struct options *options,
                         const struct rejects *rejects)
{
    const struct grid_counts *counts = &grid->counts;
    print_rejects(options, rejects);
    command_say(options,
                "%s: %" PRIu64 " rows, %" PRIu64 " refused, %" PRIu64 " samples in bins of %g m"
                " of %zu cells, %s",
                options->output, counts->rows, counts->refused, counts->placed,
                grid->settings.bin_m, grid->cell_count,
                grid->settings.crs_name[0] ? grid->settings.crs_name : "no plane");
    if (counts->unplaced)
        command_say(options, "%" PRIu64 " samples have no place in %s", counts->unplaced,
                    grid->settings.crs_name);
    if (options->json)
        print_json(grid, options);
}

/* ---- the command ------------------------------------------------------------------------ */

static enum status check_plane(const char *name, struct error *error)
{
    struct crs *crs;
    enum status status = crs_open(name, &crs, error);
    if (status != STATUS_OK)
        return status;
    bool metres = crs_in_metres(crs);
    crs_close(crs);
    return metres ? STATUS_OK
                  : error_set(error, STATUS_USAGE,
                              "--dst-crs %s is not a plane in metres, as bins need it", name);
}

static enum status fill_grid(const struct options *options, const struct own_options *own,
                             struct grid *grid, struct rejects *rejects, struct error *error)
{
    if (own->merge) {
        enum status status = grid_parts_open(options, grid, error);
        grid->settings.by_cell |= own->by_cell;
        if (status != STATUS_OK || !own->quantile_count)
            return status;
        if (!grid->settings.quantile_count)
            return error_set(error, STATUS_USAGE,
                             "the parts hold no levels; make them with --quantiles");
        grid->settings.quantile_count = own->quantile_count;
        memcpy(grid->settings.quantiles, own->quantiles, sizeof own->quantiles);
        return STATUS_OK;
    }
    grid->settings = (struct grid_settings){
        .bin_m = own->bin_m > 0 ? own->bin_m : RULE_VALUE(&options->rules, bin_m),
        .weak_rsrp_dbm = RULE_VALUE(&options->rules, weak_rsrp_dbm),
        .weak_rxlev_dbm = RULE_VALUE(&options->rules, weak_rxlev_dbm),
        .by_cell = own->by_cell,
        .quantile_count = own->quantile_count,
    };
    memcpy(grid->settings.quantiles, own->quantiles, sizeof own->quantiles);
    struct grid_input input = {options, own->dst_crs, own->memory_bytes};
    enum status status = own->dst_crs ? check_plane(own->dst_crs, error) : STATUS_OK;
    if (status == STATUS_OK)
        status = grid_read(&input, grid, rejects, error);
    if (status == STATUS_OK)
        bins_sort(grid->bins, options->threads);
    return status;
}

static enum status run(const struct options *options, const struct own_options *own,
                       struct grid *grid, struct rejects *rejects, struct error *error)
{
    enum status status = check_output(options, own, error);
    if (status == STATUS_OK)
        status = fill_grid(options, own, grid, rejects, error);
    if (status != STATUS_OK)
        return status;
    grid_rank(grid);
    status = write_output(grid, options, own, error);
    if (status == STATUS_OK && own->rejects)
        status = write_rejects(own->rejects, rejects, error);
    return status;
}

int command_grid(int argc, char **argv)
{
    struct options options;
    struct own_options own = {.memory_bytes = memory_of_machine() / 2};
    command_parse(argc, argv, &own_argp, &own, "SAMPLES...\n--merge PARTS...", doc, &options);
    command_catch_signals();
    struct grid grid = {.arena = arena_new()};
    struct rejects rejects = {0};
    struct error error = {0};
    enum status status = run(&options, &own, &grid, &rejects, &error);
    if (status == STATUS_OK)
        print_report(&grid, &options, &rejects);
    bool strict = status == STATUS_OK && options.strict && grid.counts.refused;
    grid_free(&grid);
    free(rejects.items);
    arena_free(rejects.arena);
    if (status != STATUS_OK)
        return command_fail(&error);
    return strict ? EXIT_ROWS_REFUSED : EXIT_DONE;
}
