#include "models/tables/scan_bins.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/crs.h"
#include "geo/datum.h"
#include "geo/graticule.h"

/* One thread's own projection. */
struct placer {
    struct crs *crs;
    struct graticule *graticule;
    struct datum_reader *datum; /* NULL: the file is in WGS-84 */
    struct scan_bins_counts counts;
    struct bins_sample *samples;
    size_t capacity;
};

struct load {
    const struct scan_bins_options *options;
    struct bins *bins;
    struct table_report *report;
    struct placer *placers;
};

static uint32_t ask_cell(void *context, const char *cell_id)
{
    const struct load *load = context;
    return load->options->cell(load->options->context, cell_id);
}

static void show_progress(void *context, uint64_t bytes)
{
    const struct load *load = context;
    load->options->progress(load->options->context, bytes);
}

/* The level below which this file's samples are weak: it says RSRP, or it does not. */
static double weak_dbm(const struct load *load)
{
    const struct rules *rules = load->options->rules;
    if (!rules)
        return -INFINITY;
    for (size_t i = 0; i < load->report->column_count; i++)
        if (text_equal(load->report->columns[i].field, "rsrp_dbm"))
            return RULE_VALUE(rules, weak_rsrp_dbm);
    return RULE_VALUE(rules, weak_rxlev_dbm);
}

/* false: no place in the plane. */
static bool place(struct placer *placer, const struct scan_sample *from, struct bins_sample *to)
{
    struct point at = from->at;
    if (placer->datum)
        at = datum_read(placer->datum, at.lon, at.lat);
    if (!graticule_bin(placer->graticule, at, &to->ix, &to->iy))
        return false;
    int zone = (int)floor((at.lon + 180.0) / 6.0);
    placer->counts.zones.count[zone % 60]++;
    placer->counts.zones.south += at.lat < 0;
    return true;
}

static void fill(const struct scan_sample *from, double weak, struct bins_sample *to)
{
    to->group = from->group;
    to->level_udb = bins_udb(from->level_dbm);
    to->sinr_udb = isnan(from->sinr_db) ? BINS_ABSENT : bins_udb(from->sinr_db);
    to->weak = from->level_dbm < weak;
    to->serving = from->serving == ANSWER_YES;
    to->time_s = from->time_s;
}

static enum status take(void *context, int worker, const struct scan_sample *samples,
                        size_t count, struct error *error)
{
    struct load *load = context;
    struct placer *placer = &load->placers[worker];
    placer->samples =
        base_grow(placer->samples, &placer->capacity, count, sizeof *placer->samples);
    double weak = weak_dbm(load);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (samples[i].group == SCAN_BINS_LEAVE) {
            placer->counts.left++;
        } else if (!place(placer, &samples[i], &placer->samples[n])) {
            placer->counts.unplaced++;
        } else {
            fill(&samples[i], weak, &placer->samples[n++]);
        }
    }
    placer->counts.placed += n;
    return bins_add(load->bins, placer->samples, n, error);
}

static enum status placer_open(struct placer *placer, const struct scan_bins_options *options,
                               struct error *error)
{
    enum status status = crs_open(options->crs_name, &placer->crs, error);
    if (status != STATUS_OK)
        return status;
    placer->graticule = graticule_new(placer->crs, options->bin_m);
    if (text_empty(options->src_crs) || datum_parse(options->src_crs) == DATUM_WGS84)
        return STATUS_OK;
    return datum_reader_open(options->src_crs, &placer->datum, error);
}

static void placer_close(struct placer *placer)
{
    graticule_free(placer->graticule);
    crs_close(placer->crs);
    datum_reader_close(placer->datum);
    free(placer->samples);
}

static void counts_join(struct scan_bins_counts *into, const struct scan_bins_counts *from)
{
    into->placed += from->placed;
    into->left += from->left;
    into->unplaced += from->unplaced;
    into->zones.south += from->zones.south;
    for (int i = 0; i < 60; i++)
        into->zones.count[i] += from->zones.count[i];
}

enum status scan_bins(const char *path, const struct scan_bins_options *options,
                      struct bins *bins, struct scan_bins_counts *counts,
                      struct table_report *report, struct error *error)
{
    int threads = BASE_MAX(options->threads, 1);
    struct table_report own = {0};
    struct load load = {.options = options, .bins = bins, .report = report ? report : &own};
    load.placers = base_alloc((size_t)threads, sizeof *load.placers);
    enum status status = STATUS_OK;
    for (int i = 0; i < threads && status == STATUS_OK; i++)
        status = placer_open(&load.placers[i], options, error);
    struct scan_options scan = {.utc_offset_s = options->utc_offset_s,
                                .threads = threads,
                                .metres = !text_empty(options->src_crs) &&
                                          datum_parse(options->src_crs) == DATUM_CRS,
                                .rejects = options->rejects,
                                .stop = options->stop,
                                .context = &load,
                                .group = ask_cell,
                                .take = take,
                                .progress = options->progress ? show_progress : NULL};
    if (status == STATUS_OK)
        status = scan_file(path, &scan, load.report, error);
    for (int i = 0; i < threads; i++) {
        counts_join(counts, &load.placers[i].counts);
        placer_close(&load.placers[i]);
    }
    free(load.placers);
    return status;
}

void scan_zones_name(const struct scan_zones *zones, char name[16])
{
    uint64_t total = 0, below = 0;
    int zone = 0;
    for (int i = 0; i < 60; i++)
        total += zones->count[i];
    name[0] = '\0';
    if (!total)
        return;
    while (2 * (below + zones->count[zone]) < total)
        below += zones->count[zone++];
    bool south = 2 * zones->south >= total;
    snprintf(name, 16, "EPSG:%d", (south ? 32700 : 32600) + zone + 1);
}
