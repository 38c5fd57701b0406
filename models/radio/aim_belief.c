/* What the measurements of one site say of each of its cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/aim_inner.h"

static double bell(double turn_deg, double sigma_deg)
{
    double z = turn_deg / sigma_deg;
    return exp(-0.5 * z * z);
}

static void normalise(float *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    for (size_t i = 0; i < count; i++)
        values[i] = sum > 0 ? (float)(values[i] / sum) : 1.0F / (float)count;
}

static void add_bell(float *values, double azimuth_deg, double sigma_deg, double weight)
{
    float here[AIM_STEPS];
    for (int s = 0; s < AIM_STEPS; s++)
        here[s] = (float)bell(angle_turn_deg(azimuth_deg, s * AIM_STEP_DEG), sigma_deg);
    normalise(here, AIM_STEPS);
    for (int s = 0; s < AIM_STEPS; s++)
        values[s] += (float)weight * here[s];
}

void aim_sound_prior(const struct rules *rules, double azimuth_deg, float *prior)
{
    memset(prior, 0, AIM_STEPS * sizeof *prior);
    add_bell(prior, azimuth_deg, RULE_VALUE(rules, aim_install_deg), 1);
}

static void blur(const float *values, double sigma_deg, float *out)
{
    memset(out, 0, AIM_STEPS * sizeof *out);
    for (int s = 0; s < AIM_STEPS; s++)
        if (values[s] > 1e-7F)
            add_bell(out, s * AIM_STEP_DEG, sigma_deg, values[s]);
}

static void mix_flat(float *values, double share)
{
    for (int s = 0; s < AIM_STEPS; s++)
        values[s] = (float)(values[s] * (1 - share) + share / AIM_STEPS);
}

static bool has_lobe(const struct cell *cell)
{
    return cell->coverage != COVERAGE_INDOOR && !(cell->hbw_deg > 180) &&
           isfinite(cell->xy.x_m);
}

/* A table's 0 or 360 is often "not given". It is believed where the other sectors of the mast
 * leave that direction to it. */
static bool azimuth_given(const struct aim_view *view, uint32_t cell)
{
    const struct world *world = view->world;
    double azimuth_deg = world->cells[view->cells[cell]].azimuth_deg;
    if (isnan(azimuth_deg))
        return false;
    if (azimuth_deg > 0 && azimuth_deg < 360)
        return true;
    for (uint32_t c = 0; c < view->cell_count; c++) {
        double other_deg = world->cells[view->cells[c]].azimuth_deg;
        if (c != cell && !(fabs(angle_turn_deg(0, other_deg)) >= 60))
            return false;
    }
    return view->cell_count > 1;
}

/* Where a wrong azimuth would be: anywhere, rather more where another sector should be. */
static void fault_prior(const struct aim_view *view, uint32_t cell, float *prior)
{
    double own_deg = view->world->cells[view->cells[cell]].azimuth_deg;
    memset(prior, 0, AIM_STEPS * sizeof *prior);
    for (uint32_t c = 0; c < view->cell_count; c++) {
        double azimuth_deg = view->world->cells[view->cells[c]].azimuth_deg;
        if (c != cell && isfinite(azimuth_deg) && isfinite(own_deg))
            add_bell(prior, azimuth_deg, 2 * RULE_VALUE(&view->world->rules, aim_install_deg),
                     0.3 / (view->cell_count - 1));
    }
    for (int s = 0; s < AIM_STEPS; s++)
        prior[s] += 1.0F / AIM_STEPS;
    normalise(prior, AIM_STEPS);
}

#define SECTOR_DEG 10
#define SECTORS    (360 / SECTOR_DEG)

/* The widest run of directions without measurements. */
static void widest_gap(const bool *seen, struct aim_belief *belief)
{
    int widest = 0, from = 0;
    for (int first = 0; first < SECTORS; first++) {
        int run = 0;
        while (run < SECTORS && !seen[(first + run) % SECTORS])
            run++;
        if (run > widest) {
            widest = run;
            from = first;
        }
    }
    belief->gap_from_deg = widest ? (float)(from * SECTOR_DEG) : NAN;
    belief->gap_to_deg = widest ? (float)((from + widest) % SECTORS * SECTOR_DEG) : NAN;
}

struct weighed {
    float distance_m, samples;
};

static int by_distance(const void *a, const void *b)
{
    const struct weighed *p = a, *q = b;
    return (p->distance_m > q->distance_m) - (p->distance_m < q->distance_m);
}

