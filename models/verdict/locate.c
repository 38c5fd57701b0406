/* Fusion: every source is a density over the plane; particles drawn from the sharp ones are
 * weighed by all of them. */
#include "models/verdict/locate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/crs.h"
#include "geo/index.h"
#include "models/verdict/locate_cell.h"
#include "models/verdict/locate_density.h"

enum { PARTICLES = 384 };

struct locator {
    const struct world *world;
    struct identity_index *identities;
    struct footprints *footprints;
    struct gazetteer_calibration calibration;
    double bearing_trust;  /* probability that a ticket's compass word holds */
    double given_radius_m; /* 90 % radius of coordinates, by the table's own tickets */
    int cell_base;         /* of the numbers in serving_cell */
};

struct locate_worker {
    const struct locator *locator;
    struct crs *plane;
    struct gazetteer_scratch *scratch;
    struct footprint_view *footprints;
};

const char *fix_method_name(enum fix_method method)
{
    static const char *const names[FIX_METHOD_COUNT] = {
        "",          "coordinates",           "text",
        "cell",      "coordinates+text",      "coordinates+cell",
        "text+cell", "coordinates+text+cell",
    };
    return names[method];
}

const char *fix_flags_text(unsigned flags, char *text, size_t size)
{
    static const struct {
        unsigned flag;
        const char *word;
    } words[] = {
        {FIX_FLAG_TEXT_DISAGREES, "text-disagrees"},
        {FIX_FLAG_CELL_DISAGREES, "cell-disagrees"},
        {FIX_FLAG_CELL_UNKNOWN, "cell-unknown"},
        {FIX_FLAG_CELL_ROUNDED, "cell-rounded"},
        {FIX_FLAG_AMBIGUOUS, "ambiguous-place"},
        {FIX_FLAG_DATUM_DOUBTFUL, "datum-doubtful"},
        {FIX_FLAG_OUTSIDE, "outside-network"},
    };
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if ((flags & words[i].flag) && used + strlen(words[i].word) + 2 < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ";" : "",
                                     words[i].word);
    return text;
}

/* ---- the words of a ticket ---------------------------------------------------------- */

static double hit_worth(const struct gazetteer_hit *hit)
{
    if (hit->level == GAZETTEER_UNKNOWN)
        return -1;
    return hit->score / (1 + hit->radius_m / 1000);
}

/* The address, or the description where that says more; the description often repeats the
 * address with a direction that the address lacks. */
static bool find_text(const struct world *world, struct gazetteer_scratch *scratch,
                      const struct complaint *complaint, struct gazetteer_hit *hit)
{
    struct gazetteer_hit other;
    hit->level = GAZETTEER_UNKNOWN;
    if (!world->gazetteer)
        return false;
    gazetteer_find(world->gazetteer, scratch, complaint->address, hit);
    if (hit_worth(hit) < 0.7 && !text_empty(complaint->description) &&
        gazetteer_find(world->gazetteer, scratch, complaint->description, &other) &&
        hit_worth(&other) > hit_worth(hit))
        *hit = other;
    return hit->level != GAZETTEER_UNKNOWN;
}

/* ---- what the whole table teaches --------------------------------------------------- */

struct lesson {
    struct gazetteer_pair *pairs;
    size_t pair_count;
    size_t bearings, bearings_held; /* relative phrases with a compass word, and those true */
};

static void learn_one(const struct locator *locator, const struct complaint *complaint,
                      const struct gazetteer_hit *hit, struct lesson *lesson)
{
    double given_m = locator->given_radius_m;
    const struct gazetteer_candidate *named = &hit->candidates[0];
    double way_m = point_distance_m(named->at, complaint->at);
    if (hit->away_m > 0) {
        if (isnan(hit->bearing_deg) || hit->away_m < 2 * given_m ||
            fabs(way_m - hit->away_m) > 0.5 * hit->away_m + given_m)
            return;
        double turn =
            angle_turn_deg(hit->bearing_deg, point_bearing_deg(named->at, complaint->at));
        lesson->bearings++;
        lesson->bearings_held += fabs(turn) <= 45;
        return;
    }
    if (hit->match == GAZETTEER_MATCH_AMBIGUOUS || hit->near)
        return;
    lesson->pairs[lesson->pair_count++] =
        (struct gazetteer_pair){hit->level, way_m, hypot(hit->radius_m, given_m)};
}

