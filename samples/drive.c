/* What was measured in the weeks before: drives on roads, and the phones' own reports. */
#include <math.h>

#include "samples/county.h"

enum { MOST_REPORTED = 6 };

/* The cells one reading lists: the strongest, with the noise of the reading. */
static int read_cells(struct county *county, struct xy at, enum radio radio, double noise_db,
                      struct best out[])
{
    struct view view = {.at_s = TIME_ABSENT};
    struct hearing hearing;
    ground_hear(county, at, &hearing);
    int count = ground_strongest(county, &hearing, radio, &view, out, MOST_REPORTED);
    for (int i = 0; i < count; i++)
        out[i].level_dbm += noise_db * rng_normal(&county->rng);
    return count;
}

/* Below this a phone reports nothing. */
static double hearing_floor_dbm(enum radio radio)
{
    return radio == RADIO_GSM ? -110 : -125;
}

static void write_reading(struct county *county, FILE *file, const struct best cells[],
                          int count, const char *prefix)
{
    for (int i = 0; i < count; i++) {
        const struct sector *s = &county->sectors[cells[i].sector];
        if (cells[i].level_dbm < hearing_floor_dbm(s->radio))
            continue;
        bool whole = prefix[0] == 'm';
        char sinr[16] = "";
        if (i == 0 && !whole)
            snprintf(sinr, sizeof sinr, "%.1f",
                     0.35 * (cells[0].level_dbm + 105) + 3 * rng_normal(&county->rng));
        fprintf(file, whole ? "%s,%s,%d,%.0f,%s,mr\n" : "%s,%s,%d,%.1f,%s,dt\n", prefix + 1,
                s->id, i == 0, cells[i].level_dbm, sinr);
    }
}

static enum radio radio_of_reading(struct county *county)
{
    enum radio radio;
    do
        radio = draw_index(&county->rng, RADIO_COUNT);
    while (!county->wish.has[radio]);
    return radio;
}

/* A share of the phones report from behind a wall, which takes the same from every cell. */
static void go_indoors(struct county *county, struct best cells[], int count)
{
    double loss_db = wall_draw_db(county, draw_inside_house(county));
    for (int i = 0; i < count; i++)
        cells[i].level_dbm -= loss_db;
}

/* One reading at a place, written `most` cells deep; returns the rows. The first byte of the
 * prefix tells a drive (d) from a phone's report (m). */
static int reading(struct county *county, FILE *file, struct xy at, const char *kind,
                   int64_t at_s)
{
    bool drive = kind[0] == 'd';
    char prefix[96], time[32];
    struct best cells[MOST_REPORTED];
    int count = read_cells(county, at, radio_of_reading(county), county->laws.noise_db, cells);
    count = BASE_MIN(count, drive ? 4 : 2 + draw_index(&county->rng, 4));
    count = BASE_MIN(count, (int)county->laws.listed);
    struct xy seen = draw_near(&county->rng, at, drive ? 4 : county->laws.report_m);
    if (!drive && county->laws.indoors > 0)
        go_indoors(county, cells, count);
    struct point point = county_point(county, seen);
    snprintf(prefix, sizeof prefix, "%c%s,%.6f,%.6f", kind[0], county_time(at_s, time),
             point.lon, point.lat);
    /* the phone stays on a cell until another is 2 dB better */
    for (int i = 1; i < count; i++)
        if (cells[i].level_dbm > cells[0].level_dbm + 2) {
            struct best swap = cells[0];
            cells[0] = cells[i];
            cells[i] = swap;
        }
    write_reading(county, file, cells, count, prefix);
    return count;
}

/* Drives: 12 s between readings at about 36 km/h. */
static int drive_road(struct county *county, FILE *file, int64_t *clock_s)
{
    const struct road *road = &county->roads[draw_index(&county->rng, county->road_count)];
    double length_m = xy_distance_m(road->from, road->to);
    int rows = 0;
    for (double gone_m = 0; gone_m < length_m; gone_m += 120, *clock_s += 12) {
        double t = gone_m / length_m;
        struct xy at = {road->from.x_m + t * (road->to.x_m - road->from.x_m),
                        road->from.y_m + t * (road->to.y_m - road->from.y_m)};
        rows += reading(county, file, at, "dt", *clock_s);
    }
    return rows;
}

enum status samples_write(struct county *county, struct error *error)
{
    bool gsm_only = county->wish.has[RADIO_GSM] && !county->wish.has[RADIO_LTE] &&
                    !county->wish.has[RADIO_NR];
    FILE *file = county_open(county, "samples.csv",
                             gsm_only ? "time,lon,lat,cell_id,serving,rxlev_dbm,sinr_db,source"
                                      : "time,lon,lat,cell_id,serving,rsrp_dbm,sinr_db,source",
                             error);
    if (file == NULL)
        return error->status;
    int rows = 0, driven = (int)(county->wish.samples * county->laws.driven + 0.5);
    int64_t clock_s = county->start_s - (int64_t)30 * 86400;
    while (rows < driven)
        rows += drive_road(county, file, &clock_s);
    int64_t week_s = (int64_t)7 * 86400, first_s = county->start_s - week_s;
    for (int before = rows; rows < county->wish.samples;) {
        const struct spot *spot = &county->spots[draw_spot(county)];
        struct xy at = draw_near(&county->rng, spot->at, 1.3 * spot->spread_m);
        double done = (double)(rows - before) / (county->wish.samples - before);
        rows += reading(county, file, at, "mr", first_s + (int64_t)(done * (double)week_s));
    }
    return county_close(file, error);
}
