/* covtriage antennas DIR -o OUT.csv: the audit of every cell's azimuth, tilt and feeders. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/out/antenna_plot.h"
#include "cmd/out/antenna_table.h"
#include "cmd/outfile.h"
#include "geo/gdal.h"
#include "models/radio/aim.h"

static const char doc[] =
    "Audit the azimuth, downtilt and feeders of every cell in the case folder DIR, from its "
    "samples."
    "\vThe sectors of a mast are compared with one another where they were measured together; "
    "a cell left out of a report was weaker than those in it. Records that stand alone are "
    "judged by the bearing of their strongest fifth. Where neither decides, the status is "
    "insufficient, and the note says which bearings to drive.\n\n"
    "  covtriage antennas cases -o antennas.csv\n"
    "  covtriage antennas cases -o antennas.csv --plot sheets\n\n"
    "Columns: cell_id, site_id, azimuth_deg (table), azimuth_est_deg, azimuth_lo_deg, "
    "azimuth_hi_deg (95 %, clockwise), tilt_est_deg, samples, spread_deg, status (ok, "
    "misaligned, swapped, tilt, insufficient), swapped_with, p_fault, note.";

enum { KEY_PLOT = 0x200 };

static const struct argp_option antennas_options[] = {
    {"plot", KEY_PLOT, "FOLDER", 0, "draw each flagged cell as a PNG into FOLDER", 0},
    {0},
};

static error_t parse_antennas(int key, char *arg, struct argp_state *state)
{
    if (key != KEY_PLOT)
        return ARGP_ERR_UNKNOWN;
    *(const char **)state->input = arg;
    return 0;
}

/* ---- the plots ---------------------------------------------------------------------- */

/* A file name that a cell_id of any characters cannot lead astray. */
static void plot_path(const char *folder, const char *cell_id, char *path, size_t size)
{
    int used = snprintf(path, size, "%s/%s.png", folder, cell_id);
    if (used < 0 || (size_t)used >= size) {
        path[0] = '\0';
        return;
    }
    for (char *p = path + strlen(folder) + 1; *p; p++)
        if (*p == '/' || (unsigned char)*p < ' ' || (*p == '.' && p[1] == '.'))
            *p = '_';
}

static enum status write_plots(const struct world *world, const struct aim *aims,
                               const char *folder, enum language language, struct error *error)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return error_set(error, STATUS_IO, "cannot make the folder %s: %s", folder,
                         strerror(errno));
    enum status status = STATUS_OK;
    for (uint32_t c = 0; c < world->cell_count && status == STATUS_OK && !command_stop; c++) {
        char path[4096];
        if (aims[c].status == AIM_OK || aims[c].status == AIM_INSUFFICIENT)
            continue;
        plot_path(folder, world->cells[c].cell_id, path, sizeof path);
        status = antenna_plot_write(world, aims, c, language, path, error);
    }
    return status;
}

/* ---- the run ------------------------------------------------------------------------ */

static void say_summary(const struct options *options, const struct world *world,
                        const struct aim *aims)
{
    size_t counts[AIM_INSUFFICIENT + 1] = {0};
    for (size_t c = 0; c < world->cell_count; c++)
        counts[aims[c].status]++;
    struct json_object *list = json_object_new_object();
    struct buffer text = {0};
    for (int s = AIM_OK; s <= AIM_INSUFFICIENT; s++) {
        const char *name = name_of(aim_status_names, s);
        json_object_object_add(list, name, json_object_new_int64((int64_t)counts[s]));
        buffer_format(&text, "%s%s %zu", s == AIM_OK ? "" : ", ", name, counts[s]);
    }
    if (options->json)
        puts(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
    command_say(options, "%zu cells: %s", world->cell_count, text.bytes);
    json_object_put(list);
    buffer_free(&text);
}

static enum status check_arguments(const struct options *options, struct error *error)
{
    if (options->operand_count != 1)
        return error_set(error, STATUS_USAGE,
                         "antennas takes one case folder; see: covtriage antennas --help");
    return outfile_check(options->output, options->overwrite, "OUT.csv", error);
}

static enum status write_table(const struct world *world, const struct aim *aims,
                               const struct options *options, struct error *error)
{
    struct outfile file;
    enum status status = outfile_open(options->output, "", &file, error);
    if (status == STATUS_OK)
        status = antenna_table_write(world, aims, options->language, file.staging, error);
    if (status == STATUS_OK)
        status = outfile_publish(&file, error);
    outfile_close(&file);
    return status;
}

static enum status run(const struct options *options, const char *plots, struct world *world,
                       struct error *error)
{
    struct aim *aims = base_alloc(world->cell_count + 1, sizeof *aims);
    enum status status = aim_audit(world, options->threads, aims, error);
    if (status == STATUS_OK && command_stop)
        status = error_set(error, STATUS_INTERRUPTED, "stopped");
    if (status == STATUS_OK)
        status = write_table(world, aims, options, error);
    if (status == STATUS_OK && plots)
        status = write_plots(world, aims, plots, options->language, error);
    if (status == STATUS_OK)
        say_summary(options, world, aims);
    free(aims);
    return status;
}

int command_antennas(int argc, char **argv)
{
    struct options options;
    struct error error = {0};
    const char *plots = NULL;
    const struct argp own = {antennas_options, parse_antennas, NULL, NULL, NULL, NULL, NULL};
    command_parse(argc, argv, &own, &plots, "DIR", doc, &options);
    if (check_arguments(&options, &error) != STATUS_OK)
        return command_fail(&error);
    command_catch_signals();
    gdal_start();
    struct world *world = NULL;
    const struct world_options load = {.rules = &options.rules,
                                       .src_crs = options.src_crs,
                                       .utc_offset_s = options.utc_offset_s,
                                       .threads = options.threads,
                                       .stop = &command_stop};
    enum status status = world_load(options.operands[0], &load, false, &world, &error);
    if (status == STATUS_OK)
        status = run(&options, plots, world, &error);
    bool refused = status == STATUS_OK && options.strict && world->rejects.total;
    world_free(world);
    if (status != STATUS_OK)
        return command_fail(&error);
    return refused ? EXIT_ROWS_REFUSED : EXIT_DONE;
}
