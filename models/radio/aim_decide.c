/* From what the measurements say to what the audit answers: the network's own share of faults,
 * the posterior of each azimuth, the false-discovery rate, the names of the faults. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/radio/aim_inner.h"

/* Likelihood of a belief if the antenna is sound, and if it is not. */
struct odds {
    double sound, fault;
};

static struct odds odds_of(const struct world *world, const struct aim_belief *belief,
                           double table_deg)
{
    float sound[AIM_STEPS];
    struct odds odds = {0};
    aim_sound_prior(&world->rules, table_deg, sound);
    for (int s = 0; s < AIM_STEPS; s++) {
        odds.sound += belief->azimuth[s] * sound[s];
        odds.fault += belief->azimuth[s] * belief->prior[s];
    }
    return odds;
}

/* The share of wrong azimuths in this network: the rule's, moved by the network's own cells.
 * Source: expectation maximisation of a two-part mixture under a beta prior (Dempster et al.,
 * J. R. Stat. Soc. B 39, 1977). */
static double share_of_faults(const struct world *world, const struct aim_belief *beliefs)
{
    double prior = RULE_VALUE(&world->rules, aim_fault_prior);
    double worth = RULE_VALUE(&world->rules, aim_fault_prior_cells), share = prior;
    for (int round = 0; round < 50; round++) {
        double faults = prior * worth, cells = worth;
        for (size_t c = 0; c < world->cell_count; c++) {
            if (!beliefs[c].known || !beliefs[c].given)
                continue;
            struct odds odds = odds_of(world, &beliefs[c], world->cells[c].azimuth_deg);
            faults += share * odds.fault / (share * odds.fault + (1 - share) * odds.sound);
            cells++;
        }
        share = faults / cells;
    }
    return share;
}

/* ---- one cell's posterior ----------------------------------------------------------- */

/* Of a cell that the table gives no azimuth: what was measured, and nothing else. */
static void posterior_of(const struct aim_belief *belief, double *posterior)
{
    for (int s = 0; s < AIM_STEPS; s++)
        posterior[s] = belief->azimuth[s];
}

/* The lobe of a posterior that holds its peak: what lies within this many degrees of it. */
#define LOBE_DEG 60

static int peak_step(const double *posterior)
{
    int best = 0;
    for (int s = 1; s < AIM_STEPS; s++)
        if (posterior[s] > posterior[best])
            best = s;
    return best;
}

/* Probability within `half_deg` of `middle_deg`, steps shared out by overlap. */
static double mass_within(const double *posterior, double middle_deg, double half_deg)
{
    double mass = 0;
    for (int s = 0; s < AIM_STEPS; s++) {
        double turn_deg = fabs(angle_turn_deg(middle_deg, s * AIM_STEP_DEG));
        double inside = (half_deg - turn_deg) / AIM_STEP_DEG + 0.5;
        mass += posterior[s] * fmax(0, fmin(1, inside));
    }
    return mass;
}

static double lobe_mean_deg(const double *posterior)
{
    int best = peak_step(posterior);
    double sum = 0, moment = 0;
    for (int k = -LOBE_DEG / AIM_STEP_DEG; k <= LOBE_DEG / AIM_STEP_DEG; k++) {
        double here = posterior[(best + k + AIM_STEPS) % AIM_STEPS];
        sum += here;
        moment += here * k * AIM_STEP_DEG;
    }
    return angle_wrap_deg(best * AIM_STEP_DEG + moment / sum);
}

