/* Where people live, where masts stand, and what is wrong with them. */
#include <math.h>
#include <string.h>

#include "samples/county.h"

/* ---- places -------------------------------------------------------------------------- */

static double nearest_spot_m(const struct county *county, struct xy at, int *which, int among)
{
    double least = 1e9;
    for (int i = 0; i < among; i++) {
        double d = xy_distance_m(county->spots[i].at, at);
        if (d < least) {
            least = d;
            *which = i;
        }
    }
    return least;
}

static bool name_taken(const struct county *county, const char *name)
{
    for (int i = 0; i < county->spot_count; i++)
        if (strcmp(county->spots[i].name, name) == 0)
            return true;
    return false;
}

static struct spot *spot_new(struct county *county)
{
    if (county->spot_count == MOST_SPOTS)
        return NULL;
    struct spot *spot = &county->spots[county->spot_count];
    *spot = (struct spot){.township = county->spot_count};
    return spot;
}

static void settle_townships(struct county *county)
{
    int wanted = 1 + (int)BASE_MIN(BASE_MAX(county->wish.sites / 10, 2), 13), none;
    double apart = 1.1 * county->half_m / sqrt(wanted);
    for (int tries = 0; county->township_count < wanted && tries < 2000; tries++) {
        struct xy at = draw_inside(county);
        if (county->township_count == 0)
            at = (struct xy){0, 0};
        else if (nearest_spot_m(county, at, &none, county->spot_count) < apart)
            continue;
        struct spot *spot = spot_new(county);
        name_township(&county->rng, spot, county->township_count);
        spot->kind = "township";
        spot->at = at;
        spot->weight = county->township_count == 0 ? 8 : 5;
        spot->spread_m = county->township_count == 0 ? 700 : 450;
        county->spot_count = ++county->township_count;
    }
}

static void settle_villages(struct county *county)
{
    int wanted = county->spot_count + county->wish.sites, none;
    double apart = 0.45 * sqrt(county->wish.area_km2) * 1000;
    for (int tries = 0; county->spot_count < wanted && tries < 20000; tries++) {
        struct xy at = draw_inside(county);
        if (nearest_spot_m(county, at, &none, county->spot_count) < apart)
            continue;
        struct spot *spot = spot_new(county);
        if (spot == NULL)
            return;
        name_village(&county->rng, spot);
        if (name_taken(county, spot->name))
            continue;
        spot->kind = "village";
        spot->at = at;
        spot->weight = 1.6;
        spot->spread_m = 260;
        nearest_spot_m(county, at, &spot->township, county->township_count);
        county->spot_count++;
    }
}

static void settle_pois(struct county *county)
{
    int settled = county->spot_count, wanted = settled + 4 * county->wish.sites;
    for (int tries = 0; county->spot_count < wanted && tries < 20000; tries++) {
        bool town = draw_chance(&county->rng, 0.4);
        const struct spot *root = &county->spots[town ? 0 : draw_index(&county->rng, settled)];
        struct spot *spot = spot_new(county);
        if (spot == NULL)
            return;
        name_poi(&county->rng, spot, town ? county->name : root->name, town);
        if (name_taken(county, spot->name))
            continue;
        spot->kind = "poi";
        spot->at = draw_near(&county->rng, root->at, town ? 1000 : 280);
        spot->weight = 0.6;
        spot->spread_m = 130;
        spot->township = root->township;
        county->spot_count++;
    }
}

/* ---- roads --------------------------------------------------------------------------- */

static void lay_road(struct county *county, struct xy from, struct xy to)
{
    struct xy middle = {(from.x_m + to.x_m) / 2, (from.y_m + to.y_m) / 2};
    middle = draw_near(&county->rng, middle, 0.06 * xy_distance_m(from, to));
    if (county->road_count + 2 > MOST_ROADS)
        return;
    county->roads[county->road_count++] = (struct road){from, middle};
    county->roads[county->road_count++] = (struct road){middle, to};
}

static void lay_roads(struct county *county)
{
    for (int i = 1; i < county->township_count; i++) {
        int other = 0;
        nearest_spot_m(county, county->spots[i].at, &other, i);
        lay_road(county, county->spots[i].at, county->spots[other].at);
        lay_road(county, county->spots[i].at, county->spots[0].at);
    }
    for (int i = county->township_count; i < county->spot_count; i++)
        if (strcmp(county->spots[i].kind, "village") == 0 && draw_chance(&county->rng, 0.45))
            lay_road(county, county->spots[i].at, county->spots[county->spots[i].township].at);
    for (int i = -4; i <= 4; i++) {
        lay_road(county, (struct xy){i * 350.0, -1600}, (struct xy){i * 350.0, 1600});
        lay_road(county, (struct xy){-1600, i * 350.0}, (struct xy){1600, i * 350.0});
    }
}