static float median_distance(struct weighed *items, size_t count, double samples)
{
    base_sort(items, count, sizeof *items, by_distance);
    double below = 0;
    size_t i = 0;
    while (i + 1 < count && (below += items[i].samples) < samples / 2)
        i++;
    return count ? items[i].distance_m : NAN;
}

static void count_directions(const struct aim_view *view, uint32_t cell, struct arena *arena,
                             struct aim_belief *belief)
{
    bool seen[SECTORS] = {false};
    struct weighed *items = arena_alloc(arena, (view->place_count + 1) * sizeof *items);
    size_t count = 0;
    for (size_t p = 0; p < view->place_count; p++) {
        float samples = view->samples[p * view->cell_count + cell];
        belief->samples += (uint64_t)samples;
        if (samples <= 0)
            continue;
        items[count++] = (struct weighed){view->places[p].distance_m, samples};
        seen[(int)(view->places[p].bearing_deg / SECTOR_DEG) % SECTORS] = true;
    }
    for (int i = 0; i < SECTORS; i++)
        belief->spread_deg += seen[i] ? SECTOR_DEG : 0;
    widest_gap(seen, belief);
    belief->distance_m = median_distance(items, count, (double)belief->samples);
}

/* The share of directions from which the mast was measured at all. */
static double share_of_directions(const struct aim_view *view)
{
    bool seen[SECTORS] = {false};
    int count = 0;
    for (size_t p = 0; p < view->place_count; p++)
        seen[(int)(view->places[p].bearing_deg / SECTOR_DEG) % SECTORS] = true;
    for (int i = 0; i < SECTORS; i++)
        count += seen[i];
    return (double)count / SECTORS;
}

/* How often a fit goes astray: rarely where the mast was measured all around, more often where
 * only some directions were. */
static double stray_of_fit(const struct aim_view *view)
{
    const struct rules *rules = &view->world->rules;
    double unseen = 1 - share_of_directions(view);
    return RULE_VALUE(rules, aim_difference_stray) +
           RULE_VALUE(rules, aim_unseen_stray) * unseen * unseen;
}

/* The joint likelihood's margins: over tilt for the azimuth, over azimuth for the tilt. */
static void take_differences(const struct aim_view *view, const struct aim_fit *fit,
                             uint32_t cell, struct aim_belief *belief)
{
    const struct rules *rules = &view->world->rules;
    const float *log_likelihood = fit->log_likelihood + cell * AIM_TILTS * AIM_STEPS;
    float azimuth[AIM_STEPS] = {0}, sound[AIM_STEPS];
    double table_deg = view->world->cells[view->cells[cell]].azimuth_deg;
    aim_sound_prior(rules, isnan(table_deg) ? 0 : table_deg, sound);
    memset(belief->tilt, 0, sizeof belief->tilt);
    for (int t = 0; t < AIM_TILTS; t++)
        for (int s = 0; s < AIM_STEPS; s++) {
            double likelihood = exp(log_likelihood[t * AIM_STEPS + s]);
            double prior = aim_tilt_share(rules, t);
            azimuth[s] += (float)(likelihood * prior);
            belief->tilt[t] +=
                (float)(likelihood * prior *
                        (sound[s] + belief->prior[s] * RULE_VALUE(rules, aim_fault_prior)));
        }
    normalise(azimuth, AIM_STEPS);
    normalise(belief->tilt, AIM_TILTS);
    belief->tilt_known = view->cell_count >= RULE_VALUE(rules, aim_tilt_sectors);
    blur(azimuth, RULE_VALUE(rules, aim_model_error_deg), belief->azimuth);
    mix_flat(belief->azimuth, stray_of_fit(view));
    belief->known = true;
}

/* The strongest records of a cell seen from enough directions. The less they lie together, the
 * less they say. */
static void take_strongest(const struct aim_view *view, uint32_t cell,
                           struct aim_belief *belief)
{
    const struct rules *rules = &view->world->rules;
    struct aim_strongest strongest = aim_strongest_bearing(view, cell);
    belief->concentration = (float)strongest.concentration;
    if (!(strongest.samples >= RULE_VALUE(rules, aim_strongest_samples)) ||
        strongest.places < RULE_VALUE(rules, aim_strongest_places))
        belief->note = AIM_NOTE_NO_SAMPLES;
    else if (belief->spread_deg < RULE_VALUE(rules, aim_strongest_spread))
        belief->note = belief->distance_m > RULE_VALUE(rules, aim_far_m) ? AIM_NOTE_POSITION
                                                                         : AIM_NOTE_SPAN;
    if (belief->note != AIM_NOTE_NONE)
        return;
    double factor = belief->together ? RULE_VALUE(rules, aim_lone_factor) : 1;
    double error_deg = RULE_VALUE(rules, aim_strongest_error_deg);
    double apart = 1 - strongest.concentration;
    double stray =
        factor * factor * (RULE_VALUE(rules, aim_strongest_stray) + 0.15 * apart * apart);
    memset(belief->azimuth, 0, sizeof belief->azimuth);
    add_bell(belief->azimuth, strongest.bearing_deg,
             factor * hypot(error_deg, strongest.error_deg), 1);
    mix_flat(belief->azimuth, fmin(1, stray));
    belief->known = true;
}

