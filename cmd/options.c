#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/command.h"
#include "geo/postgis.h"

enum {
    KEY_SET = 0x100,
    KEY_LANG,
    KEY_JSON,
    KEY_STRICT,
    KEY_SRC_CRS,
    KEY_TIMEZONE,
    KEY_PHONES,
    KEY_CUSTOMER,
    KEY_OVERWRITE,
    KEY_USAGE,
};

static const struct argp_option common_options[] = {
    {"output", 'o', "OUT", 0, "where the results go; of triage also PG:\"dbname=...\"", 1},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "replace OUT if it is there", 1},
    {"threads", 'j', "N", 0, "worker threads (default: the processors)", 1},
    {"set", KEY_SET, "RULE=VALUE", 0, "put a rule's value in force (see: covtriage rules)", 1},
    {"src-crs", KEY_SRC_CRS, "CRS", 0,
     "coordinates of the input: WGS84, GCJ02, BD09 or EPSG:n (default: as the table says)", 1},
    {"timezone", KEY_TIMEZONE, "+HH:MM", 0,
     "of times that carry no offset (default: the system's)", 1},
    {"lang", KEY_LANG, "zh|en", 0, "language of reasons and reports (default: the locale's)",
     2},
    {"json", KEY_JSON, NULL, 0, "print the summary as JSON", 2},
    {"quiet", 'q', NULL, 0, "no messages and no progress", 2},
    {"strict", KEY_STRICT, NULL, 0, "exit 3 when a row was refused", 2},
    {"show-phones", KEY_PHONES, NULL, 0, "do not mask the customers' phone numbers", 2},
    {"customer-key", KEY_CUSTOMER, "FILE", 0,
     "secret under which customers' ids are hashed (default: this installation's own)", 2},
    {0},
};

