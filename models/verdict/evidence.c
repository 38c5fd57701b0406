/* Evidence of one complaint: a view of levels over the position's cloud, then one what-if after
 * another on that view. */
#include "models/verdict/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/index.h"
#include "geo/terrain.h"
#include "models/verdict/evidence_view.h"

/* ---- when ----------------------------------------------------------------------------- */

struct onset {
    double delay_s[ONSET_STEPS]; /* equally likely delays between occurring and reporting */
};

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

struct onset *onset_new(const struct world *world)
{
    struct onset *onset = base_alloc(1, sizeof *onset);
    double *delays = base_alloc(world->complaint_count, sizeof *delays);
    size_t count = 0;
    for (size_t i = 0; i < world->complaint_count; i++) {
        const struct complaint *c = &world->complaints[i];
        if (c->occurred_s != TIME_ABSENT && c->reported_s != TIME_ABSENT &&
            c->reported_s >= c->occurred_s)
            delays[count++] = (double)(c->reported_s - c->occurred_s);
    }
    base_sort(delays, count, sizeof *delays, by_value);
    bool enough = (double)count >= RULE_VALUE(&world->rules, onset_tickets);
    double mean_s = RULE_VALUE(&world->rules, onset_delay_h) * 3600;
    for (int i = 0; i < ONSET_STEPS; i++) {
        double share = (i + 0.5) / ONSET_STEPS;
        onset->delay_s[i] =
            enough ? delays[(size_t)(share * (double)count)] : -mean_s * log(1 - share);
    }
    free(delays);
    return onset;
}

void onset_free(struct onset *onset)
{
    free(onset);
}

void evidence_instants(const struct study *study, const struct complaint *complaint,
                       struct instants *instants)
{
    const struct rules *rules = &study->world->rules;
    int64_t slack_s = (int64_t)(RULE_VALUE(rules, occurred_slack_min) * 60);
    instants->count = 0;
    if (complaint->occurred_s != TIME_ABSENT) {
        static const struct {
            int steps;
            double weight;
        } around[] = {{-2, 0.1}, {-1, 0.2}, {0, 0.5}, {1, 0.2}};
        for (size_t i = 0; i < ARRAY_COUNT(around); i++)
            instants->items[instants->count++] = (struct instant){
                complaint->occurred_s + around[i].steps * slack_s, around[i].weight};
    } else if (complaint->reported_s != TIME_ABSENT) {
        for (int i = 0; i < ONSET_STEPS; i++)
            instants->items[instants->count++] = (struct instant){
                complaint->reported_s - (int64_t)study->onset->delay_s[i], 1.0 / ONSET_STEPS};
    }
}

/* ---- indoors --------------------------------------------------------------------------- */

/* Equally likely losses of a building's outer wall and what is behind it, as normal quantiles
 * at 10, 30, 50, 70, 90 %. */
static const double loss_quantiles[WALLS - 1] = {-1.2816, -0.5244, 0, 0.5244, 1.2816};

static double probability_indoor(const struct rules *rules, const struct complaint *complaint,
                                 const struct words *words)
{
    if (complaint->indoor == ANSWER_YES)
        return 1;
    if (complaint->indoor == ANSWER_NO)
        return 0;
    return isfinite(words->p_indoor) ? words->p_indoor : RULE_VALUE(rules, indoor_share);
}

static void lay_walls(const struct study *study, const struct asked_levels *asked,
                      double p_indoor, struct view *view)
{
    struct surface_indoor indoor = surface_indoors(study->surface);
    /* Where drive tests do not tell indoors from outdoors, the reports are what customers get:
     * a ticket that does not say where it was meets the same mixture. */
    bool known = p_indoor == 0 || p_indoor == 1;
    if (isnan(indoor.share) && !known)
        p_indoor = 0;
    view->walls[0] = (struct wall){asked->outside_db, asked->outside_db, 1 - p_indoor};
    for (int j = 1; j < WALLS; j++) {
        double wall_db = fmax(0, indoor.loss_db + loss_quantiles[j - 1] * indoor.sigma_db);
        view->walls[j] =
            (struct wall){wall_db + asked->inside_db, asked->inside_db, p_indoor / (WALLS - 1)};
    }
}

