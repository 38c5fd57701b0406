/* How the antennas of one mast stand together: as the table says, each turned by itself, two
 * feeders exchanged, feeders moved on, or the whole mast turned.
 *
 * Each arrangement is weighed by its evidence: the probability of what was measured, averaged
 * over what the arrangement leaves open (the angle of a turn, where a turned antenna points),
 * so that an arrangement with more freedom pays for it. All of them are made of the same
 * likelihoods of azimuth, cell by cell. Antennas of several bands at one azimuth of one mast
 * are mostly one panel, and turn together.
 * Source: R. E. Kass, A. E. Raftery, Bayes Factors, J. Am. Stat. Assoc. 90, 1995. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/aim_inner.h"

#define MAST_CELLS AIM_MAST_CELLS

/* One cell of the mast. Evidence is against an azimuth of which nothing is known: 1 there. */
struct part {
    uint32_t cell, panel;
    const struct aim_belief *belief;
    double table_deg;
    int table_step;
    float sound[AIM_STEPS]; /* where it stands when it stands as the table says */
    double as_table, astray;
};

struct mast {
    const struct world *world;
    struct part parts[MAST_CELLS];
    uint32_t count, panels;
    double share;    /* of wrong azimuths */
    double together; /* probability that bands of one panel are one antenna */
};

/* One arrangement: pairs and rings name the cells that took another's place. */
struct guess {
    enum aim_arrangement kind;
    uint8_t place[MAST_CELLS]; /* whose place each cell has; its own: judged by itself */
    double log_prior, log_evidence;
};

static double evidence_at(const struct aim_belief *belief, const float *where)
{
    double sum = 0;
    for (int s = 0; s < AIM_STEPS; s++)
        sum += belief->azimuth[s] * where[s];
    return AIM_STEPS * sum;
}

static double evidence_of_step(const struct part *part, int turn)
{
    return AIM_STEPS *
           (double)part->belief->azimuth[(part->table_step + turn + 2 * AIM_STEPS) % AIM_STEPS];
}

/* ---- the mast ----------------------------------------------------------------------- */

static void add_part(struct mast *mast, const struct aim_belief *beliefs, uint32_t cell)
{
    struct part *part = &mast->parts[mast->count++];
    *part = (struct part){.cell = cell,
                          .belief = &beliefs[cell],
                          .table_deg = mast->world->cells[cell].azimuth_deg};
    part->table_step = (int)lrint(part->table_deg / AIM_STEP_DEG) % AIM_STEPS;
    aim_sound_prior(&mast->world->rules, part->table_deg, part->sound);
    part->as_table = evidence_at(part->belief, part->sound);
    part->astray = evidence_at(part->belief, part->belief->prior);
}

/* Cells of different carriers whose azimuths agree in the table are on one panel. */
static void number_panels(struct mast *mast)
{
    double near_deg = RULE_VALUE(&mast->world->rules, aim_install_deg);
    for (uint32_t i = 0; i < mast->count; i++) {
        struct part *part = &mast->parts[i];
        bool used[MAST_CELLS] = {false};
        uint32_t found = INDEX_NONE;
        for (uint32_t k = 0; k < i; k++)
            used[mast->parts[k].panel] |=
                mast->parts[k].belief->carrier == part->belief->carrier;
        for (uint32_t k = 0; k < i && found == INDEX_NONE; k++)
            if (!used[mast->parts[k].panel] &&
                fabs(angle_turn_deg(mast->parts[k].table_deg, part->table_deg)) <= near_deg)
                found = mast->parts[k].panel;
        part->panel = found == INDEX_NONE ? mast->panels++ : found;
    }
}

/* ---- one panel ---------------------------------------------------------------------- */

/* The cells of one panel that a guess judges by themselves. */
struct members {
    const struct part *part[MAST_CELLS];
    uint32_t count;
};

static struct members members_of(const struct mast *mast, const struct guess *guess,
                                 uint32_t panel)
{
    struct members members = {.count = 0};
    for (uint32_t i = 0; i < mast->count; i++)
        if (mast->parts[i].panel == panel && guess->place[i] == i)
            members.part[members.count++] = &mast->parts[i];
    return members;
}

/* Evidence of all members standing turned by each angle from the table together: weights over
 * the turns, and their sum. */
static double turned_together(const struct members *members, bool sound, double *weight)
{
    double sum = 0;
    for (int t = 0; t < AIM_STEPS; t++) {
        const struct part *first = members->part[0];
        int step = (first->table_step + t) % AIM_STEPS;
        weight[t] = sound ? first->sound[step] : first->belief->prior[step];
        for (uint32_t k = 0; k < members->count; k++)
            weight[t] *= evidence_of_step(members->part[k], t);
        sum += weight[t];
    }
    return sum;
}