/* ---- masts and sectors --------------------------------------------------------------- */

static bool mast_fits(const struct county *county, struct xy at, double apart_m)
{
    for (int i = 0; i < county->mast_count; i++)
        if (xy_distance_m(county->masts[i].at, at) < apart_m)
            return false;
    return fabs(at.x_m) < county->half_m && fabs(at.y_m) < county->half_m;
}

static struct xy mast_site(struct county *county, double *apart_m)
{
    double scale = sqrt(county->wish.area_km2) * 1000;
    double turn = rng_uniform(&county->rng);
    if (turn < 0.3) {
        *apart_m = BASE_MIN(450, 0.6 * scale);
        return draw_near(&county->rng, (struct xy){0, 0}, BASE_MIN(1200, county->half_m / 3));
    }
    if (turn < 0.65) {
        *apart_m = BASE_MIN(900, 0.6 * scale);
        return draw_near(&county->rng, county->spots[draw_spot(county)].at, 350);
    }
    *apart_m = 0.6 * scale;
    return draw_inside(county);
}

static struct sector sector_draw(struct county *county, int site, enum radio radio, int k)
{
    static const char *const id_form[] = {"460-00-22517-%d%d", "460-00-5%05d-%d",
                                          "460-00-7%05d-%d"};
    static const double power_dbm[] = {41, 15.2, 12}, gain_dbi[] = {17, 17, 24};
    struct rng *rng = &county->rng;
    struct sector s = {.site = site, .radio = radio, .gain_dbi = gain_dbi[radio]};
    snprintf(s.id, sizeof s.id, id_form[radio], 1001 + county->first_site + site, k + 1);
    snprintf(s.name, sizeof s.name, "%s-%d", county->masts[site].name, k + 1);
    s.power_dbm = power_dbm[radio] + 3 * (draw_index(rng, 3) - 1) * (draw_chance(rng, 0.4));
    s.mech_deg = draw_index(rng, 4);
    s.tilt_deg = s.mech_deg + 3 + draw_index(rng, county->masts[site].height_m > 33 ? 7 : 5);
    s.true_tilt_deg = s.tilt_deg + 0.6 * rng_normal(rng);
    s.azimuth_deg = round(angle_wrap_deg(draw_range(rng, -22, 22) + 120 * k));
    s.true_azimuth_deg = angle_wrap_deg(s.azimuth_deg + 4 * rng_normal(rng));
    return s;
}

/* Three, or one to three where the law asks for fewer. */
static int draw_sectors(struct county *county)
{
    double over = county->laws.sectors - 1;
    if (over >= 2)
        return 3;
    return 1 + draw_chance(&county->rng, over / 2) + draw_chance(&county->rng, over / 2);
}

static void bend_sectors(struct county *county)
{
    for (int i = 0; i < county->sector_count && county->laws.bent > 0; i++)
        if (draw_chance(&county->rng, county->laws.bent))
            county->sectors[i].bend_deg =
                (draw_chance(&county->rng, 0.5) ? 1 : -1) * draw_range(&county->rng, 35, 150);
}

static void mast_equip(struct county *county, int site, const double frequency_mhz[])
{
    struct mast *mast = &county->masts[site];
    bool town = hypot(mast->at.x_m, mast->at.y_m) < 2500;
    bool mixed =
        county->wish.has[RADIO_GSM] + county->wish.has[RADIO_LTE] + county->wish.has[RADIO_NR] >
        1;
    mast->first_sector = county->sector_count;
    double turn_deg = draw_range(&county->rng, 0, 120);
    for (int r = 0; r < RADIO_COUNT; r++) {
        double share = !mixed || r == RADIO_LTE ? 1 : r == RADIO_GSM ? 0.6 : town ? 0.7 : 0.15;
        if (!county->wish.has[r] || !draw_chance(&county->rng, share))
            continue;
        int sectors = draw_sectors(county);
        for (int k = 0; k < sectors; k++) {
            struct sector s = sector_draw(county, site, r, k);
            s.azimuth_deg = round(angle_wrap_deg(s.azimuth_deg + turn_deg));
            s.true_azimuth_deg = angle_wrap_deg(s.true_azimuth_deg + turn_deg);
            s.frequency_mhz = frequency_mhz[r];
            county->sectors[county->sector_count++] = s;
        }
    }
    mast->sector_count = county->sector_count - mast->first_sector;
}

