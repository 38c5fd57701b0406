#include "models/verdict/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const enum rule_id calibrate_rules[] = {
    RULE_prior_weak,         RULE_prior_misaligned, RULE_prior_outage, RULE_prior_planned,
    RULE_prior_undetermined, RULE_sharpness,        RULE_word_weight};

/* The weights: a bias for each verdict (index verdict - 1), then words, then likelihood. */
enum { WORDS = VERDICT_COUNT - 1, LIKELIHOOD, WEIGHTS };

static const enum rule_id prior_rule[VERDICT_COUNT] = {
    [VERDICT_WEAK] = RULE_prior_weak,
    [VERDICT_MISALIGNED] = RULE_prior_misaligned,
    [VERDICT_OUTAGE] = RULE_prior_outage,
    [VERDICT_PLANNED] = RULE_prior_planned,
    [VERDICT_UNDETERMINED] = RULE_prior_undetermined,
};

static void weights_of(const struct rules *rules, double weights[WEIGHTS])
{
    double sharp = RULE_VALUE(rules, sharpness);
    for (int v = 1; v < VERDICT_COUNT; v++)
        weights[v - 1] = sharp * log(rules->value[prior_rule[v]]);
    weights[WORDS] = sharp * RULE_VALUE(rules, word_weight);
    weights[LIKELIHOOD] = sharp;
}

static void put_rule(struct rules *rules, enum rule_id id, double value)
{
    const struct rule *rule = &rule_table[id];
    rules->value[id] = fmin(fmax(value, rule->min), rule->max);
}

static void rules_of(const double weights[WEIGHTS], struct rules *rules)
{
    double sharp = fmin(fmax(weights[LIKELIHOOD], rule_table[RULE_sharpness].min),
                        rule_table[RULE_sharpness].max);
    double top = -INFINITY, total = 0;
    for (int v = 1; v < VERDICT_COUNT; v++)
        top = fmax(top, weights[v - 1] / sharp);
    for (int v = 1; v < VERDICT_COUNT; v++)
        total += exp(weights[v - 1] / sharp - top);
    for (int v = 1; v < VERDICT_COUNT; v++)
        put_rule(rules, prior_rule[v], exp(weights[v - 1] / sharp - top) / total);
    put_rule(rules, RULE_sharpness, sharp);
    put_rule(rules, RULE_word_weight, weights[WORDS] / sharp);
}

/* ---- Newton's method --------------------------------------------------------------------- */

struct slope {
    double gradient[WEIGHTS], hessian[WEIGHTS][WEIGHTS];
};

/* What verdict v sees: its own bias, the words for it, its likelihood. */
static void features(const struct verdict_terms *terms, int v, double x[WEIGHTS])
{
    memset(x, 0, WEIGHTS * sizeof *x);
    x[v - 1] = 1;
    x[WORDS] = terms->words[v];
    x[LIKELIHOOD] = terms->likelihood[v];
}

static void probabilities(const struct verdict_terms *terms, const double weights[WEIGHTS],
                          double p[VERDICT_COUNT])
{
    double top = -INFINITY, total = 0, x[WEIGHTS];
    for (int v = 1; v < VERDICT_COUNT; v++) {
        features(terms, v, x);
        p[v] = 0;
        for (int i = 0; i < WEIGHTS; i++)
            p[v] += weights[i] * x[i];
        top = fmax(top, p[v]);
    }
    for (int v = 1; v < VERDICT_COUNT; v++)
        total += p[v] = exp(p[v] - top);
    for (int v = 1; v < VERDICT_COUNT; v++)
        p[v] /= total;
}

static void add_slope(const struct calibrate_case *one, const double weights[WEIGHTS],
                      struct slope *slope)
{
    double p[VERDICT_COUNT], x[VERDICT_COUNT][WEIGHTS], mean[WEIGHTS] = {0};
    probabilities(&one->terms, weights, p);
    for (int v = 1; v < VERDICT_COUNT; v++) {
        features(&one->terms, v, x[v]);
        for (int i = 0; i < WEIGHTS; i++)
            mean[i] += p[v] * x[v][i];
    }
    for (int i = 0; i < WEIGHTS; i++) {
        slope->gradient[i] += mean[i] - x[one->truth][i];
        for (int j = 0; j < WEIGHTS; j++) {
            for (int v = 1; v < VERDICT_COUNT; v++)
                slope->hessian[i][j] += p[v] * x[v][i] * x[v][j];
            slope->hessian[i][j] -= mean[i] * mean[j];
        }
    }
}