/* The four ways in which a panel of several bands stands: one antenna, sound or not, and an
 * antenna for each band. */
struct panel_ways {
    double sound[AIM_STEPS], wrong[AIM_STEPS]; /* of one antenna, by turn */
    double one_sound, one_wrong, each;
};

static struct panel_ways ways_of(const struct mast *mast, const struct members *members)
{
    struct panel_ways ways = {.each = 1};
    double share = mast->share;
    for (uint32_t k = 0; k < members->count; k++)
        ways.each *=
            (1 - share) * members->part[k]->as_table + share * members->part[k]->astray;
    if (members->count < 2)
        return ways;
    ways.each *= 1 - mast->together;
    ways.one_sound = mast->together * (1 - share) * turned_together(members, true, ways.sound);
    ways.one_wrong = mast->together * share * turned_together(members, false, ways.wrong);
    return ways;
}

static double panel_log_evidence(const struct mast *mast, const struct guess *guess,
                                 uint32_t panel)
{
    struct members members = members_of(mast, guess, panel);
    struct panel_ways ways = ways_of(mast, &members);
    double evidence = ways.each + ways.one_sound + ways.one_wrong;
    return members.count ? log(fmax(DBL_MIN, evidence)) : 0;
}

/* Add to a cell's posterior what its panel says, `weight` in all. */
static void add_panel(const struct mast *mast, const struct members *members,
                      const struct part *part, double weight, double *posterior)
{
    struct panel_ways ways = ways_of(mast, members);
    double all = ways.each + ways.one_sound + ways.one_wrong, share = mast->share;
    double own = (1 - share) * part->as_table + share * part->astray;
    for (int s = 0; s < AIM_STEPS; s++) {
        double prior = (1 - share) * part->sound[s] + share * part->belief->prior[s];
        posterior[s] +=
            weight * ways.each / all * AIM_STEPS * part->belief->azimuth[s] * prior / own;
    }
    if (members->count < 2)
        return;
    for (int t = 0; t < AIM_STEPS; t++)
        posterior[(part->table_step + t) % AIM_STEPS] +=
            weight * mast->together / all *
            ((1 - share) * ways.sound[t] + share * ways.wrong[t]);
}

/* ---- the guesses -------------------------------------------------------------------- */

static struct guess guess_new(const struct mast *mast, enum aim_arrangement kind, double prior)
{
    struct guess guess = {.kind = kind, .log_prior = log(prior)};
    for (uint32_t i = 0; i < mast->count; i++)
        guess.place[i] = (uint8_t)i;
    return guess;
}

/* Evidence of cells in others' places, and of the rest each by itself. */
static void weigh_places(const struct mast *mast, struct guess *guess)
{
    guess->log_evidence = 0;
    for (uint32_t i = 0; i < mast->count; i++)
        if (guess->place[i] != i)
            guess->log_evidence +=
                log(fmax(DBL_MIN, evidence_at(mast->parts[i].belief,
                                              mast->parts[guess->place[i]].sound)));
    for (uint32_t p = 0; p < mast->panels; p++)
        guess->log_evidence += panel_log_evidence(mast, guess, p);
}

/* Evidence of the mast turned by each angle beyond what is no fault; the sum is 1. */
static double weigh_turns(const struct mast *mast, double *weight)
{
    double limit_deg = RULE_VALUE(&mast->world->rules, aim_fault_deg), top = -INFINITY, sum = 0;
    int turns = 0;
    for (int t = 0; t < AIM_STEPS; t++) {
        weight[t] = -INFINITY;
        if (fabs(angle_turn_deg(0, t * AIM_STEP_DEG)) < limit_deg)
            continue;
        weight[t] = 0;
        turns++;
        for (uint32_t i = 0; i < mast->count; i++) {
            double here = 0;
            for (int s = 0; s < AIM_STEPS; s++)
                here += (double)mast->parts[i].belief->azimuth[(s + t) % AIM_STEPS] *
                        mast->parts[i].sound[s];
            weight[t] += log(AIM_STEPS * here);
        }
        top = fmax(top, weight[t]);
    }
    for (int t = 0; t < AIM_STEPS; t++)
        sum += weight[t] = exp(weight[t] - top);
    for (int t = 0; t < AIM_STEPS; t++)
        weight[t] /= sum;
    return top + log(sum / turns);
}

static bool apart(const struct mast *mast, uint32_t i, uint32_t k)
{
    double off_deg = angle_turn_deg(mast->parts[i].table_deg, mast->parts[k].table_deg);
    return fabs(off_deg) >= RULE_VALUE(&mast->world->rules, aim_fault_deg);
}

static bool same_carrier(const struct mast *mast, uint32_t i, uint32_t k)
{
    return mast->parts[i].belief->carrier == mast->parts[k].belief->carrier;
}