static void raise_masts(struct county *county)
{
    static const double lte_mhz[] = {1850, 1850, 2350, 2600, 880};
    double frequency_mhz[RADIO_COUNT] = {945, lte_mhz[draw_index(&county->rng, 5)],
                                         draw_chance(&county->rng, 0.5) ? 2600 : 3500};
    for (int tries = 0; county->mast_count < county->wish.sites && tries < 50000; tries++) {
        double apart_m;
        struct xy at = mast_site(county, &apart_m);
        if (!mast_fits(county, at, tries < 25000 ? apart_m : apart_m / 2))
            continue;
        int near = 0, site = county->mast_count++;
        struct mast *mast = &county->masts[site];
        nearest_spot_m(county, at, &near, county->spot_count);
        mast->at = at;
        mast->height_m = draw_range(&county->rng, 20, 45);
        snprintf(mast->id, sizeof mast->id, "Q%d", 1001 + county->first_site + site);
        struct spot spot = county->spots[near];
        snprintf(mast->name, sizeof mast->name, "%s%s", spot.name, name_side(&county->rng));
        mast_equip(county, site, frequency_mhz);
    }
}

/* ---- faults -------------------------------------------------------------------------- */

static void swap_feeders(struct sector *a)
{
    struct sector *b = a + 1;
    double azimuth = a->true_azimuth_deg;
    a->true_azimuth_deg = b->true_azimuth_deg;
    b->true_azimuth_deg = azimuth;
    a->fault = b->fault = FAULT_SWAPPED;
}

static void break_sector(struct county *county, int index)
{
    struct sector *s = &county->sectors[index];
    struct rng *rng = &county->rng;
    const struct mast *mast = &county->masts[s->site];
    double turn = rng_uniform(rng);
    bool whole = index % 3 == 0 && index + 1 < mast->first_sector + mast->sector_count;
    if (s->fault != FAULT_NONE)
        return;
    if (turn < 0.25 && whole && s[1].fault == FAULT_NONE) {
        swap_feeders(s);
    } else if (turn < 1 - county->laws.tilts) {
        s->true_azimuth_deg = angle_wrap_deg(s->azimuth_deg + (draw_chance(rng, 0.5) ? 1 : -1) *
                                                                  draw_range(rng, 50, 170));
        s->fault = FAULT_AZIMUTH;
    } else {
        s->true_tilt_deg += draw_range(rng, 7, 11);
        s->fault = FAULT_TILT;
    }
}

void network_build(struct county *county)
{
    county->half_m = 500 * sqrt(county->wish.sites * county->wish.area_km2);
    name_county(county);
    settle_townships(county);
    settle_villages(county);
    settle_pois(county);
    lay_roads(county);
    raise_masts(county);
    double share = draw_range(&county->rng, 0.06, 0.11);
    if (county->laws.faults > 0)
        share = county->laws.faults;
    int faults = (int)(county->sector_count * share) + 1;
    bend_sectors(county);
    if (county->wish.mess)
        swap_feeders(&county->sectors[county->masts[1].first_sector]);
    for (int i = 0; i < faults; i++)
        break_sector(county, draw_index(&county->rng, county->sector_count));
}

/* ---- plans --------------------------------------------------------------------------- */

static enum radio plan_radio(struct county *county)
{
    enum radio radio;
    do
        radio = draw_index(&county->rng, RADIO_COUNT);
    while (!county->wish.has[radio]);
    return radio;
}

/* A weak place of people: where a planner would put a site. */
static struct xy weak_place(struct county *county, enum radio radio)
{
    struct view view = {.at_s = TIME_ABSENT};
    struct xy at = {0, 0};
    for (int tries = 0; tries < 400; tries++) {
        const struct spot *spot = &county->spots[draw_spot(county)];
        struct hearing hearing;
        at = draw_near(&county->rng, spot->at, spot->spread_m);
        ground_hear(county, at, &hearing);
        if (ground_best(county, &hearing, radio, &view).level_dbm <
            county->laws.weak_dbm[radio])
            break;
    }
    return draw_near(&county->rng, at, 200);
}

void network_plan(struct county *county)
{
    static const char *const stages[] = {"approved",  "cancelled", "building", "approved",
                                         "proposed",  "building",  "on_air",   "approved",
                                         "cancelled", "building"};
    struct rng *rng = &county->rng;
    int wanted = (int)BASE_MIN(BASE_MAX(county->wish.sites / 4, 6), MOST_PLANS);
    for (int i = 0; i < wanted; i++) {
        struct planned *plan = &county->plans[county->plan_count++];
        int near = 0;
        plan->radio = plan_radio(county);
        plan->at = weak_place(county, plan->radio);
        plan->stage = stages[(size_t)i % ARRAY_COUNT(stages)];
        nearest_spot_m(county, plan->at, &near, county->spot_count);
        snprintf(plan->id, sizeof plan->id, "P%03d", county->number * MOST_PLANS + i + 1);
        struct spot spot = county->spots[near];
        snprintf(plan->name, sizeof plan->name, "%s%s(规划)", spot.name, name_side(rng));
        bool built = strcmp(plan->stage, "on_air") == 0;
        plan->comes = strcmp(plan->stage, "approved") == 0 ||
                      strcmp(plan->stage, "building") == 0 ||
                      (strcmp(plan->stage, "proposed") == 0 && draw_chance(rng, 0.8));
        plan->on_air_s =
            county->end_s + (built ? -300 : 20) * 86400 + draw_index(rng, 180) * (int64_t)86400;
    }
}