/* ---- how good, how likely -------------------------------------------------------------- */

static void weigh_level(const struct rules *rules, const struct view *view,
                        struct evidence *evidence)
{
    double gap = RULE_VALUE(rules, good_margin_db), between = RULE_VALUE(rules, between_good);
    for (size_t k = 0; k < view->points; k++)
        for (int j = 0; j < WALLS; j++) {
            double w = view->weight[k] * view->walls[j].weight, s = view->best[k].sigma_db;
            double m = view->best[k].margin_db - view->walls[j].loss_db;
            double weak = normal_below(-m / s), good = normal_below((m - gap) / s);
            evidence->p_weak += w * weak;
            evidence->p_good += w * (good + between * (1 - weak - good));
        }
}

struct outlook view_outlook(const struct view *view, const struct reading *at, double weak_dbm)
{
    double mean = 0, square = 0, good = 0;
    for (size_t k = 0; k < view->points; k++)
        for (int j = 0; j < WALLS; j++) {
            double w = view->weight[k] * view->walls[j].weight;
            double m = at[k].margin_db - view->walls[j].loss_db;
            double level = m + view->walls[j].asked_db;
            mean += w * level;
            square += w * (level * level + at[k].sigma_db * at[k].sigma_db);
            good += w * normal_below(m / at[k].sigma_db);
        }
    return (struct outlook){weak_dbm + mean, sqrt(fmax(0, square - mean * mean)), good};
}

/* P(the place is weak now and would be good after the change) / P(weak now): good is good_db
 * above weak, where nobody would complain again. The walls are the same in both; so is the
 * shadowing where one antenna is turned. */
double view_cures(const struct view *view, const struct change *change, double good_db)
{
    double weak = 0, both = 0;
    for (size_t k = 0; k < view->points; k++)
        for (int j = 0; j < WALLS; j++) {
            double loss = view->walls[j].loss_db, w = view->weight[k] * view->walls[j].weight;
            double now = view->best[k].margin_db - loss, s = view->best[k].sigma_db;
            double then = change->then[k].margin_db - loss - good_db;
            double p_weak = normal_below(-now / s);
            weak += w * p_weak;
            if (change->same_path[k])
                both += w * fmax(0, p_weak - normal_below(-then / s));
            else
                both += w * p_weak * normal_below(then / change->then[k].sigma_db);
        }
    return weak > 1e-12 ? both / weak : 0;
}

/* ---- the view -------------------------------------------------------------------------- */

/* The cells that serve one point, by margin: technologies have thresholds of their own, so the
 * order of levels is not the order of margins. */
static void look_at_point(const struct study *study, enum rat rat, struct xy at,
                          struct servers *servers)
{
    struct surface_server found[SERVERS];
    servers->count = surface_servers(study->surface, at, rat, found, SERVERS);
    for (size_t i = 0; i < servers->count; i++) {
        enum rat own = study->world->cells[found[i].cell].rat;
        struct server one = {found[i].cell,
                             {found[i].level.dbm - rules_weak_dbm(&study->world->rules, own),
                              sigma_with_network(study->world, found[i].level.sigma_db)}};
        size_t place = i;
        for (; place > 0 && servers->items[place - 1].reading.margin_db < one.reading.margin_db;
             place--)
            servers->items[place] = servers->items[place - 1];
        servers->items[place] = one;
    }
}

/* Has the cell been measured in the squares around the point? *samples: how many of any cell.
 */
static uint32_t seen_samples(const struct study *study, struct xy at, const uint32_t *cells,
                             size_t count, uint32_t *seen)
{
    const struct world *world = study->world;
    double side_m = RULE_VALUE(&world->rules, bin_m);
    int reach = (int)ceil(RULE_VALUE(&world->rules, seen_reach_m) / side_m);
    int32_t ix = (int32_t)floor(at.x_m / side_m), iy = (int32_t)floor(at.y_m / side_m);
    uint32_t total = 0;
    memset(seen, 0, count * sizeof *seen);
    for (int32_t y = iy - reach; y <= iy + reach; y++)
        for (int32_t x = ix - reach; x <= ix + reach; x++) {
            struct bin_range range = world_bins_at(world, x, y);
            for (size_t b = range.first; b < range.end; b++) {
                total += world->bins[b].samples;
                for (size_t i = 0; i < count; i++)
                    if (cells[i] == world->bins[b].cell)
                        seen[i] += world->bins[b].samples;
            }
        }
    return total;
}

