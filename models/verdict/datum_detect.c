#include "models/verdict/datum_detect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/gazetteer.h"
#include "geo/index.h"
#include "models/tables/identity.h"
#include "models/verdict/locate_cell.h"

/* Our choices; see README, "Positions". */
#define CELL_FLOOR    0.03   /* a ticket's cell is wrong, or served from elsewhere */
#define PLACE_FLOOR   0.10   /* a ticket's words name another place */
#define PLACE_SPAN_M  3000.0 /* ... anywhere within this radius */
#define PLACE_MOST_M  1500.0 /* places known worse than this say nothing of a datum */
#define DATUM_SURE    0.90   /* below this positions are widened by the shift */
#define SHIFT_DOUBT_M 600.0  /* GCJ-02 against WGS-84 over China: 50-700 m */

enum { TICKETS_MAX = 3000 };

/* A ticket that can speak: which cell or which place it should be near. */
struct witness {
    struct point given;
    uint32_t cell; /* INDEX_NONE: the place speaks */
    struct point place;
    double radius_m; /* of the place, or how far the cell reaches */
    double weight;
};

struct court {
    const struct world *world;
    struct footprints *footprints;
    struct footprint_view *view;
    struct crs *plane;
    struct datum_reader *readers[DATUM_READINGS];
    struct witness *witnesses;
    size_t count;
};

/* ---- readings ----------------------------------------------------------------------- */

static void add_reading(struct datum_finding *finding, enum datum_kind kind, bool swapped,
                        const char *name)
{
    struct datum_reading *reading = &finding->readings[finding->reading_count++];
    *reading = (struct datum_reading){.kind = kind, .swapped = swapped, .median_m = NAN};
    snprintf(reading->name, sizeof reading->name, "%.20s%s", name, swapped ? " swapped" : "");
}

/* Are the pairs in metres? Degrees do not pass 360. */
static bool in_metres(const struct world *world)
{
    size_t metres = 0, degrees = 0;
    for (size_t i = 0; i < world->complaint_count; i++) {
        const struct point *given = &world->complaints[i].given;
        bool wide = fabs(given->lon) > 360 || fabs(given->lat) > 360;
        metres += wide;
        degrees += !wide && isfinite(given->lon) && isfinite(given->lat);
    }
    return metres > degrees;
}

/* CGCS2000's 3-degree zones: EPSG:4534 has 75 degrees east in the middle, EPSG:4513 the same
 * with the zone's number before the easting. Source: EPSG registry. */
static void list_readings(const struct world *world, struct datum_finding *finding)
{
    add_reading(finding, DATUM_WGS84, false, datum_name(DATUM_WGS84));
    if (!in_metres(world)) {
        for (int i = 1; i < 6; i++) {
            enum datum_kind kind = (enum datum_kind)(DATUM_WGS84 + i % 3);
            add_reading(finding, kind, i > 2, datum_name(kind));
        }
        return;
    }
    add_reading(finding, DATUM_CRS, false, world->crs_name);
    double lon = world->cell_count ? world->cells[0].at.lon : NAN;
    if (!(lon > 73.5 && lon < 136.5))
        return;
    const int zone = (int)lround((lon - 75) / 3), first[] = {4534, 4513};
    for (size_t i = 0; i < ARRAY_COUNT(first); i++) {
        char name[24];
        snprintf(name, sizeof name, "EPSG:%d", first[i] + zone);
        add_reading(finding, DATUM_CRS, false, name);
        add_reading(finding, DATUM_CRS, true, name);
    }
}

static struct point read_by(const struct court *court, const struct datum_finding *finding,
                            size_t i, struct point given)
{
    const struct datum_reading *reading = &finding->readings[i];
    double first = reading->swapped ? given.lat : given.lon;
    double second = reading->swapped ? given.lon : given.lat;
    if (!isfinite(first) || !isfinite(second))
        return POINT_ABSENT;
    struct point p = {first, second};
    if (reading->kind == DATUM_CRS)
        p = fabs(first) > 1000 && court->readers[i]
                ? datum_read(court->readers[i], first, second)
                : POINT_ABSENT;
    else
        p = datum_to_wgs84(reading->kind, p);
    return point_valid(p) ? p : POINT_ABSENT;
}

/* ---- witnesses ---------------------------------------------------------------------- */

