/* covtriage explain: one case, from the store. */
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/command.h"
#include "cmd/out/store.h"

static const char usage[] = "OUT TICKET";
static const char doc[] =
    "Explain one case of the results in OUT: the verdict and the probability of each, every "
    "fact "
    "with the file and line it was read from, what the level would be with each cure, and the "
    "rules that were asked with their values and sources.\v"
    "Weights are natural-log likelihood ratios towards the verdict: +0.7 doubles its odds, "
    "-0.7 "
    "halves them.";

/* The rules that bear on a fact of this kind; the same prefix order as in rules.def. */
static const struct {
    const char *kind;
    enum rule_id rules[6];
    int count;
} asked[] = {
    {"level", {RULE_weak_rsrp_dbm, RULE_weak_rxlev_dbm, RULE_good_margin_db}, 3},
    {"samples", {RULE_evidence_near_m}, 1},
    {"indoor", {RULE_indoor_share}, 1},
    {"words", {RULE_word_weight}, 1},
    {"outage",
     {RULE_outage_unseen, RULE_outage_chance_min, RULE_availability_fault_pct,
      RULE_interference_high_dbm, RULE_interference_rise_db},
     5},
    {"antenna", {RULE_antenna_suspect_p, RULE_antenna_reach_m}, 2},
    {"plan", {RULE_plan_reach_m}, 1},
};

static const struct result_case *find_case(const struct result *result, const char *ticket)
{
    for (size_t i = 0; i < result->case_count; i++)
        if (text_equal(result->cases[i].ticket_id, ticket))
            return &result->cases[i];
    return NULL;
}

static const char *one(const char *zh, const char *en, enum language language)
{
    return language == LANGUAGE_ZH ? zh : en;
}

/* ---- text ----------------------------------------------------------------------------------
 */

static void print_verdict(const struct result_case *c, enum language lang)
{
    printf("%s  %s  %.0f %%  (%s)\n", c->ticket_id, c->verdict, 100 * c->confidence, c->cause);
    printf("%s\n\n", one(c->reason_zh, c->reason_en, lang));
    for (int v = 1; v < VERDICT_COUNT; v++)
        printf("  %-22s %.3f\n", verdict_word((enum verdict_kind)v), c->p[v]);
}

static void print_facts(const struct result_case *c, enum language lang)
{
    printf("\n%s\n", say(lang, "Facts"));
    for (size_t i = 0; i < c->fact_count; i++) {
        const struct result_fact *f = &c->facts[i];
        char where[160] = "", weight[32] = "";
        if (f->line)
            snprintf(where, sizeof where, "  [%s:%u]", f->file, f->line);
        if (isfinite(f->weight))
            snprintf(weight, sizeof weight, "%+.2f", f->weight);
        printf("  %-9s %6s  %s%s\n", f->kind, weight, one(f->text_zh, f->text_en, lang), where);
    }
}

static void print_whatifs(const struct result_case *c, enum language lang)
{
    if (!c->whatif_count)
        return;
    printf("\n%s\n", say(lang, "What if"));
    for (size_t i = 0; i < c->whatif_count; i++) {
        const struct result_whatif *w = &c->whatifs[i];
        printf("  %-11s %-20s %7.1f dBm +- %4.1f  good %.2f\n", w->what, w->object,
               w->level_dbm, w->sigma_db, w->p_good);
    }
}

static bool has_fact(const struct result_case *c, const char *kind)
{
    for (size_t i = 0; i < c->fact_count; i++)
        if (text_equal(c->facts[i].kind, kind))
            return true;
    return false;
}

static void print_rules(const struct result *result, const struct result_case *c,
                        enum language lang)
{
    printf("\n%s\n", say(lang, "Rules asked"));
    for (size_t i = 0; i < ARRAY_COUNT(asked); i++)
        for (int k = 0; k < asked[i].count && has_fact(c, asked[i].kind); k++) {
            enum rule_id id = asked[i].rules[k];
            printf("  %-26s %8g %-4s %s; %s\n", rule_table[id].name, result->rules.value[id],
                   rule_table[id].unit, rule_table[id].meaning, rule_table[id].source);
        }
}

static void print_text(const struct result *result, const struct result_case *c,
                       enum language lang)
{
    print_verdict(c, lang);
    print_facts(c, lang);
    print_whatifs(c, lang);
    print_rules(result, c, lang);
    if (!text_empty(c->flags))
        printf("\n%s %s\n", say(lang, "Flags:"), c->flags);
    printf("\n%s %s\n", say(lang, "Reply:"), one(c->reply_zh, c->reply_en, lang));
}

