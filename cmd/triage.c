/* covtriage triage: the main job. Read this file first: the pipeline is
 *
 *   tables -> world -> locate -> evidence -> classify -> out
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/customer.h"
#include "cmd/fill.h"
#include "cmd/outdir.h"
#include "cmd/out/base.h"
#include "cmd/out/antenna_table.h"
#include "cmd/out/cases.h"
#include "cmd/out/orders.h"
#include "cmd/out/products.h"
#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "cmd/memory.h"
#include "cmd/run_record.h"
#include "geo/postgis.h"
#include "models/verdict/advice.h"
#include "models/verdict/datum_detect.h"

enum { KEY_MEMORY = 0x380 };

static const struct argp_option own_argp_options[] = {
    {"max-memory", KEY_MEMORY, "SIZE", 0,
     "what the run may hold, such as 16G; needing more, it stops with a word and writes "
     "nothing "
     "(default: nine tenths of the RAM)",
     0},
    {0},
};

static error_t parse_own(int key, char *arg, struct argp_state *state)
{
    struct memory_bound *bound = state->input;
    if (key != KEY_MEMORY)
        return ARGP_ERR_UNKNOWN;
    if (!memory_parse(arg, &bound->bytes))
        argp_error(state, "--max-memory takes at least 16M, such as 500M or 8G, not '%s'", arg);
    return 0;
}

static const struct argp own_argp = {own_argp_options, parse_own, NULL, NULL, NULL, NULL, NULL};
static const char usage[] = "DIR";
static const char doc[] =
    "Read the case folder DIR, decide every complaint, write the results to OUT "
    "(default: DIR/out).\v"
    "DIR holds complaints and cells, and as far as there are any: samples, alarms, counters, "
    "plan, places, subscribers, terminals, rules (each .csv, .xlsx, .gpkg ...), and a dem. "
    "Whatever is missing weakens the verdicts and is said in their flags.\n\n"
    "OUT holds cases.csv, triage.gpkg for QGIS, the worklist, heatmaps, cases.kmz and "
    "report.html. With -o PG:\"dbname=rf host=db\" the run is added to a team's database "
    "(PostgreSQL with PostGIS) instead; give -o a folder too and both are written. Passwords "
    "come from PGPASSWORD, ~/.pgpass or a service file. `covtriage check DIR` shows what would "
    "be understood; `covtriage explain OUT "
    "TICKET` shows why.";

/** What a worker's cases leave behind: their strings, and the book of their facts. */
struct desk {
    struct arena *arena;
    struct factbook *book;
};

/** One run from tables to results. */
struct run {
    const struct options *options;
    struct world *world;
    struct study study;
    struct result result;
    struct memory_bound bound;
    struct desk *desks; /* one a worker */
    int desk_count;
    struct timings timings;
    int64_t stored; /**< number of the run in the database; 0: not there */
};

/* ---- the world, and what is computed once from it -----------------------------------------
 */

struct reading {
    struct progress progress;
    struct memory_bound *bound;
};

static void show_reading(void *context, const char *table, uint64_t rows)
{
    struct reading *reading = context;
    reading->progress.what = table;
    progress_step(&reading->progress, (double)rows);
    if (memory_passes(reading->bound))
        command_stop = true;
}

static enum status load_world(struct run *run, const char *folder, struct error *error)
{
    struct reading reading = {.bound = &run->bound};
    progress_start(&reading.progress, run->options, "reading", 0);
    struct world_options options = {.rules = &run->options->rules,
                                    .src_crs = run->options->src_crs,
                                    .utc_offset_s = run->options->utc_offset_s,
                                    .threads = run->options->threads,
                                    .stop = &command_stop,
                                    .progress = show_reading,
                                    .progress_context = &reading};
    enum status status = world_load(folder, &options, true, &run->world, error);
    progress_end(&reading.progress);
    struct datum_finding datum;
    if (status == STATUS_OK)
        status = datum_settle(run->world, run->options->src_crs, &datum, error);
    if (status == STATUS_OK && (datum.used || datum.doubt_m > 0))
        command_say(run->options, "%s", datum.sentence);
    timings_mark(&run->timings, "tables");
    return status;
}

static void tell_slips(const struct run *run)
{
    for (size_t i = 0; i < run->study.slip_count; i++) {
        const struct clock_slip *slip = &run->study.slips[i];
        if (slip->slipped)
            command_say(run->options,
                        "the times of %s run %.0f minutes %s those of %s (%zu events); the "
                        "verdicts are marked clock-slip%s",
                        slip->table, fabs(slip->ahead_min),
                        slip->ahead_min > 0 ? "ahead of" : "behind", slip->against,
                        slip->events,
                        text_equal(slip->table, "alarms")
                            ? "; --set alarm_shift_min=MINUTES moves the alarms"
                            : "");
    }
}

