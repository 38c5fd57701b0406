/* command.h - what the subcommands share: the table of commands, the common options, exit
 * codes, messages, progress. Only cmd/ knows argv, stdout, stderr and exit(). */
#ifndef COVTRIAGE_COMMAND_H
#define COVTRIAGE_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "geo/base.h"
#include "models/rules.h"
#include "models/say.h"

/** Exit codes; see the contract in README. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_COULD_NOT = 1,
    EXIT_WRONG_USAGE = 2,
    EXIT_ROWS_REFUSED = 3, /**< under --strict */
    EXIT_STOPPED = 130,
};

/** One subcommand. argv[0] is its name, as for a main(). */
struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary; /**< English; the table of `covtriage --help` */
};

extern const struct command command_table[]; /**< ends with {NULL} */

/** The options every command takes. */
struct options {
    const char *output;
    const char *database; /**< -o PG:..., which may stand beside a folder */
    const char
        *customer_key; /**< file of the secret under which customers are hashed, or NULL */
    bool overwrite, json, quiet, strict, show_phones;
    int threads; /**< 1.. ; default: the processors */
    enum language language;
    bool language_given; /**< by --lang; else it is the locale's */
    const char *src_crs; /**< NULL: as the table says */
    int utc_offset_s;    /**< --timezone; default the system's */
    struct rules rules;  /**< defaults and --set; rules.csv comes between in triage */
    const char *set[64]; /**< the --set texts, in order */
    int set_count;
    const char *operands[1024];
    int operand_count;
};

/**
 * Parse argv with the common options and the command's own `options` (argp options, ending with
 * {0}; `own` is its parser, `own_input` its state; all may be NULL). `usage` is the operands
 * line ("DIR"), `doc` the help text that teaches. Exits by itself for --help and wrong usage.
 */
void command_parse(int argc, char **argv, const struct argp *own, void *own_input,
                   const char *usage, const char *doc, struct options *options);

/** Print "covtriage: sentence" on stderr and return the exit code of the failure. */
int command_fail(const struct error *error);

/** A message on stderr unless --quiet. */
void command_say(const struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Set by SIGINT and SIGTERM once command_catch_signals() was called. */
extern volatile bool command_stop;
void command_catch_signals(void);

/* One line of progress on a terminal, delayed by 0.5 s and redrawn at most 5 times a second. */
struct progress {
    const char *what; /**< "reading samples" */
    double total;     /**< 0: unknown */
    double started_s, drawn_s;
    bool on;
};

void progress_start(struct progress *progress, const struct options *options, const char *what,
                    double total);
void progress_step(struct progress *progress, double done); /**< from one thread */
void progress_end(struct progress *progress);               /**< wipes the line */

int command_triage(int argc, char **argv);
int command_check(int argc, char **argv);
int command_locate(int argc, char **argv);
int command_grid(int argc, char **argv);
int command_antennas(int argc, char **argv);
int command_coverage(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_worklist(int argc, char **argv);
int command_heatmap(int argc, char **argv);
int command_report(int argc, char **argv);
int command_calibrate(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_import(int argc, char **argv);
int command_rules(int argc, char **argv);

/** Print the version, and those of the libraries at work. */
void command_print_version(void);

#endif
