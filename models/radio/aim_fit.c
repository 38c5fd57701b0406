/* The joint fit of a mast's azimuths from what its sectors differ by.
 *
 * At one place the path to a mast and its shadowing are the same for all its sectors:
 *     level(cell, place) = power(cell) + gain(cell, place) - loss(mast, place) + noise.
 * The loss is free at every place, so that only differences speak. A cell that a report leaves
 * out was weaker than the weakest in it. Places that fit no azimuth (reflections, a hill that
 * lights up another sector) count for a bounded amount. */
#include <math.h>
#include <string.h>

#include "models/radio/aim_work.h"
#include "models/radio/link.h"

/* A place's gain by azimuth, then the least and the greatest of them. */
enum { LOW = AIM_STEPS, HIGH, ROW = AIM_STEPS + 4 };
/* Rows of tilts once tried are kept when all of them take no more than this. */
static const size_t KEEP_BYTES = 32u << 20;

static const float *gain_row(const struct aim_work *work, uint32_t cell, size_t place)
{
    return work->rows[cell] + place * ROW;
}

static void add_extent(float *row)
{
    float low[4], high[4]; /* four at a time */
    memcpy(low, row, sizeof low);
    memcpy(high, row, sizeof high);
    for (int s = 4; s < AIM_STEPS; s += 4)
        for (int k = 0; k < 4; k++) {
            low[k] = row[s + k] < low[k] ? row[s + k] : low[k];
            high[k] = row[s + k] > high[k] ? row[s + k] : high[k];
        }
    row[LOW] = fminf(fminf(low[0], low[1]), fminf(low[2], low[3]));
    row[HIGH] = fmaxf(fmaxf(high[0], high[1]), fmaxf(high[2], high[3]));
}

void aim_work_set_tilt(struct aim_work *work, uint32_t cell, int tilt)
{
    const struct aim_view *view = work->view;
    const struct aim_lobe *lobe = &work->lobes[cell * AIM_TILTS + (uint32_t)tilt];
    float **kept = &work->kept[cell * AIM_TILTS + (uint32_t)tilt];
    work->tilt[cell] = tilt;
    if (*kept) {
        work->rows[cell] = *kept;
        return;
    }
    if (work->keeps || !work->rows[cell])
        work->rows[cell] =
            arena_alloc(work->arena, view->place_count * ROW * sizeof *work->rows[cell]);
    for (size_t p = 0; p < view->place_count; p++) {
        aim_lobe_row(lobe, &view->places[p], work->rows[cell] + p * ROW);
        add_extent(work->rows[cell] + p * ROW);
    }
    if (work->keeps)
        *kept = work->rows[cell];
}

static void fill_lobes(struct aim_work *work)
{
    const struct aim_view *view = work->view;
    for (uint32_t c = 0; c < view->cell_count; c++)
        aim_lobes_make(&view->world->cells[view->cells[c]], &work->lobes[c * AIM_TILTS]);
}

/* Variance of a square's mean as a measure of the pattern: what the pattern's form leaves open,
 * the receiver's noise by the number of samples, and the square's size seen from the mast. */
static void fill_trust(struct aim_work *work)
{
    const struct aim_view *view = work->view;
    const struct rules *rules = &view->world->rules;
    double form = RULE_VALUE(rules, aim_pattern_error_db);
    double noise = RULE_VALUE(rules, aim_noise_db), bin_m = RULE_VALUE(rules, bin_m);
    for (size_t p = 0; p < view->place_count; p++) {
        double blur_deg = 0.29 * bin_m / view->places[p].distance_m * 180 / M_PI;
        double blur_db = 0.3 * blur_deg; /* slope of a 65 degree pattern at its -7 dB point */
        for (uint32_t c = 0; c < view->cell_count; c++) {
            size_t at = p * view->cell_count + c;
            double n = view->samples[at];
            work->trust[at] =
                n > 0 ? (float)(1 / (form * form + noise * noise / n + blur_db * blur_db)) : 0;
        }
    }
}

void aim_work_set_azimuth(struct aim_work *work, uint32_t cell, int step)
{
    const struct aim_view *view = work->view;
    work->step[cell] = step;
    for (size_t p = 0; p < view->place_count; p++)
        work->now[p * view->cell_count + cell] =
            gain_row(work, cell, p)[step] + work->offset[cell];
}

