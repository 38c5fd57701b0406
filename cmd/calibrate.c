/* covtriage calibrate: weights of the classifier from tickets whose cause is known.
 * usage: covtriage calibrate CLOSED [OUT [CLOSED OUT]...] [-o rules.csv] */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/outfile.h"
#include "cmd/out/store.h"
#include "models/tables/folder.h"
#include "models/tables/table.h"
#include "models/verdict/calibrate.h"

static const char usage[] = "CLOSED_CASES [OUT]...";
static const char doc[] =
    "Fit the five priors, the sharpness and the weight of words to closed tickets, and print "
    "marks before, after, and cross-validated. The weights stay as they are unless the fitted "
    "ones are surely better on tickets held out.\v"
    "CLOSED_CASES is a table with the columns ticket_id and verdict, or a folder that holds "
    "closed.csv. OUT is what `covtriage triage` wrote for these tickets (default: the folder "
    "out beside the table). With -o the rules are written as a rules.csv to put into a case "
    "folder; other rules that were not at their defaults go along.";

/* ---- the closed tickets ------------------------------------------------------------------ */

struct closed {
    const char *ticket_id, *verdict_text;
    enum verdict_kind verdict;
    uint32_t line;
};

static enum verdict_kind verdict_in_any_language(const char *text)
{
    int kind = name_value(verdict_names, text);
    for (const struct name *n = verdict_names; n->text && !kind; n++)
        if (text_equal(text, say(LANGUAGE_ZH, n->text)))
            kind = n->value;
    return (enum verdict_kind)kind;
}

static bool finish_closed(void *record, struct arena *arena, struct refusal *why)
{
    struct closed *closed = record;
    (void)arena;
    closed->verdict = verdict_in_any_language(closed->verdict_text);
    if (closed->verdict)
        return true;
    why->column = "verdict";
    snprintf(why->value, sizeof why->value, "%.100s", closed->verdict_text);
    snprintf(why->reason, sizeof why->reason, "there is no such verdict");
    return false;
}

static const struct field closed_fields[] = {
    {"ticket_id", FIELD_ID, offsetof(struct closed, ticket_id), "工单号|工单编号|ticket",
     .required = true},
    {"verdict", FIELD_TEXT, offsetof(struct closed, verdict_text), "结论|判定|原因|truth",
     .required = true},
};

static const struct table_spec closed_spec = {.name = "closed",
                                              .fields = closed_fields,
                                              .field_count = ARRAY_COUNT(closed_fields),
                                              .record_size = sizeof(struct closed),
                                              .line_offset = offsetof(struct closed, line),
                                              .finish = finish_closed};

/* All cases gathered so far, and the file being read. */
struct gathering {
    const struct options *options;
    struct arena *arena;
    struct rules rules; /* of the first store */
    struct calibrate_case *cases;
    size_t count, capacity, unknown;
    bool any_store;
    struct result result;   /* of the store that belongs to the file */
    struct textmap tickets; /* ticket_id -> its case */
};

static enum status keep_closed(void *context, const void *record)
{
    struct gathering *g = context;
    const struct closed *closed = record;
    uint32_t at = textmap_get(&g->tickets, closed->ticket_id);
    if (at == UINT32_MAX) {
        g->unknown++;
        return STATUS_OK;
    }
    uint64_t hash = hash_mix(hash_bytes(closed->ticket_id, strlen(closed->ticket_id)));
    g->cases = base_grow(g->cases, &g->capacity, g->count + 1, sizeof *g->cases);
    g->cases[g->count++] = (struct calibrate_case){g->result.cases[at].terms, closed->verdict,
                                                   (unsigned)(hash % CALIBRATE_FOLDS)};
    return STATUS_OK;
}

static enum status read_closed(struct gathering *g, const char *path, struct error *error)
{
    struct rejects rejects = {.arena = g->arena};
    const struct table_options options = {.arena = g->arena, .rejects = &rejects};
    enum status status = table_read(path, &closed_spec, &options, keep_closed, g, NULL, error);
    for (size_t i = 0; i < rejects.count && status == STATUS_OK; i++) {
        const struct reject *reject = &rejects.items[i];
        command_say(g->options, "%s, line %u, %s '%s': %s", path, reject->line, reject->column,
                    g->options->show_phones
                        ? reject->value
                        : result_mask_value(g->arena, reject->column, reject->value),
                    reject->reason);
    }
    free(rejects.items);
    return status;
}

