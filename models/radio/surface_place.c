/* What-ifs at one place: cells turned, sites to be built. Hills, the observations that speak
 * for a mast and what all masts share are kept between questions. */
#include <math.h>
#include <stdlib.h>

#include "models/radio/surface_parts.h"

struct surface_place {
    const struct surface *surface;
    struct xy at;
    double ground_m;
    struct hills_seen hills;
    struct kriging kriging; /* of kriging.near.site; SITE_NEW: of none yet */
    struct residual shared; /* of all masts; mean NAN: not yet known */
};

struct surface_place *surface_place_new(const struct surface *surface)
{
    struct surface_place *place = base_alloc(1, sizeof *place);
    place->surface = surface;
    surface_place_move(place, (struct xy){NAN, NAN});
    return place;
}

void surface_place_free(struct surface_place *place)
{
    free(place);
}

void surface_place_move(struct surface_place *place, struct xy to)
{
    if (place->at.x_m == to.x_m && place->at.y_m == to.y_m)
        return;
    place->at = to;
    place->ground_m = path_ground_m(place->surface, to);
    place->hills.from.x_m = NAN;
    place->kriging.near.site = SITE_NEW;
    place->shared.mean_db = NAN;
}

static bool is_somewhere(const struct surface_place *place)
{
    return isfinite(place->at.x_m) && isfinite(place->at.y_m);
}

/* ---- cells that stand ------------------------------------------------------------------- */

/* All cells of a mast learn from the same observations. */
static void krige_cell(struct surface_place *place, uint32_t cell, struct residual *out)
{
    const struct surface *surface = place->surface;
    struct kriging *kriging = &place->kriging;
    uint32_t site = surface->cells[cell].site;
    if (kriging->near.site != site) {
        kriging->near = (struct nearby){.mode = MODE_OPEN, .site = site, .cell = CELL_ANY};
        nearby_gather(surface, place->at, BLOCK_NONE, NULL, &kriging->near);
        kriging_prepare(surface, kriging);
    }
    kriging_solve(surface, kriging, place->at, cell, out);
}

/* The view of the place goes to *view. */
static struct surface_level level_as_it_stands(struct surface_place *place, uint32_t cell,
                                               struct view *view)
{
    const struct surface *surface = place->surface;
    const struct mast_cell *mast = &surface->cells[cell];
    struct residual residual;
    if (!mast->placed || !is_somewhere(place))
        return LEVEL_UNKNOWN;
    *view = path_bare_view(mast, place->at, place->ground_m);
    path_view_hills(surface, mast, place->at, &place->hills, view);
    krige_cell(place, cell, &residual);
    return level_joined(surface, MODE_OPEN, path_trend_dbm(surface, MODE_OPEN, mast, view),
                        residual);
}

struct surface_level surface_place_at(struct surface_place *place, uint32_t cell)
{
    struct view view;
    return level_as_it_stands(place, cell, &view);
}

static double given_or(double given, double otherwise)
{
    return isnan(given) ? otherwise : given;
}

/* The pattern of a real antenna off its main lobe is known to about this share of the change.
 */
static const double PATTERN_SHARE = 0.15;

struct surface_level surface_place_aimed(struct surface_place *place, uint32_t cell,
                                         const struct antenna_aim *aim,
                                         struct surface_level *before)
{
    const struct mast_cell *mast = &place->surface->cells[cell];
    struct view view = {0};
    struct surface_level now = level_as_it_stands(place, cell, &view);
    if (before)
        *before = now;
    if (isnan(now.dbm))
        return now;
    struct antenna_aim turned = {given_or(aim->azimuth_deg, mast->aim.azimuth_deg),
                                 given_or(aim->mech_tilt_deg, mast->aim.mech_tilt_deg),
                                 given_or(aim->elec_tilt_deg, mast->aim.elec_tilt_deg)};
    double gain =
        view.antenna_db - antenna_loss_db(&mast->antenna, &turned, view.link.bearing_deg,
                                          view.link.elevation_deg);
    return (struct surface_level){now.dbm + gain, hypot(now.sigma_db, PATTERN_SHARE * gain)};
}