/* Sums over the cells reported at a place, one of them left out. */
struct sums {
    float trust, moment, square;
    int count;
};

static struct sums sums_without(const struct aim_work *work, size_t place, uint32_t without)
{
    const struct aim_view *view = work->view;
    struct sums sums = {0};
    for (uint32_t c = 0; c < view->cell_count; c++) {
        size_t at = place * view->cell_count + c;
        if (c == without || work->trust[at] == 0)
            continue;
        float loss = work->now[at] - view->level_dbm[at];
        sums.trust += work->trust[at];
        sums.moment += work->trust[at] * loss;
        sums.square += work->trust[at] * loss * loss;
        sums.count++;
    }
    return sums;
}

/* Where a squared error stops to count, and what it counts. */
struct bound {
    float limit, weight;
};

static float bounded(float square, float limit)
{
    return square / (1 + square / limit);
}

/* A standardised error as a line over the gain of one cell: z = at + slope * gain. */
struct line {
    float at, slope;
};

/* The two loops that take the audit's time are compiled for wider registers, too. No sum is
 * reordered and nothing fused, so that the bits do not depend on the machine. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) &&                      \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define WIDE
#endif

/* weight * bounded(z^2 + base) onto every azimuth's cost. */
WIDE static void add_two_sided(struct line z, float base, struct bound bound,
                               const float *restrict gain, float *restrict cost)
{
    float inverse = 1 / bound.limit;
    for (int s = 0; s < AIM_STEPS; s++) {
        float error = z.at + z.slope * gain[s], q = error * error + base;
        cost[s] += bound.weight * q / (1 + q * inverse);
    }
}

/* Is the error at or below 0 whatever the azimuth? Rounding keeps order: this is exact. */
static bool never_above(struct line z, const float *gain)
{
    return z.at + z.slope * gain[z.slope < 0 ? LOW : HIGH] <= 0;
}

/* As add_two_sided, errors below 0 costing nothing. */
WIDE static void add_one_sided(struct line z, struct bound bound, const float *restrict gain,
                               float *restrict cost)
{
    float inverse = 1 / bound.limit;
    for (int s = 0; s < AIM_STEPS; s++) {
        float error = z.at + z.slope * gain[s];
        error = (error + fabsf(error)) / 2; /* the positive part, without a branch */
        float q = error * error;
        cost[s] += bound.weight * q / (1 + q * inverse);
    }
}

/* How far above the reports' threshold a cell was left out, standardised; half a deviation of
 * grace, because the threshold itself is one of the levels. */
static struct line absent_line(const struct aim_work *work, float above_db, float slope)
{
    return (struct line){above_db / work->absent_db + 0.5F, slope / work->absent_db};
}

static float absent_cost(const struct aim_work *work, float above_db)
{
    float z = absent_line(work, above_db, 0).at;
    return z > 0 ? bounded(z * z, work->absent_limit) : 0;
}

/* The share of a place's reports that must have seen the cell and did not. */
static float absence(const struct aim_work *work, size_t place, uint32_t cell)
{
    const struct aim_view *view = work->view;
    const struct aim_place *p = &view->places[place];
    if (p->sets < 1 || view->samples[place * view->cell_count + cell] > 0)
        return 0;
    return p->weight * work->absent_weight * fminf(p->sets, 3);
}

/* The cell was reported there: its differences to the others, and those it makes absent. With
 * u = gain - level and the others' weighted mean m of u, the squares about the common loss are
 * k (u - m)^2 plus those of the others alone. */
static void cost_if_seen(const struct aim_work *work, size_t place, uint32_t cell, float *cost)
{
    const struct aim_view *view = work->view;
    const struct aim_place *p = &view->places[place];
    struct sums others = sums_without(work, place, cell);
    size_t at = place * view->cell_count + cell;
    float trust = work->trust[at], all = trust + others.trust;
    float shift = work->offset[cell] - view->level_dbm[at];
    const float *gain = gain_row(work, cell, place);
    if (others.count) {
        float mean = others.moment / others.trust;
        float k = sqrtf(trust * others.trust / all);
        add_two_sided((struct line){k * (shift - mean), k},
                      others.square - others.moment * mean,
                      (struct bound){work->outlier, p->weight}, gain, cost);
    }
    for (uint32_t c = 0; c < view->cell_count; c++) {
        float share = c == cell ? 0 : absence(work, place, c);
        if (share <= 0)
            continue;
        float above = work->now[place * view->cell_count + c] - p->threshold_dbm -
                      (others.moment + trust * shift) / all;
        struct line z = absent_line(work, above, -trust / all);
        if (!never_above(z, gain))
            add_one_sided(z, (struct bound){work->absent_limit, share}, gain, cost);
    }
}

