/* Is the mast where its table says? The levels of its strongest cells fall with the distance
 * from where it truly stands, and its lobes fan out from there.
 *
 * Two accounts are weighed. One leaves the mast in its place and turns antennas until they fit;
 * the other leaves the antennas as the table has them and moves the mast. Each is held against
 * the differences between sectors (aim_fit) and against the fall of the level with distance,
 * in which squares near one another count little more than one. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/radio/aim_inner.h"
#include "models/radio/link.h"

/* Marks that are looked at: more say the same again. */
#define MARKS 240

/* The strongest cell of the mast at one place. */
struct mark {
    struct xy at;
    float level_db; /* less its power */
    uint32_t part;  /* cell of the mast */
    float weight;
};

struct ground_marks {
    struct mark items[MARKS];
    uint32_t count;
    double squares; /* independent ones, the sum of weights */
};

/* How the mast is taken to stand. */
struct stance {
    struct xy at;
    const float *azimuth_deg; /* per part */
};

struct search {
    const struct world *world;
    struct ground_marks marks;
    uint32_t parts;
    float *table_deg, *width_deg; /* per part */
    float height_m;
};

/* ---- the marks ---------------------------------------------------------------------- */

static void mark_place(const struct aim_view *view, size_t place, uint32_t first_part,
                       struct mark *mark)
{
    double bin_m = RULE_VALUE(&view->world->rules, bin_m);
    const struct aim_place *p = &view->places[place];
    *mark =
        (struct mark){.at = {(p->ix + 0.5) * bin_m, (p->iy + 0.5) * bin_m}, .level_db = NAN};
    for (uint32_t c = 0; c < view->cell_count; c++) {
        float level = view->level_dbm[place * view->cell_count + c];
        level -= (float)link_power_dbm(&view->world->cells[view->cells[c]]);
        if (level > mark->level_db || isnan(mark->level_db)) {
            mark->level_db = level;
            mark->part = first_part + c;
        }
    }
}

static bool same_block(struct xy a, struct xy b, double side_m)
{
    return floor(a.x_m / side_m) == floor(b.x_m / side_m) &&
           floor(a.y_m / side_m) == floor(b.y_m / side_m);
}

/* Shadowing is common to neighbours: a block of many marks counts for few. */
static void weigh_marks(const struct world *world, struct ground_marks *marks)
{
    double side_m = RULE_VALUE(&world->rules, aim_block_m);
    double common = RULE_VALUE(&world->rules, aim_block_correlation);
    for (uint32_t i = 0; i < marks->count; i++) {
        uint32_t near = 0;
        for (uint32_t k = 0; k < marks->count; k++)
            near += same_block(marks->items[i].at, marks->items[k].at, side_m);
        marks->items[i].weight = (float)(1 / (1 + common * (near - 1)));
        marks->squares += marks->items[i].weight;
    }
}

static void gather_marks(const struct aim_view *views, uint32_t count, struct search *search)
{
    size_t places = 0, at = 0;
    uint32_t part = 0;
    for (uint32_t v = 0; v < count; v++)
        places += views[v].place_count;
    for (uint32_t v = 0; v < count; v++) {
        for (size_t p = 0; p < views[v].place_count; p++, at++)
            if (at * MARKS / places != (at + 1) * MARKS / places || places <= MARKS)
                mark_place(&views[v], p, part, &search->marks.items[search->marks.count++]);
        part += views[v].cell_count;
    }
    weigh_marks(search->world, &search->marks);
}

/* ---- one stance --------------------------------------------------------------------- */

/* Weighted sums of a line's fit. */
struct sums {
    double w, x, y, xx, xy;
};

/* The level without its antenna, and the distance's logarithm. Source of the lobe: TR 36.814
 * table A.2.1.1-2, horizontal; behind the antenna streets leave less of it than the table. */
static void reduce(const struct search *search, const struct stance *stance,
                   const struct mark *mark, float *x, float *y)
{
    float dx = (float)(mark->at.x_m - stance->at.x_m);
    float dy = (float)(mark->at.y_m - stance->at.y_m);
    float bearing = atan2f(dx, dy) * (float)(180 / M_PI);
    float off = (float)angle_turn_deg(stance->azimuth_deg[mark->part], bearing);
    float across = off / search->width_deg[mark->part];
    *x = 0.5F * log10f(dx * dx + dy * dy + search->height_m * search->height_m);
    *y = mark->level_db + fminf(12 * across * across, 18);
}

static double bounded(double square, double limit)
{
    return square / (1 + square / limit);
}

