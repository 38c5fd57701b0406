/* covtriage coverage DIR -o OUT.tif [--resolution M] [--rat RAT]
 * The calibrated surface of best server, sigma and second server as a Cloud-Optimized GeoTIFF.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/outfile.h"
#include "geo/parallel.h"
#include "geo/raster.h"
#include "models/radio/aim.h"
#include "models/radio/surface.h"
#include "models/tables/world.h"

static const char doc[] =
    "Compute what level the best server brings to every place, from the cells and the samples "
    "of the case folder DIR, and write it as a Cloud-Optimized GeoTIFF.\v"
    "Bands: level_dbm (outdoors, the best server), sigma_db (its standard deviation, small "
    "near "
    "measurements), server and second (number of the cell in the cell table, from 1; the names "
    "are in the file's metadata as CELL_n), second_dbm. Only places within 1 km of a "
    "measurement or a cell are filled. Antennas that the audit (covtriage antennas) finds "
    "standing otherwise than the table says are taken as they stand.\n\n"
    "Example: covtriage coverage county -o coverage.tif --resolution 50";

/* Every place is asked for these; the best of them is written. */
enum { SERVERS = 8, OPTION_RESOLUTION = 1100, OPTION_RAT };
static const double MARGIN_M = 1000;
static const double PIXELS_AT_MOST = 100e6;

struct coverage_options {
    double resolution_m;
    enum rat rat;
};

static const struct argp_option own_options[] = {
    {"resolution", OPTION_RESOLUTION, "M", 0, "side of a pixel in metres (default: bin_m)", 0},
    {"rat", OPTION_RAT, "RAT", 0, "only cells of GSM, UMTS, LTE or NR (default: all)", 0},
    {0}};