/* Solves hessian * step = gradient, in place, by Cholesky: the ridge makes it positive
 * definite. */
static void solve(struct slope *s)
{
    for (int j = 0; j < WEIGHTS; j++) {
        for (int k = 0; k < j; k++)
            for (int i = j; i < WEIGHTS; i++)
                s->hessian[i][j] -= s->hessian[i][k] * s->hessian[j][k];
        double root = sqrt(s->hessian[j][j]);
        for (int i = j; i < WEIGHTS; i++)
            s->hessian[i][j] /= root;
    }
    for (int i = 0; i < WEIGHTS; i++) {
        for (int k = 0; k < i; k++)
            s->gradient[i] -= s->hessian[i][k] * s->gradient[k];
        s->gradient[i] /= s->hessian[i][i];
    }
    for (int i = WEIGHTS - 1; i >= 0; i--) {
        for (int k = i + 1; k < WEIGHTS; k++)
            s->gradient[i] -= s->hessian[k][i] * s->gradient[k];
        s->gradient[i] /= s->hessian[i][i];
    }
}

void calibrate_fit(const struct calibrate_case *cases, size_t count, int held_out, double ridge,
                   struct rules *rules)
{
    enum { MOST_STEPS = 30 };
    static const double LARGEST_STEP = 1;
    double start[WEIGHTS], weights[WEIGHTS], moved = INFINITY;
    weights_of(rules, start);
    memcpy(weights, start, sizeof weights);
    for (int step = 0; step < MOST_STEPS && moved > 1e-6; step++) {
        struct slope slope = {{0}};
        for (size_t i = 0; i < count; i++)
            if ((int)cases[i].fold != held_out)
                add_slope(&cases[i], weights, &slope);
        for (int i = 0; i < WEIGHTS; i++) {
            slope.gradient[i] += ridge * (weights[i] - start[i]);
            slope.hessian[i][i] += ridge;
        }
        solve(&slope);
        moved = 0;
        for (int i = 0; i < WEIGHTS; i++) {
            double by = fmin(fmax(slope.gradient[i], -LARGEST_STEP), LARGEST_STEP);
            weights[i] -= by;
            moved = fmax(moved, fabs(by));
        }
    }
    rules_of(weights, rules);
}

/* ---- marks ------------------------------------------------------------------------------- */

enum { BINS = 10 };

struct tally_marks {
    double hits[VERDICT_COUNT], said[VERDICT_COUNT], true_ones[VERDICT_COUNT];
    double confidence[BINS], right[BINS], log_loss;
    size_t count;
};

static void mark_case(const struct calibrate_case *one, const struct rules *rules,
                      struct tally_marks *marks)
{
    double p[VERDICT_COUNT];
    classify_probabilities(rules, &one->terms, p);
    enum verdict_kind said = classify_choose(rules, one->terms.placed, p);
    int bin = (int)fmin(p[said] * BINS, BINS - 1);
    marks->hits[said] += said == one->truth;
    marks->said[said]++;
    marks->true_ones[one->truth]++;
    marks->confidence[bin] += p[said];
    marks->right[bin] += said == one->truth;
    marks->log_loss -= log(fmax(p[one->truth], 1e-9));
    marks->count++;
}

static double loss_of(const struct calibrate_case *one, const struct rules *rules)
{
    double p[VERDICT_COUNT];
    classify_probabilities(rules, &one->terms, p);
    return -log(fmax(p[one->truth], 1e-9));
}