/* The cell of `panel` on the carrier of part i; INDEX_NONE. */
static uint32_t fellow(const struct mast *mast, uint32_t i, uint32_t panel)
{
    for (uint32_t k = 0; k < mast->count; k++)
        if (mast->parts[k].panel == panel && same_carrier(mast, i, k))
            return k;
    return INDEX_NONE;
}

struct guesses {
    struct guess *items;
    size_t count, capacity;
};

static void guesses_add(struct guesses *guesses, const struct mast *mast, struct guess guess)
{
    weigh_places(mast, &guess);
    guesses->items = base_grow(guesses->items, &guesses->capacity, guesses->count + 1,
                               sizeof *guesses->items);
    guesses->items[guesses->count++] = guess;
}

/* Two feeders of one carrier exchanged, or those of two panels on every carrier. */
static void guess_pairs(const struct mast *mast, struct guesses *guesses)
{
    size_t first = guesses->count;
    for (uint32_t i = 0; i < mast->count; i++)
        for (uint32_t k = i + 1; k < mast->count; k++) {
            if (!same_carrier(mast, i, k) || !apart(mast, i, k))
                continue;
            struct guess guess = guess_new(mast, AIM_PAIR, 1);
            guess.place[i] = (uint8_t)k;
            guess.place[k] = (uint8_t)i;
            guesses_add(guesses, mast, guess);
            bool more = false;
            for (uint32_t n = k + 1; n < mast->count; n++) {
                uint32_t other = fellow(mast, n, mast->parts[k].panel);
                if (mast->parts[n].panel != mast->parts[i].panel || other == INDEX_NONE)
                    continue;
                guess.place[n] = (uint8_t)other;
                guess.place[other] = (uint8_t)n;
                more = true;
            }
            if (more)
                guesses_add(guesses, mast, guess);
        }
    double share = RULE_VALUE(&mast->world->rules, aim_pair_share);
    for (size_t g = first; g < guesses->count; g++)
        guesses->items[g].log_prior = log(share / (double)(guesses->count - first));
}

/* The sectors of part i's carrier clockwise by the table. */
static uint32_t sectors_of(const struct mast *mast, uint32_t i, uint8_t *out)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < mast->count; k++) {
        if (!same_carrier(mast, i, k))
            continue;
        uint32_t at = count++;
        for (; at > 0 && mast->parts[out[at - 1]].table_deg > mast->parts[k].table_deg; at--)
            out[at] = out[at - 1];
        out[at] = (uint8_t)k;
    }
    return count;
}

/* All feeders of a carrier moved on, by any number of sectors. */
static void guess_rings(const struct mast *mast, struct guesses *guesses)
{
    double share = RULE_VALUE(&mast->world->rules, aim_ring_share);
    for (uint32_t i = 0; i < mast->count; i++) {
        uint8_t sectors[MAST_CELLS];
        uint32_t count = sectors_of(mast, i, sectors), lowest = INDEX_NONE;
        for (uint32_t k = 0; k < count; k++)
            lowest = BASE_MIN(lowest, sectors[k]);
        if (lowest != i || count < 3)
            continue; /* once a carrier */
        for (uint32_t by = 1; by < count; by++) {
            struct guess guess = guess_new(mast, AIM_RING, share / (count - 1));
            for (uint32_t k = 0; k < count; k++)
                guess.place[sectors[k]] = sectors[(k + by) % count];
            guesses_add(guesses, mast, guess);
        }
    }
}

/* ---- the answer --------------------------------------------------------------------- */

/* Of the mast turned by one angle: how a cell stands then, weighed over the angles. */
static void add_turned(const struct part *part, double weight, const double *turns,
                       double *posterior)
{
    for (int t = 0; t < AIM_STEPS; t++) {
        double sum = 0, density[AIM_STEPS];
        if (weight * turns[t] < 1e-9)
            continue;
        for (int s = 0; s < AIM_STEPS; s++)
            sum += density[s] =
                (double)part->belief->azimuth[s] * part->sound[(s - t + AIM_STEPS) % AIM_STEPS];
        for (int s = 0; s < AIM_STEPS && sum > 0; s++)
            posterior[s] += weight * turns[t] * density[s] / sum;
    }
}

static void add_guess(const struct mast *mast, const struct guess *guess, double weight,
                      const double *turns, struct aim_stand *stands)
{
    for (uint32_t i = 0; i < mast->count; i++) {
        const struct part *part = &mast->parts[i], *taken = &mast->parts[guess->place[i]];
        double *posterior = stands[i].posterior;
        if (guess->kind == AIM_TURNED) {
            add_turned(part, weight, turns, posterior);
        } else if (taken == part) {
            struct members members = members_of(mast, guess, part->panel);
            add_panel(mast, &members, part, weight, posterior);
        } else {
            double all = evidence_at(part->belief, taken->sound) / AIM_STEPS;
            for (int s = 0; s < AIM_STEPS; s++)
                posterior[s] += weight * part->belief->azimuth[s] * taken->sound[s] / all;
        }
    }
}