/* The half width around the estimate that holds 95 % of its lobe. */
static double half_width_deg(const double *posterior, double middle_deg)
{
    double low = 0, high = LOBE_DEG, all = mass_within(posterior, middle_deg, LOBE_DEG);
    for (int i = 0; i < 20; i++) {
        double middle = (low + high) / 2;
        if (mass_within(posterior, middle_deg, middle) < 0.95 * all)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void decide_tilt(const struct world *world, uint32_t cell,
                        const struct aim_belief *belief, struct aim *aim)
{
    const struct cell *record = &world->cells[cell];
    double table_deg = (isnan(record->mech_tilt_deg) ? 0 : record->mech_tilt_deg) +
                       (isnan(record->elec_tilt_deg) ? 0 : record->elec_tilt_deg);
    double limit_deg = RULE_VALUE(&world->rules, aim_tilt_fault_deg), moment = 0;
    for (int t = 0; t < AIM_TILTS; t++) {
        double turn_deg = (t - AIM_TILT_TABLE) * AIM_TILT_STEP_DEG;
        moment += belief->tilt[t] * turn_deg;
        aim->p_tilt += fabs(turn_deg) >= limit_deg ? belief->tilt[t] : 0;
    }
    bool stated = isfinite(record->mech_tilt_deg) || isfinite(record->elec_tilt_deg);
    bool compared = belief->tilt_known;
    aim->tilt_est_deg = stated && compared ? table_deg + moment : NAN;
    if (!stated || !compared)
        aim->p_tilt = 0;
}

static void decide_cell(const struct world *world, uint32_t cell,
                        const struct aim_belief *belief, const double *posterior,
                        struct aim *aim)
{
    double table_deg = world->cells[cell].azimuth_deg;
    double middle_deg = lobe_mean_deg(posterior),
           half_deg = half_width_deg(posterior, middle_deg);
    aim->azimuth_est_deg = middle_deg;
    aim->azimuth_lo_deg = angle_wrap_deg(middle_deg - half_deg);
    aim->azimuth_hi_deg = angle_wrap_deg(middle_deg + half_deg);
    decide_tilt(world, cell, belief, aim);
    if (!belief->given) {
        aim->note = AIM_NOTE_NO_TABLE;
        return;
    }
    double limit_deg = RULE_VALUE(&world->rules, aim_fault_deg);
    aim->p_azimuth = 1 - mass_within(posterior, table_deg, limit_deg);
    aim->p_fault = 1 - (1 - aim->p_azimuth) * (1 - aim->p_tilt);
    double lobe = mass_within(posterior, middle_deg, LOBE_DEG);
    if (lobe < RULE_VALUE(&world->rules, aim_lobe_p))
        aim->note = AIM_NOTE_DOUBTFUL;
    else
        aim->status = AIM_OK;
}

/* ---- the network -------------------------------------------------------------------- */

struct suspect {
    uint32_t cell;
    double p;
};

static int by_suspicion(const void *a, const void *b)
{
    const struct suspect *p = a, *q = b;
    if (p->p != q->p)
        return p->p > q->p ? -1 : 1;
    return p->cell < q->cell ? -1 : 1;
}

/* The lowest probability that may be called a fault so that at most `rate` of those called are
 * expected to be sound. Source: Bayesian false-discovery rate, M. A. Newton et al.,
 * Biostatistics 5, 2004. */
static double called_from(const struct rules *rules, struct suspect *suspects, size_t count,
                          double rate)
{
    double wrong = 0, from = 2, lowest = RULE_VALUE(rules, aim_call_p);
    base_sort(suspects, count, sizeof *suspects, by_suspicion);
    for (size_t i = 0; i < count && suspects[i].p >= lowest; i++) {
        wrong += 1 - suspects[i].p;
        if (wrong > rate * (double)(i + 1))
            break;
        from = suspects[i].p;
    }
    return from;
}

static void call_azimuths(const struct world *world, struct suspect *suspects, struct aim *out)
{
    size_t count = 0;
    for (uint32_t c = 0; c < world->cell_count; c++)
        if (out[c].status == AIM_OK)
            suspects[count++] = (struct suspect){c, out[c].p_azimuth};
    double from =
        called_from(&world->rules, suspects, count, RULE_VALUE(&world->rules, aim_fdr));
    double sound = RULE_VALUE(&world->rules, aim_sound_p);
    for (size_t i = 0; i < count; i++) {
        struct aim *aim = &out[suspects[i].cell];
        if (suspects[i].p >= from)
            aim->status = AIM_MISALIGNED;
        else if (suspects[i].p > sound) {
            aim->status = AIM_INSUFFICIENT;
            aim->note = AIM_NOTE_DOUBTFUL;
        }
    }
}

static void call_tilts(const struct world *world, struct suspect *suspects, struct aim *out)
{
    size_t count = 0;
    for (uint32_t c = 0; c < world->cell_count; c++)
        if (out[c].status == AIM_OK)
            suspects[count++] = (struct suspect){c, out[c].p_tilt};
    double from =
        called_from(&world->rules, suspects, count, RULE_VALUE(&world->rules, aim_tilt_fdr));
    for (size_t i = 0; i < count; i++)
        if (suspects[i].p >= from)
            out[suspects[i].cell].status = AIM_TILT;
}

static void start_answers(const struct world *world, const struct aim_belief *beliefs,
                          struct aim *out)
{
    for (size_t c = 0; c < world->cell_count; c++)
        out[c] = (struct aim){.azimuth_est_deg = NAN,
                              .azimuth_lo_deg = NAN,
                              .azimuth_hi_deg = NAN,
                              .tilt_est_deg = NAN,
                              .samples = beliefs[c].samples,
                              .spread_deg = beliefs[c].spread_deg,
                              .status = AIM_INSUFFICIENT,
                              .swapped_with = INDEX_NONE,
                              .note = beliefs[c].note,
                              .turn_deg = NAN,
                              .drive_from_deg = NAN,
                              .drive_to_deg = NAN,
                              .log_ratio_table = NAN,
                              .log_ratio_next = NAN,
                              .elsewhere = {NAN, NAN, NAN, NAN, {NAN, NAN}}};
}

/* A mast that stands elsewhere is seen from there. One that perhaps does is no proof of a
 * turned antenna. */
static void take_place(const struct world *world, uint32_t cell, const struct aim_moved *moved,
                       struct aim *aim)
{
    if (!aim_is_moved(&world->rules, moved)) {
        aim->p_azimuth /= 1 + exp(moved->log_odds);
        aim->p_fault = 1 - (1 - aim->p_azimuth) * (1 - aim->p_tilt);
        return;
    }
    struct xy table = world->cells[cell].xy;
    aim->elsewhere.far_m = xy_distance_m(table, moved->at);
    aim->elsewhere.bearing_deg = xy_bearing_deg(table, moved->at);
    aim->elsewhere.radius_m = moved->radius_m;
    aim->elsewhere.log_ratio = moved->log_odds;
}

/* What the mast as a whole says of a cell; taken up by aim_name_faults where it is flagged. */
static void take_stand(const struct aim_stand *stand, struct aim *aim)
{
    aim->swapped_with = stand->place_of;
    aim->turn_deg = stand->turn_deg;
    aim->arrangement = stand->arrangement;
    aim->next = stand->next;
    aim->log_ratio_table = stand->log_ratio_table;
    aim->log_ratio_next = stand->log_ratio_next;
}

static void decide_mast(const struct world *world, const struct aim_belief *beliefs,
                        const struct aim_mast *mast, double share, struct aim *out)
{
    struct aim_stand *stands = base_alloc(mast->count, sizeof *stands);
    aim_arrange(world, beliefs, mast, share, stands);
    for (uint32_t i = 0; i < mast->count; i++) {
        uint32_t cell = mast->cells[i];
        if (!beliefs[cell].known)
            continue;
        decide_cell(world, cell, &beliefs[cell], stands[i].posterior, &out[cell]);
        take_stand(&stands[i], &out[cell]);
        take_place(world, cell, &beliefs[cell].moved, &out[cell]);
    }
    free(stands);
}

/* The cells of a site that stand where cell `first` of it stands, as far as not yet done. */
static void gather_mast(const struct world *world, const struct site *site, uint32_t first,
                        const struct aim_belief *beliefs, bool *done, struct aim_mast *mast)
{
    const uint32_t *cells = world->site_cells + site->first_cell;
    mast->count = 0;
    for (uint32_t i = first; i < site->cell_count && mast->count < AIM_MAST_CELLS; i++) {
        if (done[i] || beliefs[cells[i]].mast != beliefs[cells[first]].mast)
            continue;
        done[i] = true;
        if (beliefs[cells[i]].given && beliefs[cells[i]].note != AIM_NOTE_INDOOR)
            mast->cells[mast->count++] = cells[i];
    }
}

/* Cells whose azimuth the table gives, mast by mast. */
static void decide_site(const struct world *world, const struct aim_belief *beliefs,
                        const struct site *site, double share, struct aim *out)
{
    bool *done = base_alloc(site->cell_count + 1, sizeof *done);
    for (uint32_t i = 0; i < site->cell_count; i++) {
        struct aim_mast mast;
        if (done[i])
            continue;
        gather_mast(world, site, i, beliefs, done, &mast);
        if (mast.count)
            decide_mast(world, beliefs, &mast, share, out);
    }
    free(done);
}

static void decide_ungiven(const struct world *world, const struct aim_belief *belief,
                           uint32_t cell, struct aim *aim)
{
    double posterior[AIM_STEPS];
    posterior_of(belief, posterior);
    decide_cell(world, cell, belief, posterior, aim);
}

void aim_decide(const struct world *world, const struct aim_belief *beliefs, struct aim *out)
{
    double share = share_of_faults(world, beliefs);
    struct suspect *suspects = base_alloc(world->cell_count + 1, sizeof *suspects);
    start_answers(world, beliefs, out);
    for (uint32_t c = 0; c < world->cell_count; c++)
        if (!beliefs[c].given && beliefs[c].known)
            decide_ungiven(world, &beliefs[c], c, &out[c]);
        else if (beliefs[c].given)
            out[c].p_azimuth = out[c].p_fault =
                RULE_VALUE(&world->rules, aim_fault_prior); /* until more is learnt */
    for (size_t s = 0; s < world->site_count; s++)
        decide_site(world, beliefs, &world->sites[s], share, out);
    call_azimuths(world, suspects, out);
    call_tilts(world, suspects, out);
    aim_name_faults(world, beliefs, out);
    free(suspects);
}