static void start_belief(const struct aim_view *view, uint32_t cell, struct arena *arena,
                         struct aim_belief *belief)
{
    *belief = (struct aim_belief){.given = azimuth_given(view, cell)};
    for (int s = 0; s < AIM_STEPS; s++)
        belief->azimuth[s] = 1.0F / AIM_STEPS;
    belief->tilt[AIM_TILT_TABLE] = 1;
    fault_prior(view, cell, belief->prior);
    count_directions(view, cell, arena, belief);
    if (belief->samples == 0)
        belief->note = AIM_NOTE_NO_SAMPLES;
}

static bool compared(const struct aim_ground *ground, const struct aim_view *view)
{
    return ground->set_size[ground->carrier[view->cells[0]]] > 1 && view->place_count;
}

static void fit_view(const struct aim_ground *ground, const struct aim_view *view,
                     struct arena *arena, struct aim_fit *fit)
{
    *fit = (struct aim_fit){0};
    if (compared(ground, view) && view->cell_count > 1)
        aim_fit_differences(view, arena, fit);
}

static void believe_view(const struct aim_ground *ground, const struct aim_view *view,
                         const struct aim_fit *fit, struct arena *arena,
                         struct aim_belief *beliefs)
{
    for (uint32_t c = 0; c < view->cell_count; c++) {
        struct aim_belief *belief = &beliefs[view->cells[c]];
        start_belief(view, c, arena, belief);
        belief->together = compared(ground, view);
        belief->carrier = ground->carrier[view->cells[0]];
        belief->support = fit->support ? fit->support[c] : 0;
        if (belief->note != AIM_NOTE_NONE)
            continue;
        if (fit->log_likelihood &&
            belief->support >= RULE_VALUE(&ground->world->rules, aim_support))
            take_differences(view, fit, c, belief);
        else
            take_strongest(view, c, belief);
    }
}

/* More sectors than this on one mast and carrier are a table's error; they are taken in parts.
 */
#define MAST_CELLS_MAX 16

/* The cells not yet taken that stand where `first` stands, on its carrier: remote radio heads
 * with one site's name stand elsewhere and have paths of their own. */
static uint32_t take_carrier(const struct aim_ground *ground, const uint32_t *cells,
                             uint32_t count, bool *taken, uint32_t *out)
{
    uint32_t found = 0, first = INDEX_NONE;
    for (uint32_t i = 0; i < count && found < MAST_CELLS_MAX; i++) {
        if (taken[i])
            continue;
        if (first == INDEX_NONE)
            first = cells[i];
        if (ground->carrier[cells[i]] != ground->carrier[first])
            continue;
        taken[i] = true;
        out[found++] = cells[i];
    }
    return found;
}

static uint32_t cells_with_lobe(const struct world *world, uint32_t site, uint32_t *out,
                                struct aim_belief *beliefs)
{
    const struct site *mast = &world->sites[site];
    uint32_t count = 0;
    for (uint32_t i = 0; i < mast->cell_count; i++) {
        uint32_t cell = world->site_cells[mast->first_cell + i];
        if (has_lobe(&world->cells[cell]))
            out[count++] = cell;
        else
            beliefs[cell] = (struct aim_belief){
                .note = AIM_NOTE_INDOOR, .gap_from_deg = NAN, .gap_to_deg = NAN};
    }
    return count;
}

/* Cells of one mast stand near one another in any table of sense. */
#define LOOK_BACK 256

/* Cells of all carriers that stand at one place get the number of the first of them. */
static void number_masts(const struct world *world, const uint32_t *cells, uint32_t count,
                         uint32_t *number)
{
    double near_m = RULE_VALUE(&world->rules, aim_mast_m);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = i > LOOK_BACK ? i - LOOK_BACK : 0;
        while (k < i && (number[k] != k || xy_distance_m(world->cells[cells[k]].xy,
                                                         world->cells[cells[i]].xy) > near_m))
            k++;
        number[i] = k;
    }
}

/* All carriers of one mast, as seen from one place. */
struct outlook {
    struct aim_view *views;
    struct aim_fit *fits;
    uint32_t count;
};

