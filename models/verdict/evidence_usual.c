/* How the network's places usually are: what a ticket's own place is held against. */
#include <math.h>

#include "models/verdict/evidence_view.h"

enum { USUAL_PLACES = 600 };

/* The i-th place where people are: a measured square, or, where nothing was measured, a place
 * around a mast. */
static struct xy usual_place(const struct world *world, size_t i)
{
    if (!world->bin_count) {
        double way_m = 100 + 60 * (double)(i % 16), bearing = 2.39996 * (double)i;
        struct xy mast = world->sites[i].xy;
        return (struct xy){mast.x_m + way_m * sin(bearing), mast.y_m + way_m * cos(bearing)};
    }
    double side_m = RULE_VALUE(&world->rules, bin_m);
    const struct bin *bin = &world->bins[i];
    return (struct xy){(bin->ix + 0.5) * side_m, (bin->iy + 0.5) * side_m};
}

struct usual usual_here(const struct study *study, const struct evidence *e)
{
    const struct world *world = study->world;
    double weak = fmax(e->p_weak, 1e-6);
    double reaim = e->reaim.p_cures * RULE_VALUE(&world->rules, reaim_weight);
    double turned = 1 - (1 - fmin(0.999, e->antenna.p_cures)) * (1 - fmin(0.999, reaim));
    double built = fmin(0.995, e->build.p_cures);
    /* A missing table tells nothing of its cure, neither for nor against: it is the same share
     * of the weak everywhere. */
    bool audited = world->bin_count > 0, planned = world->plan_count > 0;
    double no_turn = audited ? 1 - turned : 1, no_plan = planned ? 1 - built : 1;
    return (struct usual){.weak = weak * no_turn * no_plan,
                          .good = fmax(e->p_good, 1e-6),
                          .missed = 0,
                          .antenna = weak * (audited ? fmax(turned, 1e-5) : 1),
                          .plan = weak * (planned ? fmax(no_turn * built, 1e-5) : no_turn)};
}

/* The audit's own probabilities tell how many of the faults are where it suspects none. */
static double share_missed(const struct study *study)
{
    const struct rules *rules = &study->world->rules;
    double suspected = 0, missed = 0, least = RULE_VALUE(rules, antenna_suspect_p);
    for (size_t i = 0; i < study->world->cell_count; i++) {
        double p = study->aims[i].p_fault;
        if (isfinite(p))
            *(p >= least ? &suspected : &missed) += p;
    }
    double share = missed / (suspected + missed + 1); /* one more keeps a sound network calm */
    return fmin(0.9, RULE_VALUE(rules, audit_missed) +
                         RULE_VALUE(rules, audit_missed_factor) * share);
}

struct usual usual_of(const struct study *study)
{
    const struct world *world = study->world;
    struct evidence_worker *worker = NULL;
    evidence_worker_new(study, &worker, NULL);
    const struct complaint nobody = {.reported_s = TIME_ABSENT,
                                     .occurred_s = TIME_ABSENT,
                                     .symptom_text = "",
                                     .description = "",
                                     .address = ""};
    struct usual sum = {0};
    size_t known = world->bin_count ? world->bin_count : world->site_count;
    size_t places = BASE_MIN(known, (size_t)USUAL_PLACES);
    for (size_t i = 0; i < places; i++) {
        struct evidence e = {.fix = {.method = FIX_COORDINATES, .cloud_count = 1}};
        e.fix.xy = usual_place(world, i * known / places);
        e.fix.cloud[0] = (struct fix_point){e.fix.xy, 1};
        gather_evidence(worker, &nobody, &e);
        struct usual here = usual_here(study, &e);
        sum.weak += e.p_weak;
        sum.good += here.good;
        sum.antenna += here.antenna;
        sum.plan += here.plan;
    }
    evidence_worker_free(worker);
    /* Shares never fall below a floor: no network is so good that a single doubtful place in it
     * must be what the ticket is about. */
    double n = BASE_MAX(places, 1), floor = RULE_VALUE(&world->rules, usual_floor);
    return (struct usual){fmax(sum.weak / n, floor), places ? fmax(sum.good / n, floor) : 0.7,
                          fmax(sum.antenna / n, floor / 5), fmax(sum.plan / n, floor / 5),
                          share_missed(study)};
}