static void mark_stage(void *context, const char *name)
{
    timings_mark(context, name);
}

static enum status prepare(struct run *run, struct error *error)
{
    const struct study_options options = {run->options->threads, mark_stage, &run->timings};
    enum status status = study_make(run->world, &options, &run->study, error);
    tell_slips(run);
    return status;
}

/* ---- the tickets, by threads ---------------------------------------------------------------
 */

enum { TICKETS_A_TURN = 32 };

/* What the workers share. Each takes turns of tickets and writes cases[i]: the result does not
 * depend on who took which. */
struct crew {
    struct run *run;
    struct result_case *cases;
    atomic_size_t next;
    atomic_bool failed;
};

struct worker {
    struct crew *crew;
    struct memory_bound *bound; /* of the one that watches it */
    struct filling filling;
    struct locate_worker *locate;
    struct evidence_worker *evidence;
    struct error error;
    pthread_t thread;
};

static void triage_ticket(struct worker *worker, size_t i)
{
    const struct study *study = &worker->crew->run->study;
    const struct complaint *complaint = &study->world->complaints[i];
    struct evidence evidence;
    struct verdict verdict;
    locate(worker->locate, complaint, &evidence.fix);
    gather_evidence(worker->evidence, complaint, &evidence);
    classify(study, complaint, &evidence, &verdict);
    struct account account = {study, complaint, &evidence, &verdict,
                              .worker = worker->evidence};
    struct advice advice[ADVICES_MAX];
    account.advice_count = advice_find(&account, advice);
    account.advice = advice;
    fill_case(&account, &worker->filling, &worker->crew->cases[i]);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct crew *crew = worker->crew;
    size_t count = crew->run->world->complaint_count;
    enum status status =
        locate_worker_new(crew->run->study.locator, &worker->locate, &worker->error);
    if (status == STATUS_OK)
        status = evidence_worker_new(&crew->run->study, &worker->evidence, &worker->error);
    if (status != STATUS_OK) {
        atomic_store(&crew->failed, true);
        return NULL;
    }
    while (!command_stop && !atomic_load(&crew->failed)) {
        size_t first = atomic_fetch_add(&crew->next, TICKETS_A_TURN);
        if (first >= count)
            break;
        for (size_t i = first; i < BASE_MIN(first + TICKETS_A_TURN, count); i++)
            triage_ticket(worker, i);
        if (worker->bound && memory_passes(worker->bound))
            command_stop = true;
    }
    return NULL;
}

static enum status collect_workers(struct worker *workers, int count, struct error *error)
{
    enum status status = STATUS_OK;
    for (int t = 0; t < count; t++) {
        if (t > 0)
            pthread_join(workers[t].thread, NULL);
        if (workers[t].error.status != STATUS_OK && status == STATUS_OK)
            status = error_set(error, workers[t].error.status, "%s", workers[t].error.text);
        locate_worker_free(workers[t].locate);
        evidence_worker_free(workers[t].evidence);
    }
    if (status == STATUS_OK && command_stop)
        status = error_set(error, STATUS_INTERRUPTED, "interrupted; nothing was written");
    return status;
}

/* Another desk for a worker. */
static enum status open_desk(struct run *run, const char *folder, struct filling *filling,
                             struct error *error)
{
    struct desk *desk = &run->desks[run->desk_count];
    enum status status = factbook_new(folder, &desk->book, error);
    if (status != STATUS_OK)
        return status;
    desk->arena = arena_new();
    run->desk_count++;
    *filling = (struct filling){.arena = desk->arena,
                                .scratch = arena_new(),
                                .book = desk->book,
                                .show_phones = run->options->show_phones};
    return STATUS_OK;
}

static enum status triage_tickets(struct run *run, const char *folder, struct error *error)
{
    int threads = run->options->threads;
    size_t count = run->world->complaint_count;
    struct result *result = &run->result;
    result->case_count = count;
    result->cases = arena_alloc(result->arena, count * sizeof *result->cases);
    struct crew crew = {.run = run, .cases = result->cases};
    struct worker *workers = base_alloc((size_t)threads, sizeof *workers);
    run->desks = base_alloc((size_t)threads, sizeof *run->desks);
    enum status status = STATUS_OK;
    for (int t = 0; t < threads && status == STATUS_OK; t++) {
        workers[t].crew = &crew;
        status = open_desk(run, folder, &workers[t].filling, error);
    }
    int started = 1;
    for (; started < threads && status == STATUS_OK; started++)
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break; /* fewer threads do the same work */
    if (status == STATUS_OK) {
        workers[0].bound = &run->bound;
        work(&workers[0]);
        status = collect_workers(workers, started, error);
    }
    for (int t = 0; t < run->desk_count; t++) {
        if (status == STATUS_OK)
            status = factbook_finish(run->desks[t].book, error);
        arena_free(workers[t].filling.scratch);
    }
    free(workers);
    timings_mark(&run->timings, "tickets");
    return status;
}