/* The slope is held near what slopes are; the offset is free. */
static void line_of(const struct sums *sums, double scatter, double *slope, double *offset)
{
    const double usual = -32, doubt = 8;
    double held = scatter / (doubt * doubt);
    double mx = sums->x / sums->w, my = sums->y / sums->w;
    double across = sums->xx - sums->x * mx, along = sums->xy - sums->x * my;
    *slope = (along + held * usual) / (across + held);
    *offset = my - *slope * mx;
}

/* The log likelihood of the marks' levels, their scatter unknown. Places that fit nothing count
 * for a bounded amount. */
static double stance_log(const struct search *search, const struct stance *stance)
{
    const double usual_square = 64, limit = 9 * usual_square, least_square = 9;
    const struct ground_marks *marks = &search->marks;
    float x[MARKS], y[MARKS];
    double slope = 0, offset = 0, square = 0;
    for (uint32_t i = 0; i < marks->count; i++)
        reduce(search, stance, &marks->items[i], &x[i], &y[i]);
    for (int round = 0; round < 2; round++) {
        struct sums sums = {0};
        for (uint32_t i = 0; i < marks->count; i++) {
            double off = y[i] - offset - slope * x[i];
            double robust = round ? 1 / (1 + off * off / limit) : 1;
            double w = marks->items[i].weight * robust * robust;
            sums.w += w;
            sums.x += w * x[i];
            sums.y += w * y[i];
            sums.xx += w * x[i] * x[i];
            sums.xy += w * x[i] * y[i];
        }
        line_of(&sums, usual_square, &slope, &offset);
    }
    for (uint32_t i = 0; i < marks->count; i++) {
        /* cppcheck-suppress uninitvar */
        double off = y[i] - offset - slope * x[i];
        square += marks->items[i].weight * bounded(off * off, limit);
    }
    return -0.5 * marks->squares * log(square / marks->squares + least_square);
}

/* ---- the search --------------------------------------------------------------------- */

struct found {
    struct xy at;
    double log_likelihood;
};

static void try_at(const struct search *search, struct xy at, struct found *best)
{
    struct stance stance = {at, search->table_deg};
    double here = stance_log(search, &stance);
    if (here > best->log_likelihood)
        *best = (struct found){at, here};
}

static struct xy step_from(struct xy at, double far_m, double turn)
{
    return (struct xy){at.x_m + far_m * sin(turn), at.y_m + far_m * cos(turn)};
}

static struct found descend_from(const struct search *search, struct found best, double step_m)
{
    while (step_m > 10) {
        struct found from = best;
        for (int k = 0; k < 6; k++)
            try_at(search, step_from(from.at, step_m, k * M_PI / 3), &best);
        if (best.log_likelihood <= from.log_likelihood)
            step_m /= 2;
    }
    return best;
}

static struct found find_place(const struct search *search, struct xy table)
{
    static const double rings_m[] = {200, 450, 900, 1800, 3200};
    struct found best = {table, -INFINITY};
    for (size_t r = 0; r < ARRAY_COUNT(rings_m); r++)
        for (int k = 0; k < 8; k++)
            try_at(search, step_from(table, rings_m[r], (k + 0.5 * (r % 2)) * M_PI / 4), &best);
    return descend_from(search, best, 0.3 * xy_distance_m(table, best.at));
}

/* The deviation of the place by how fast the likelihood falls to both sides of it. */
static double place_error_m(const struct search *search, const struct found *best)
{
    const double step_m = 40, widest_m = 1000;
    double information = 0;
    for (int axis = 0; axis < 2; axis++) {
        double sides = 0;
        for (int side = -1; side <= 1; side += 2) {
            struct found beside = {best->at, -INFINITY};
            try_at(search, step_from(best->at, side * step_m, axis * M_PI / 2), &beside);
            sides += beside.log_likelihood;
        }
        double bend = (2 * best->log_likelihood - sides) / (step_m * step_m);
        information += log(fmax(bend, 1 / (widest_m * widest_m)));
    }
    return exp(-information / 4);
}

/* Log prior density of a mast at `far_m` from its table's place, a square metre: wrong
 * coordinates are as often off by hundreds of metres as by kilometres. */
static double moved_prior(const struct rules *rules, double far_m)
{
    double share = RULE_VALUE(rules, aim_moved_share);
    double least_m = RULE_VALUE(rules, aim_moved_least_m);
    double reach_m = RULE_VALUE(rules, aim_moved_reach_m);
    if (far_m < least_m || far_m > reach_m)
        return -INFINITY;
    return log(share / (1 - share) / (2 * M_PI * far_m * far_m * log(reach_m / least_m)));
}