static enum status gather_pair(struct gathering *g, const char *closed, const char *out,
                               struct error *error)
{
    const struct result *result = &g->result;
    char path[4096];
    enum status status =
        store_read(store_path(out, path, sizeof path), NULL, &g->result, error);
    g->tickets = (struct textmap){0};
    if (status == STATUS_OK && !g->any_store)
        g->rules = result->rules;
    for (size_t i = 0; i < result->case_count && status == STATUS_OK; i++)
        textmap_put(&g->tickets, result->cases[i].ticket_id, (uint32_t)i);
    g->any_store = true;
    if (status == STATUS_OK)
        status = read_closed(g, closed, error);
    textmap_free(&g->tickets);
    result_free(&g->result);
    return status;
}

/* A lone operand: the folder with closed.csv and out, or the table beside out. */
static enum status gather_lone(struct gathering *g, const char *operand, struct error *error)
{
    struct stat about;
    const char *folder = operand, *closed = operand;
    if (stat(operand, &about) == 0 && S_ISDIR(about.st_mode)) {
        if (folder_find(operand, "closed", g->arena, &closed, error) != STATUS_OK)
            return error->status;
        if (!closed)
            return error_set(error, STATUS_MISSING,
                             "%s has no closed.csv with the columns ticket_id and verdict",
                             operand);
    } else {
        const char *slash = strrchr(operand, '/');
        folder = slash ? arena_text(g->arena, operand, (size_t)(slash - operand)) : ".";
    }
    return gather_pair(g, closed, arena_format(g->arena, "%s/out", folder), error);
}

static enum status gather_all(struct gathering *g, struct error *error)
{
    const struct options *o = g->options;
    enum status status = STATUS_OK;
    if (o->operand_count == 1)
        return gather_lone(g, o->operands[0], error);
    for (int i = 0; i + 1 < o->operand_count && status == STATUS_OK; i += 2)
        status = gather_pair(g, o->operands[i], o->operands[i + 1], error);
    return status;
}

/* ---- what came of it --------------------------------------------------------------------- */

struct outcome {
    struct calibrate_marks before, after;
    struct calibrate_choice choice;
    struct rules rules;
};

static void print_marks(const char *when, const struct calibrate_marks *marks)
{
    printf("%-16s %9.3f %9.3f %9.3f\n", when, marks->macro_f1, marks->log_loss, marks->ece);
}

static void print_outcome(const struct gathering *g, const struct outcome *outcome)
{
    printf("%zu closed tickets\n\n%-16s %9s %9s %9s\n", g->count, "", "macro-F1", "log loss",
           "ECE");
    print_marks("before", &outcome->before);
    print_marks("cross-validated", &outcome->choice.cross);
    print_marks("after", &outcome->after);
    const struct calibrate_choice *choice = &outcome->choice;
    printf("\nlog loss %.4f +- %.4f better, weights held by %.0f tickets: %s\n", choice->gain,
           choice->gain_se, choice->ridge,
           choice->better ? "the fitted weights are taken"
                          : "not sure enough, the weights stay as they are");
    printf("\n%-20s %9s %9s\n", "rule", "before", "after");
    for (int i = 0; i < CALIBRATE_RULES; i++)
        printf("%-20s %9.3f %9.3f\n", rule_table[calibrate_rules[i]].name,
               g->rules.value[calibrate_rules[i]], outcome->rules.value[calibrate_rules[i]]);
}

static struct json_object *number(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    return json_object_new_double_s(value, text);
}

static struct json_object *json_marks(const struct calibrate_marks *marks)
{
    struct json_object *item = json_object_new_object();
    json_object_object_add(item, "macro_f1", number(marks->macro_f1));
    json_object_object_add(item, "log_loss", number(marks->log_loss));
    json_object_object_add(item, "ece", number(marks->ece));
    return item;
}

