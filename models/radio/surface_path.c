/* From a cell to a place: geometry, hills, antenna, and the fitted trend of the path. */
#include <math.h>

#include "geo/terrain.h"
#include "models/radio/pathloss.h"
#include "models/radio/surface_parts.h"

static const double HILL_AT_MOST_DB = 40;
/* Nearer than this the mast's own surroundings decide, not the distance. */
static const double NEAREST_M = 50;

double path_ground_m(const struct surface *surface, struct xy at)
{
    const struct terrain *terrain = surface->world->terrain;
    return terrain ? terrain_height_m(terrain, at) : NAN;
}

/* Of the antenna over a phone; on level ground where either's height is not known. */
static double above_m(const struct mast_cell *mast, double ground_m)
{
    double rise_m = mast->ground_m - ground_m;
    return mast->height_m - LINK_MOBILE_HEIGHT_M + (isnan(rise_m) ? 0 : rise_m);
}

double path_base_db(double frequency_mhz, double height_m)
{
    return pathloss_hata_trend_db(&(struct path){.frequency_mhz = frequency_mhz,
                                                 .distance_m = 1000,
                                                 .base_height_m = height_m,
                                                 .mobile_height_m = LINK_MOBILE_HEIGHT_M});
}

static void prepare_cell(struct surface *surface, uint32_t i,
                         const struct antenna_aim *standing)
{
    const struct cell *cell = &surface->world->cells[i];
    struct mast_cell *out = &surface->cells[i];
    out->at = cell->xy;
    out->placed = isfinite(cell->xy.x_m) && isfinite(cell->xy.y_m);
    out->height_m = link_height_m(cell);
    out->ground_m = out->placed ? path_ground_m(surface, cell->xy) : NAN;
    out->antenna = link_antenna(cell);
    out->eirp_dbm = link_power_dbm(cell) + out->antenna.gain_dbi;
    out->frequency_mhz = link_frequency_mhz(cell);
    out->site = cell->site;
    out->rat = cell->rat;
    out->base_db =
        pathloss_hata_trend_db(&(struct path){.frequency_mhz = out->frequency_mhz,
                                              .distance_m = 1000,
                                              .base_height_m = out->height_m,
                                              .mobile_height_m = LINK_MOBILE_HEIGHT_M});
    out->aim = link_aim(cell);
    if (standing && isfinite(standing->azimuth_deg)) {
        out->aim.azimuth_deg = standing->azimuth_deg;
        if (isnan(out->antenna.hbw_deg) && cell->coverage != COVERAGE_INDOOR)
            out->antenna.hbw_deg = antenna_default().hbw_deg;
    }
    if (standing && isfinite(standing->mech_tilt_deg))
        out->aim.mech_tilt_deg = standing->mech_tilt_deg;
    if (standing && isfinite(standing->elec_tilt_deg))
        out->aim.elec_tilt_deg = standing->elec_tilt_deg;
}

void path_prepare(struct surface *surface, const struct surface_options *options)
{
    const struct world *world = surface->world;
    surface->cells = base_alloc(world->cell_count, sizeof *surface->cells);
    surface->latitude_deg = 35; /* mid-latitude, until a cell says */
    for (uint32_t i = world->cell_count; i-- > 0;)
        if (isfinite(world->cells[i].at.lat))
            surface->latitude_deg = world->cells[i].at.lat;
    for (uint32_t i = 0; i < world->cell_count; i++)
        prepare_cell(surface, i, options->standing ? &options->standing[i] : NULL);
}

static double hill_loss_db(const struct surface *surface, const struct mast_cell *cell,
                           struct xy at, double distance_m)
{
    if (!surface->world->terrain || distance_m < 2 * NEAREST_M)
        return 0;
    const struct rules *rules = &surface->world->rules;
    struct link_ground ground = {.terrain = surface->world->terrain,
                                 .clutter = surface->world->clutter,
                                 .dn = RULE_VALUE(rules, p1812_dn),
                                 .n0 = RULE_VALUE(rules, p1812_n0),
                                 .latitude_deg = surface->latitude_deg};
    struct link_path path = {.from = cell->at,
                             .to = at,
                             .from_m = cell->height_m,
                             .to_m = LINK_MOBILE_HEIGHT_M,
                             .frequency_mhz = cell->frequency_mhz};
    return fmin(link_hill_db(&ground, &path), HILL_AT_MOST_DB);
}

/* Cells of one mast at one height and frequency see the same hills. */
static bool same_hills(const struct mast_cell *a, const struct mast_cell *b)
{
    return a->at.x_m == b->at.x_m && a->at.y_m == b->at.y_m && a->height_m == b->height_m &&
           a->frequency_mhz == b->frequency_mhz;
}

