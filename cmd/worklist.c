/* covtriage worklist OUT: worklist.xlsx and worklist.csv again, from OUT's store. */
#include "cmd/remake.h"

static const char doc[] = "Make the crews' worklist again, as workbook and CSV, from the store "
                          "that a run left in OUT. "
                          "What crews typed into Status and Note is kept.\v"
                          "  covtriage worklist out\n"
                          "  covtriage worklist out --lang zh -o for-the-county";

int command_worklist(int argc, char **argv)
{
    struct options options;
    command_parse(argc, argv, NULL, NULL, "OUT", doc, &options);
    return remake(&options, &(struct products_options){.worklist = true});
}