static void print_json(const struct gathering *g, const struct outcome *outcome)
{
    struct json_object *top = json_object_new_object(), *rules = json_object_new_object();
    json_object_object_add(top, "tickets", json_object_new_int64((int64_t)g->count));
    json_object_object_add(top, "before", json_marks(&outcome->before));
    json_object_object_add(top, "cross_validated", json_marks(&outcome->choice.cross));
    json_object_object_add(top, "ridge", number(outcome->choice.ridge));
    json_object_object_add(top, "gain", number(outcome->choice.gain));
    json_object_object_add(top, "gain_se", number(outcome->choice.gain_se));
    json_object_object_add(top, "taken", json_object_new_boolean(outcome->choice.better));
    json_object_object_add(top, "after", json_marks(&outcome->after));
    for (int i = 0; i < CALIBRATE_RULES; i++)
        json_object_object_add(rules, rule_table[calibrate_rules[i]].name,
                               number(outcome->rules.value[calibrate_rules[i]]));
    json_object_object_add(top, "rules", rules);
    puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY));
    json_object_put(top);
}

static bool is_fitted(int rule)
{
    for (int i = 0; i < CALIBRATE_RULES; i++)
        if (calibrate_rules[i] == (enum rule_id)rule)
            return true;
    return false;
}

static enum status write_rules(const struct options *options, const struct rules *rules,
                               struct error *error)
{
    struct stat info;
    struct outfile out;
    if (!options->overwrite && stat(options->output, &info) == 0)
        return error_set(error, STATUS_IO, "cannot write %s (--overwrite replaces a file)",
                         options->output);
    enum status status = outfile_open(options->output, "", &out, error);
    FILE *file = status == STATUS_OK ? fopen(out.staging, "wx") : NULL;
    if (!file) {
        if (status == STATUS_OK)
            error_set(error, STATUS_IO, "cannot write %s: %s", out.staging, strerror(errno));
        outfile_close(&out);
        return error->status;
    }
    fputs("rule,value\n", file);
    for (int i = 0; i < RULE_COUNT; i++)
        if (is_fitted(i) || rules->value[i] != rule_table[i].value)
            fprintf(file, "%s,%.4g\n", rule_table[i].name, rules->value[i]);
    bool failed = ferror(file);
    failed |= fclose(file) != 0;
    status = failed ? error_set(error, STATUS_IO, "cannot write %s", options->output)
                    : outfile_publish(&out, error);
    outfile_close(&out);
    return status;
}

static enum status run_calibrate(struct gathering *g, struct error *error)
{
    const struct options *options = g->options;
    enum status status = gather_all(g, error);
    g->rules.value[RULE_calibrate_ridge] = RULE_VALUE(&options->rules, calibrate_ridge);
    g->rules.value[RULE_calibrate_sure] = RULE_VALUE(&options->rules, calibrate_sure);
    g->rules.value[RULE_calibrate_least] = RULE_VALUE(&options->rules, calibrate_least);
    if (status == STATUS_OK && g->unknown)
        command_say(options, "%zu closed tickets are not in the results", g->unknown);
    if (status == STATUS_OK && (double)g->count < RULE_VALUE(&g->rules, calibrate_least))
        status = error_set(error, STATUS_MISSING,
                           "%zu closed tickets with results are too few to fit (rule "
                           "calibrate_least)",
                           g->count);
    if (status != STATUS_OK)
        return status;
    struct outcome outcome = {.rules = g->rules};
    outcome.before = calibrate_mark(g->cases, g->count, &g->rules);
    outcome.choice = calibrate_choose(g->cases, g->count, &outcome.rules);
    outcome.after = calibrate_mark(g->cases, g->count, &outcome.rules);
    if (options->output)
        status = write_rules(options, &outcome.rules, error);
    if (status == STATUS_OK && options->json)
        print_json(g, &outcome);
    else if (status == STATUS_OK)
        print_outcome(g, &outcome);
    return status;
}

int command_calibrate(int argc, char **argv)
{
    struct options options;
    command_parse(argc, argv, NULL, NULL, usage, doc, &options);
    struct error error = {0};
    if (options.operand_count < 1 ||
        (options.operand_count > 1 && options.operand_count % 2 != 0)) {
        error_set(&error, STATUS_USAGE,
                  "calibrate takes closed tickets and their OUT, in pairs; see: "
                  "covtriage calibrate --help");
        return command_fail(&error);
    }
    struct gathering gathering = {.options = &options, .arena = arena_new()};
    rules_default(&gathering.rules);
    enum status status = run_calibrate(&gathering, &error);
    free(gathering.cases);
    arena_free(gathering.arena);
    return status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