static double turned_angle_deg(const double *turns)
{
    double north = 0, east = 0;
    for (int t = 0; t < AIM_STEPS; t++) {
        north += turns[t] * cos(t * AIM_STEP_DEG * M_PI / 180);
        east += turns[t] * sin(t * AIM_STEP_DEG * M_PI / 180);
    }
    return atan2(east, north) * 180 / M_PI;
}

/* Cells judged by themselves that are likelier astray than not. */
static bool astray(const struct mast *mast, const struct part *part)
{
    return mast->share * part->astray > (1 - mast->share) * part->as_table;
}

/* The evidence by which arrangements are told from one another: that of the cells by
 * themselves is of the set of them that is likeliest astray. */
static double telling_evidence(const struct mast *mast, const struct guess *guess)
{
    if (guess->kind != AIM_APART)
        return guess->log_evidence;
    double sum = 0;
    for (uint32_t i = 0; i < mast->count; i++) {
        const struct part *part = &mast->parts[i];
        sum += log(fmax(DBL_MIN, astray(mast, part) ? part->astray : part->as_table));
    }
    return sum;
}

static void name_stands(const struct mast *mast, const struct guesses *guesses, size_t best,
                        double turn_deg, struct aim_stand *stands)
{
    const struct guess *found = &guesses->items[best];
    double table = 0, evidence = telling_evidence(mast, found), next = -INFINITY;
    enum aim_arrangement second = AIM_APART;
    for (uint32_t i = 0; i < mast->count; i++)
        table += log(fmax(DBL_MIN, mast->parts[i].as_table));
    for (size_t g = 0; g < guesses->count; g++) {
        double other = telling_evidence(mast, &guesses->items[g]);
        if (g == best || !(other > next))
            continue;
        next = other;
        second = guesses->items[g].kind;
    }
    for (uint32_t i = 0; i < mast->count; i++) {
        uint32_t place = found->place[i];
        bool wrong = found->kind == AIM_TURNED || place != i || astray(mast, &mast->parts[i]);
        stands[i].arrangement =
            found->kind == AIM_TURNED || place != i ? found->kind : AIM_APART;
        stands[i].place_of = place == i ? INDEX_NONE : mast->parts[place].cell;
        stands[i].turn_deg = found->kind == AIM_TURNED ? turn_deg : NAN;
        stands[i].next = second;
        stands[i].log_ratio_table = wrong ? evidence - table : NAN;
        stands[i].log_ratio_next = wrong ? evidence - next : NAN;
    }
}

static void weigh_guesses(const struct mast *mast, struct guesses *guesses, double *turns)
{
    const struct rules *rules = &mast->world->rules;
    guesses_add(guesses, mast, guess_new(mast, AIM_APART, 1));
    guess_pairs(mast, guesses);
    guess_rings(mast, guesses);
    if (mast->panels > 1) {
        struct guess turned = guess_new(mast, AIM_TURNED, RULE_VALUE(rules, aim_turned_share));
        guesses_add(guesses, mast, turned);
        guesses->items[guesses->count - 1].log_evidence = weigh_turns(mast, turns);
    }
}

void aim_arrange(const struct world *world, const struct aim_belief *beliefs,
                 const struct aim_mast *asked, double share, struct aim_stand *stands)
{
    struct mast mast = {
        .world = world, .share = share, .together = RULE_VALUE(&world->rules, aim_panel_share)};
    struct guesses guesses = {0};
    double turns[AIM_STEPS] = {0}, top = -INFINITY, all = 0;
    size_t best = 0;
    for (uint32_t i = 0; i < asked->count; i++)
        add_part(&mast, beliefs, asked->cells[i]);
    number_panels(&mast);
    weigh_guesses(&mast, &guesses, turns);
    for (size_t g = 0; g < guesses.count; g++) {
        const struct guess *guess = &guesses.items[g];
        if (guess->log_prior + guess->log_evidence > top) {
            top = guess->log_prior + guess->log_evidence;
            best = g;
        }
    }
    for (size_t g = 0; g < guesses.count; g++)
        all += exp(guesses.items[g].log_prior + guesses.items[g].log_evidence - top);
    for (uint32_t i = 0; i < asked->count; i++)
        memset(stands[i].posterior, 0, sizeof stands[i].posterior);
    for (size_t g = 0; g < guesses.count; g++)
        add_guess(&mast, &guesses.items[g],
                  exp(guesses.items[g].log_prior + guesses.items[g].log_evidence - top) / all,
                  turns, stands);
    name_stands(&mast, &guesses, best, turned_angle_deg(turns), stands);
    free(guesses.items);
}
