/* Fuzzing of a whole case folder, with a mutator that knows tables (folder.c): the folder goes
 * through everything that `covtriage triage` does up to the verdicts, in process. Whatever it
 * holds: every row is read or refused, every ticket gets its verdict, probabilities sum to 1,
 * what is placed has a radius, no number is a NaN that should be one, and two threads say the
 * same. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/fill.h"
#include "cmd/out/cases.h"
#include "cmd/out/orders.h"
#include "models/verdict/advice.h"
#include "models/verdict/datum_detect.h"
#include "tests/fuzz/folder.h"
#include "tests/fuzz/fuzz.h"

enum { TWICE_EVERY = 8 };

struct run {
    struct study study;
    struct world *world;
    struct result result;
    struct filling filling;
};

/* ---- what must hold ------------------------------------------------------------------ */

static void check_rows(const struct world *world)
{
    for (size_t i = 0; i < world->source_count; i++) {
        const struct table_report *report = &world->sources[i].report;
        fuzz_check(report->refused <= report->rows);
    }
    for (size_t i = 0; i < world->rejects.count; i++)
        fuzz_check(world->rejects.items[i].reason && world->rejects.items[i].reason[0]);
}

/* Rows given to the world are in it, or refused afterwards (the same id twice). */
static void check_counts(const struct world *world)
{
    for (size_t i = 0; i < world->source_count; i++) {
        const struct source_file *source = &world->sources[i];
        const char *table = source->table;
        size_t kept = text_equal(table, "complaints") ? world->complaint_count
                      : text_equal(table, "cells")    ? world->cell_count
                      : text_equal(table, "alarms")   ? world->alarm_count
                      : text_equal(table, "plan")     ? world->plan_count
                      : text_equal(table, "places")   ? world->place_count
                                                      : SIZE_MAX;
        if (kept != SIZE_MAX && source->report.given == source->report.rows)
            fuzz_check(kept + source->report.refused == source->report.rows ||
                       kept == source->report.given);
        if (kept != SIZE_MAX)
            fuzz_check(kept <= source->report.given);
    }
}

static void check_evidence(const struct evidence *e)
{
    const struct fix *fix = &e->fix;
    if (fix->method != FIX_NONE) {
        fuzz_check(point_valid(fix->at) && isfinite(fix->radius_m) && fix->radius_m > 0);
        double sum = 0;
        for (size_t i = 0; i < fix->cloud_count; i++)
            sum += fix->cloud[i].weight;
        fuzz_check(fabs(sum - 1) < 1e-6);
    }
    fuzz_check(e->p_indoor >= 0 && e->p_indoor <= 1);
    fuzz_check(!(e->p_weak < 0) && !(e->p_weak > 1) && !(e->p_good < 0) && !(e->p_good > 1));
    for (size_t i = 0; i < e->serving_count; i++)
        fuzz_check(e->serving[i].share >= 0 && e->serving[i].share <= 1.000001);
}

/* Does the word stand in the text by itself? */
static bool says(const char *text, const char *word)
{
    for (const char *hit = text; (hit = strstr(hit, word)); hit++)
        if (!isalpha((unsigned char)hit[strlen(word)]) &&
            (hit == text || !isalpha((unsigned char)hit[-1]))) {
            fprintf(stderr, "%s\n", text);
            return true;
        }
    return false;
}

static void check_case(const struct result_case *c)
{
    double sum = 0;
    for (int v = 1; v < VERDICT_COUNT; v++) {
        fuzz_check(c->p[v] >= 0 && c->p[v] <= 1);
        sum += c->p[v];
    }
    fuzz_check(fabs(sum - 1) < 1e-6);
    fuzz_check(c->confidence >= 0 && c->confidence <= 1);
    fuzz_check(verdict_of(c->verdict) != VERDICT_UNKNOWN && c->ticket_id[0]);
    fuzz_check(c->reason_en[0] && c->reason_zh[0] && c->reply_zh[0]);
    fuzz_check(!says(c->reason_en, "nan") && !says(c->reason_en, "inf"));
    fuzz_check(!says(c->reply_en, "nan") && !says(c->reply_en, "inf"));
    if (point_valid(c->at))
        fuzz_check(isfinite(c->radius_m) && c->radius_m > 0);
    fuzz_check(isnan(c->level_dbm) == isnan(c->level_sigma_db));
    fuzz_check(!isinf(c->level_dbm) && !isinf(c->expected_gain_db));
    for (size_t i = 0; i < c->whatif_count; i++)
        fuzz_check(c->whatifs[i].p_good >= 0 && c->whatifs[i].p_good <= 1);
}

