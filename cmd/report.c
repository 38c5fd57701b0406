/* covtriage report OUT: report.html and cases.kmz again, from OUT's store. */
#include "cmd/remake.h"

static const char doc[] =
    "Make the report again, and the KMZ, from the store that a run left in OUT. The report is "
    "one "
    "file that asks nothing of any network.\v"
    "With --basemap the map shows your tile server's pictures, fetched by the browser of "
    "whoever "
    "opens the report.\n\n"
    "  covtriage report out\n"
    "  covtriage report out --basemap 'https://tiles.example.org/{z}/{x}/{y}.png'";

static const struct argp_option report_options[] = {
    {"basemap", 'b', "URL", 0, "tile template behind the map: {z}, {x}, {y}", 0},
    {0},
};

static error_t parse_report(int key, char *arg, struct argp_state *state)
{
    if (key != 'b')
        return ARGP_ERR_UNKNOWN;
    *(const char **)state->input = arg;
    return 0;
}

static const struct argp report_argp = {report_options, parse_report, NULL, NULL,
                                        NULL,           NULL,         NULL};

int command_report(int argc, char **argv)
{
    struct options options;
    const char *basemap = NULL;
    command_parse(argc, argv, &report_argp, &basemap, "OUT", doc, &options);
    return remake(&options, &(struct products_options){
                                .report = true, .kmz = true, .basemap_url = basemap});
}