/* The cell was not reported there, but others of the mast were. */
static void cost_if_absent(const struct aim_work *work, size_t place, uint32_t cell,
                           float *cost)
{
    const struct aim_place *p = &work->view->places[place];
    float share = absence(work, place, cell);
    if (share <= 0)
        return;
    struct sums others = sums_without(work, place, cell);
    float above = work->offset[cell] - others.moment / others.trust - p->threshold_dbm;
    struct line z = absent_line(work, above, 1);
    if (!never_above(z, gain_row(work, cell, place)))
        add_one_sided(z, (struct bound){work->absent_limit, share}, gain_row(work, cell, place),
                      cost);
}

/* Cost (minus twice the log likelihood, up to a constant) of every azimuth of one cell. */
static void cost_of_cell(const struct aim_work *work, uint32_t cell, float *cost)
{
    memset(cost, 0, AIM_STEPS * sizeof *cost);
    for (size_t p = 0; p < work->view->place_count; p++)
        if (work->trust[p * work->view->cell_count + cell] > 0)
            cost_if_seen(work, p, cell, cost);
        else
            cost_if_absent(work, p, cell, cost);
}

static int least(const float *cost)
{
    int best = 0;
    for (int s = 1; s < AIM_STEPS; s++)
        if (cost[s] < cost[best])
            best = s;
    return best;
}

/* What a cell is stronger by than its power and pattern say, held near 0 by its prior. */
static void update_offset(struct aim_work *work, uint32_t cell)
{
    const struct aim_view *view = work->view;
    double prior_db = RULE_VALUE(&view->world->rules, aim_power_error_db);
    double trust = 1 / (prior_db * prior_db), moment = 0;
    for (size_t p = 0; p < view->place_count; p++) {
        size_t at = p * view->cell_count + cell;
        struct sums others = sums_without(work, p, cell);
        if (work->trust[at] == 0 || !others.count)
            continue;
        float excess = view->level_dbm[at] -
                       (work->now[at] - work->offset[cell] - others.moment / others.trust);
        float both = 1 / (1 / work->trust[at] + 1 / others.trust);
        float off = excess - work->offset[cell];
        float robust = 1 / (1 + both * off * off / work->outlier);
        double weight = view->places[p].weight * both * robust * robust;
        trust += weight;
        moment += weight * excess;
    }
    work->offset[cell] = (float)(moment / trust);
    aim_work_set_azimuth(work, cell, work->step[cell]);
}

static float square(float value)
{
    return value * value;
}

/* A tilt other than the table's has to earn it, and so has an azimuth. */
static float tilt_cost(const struct aim_work *work, int tilt)
{
    const struct rules *rules = &work->view->world->rules;
    return -2 * (float)log(aim_tilt_share(rules, tilt) / aim_tilt_share(rules, AIM_TILT_TABLE));
}

double aim_work_table_deg(const struct aim_view *view, uint32_t cell)
{
    return view->world->cells[view->cells[cell]].azimuth_deg;
}

static float azimuth_cost(const struct aim_work *work, uint32_t cell, int step)
{
    const struct rules *rules = &work->view->world->rules;
    double off_deg = angle_turn_deg(aim_work_table_deg(work->view, cell), step * AIM_STEP_DEG);
    double share = RULE_VALUE(rules, aim_fault_prior);
    double sigma_deg = RULE_VALUE(rules, aim_install_deg);
    if (isnan(off_deg))
        return 0;
    double sound = exp(-0.5 * (off_deg / sigma_deg) * (off_deg / sigma_deg));
    return -2 * (float)log(sound + share * sigma_deg * sqrt(2 * M_PI) / 360);
}

