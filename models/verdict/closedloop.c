#include "models/verdict/closedloop.h"

#include <math.h>
#include <stdlib.h>

#include "geo/base.h"

/* The changes of one side, averaged by block. */
struct side {
    double mean_db, variance; /* of the mean */
    double before_dbm, after_dbm;
};

static int compare_block(const void *a, const void *b)
{
    const struct loop_bin *x = a, *y = b;
    return x->block < y->block ? -1 : x->block > y->block;
}

static struct side side_of(const struct loop_bin *bins, size_t count)
{
    static const double single_db = 6; /* spread of one block's change, when unknown */
    struct side side = {0};
    struct loop_bin *sorted = base_alloc(count + 1, sizeof *sorted);
    double *means = base_alloc(count + 1, sizeof *means), spread = 0;
    size_t blocks = 0;
    for (size_t i = 0; i < count; i++)
        sorted[i] = bins[i];
    base_sort(sorted, count, sizeof *sorted, compare_block);
    for (size_t i = 0, end; i < count; i = end) {
        double sum = 0;
        for (end = i; end < count && sorted[end].block == sorted[i].block; end++) {
            sum += sorted[end].after_dbm - sorted[end].before_dbm;
            side.before_dbm += sorted[end].before_dbm / (double)count;
            side.after_dbm += sorted[end].after_dbm / (double)count;
        }
        means[blocks++] = sum / (double)(end - i);
    }
    for (size_t i = 0; i < blocks; i++)
        side.mean_db += means[i] / (double)blocks;
    for (size_t i = 0; i < blocks; i++)
        spread += (means[i] - side.mean_db) * (means[i] - side.mean_db);
    /* few blocks say little of their spread: the usual one counts as two more of them */
    double degrees = (double)blocks - 1 + 2;
    side.variance =
        (spread + 2 * single_db * single_db) / degrees / (double)BASE_MAX(blocks, 1u);
    free(sorted);
    free(means);
    return side;
}

struct loop_level loop_level_change(const struct loop_bin *bins, size_t count,
                                    const struct loop_bin *control, size_t control_count)
{
    struct loop_level level = {NAN, NAN, NAN, NAN, count, control_count};
    if (!count)
        return level;
    struct side helped = side_of(bins, count), untouched = {0};
    if (control_count)
        untouched = side_of(control, control_count);
    level.before_dbm = helped.before_dbm;
    level.after_dbm = helped.after_dbm;
    level.effect_db = helped.mean_db - untouched.mean_db;
    level.sigma_db = sqrt(helped.variance + untouched.variance);
    return level;
}

/* The continued fraction of I_x(a, b) by Lentz's method. */
static double beta_fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1), result;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    result = d;
    for (int m = 1; m < 500; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        const double terms[] = {even, odd};
        double change = 1;
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + terms[i] / c;
            c = fabs(c) < tiny ? tiny : c;
            change = c * d;
            result *= change;
        }
        if (fabs(change - 1) < 1e-14)
            break;
    }
    return result;
}

double loop_beta(double x, double a, double b)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double loop_rate_below(const struct loop_rate *rate, double share)
{
    if (!(rate->before_days > 0) || !(rate->after_days > 0))
        return NAN;
    double odds = share * rate->after_days / rate->before_days;
    return loop_beta(odds / (1 + odds), rate->after + 0.5, rate->before + 0.5);
}

double loop_rate_quantile(const struct loop_rate *rate, double p)
{
    double low = 1e-6, high = 1e6;
    if (isnan(loop_rate_below(rate, 1)))
        return NAN;
    for (int i = 0; i < 200; i++) {
        double middle = sqrt(low * high);
        if (loop_rate_below(rate, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return sqrt(low * high);
}

/* P(effect > limit) of a normal; 0.5 when nothing was measured. */
static double level_above(const struct loop_level *level, double limit_db)
{
    if (!isfinite(level->effect_db) || !(level->sigma_db > 0))
        return 0.5;
    return 0.5 * erfc((limit_db - level->effect_db) / (level->sigma_db * M_SQRT2));
}

enum loop_verdict loop_judge(const struct loop_level *level, const struct loop_rate *rate,
                             const struct loop_rules *rules, double *probability)
{
    double fewer = loop_rate_below(rate, 1), ended = loop_rate_below(rate, rules->cured_share);
    double raised = level_above(level, rules->better_db), up = level_above(level, 0);
    double lowered = 1 - level_above(level, -rules->better_db);
    bool rated = isfinite(fewer) && rate->before + rate->after > 0;
    bool measured = isfinite(level->effect_db);
    *probability = NAN;
    if (!rated && !measured)
        return LOOP_UNKNOWN;
    if (!rated)
        fewer = ended = 0.5;
    if (measured && lowered >= rules->sure) {
        *probability = lowered;
        return LOOP_WORSE;
    }
    if (rated && 1 - fewer >= rules->sure) {
        *probability = 1 - fewer;
        return LOOP_WORSE;
    }
    if (rated && ended >= rules->sure && up >= 1 - rules->sure) {
        *probability = ended;
        return LOOP_CURED;
    }
    if (raised >= rules->sure || fewer >= rules->sure) {
        *probability = BASE_MAX(raised, fewer);
        return LOOP_BETTER;
    }
    double still = measured ? level_above(level, -rules->better_db) - raised : 0;
    if (still >= rules->sure) {
        *probability = still;
        return LOOP_UNCHANGED;
    }
    return LOOP_UNKNOWN;
}

const char *loop_word(enum loop_verdict verdict)
{
    static const char *const words[] = {"unknown", "cured", "better", "unchanged", "worse"};
    return words[verdict];
}
