/* masts.h - a network of three-sector masts, as world_load would have indexed it. */
#ifndef COVTRIAGE_TESTS_MASTS_H
#define COVTRIAGE_TESTS_MASTS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "geo/crs.h"
#include "geo/index.h"
#include "models/tables/identity.h"
#include "models/tables/world.h"

enum { MASTS_MAX = 48 };

struct masts {
    struct world world;
    struct cell cells[3 * MASTS_MAX];
    struct site sites[MASTS_MAX];
    uint32_t site_cells[3 * MASTS_MAX];
    char ids[3 * MASTS_MAX]
            [24]; /* 460-00-500-0, 460-00-500-1 ...: the mast's number from 500 */
    struct xy xy[MASTS_MAX];
    struct crs *plane;
};

static inline void masts_open(struct masts *masts, struct point middle)
{
    struct error error = {0};
    assert_int_equal(crs_open_utm(middle, &masts->plane, &error), STATUS_OK);
    rules_default(&masts->world.rules);
    masts->world.crs_name = crs_name(masts->plane);
    masts->world.cells = masts->cells;
    masts->world.sites = masts->sites;
    masts->world.site_cells = masts->site_cells;
}

/* One more mast at `xy`, its sectors at `azimuth_deg` and 120 and 240 degrees on. */
static inline void masts_add(struct masts *masts, struct xy xy, double azimuth_deg)
{
    uint32_t s = (uint32_t)masts->world.site_count++;
    masts->xy[s] = xy;
    masts->sites[s] = (struct site){.site_id = "",
                                    .site_name = "",
                                    .xy = xy,
                                    .at = crs_inverse(masts->plane, xy),
                                    .first_cell = 3 * s,
                                    .cell_count = 3};
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t c = 3 * s + k;
        snprintf(masts->ids[c], sizeof masts->ids[c], "460-00-%u-%u", 500 + s, k);
        masts->site_cells[c] = c;
        masts->cells[c] = (struct cell){.cell_id = masts->ids[c],
                                        .cell_name = "",
                                        .site_id = "",
                                        .site_name = "",
                                        .rat = RAT_LTE,
                                        .at = masts->sites[s].at,
                                        .xy = xy,
                                        .azimuth_deg = angle_wrap_deg(azimuth_deg + 120.0 * k),
                                        .hbw_deg = 65,
                                        .site = s};
    }
    masts->world.cell_count = 3 * masts->world.site_count;
}

static inline void masts_index(struct masts *masts)
{
    struct world *world = &masts->world;
    world->site_index = index_new(masts->xy, world->site_count, 2000);
    world->identity = identity_index_new(world->cells, world->cell_count);
}

static inline void masts_close(struct masts *masts)
{
    index_free(masts->world.site_index);
    identity_index_free(masts->world.identity);
    crs_close(masts->plane);
}

#endif