/* ---- the tickets --------------------------------------------------------------------- */

static void triage_ticket(struct run *run, struct locate_worker *place,
                          struct evidence_worker *worker, size_t i)
{
    const struct complaint *complaint = &run->world->complaints[i];
    struct evidence evidence;
    struct verdict verdict;
    locate(place, complaint, &evidence.fix);
    gather_evidence(worker, complaint, &evidence);
    check_evidence(&evidence);
    classify(&run->study, complaint, &evidence, &verdict);
    struct account account = {&run->study, complaint, &evidence, &verdict, .worker = worker};
    struct advice advice[ADVICES_MAX];
    account.advice_count = advice_find(&account, advice);
    account.advice = advice;
    arena_reset(run->filling.scratch);
    fill_case(&account, &run->filling, &run->result.cases[i]);
}

static void triage_tickets(struct run *run)
{
    struct error error = {0};
    struct locate_worker *place;
    struct evidence_worker *worker;
    struct result *result = &run->result;
    result->case_count = run->world->complaint_count;
    result->cases =
        arena_alloc(result->arena, (result->case_count + 1) * sizeof *result->cases);
    fuzz_check(locate_worker_new(run->study.locator, &place, &error) == STATUS_OK);
    fuzz_check(evidence_worker_new(&run->study, &worker, &error) == STATUS_OK);
    run->filling = (struct filling){.arena = result->arena, .scratch = arena_new()};
    fuzz_check(factbook_new(fuzz_folder(), &run->filling.book, &error) == STATUS_OK);
    for (size_t i = 0; i < result->case_count; i++)
        triage_ticket(run, place, worker, i);
    fuzz_check(factbook_finish(run->filling.book, &error) == STATUS_OK);
    locate_worker_free(place);
    evidence_worker_free(worker);
    fill_groups(run->world, result);
    fill_world(&run->study, result);
    fill_tests(result);
    fill_interception(&run->study, result);
    result_complete(result, false);
    fuzz_check(orders_choose(result, NULL, &error) == STATUS_OK);
    for (size_t i = 0; i < result->case_count; i++)
        check_case(&result->cases[i]);
}

static void run_free(struct run *run)
{
    factbook_free(run->filling.book);
    arena_free(run->filling.scratch);
    result_free(&run->result);
    study_free(&run->study);
    world_free(run->world);
}

/* All that is said, as cases.csv has it. */
static uint64_t hash_cases(const struct result *result)
{
    char path[256];
    struct error error = {0};
    struct buffer text = {0};
    char piece[4096];
    snprintf(path, sizeof path, "%s", fuzz_put("cases.out", "", 0));
    fuzz_check(cases_write(result, path, &error) == STATUS_OK);
    FILE *file = fopen(path, "rb");
    fuzz_check(file != NULL);
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_append(&text, piece, n);
    fclose(file);
    uint64_t hash = hash_bytes(text.bytes ? text.bytes : "", text.length);
    buffer_free(&text);
    return hash;
}

/* false: the folder cannot be used, for a reason that was said. */
static bool triage(int threads, uint64_t *hash)
{
    struct rules rules;
    struct error error = {0};
    struct datum_finding datum;
    rules_default(&rules);
    struct run run = {0};
    const struct world_options options = {.rules = &rules, .threads = threads};
    result_init(&run.result);
    enum status status = world_load(fuzz_folder(), &options, true, &run.world, &error);
    if (status == STATUS_OK) {
        check_rows(run.world);
        check_counts(run.world);
        status = datum_settle(run.world, NULL, &datum, &error);
    }
    if (status == STATUS_OK)
        status = study_make(run.world, &(struct study_options){.threads = threads}, &run.study,
                            &error);
    if (status == STATUS_OK)
        triage_tickets(&run);
    else
        fuzz_check(error.text[0] != '\0');
    if (status == STATUS_OK && hash)
        *hash = hash_cases(&run.result);
    run_free(&run);
    return status == STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    fuzz_empty();
    folder_write(bytes, length);
    bool twice = hash_bytes(bytes, length) % TWICE_EVERY == 0;
    uint64_t one = 0, two = 0;
    bool usable = triage(1, twice ? &one : NULL);
    if (!twice)
        return 0;
    fuzz_check(triage(2, &two) == usable && one == two);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t limit, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t limit, unsigned seed)
{
    return folder_mutate(bytes, length, limit, seed);
}