/* Tickets with words and coordinates: how far the words' radii hold, and the directions. A
 * quarter of the directions would hold by chance; eight tickets' worth of prior. */
static void learn(struct locator *locator)
{
    const struct world *world = locator->world;
    double prior = RULE_VALUE(&world->rules, locate_bearing_trust);
    struct lesson lesson = {.pairs = base_alloc(world->complaint_count, sizeof *lesson.pairs)};
    struct gazetteer_scratch *scratch =
        world->gazetteer ? gazetteer_scratch_new(world->gazetteer) : NULL;
    for (size_t i = 0; scratch && i < world->complaint_count; i++) {
        struct gazetteer_hit hit;
        const struct complaint *complaint = &world->complaints[i];
        if (point_valid(complaint->at) && find_text(world, scratch, complaint, &hit))
            learn_one(locator, complaint, &hit, &lesson);
    }
    gazetteer_calibrate(lesson.pairs, lesson.pair_count, &locator->calibration);
    double held = ((double)lesson.bearings_held + 8 * (0.25 + 0.75 * prior)) /
                  ((double)lesson.bearings + 8);
    locator->bearing_trust = fmin(fmax((held - 0.25) / 0.75, 0), 1);
    gazetteer_scratch_free(scratch);
    free(lesson.pairs);
}

void locator_free(struct locator *locator)
{
    if (!locator)
        return;
    identity_index_free(locator->identities);
    footprints_free(locator->footprints);
    free(locator);
}

enum status locate_worker_new(const struct locator *locator, struct locate_worker **out,
                              struct error *error)
{
    struct locate_worker *worker = base_alloc(1, sizeof *worker);
    enum status status = crs_open(locator->world->crs_name, &worker->plane, error);
    if (status != STATUS_OK) {
        free(worker);
        return status;
    }
    worker->locator = locator;
    worker->footprints = footprint_view_new(locator->footprints);
    if (locator->world->gazetteer)
        worker->scratch = gazetteer_scratch_new(locator->world->gazetteer);
    *out = worker;
    return STATUS_OK;
}

void locate_worker_free(struct locate_worker *worker)
{
    if (!worker)
        return;
    crs_close(worker->plane);
    gazetteer_scratch_free(worker->scratch);
    footprint_view_free(worker->footprints);
    free(worker);
}

/* ---- sources ------------------------------------------------------------------------ */

static void take_coordinates(const struct locate_worker *worker,
                             const struct complaint *complaint, struct sources *sources)
{
    if (!point_valid(complaint->at))
        return;
    sources->given = (struct spot){
        .at = crs_forward(worker->plane, complaint->at),
        .radius_m =
            hypot(worker->locator->given_radius_m, worker->locator->world->datum_doubt_m),
        .weight = 1,
    };
    sources->has_given = isfinite(sources->given.at.x_m);
}

static void take_text(const struct locate_worker *worker, const struct complaint *complaint,
                      struct sources *sources, struct fix *fix)
{
    struct gazetteer_hit hit;
    if (!find_text(worker->locator->world, worker->scratch, complaint, &hit))
        return;
    gazetteer_calibration_apply(&worker->locator->calibration, &hit);
    fix->match = hit.match;
    fix->level = hit.level;
    fix->flags |= hit.match == GAZETTEER_MATCH_AMBIGUOUS ? FIX_FLAG_AMBIGUOUS : 0;
    memcpy(fix->matched, hit.matched, sizeof fix->matched);
    memcpy(fix->note, hit.note, sizeof fix->note);
    sources->away_m = hit.away_m;
    sources->bearing_deg = hit.bearing_deg;
    sources->bearing_trust = worker->locator->bearing_trust;
    sources->text_at = crs_forward(worker->plane, hit.at);
    sources->text_radius_m = hit.radius_m;
    double near_m = hit.near && hit.away_m <= 0 ? GAZETTEER_NEAR_M : 0;
    for (size_t i = 0; i < hit.candidate_count; i++) {
        const struct gazetteer_candidate *c = &hit.candidates[i];
        struct spot spot = {crs_forward(worker->plane, c->at), hypot(c->radius_m, near_m),
                            c->weight};
        if (isfinite(spot.at.x_m))
            sources->named[sources->named_count++] = spot;
    }
}

