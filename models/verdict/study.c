#include "models/verdict/study.h"

#include <stdlib.h>

#include "models/verdict/evidence.h"
#include "models/verdict/reply.h"

static void tell(const struct study_options *options, const char *stage)
{
    if (options->stage)
        options->stage(options->context, stage);
}

static enum status make_surface(struct study *study, int threads, struct error *error)
{
    struct antenna_aim *standing = aim_standing(study->world, study->aims);
    const struct surface_options options = {threads, standing};
    enum status status = surface_new(study->world, &options, &study->surface, error);
    free(standing);
    return status;
}

/* Any slip marks every ticket. */
static void compare_clocks(struct study *study)
{
    study->slip_count = clock_compare(study->world, study->troubles, study->slips);
    for (size_t i = 0; i < study->slip_count; i++)
        if (study->slips[i].slipped)
            study->flags = FLAG_CLOCK_SLIP;
}

enum status study_make(const struct world *world, const struct study_options *options,
                       struct study *study, struct error *error)
{
    *study = (struct study){.world = world,
                            .arena = arena_new(),
                            .aims = base_alloc(world->cell_count, sizeof *study->aims)};
    enum status status = locator_new(world, &study->locator, error);
    tell(options, "places");
    if (status == STATUS_OK)
        status = aim_audit(world, options->threads, study->aims, error);
    tell(options, "antennas");
    if (status == STATUS_OK)
        status = make_surface(study, options->threads, error);
    if (status != STATUS_OK)
        return status;
    study->troubles = troubles_new(world);
    compare_clocks(study);
    study->onset = onset_new(world);
    study->served = served_new(world);
    study->reach = reach_of(world);
    study->usual = usual_of(study);
    status = replies_read(world->folder, study->arena, &study->replies, error);
    tell(options, "surface");
    return status;
}

void study_free(struct study *study)
{
    onset_free(study->onset);
    troubles_free(study->troubles);
    served_free(study->served);
    surface_free(study->surface);
    free(study->aims);
    locator_free(study->locator);
    if (study->arena)
        arena_free(study->arena);
    *study = (struct study){0};
}
