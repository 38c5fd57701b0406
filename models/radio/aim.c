/* The audit of every antenna of a network: sites in parallel, then the network as a whole. */
#include "models/radio/aim.h"

#include <math.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "geo/crs.h"
#include "models/radio/aim_inner.h"

const struct name aim_status_names[] = {
    {"ok", AIM_OK},     {"misaligned", AIM_MISALIGNED},     {"swapped", AIM_SWAPPED},
    {"tilt", AIM_TILT}, {"insufficient", AIM_INSUFFICIENT}, {NULL, 0},
};

struct job {
    const struct aim_ground *ground;
    struct aim_belief *beliefs;
    atomic_size_t next;
};

/* Sites are taken as they come; each writes only its own cells, so the order does not matter.
 */
static void *work(void *context)
{
    struct job *job = context;
    struct arena *arena = arena_new();
    size_t site;
    while ((site = atomic_fetch_add(&job->next, 1)) < job->ground->world->site_count) {
        arena_reset(arena);
        aim_believe_site(job->ground, (uint32_t)site, arena, job->beliefs);
    }
    arena_free(arena);
    return NULL;
}

static void run_threads(struct job *job, int threads)
{
    pthread_t *others = base_alloc((size_t)threads, sizeof *others);
    int started = 0;
    while (started < threads - 1 && pthread_create(&others[started], NULL, work, job) == 0)
        started++;
    work(job);
    for (int i = 0; i < started; i++)
        pthread_join(others[i], NULL);
    free(others);
}

/* The found places of masts on the ground. A plane without a name has none. */
static enum status place_masts(const struct world *world, struct aim *out, struct error *error)
{
    struct crs *plane = NULL;
    for (size_t c = 0; c < world->cell_count && world->crs_name; c++) {
        struct aim_place_found *place = &out[c].elsewhere;
        if (isnan(place->far_m))
            continue;
        if (!plane && crs_open(world->crs_name, &plane, error) != STATUS_OK)
            return error->status;
        struct xy at = world->cells[c].xy;
        at.x_m += place->far_m * sin(place->bearing_deg * M_PI / 180);
        at.y_m += place->far_m * cos(place->bearing_deg * M_PI / 180);
        place->at = crs_inverse(plane, at);
    }
    crs_close(plane);
    return STATUS_OK;
}

enum status aim_audit(const struct world *world, int threads, struct aim *out,
                      struct error *error)
{
    if (threads < 1)
        return error_set(error, STATUS_USAGE, "the audit needs at least one thread");
    struct aim_ground ground;
    aim_ground_make(world, &ground);
    struct job job = {.ground = &ground};
    job.beliefs = base_alloc(world->cell_count + 1, sizeof *job.beliefs);
    run_threads(&job, threads);
    aim_decide(world, job.beliefs, out);
    free(job.beliefs);
    aim_ground_free(&ground);
    return place_masts(world, out, error);
}

struct antenna_aim *aim_standing(const struct world *world, const struct aim *aims)
{
    struct antenna_aim *standing = base_alloc(world->cell_count, sizeof *standing);
    for (size_t i = 0; i < world->cell_count; i++) {
        const struct aim *aim = &aims[i];
        standing[i] = (struct antenna_aim){NAN, NAN, NAN};
        if (aim->status == AIM_MISALIGNED || aim->status == AIM_SWAPPED)
            standing[i].azimuth_deg = aim->azimuth_est_deg;
        if (aim->status == AIM_TILT) {
            standing[i].mech_tilt_deg = 0;
            standing[i].elec_tilt_deg = aim->tilt_est_deg;
        }
    }
    return standing;
}
