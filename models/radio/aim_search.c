/* Where the joint fit of a mast starts from: the arrangements that crews leave behind. */
#include <math.h>
#include <string.h>

#include "models/radio/aim_work.h"

static int table_step(const struct aim_view *view, uint32_t cell)
{
    double azimuth_deg = aim_work_table_deg(view, cell);
    return isnan(azimuth_deg) ? 0 : (int)lrint(azimuth_deg / AIM_STEP_DEG) % AIM_STEPS;
}

/* How a mast stands in a fit, to come back to. */
struct stand {
    float cost;
    int *step, *tilt;
    float *offset;
};

static struct stand stand_new(const struct aim_work *work, struct arena *arena)
{
    uint32_t n = work->view->cell_count;
    return (struct stand){INFINITY, arena_alloc(arena, n * sizeof(int)),
                          arena_alloc(arena, n * sizeof(int)),
                          arena_alloc(arena, n * sizeof(float))};
}

static void stand_keep_better(const struct aim_work *work, struct stand *best)
{
    uint32_t n = work->view->cell_count;
    float cost = aim_work_cost(work);
    if (!(cost < best->cost - 1e-3F))
        return;
    best->cost = cost;
    memcpy(best->step, work->step, n * sizeof *best->step);
    memcpy(best->tilt, work->tilt, n * sizeof *best->tilt);
    memcpy(best->offset, work->offset, n * sizeof *best->offset);
}

static void stand_restore(struct aim_work *work, const struct stand *stand)
{
    for (uint32_t c = 0; c < work->view->cell_count; c++) {
        if (work->tilt[c] != stand->tilt[c])
            aim_work_set_tilt(work, c, stand->tilt[c]);
        work->offset[c] = stand->offset[c];
        aim_work_set_azimuth(work, c, stand->step[c]);
    }
}

/* The arrangements that crews leave behind: as the table says, feeders moved on by one or by
 * two, and the whole mast turned. Single cells and pairs are found from these by descent. */
#define STARTS 6

static void start_from(struct aim_work *work, int which)
{
    uint32_t n = work->view->cell_count;
    for (uint32_t c = 0; c < n; c++) {
        uint32_t from = which < 3 ? (c + (uint32_t)which) % n : c;
        int turn = which < 3 ? 0 : (which - 2) * AIM_STEPS / 4;
        if (work->tilt[c] != AIM_TILT_TABLE)
            aim_work_set_tilt(work, c, AIM_TILT_TABLE);
        work->offset[c] = 0;
        aim_work_set_azimuth(work, c, (table_step(work->view, from) + turn) % AIM_STEPS);
    }
}

/* Does the mast stand as its table says, so that no other arrangement need be tried? */
bool aim_work_as_table(const struct aim_work *work)
{
    const struct rules *rules = &work->view->world->rules;
    double power_db = RULE_VALUE(rules, aim_power_error_db);
    double install_deg = RULE_VALUE(rules, aim_install_deg);
    for (uint32_t c = 0; c < work->view->cell_count; c++) {
        double off_deg =
            angle_turn_deg(aim_work_table_deg(work->view, c), work->step[c] * AIM_STEP_DEG);
        if (!(fabs(off_deg) <= 3 * install_deg) || fabs(work->offset[c]) > 2 * power_db)
            return false;
    }
    return true;
}

/* A start this much worse than the best (a log likelihood of half of it) is not refined. */
static const float HOPELESS = 20;

/* A lobe that looks too far down seems to point elsewhere: try each cell so, at its table's
 * azimuth, the others free to follow. */
static void try_tilts(struct aim_work *work, struct stand *best)
{
    static const int tries[] = {AIM_TILT_TABLE + 3, AIM_TILT_TABLE - 2};
    for (uint32_t c = 0; c < work->view->cell_count; c++)
        for (size_t i = 0; i < ARRAY_COUNT(tries); i++) {
            stand_restore(work, best);
            aim_work_set_tilt(work, c, tries[i]);
            aim_work_set_azimuth(work, c, table_step(work->view, c));
            aim_work_descend(work);
            if (aim_work_cost(work) > best->cost + HOPELESS)
                continue;
            aim_work_descend_tilts(work);
            stand_keep_better(work, best);
        }
}

void aim_work_search(struct aim_work *work, struct arena *arena)
{
    struct stand best = stand_new(work, arena);
    for (int which = 0; which < STARTS; which++) {
        start_from(work, which);
        aim_work_descend(work);
        stand_keep_better(work, &best);
        if (which == 0 && aim_work_as_table(work))
            break;
    }
    stand_restore(work, &best);
    aim_work_descend_tilts(work);
    stand_keep_better(work, &best);
    stand_restore(work, &best);
    if (!aim_work_as_table(work))
        try_tilts(work, &best);
    stand_restore(work, &best);
}