/* ---- JSON ----------------------------------------------------------------------------------
 */

static struct json_object *number(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    return isfinite(value) ? json_object_new_double_s(value, text) : NULL;
}

static struct json_object *json_facts(const struct result_case *c, enum language lang)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < c->fact_count; i++) {
        const struct result_fact *f = &c->facts[i];
        struct json_object *fact = json_object_new_object();
        json_object_object_add(fact, "kind", json_object_new_string(f->kind));
        json_object_object_add(fact, "text",
                               json_object_new_string(one(f->text_zh, f->text_en, lang)));
        if (f->line) {
            json_object_object_add(fact, "file", json_object_new_string(f->file));
            json_object_object_add(fact, "line", json_object_new_int64(f->line));
        }
        if (isfinite(f->weight))
            json_object_object_add(fact, "weight", number(f->weight));
        json_object_array_add(list, fact);
    }
    return list;
}

static struct json_object *json_whatifs(const struct result_case *c)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < c->whatif_count; i++) {
        const struct result_whatif *w = &c->whatifs[i];
        struct json_object *item = json_object_new_object();
        json_object_object_add(item, "what", json_object_new_string(w->what));
        json_object_object_add(item, "object", json_object_new_string(w->object));
        json_object_object_add(item, "level_dbm", number(w->level_dbm));
        json_object_object_add(item, "sigma_db", number(w->sigma_db));
        json_object_object_add(item, "p_good", number(w->p_good));
        json_object_array_add(list, item);
    }
    return list;
}

static struct json_object *json_rules(const struct result *result, const struct result_case *c)
{
    struct json_object *rules = json_object_new_object();
    for (size_t i = 0; i < ARRAY_COUNT(asked); i++)
        for (int k = 0; k < asked[i].count && has_fact(c, asked[i].kind); k++) {
            enum rule_id id = asked[i].rules[k];
            json_object_object_add(rules, rule_table[id].name, number(result->rules.value[id]));
        }
    return rules;
}

static void print_json(const struct result *result, const struct result_case *c,
                       enum language lang)
{
    struct json_object *top = json_object_new_object(), *p = json_object_new_object();
    const struct {
        const char *key, *value;
    } texts[] = {
        {"ticket_id", c->ticket_id},
        {"verdict", c->verdict},
        {"cause", c->cause},
        {"responsible_cell", c->responsible_cell},
        {"responsible_plan", c->responsible_plan},
        {"action", c->action},
        {"flags", c->flags},
        {"reason", one(c->reason_zh, c->reason_en, lang)},
        {"reply", one(c->reply_zh, c->reply_en, lang)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        json_object_object_add(top, texts[i].key, json_object_new_string(texts[i].value));
    for (int v = 1; v < VERDICT_COUNT; v++)
        json_object_object_add(p, verdict_word((enum verdict_kind)v), number(c->p[v]));
    json_object_object_add(top, "confidence", number(c->confidence));
    json_object_object_add(top, "probabilities", p);
    json_object_object_add(top, "facts", json_facts(c, lang));
    json_object_object_add(top, "what_if", json_whatifs(c));
    json_object_object_add(top, "rules", json_rules(result, c));
    puts(json_object_to_json_string_ext(top, JSON_C_TO_STRING_PRETTY |
                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(top);
}

int command_explain(int argc, char **argv)
{
    struct options options;
    command_parse(argc, argv, NULL, NULL, usage, doc, &options);
    struct error error = {0};
    if (options.operand_count != 2) {
        error_set(&error, STATUS_USAGE, "explain takes OUT and a ticket; see explain --help");
        return command_fail(&error);
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/triage.gpkg", options.operands[0]);
    struct result result;
    enum status status = store_read(path, &result, &error);
    const struct result_case *c =
        status == STATUS_OK ? find_case(&result, options.operands[1]) : NULL;
    if (status == STATUS_OK && !c)
        status = error_set(&error, STATUS_MISSING, "%s holds no ticket '%s'",
                           options.operands[0], options.operands[1]);
    if (c && options.json)
        print_json(&result, c, options.language);
    else if (c)
        print_text(&result, c, options.language);
    result_free(&result);
    return status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