/* Cost of the places as the mast stands in the fit. */
static float cost_of_place(const struct aim_work *work, size_t place)
{
    const struct aim_view *view = work->view;
    struct sums all = sums_without(work, place, INDEX_NONE);
    float loss = all.moment / all.trust, cost = 0;
    if (all.count > 1)
        cost = bounded(all.square - all.moment * loss, work->outlier);
    cost *= view->places[place].weight;
    for (uint32_t c = 0; c < view->cell_count; c++) {
        float share = absence(work, place, c);
        float level = work->now[place * view->cell_count + c] - loss;
        if (share > 0)
            cost += share * absent_cost(work, level - view->places[place].threshold_dbm);
    }
    return cost;
}

/* Cost of the whole mast as it stands in the fit, with what is known before looking. */
float aim_work_cost(const struct aim_work *work)
{
    float prior_db = (float)RULE_VALUE(&work->view->world->rules, aim_power_error_db), cost = 0;
    for (size_t p = 0; p < work->view->place_count; p++)
        cost += cost_of_place(work, p);
    for (uint32_t c = 0; c < work->view->cell_count; c++)
        cost += square(work->offset[c] / prior_db) + tilt_cost(work, work->tilt[c]) +
                azimuth_cost(work, c, work->step[c]);
    return cost;
}

/* One azimuth after the other, until none moves. */
void aim_work_descend(struct aim_work *work)
{
    float cost[AIM_STEPS];
    for (int sweep = 0; sweep < 8; sweep++) {
        bool moved = false;
        for (uint32_t c = 0; c < work->view->cell_count; c++) {
            cost_of_cell(work, c, cost);
            int best = least(cost);
            moved |= best != work->step[c];
            aim_work_set_azimuth(work, c, best);
            update_offset(work, c);
        }
        if (!moved)
            break;
    }
}

/* Cost of every tilt and azimuth of one cell, [tilt * AIM_STEPS + step]; the power's offset is
 * fitted anew under each tilt, because a lobe that looks down is also weaker far away. */
static void cost_of_tilts(struct aim_work *work, uint32_t cell, float *cost)
{
    const struct rules *rules = &work->view->world->rules;
    float prior_db = (float)RULE_VALUE(rules, aim_power_error_db);
    int step = work->step[cell], tilt = work->tilt[cell];
    float offset = work->offset[cell];
    for (int t = 0; t < AIM_TILTS; t++, cost += AIM_STEPS) {
        aim_work_set_tilt(work, cell, t);
        work->offset[cell] = offset;
        aim_work_set_azimuth(work, cell, step);
        update_offset(work, cell);
        update_offset(work, cell); /* its weights follow the first */
        cost_of_cell(work, cell, cost);
        for (int s = 0; s < AIM_STEPS; s++)
            cost[s] += square(work->offset[cell] / prior_db);
    }
    work->offset[cell] = offset;
    aim_work_set_tilt(work, cell, tilt);
    aim_work_set_azimuth(work, cell, step);
}

static bool improve_tilt(struct aim_work *work, uint32_t cell)
{
    float cost[AIM_TILTS * AIM_STEPS];
    cost_of_tilts(work, cell, cost);
    int best = AIM_TILT_TABLE;
    float lowest = INFINITY;
    for (int t = 0; t < AIM_TILTS; t++) {
        float here = cost[t * AIM_STEPS + least(cost + t * AIM_STEPS)] + tilt_cost(work, t);
        if (here < lowest) {
            lowest = here;
            best = t;
        }
    }
    bool moved = best != work->tilt[cell];
    if (moved)
        aim_work_set_tilt(work, cell, best);
    aim_work_set_azimuth(work, cell, least(cost + best * AIM_STEPS));
    update_offset(work, cell);
    return moved;
}

void aim_work_descend_tilts(struct aim_work *work)
{
    for (int sweep = 0; sweep < 3; sweep++) {
        bool moved = false;
        for (uint32_t c = 0; c < work->view->cell_count; c++)
            moved |= improve_tilt(work, c);
        if (!moved)
            break;
        aim_work_descend(work);
    }
}

static float support_of(const struct aim_work *work, uint32_t cell)
{
    const struct aim_view *view = work->view;
    float support = 0;
    for (size_t p = 0; p < view->place_count; p++) {
        bool seen = work->trust[p * view->cell_count + cell] > 0;
        if (seen ? sums_without(work, p, cell).count > 0 : absence(work, p, cell) > 0)
            support += view->places[p].weight;
    }
    return support;
}

