/* covtriage: the table of commands. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"

const struct command command_table[] = {
    {"triage", command_triage,
     "the main job: read the case folder DIR, decide every complaint, write OUT"},
    {"check", command_check, "read and validate a case folder, say what was understood"},
    {"calibrate", command_calibrate, "the classifier's weights from your own closed tickets"},
    {"compare", command_compare, "which fixes of an earlier run worked, which cases came back"},
    {"explain", command_explain,
     "one case: every fact with its source rows, every rule, the reason"},
    {"antennas", command_antennas, "audit of azimuths, tilts and feeders from measurements"},
    {"coverage", command_coverage, "the calibrated best-server surface as a GeoTIFF"},
    {"heatmap", command_heatmap, "the maps again, from the store of a run"},
    {"import", command_import, "vendor and spreadsheet exports as one canonical table"},
    {"locate", command_locate, "places texts offline, each with its 90 % radius"},
    {"report", command_report, "the report and the KMZ again, from the store of a run"},
    {"grid", command_grid, "measurement grid: .tif, .gpkg or .csv, and parts to be joined"},
    {"rules", command_rules, "the table of rules: id, value, unit, range, meaning, source"},
    {"worklist", command_worklist, "the crews' worklist again, from the store of a run"},
    {NULL, NULL, NULL},
};

static int print_help(FILE *to)
{
    fputs("Usage: covtriage COMMAND [OPTION...] ...\n"
          "Triage of network-coverage complaints: each ticket located, its evidence\n"
          "gathered, its cause decided and said with a probability.\n\n"
          "Commands:\n",
          to);
    for (const struct command *c = command_table; c->name; c++)
        fprintf(to, "  %-10s %s\n", c->name, c->summary);
    fputs("\nA case folder holds complaints and cells, and what else there is of samples,\n"
          "alarms, counters, plan, places, subscribers, terminals, rules, dem, clutter: as\n"
          ".csv in any encoding, .xlsx, .gpkg, .shp, .tab or .kml.\n\n"
          "Examples:\n"
          "  covtriage check FOLDER            what was understood, what was refused\n"
          "  covtriage triage FOLDER -o OUT    every ticket's verdict, and the products\n"
          "  covtriage explain OUT TICKET      one verdict with its facts and rules\n"
          "  covtriage COMMAND --help          teaches each command\n\n"
          "Exit codes: 0 done, 1 could not, 2 wrong usage, 3 rows refused under --strict,\n"
          "130 interrupted. Results on stdout, messages on stderr.\n",
          to);
    return to == stdout ? EXIT_DONE : EXIT_WRONG_USAGE;
}

static int refuse_command(const char *typed)
{
    const struct command *near = command_table;
    for (const struct command *c = command_table; c->name; c++)
        if (text_likeness(typed, c->name) > text_likeness(typed, near->name))
            near = c;
    fprintf(
        stderr,
        "covtriage: there is no command '%s'; the nearest is '%s' (see: covtriage --help)\n",
        typed, near->name);
    return EXIT_WRONG_USAGE;
}

/* `covtriage help triage` is `covtriage triage --help`. */
static int help_on(char *name)
{
    char help[] = "--help", *argv[] = {name, help, NULL};
    for (const struct command *c = command_table; c->name; c++)
        if (strcmp(name, c->name) == 0)
            return c->run(2, argv);
    return refuse_command(name);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers in files are the same everywhere */
    signal(SIGPIPE, SIG_DFL);   /* a reader that stops early is a normal end */
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "help") == 0 && argc > 2)
        return help_on(argv[2]);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return print_help(stdout);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        command_print_version();
        return EXIT_DONE;
    }
    for (const struct command *c = command_table; c->name; c++)
        if (strcmp(argv[1], c->name) == 0)
            return c->run(argc - 1, argv + 1);
    return refuse_command(argv[1]);
}