static void take_cell(const struct locate_worker *worker, const struct complaint *complaint,
                      struct sources *sources, struct fix *fix)
{
    const struct locator *locator = worker->locator;
    if (text_empty(complaint->serving_cell))
        return;
    if (identity_destroyed(complaint->serving_cell)) {
        fix->flags |= FIX_FLAG_CELL_ROUNDED;
        return;
    }
    fix->cell =
        identity_find_base(locator->identities, complaint->serving_cell, locator->cell_base);
    if (fix->cell == INDEX_NONE) {
        fix->flags |= FIX_FLAG_CELL_UNKNOWN;
        return;
    }
    sources->footprints = worker->footprints;
    sources->cell = fix->cell;
    sources->mast = locator->world->cells[fix->cell].xy;
    sources->reach_m = footprint_reach_m(locator->footprints, fix->cell);
    sources->has_cell = isfinite(sources->mast.x_m);
}

static enum fix_method method_of(const struct sources *sources)
{
    static const enum fix_method methods[] = {
        FIX_NONE, FIX_COORDINATES,      FIX_TEXT,      FIX_COORDINATES_TEXT,
        FIX_CELL, FIX_COORDINATES_CELL, FIX_TEXT_CELL, FIX_ALL,
    };
    return methods[sources->has_given + 2 * (sources->named_count > 0) + 4 * sources->has_cell];
}

/* ---- how exact the coordinates are --------------------------------------------------- */

enum { SCALES = 9, SCALE_TICKETS = 160 };

/* Factors on the 90 % radius of coordinates that are tried: a quarter to sixteen. */
static double scale_of(int i)
{
    return exp2(0.75 * (i - 2.667));
}

/* How well coordinates of each scale agree with what else the ticket says of its place. */
static bool add_agreement(const struct locate_worker *worker, const struct complaint *complaint,
                          double log_score[SCALES])
{
    struct sources sources = {0};
    struct fix fix = {.cell = INDEX_NONE};
    take_coordinates(worker, complaint, &sources);
    take_text(worker, complaint, &sources, &fix);
    take_cell(worker, complaint, &sources, &fix);
    if (!sources.has_given || !(sources.named_count || sources.has_cell))
        return false;
    sources_prepare(&sources);
    double radius_m = sources.given.radius_m;
    for (int i = 0; i < SCALES; i++) {
        sources.given.radius_m = radius_m * scale_of(i);
        log_score[i] += log(sources_agreement(&sources));
    }
    return true;
}

/* The radius of coordinates is a rule only until the table's own tickets tell: those that also
 * name a place or a serving cell agree best with errors of the true size. It only grows: that
 * sources agree proves less than that they do not, and narrowed radii held too few positions.
 */
static enum status learn_given(struct locator *locator, struct error *error)
{
    const struct world *world = locator->world;
    const struct rules *rules = &world->rules;
    struct locate_worker *worker = NULL;
    enum status status = locate_worker_new(locator, &worker, error);
    bool any = false;
    double log_score[SCALES], sum = 0, mean = 0, top = -INFINITY;
    for (int i = 0; i < SCALES; i++) {
        double z = log(scale_of(i)) / RULE_VALUE(rules, locate_scale_spread);
        log_score[i] = -0.5 * z * z;
    }
    size_t step = world->complaint_count / SCALE_TICKETS + 1;
    for (size_t k = 0; status == STATUS_OK && k < world->complaint_count; k += step)
        any |= add_agreement(worker, &world->complaints[k], log_score);
    for (int i = 0; i < SCALES; i++)
        top = fmax(top, log_score[i]);
    for (int i = 0; i < SCALES; i++) {
        double p = exp(log_score[i] - top);
        sum += p;
        mean += p * log(scale_of(i));
    }
    if (any)
        locator->given_radius_m *= exp(fmax(0, mean / sum));
    locate_worker_free(worker);
    return status;
}