/* "+08:00", "+8", "-0330", "Z". false: not an offset. */
static bool parse_offset(const char *text, int *offset_s)
{
    if (strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0) {
        *offset_s = 0;
        return true;
    }
    int sign = text[0] == '-' ? -1 : 1, hours = 0, minutes = 0, used = 0;
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    bool ok = (sscanf(digits, "%2d:%2d%n", &hours, &minutes, &used) == 2 && !digits[used]) ||
              (sscanf(digits, "%2d%2d%n", &hours, &minutes, &used) == 2 && !digits[used]) ||
              (minutes = 0, sscanf(digits, "%2d%n", &hours, &used) == 1 && !digits[used]);
    if (!ok || hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static void parse_threads(const char *arg, struct options *options, struct argp_state *state)
{
    char *end = NULL;
    long n = strtol(arg, &end, 10);
    if (end == arg || *end || n < 1 || n > 256)
        argp_error(state, "-j takes a number of threads from 1 to 256, not '%s'", arg);
    options->threads = (int)n;
}

static void parse_set(char *arg, struct options *options, struct argp_state *state)
{
    struct error error = {0};
    if (rules_set_text(&options->rules, arg, "--set", &error) != STATUS_OK)
        argp_error(state, "%s", error.text);
    if (options->set_count == (int)ARRAY_COUNT(options->set))
        argp_error(state, "too many --set; put them into rules.csv");
    options->set[options->set_count++] = arg;
}

static void parse_language(const char *arg, struct options *options, struct argp_state *state)
{
    options->language_given = true;
    if (strcmp(arg, "zh") == 0)
        options->language = LANGUAGE_ZH;
    else if (strcmp(arg, "en") == 0)
        options->language = LANGUAGE_EN;
    else
        argp_error(state, "--lang takes zh or en, not '%s'", arg);
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'o':
        *(postgis_named(arg) ? &options->database : &options->output) = arg;
        return 0;
    case KEY_OVERWRITE:
        options->overwrite = true;
        return 0;
    case 'j':
        parse_threads(arg, options, state);
        return 0;
    case KEY_SET:
        parse_set(arg, options, state);
        return 0;
    case KEY_SRC_CRS:
        options->src_crs = arg;
        return 0;
    case KEY_TIMEZONE:
        if (!parse_offset(arg, &options->utc_offset_s))
            argp_error(state, "--timezone takes an offset such as +08:00, not '%s'", arg);
        return 0;
    case KEY_LANG:
        parse_language(arg, options, state);
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_STRICT:
        options->strict = true;
        return 0;
    case KEY_PHONES:
        options->show_phones = true;
        return 0;
    case KEY_CUSTOMER:
        options->customer_key = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp common_argp = {common_options, parse_common, NULL, NULL,
                                        NULL,           NULL,         NULL};

/* What the top parser hands to its children, and where operands go. */
struct parse_input {
    struct options *options;
    void *own;
    bool has_own;
};

static error_t parse_top(int key, char *arg, struct argp_state *state)
{
    struct parse_input *input = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = input->options;
        if (input->has_own)
            state->child_inputs[1] = input->own;
        return 0;
    case 'h':
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_USAGE:
        argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
        return 0;
    case 'V':
        command_print_version();
        exit(EXIT_DONE);
    case ARGP_KEY_ARG:
        if (input->options->operand_count == (int)ARRAY_COUNT(input->options->operands))
            argp_error(state, "too many files");
        input->options->operands[input->options->operand_count++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void set_defaults(struct options *options)
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct options){.threads = processors > 0 ? (int)BASE_MIN(processors, 64) : 1,
                                .language = language_of_locale(),
                                .utc_offset_s = (int)local.tm_gmtoff};
    rules_default(&options->rules);
}

void command_parse(int argc, char **argv, const struct argp *own, void *own_input,
                   const char *usage, const char *doc, struct options *options)
{
    set_defaults(options);
    static const struct argp_option of_every_program[] = {
        {"help", 'h', NULL, 0, "print this help", -1},
        {"usage", KEY_USAGE, NULL, OPTION_HIDDEN, NULL, -1},
        {"version", 'V', NULL, 0, "print the version", -1},
        {0},
    };
    const struct argp_child children[] = {
        {&common_argp, 0, "Common options:", 9}, {own, 0, NULL, 1}, {0}};
    const struct argp_child only_common[] = {children[0], {0}};
    struct argp top = {
        of_every_program, parse_top, usage, doc, own ? children : only_common, NULL, NULL};
    struct parse_input input = {options, own_input, own != NULL};
    char name[64];
    snprintf(name, sizeof name, "covtriage %s", argv[0]);
    argv[0] = name;
    argp_err_exit_status = EXIT_WRONG_USAGE;
    argp_parse(&top, argc, argv, ARGP_NO_HELP, NULL, &input);
    if (!options->database || strcmp(name, "covtriage triage") == 0)
        return;
    struct error error = {0};
    error_set(&error, STATUS_USAGE,
              "only triage writes to a database; give -o a folder or file");
    exit(command_fail(&error));
}

/* Names of files and headers are anybody's: a terminal must not obey them. */
static void print_sentence(const struct error *error)
{
    struct error shown = *error;
    for (char *c = shown.text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == '\x7f')
            *c = '?';
    fprintf(stderr, "covtriage: %s\n", shown.text); /* in one write */
}

int command_fail(const struct error *error)
{
    print_sentence(error);
    switch (error->status) {
    case STATUS_USAGE:
        return EXIT_WRONG_USAGE;
    case STATUS_INTERRUPTED:
        return EXIT_STOPPED;
    default:
        return EXIT_COULD_NOT;
    }
}

void command_say(const struct options *options, const char *format, ...)
{
    if (options->quiet)
        return;
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

volatile bool command_stop;

static void on_signal(int number)
{
    (void)number;
    command_stop = true;
}

void command_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESETHAND; /* a second Ctrl-C ends at once */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void progress_start(struct progress *progress, const struct options *options, const char *what,
                    double total)
{
    *progress = (struct progress){.what = what,
                                  .total = total,
                                  .started_s = clock_s(),
                                  .on = !options->quiet && isatty(STDERR_FILENO)};
    progress->drawn_s = progress->started_s + 0.3;
}

void progress_step(struct progress *progress, double done)
{
    if (!progress->on)
        return;
    double now = clock_s(), spent = now - progress->started_s;
    if (now - progress->drawn_s < 0.2)
        return;
    progress->drawn_s = now;
    fprintf(stderr, "\r\033[K%s", progress->what);
    if (progress->total > 0 && done > 0)
        fprintf(stderr, " %3.0f %%, %.0f s left", 100 * done / progress->total,
                spent * (progress->total - done) / done);
    else
        fprintf(stderr, " %.0f", done);
    double rate = done / fmax(spent, 0.1);
    if (rate >= 1e6)
        fprintf(stderr, ", %.1f M/s", rate / 1e6);
    else if (rate >= 1)
        fprintf(stderr, ", %.0f/s", rate);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->on)
        fputs("\r\033[K", stderr);
    progress->on = false;
}