/* ---- results --------------------------------------------------------------------------------
 */

/* "OUT/name" of the staging folder; the text lives in the result's arena. */
static const char *staged(const struct run *run, const struct outdir *outdir, const char *name)
{
    return arena_format(run->result.arena, "%s/%s", outdir->staging, name);
}

static enum status write_tables(struct run *run, const struct outdir *outdir,
                                struct error *error)
{
    const struct result *result = &run->result;
    enum status status = cases_write(result, staged(run, outdir, "cases.csv"), error);
    if (status == STATUS_OK)
        status = rejects_write(result, staged(run, outdir, "rejects.csv"), error);
    if (status == STATUS_OK)
        status = interception_write(result, staged(run, outdir, "interception.csv"), error);
    if (status == STATUS_OK)
        status = tests_write(result, staged(run, outdir, "tests.csv"), error);
    if (status == STATUS_OK)
        status = antenna_table_write(run->world, run->study.aims, run->options->language,
                                     staged(run, outdir, "antennas.csv"), error);
    if (status == STATUS_OK)
        status = store_write(result, staged(run, outdir, "triage.gpkg"), error);
    return status;
}

/* Customers by keyed hashes, and their ids out of the tickets' texts. */
static enum status name_customers(struct run *run, struct error *error)
{
    bool made_do = false;
    if (customer_keys(run->world, run->options->customer_key, &run->result, &made_do, error) !=
        STATUS_OK)
        return error->status;
    if (made_do)
        command_say(run->options, "customers' keys hold for this run only: no secret could be "
                                  "kept in the settings folder; see --customer-key");
    if (!run->options->show_phones)
        customer_hide(run->world, &run->result);
    return STATUS_OK;
}

/* The team's database, after what can still fail; a run that it holds cannot be taken back. */
static enum status write_database(struct run *run, struct error *error)
{
    if (command_stop)
        return error_set(error, STATUS_INTERRUPTED, "interrupted; nothing was written");
    enum status status =
        store_add_run(&run->result, run->options->database, &run->stored, error);
    if (status != STATUS_OK)
        run->stored = 0;
    timings_mark(&run->timings, "database");
    return status;
}

/* A run stops at the bound of its memory as if it were interrupted; here it says why. */
static enum status within_bound(struct run *run, enum status status, const char *stage,
                                struct error *error)
{
    bool stopped = status == STATUS_OK || status == STATUS_INTERRUPTED;
    if (!stopped || !memory_passes(&run->bound))
        return status;
    *error = (struct error){0};
    return memory_fail(&run->bound, stage, error);
}

static enum status write_folder(struct run *run, const struct outdir *outdir,
                                struct error *error)
{
    enum status status =
        within_bound(run, write_tables(run, outdir, error), "tables out", error);
    timings_mark(&run->timings, "tables out");
    struct products_options products = {0};
    if (status == STATUS_OK)
        status = products_write(&run->result, outdir->staging, &products, error);
    timings_mark(&run->timings, "products");
    return status;
}

/* Into the folder, unless it is NULL, and the database that was named. */
static enum status write_results(struct run *run, const struct outdir *outdir,
                                 struct error *error)
{
    struct result *result = &run->result;
    if (name_customers(run, error) != STATUS_OK)
        return error->status;
    fill_groups(run->world, result);
    fill_world(&run->study, result);
    fill_tests(result);
    fill_interception(&run->study, result);
    timings_mark(&run->timings, "interception");
    result_complete(result, run->options->show_phones);
    if (base_read(run->world->folder, result, error) != STATUS_OK)
        return error->status;
    const char *database = run->options->database;
    const char *previous = outdir && outdir->replaces ? outdir->path : NULL;
    enum status status = orders_choose(result, previous, error);
    if (status == STATUS_OK && database)
        status = statuses_join(result, database, error);
    result->slips = run->study.slips;
    result->slip_count = run->study.slip_count;
    if (status == STATUS_OK)
        status = run_record(run->world, result, result->arena, &result->run_json, error);
    if (status == STATUS_OK && outdir)
        status = write_folder(run, outdir, error);
    if (status == STATUS_OK && database)
        status = write_database(run, error);
    if (status == STATUS_OK && outdir)
        status = run_record_write(result->run_json, &run->timings,
                                  staged(run, outdir, "run.json"), error);
    return status;
}

