/* covtriage: the table of commands. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"

const struct command command_table[] = {
    {"rules", command_rules, "the table of rules: id, value, unit, range, meaning, source"},
    {NULL, NULL, NULL},
};

static int print_help(FILE *to)
{
    fprintf(to, "Usage: covtriage COMMAND [OPTION...] ...\n"
                "Triage of network-coverage complaints: each ticket located, its evidence\n"
                "gathered, its cause decided and said with a probability.\n\n");
    for (const struct command *c = command_table; c->name; c++)
        fprintf(to, "  %-10s %s\n", c->name, c->summary);
    fprintf(
        to,
        "\n`covtriage COMMAND --help` teaches each one. Start with: covtriage triage DIR\n");
    return to == stdout ? EXIT_DONE : EXIT_WRONG_USAGE;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers in files are the same everywhere */
    signal(SIGPIPE, SIG_DFL);   /* a reader that stops early is a normal end */
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return print_help(stdout);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("covtriage %s\n", COVTRIAGE_VERSION);
        return EXIT_DONE;
    }
    for (const struct command *c = command_table; c->name; c++)
        if (strcmp(argv[1], c->name) == 0)
            return c->run(argc - 1, argv + 1);
    fprintf(stderr, "covtriage: there is no command '%s'; see covtriage --help\n", argv[1]);
    return EXIT_WRONG_USAGE;
}