enum status locator_new(const struct world *world, struct locator **out, struct error *error)
{
    struct locator *locator = base_alloc(1, sizeof *locator);
    locator->world = world;
    locator->identities = identity_index_new(world->cells, world->cell_count);
    locator->footprints = footprints_new(world);
    const char **texts = base_alloc(world->complaint_count, sizeof *texts);
    for (size_t i = 0; i < world->complaint_count; i++)
        texts[i] = world->complaints[i].serving_cell;
    locator->cell_base = identity_base(locator->identities, texts, world->complaint_count);
    free(texts);
    locator->given_radius_m = RULE_VALUE(&world->rules, locate_given_radius_m);
    gazetteer_calibration_default(&locator->calibration);
    enum status status = learn_given(locator, error);
    if (status == STATUS_OK)
        learn(locator);
    if (status != STATUS_OK) {
        locator_free(locator);
        return status;
    }
    *out = locator;
    return STATUS_OK;
}

/* ---- particles ---------------------------------------------------------------------- */

static void normalise(struct fix_point *particles)
{
    double most = 0, sum = 0;
    for (size_t i = 0; i < PARTICLES; i++)
        most = fmax(most, particles[i].weight);
    for (size_t i = 0; i < PARTICLES; i++) {
        particles[i].weight = most > 0 ? particles[i].weight / most : 1;
        sum += particles[i].weight;
    }
    for (size_t i = 0; i < PARTICLES; i++)
        particles[i].weight /= sum;
}

/* Systematic resampling: equal weights, the same points every run. */
static void resample(const struct fix_point *particles, struct fix *fix)
{
    double passed = 0;
    size_t next = 0;
    for (size_t i = 0; i < PARTICLES && next < FIX_CLOUD; i++) {
        passed += particles[i].weight;
        while (next < FIX_CLOUD && (next + 0.5) / FIX_CLOUD <= passed + 1e-12)
            fix->cloud[next++] = (struct fix_point){particles[i].xy, 1.0 / FIX_CLOUD};
    }
    while (next < FIX_CLOUD)
        fix->cloud[next++] = (struct fix_point){particles[PARTICLES - 1].xy, 1.0 / FIX_CLOUD};
    fix->cloud_count = FIX_CLOUD;
}

struct ranked {
    double distance_m, weight;
};

static void swap_ranked(struct ranked *a, struct ranked *b)
{
    struct ranked kept = *a;
    *a = *b, *b = kept;
}

/* The distance from `at` within which the share `p` of the weight lies: what is nearer than a
 * pivot goes left, and the side that holds the answer is divided again. */
static double quantile_m(const struct fix_point *particles, struct xy at, double p)
{
    struct ranked ranked[PARTICLES];
    size_t low = 0, high = PARTICLES;
    for (size_t i = 0; i < PARTICLES; i++)
        ranked[i] = (struct ranked){xy_distance_m(particles[i].xy, at), particles[i].weight};
    while (high - low > 1) {
        double pivot_m = ranked[low + (high - low) / 2].distance_m, nearer = 0, as_near = 0;
        size_t left = low, same = low;
        for (size_t i = low; i < high; i++) {
            if (ranked[i].distance_m > pivot_m)
                continue;
            bool is_nearer = ranked[i].distance_m < pivot_m;
            *(is_nearer ? &nearer : &as_near) += ranked[i].weight;
            swap_ranked(&ranked[i], &ranked[same]);
            if (is_nearer)
                swap_ranked(&ranked[same], &ranked[left++]);
            same++;
        }
        if (p <= nearer) {
            high = left;
            continue;
        }
        p -= nearer;
        if (p <= as_near || same == high)
            return pivot_m;
        p -= as_near;
        low = same;
    }
    return ranked[low].distance_m;
}

static double mean_distance_m(const struct fix *fix, struct xy at)
{
    double sum = 0;
    for (size_t i = 0; i < fix->cloud_count; i++)
        sum += xy_distance_m(fix->cloud[i].xy, at);
    return sum / (double)fix->cloud_count;
}

/* The mean of the particles around `medoid`, as far as twice the median goes. */
static struct xy mean_around(const struct fix_point *particles, struct xy medoid)
{
    struct xy mean = {0, 0};
    double around_m = 2 * quantile_m(particles, medoid, 0.5) + 1, sum = 0;
    for (size_t i = 0; i < PARTICLES; i++) {
        if (xy_distance_m(particles[i].xy, medoid) > around_m)
            continue;
        mean.x_m += particles[i].weight * particles[i].xy.x_m;
        mean.y_m += particles[i].weight * particles[i].xy.y_m;
        sum += particles[i].weight;
    }
    return (struct xy){mean.x_m / sum, mean.y_m / sum};
}