/* A cell that nobody reported where many measured was weaker there than those reported: it
 * cannot be the best server, whatever the model expects. */
static void drop_unseen(const struct study *study, struct xy at, struct servers *servers)
{
    uint32_t cells[SERVERS], seen[SERVERS];
    for (size_t i = 0; i < servers->count; i++)
        cells[i] = servers->items[i].cell;
    uint32_t total = seen_samples(study, at, cells, servers->count, seen);
    size_t kept = 0;
    for (size_t i = 0; i < servers->count; i++)
        kept += seen[i] > 0;
    if (!kept || total < RULE_VALUE(&study->world->rules, seen_samples))
        return;
    kept = 0;
    for (size_t i = 0; i < servers->count; i++)
        if (seen[i])
            servers->items[kept++] = servers->items[i];
    servers->count = kept;
}

/* What phones got around the point, outdoors, joined to what the surface expects of the best
 * server: two opinions weighed by their variances. All servers move with the best; returns by
 * how much. */
static double join_served(const struct study *study, enum rat rat, struct xy at,
                          struct servers *servers)
{
    if (!servers->count)
        return 0;
    struct surface_indoor indoor = surface_indoors(study->surface);
    enum rat asked = rat ? rat : study->world->cells[servers->items[0].cell].rat;
    struct reading *best = &servers->items[0].reading;
    double weak_dbm = rules_weak_dbm(&study->world->rules, asked);
    double precision = 1 / (best->sigma_db * best->sigma_db), sum = precision * best->margin_db;
    for (int kind = 0; kind < 2; kind++) {
        struct served_level got = served_at(study->served, asked, (enum bin_kind)kind, at);
        if (!(got.samples > 0))
            continue;
        double inside_db =
            kind == BIN_REPORTED && isfinite(indoor.share) ? indoor.share * indoor.loss_db : 0;
        double p = 1 / (got.sigma_db * got.sigma_db);
        sum += p * (got.dbm + inside_db - weak_dbm);
        precision += p;
    }
    double shift_db = sum / precision - best->margin_db, sigma_db = sqrt(1 / precision);
    for (size_t i = 0; i < servers->count; i++)
        servers->items[i].reading.margin_db += shift_db;
    best->sigma_db = sigma_db;
    return shift_db;
}

/* Nobody serves: a margin far below weak, with a wide doubt. */
static const struct reading no_server = {-40, 10};

/* A position known to no better than some hundred metres needs no finer lattice than that: it
 * takes fewer nodes, and more tickets share them. */
static int32_t node_scale(const struct rules *rules, const struct fix *fix)
{
    static const int32_t scales[] = {5, 2};
    double most_m = RULE_VALUE(rules, node_radius_share) * fix->radius_m;
    for (size_t i = 0; i < ARRAY_COUNT(scales); i++)
        if (scales[i] * RULE_VALUE(rules, served_bin_m) <= most_m)
            return scales[i];
    return 1;
}

struct node_key view_node(const struct world *world, struct xy at, int32_t scale)
{
    double side_m = scale * RULE_VALUE(&world->rules, served_bin_m);
    return (struct node_key){(int32_t)floor(at.x_m / side_m), (int32_t)floor(at.y_m / side_m),
                             scale};
}

static struct xy node_middle(const struct world *world, struct node_key key)
{
    double side_m = key.scale * RULE_VALUE(&world->rules, served_bin_m);
    return (struct xy){(key.ix + 0.5) * side_m, (key.iy + 0.5) * side_m};
}

/* Few enough points to be asked about in full: all of a small cloud, else a systematic sample,
 * in which heavy points come more often. */
