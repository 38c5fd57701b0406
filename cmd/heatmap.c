/* covtriage heatmap OUT: heatmap_*.tif and heatmap_*.png again, from OUT's store. */
#include "cmd/remake.h"

static const char doc[] =
    "Make the maps again, as coloured GeoTIFFs and as pictures, from the store that a run left "
    "in OUT.\v"
    "  covtriage heatmap out\n"
    "  covtriage heatmap out --lang en -o maps";

int command_heatmap(int argc, char **argv)
{
    struct options options;
    command_parse(argc, argv, NULL, NULL, "OUT", doc, &options);
    return remake(&options, &(struct products_options){.heatmap = true});
}