static void work_make(const struct aim_view *view, struct arena *arena, struct aim_work *work)
{
    const struct rules *rules = &view->world->rules;
    size_t all = view->place_count * view->cell_count;
    *work = (struct aim_work){.view = view};
    work->outlier = (float)RULE_VALUE(rules, aim_outlier_square);
    work->absent_db = (float)RULE_VALUE(rules, aim_absent_error_db);
    work->absent_limit = 2 * (float)RULE_VALUE(rules, aim_absent_limit);
    work->absent_weight = (float)RULE_VALUE(rules, aim_absent_weight);
    work->arena = arena;
    work->keeps = all * AIM_TILTS * ROW * sizeof(float) <= KEEP_BYTES;
    work->rows = arena_alloc(arena, view->cell_count * sizeof *work->rows);
    work->kept = arena_alloc(arena, view->cell_count * AIM_TILTS * sizeof *work->kept);
    work->now = arena_alloc(arena, all * sizeof(float));
    work->trust = arena_alloc(arena, all * sizeof(float));
    work->step = arena_alloc(arena, view->cell_count * sizeof(int));
    work->offset = arena_alloc(arena, view->cell_count * sizeof(float));
    work->tilt = arena_alloc(arena, view->cell_count * sizeof(int));
    work->lobes = arena_alloc(arena, view->cell_count * AIM_TILTS * sizeof *work->lobes);
    fill_lobes(work);
    fill_trust(work);
    for (uint32_t c = 0; c < view->cell_count; c++)
        aim_work_set_tilt(work, c, AIM_TILT_TABLE);
}

/* What a bounded square of so many degrees of freedom is on average, under the usual limit. */
static float bounded_mean(int freedom)
{
    static const float means[] = {0, 0.776F, 1.442F, 2.017F, 2.514F, 2.955F, 3.341F};
    return means[freedom < 6 ? freedom : 6];
}

/* The usual scatter is believed like so many places of one direction each. */
static const float USUAL_PLACES = 20;

/* How much less each comparison says than its errors of receiver and pattern allow: 1 or more.
 * Where the places scatter more about the best fit, streets, reflections or patterns unlike the
 * table's are at work, and these err alike at neighbouring places: what is too much counts
 * twice. Source: our choice, see README. */
static float excess_scatter(const struct aim_work *work)
{
    const struct aim_view *view = work->view;
    float seen = USUAL_PLACES, due = USUAL_PLACES;
    for (size_t p = 0; p < view->place_count; p++) {
        struct sums all = sums_without(work, p, INDEX_NONE);
        if (all.count < 2)
            continue;
        float about = all.square - all.moment * all.moment / all.trust;
        seen += view->places[p].weight * bounded(about, work->outlier);
        due += view->places[p].weight * bounded_mean(all.count - 1);
    }
    return square(fmaxf(1, seen / due));
}

static void report_cell(struct aim_work *work, uint32_t cell, struct aim_fit *fit)
{
    float *out = fit->log_likelihood + cell * AIM_TILTS * AIM_STEPS, lowest = INFINITY;
    cost_of_tilts(work, cell, out);
    for (int i = 0; i < AIM_TILTS * AIM_STEPS; i++)
        lowest = fminf(lowest, out[i]);
    for (int i = 0; i < AIM_TILTS * AIM_STEPS; i++)
        out[i] = -0.5F * (out[i] - lowest) / fit->scatter;
    fit->support[cell] = support_of(work, cell);
    fit->azimuth_deg[cell] = (float)(work->step[cell] * AIM_STEP_DEG);
}

void aim_fit_differences(const struct aim_view *view, struct arena *arena, struct aim_fit *fit)
{
    struct aim_work work;
    work_make(view, arena, &work);
    aim_work_search(&work, arena);
    uint32_t n = view->cell_count;
    fit->log_likelihood = arena_alloc(arena, n * AIM_TILTS * AIM_STEPS * sizeof(float));
    fit->support = arena_alloc(arena, n * sizeof(float));
    fit->azimuth_deg = arena_alloc(arena, n * sizeof(float));
    fit->offset_db = work.offset;
    fit->cost = aim_work_cost(&work);
    fit->scatter = excess_scatter(&work);
    fit->as_table = aim_work_as_table(&work);
    for (uint32_t c = 0; c < n; c++)
        report_cell(&work, c, fit);
}