static error_t own_parse(int key, char *argument, struct argp_state *state)
{
    struct coverage_options *own = state->input;
    char *end;
    switch (key) {
    case OPTION_RESOLUTION:
        own->resolution_m = strtod(argument, &end);
        if (*end || !(own->resolution_m >= 1 && own->resolution_m <= 10000))
            argp_error(state, "--resolution takes metres, 1 to 10000, not '%s'", argument);
        return 0;
    case OPTION_RAT:
        own->rat = name_value(rat_names, argument);
        if (own->rat == RAT_UNKNOWN)
            argp_error(state, "--rat takes GSM, UMTS, LTE or NR, not '%s'", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp own_argp = {own_options, own_parse, NULL, NULL, NULL, NULL, NULL};

/* ---- the lattice --------------------------------------------------------------------- */

enum { BAND_LEVEL, BAND_SIGMA, BAND_SERVER, BAND_SECOND, BAND_SECOND_LEVEL, BAND_COUNT };

struct lattice {
    const struct surface *surface;
    enum rat rat;
    double west_m, north_m, step_m;
    int width, height;
    float *bands[BAND_COUNT];
    unsigned char *wanted; /* by tile of TILE x TILE pixels */
    int tiles_across;
};

enum { TILE = 16, ROWS_TOGETHER = 32 };

static void stretch(double low[2], double high[2], struct xy at)
{
    if (!isfinite(at.x_m) || !isfinite(at.y_m))
        return;
    low[0] = fmin(low[0], at.x_m), low[1] = fmin(low[1], at.y_m);
    high[0] = fmax(high[0], at.x_m), high[1] = fmax(high[1], at.y_m);
}

static struct xy bin_at(const struct world *world, size_t i)
{
    double side_m = RULE_VALUE(&world->rules, bin_m);
    return (struct xy){(world->bins[i].ix + 0.5) * side_m, (world->bins[i].iy + 0.5) * side_m};
}

static void want_around(struct lattice *lattice, struct xy at)
{
    double tile_m = TILE * lattice->step_m;
    if (!isfinite(at.x_m) || !isfinite(at.y_m))
        return;
    int tiles_down = (lattice->height + TILE - 1) / TILE;
    int x0 = (int)floor((at.x_m - MARGIN_M - lattice->west_m) / tile_m);
    int x1 = (int)floor((at.x_m + MARGIN_M - lattice->west_m) / tile_m);
    int y0 = (int)floor((lattice->north_m - at.y_m - MARGIN_M) / tile_m);
    int y1 = (int)floor((lattice->north_m - at.y_m + MARGIN_M) / tile_m);
    for (int y = BASE_MAX(y0, 0); y <= y1 && y < tiles_down; y++)
        for (int x = BASE_MAX(x0, 0); x <= x1 && x < lattice->tiles_across; x++)
            lattice->wanted[(size_t)y * (size_t)lattice->tiles_across + (size_t)x] = 1;
}

static enum status lattice_make(const struct world *world, double step_m,
                                struct lattice *lattice, struct error *error)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < world->site_count; i++)
        stretch(low, high, world->sites[i].xy);
    for (size_t i = 0; i < world->bin_count; i++)
        stretch(low, high, bin_at(world, i));
    if (!(high[0] >= low[0]))
        return error_set(error, STATUS_MISSING, "no cell of %s has a position", world->folder);
    lattice->step_m = step_m;
    lattice->west_m = floor((low[0] - MARGIN_M) / step_m) * step_m;
    lattice->north_m = ceil((high[1] + MARGIN_M) / step_m) * step_m;
    double across = ceil((high[0] + MARGIN_M - lattice->west_m) / step_m);
    double down = ceil((lattice->north_m - low[1] + MARGIN_M) / step_m);
    if (across * down > PIXELS_AT_MOST)
        return error_set(error, STATUS_RANGE,
                         "%.0f x %.0f pixels are too many; give a larger --resolution", across,
                         down);
    lattice->width = (int)across, lattice->height = (int)down;
    lattice->tiles_across = (lattice->width + TILE - 1) / TILE;
    size_t tiles =
        (size_t)lattice->tiles_across * (size_t)((lattice->height + TILE - 1) / TILE);
    lattice->wanted = base_alloc(tiles, 1);
    for (size_t i = 0; i < world->site_count; i++)
        want_around(lattice, world->sites[i].xy);
    const struct bin *last = NULL;
    for (size_t i = 0; i < world->bin_count; i++) {
        const struct bin *bin = &world->bins[i];
        if (!last || bin->ix != last->ix || bin->iy != last->iy)
            want_around(lattice, bin_at(world, i));
        last = bin;
    }
    size_t count = (size_t)lattice->width * (size_t)lattice->height;
    for (int b = 0; b < BAND_COUNT; b++) {
        lattice->bands[b] = base_alloc(count, sizeof(float));
        for (size_t i = 0; i < count; i++)
            lattice->bands[b][i] = NAN;
    }
    return STATUS_OK;
}

static void lattice_free(struct lattice *lattice)
{
    for (int b = 0; b < BAND_COUNT; b++)
        free(lattice->bands[b]);
    free(lattice->wanted);
}

static void fill_pixel(struct lattice *lattice, struct surface_window *window, size_t pixel,
                       struct xy at)
{
    struct surface_server servers[SERVERS];
    size_t found = surface_window_servers(window, at, lattice->rat, servers, SERVERS);
    if (!found)
        return;
    struct surface_level best = surface_best(lattice->surface, servers, found);
    lattice->bands[BAND_LEVEL][pixel] = (float)best.dbm;
    lattice->bands[BAND_SIGMA][pixel] = (float)best.sigma_db;
    lattice->bands[BAND_SERVER][pixel] = (float)(servers[0].cell + 1);
    if (found > 1) {
        lattice->bands[BAND_SECOND][pixel] = (float)(servers[1].cell + 1);
        lattice->bands[BAND_SECOND_LEVEL][pixel] = (float)servers[1].level.dbm;
    }
}

static struct xy pixel_xy(const struct lattice *lattice, int column, int row)
{
    return (struct xy){lattice->west_m + (column + 0.5) * lattice->step_m,
                       lattice->north_m - (row + 0.5) * lattice->step_m};
}

/* A stripe of pixels goes from west to east, so that those of one square of the surface's
 * window come together. */
static void fill_stripe(struct lattice *lattice, struct surface_window *window, int first,
                        int end)
{
    for (int column = 0; column < lattice->width && !command_stop; column++)
        for (int row = first; row < end; row++) {
            size_t tile =
                (size_t)(row / TILE) * (size_t)lattice->tiles_across + (size_t)column / TILE;
            if (lattice->wanted[tile])
                fill_pixel(lattice, window,
                           (size_t)row * (size_t)lattice->width + (size_t)column,
                           pixel_xy(lattice, column, row));
        }
}

static double window_row(const struct lattice *lattice, int row)
{
    return floor(pixel_xy(lattice, 0, row).y_m / SURFACE_WINDOW_M);
}

static void fill_rows(void *context, size_t first, size_t end)
{
    struct lattice *lattice = context;
    struct surface_window *window = surface_window_new(lattice->surface);
    for (int row = (int)first, next = row; row < (int)end && !command_stop; row = next) {
        while (next < (int)end && window_row(lattice, next) == window_row(lattice, row))
            next++;
        fill_stripe(lattice, window, row, next);
    }
    surface_window_free(window);
}

/* Does any place have a level? A raster of nothing is no answer. */
static enum status lattice_judge(const struct lattice *lattice, const struct world *world,
                                 struct error *error)
{
    size_t count = (size_t)lattice->width * (size_t)lattice->height;
    for (size_t i = 0; i < count; i++)
        if (!isnan(lattice->bands[BAND_LEVEL][i]))
            return STATUS_OK;
    return error_set(error, STATUS_MISSING,
                     "no %s%scell of %s brings a level to any place; nothing is written",
                     lattice->rat ? name_of(rat_names, lattice->rat) : "",
                     lattice->rat ? " " : "", world->folder);
}

/* ---- writing ------------------------------------------------------------------------- */

static enum status lattice_write(const struct lattice *lattice, const struct world *world,
                                 const char *path, struct error *error)
{
    const struct raster_band bands[BAND_COUNT] = {
        {.name = "level_dbm", .values = lattice->bands[BAND_LEVEL]},
        {.name = "sigma_db", .values = lattice->bands[BAND_SIGMA]},
        {.name = "server", .values = lattice->bands[BAND_SERVER]},
        {.name = "second", .values = lattice->bands[BAND_SECOND]},
        {.name = "second_dbm", .values = lattice->bands[BAND_SECOND_LEVEL]}};
    struct arena *arena = arena_new();
    const char **metadata = base_alloc(world->cell_count + 1, sizeof *metadata);
    for (size_t i = 0; i < world->cell_count; i++)
        metadata[i] = arena_format(arena, "CELL_%zu=%s", i + 1, world->cells[i].cell_id);
    struct raster_image image = {.width = lattice->width,
                                 .height = lattice->height,
                                 .west_m = lattice->west_m,
                                 .north_m = lattice->north_m,
                                 .step_m = lattice->step_m,
                                 .crs_name = world->crs_name,
                                 .bands = bands,
                                 .band_count = BAND_COUNT,
                                 .metadata = metadata};
    enum status status = raster_write(path, &image, error);
    free(metadata);
    arena_free(arena);
    return status;
}

static enum status write_lattice(const struct lattice *lattice, const struct world *world,
                                 const char *path, struct error *error)
{
    struct outfile file;
    enum status status = outfile_open(path, ".tif", &file, error);
    if (status == STATUS_OK)
        status = lattice_write(lattice, world, file.staging, error);
    if (status == STATUS_OK)
        status = outfile_publish(&file, error);
    outfile_close(&file);
    return status;
}

static enum status cover(const struct world *world, const struct coverage_options *own,
                         const struct options *options, struct error *error)
{
    struct surface *surface = NULL;
    struct aim *aims = base_alloc(world->cell_count, sizeof *aims);
    struct antenna_aim *standing = NULL;
    enum status status = aim_audit(world, options->threads, aims, error);
    if (status == STATUS_OK) {
        standing = aim_standing(world, aims);
        status = surface_new(world, &(struct surface_options){options->threads, standing},
                             &surface, error);
    }
    free(standing);
    free(aims);
    if (status != STATUS_OK)
        return status;
    double step_m =
        isnan(own->resolution_m) ? RULE_VALUE(&world->rules, bin_m) : own->resolution_m;
    struct lattice lattice = {.surface = surface, .rat = own->rat};
    status = lattice_make(world, step_m, &lattice, error);
    if (status == STATUS_OK) {
        parallel_for(options->threads, (size_t)lattice.height, ROWS_TOGETHER, fill_rows,
                     &lattice);
        status = command_stop ? error_set(error, STATUS_INTERRUPTED, "interrupted")
                              : lattice_judge(&lattice, world, error);
        if (status == STATUS_OK)
            status = write_lattice(&lattice, world, options->output, error);
    }
    lattice_free(&lattice);
    struct surface_summary s = surface_summary(surface);
    if (status == STATUS_OK)
        command_say(options,
                    "%s: %d x %d pixels of %g m; %llu bins of %llu cells; slope %.1f dB a "
                    "decade, shadowing %.1f dB, range %.0f m",
                    options->output, lattice.width, lattice.height, step_m,
                    (unsigned long long)s.bins, (unsigned long long)s.cells, s.slope_db,
                    hypot(s.place_sigma_db, s.mast_sigma_db), s.range_m);
    surface_free(surface);
    return status;
}

int command_coverage(int argc, char **argv)
{
    struct options options;
    struct coverage_options own = {.resolution_m = NAN};
    struct error error = {0};
    command_parse(argc, argv, &own_argp, &own, "DIR", doc, &options);
    if (options.operand_count != 1)
        return command_fail(&(struct error){STATUS_USAGE, "coverage takes one case folder"});
    if (outfile_check(options.output, options.overwrite, "OUT.tif", &error) != STATUS_OK)
        return command_fail(&error);
    command_catch_signals();
    struct world_options load = {.rules = &options.rules,
                                 .src_crs = options.src_crs,
                                 .utc_offset_s = options.utc_offset_s,
                                 .threads = options.threads,
                                 .stop = &command_stop};
    struct world *world = NULL;
    enum status status = world_load(options.operands[0], &load, false, &world, &error);
    if (status == STATUS_OK)
        status = cover(world, &own, &options, &error);
    int refused = world && options.strict && world->rejects.total > 0;
    world_free(world);
    if (status != STATUS_OK)
        return command_fail(&error);
    return refused ? EXIT_ROWS_REFUSED : EXIT_DONE;
}