struct view path_bare_view(const struct mast_cell *mast, struct xy at, double ground_m)
{
    struct view view = {.link = link_between(mast->at, at, above_m(mast, ground_m))};
    view.antenna_db = antenna_loss_db(&mast->antenna, &mast->aim, view.link.bearing_deg,
                                      view.link.elevation_deg);
    return view;
}

void path_view_hills(const struct surface *surface, const struct mast_cell *mast, struct xy at,
                     struct hills_seen *seen, struct view *view)
{
    if (seen->from.x_m != mast->at.x_m || seen->from.y_m != mast->at.y_m ||
        seen->height_m != mast->height_m || seen->frequency_mhz != mast->frequency_mhz)
        *seen = (struct hills_seen){mast->at, mast->height_m, mast->frequency_mhz,
                                    hill_loss_db(surface, mast, at, view->link.distance_m)};
    view->hill_db = seen->hill_db;
}

void path_bare_views(const struct surface *surface, const uint32_t *cells, size_t count,
                     struct xy at, struct view *out)
{
    double ground_m = path_ground_m(surface, at);
    const struct mast_cell *before = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct mast_cell *mast = &surface->cells[cells[i]];
        if (before && same_hills(mast, before)) {
            out[i] = out[i - 1];
            out[i].antenna_db = antenna_loss_db(
                &mast->antenna, &mast->aim, out[i].link.bearing_deg, out[i].link.elevation_deg);
        } else {
            out[i] = path_bare_view(mast, at, ground_m);
        }
        before = mast;
    }
}

void path_views_hills(const struct surface *surface, const uint32_t *cells, size_t count,
                      struct xy at, struct view *views)
{
    struct hills_seen seen = {.from = {NAN, NAN}};
    for (size_t i = 0; i < count; i++)
        path_view_hills(surface, &surface->cells[cells[i]], at, &seen, &views[i]);
}

struct view path_mast_view(const struct surface *surface, const struct mast_cell *mast,
                           struct xy at)
{
    struct view view = path_bare_view(mast, at, path_ground_m(surface, at));
    view.hill_db = hill_loss_db(surface, mast, at, view.link.distance_m);
    return view;
}

struct view path_view(const struct surface *surface, uint32_t cell, struct xy at)
{
    return path_mast_view(surface, &surface->cells[cell], at);
}

const double trend_bends[TREND_BENDS] = {-0.7, -0.3, 0};

double trend_db(const struct trend *trend, double decades, double hill_db)
{
    double level = trend->at_km_db + trend->slope_db * decades - trend->diffraction * hill_db;
    for (int i = 0; i < TREND_BENDS; i++)
        level += trend->bend_db[i] * fmax(decades - trend_bends[i], 0);
    return level;
}

static double decades_of(double distance_m)
{
    return log10(fmax(distance_m, NEAREST_M) / 1000);
}

double path_trend_dbm(const struct surface *surface, enum mode mode,
                      const struct mast_cell *mast, const struct view *view)
{
    const struct trend *trend = &surface->trends[mode][mast->rat];
    double decades = decades_of(view->link.distance_m);
    return mast->eirp_dbm - mast->base_db - surface->pattern_share * view->antenna_db +
           mast->offset_db[mode] + trend_db(trend, decades, view->hill_db);
}

double path_site_guess_dbm(const struct surface *surface, uint32_t site, struct xy at,
                           enum rat rat, uint32_t *cell)
{
    const struct world *world = surface->world;
    const struct site *mast = &world->sites[site];
    /* The site's position serves for all its cells: this only chooses whom to compute. */
    double bearing_deg = xy_bearing_deg(mast->xy, at);
    double decades = decades_of(xy_distance_m(mast->xy, at)), best = -INFINITY;
    *cell = UINT32_MAX;
    for (uint32_t k = 0; k < mast->cell_count; k++) {
        uint32_t id = world->site_cells[mast->first_cell + k];
        const struct mast_cell *it = &surface->cells[id];
        if (!it->placed || (rat != RAT_UNKNOWN && it->rat != rat))
            continue;
        double turn = bearing_deg - it->aim.azimuth_deg;
        turn -= 360 * rint(turn / 360);
        double across = turn / it->antenna.hbw_deg;
        double antenna_db = isnan(across) ? 0 : fmin(12 * across * across, 25);
        double dbm = it->eirp_dbm - it->base_db - surface->pattern_share * antenna_db +
                     it->offset_db[MODE_OPEN] +
                     trend_db(&surface->trends[MODE_OPEN][it->rat], decades, 0);
        if (dbm > best)
            best = dbm, *cell = id;
    }
    return best;
}

double path_most_dbm(const struct surface *surface, double distance_m)
{
    double most = -INFINITY, decades = decades_of(distance_m);
    for (int rat = 0; rat < RAT_COUNT; rat++)
        most = fmax(most, surface->strongest_db[rat] +
                              trend_db(&surface->trends[MODE_OPEN][rat], decades, 0));
    return most;
}