static void search_make(const struct aim_view *views, uint32_t count, struct arena *arena,
                        struct search *search)
{
    uint32_t parts = 0, part = 0;
    for (uint32_t v = 0; v < count; v++)
        parts += views[v].cell_count;
    *search = (struct search){.world = views[0].world, .parts = parts};
    search->table_deg = arena_alloc(arena, parts * sizeof *search->table_deg);
    search->width_deg = arena_alloc(arena, parts * sizeof *search->width_deg);
    for (uint32_t v = 0; v < count; v++)
        for (uint32_t c = 0; c < views[v].cell_count; c++, part++) {
            const struct cell *cell = &views[v].world->cells[views[v].cells[c]];
            double width_deg = link_antenna(cell).hbw_deg;
            search->table_deg[part] = (float)cell->azimuth_deg;
            search->width_deg[part] = isfinite(width_deg) ? (float)width_deg : 65;
            search->height_m = (float)link_height_m(cell);
        }
    gather_marks(views, count, search);
}

/* The azimuths that fit best: of the joint fit where there is one, else those of the strongest
 * measurements where they lie far from the table's. */
static float *fitted_deg(const struct aim_view *views, const struct aim_fit *fits,
                         uint32_t count, struct arena *arena)
{
    uint32_t part = 0;
    for (uint32_t v = 0; v < count; v++)
        part += views[v].cell_count;
    float *azimuth_deg = arena_alloc(arena, part * sizeof *azimuth_deg);
    part = 0;
    for (uint32_t v = 0; v < count; v++)
        for (uint32_t c = 0; c < views[v].cell_count; c++)
            azimuth_deg[part++] = fits[v].azimuth_deg
                                      ? fits[v].azimuth_deg[c]
                                      : (float)aim_strongest_bearing(&views[v], c).bearing_deg;
    return azimuth_deg;
}

/* Does every sector stand as the table has it, as far as the mast alone tells? */
static bool stands_as_table(const struct search *search, const struct aim_fit *fits,
                            uint32_t count, const float *fitted)
{
    double limit_deg = RULE_VALUE(&search->world->rules, aim_fault_deg);
    bool fitted_so = true, pointed_so = true;
    for (uint32_t v = 0; v < count; v++)
        fitted_so &= fits[v].as_table;
    for (uint32_t i = 0; i < search->parts; i++)
        pointed_so &= !(fabs(angle_turn_deg(search->table_deg[i], fitted[i])) > limit_deg);
    return fits[0].azimuth_deg ? fitted_so : pointed_so;
}

static bool searchable(const struct search *search)
{
    for (uint32_t i = 0; i < search->parts; i++)
        if (isnan(search->table_deg[i]))
            return false;
    return search->marks.squares >= RULE_VALUE(&search->world->rules, aim_moved_squares);
}

/* The better of the two accounts of a mast left in its place: antennas as fitted, or as the
 * table has them. */
static double stay_log(const struct search *search, struct xy table, const float *fitted)
{
    struct stance stance = {table, fitted};
    double turned = stance_log(search, &stance);
    stance.azimuth_deg = search->table_deg;
    return fmax(turned, stance_log(search, &stance));
}

struct aim_moved aim_find_place(const struct aim_view *views, const struct aim_fit *fits,
                                uint32_t count, struct arena *arena)
{
    struct xy table = views[0].at;
    struct aim_moved moved = {.at = table, .log_odds = -INFINITY};
    struct search search;
    search_make(views, count, arena, &search);
    if (!searchable(&search))
        return moved;
    const struct rules *rules = &search.world->rules;
    float *fitted = fitted_deg(views, fits, count, arena);
    if (stands_as_table(&search, fits, count, fitted))
        return moved;
    struct found best = find_place(&search, table);
    double error_m = place_error_m(&search, &best);
    moved.at = best.at;
    moved.radius_m = 2.45 * hypot(error_m, RULE_VALUE(rules, aim_moved_error_m));
    double told = fits[0].azimuth_deg ? 1 : RULE_VALUE(rules, aim_lone_trust);
    moved.log_odds = told * (best.log_likelihood - stay_log(&search, table, fitted)) +
                     moved_prior(rules, xy_distance_m(table, best.at)) +
                     log(2 * M_PI * error_m * error_m);
    return moved;
}

bool aim_is_moved(const struct rules *rules, const struct aim_moved *moved)
{
    double wrong = RULE_VALUE(rules, aim_fdr);
    return moved->log_odds > log((1 - wrong) / wrong);
}