/* ---- tables -------------------------------------------------------------------------- */

static const char *band_of(enum radio radio, double frequency_mhz)
{
    if (radio == RADIO_NR)
        return frequency_mhz > 3000 ? "n78" : "n41";
    return frequency_mhz < 1000   ? "B8"
           : frequency_mhz < 2000 ? "B3"
           : frequency_mhz < 2500 ? "B40"
                                  : "B41";
}

static enum status cells_write(const struct county *county, struct error *error)
{
    FILE *file = county_open(
        county, "cells.csv",
        "site_id,site_name,cell_id,cell_name,rat,band,frequency_mhz,pci,lon,lat,azimuth_deg,"
        "mech_tilt_deg,elec_tilt_deg,height_m,rs_power_dbm,antenna_gain_dbi,hbw_deg,vbw_deg,"
        "coverage,on_air",
        error);
    if (file == NULL)
        return error->status;
    for (int i = 0; i < county->sector_count; i++) {
        const struct sector *s = &county->sectors[i];
        const struct mast *mast = &county->masts[s->site];
        struct point at = county_point(county, mast->at);
        fprintf(file, "%s,%s,%s,%s,%s,%s,%g,", mast->id, mast->name, s->id, s->name,
                radio_names[s->radio], band_of(s->radio, s->frequency_mhz), s->frequency_mhz);
        fprintf(file, "%d,%.6f,%.6f,%g,%d,%g,%.1f,%.1f,%g,65,9,macro,2021-05-01\n", i * 7 % 504,
                at.lon, at.lat, s->azimuth_deg, s->mech_deg, s->tilt_deg - s->mech_deg,
                mast->height_m, s->power_dbm, s->gain_dbi);
    }
    return county_close(file, error);
}

static enum status truth_write(const struct county *county, struct error *error)
{
    static const char *const faults[] = {"", "azimuth", "swapped", "tilt"};
    FILE *file =
        county_open(county, "truth_cells.csv",
                    "cell_id,azimuth_deg,true_azimuth_deg,tilt_deg,true_tilt_deg,fault", error);
    if (file == NULL)
        return error->status;
    for (int i = 0; i < county->sector_count; i++) {
        const struct sector *s = &county->sectors[i];
        fprintf(file, "%s,%g,%.1f,%g,%.1f,%s\n", s->id, s->azimuth_deg, s->true_azimuth_deg,
                s->tilt_deg, s->true_tilt_deg, faults[s->fault]);
    }
    return county_close(file, error);
}

static enum status plans_write(const struct county *county, struct error *error)
{
    FILE *file = county_open(
        county, "plan.csv",
        "plan_id,site_name,lon,lat,stage,on_air_date,height_m,azimuths_deg,rat", error);
    if (file == NULL)
        return error->status;
    for (int i = 0; i < county->plan_count; i++) {
        const struct planned *p = &county->plans[i];
        struct point at = county_point(county, p->at);
        char day[32];
        fprintf(file, "%s,%s,%.6f,%.6f,%s,%.10s,35.0,0;120;240,%s\n", p->id, p->name, at.lon,
                at.lat, p->stage, county_time(p->on_air_s, day), radio_names[p->radio]);
    }
    return county_close(file, error);
}

static enum status places_write(const struct county *county, struct error *error)
{
    FILE *file = county_open(county, "places.csv", "name,kind,lon,lat,parent,aliases", error);
    if (file == NULL)
        return error->status;
    struct point middle = county->middle;
    fprintf(file, "%s,city,%.6f,%.6f,,\n%s,county,%.6f,%.6f,%s,\n", county->city, middle.lon,
            middle.lat, county->name, middle.lon, middle.lat, county->city);
    for (int i = 0; i < county->spot_count; i++) {
        const struct spot *spot = &county->spots[i];
        struct point at = county_point(county, spot->at);
        fprintf(file, "%s,%s,%.6f,%.6f,%s/%s", spot->name, spot->kind, at.lon, at.lat,
                county->city, county->name);
        if (i >= county->township_count)
            fprintf(file, "/%s,\n", county->spots[spot->township].name);
        else
            fprintf(file, ",%.*s\n", i ? (int)strlen(spot->name) - 3 : 0, spot->name);
    }
    return county_close(file, error);
}

enum status network_write(const struct county *county, struct error *error)
{
    enum status status = cells_write(county, error);
    if (status == STATUS_OK)
        status = truth_write(county, error);
    if (status == STATUS_OK)
        status = plans_write(county, error);
    if (status == STATUS_OK)
        status = places_write(county, error);
    return status;
}
