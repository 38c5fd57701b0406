/* covtriage explain: one case, from the store. */
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/command.h"
#include "cmd/out/store.h"
#include "geo/postgis.h"
#include "models/verdict/classify.h"

static const char usage[] = "OUT TICKET";
static const char doc[] =
    "Explain one case of the results in OUT: the verdict and the probability of each, every "
    "fact "
    "with the file and line it was read from, what the level would be with each cure, and the "
    "rules that were asked with their values and sources, and what would change the verdict. "
    "The probabilities are made again from what the store holds; a difference is said. With "
    "--set the verdict under other rules for priors, sharpness and words is said too.\v"
    "Weights are natural-log likelihood ratios towards the verdict: +0.7 doubles its odds, "
    "-0.7 "
    "halves them.\n\n"
    "OUT may be a team's database: PG:\"dbname=rf\", of an earlier run PG:\"dbname=rf run=7\".";

/* The rules that bear on a fact of this kind; the same prefix order as in rules.def. */
static const struct {
    const char *kind;
    enum rule_id rules[6];
    int count;
} asked[] = {
    {"level", {RULE_weak_rsrp_dbm, RULE_weak_rxlev_dbm, RULE_good_margin_db}, 3},
    {"asked",
     {RULE_road_rsrp_dbm, RULE_indoor_rxlev_dbm, RULE_suburb_spacing_m, RULE_country_spacing_m},
     4},
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

/* ---- made again ---------------------------------------------------------------------------
 */

static const double SUM_SLACK = 1e-6, P_SLACK = 1e-6;

/* What the store's terms give, and what they give under the rules of this command. */
struct again {
    bool kept, differs;
    enum verdict_kind kind, set_kind;
    double p[VERDICT_COUNT], set_p[VERDICT_COUNT], sum;
};

struct asked_case {
    const struct result *result;
    const struct result_case *one;
    enum language language;
    const char *const *set; /* the --set of this command */
    int set_count;
    struct again again;
};

static bool has_terms(const struct result_case *c)
{
    for (int v = 1; v < VERDICT_COUNT; v++)
        if (c->terms.likelihood[v] != 0 || c->terms.words[v] != 0)
            return true;
    return text_empty(c->location_method);
}

static enum status make_again(struct asked_case *a, struct error *error)
{
    const struct result_case *c = a->one;
    struct again *again = &a->again;
    struct rules rules = a->result->rules;
    again->kept = has_terms(c);
    classify_probabilities(&rules, &c->terms, again->p);
    again->kind = classify_choose(&rules, c->terms.placed, again->p);
    again->differs = !text_equal(c->verdict, verdict_word(again->kind)) ||
                     fabs(c->confidence - again->p[again->kind]) > P_SLACK;
    for (int v = 1; v < VERDICT_COUNT; v++) {
        again->sum += c->p[v];
        again->differs |= fabs(c->p[v] - again->p[v]) > P_SLACK;
    }
    for (int i = 0; i < a->set_count; i++)
        if (rules_set_text(&rules, a->set[i], "--set", error) != STATUS_OK)
            return error->status;
    classify_probabilities(&rules, &c->terms, again->set_p);
    again->set_kind = classify_choose(&rules, c->terms.placed, again->set_p);
    return STATUS_OK;
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
        if (text_equal(f->kind, "flip"))
            continue;
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

static void print_flips(const struct result_case *c, enum language lang)
{
    size_t flips = 0;
    printf("\n%s\n", say(lang, "What would change the verdict"));
    for (size_t i = 0; i < c->fact_count; i++) {
        const struct result_fact *f = &c->facts[i];
        char where[160] = "";
        if (!text_equal(f->kind, "flip"))
            continue;
        if (f->line)
            snprintf(where, sizeof where, "  [%s:%u]", f->file, f->line);
        printf("  %s%s\n", one(f->text_zh, f->text_en, lang), where);
        flips++;
    }
    if (!flips)
        printf("  %s\n", say(lang, "Nothing that was asked would."));
}

static void print_changed_rules(const struct result *result, enum language lang)
{
    bool any = false;
    for (int i = 0; i < RULE_COUNT; i++) {
        if (result->rules.value[i] == rule_table[i].value)
            continue;
        if (!any)
            printf("\n%s\n", say(lang, "Rules not at their defaults"));
        any = true;
        printf("  %-26s %8g  (%g)  %s\n", rule_table[i].name, result->rules.value[i],
               rule_table[i].value, result->rules.origin[i]);
    }
}

/* The probabilities made again from the terms in the store. */
static void print_again(const struct asked_case *a)
{
    const struct again *again = &a->again;
    enum language lang = a->language;
    putchar('\n');
    if (!again->kept) {
        puts(say(lang, "The store does not hold what the probabilities were made of."));
        return;
    }
    const char *word = say(lang, verdict_word(again->kind));
    const char *said = say(lang, a->one->verdict);
    if (again->differs)
        printf(say(lang, "Made again from what the store holds: %s with %.3f, but %s with %.3f "
                         "was said."),
               word, again->p[again->kind], said, a->one->confidence);
    else
        printf(say(lang, "Made again from what the store holds: %s with %.3f, as said."), word,
               again->p[again->kind]);
    putchar('\n');
    if (fabs(again->sum - 1) > SUM_SLACK)
        printf(say(lang, "The probabilities sum to %.4f, not 1."), again->sum), putchar('\n');
    if (a->set_count)
        printf(say(lang, "With the rules of this command (%s) it would be %s with %.3f."),
               a->set[0], say(lang, verdict_word(again->set_kind)),
               again->set_p[again->set_kind]),
            putchar('\n');
}

static void print_text(const struct asked_case *a)
{
    const struct result *result = a->result;
    const struct result_case *c = a->one;
    enum language lang = a->language;
    print_verdict(c, lang);
    print_facts(c, lang);
    print_whatifs(c, lang);
    print_flips(c, lang);
    print_again(a);
    print_rules(result, c, lang);
    print_changed_rules(result, lang);
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

/* The flips, or the other facts. */
static struct json_object *json_facts(const struct result_case *c, bool flips,
                                      enum language lang)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < c->fact_count; i++) {
        const struct result_fact *f = &c->facts[i];
        if (text_equal(f->kind, "flip") != flips)
            continue;
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

static struct json_object *json_again(const struct asked_case *a)
{
    struct json_object *item = json_object_new_object();
    json_object_object_add(item, "terms_kept", json_object_new_boolean(a->again.kept));
    json_object_object_add(item, "differs", json_object_new_boolean(a->again.differs));
    json_object_object_add(item, "verdict",
                           json_object_new_string(verdict_word(a->again.kind)));
    json_object_object_add(item, "confidence", number(a->again.p[a->again.kind]));
    json_object_object_add(item, "sum", number(a->again.sum));
    if (!a->set_count)
        return item;
    json_object_object_add(item, "set_verdict",
                           json_object_new_string(verdict_word(a->again.set_kind)));
    json_object_object_add(item, "set_confidence", number(a->again.set_p[a->again.set_kind]));
    return item;
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

static void print_json(const struct asked_case *a)
{
    const struct result *result = a->result;
    const struct result_case *c = a->one;
    enum language lang = a->language;
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
    json_object_object_add(top, "facts", json_facts(c, false, lang));
    json_object_object_add(top, "what_if", json_whatifs(c));
    json_object_object_add(top, "flips", json_facts(c, true, lang));
    json_object_object_add(top, "made_again", json_again(a));
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
        error_set(&error, STATUS_USAGE,
                  "explain takes OUT and a ticket; see: covtriage explain --help");
        return command_fail(&error);
    }
    char path[4096];
    struct result result;
    enum status status = store_read_case(store_path(options.operands[0], path, sizeof path),
                                         options.operands[1], &result, &error);
    const struct result_case *c =
        status == STATUS_OK ? find_case(&result, options.operands[1]) : NULL;
    if (status == STATUS_OK && !c)
        status = error_set(&error, STATUS_MISSING, "%s holds no ticket '%s'",
                           postgis_named(path) ? "that run" : options.operands[0],
                           options.operands[1]);
    struct asked_case asked_case = {&result, c, options.language, options.set,
                                    options.set_count};
    if (status == STATUS_OK)
        status = make_again(&asked_case, &error);
    if (status == STATUS_OK && options.json)
        print_json(&asked_case);
    else if (status == STATUS_OK)
        print_text(&asked_case);
    result_free(&result);
    return status == STATUS_OK ? EXIT_DONE : command_fail(&error);
}
