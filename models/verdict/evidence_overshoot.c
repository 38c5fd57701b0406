/* Does a far cell serve the place over the heads of nearer ones that would do? */
#include <math.h>

#include "geo/index.h"
#include "models/verdict/evidence_view.h"

double mast_spacing_m(const struct world *world, struct xy at)
{
    enum { MASTS = 8, LEAST = 3 };
    struct neighbour near[MASTS];
    size_t count = index_nearest(world->site_index, at, near, MASTS);
    return count < LEAST ? INFINITY : near[count - 1].distance_m * sqrt(M_PI / (double)count);
}

/* The strongest cell that stands within half the way and is good enough at the middle of the
 * place; INDEX_NONE. */
static uint32_t nearer_usable(const struct study *study, const struct view *view,
                              const struct evidence *evidence, double way_m)
{
    size_t heaviest = 0;
    for (size_t k = 1; k < view->points; k++)
        if (view->weight[k] > view->weight[heaviest])
            heaviest = k;
    const struct servers *s = &view->servers[heaviest];
    double asked_db = evidence->asked_dbm - evidence->weak_dbm;
    for (size_t i = 0; i < s->count; i++) {
        const struct cell *cell = &study->world->cells[s->items[i].cell];
        if (cell->coverage != COVERAGE_INDOOR &&
            xy_distance_m(cell->xy, evidence->fix.xy) < way_m / 2 &&
            s->items[i].reading.margin_db > asked_db)
            return s->items[i].cell;
    }
    return INDEX_NONE;
}

void ask_overshoot(const struct study *study, const struct view *view,
                   struct evidence *evidence)
{
    static const double MOST_OF_IT = 0.5;
    const struct rules *rules = &study->world->rules;
    if (!evidence->serving_count || evidence->serving[0].share < MOST_OF_IT)
        return;
    uint32_t far = evidence->serving[0].cell;
    double way_m = xy_distance_m(study->world->cells[far].xy, evidence->fix.xy);
    double limit_m = fmin(RULE_VALUE(rules, overshoot_m),
                          RULE_VALUE(rules, overshoot_spacings) *
                              mast_spacing_m(study->world, evidence->fix.xy));
    if (way_m <= limit_m)
        return;
    evidence->overshoot.nearer = nearer_usable(study, view, evidence, way_m);
    if (evidence->overshoot.nearer != INDEX_NONE) {
        evidence->overshoot.cell = far;
        evidence->overshoot.way_m = way_m;
        evidence->overshoot.limit_m = limit_m;
    }
}