static void print_folder(const struct result *result, const char *folder)
{
    enum language lang = result->language;
    if (result->interception_count)
        printf(say(lang, "%zu sites are out of order at the end of the data; see "
                         "%s/interception.csv\n"),
               result->interception_count, folder);
    if (result->reject_count)
        printf(say(lang, "%zu rows were refused; see %s/rejects.csv\n"), result->reject_count,
               folder);
    printf(say(lang, "results in %s: open report.html, worklist.xlsx, triage.gpkg\n"), folder);
}

static void print_layers(const struct result *result)
{
    enum language lang = result->language;
    if (result->interception_count)
        printf(say(lang, "%zu sites are out of order at the end of the data; see the layer "
                         "interception\n"),
               result->interception_count);
    if (result->reject_count)
        printf(say(lang, "%zu rows were refused; see the layer rejects\n"),
               result->reject_count);
}

static void print_summary(const struct run *run, const struct outdir *outdir)
{
    const struct result *result = &run->result;
    if (run->options->json) {
        puts(result->run_json);
        return;
    }
    size_t verdicts[VERDICT_COUNT] = {0}, sure[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < result->case_count; i++) {
        enum verdict_kind kind = verdict_of(result->cases[i].verdict);
        verdicts[kind]++;
        sure[kind] += result->cases[i].confidence >= 0.9;
    }
    enum language lang = result->language;
    printf(say(lang, "%zu tickets\n"), result->case_count);
    for (int v = 1; v < VERDICT_COUNT; v++)
        printf(say(lang, "  %-22s %6zu  %6zu of them with 90 %% confidence or more\n"),
               say(lang, verdict_word((enum verdict_kind)v)), verdicts[v], sure[v]);
    if (outdir)
        print_folder(result, outdir->path);
    else
        print_layers(result);
    if (!run->stored)
        return;
    char *shown = postgis_shown(run->options->database);
    printf(say(lang, "run %lld stored in %s\n"), (long long)run->stored, shown);
    free(shown);
}

/* Where a run that goes into a database only may put what it does not hold in memory. */
static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return text_empty(folder) ? "/tmp" : folder;
}

static enum status run_triage(struct run *run, const char *folder, struct outdir *outdir,
                              struct error *error)
{
    enum status status = within_bound(run, load_world(run, folder, error), "tables", error);
    if (status == STATUS_OK)
        status = within_bound(run, prepare(run, error), "surface", error);
    if (status == STATUS_OK) {
        status = triage_tickets(run, outdir ? outdir->staging : temporary_folder(), error);
        status = within_bound(run, status, "tickets", error);
    }
    if (status == STATUS_OK)
        status = write_results(run, outdir, error);
    if (status == STATUS_OK && command_stop && !run->stored)
        status = error_set(error, STATUS_INTERRUPTED, "interrupted; nothing was written");
    if (status == STATUS_OK && outdir)
        status = outdir_publish(outdir, error);
    if (status != STATUS_OK && run->stored)
        command_say(run->options,
                    say(run->result.language,
                        "run %lld is in the database; only the folder could not be written"),
                    (long long)run->stored);
    return status;
}

static void free_run(struct run *run)
{
    result_free(&run->result);
    for (int d = 0; d < run->desk_count; d++) {
        factbook_free(run->desks[d].book);
        arena_free(run->desks[d].arena);
    }
    free(run->desks);
    study_free(&run->study);
    world_free(run->world);
}

int command_triage(int argc, char **argv)
{
    struct options options;
    struct memory_bound bound = {.bytes = memory_of_machine() / 10 * 9};
    command_parse(argc, argv, &own_argp, &bound, usage, doc, &options);
    struct error error = {0};
    if (options.operand_count != 1) {
        error_set(&error, STATUS_USAGE,
                  "triage takes one case folder; see: covtriage triage --help");
        return command_fail(&error);
    }
    const char *folder = options.operands[0];
    char fallback[4096];
    snprintf(fallback, sizeof fallback, "%s/out", folder);
    command_catch_signals();
    struct run run = {.options = &options, .bound = bound};
    result_init(&run.result);
    run.result.language = options.language;
    timings_mark(&run.timings, NULL);
    struct outdir outdir = {.lock = -1};
    struct outdir *files = options.output || !options.database ? &outdir : NULL;
    enum status status = STATUS_OK;
    if (options.database) /* said now, not after the work */
        status = postgis_check(options.database, &error);
    if (status == STATUS_OK && files)
        status = outdir_open(options.output ? options.output : fallback, options.overwrite,
                             files, &error);
    if (status == STATUS_OK)
        status = run_triage(&run, folder, files, &error);
    if (status == STATUS_OK)
        print_summary(&run, files);
    bool refused = run.world && run.world->rejects.total > 0;
    if (outdir.path)
        outdir_close(&outdir);
    free_run(&run);
    if (status != STATUS_OK)
        return command_fail(&error);
    return options.strict && refused ? EXIT_ROWS_REFUSED : EXIT_DONE;
}