/* Tickets of one cell, or of one place, are one event: n of them count as sqrt(n). */
static void weigh_witnesses(struct court *court)
{
    struct textmap seen = {0};
    struct arena *arena = arena_new();
    uint32_t *group = base_alloc(court->count, sizeof *group);
    uint32_t *size = base_alloc(court->count, sizeof *size);
    for (uint32_t i = 0; i < court->count; i++) {
        const struct witness *w = &court->witnesses[i];
        const char *key = w->cell != INDEX_NONE
                              ? arena_format(arena, "%u", w->cell)
                              : arena_format(arena, "%.5f %.5f", w->place.lon, w->place.lat);
        group[i] = textmap_put(&seen, key, i);
        size[group[i]]++;
    }
    for (size_t i = 0; i < court->count; i++)
        court->witnesses[i].weight = 1 / sqrt((double)size[group[i]]);
    textmap_free(&seen);
    arena_free(arena);
    free(group);
    free(size);
}

static bool place_of(const struct world *world, struct gazetteer_scratch *scratch,
                     const struct complaint *complaint, struct witness *witness)
{
    struct gazetteer_hit hit;
    const char *texts[] = {complaint->address, complaint->description};
    for (size_t i = 0; scratch && i < ARRAY_COUNT(texts); i++) {
        if (text_empty(texts[i]) ||
            !gazetteer_find(world->gazetteer, scratch, texts[i], &hit) ||
            hit.match == GAZETTEER_MATCH_AMBIGUOUS || hit.away_m > 0 ||
            hit.radius_m > PLACE_MOST_M)
            continue;
        witness->place = hit.at;
        witness->radius_m = hit.radius_m;
        return true;
    }
    return false;
}

static bool undeclared(const struct complaint *complaint)
{
    return text_empty(complaint->coord_sys) && isfinite(complaint->given.lon) &&
           isfinite(complaint->given.lat);
}

static void call_witnesses(struct court *court, struct datum_finding *finding)
{
    const struct world *world = court->world;
    struct gazetteer_scratch *scratch =
        world->gazetteer ? gazetteer_scratch_new(world->gazetteer) : NULL;
    court->witnesses = base_alloc(2 * TICKETS_MAX, sizeof *court->witnesses);
    for (size_t i = 0; i < world->complaint_count && court->count < 2 * TICKETS_MAX - 1; i++) {
        const struct complaint *complaint = &world->complaints[i];
        if (!undeclared(complaint))
            continue;
        struct witness w = {.given = complaint->given,
                            .cell = identity_find(world->identity, complaint->serving_cell)};
        if (w.cell != INDEX_NONE) {
            w.radius_m = footprint_reach_m(court->footprints, w.cell);
            court->witnesses[court->count++] = w;
            finding->by_cell++;
        }
        w.cell = INDEX_NONE;
        if (place_of(world, scratch, complaint, &w)) {
            court->witnesses[court->count++] = w;
            finding->by_place++;
        }
    }
    gazetteer_scratch_free(scratch);
    weigh_witnesses(court);
}

/* ---- the hearing -------------------------------------------------------------------- */

/* How probable the cell is for a phone there; far beyond its reach it is not served at all. */
static double cell_likelihood(const struct court *court, const struct witness *w,
                              struct point at)
{
    struct xy xy = crs_forward(court->plane, at);
    if (!isfinite(xy.x_m) || !isfinite(xy.y_m))
        return CELL_FLOOR;
    double way = xy_distance_m(xy, court->world->cells[w->cell].xy) / (2 * w->radius_m);
    double served = way > 3 ? 0 : footprint_share(court->view, w->cell, xy);
    return CELL_FLOOR + served / (1 + way * way * way * way);
}

