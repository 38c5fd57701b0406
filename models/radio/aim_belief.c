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

static void believe_view(const struct aim_ground *ground, const struct aim_view *view,
                         struct arena *arena, struct aim_belief *beliefs)
{
    bool together = ground->set_size[ground->carrier[view->cells[0]]] > 1 && view->place_count;
    struct aim_fit fit = {0};
    if (together && view->cell_count > 1)
        aim_fit_differences(view, arena, &fit);
    for (uint32_t c = 0; c < view->cell_count; c++) {
        struct aim_belief *belief = &beliefs[view->cells[c]];
        start_belief(view, c, arena, belief);
        belief->together = together;
        belief->support = fit.support ? fit.support[c] : 0;
        if (belief->note != AIM_NOTE_NONE)
            continue;
        if (fit.log_likelihood &&
            belief->support >= RULE_VALUE(&ground->world->rules, aim_support))
            take_differences(view, &fit, c, belief);
        else
            take_strongest(view, c, belief);
    }
}

/* Antennas of two bands on one mount turn together more often than not: what the one says of
 * its turn from the table, the other takes over in part. */
static void share_mount(const struct world *world, uint32_t a, uint32_t b, const float *of_b,
                        struct aim_belief *beliefs)
{
    const double together = 0.7;
    int shift =
        (int)lrint(angle_turn_deg(world->cells[b].azimuth_deg, world->cells[a].azimuth_deg) /
                   AIM_STEP_DEG);
    for (int s = 0; s < AIM_STEPS; s++)
        beliefs[a].azimuth[s] *=
            (float)((1 - together) / AIM_STEPS +
                    together * of_b[(s - shift + 2 * AIM_STEPS) % AIM_STEPS]);
    normalise(beliefs[a].azimuth, AIM_STEPS);
}

static bool on_one_mount(const struct aim_ground *ground, const struct aim_belief *beliefs,
                         uint32_t a, uint32_t b)
{
    const struct cell *cells = ground->world->cells;
    return ground->carrier[a] != ground->carrier[b] && beliefs[a].given && beliefs[b].given &&
           beliefs[b].known &&
           fabs(angle_turn_deg(cells[a].azimuth_deg, cells[b].azimuth_deg)) <=
               RULE_VALUE(&ground->world->rules, aim_install_deg);
}

static void share_mounts(const struct aim_ground *ground, const uint32_t *cells, uint32_t count,
                         struct arena *arena, struct aim_belief *beliefs)
{
    float(*own)[AIM_STEPS] = arena_alloc(arena, count * sizeof *own);
    for (uint32_t i = 0; i < count; i++)
        memcpy(own[i], beliefs[cells[i]].azimuth, sizeof *own);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < count; k++)
            if (i != k && beliefs[cells[i]].known &&
                on_one_mount(ground, beliefs, cells[i], cells[k]))
                share_mount(ground->world, cells[i], cells[k], own[k], beliefs);
}

/* More sectors than this on one mast and carrier are a table's error; they are taken in parts.
 */
#define MAST_CELLS_MAX 16

/* The cells not yet taken that stand where `first` stands, on its carrier: remote radio heads
 * with one site's name stand elsewhere and have paths of their own. */
static uint32_t take_mast(const struct aim_ground *ground, const uint32_t *cells,
                          uint32_t count, bool *taken, uint32_t *out)
{
    const struct world *world = ground->world;
    uint32_t found = 0, first = INDEX_NONE;
    for (uint32_t i = 0; i < count && found < MAST_CELLS_MAX; i++) {
        if (taken[i])
            continue;
        if (first == INDEX_NONE)
            first = cells[i];
        double apart_m = xy_distance_m(world->cells[first].xy, world->cells[cells[i]].xy);
        if (ground->carrier[cells[i]] != ground->carrier[first] ||
            apart_m > RULE_VALUE(&world->rules, aim_mast_m))
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

void aim_believe_site(const struct aim_ground *ground, uint32_t site, struct arena *arena,
                      struct aim_belief *beliefs)
{
    uint32_t all = ground->world->sites[site].cell_count;
    uint32_t *cells = arena_alloc(arena, all * sizeof *cells);
    uint32_t mast[MAST_CELLS_MAX], n;
    bool *taken = arena_alloc(arena, all * sizeof *taken);
    uint32_t count = cells_with_lobe(ground->world, site, cells, beliefs);
    while ((n = take_mast(ground, cells, count, taken, mast)) > 0) {
        struct aim_view view;
        aim_view_make(ground, mast, n, arena, &view);
        believe_view(ground, &view, arena, beliefs);
    }
    share_mounts(ground, cells, count, arena, beliefs);
}