static double cost_of(const struct outlook *outlook)
{
    double sum = 0;
    for (uint32_t v = 0; v < outlook->count; v++)
        sum += outlook->fits[v].cost;
    return sum;
}

static struct outlook look_from_table(const struct aim_ground *ground, const uint32_t *cells,
                                      uint32_t count, struct arena *arena)
{
    struct outlook outlook = {.views = arena_alloc(arena, count * sizeof *outlook.views),
                              .fits = arena_alloc(arena, count * sizeof *outlook.fits)};
    bool *taken = arena_alloc(arena, count * sizeof *taken);
    uint32_t carrier[MAST_CELLS_MAX], n;
    while ((n = take_carrier(ground, cells, count, taken, carrier)) > 0) {
        struct aim_view *view = &outlook.views[outlook.count];
        aim_view_make(ground, carrier, n, arena, view);
        fit_view(ground, view, arena, &outlook.fits[outlook.count++]);
    }
    return outlook;
}

static void fit_outlook(const struct aim_ground *ground, struct outlook *outlook,
                        struct arena *arena)
{
    for (uint32_t v = 0; v < outlook->count; v++)
        fit_view(ground, &outlook->views[v], arena, &outlook->fits[v]);
}

/* The same measurements as seen from another place, not yet fitted. */
static struct outlook look_from(const struct outlook *table, struct xy at, struct arena *arena)
{
    struct outlook outlook = {.views = arena_alloc(arena, table->count * sizeof *outlook.views),
                              .fits = arena_alloc(arena, table->count * sizeof *outlook.fits),
                              .count = table->count};
    for (uint32_t v = 0; v < table->count; v++)
        outlook.views[v] = aim_view_from(&table->views[v], at, arena);
    return outlook;
}

/* From far away all places lie in one direction and weigh little: two outlooks compare only
 * with the same weights. */
static void share_weights(struct outlook *a, struct outlook *b)
{
    for (uint32_t v = 0; v < a->count; v++)
        for (size_t p = 0; p < a->views[v].place_count; p++) {
            struct aim_place *one = &a->views[v].places[p], *other = &b->views[v].places[p];
            one->weight = other->weight = fmaxf(one->weight, other->weight);
        }
}

/* How much likelier the differences between sectors are from `at` than from the table's place,
 * natural log. */
static double compare_places(const struct aim_ground *ground, const struct outlook *table,
                             struct xy at, struct arena *arena)
{
    struct outlook here = look_from(table, table->views[0].at, arena);
    struct outlook there = look_from(table, at, arena);
    share_weights(&here, &there);
    fit_outlook(ground, &here, arena);
    fit_outlook(ground, &there, arena);
    return (cost_of(&here) - cost_of(&there)) / 2;
}

/* Log odds of another place from which a look at the sectors is not worth its time. */
static const double MOVED_HOPELESS = -20;

static void believe_mast(const struct aim_ground *ground, const uint32_t *cells, uint32_t count,
                         struct arena *arena, struct aim_belief *beliefs)
{
    struct outlook outlook = look_from_table(ground, cells, count, arena);
    struct aim_moved moved = aim_find_place(outlook.views, outlook.fits, outlook.count, arena);
    if (moved.log_odds > MOVED_HOPELESS)
        moved.log_odds += compare_places(ground, &outlook, moved.at, arena);
    if (aim_is_moved(&ground->world->rules, &moved)) {
        outlook = look_from(&outlook, moved.at, arena);
        fit_outlook(ground, &outlook, arena);
    }
    for (uint32_t v = 0; v < outlook.count; v++)
        believe_view(ground, &outlook.views[v], &outlook.fits[v], arena, beliefs);
    for (uint32_t i = 0; i < count; i++)
        beliefs[cells[i]].moved = moved;
}

void aim_believe_site(const struct aim_ground *ground, uint32_t site, struct arena *arena,
                      struct aim_belief *beliefs)
{
    uint32_t all = ground->world->sites[site].cell_count;
    uint32_t *cells = arena_alloc(arena, all * sizeof *cells);
    uint32_t *mast = arena_alloc(arena, all * sizeof *mast);
    uint32_t *number = arena_alloc(arena, all * sizeof *number);
    uint32_t count = cells_with_lobe(ground->world, site, cells, beliefs);
    number_masts(ground->world, cells, count, number);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = 0;
        for (uint32_t k = i; k < count && number[i] == i; k++)
            if (number[k] == i)
                mast[n++] = cells[k];
        if (n)
            believe_mast(ground, mast, n, arena, beliefs);
        for (uint32_t k = 0; k < n; k++)
            beliefs[mast[k]].mast = cells[i];
    }
}