static double place_likelihood(const struct witness *w, struct point at)
{
    double way_m = point_distance_m(w->place, at), deviation_m = fmax(w->radius_m, 200) / 2.146;
    double z = way_m / deviation_m, share = PLACE_SPAN_M / deviation_m;
    return PLACE_FLOOR + exp(-0.5 * z * z) * 0.5 * share * share;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The reading's log likelihood; its median distance from the masts as evidence for people. */
static double hear(const struct court *court, struct datum_finding *finding, size_t i)
{
    double sum = 0, *ways = base_alloc(court->count, sizeof *ways);
    size_t count = 0;
    struct datum_reading *reading = &finding->readings[i];
    for (size_t k = 0; k < court->count; k++) {
        const struct witness *w = &court->witnesses[k];
        struct point at = read_by(court, finding, i, w->given);
        bool placed = point_valid(at), cell = w->cell != INDEX_NONE;
        double likelihood = !placed ? (cell ? CELL_FLOOR : PLACE_FLOOR)
                            : cell  ? cell_likelihood(court, w, at)
                                    : place_likelihood(w, at);
        sum += w->weight * log(likelihood);
        reading->placed += placed;
        if (placed && cell)
            ways[count++] = point_distance_m(at, court->world->cells[w->cell].at);
    }
    base_sort(ways, count, sizeof *ways, by_double);
    reading->median_m = count ? ways[count / 2] : NAN;
    free(ways);
    return sum * RULE_VALUE(&court->world->rules, datum_trust);
}

/* Exchanged and shifted at once is rarer than either. */
static double rarity(const struct datum_reading *reading)
{
    return reading->swapped && reading->kind != DATUM_WGS84 ? 0.1 : 1;
}

static double prior_of(const struct world *world, const struct datum_finding *finding, size_t i)
{
    double wgs84 = RULE_VALUE(&world->rules, datum_prior_wgs84), sum = 0;
    if (i == 0)
        return wgs84;
    for (size_t k = 1; k < finding->reading_count; k++)
        sum += rarity(&finding->readings[k]);
    return (1 - wgs84) * rarity(&finding->readings[i]) / sum;
}

static int by_probability(const void *a, const void *b)
{
    const struct datum_reading *x = a, *y = b;
    return (x->probability < y->probability) - (x->probability > y->probability);
}

static void judge(struct court *court, struct datum_finding *finding)
{
    double score[DATUM_READINGS], most = -INFINITY, sum = 0;
    for (size_t i = 0; i < finding->reading_count; i++) {
        score[i] = hear(court, finding, i) + log(prior_of(court->world, finding, i));
        most = fmax(most, score[i]);
    }
    for (size_t i = 0; i < finding->reading_count; i++)
        sum += exp(score[i] - most);
    for (size_t i = 0; i < finding->reading_count; i++)
        finding->readings[i].probability = exp(score[i] - most) / sum;
    base_sort(finding->readings, finding->reading_count, sizeof *finding->readings,
              by_probability);
}

static void say_finding(const struct world *world, struct datum_finding *finding)
{
    const struct datum_reading *best = &finding->readings[0], *next = &finding->readings[1];
    size_t witnesses = finding->by_cell + finding->by_place;
    if (!finding->undeclared)
        return;
    if (witnesses < (size_t)RULE_VALUE(&world->rules, datum_least_tickets)) {
        snprintf(finding->sentence, sizeof finding->sentence,
                 "coordinates of %zu tickets are taken as WGS-84: %zu tickets that name a cell "
                 "or a place are too few to tell",
                 finding->undeclared, witnesses);
        return;
    }
    snprintf(finding->sentence, sizeof finding->sentence,
             "coordinates of %zu tickets %s %s (p = %.3f; then %s, p = %.3f), by %zu serving "
             "cells and %zu named places; median %.0f m from the serving mast, %.0f m if read "
             "as %s",
             finding->undeclared, best->probability >= 0.5 ? "are" : "may be", best->name,
             best->probability, next->name, next->probability, finding->by_cell,
             finding->by_place, best->median_m, next->median_m, next->name);
}

/* What speaks against WGS-84 speaks for the best other reading; how sure that one is of its
 * kind says how far positions may still be off. */
static void conclude(const struct world *world, struct datum_finding *finding)
{
    struct datum_reading *list = finding->readings;
    double plain = 0;
    size_t other = 0;
    for (size_t i = finding->reading_count; i-- > 0;) {
        if (list[i].kind == DATUM_WGS84 && !list[i].swapped)
            plain = list[i].probability;
        else
            other = i;
    }
    bool enough = finding->by_cell + finding->by_place >=
                  (size_t)RULE_VALUE(&world->rules, datum_least_tickets);
    finding->used = enough && 1 - plain >= RULE_VALUE(&world->rules, datum_apply_p);
    if (finding->used && other) {
        struct datum_reading first = list[other];
        memmove(list + 1, list, other * sizeof *list);
        list[0] = first;
    }
    double sure = finding->used ? list[0].probability : plain;
    finding->doubt_m = enough && sure < DATUM_SURE ? SHIFT_DOUBT_M : 0;
    say_finding(world, finding);
}

static void count_tickets(const struct world *world, const char *src_crs,
                          struct datum_finding *finding)
{
    for (size_t i = 0; i < world->complaint_count; i++) {
        const struct complaint *complaint = &world->complaints[i];
        bool given = isfinite(complaint->given.lon) && isfinite(complaint->given.lat);
        bool named = !text_empty(complaint->coord_sys) || !text_empty(src_crs);
        finding->declared += given && named;
        finding->undeclared += given && !named;
    }
}

static void open_readers(struct court *court, const struct datum_finding *finding)
{
    for (size_t i = 0; i < finding->reading_count; i++) {
        struct error ignored = {0};
        if (finding->readings[i].kind == DATUM_CRS &&
            datum_reader_open(finding->readings[i].name, &court->readers[i], &ignored) !=
                STATUS_OK)
            court->readers[i] = NULL;
    }
}

enum status datum_examine(const struct world *world, const char *src_crs,
                          struct datum_finding *finding, struct error *error)
{
    *finding = (struct datum_finding){0};
    count_tickets(world, src_crs, finding);
    list_readings(world, finding);
    if (!finding->undeclared)
        return STATUS_OK;
    struct court court = {.world = world};
    enum status status = crs_open(world->crs_name, &court.plane, error);
    if (status != STATUS_OK)
        return status;
    court.footprints = footprints_new(world);
    court.view = footprint_view_new(court.footprints);
    open_readers(&court, finding);
    call_witnesses(&court, finding);
    judge(&court, finding);
    conclude(world, finding);
    for (size_t i = 0; i < DATUM_READINGS; i++)
        datum_reader_close(court.readers[i]);
    footprint_view_free(court.view);
    footprints_free(court.footprints);
    crs_close(court.plane);
    free(court.witnesses);
    return STATUS_OK;
}

/* ---- settling ----------------------------------------------------------------------- */

static void drop_position(struct world *world, struct complaint *complaint, const char *column,
                          const char *value, const char *reason)
{
    complaint->at = POINT_ABSENT;
    rejects_add(&world->rejects, (struct reject){.file = world->sources[complaint->source].path,
                                                 .line = complaint->line,
                                                 .column = column,
                                                 .value = value,
                                                 .reason = reason,
                                                 .kept = true});
}

static void settle_declared(struct complaint *complaint, struct datum_reader *reader,
                            struct datum_finding *finding)
{
    struct point at = datum_read(reader, complaint->given.lon, complaint->given.lat);
    complaint->at = point_valid(at) ? at : POINT_ABSENT;
    finding->doubt_m = fmax(finding->doubt_m, datum_reader_accuracy_m(reader));
    if (*datum_reader_warning(reader))
        snprintf(finding->sentence, sizeof finding->sentence, "%s",
                 datum_reader_warning(reader));
}

static void settle_one(struct world *world, struct complaint *complaint, const char *src_crs,
                       struct datum_readers *systems, struct datum_finding *finding)
{
    const char *name = text_empty(complaint->coord_sys) ? src_crs : complaint->coord_sys;
    struct datum_reader *reader = datum_readers_find(systems, name);
    if (!reader) {
        drop_position(world, complaint, "coord_sys", name,
                      "not a coordinate system that is known; the ticket's position is left "
                      "out. Give WGS84, GCJ02, BD09 or EPSG:n");
        return;
    }
    settle_declared(complaint, reader, finding);
    if (!point_valid(complaint->at)) {
        finding->unplaced++;
        drop_position(
            world, complaint, "lon",
            arena_format(world->arena, "%g, %g", complaint->given.lon, complaint->given.lat),
            arena_format(world->arena,
                         "not a position in %s; is the pair swapped, or in metres? "
                         "The ticket's position is left out",
                         *name ? name : "WGS84"));
    }
}

/* The system of rows that declare none, as datum_reader_open names it; *swapped is set. */
static const char *system_used(const struct datum_finding *finding, const char *src_crs,
                               struct arena *arena, bool *swapped)
{
    *swapped = false;
    if (!text_empty(src_crs))
        return src_crs;
    if (!finding->used)
        return "";
    const struct datum_reading *best = &finding->readings[0];
    *swapped = best->swapped;
    return best->kind == DATUM_CRS ? arena_text(arena, best->name, strlen(best->name))
                                   : datum_name(best->kind);
}

enum status datum_settle(struct world *world, const char *src_crs,
                         struct datum_finding *finding, struct error *error)
{
    enum status status = datum_examine(world, src_crs, finding, error);
    struct datum_readers systems = {0};
    if (status == STATUS_OK && !text_empty(src_crs)) {
        struct datum_reader *known = NULL;
        status = datum_reader_open(src_crs, &known, error);
        datum_reader_close(known);
    }
    if (status != STATUS_OK)
        return status;
    bool swapped;
    const char *name = system_used(finding, src_crs, world->arena, &swapped);
    for (size_t i = 0; i < world->complaint_count; i++) {
        struct complaint *complaint = &world->complaints[i];
        if (!isfinite(complaint->given.lon) || !isfinite(complaint->given.lat))
            continue;
        if (swapped && text_empty(complaint->coord_sys))
            complaint->given = (struct point){complaint->given.lat, complaint->given.lon};
        settle_one(world, complaint, name, &systems, finding);
    }
    datum_readers_close(&systems);
    world->datum_doubt_m = finding->doubt_m;
    world->datum_note = arena_text(world->arena, finding->sentence, strlen(finding->sentence));
    return STATUS_OK;
}