struct surface_level surface_aimed(const struct surface *surface, uint32_t cell,
                                   const struct antenna_aim *aim, struct xy at,
                                   struct surface_level *before)
{
    struct surface_place *place = surface_place_new(surface);
    surface_place_move(place, at);
    struct surface_level level = surface_place_aimed(place, cell, aim, before);
    surface_place_free(place);
    return level;
}

/* ---- sites to be built ------------------------------------------------------------------- */

/* The sector that loses least towards the place. */
static double best_sector_db(const struct mast_cell *mast, const struct surface_site *site,
                             const struct link *link)
{
    struct antenna antenna = mast->antenna;
    struct antenna_aim aim = mast->aim;
    double least = INFINITY;
    for (int i = 0; i < site->sectors; i++) {
        aim.azimuth_deg = site->azimuths_deg[i];
        least = fmin(least,
                     antenna_loss_db(&antenna, &aim, link->bearing_deg, link->elevation_deg));
    }
    if (site->sectors > 0)
        return least;
    antenna.hbw_deg = aim.azimuth_deg = NAN;
    return antenna_loss_db(&antenna, &aim, link->bearing_deg, link->elevation_deg);
}

/* The network's usual cell, at the site. */
static struct mast_cell site_mast(const struct surface *surface,
                                  const struct surface_site *site)
{
    struct mast_cell mast = surface->typical[site->rat];
    mast.at = site->at;
    mast.ground_m = path_ground_m(surface, site->at);
    mast.height_m = site->height_m > 0 ? site->height_m : mast.height_m;
    mast.frequency_mhz = given_or(site->frequency_mhz, mast.frequency_mhz);
    mast.base_db = path_base_db(mast.frequency_mhz, mast.height_m);
    if (!isnan(site->power_dbm))
        mast.eirp_dbm = site->power_dbm + mast.antenna.gain_dbi;
    mast.aim.elec_tilt_deg = given_or(site->tilt_deg, mast.aim.elec_tilt_deg);
    return mast;
}

/* By the residuals of listed cells from what listed cells usually bring: those from the open
 * trend are of strong cells alone, and would say of any place that it is a good one. */
static void krige_shared(struct surface_place *place)
{
    struct nearby near = {.mode = MODE_LISTED, .site = SITE_NEW, .cell = CELL_ANY};
    if (!isnan(place->shared.mean_db))
        return;
    nearby_gather(place->surface, place->at, BLOCK_NONE, NULL, &near);
    nearby_krige(place->surface, &near, place->at, CELL_ANY, &place->shared);
}

struct surface_level surface_place_site(struct surface_place *place,
                                        const struct surface_site *site, double least_dbm)
{
    const struct surface *surface = place->surface;
    if (!isfinite(site->at.x_m) || !is_somewhere(place) ||
        isnan(surface->typical[site->rat].eirp_dbm))
        return LEVEL_UNKNOWN;
    struct mast_cell mast = site_mast(surface, site);
    struct view view = path_bare_view(&mast, place->at, place->ground_m);
    view.antenna_db = best_sector_db(&mast, site, &view.link);
    krige_shared(place);
    double trend_dbm = path_trend_dbm(surface, MODE_OPEN, &mast, &view);
    if (trend_dbm + place->shared.mean_db >= least_dbm) { /* hills only weaken it */
        path_view_hills(surface, &mast, place->at, &place->hills, &view);
        trend_dbm = path_trend_dbm(surface, MODE_OPEN, &mast, &view);
    }
    return level_joined(surface, MODE_OPEN, trend_dbm, place->shared);
}

struct surface_level surface_site_at(const struct surface *surface,
                                     const struct surface_site *site, struct xy at)
{
    struct surface_place *place = surface_place_new(surface);
    surface_place_move(place, at);
    struct surface_level level = surface_place_site(place, site, -INFINITY);
    surface_place_free(place);
    return level;
}