static void lay_points(const struct world *world, const struct fix *fix, struct view *view)
{
    int32_t scale = node_scale(&world->rules, fix);
    double passed = fix->cloud[0].weight;
    view->points = BASE_MIN(fix->cloud_count, (size_t)POINTS);
    for (size_t k = 0, i = 0; k < view->points; k++) {
        if (fix->cloud_count <= POINTS)
            i = k;
        while (fix->cloud_count > POINTS && passed < (k + 0.5) / POINTS &&
               i + 1 < fix->cloud_count)
            passed += fix->cloud[++i].weight;
        view->weight[k] = fix->cloud_count <= POINTS ? fix->cloud[i].weight : 1.0 / POINTS;
        view->nodes[k] = view_node(world, fix->cloud[i].xy, scale);
        surface_place_move(view->places[k], node_middle(world, view->nodes[k]));
    }
}

/* ---- nodes ------------------------------------------------------------------------------- */

/* What is seen from a node of a fine lattice, kept for the next ticket of the same streets. The
 * value depends on the node alone, so that it does not matter who asked first. */
struct node {
    struct node_key key;
    enum rat rat;
    bool known;
    struct servers servers;
    double shift_db;
};

enum { NODES = 1 << 15 };

struct nodes {
    struct node *slots;
    size_t count;
};

static struct node *find_node(struct nodes *nodes, struct node_key key, enum rat rat)
{
    size_t i = (node_hash(key) + (uint64_t)rat) & (NODES - 1);
    while (nodes->slots[i].known &&
           (!same_node(nodes->slots[i].key, key) || nodes->slots[i].rat != rat))
        i = (i + 1) & (NODES - 1);
    return &nodes->slots[i];
}

static const struct node *look_from_node(const struct study *study, struct nodes *nodes,
                                         enum rat rat, struct node_key key)
{
    struct node *node = find_node(nodes, key, rat);
    if (node->known)
        return node;
    if (nodes->count * 4 > NODES * 3) {
        memset(nodes->slots, 0, NODES * sizeof *nodes->slots);
        nodes->count = 0;
        node = find_node(nodes, key, rat);
    }
    struct xy middle = node_middle(study->world, key);
    *node = (struct node){.key = key, .rat = rat, .known = true};
    nodes->count++;
    look_at_point(study, rat, middle, &node->servers);
    drop_unseen(study, middle, &node->servers);
    node->shift_db = join_served(study, rat, middle, &node->servers);
    return node;
}

static void look(const struct study *study, struct nodes *nodes, enum rat rat,
                 struct view *view)
{
    for (size_t k = 0; k < view->points; k++) {
        const struct node *node = look_from_node(study, nodes, rat, view->nodes[k]);
        view->servers[k] = node->servers;
        view->shift_db[k] = node->shift_db;
        view->best[k] = node->servers.count ? node->servers.items[0].reading : no_server;
    }
}

/* Which cells serve how much of the cloud; ties of a few dB are shared. */
static void rank_serving(const struct study *study, const struct view *view,
                         struct evidence *evidence)
{
    struct tally tally = {0};
    double soft_db = RULE_VALUE(&study->world->rules, serving_soft_db);
    for (size_t k = 0; k < view->points; k++) {
        const struct servers *s = &view->servers[k];
        double total = 0;
        for (size_t i = 0; i < s->count; i++)
            total +=
                exp((s->items[i].reading.margin_db - s->items[0].reading.margin_db) / soft_db);
        for (size_t i = 0; i < s->count; i++)
            tally_add(&tally, s->items[i].cell,
                      view->weight[k] / total *
                          exp((s->items[i].reading.margin_db - s->items[0].reading.margin_db) /
                              soft_db));
    }
    evidence->serving_count = 0;
    while (evidence->serving_count < EVIDENCE_SERVING) {
        struct tally_item *top = tally_take(&tally);
        if (!top)
            break;
        evidence->serving[evidence->serving_count++] =
            (struct serving){top->cell, top->weight, NAN};
    }
}

static void level_serving(struct surface_place *place, struct evidence *evidence)
{
    surface_place_move(place, evidence->fix.xy);
    for (size_t i = 0; i < evidence->serving_count; i++) {
        struct serving *s = &evidence->serving[i];
        s->level_dbm = surface_place_at(place, s->cell).dbm;
    }
}

/* ---- around ---------------------------------------------------------------------------- */

