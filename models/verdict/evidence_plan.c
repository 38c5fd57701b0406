/* The what-if of the plan: each site to come, built. */
#include <math.h>

#include "models/verdict/evidence_view.h"

/* How likely the site comes at all. What is on air serves already, what is cancelled never. */
static double chance_built(const struct rules *rules, const struct plan *plan)
{
    switch (plan->stage) {
    case STAGE_APPROVED:
    case STAGE_BUILDING:
        return 1;
    case STAGE_PROPOSED:
        return RULE_VALUE(rules, plan_proposed_p);
    default:
        return 0;
    }
}

static struct surface_site site_of(const struct plan *plan, enum rat rat)
{
    int sectors = 0;
    while (sectors < (int)ARRAY_COUNT(plan->azimuths_deg) &&
           isfinite(plan->azimuths_deg[sectors]))
        sectors++;
    return (struct surface_site){.at = plan->xy,
                                 .height_m = plan->height_m,
                                 .azimuths_deg = plan->azimuths_deg,
                                 .sectors = sectors,
                                 .rat = plan->rat ? plan->rat : rat,
                                 .frequency_mhz = NAN,
                                 .power_dbm = NAN,
                                 .tilt_deg = NAN};
}

/* Levels of sites to come are known so well, against one another. */
static const double PLAN_SOFT_DB = 6;

static void try_plan(const struct study *study, const struct view *view, uint32_t id,
                     double *most, struct evidence *evidence)
{
    struct surface_site site = site_of(&study->world->plans[id], evidence->rat);
    struct change change;
    for (size_t k = 0; k < view->points; k++) {
        double least_dbm = view->best[k].margin_db + evidence->weak_dbm - view->shift_db[k];
        struct surface_level level = surface_place_site(view->places[k], &site, least_dbm);
        double sigma_db = sigma_with_network(study->world, level.sigma_db);
        view_take_if_better(view, k, INDEX_NONE,
                            (struct reading){level.dbm - evidence->weak_dbm, sigma_db},
                            &change);
    }
    double p_built = chance_built(&study->world->rules, &study->world->plans[id]);
    double cures = p_built * view_cures(view, &change, view_good_margin_db(study));
    struct outlook built = view_outlook(view, change.then, evidence->weak_dbm);
    /* Where several would cure it, the strongest there will serve. */
    double serves = cures * exp((built.level_dbm - evidence->normal.level_dbm) / PLAN_SOFT_DB);
    evidence->build.p_cures = fmax(evidence->build.p_cures, cures);
    if (serves <= *most)
        return;
    *most = serves;
    evidence->build.plan = id;
    evidence->build.p_built = p_built;
    evidence->build.built = built;
}

void ask_plan(const struct study *study, enum rat rat, const struct view *view,
              struct evidence *evidence)
{
    const struct world *world = study->world;
    double reach_m = RULE_VALUE(&world->rules, plan_reach_m), most = 0;
    for (size_t i = 0; i < world->plan_count; i++) {
        const struct plan *plan = &world->plans[i];
        bool asked = rat == RAT_UNKNOWN || plan->rat == RAT_UNKNOWN || plan->rat == rat;
        if (asked && chance_built(&world->rules, plan) > 0 &&
            xy_distance_m(plan->xy, evidence->fix.xy) <= reach_m)
            try_plan(study, view, (uint32_t)i, &most, evidence);
    }
}