/* The point with the least mean distance to the cloud: the middle of its densest part, or, of a
 * ring, the place that it goes around. */
static struct xy centre_of(const struct fix_point *particles, const struct sources *sources,
                           const struct fix *fix)
{
    struct xy medoid = fix->cloud[0].xy;
    double least = INFINITY;
    for (size_t i = 0; i < fix->cloud_count; i++) {
        double m = mean_distance_m(fix, fix->cloud[i].xy);
        if (m < least) {
            least = m;
            medoid = fix->cloud[i].xy;
        }
    }
    struct xy best = mean_around(particles, medoid);
    least = mean_distance_m(fix, best);
    for (size_t i = 0; sources->away_m > 0 && i < sources->named_count; i++) {
        double m = mean_distance_m(fix, sources->named[i].at);
        if (m < least) {
            least = m;
            best = sources->named[i].at;
        }
    }
    return best;
}

static void fuse(const struct sources *sources, struct fix *fix)
{
    struct fix_point particles[PARTICLES];
    for (size_t i = 0; i < PARTICLES; i++) {
        particles[i].xy = sources_draw(sources, i);
        particles[i].weight = sources_weight(sources, particles[i].xy);
    }
    normalise(particles);
    resample(particles, fix);
    bool plain_text = fix->method == FIX_TEXT && sources->away_m <= 0;
    fix->xy = fix->method == FIX_COORDINATES ? sources->given.at
              : plain_text                   ? sources->text_at
                                             : centre_of(particles, sources, fix);
    fix->radius_m = fix->method == FIX_COORDINATES ? sources->given.radius_m
                    : plain_text                   ? sources->text_radius_m
                                                   : quantile_m(particles, fix->xy, 0.9);
}

/* ---- doubts ------------------------------------------------------------------------- */

static void flag_doubts(const struct locate_worker *worker, const struct sources *sources,
                        struct fix *fix)
{
    const struct world *world = worker->locator->world;
    const struct rules *rules = &world->rules;
    if (sources->has_given && sources->named_count && sources_text_far(sources))
        fix->flags |= FIX_FLAG_TEXT_DISAGREES;
    if (sources->has_cell && fix->method != FIX_CELL) {
        double share = 0;
        for (size_t i = 0; i < fix->cloud_count; i++)
            share += fix->cloud[i].weight *
                     footprint_share(sources->footprints, sources->cell, fix->cloud[i].xy);
        if (share < RULE_VALUE(rules, locate_cell_least_share))
            fix->flags |= FIX_FLAG_CELL_DISAGREES;
    }
    if (sources->has_given && world->datum_doubt_m > RULE_VALUE(rules, locate_datum_flag_m))
        fix->flags |= FIX_FLAG_DATUM_DOUBTFUL;
    struct neighbour near;
    if (index_nearest(world->site_index, fix->xy, &near, 1) == 1 &&
        near.distance_m > 1000 * RULE_VALUE(rules, locate_outside_km))
        fix->flags |= FIX_FLAG_OUTSIDE;
}

void locate(struct locate_worker *worker, const struct complaint *complaint, struct fix *fix)
{
    struct sources sources = {0};
    *fix = (struct fix){.at = POINT_ABSENT,
                        .xy = {NAN, NAN},
                        .radius_m = NAN,
                        .cell = INDEX_NONE,
                        .match = GAZETTEER_MATCH_NONE};
    take_coordinates(worker, complaint, &sources);
    take_text(worker, complaint, &sources, fix);
    take_cell(worker, complaint, &sources, fix);
    fix->method = method_of(&sources);
    if (fix->method == FIX_NONE)
        return;
    if (sources.has_given && !sources.named_count)
        fix->match = GAZETTEER_MATCH_EXACT;
    sources_prepare(&sources);
    fuse(&sources, fix);
    fix->at = crs_inverse(worker->plane, fix->xy);
    flag_doubts(worker, &sources, fix);
}