static struct calibrate_marks sum_marks(const struct tally_marks *t)
{
    struct calibrate_marks marks = {.cases = t->count};
    double kinds = 0, n = (double)BASE_MAX(t->count, (size_t)1);
    for (int v = 1; v < VERDICT_COUNT; v++) {
        if (!(t->true_ones[v] > 0))
            continue;
        kinds++;
        marks.macro_f1 += 2 * t->hits[v] / (t->said[v] + t->true_ones[v]);
    }
    for (int b = 0; b < BINS; b++)
        marks.ece += fabs(t->confidence[b] - t->right[b]) / n;
    marks.macro_f1 /= fmax(kinds, 1);
    marks.log_loss = t->log_loss / n;
    return marks;
}

struct calibrate_marks calibrate_mark(const struct calibrate_case *cases, size_t count,
                                      const struct rules *rules)
{
    struct tally_marks tally = {{0}};
    for (size_t i = 0; i < count; i++)
        mark_case(&cases[i], rules, &tally);
    return sum_marks(&tally);
}

/* ---- how strongly to hold them ------------------------------------------------------------
 */

/* The loss of each case under rules fitted without its fold, and the marks of all. */
static struct calibrate_marks cross_losses(const struct calibrate_case *cases, size_t count,
                                           double ridge, const struct rules *rules,
                                           double *losses)
{
    struct tally_marks tally = {{0}};
    for (int fold = 0; fold < CALIBRATE_FOLDS; fold++) {
        struct rules fitted = *rules;
        calibrate_fit(cases, count, fold, ridge, &fitted);
        for (size_t i = 0; i < count; i++)
            if ((int)cases[i].fold == fold) {
                mark_case(&cases[i], &fitted, &tally);
                losses[i] = loss_of(&cases[i], &fitted);
            }
    }
    return sum_marks(&tally);
}

/* By how much `losses` are below `others` on average, and the standard error of that. */
static double mean_gain(const double *others, const double *losses, size_t count, double *se)
{
    double sum = 0, square = 0, n = (double)count;
    for (size_t i = 0; i < count; i++)
        sum += others[i] - losses[i];
    for (size_t i = 0; i < count; i++)
        square += pow(others[i] - losses[i] - sum / n, 2);
    *se = sqrt(square / (n * fmax(n - 1, 1)));
    return sum / n;
}

static const double strengths[] = {1, 3, 10, 30, 100, 300, 1000};
enum { STRENGTHS = ARRAY_COUNT(strengths) };

struct trial {
    double *losses[STRENGTHS];
    struct calibrate_marks marks[STRENGTHS];
};

/* The strongest that is no worse than the best one, as far as the cases tell. */
static int strongest_as_good(const struct trial *trial, size_t count)
{
    int best = 0;
    for (int i = 1; i < STRENGTHS; i++)
        if (trial->marks[i].log_loss <= trial->marks[best].log_loss)
            best = i;
    for (int i = STRENGTHS - 1; i > best; i--) {
        double se, lead = mean_gain(trial->losses[i], trial->losses[best], count, &se);
        if (lead <= se)
            return i;
    }
    return best;
}

struct calibrate_choice calibrate_choose(const struct calibrate_case *cases, size_t count,
                                         struct rules *rules)
{
    struct trial trial;
    struct calibrate_choice choice;
    double *before = base_alloc(count, sizeof *before);
    for (size_t i = 0; i < count; i++)
        before[i] = loss_of(&cases[i], rules);
    for (int i = 0; i < STRENGTHS; i++) {
        trial.losses[i] = base_alloc(count, sizeof *trial.losses[i]);
        trial.marks[i] =
            cross_losses(cases, count, RULE_VALUE(rules, calibrate_ridge) * strengths[i], rules,
                         trial.losses[i]);
    }
    int chosen = strongest_as_good(&trial, count);
    choice.ridge = RULE_VALUE(rules, calibrate_ridge) * strengths[chosen];
    choice.cross = trial.marks[chosen];
    choice.gain = mean_gain(before, trial.losses[chosen], count, &choice.gain_se);
    choice.better = choice.gain > RULE_VALUE(rules, calibrate_sure) * choice.gain_se;
    if (choice.better)
        calibrate_fit(cases, count, -1, choice.ridge, rules);
    for (int i = 0; i < STRENGTHS; i++)
        free(trial.losses[i]);
    free(before);
    return choice;
}