/* Measurements near the place, the load of its server, the sites that compete. */
static void look_around(const struct study *study, const struct view *view,
                        struct evidence *evidence)
{
    const struct world *world = study->world;
    const struct rules *rules = &world->rules;
    double side_m = RULE_VALUE(rules, bin_m);
    int reach = (int)ceil(RULE_VALUE(rules, evidence_near_m) / side_m);
    int32_t ix = (int32_t)floor(evidence->fix.xy.x_m / side_m);
    int32_t iy = (int32_t)floor(evidence->fix.xy.y_m / side_m);
    for (int32_t y = iy - reach; y <= iy + reach; y++)
        for (int32_t x = ix - reach; x <= ix + reach; x++) {
            struct bin_range range = world_bins_at(world, x, y);
            for (size_t b = range.first; b < range.end; b++)
                evidence->near_samples += world->bins[b].samples;
        }
    struct neighbour near;
    if (index_nearest(world->site_index, evidence->fix.xy, &near, 1))
        evidence->nearest_m = near.distance_m;
    evidence->dominance = view_dominance(world, view, RULE_VALUE(rules, dominance_db));
    if (evidence->serving_count)
        evidence->best_height_m = world->cells[evidence->serving[0].cell].height_m;
}

static void read_load(const struct study *study, struct evidence *evidence)
{
    const struct world *world = study->world;
    if (!evidence->serving_count || evidence->time_s == TIME_ABSENT)
        return;
    uint32_t cell = evidence->serving[0].cell;
    for (uint32_t i = world->cell_counter_first[cell]; i < world->cell_counter_first[cell + 1];
         i++) {
        const struct counter *c = &world->counters[i];
        double minutes = isfinite(c->period_minutes) ? c->period_minutes : 60;
        if (c->start_s <= evidence->time_s &&
            evidence->time_s < c->start_s + (int64_t)(minutes * 60))
            evidence->load_pct = c->prb_dl_util_pct;
    }
}

/* ---- what is missing ------------------------------------------------------------------- */

static void flag_missing(const struct study *study, const struct complaint *complaint,
                         struct evidence *evidence)
{
    const struct world *world = study->world;
    unsigned *flags = &evidence->flags;
    *flags |= study->flags;
    *flags |= world->alarm_count ? 0 : FLAG_NO_ALARMS;
    *flags |= world->counter_count ? 0 : FLAG_NO_COUNTERS;
    *flags |= world->plan_count ? 0 : FLAG_NO_PLAN;
    *flags |= world->terrain ? 0 : FLAG_NO_DEM;
    *flags |= !world->place_count && !text_empty(complaint->address) ? FLAG_NO_PLACES : 0;
    *flags |= complaint->occurred_s == TIME_ABSENT && complaint->reported_s == TIME_ABSENT
                  ? FLAG_NO_TIME
                  : 0;
    *flags |= complaint->occurred_s == TIME_ABSENT && complaint->reported_s != TIME_ABSENT
                  ? FLAG_TIME_GUESSED
                  : 0;
    unsigned fix = evidence->fix.flags;
    *flags |=
        fix & (FIX_FLAG_TEXT_DISAGREES | FIX_FLAG_CELL_DISAGREES) ? FLAG_POSITION_CONFLICT : 0;
    *flags |= fix & (FIX_FLAG_CELL_UNKNOWN | FIX_FLAG_CELL_ROUNDED) ? FLAG_UNKNOWN_CELL : 0;
    *flags |= fix & FIX_FLAG_OUTSIDE ? FLAG_OUTSIDE : 0;
    if (evidence->fix.method == FIX_NONE)
        *flags |= FLAG_NO_POSITION;
    else if (evidence->fix.radius_m > RULE_VALUE(&world->rules, vague_radius_m))
        *flags |= FLAG_VAGUE_POSITION;
}

/* A terrain that ends before the place, or before the mast that serves it, tells nothing. */
static void flag_ground(const struct world *world, struct evidence *evidence)
{
    const struct terrain *terrain = world->terrain;
    if (!terrain)
        return;
    bool known = isfinite(terrain_height_m(terrain, evidence->fix.xy));
    if (evidence->serving_count)
        known &=
            isfinite(terrain_height_m(terrain, world->cells[evidence->serving[0].cell].xy));
    evidence->flags |= known ? 0 : FLAG_NO_DEM;
}

/* A place that is weak with less than this is not asked for cures. */
static const double CURED_LEAST = 0.002;

/* ---- the whole -------------------------------------------------------------------------- */

struct evidence_worker {
    const struct study *study;
    struct view view;
    struct instants instants;
    struct nodes nodes;
    struct surface_place *place; /* the middle of the position */
};

enum status evidence_worker_new(const struct study *study, struct evidence_worker **out,
                                struct error *error)
{
    (void)error;
    *out = base_alloc(1, sizeof **out);
    (*out)->study = study;
    (*out)->view.planned = base_alloc(PLANNED_LEVELS, sizeof *(*out)->view.planned);
    (*out)->view.choices = base_alloc(KEPT_CHOICES, sizeof *(*out)->view.choices);
    (*out)->nodes.slots = base_alloc(NODES, sizeof *(*out)->nodes.slots);
    (*out)->place = surface_place_new(study->surface);
    for (size_t k = 0; k < POINTS; k++)
        (*out)->view.places[k] = surface_place_new(study->surface);
    return STATUS_OK;
}

void evidence_worker_free(struct evidence_worker *worker)
{
    if (worker) {
        free(worker->nodes.slots);
        free(worker->view.planned);
        free(worker->view.choices);
        surface_place_free(worker->place);
        for (size_t k = 0; k < POINTS; k++)
            surface_place_free(worker->view.places[k]);
    }
    free(worker);
}

/* The level asked for here, and the walls with it. */
static void ask_level(const struct study *study, const struct complaint *complaint,
                      struct view *view, struct evidence *evidence)
{
    struct asked_levels asked = asked_levels(study->world, complaint, evidence);
    evidence->asked = asked.asked;
    evidence->asked_dbm = asked.dbm;
    lay_walls(study, &asked, evidence->p_indoor, view);
}

static int64_t middle_time(const struct instants *instants)
{
    return instants->count ? instants->items[instants->count / 2].time_s : TIME_ABSENT;
}

void gather_evidence(struct evidence_worker *worker, const struct complaint *complaint,
                     struct evidence *evidence)
{
    const struct study *study = worker->study;
    const struct rules *rules = &study->world->rules;
    struct view *view = &worker->view;
    struct fix fix = evidence->fix;
    *evidence =
        (struct evidence){.fix = fix, .load_pct = NAN, .nearest_m = NAN, .best_height_m = NAN};
    evidence->antenna.cell = evidence->reaim.cell = evidence->build.plan = INDEX_NONE;
    evidence->overshoot.cell = INDEX_NONE;
    words_read(complaint, &evidence->words);
    evidence->unsteady = complaint->symptom == SYMPTOM_DROPS;
    evidence_instants(study, complaint, &worker->instants);
    evidence->time_s = middle_time(&worker->instants);
    flag_missing(study, complaint, evidence);
    evidence->p_indoor = probability_indoor(rules, complaint, &evidence->words);
    evidence->rat = complaint->rat;
    evidence->weak_dbm = evidence->asked_dbm = rules_weak_dbm(rules, evidence->rat);
    if (fix.method == FIX_NONE)
        return;
    lay_points(study->world, &fix, view);
    look(study, &worker->nodes, complaint->rat, view);
    rank_serving(study, view, evidence);
    if (evidence->serving_count && evidence->rat == RAT_UNKNOWN)
        evidence->rat = study->world->cells[evidence->serving[0].cell].rat;
    evidence->weak_dbm = rules_weak_dbm(rules, evidence->rat);
    ask_level(study, complaint, view, evidence);
    level_serving(worker->place, evidence);
    flag_ground(study->world, evidence);
    evidence->normal = view_outlook(view, view->best, evidence->weak_dbm);
    weigh_level(rules, view, evidence);
    look_around(study, view, evidence);
    evidence->flags |= evidence->near_samples ? 0 : FLAG_NO_SAMPLES;
    read_load(study, evidence);
    ask_overshoot(study, view, evidence);
    ask_terminal(study, complaint, evidence);
    ask_outage(study, view, &worker->instants, evidence);
    if (evidence->p_weak < CURED_LEAST)
        return; /* nothing to cure: whatever an antenna or a plan would bring decides nothing */
    ask_antenna(study, complaint->rat, view, evidence);
    ask_reaim(study, complaint->rat, view, evidence);
    ask_plan(study, complaint->rat, view, evidence);
}
